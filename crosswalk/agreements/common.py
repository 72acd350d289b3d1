"""What the commands about agreements share: their options, how a set is read, how an answer is printed.

Left out: what is asked of the set. Rule: whatever keeps a set from being read is said in words that name the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from agreements import HERE, read_texts
from sharing.errors import Misconfigured
from sharing.policy import Agreements
from sharing.policy.canonical import canonical
from streams.course import set_of

NOT_SO = 1
UNREADABLE = 2
Folder = Annotated[
    Path, typer.Option("--agreements", metavar="DIR", help="Folder of the YAML files; the shipped set without it.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")]


def read_set(folder: Path = HERE, today: date | None = None) -> Agreements:
    """The set of a folder, compiled. Invariants are not proved here.

    Args:
        folder: Of the YAML files.
        today: When it is to be in force: an agreement past its review is a fault. None: a set of any time can be read.

    Raises:
        Misconfigured: every fault at once, one line each.
    """
    try:
        texts = read_texts(folder)
    except OSError as fault:
        raise Misconfigured(f"{fault.filename or folder}: cannot be read: {fault.strerror}") from None
    if not texts:
        raise Misconfigured(f"{folder}: no agreements here; --agreements names the folder of the YAML files")
    return set_of(texts, today)


def day_of(text: str) -> date:
    """A day as YYYY-MM-DD, or today for no text.

    Raises:
        Misconfigured: it is no day.
    """
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise Misconfigured(f"--on: '{text}' is no day; write it as YYYY-MM-DD") from None


def tell(document: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Print the one or the other; a document as the canonical bytes that are hashed and signed."""
    if as_json:
        typer.echo(canonical(document))
    else:
        for line in lines:
            typer.echo(line)


def aligned(rows: Sequence[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """Rows as columns; the last column is left as it is."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)] if rows else []
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        yield (indent + "  ".join([*cells, row[-1]])).rstrip()


def counted(number: int, one: str, many: str = "") -> str:
    """`1 field`, `12 fields`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
