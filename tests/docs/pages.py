"""Reading our own pages: fenced blocks and links."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(?P<words>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block: the words after its opening, its text, and the line of its opening, from 1."""

    words: str
    text: str
    line: int


def fences(page: Path) -> list[Fence]:
    """Every fenced block of a page, in order."""
    whole = page.read_text(encoding="utf-8")
    found = _FENCE.finditer(whole)
    return [Fence(m["words"].strip(), m["text"], whole.count("\n", 0, m.start()) + 1) for m in found]


def kept_files(*endings: str) -> list[Path]:
    """Files that git keeps, by their endings; all without any."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = [name for name in listed.decode().split("\0") if name]
    return [ROOT / name for name in names if (not endings or name.endswith(endings)) and (ROOT / name).is_file()]
