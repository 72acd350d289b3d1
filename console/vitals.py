"""What connectors say of themselves: the health files below a folder of agencies, as far as this machine can see them.

    agencies/<organisation>/state/health.json

Left out: what is in the files beyond counts by code and one age. Rules: a file is another process's word, so every
value is checked; a code is shown only when it looks like one; how old a file is, the file system says, in real time.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from console.facts import Connector

HEALTH = Path("state") / "health.json"
OTHER = "OTHER"
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,47}|Retryable|Misconfigured")
"""Codes are upper case; the two words are what a connector calls its line and its settings."""


def read_connectors(agencies: Path, organisations: Iterable[str], real_now: datetime) -> dict[str, Connector]:
    """Health of each of these organisations' connectors.

    Args:
        agencies: Folder that holds one folder an organisation.
        organisations: Slugs.
        real_now: Real time, aware.
    """
    return {slug: read_connector(agencies / slug / HEALTH, real_now) for slug in organisations}


def read_connector(path: Path, real_now: datetime) -> Connector:
    """Health of one connector; one that cannot be read is as good as unheard."""
    try:
        written = path.stat().st_mtime
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Connector(None)
    if not isinstance(said, dict):
        return Connector(None)
    return Connector(
        unheard_seconds=max(0.0, real_now.timestamp() - written),
        oldest_unsent_seconds=_seconds(_mapping(said.get("spool")).get("oldest_unsent_seconds")),
        refused=_by_code(_mapping(said.get("refused"))),
        troubles=tuple(_codes(said.get("troubles"))),
    )


def code(word: object) -> str:
    """A code as it may be shown.

    >>> code("BAD_DATE"), code("Surname, Name"), code(None)
    ('BAD_DATE', 'OTHER', 'OTHER')
    """
    return word if isinstance(word, str) and _CODE.fullmatch(word) else OTHER


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _seconds(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 else None


def _by_code(counts: Mapping[str, object]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word, count in counts.items():
        if isinstance(count, int) and count > 0:
            found[code(word)] = found.get(code(word), 0) + count
    return dict(sorted(found.items()))


def _codes(troubles: object) -> list[str]:
    entries = troubles if isinstance(troubles, list) else []
    return sorted({code(_mapping(entry).get("code")) for entry in entries})
