"""A drop folder: files that are complete are read record by record, and filed away once their records are durable.

Left out: what the records mean (a `Format`). Rules: a file counts when its name is no working name (`.x`, `x.part`,
`x.tmp`, `x~`) and it has not changed for a while; links, pipes and devices are never opened, and said to lie there; the
cursor of a file is name, content and record number, so the same file again is known and the same name with other
content is new; read files go to `done/`, those of which nothing could be used to `refused/`, with a list of codes
beside; nothing is removed before its records are in the spool; a file that grows after it was read, because whoever
writes it had stalled, is brought back and read again.
"""

import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from connectors.folder.files import flush_folder, free_name, printable, write_whole
from connectors.native.whole import fault_of
from connectors.ports import AnyFormat, Cursors, NativeRecord, Portion, Refused
from sharing.errors import Retryable

MAX_FILE_BYTES = 64 * 1024 * 1024
PORTION = 200
WORKING_SUFFIXES = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")
WATCHED_SECONDS = 900.0
"""How long a file that was filed away is watched: a transfer that stalls longer has failed."""
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file looked like: as long as nothing of it changes, the file is taken to be complete."""

    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "_Look":
        """What a file looks like by its status."""
        return cls(status.st_ino, status.st_size, status.st_mtime_ns)


class FolderSource:
    """Watches one folder.

    Args:
        folder: Where files are dropped.
        formats: Formats that may lie there; the first that fits a file reads it.
        token: Keyed token of names and contents.
        settle_seconds: How long a file must stay as it is before it is read.
        after: `keep` moves read files to `done/`, `delete` removes them.
        ticks: Real seconds; only differences count.
    """

    def __init__(
        self,
        folder: Path,
        formats: Sequence[AnyFormat],
        token: Callable[[str, str | bytes], bytes],
        settle_seconds: float = 2.0,
        after: str = "keep",
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self._formats = tuple(formats)
        self._token = token
        self._settle = settle_seconds
        self._after = after
        self._ticks = ticks
        self._seen: dict[str, tuple[_Look, float]] = {}
        self._filed: dict[Path, tuple[str, _Look, float]] = {}
        self._no_files = 0

    def poll(self, cursors: Cursors) -> Iterator[Portion]:
        """Everything that is complete and not yet spooled, oldest file first.

        Raises:
            Retryable: the folder, or after all others some files, cannot be read.
        """
        self._bring_back()
        unreadable = 0
        for path in self._complete():
            try:
                yield from self._portions(path, cursors)
            except FileNotFoundError:
                continue
            except OSError:
                unreadable += 1
        if unreadable:
            raise Retryable(f"{self.folder}: {unreadable} files cannot be read; give this user the right to read them")
        if self._no_files:
            raise Retryable(f"{self.folder}: {self._no_files} links or pipes lie here and are not read; copy the files")

    def _complete(self) -> list[Path]:
        """Files that nobody writes any more, oldest first."""
        now = self._ticks()
        looks = self._looks()
        self._seen = {
            name: (look, self._seen[name][1] if name in self._seen and self._seen[name][0] == look else now)
            for name, look in looks.items()
        }
        settled = [name for name, (_, since) in self._seen.items() if now - since >= self._settle]
        return [self.folder / name for name in sorted(settled, key=lambda name: (looks[name].changed_ns, name))]

    def _looks(self) -> dict[str, _Look]:
        found: dict[str, _Look] = {}
        self._no_files = 0
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or entry.name.lower().endswith(WORKING_SUFFIXES):
                        continue
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        if stat.S_ISREG(status.st_mode):
                            found[entry.name] = _Look.of(status)
                        elif not stat.S_ISDIR(status.st_mode):
                            self._no_files += 1
        except OSError as fault:
            raise Retryable(f"{self.folder}: cannot be listed ({fault.strerror}); make it, or give the right") from None
        return found

    def _portions(self, path: Path, cursors: Cursors) -> Iterator[Portion]:
        look = self._seen[path.name][0]
        raw = b"" if look.size > MAX_FILE_BYTES else _read(path)
        if _Look.of(path.lstat()) != look:
            return
        digest = sha256(raw).digest() if raw else str(look).encode()
        cursor = self._token("file", path.name) + self._token("content", digest)
        position = cursors.position(cursor)
        chosen, records = self._formats[0], list[NativeRecord | Refused]()
        if not cursors.finished(cursor):
            chosen, records = self._read_records(printable(path.name), raw, look.size)
        starts = range(position, len(records), PORTION) or (position,)
        for start in starts:
            end = max(start, min(start + PORTION, len(records)))
            last = end >= len(records)
            yield Portion(cursor, start, end, records[start:end], chosen, last, path)

    def _read_records(self, name: str, raw: bytes, size: int) -> tuple[AnyFormat, list[NativeRecord | Refused]]:
        """The records of a file, by the first format that finds any; else one refusal of the whole file."""
        if size > MAX_FILE_BYTES:
            return self._formats[0], [_whole("FILE_TOO_LARGE", f"a file may have {MAX_FILE_BYTES} bytes; split it")]
        if (fault := fault_of(raw)) is not None:
            return self._formats[0], [fault]
        fitting = [one for one in self._formats if name.lower().endswith(one.suffixes)]
        if not fitting:
            endings = ", ".join(sorted({suffix for one in self._formats for suffix in one.suffixes}))
            return self._formats[0], [_whole("UNKNOWN_FORMAT", f"file names here end in {endings}")]
        tries = [(one, _records(one, raw, name)) for one in fitting[:1]]
        if not _usable(tries[0][1]):
            tries += [(one, _records(one, raw, name)) for one in fitting[1:]]
        return next((found for found in tries if _usable(found[1])), tries[0])

    def committed(self, portion: Portion, refused: Sequence[tuple[int, Refused]]) -> None:
        """File a file away once its last records are durable, with the list of its refusals beside."""
        path = portion.origin
        if not portion.last or not isinstance(path, Path):
            return
        look, _ = self._seen.pop(path.name, (None, 0.0))
        with suppress(OSError):
            if look not in (None, _Look.of(path.lstat())):
                return  # it grows still, and is read again when it is whole
        unusable = bool(refused) and len({number for number, _ in refused}) >= portion.now
        try:
            if refused:
                self._tell(path.name, refused)
            self._file_away(path, REFUSED if unusable else DONE)
        except OSError as fault:
            raise Retryable(
                f"{self.folder}: a read file cannot be moved ({fault.strerror}); give this user the right to write here"
            ) from None

    def _tell(self, name: str, refused: Sequence[tuple[int, Refused]]) -> None:
        """The list for people: record, code, field and reason of each refusal; never a value."""
        folder = self.folder / REFUSED
        folder.mkdir(exist_ok=True)
        lines = [
            json.dumps({"record": number, "code": one.code, "field": one.field, "reason": one.reason})
            for number, one in sorted(refused, key=lambda pair: pair[0])
        ]
        write_whole(folder / f"{name}.refusals.jsonl", ("\n".join(lines) + "\n").encode())

    def _file_away(self, path: Path, where: str) -> None:
        with suppress(FileNotFoundError):
            if self._after == "delete" and where == DONE:
                path.unlink()
            else:
                folder = self.folder / where
                folder.mkdir(exist_ok=True)
                filed = path.rename(free_name(folder, path.name))
                flush_folder(folder)
                self._filed[filed] = (path.name, _Look.of(filed.lstat()), self._ticks())
        flush_folder(self.folder)

    def _bring_back(self) -> None:
        """Put files that grew after they were filed away back where they are read, once their name is free there."""
        now = self._ticks()
        self._filed = {path: kept for path, kept in self._filed.items() if now - kept[2] < WATCHED_SECONDS}
        for path, (name, look, _) in tuple(self._filed.items()):
            with suppress(OSError):
                if not path.exists():
                    del self._filed[path]
                elif _Look.of(path.lstat()) != look and not os.path.lexists(self.folder / name):
                    del self._filed[path]
                    path.rename(self.folder / name)


def _read(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def _whole(code: str, reason: str) -> Refused:
    return Refused(code, "", reason)


def _records(chosen: AnyFormat, raw: bytes, name: str) -> list[NativeRecord | Refused]:
    """What a format finds in a file. A format that fails in spite of its promise spoils the rest of this file only."""
    found: list[NativeRecord | Refused] = []
    try:
        found.extend(chosen.read(raw, name))
    except Exception as fault:  # noqa: BLE001 - one file must not stop the others
        found.append(
            _whole("FORMAT_FAULT", f"the format {chosen.name} failed here ({type(fault).__name__}); report it")
        )
    return found


def _usable(records: Sequence[NativeRecord | Refused]) -> bool:
    return any(isinstance(record, NativeRecord) for record in records)
