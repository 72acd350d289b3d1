"""The truth about permission: YAML that a data protection officer reads, and the one reader that knows where it lies.

`vocabulary.yaml` explains every word; each agreement has its own file; `seals.yaml` only takes away; `invariants.yaml`
says what must hold whatever the rest says. `variations/` holds agreements that an area may add; as long as they lie
there they are not in force. Left out: what the texts mean (`sharing.policy.load`).
"""

from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
ENDINGS = {".yaml", ".yml"}


def read_texts(folder: Path = HERE, variations: Iterable[str] = ()) -> dict[str, str]:
    """Every YAML file of a folder by name, as text for `sharing.policy.load`, which refuses what it cannot read.

    A file that ends in `.yml` or `.YAML` comes too: to leave it out without a word would take an agreement away. What
    is not UTF-8 stands in a text as U+FFFD, so that the loader can say where.

    Args:
        folder: The set.
        variations: Names of files in its `variations/`, without ending, to add as if they lay beside the others.

    Raises:
        OSError: the folder or a file cannot be read.
    """
    own = sorted(path for path in folder.glob("*") if path.suffix.lower() in ENDINGS)
    added = (folder / "variations" / f"{name}.yaml" for name in variations)
    return {path.name: path.read_text(encoding="utf-8", errors="replace") for path in (*own, *added)}
