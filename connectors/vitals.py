"""What a connector says of itself: ages and counts from its file, never a process flag.

"Running" proves nothing: health is when something last moved and how old the oldest unsent event is. Left out: drawing
it (`console`). Rule: codes, counts, ages and fixes only.
"""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from connectors.database import Database
from connectors.folder.files import write_whole
from connectors.memory import Room
from connectors.settings import Settings
from connectors.troubles import Trouble
from connectors.witness import ROOM, read_kept

HEALTH_FILE = "health.json"
REFERRAL_PATIENCE_MS = 15 * 60 * 1000
SILENT_SECONDS = 30.0


def report(
    settings: Settings, database: Database, troubles: tuple[Trouble, ...], dropped: Counter[str], now: datetime
) -> dict[str, object]:
    """The state of a connector.

    Args:
        settings: Of this connector.
        database: Its file.
        troubles: What is wrong now.
        dropped: Records that did not leave, by code, since the start of this process.
        now: Aware UTC.
    """
    events = _tally(database, "event")
    arrivals = _tally(database, "arrival")
    oldest = _age(database, "SELECT MIN(taken_at) FROM event WHERE state = 'new' AND topic NOT LIKE 'seals.%'", now)
    moved = _tally(database, "moved").get("at", 0)
    return {
        "organisation": settings.organisation,
        "agency": settings.agency.value,
        "at": now.isoformat(),
        "troubles": [_as_told(t) for t in (*_unsent_referrals(settings, database, now), *troubles)],
        "spool": {state: events.get(state, 0) for state in ("new", "sent", "dead")}
        | {"oldest_unsent_seconds": oldest, "bytes": database.used_bytes()},
        "taken": _tally(database, "taken"),
        "refused": _by(database, "SELECT code, COUNT(*) FROM refusal GROUP BY code"),
        "dropped": dict(sorted(dropped.items())),
        "inbox": {
            state: arrivals.get(state, 0)
            for state in ("pending", "delivering", "delivered", "recalling", "recalled", "refused")
        },
        "witness": witnessing(database, settings),
        "last_moved_at": _iso(moved, now),
    }


def witnessing(database: Database, settings: Settings) -> dict[str, object]:
    """How far this connector witnesses the broker's record: the size it saw last, when it signed, why it does not."""
    kept = read_kept(Room(database, settings.keys, ROOM))
    return {"size": kept.size, "signed_at": kept.signed_at or None, "alarm": kept.alarm or None}


def _unsent_referrals(settings: Settings, database: Database, now: datetime) -> tuple[Trouble, ...]:
    """A referral is never left to wait unseen: after 15 minutes its sender is told to telephone, with the number."""
    at = int(now.timestamp() * 1000)
    # A clock that was put back must not make a referral wait until it has caught up.
    times = (at - REFERRAL_PATIENCE_MS, at + REFERRAL_PATIENCE_MS)
    sql = (
        "SELECT COUNT(*) FROM event WHERE state IN ('new', 'dead') AND event_type = 'referral.submitted'"
        " AND content IS NOT NULL AND (taken_at <= ? OR taken_at >= ?)"
    )
    count = database.number(sql, times)
    if not count:
        return ()
    number = settings.front_door_phone or "as in the directory"
    words = f"{count} referrals have not reached the broker for 15 minutes: telephone the front door now ({number})"
    return (Trouble("referral", "TELEPHONE_NOW", words),)


def read(path: Path) -> dict[str, object]:
    """The report of a connector, as somebody beside it finds it: one that has fallen silent is not well.

    Whoever has no room to write cannot say so; that nothing is written says it.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        silent = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        words = "this connector has not run yet, or its state folder is elsewhere"
        return {"troubles": [_as_told(Trouble("status", "NEVER_RAN", words))]}
    if not isinstance(said, dict):
        return {}
    if silent <= SILENT_SECONDS:
        return said
    words = f"nothing heard for {int(silent)} seconds: it is not running, or the disk of its state folder is full"
    return said | {"troubles": [_as_told(Trouble("status", "SILENT", words)), *said.get("troubles", ())]}


def _as_told(trouble: Trouble) -> dict[str, str]:
    return {"place": trouble.place, "code": trouble.code, "words": trouble.words}


def write(path: Path, said: Mapping[str, object]) -> None:
    """Write the report for others to read, whole or not at all. A full disk does not stop a connector here."""
    with suppress(OSError):
        write_whole(path, (json.dumps(said, indent=2, sort_keys=True) + "\n").encode(), durable=False)


def read_only(path: Path) -> sqlite3.Connection:
    """A look into a connector's file from outside, beside the running process."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)


def _tally(database: Database, kind: str) -> dict[str, int]:
    found = database.rows("SELECT name, count FROM tally WHERE kind = ? AND count > 0 ORDER BY name", (kind,))
    return {str(name): count for name, count in found if isinstance(count, int)}


def _by(database: Database, sql: str) -> dict[str, int]:
    return {str(name): count for name, count in sorted(database.rows(sql), key=str) if isinstance(count, int)}


def _age(database: Database, sql: str, now: datetime) -> float | None:
    since = database.number(sql)
    return max(0.0, round(now.timestamp() - since / 1000, 1)) if since else None


def _iso(millis: int, now: datetime) -> str | None:
    return datetime.fromtimestamp(millis / 1000, now.tzinfo).isoformat() if millis else None
