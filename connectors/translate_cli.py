"""`crosswalk translate FORMAT PATH...`: what files would become, record by record, with nothing kept and nothing sent.

The same code translates here and in a running connector. Left out: ids, organisation and versions, which only a
connector's own key and spool can give. Rules: a bad record never stops the next, nor a bad file; a refusal never shows
a value; one file is held at a time; the status is 0 whatever was refused, and 2 only where a path cannot be read or a
format is not known.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from errno import EINVAL
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.folder.files import printable
from connectors.formats import AUTO, FORMATS, Given, by_name, recognise
from connectors.native.text import MAX_FILE_BYTES
from connectors.native.whole import fault_of
from connectors.ports import AnyFormat, Dropped, Refused, Translated, Translation
from connectors.social_care.formats import persons_of
from schemas import read_schemas
from sharing import codec
from sharing.errors import Misconfigured, Rejected
from sharing.events import Event
from sharing.topics import MAX_RECORD_BYTES

UNREADABLE = 2
_UNKNOWN = Refused(
    "UNKNOWN_FORMAT", "content", "the content is of none of the known formats; name the format to see why"
)


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """What became of one record: one line of the answer."""

    file: str
    record: int
    result: Translation

    @property
    def outcome(self) -> str:
        """`event`, `refused` or `dropped`."""
        return {Translated: "event", Refused: "refused", Dropped: "dropped"}[type(self.result)]


def translate(
    format_name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}, or {AUTO}.")],
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a record.")] = False,  # noqa: FBT002
) -> None:
    """Show what files would become: per record the event, or the refusal with code and field."""
    if format_name != AUTO:
        _known(format_name)
    files = _Files(paths)
    counts: Counter[str] = Counter()
    for line in lines(format_name, files, datetime.now(UTC)):
        counts[line.outcome] += 1
        typer.echo(json.dumps(to_json(line)) if as_json else to_words(line))
    if not as_json:
        total = f"{counts['event']} events, {counts['refused']} refused, {counts['dropped']} dropped"
        typer.echo(f"{files.count} files: {total}")
    for path, why in files.unreadable.items():
        typer.echo(f"{printable(path)}: {why}", err=True)
    if files.unreadable:
        raise typer.Exit(UNREADABLE)


def lines(format_name: str, files: Iterable[tuple[str, bytes]], now: datetime) -> Iterator[Line]:
    """Every record of every file, in order.

    Args:
        format_name: A format, or `auto` to judge each file by its content.
        files: Name and bytes of each; gone through twice.
        now: Aware UTC time.

    Raises:
        Misconfigured: there is no such format.
    """
    persons: dict[str, Mapping[str, str]] = {}
    for name, raw in files:
        if recognise(raw) == "social-care-ssd":
            persons |= persons_of(raw, name)
    # Nothing is sent from here: everybody is shown as if a flag were held, so that a message's content can be judged.
    given = Given(flagged=lambda _: True, persons=persons.get)
    for name, raw in files:
        if (fault := fault_of(raw)) is not None:
            yield Line(name, 0, fault)
            continue
        chosen = recognise(raw) if format_name == AUTO else format_name
        if chosen is None:
            yield Line(name, 0, _UNKNOWN)
        else:
            yield from _records(by_name(chosen, given), name, raw, now)


def to_json(line: Line) -> dict[str, Any]:
    """The line as an object: `file, record, outcome, code, field, reason`, and `event` where there is one."""
    result = line.result
    found: dict[str, Any] = {"file": line.file, "record": line.record, "outcome": line.outcome}
    if isinstance(result, Translated):
        return {**found, "code": None, "field": None, "reason": None, "event": event_as_json(result.event)}
    field = result.field if isinstance(result, Refused) else None
    return {**found, "code": result.code, "field": field, "reason": result.reason}


def event_as_json(event: Event) -> dict[str, Any]:
    """An event as JSON holds it: its type, then every field that has a value."""
    plain: dict[str, Any] = _plain(codec.to_record(event))
    return {"type": event.event_type, **plain}


def to_words(line: Line) -> str:
    """The line for a person."""
    result, place = line.result, f"{line.file} record {line.record}"
    if isinstance(result, Translated):
        return "\n".join([f"{place}: {result.event.event_type}", *_indented(_plain(codec.to_record(result.event)))])
    if isinstance(result, Refused):
        return f"{place}: refused {result.code}{' ' + result.field if result.field else ''}: {result.reason}"
    return f"{place}: dropped {result.code}: {result.reason}"


def _records(chosen: AnyFormat, name: str, raw: bytes, now: datetime) -> Iterator[Line]:
    for number, record in enumerate(chosen.read(raw, name), start=1):
        results = [record] if isinstance(record, Refused) else chosen.translate(record, now)
        yield from (Line(name, number, _sendable(result)) for result in results)


def _sendable(result: Translation) -> Translation:
    """The event, if its bytes could travel; else the refusal that a connector would give."""
    if not isinstance(result, Translated):
        return result
    try:
        size = len(codec.encode(result.event, _catalogue()))
    except Rejected as fault:
        return Refused(fault.code, fault.field, fault.reason)
    too_large = Refused("OVERSIZE", "record", f"expected fewer than {MAX_RECORD_BYTES} bytes")
    return result if size < MAX_RECORD_BYTES else too_large


@cache
def _catalogue() -> codec.Catalogue:
    return codec.Catalogue.of(read_schemas())


def _known(format_name: str) -> None:
    try:
        by_name(format_name)
    except Misconfigured as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(UNREADABLE) from fault


class _Files:
    """Files one after the other, folders by their files in order of name, read anew each time; a pipe but once.

    Attributes:
        unreadable: Paths that could not be read, and why.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._drained: dict[Path, bytes] = {}
        self.unreadable: dict[Path, str] = {}
        self.count = 0

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        self.count = 0
        for path in self._paths:
            for file in self._of(path):
                try:
                    raw = self._read(file)
                except OSError as fault:
                    self.unreadable[file] = fault.strerror or "cannot be read"
                else:
                    self.count += 1
                    yield printable(file.name), raw

    def _of(self, path: Path) -> Sequence[Path]:
        try:
            return sorted(f for f in path.iterdir() if f.is_file()) if path.is_dir() else [path]
        except OSError as fault:
            self.unreadable[path] = fault.strerror or "cannot be read"
            return []

    def _read(self, file: Path) -> bytes:
        if file in self._drained:
            return self._drained[file]
        # A named pipe that nobody writes would hold up everything; what the shell hands over is being written.
        if not (file.is_file() or _is_handed_over(file) or not file.exists()):
            raise OSError(EINVAL, "is no file; name a file or a folder of files")
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
        if not file.is_file():
            self._drained[file] = raw
        return raw


def _is_handed_over(file: Path) -> bool:
    """Whether the shell made it for us: `<(command)`, or a pipe into `/dev/stdin`."""
    return file == Path("/dev/stdin") or file.is_relative_to("/dev/fd") or file.is_relative_to("/proc/self/fd")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value


def _indented(event: Mapping[str, Any]) -> Iterator[str]:
    for key, value in event.items():
        if isinstance(value, dict):
            yield from (f"    {key}.{inner}: {_text(what)}" for inner, what in value.items())
        else:
            yield f"    {key}: {_text(value)}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={_text(inner)}" for key, inner in value.items())
    return str(value).replace("\n", "\n        ")
