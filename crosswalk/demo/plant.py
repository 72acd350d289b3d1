"""Faults planted on purpose, to show that the checker would see them: `crosswalk demo --plant NAME` must end in 1.

These are done to the world from outside, when everything has come to rest. Left out: finding them, and the one that
lives in the pipeline (`early-commit`: a worker that acknowledges before its transaction and then dies).
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from sharing.errors import Misconfigured
from sharing.topics import DEAD_LETTER

LEAKS_TO = "out.schools.oakfield-primary"
SECRET = "intelligence"  # noqa: S105 - path of a field that police share with nobody
FLUSH_SECONDS = 30.0

Body = dict[str, Any]


def plant_fault(plant: str, folder: Path, bootstrap: str) -> None:
    """Do one planted fault to a world that is at rest.

    Raises:
        Misconfigured: there is no such plant, or it is none that can be done from outside.
    """
    if plant not in OUTSIDE:
        raise Misconfigured(f"--plant: expected one of {', '.join(OUTSIDE)}")
    OUTSIDE[plant](folder, bootstrap)


def _drop(folder: Path, _bootstrap: str) -> None:
    path, _ = next(_routine(folder))
    path.unlink()


def _duplicate(folder: Path, _bootstrap: str) -> None:
    path, body = next(_routine(folder))
    again = body["exchange_id"][::-1]
    last = max(other["delivery_seq"] for _, other in _of_child(folder, body))
    _write(path.with_name(f"{again}.json"), {**body, "exchange_id": again, "delivery_seq": last + 1})


def _swap(folder: Path, _bootstrap: str) -> None:
    _, body = next(_routine(folder))
    (one, first), (two, second) = sorted(_of_child(folder, body), key=lambda pair: pair[1]["delivery_seq"])[:2]
    _write(one, {**first, "delivery_seq": second["delivery_seq"]})
    _write(two, {**second, "delivery_seq": first["delivery_seq"]})


def _wrong_child(folder: Path, _bootstrap: str) -> None:
    """What was said of one child stands in another child's file."""
    for (path, body), (_, other) in pairwise(_routine(folder)):
        if body["child"] != other["child"]:
            _write(path, {**body, "facts": other["facts"], "opinion": other["opinion"]})
            return


def _leak_header(folder: Path, bootstrap: str) -> None:
    _produce(bootstrap, LEAKS_TO, b"{}", [("ce_subject", _secret(folder).encode())])


def _leak_dead_letter(folder: Path, bootstrap: str) -> None:
    said = {"code": "UNDECODABLE", "field": "", "reason": f"cannot decode {_secret(folder)}"}
    _produce(bootstrap, DEAD_LETTER, json.dumps(said).encode(), [])


OUTSIDE: Mapping[str, Callable[[Path, str], None]] = {
    "drop": _drop,
    "duplicate": _duplicate,
    "swap": _swap,
    "wrong-child": _wrong_child,
    "leak-header": _leak_header,
    "leak-dead-letter": _leak_dead_letter,
}


def _routine(folder: Path) -> Iterator[tuple[Path, Body]]:
    """Delivered files of shared concerns, of children who have several, in a fixed order."""
    for path in sorted((folder / "agencies" / "easthaven-social-care" / "delivered").glob("*.json")):
        body = json.loads(path.read_bytes())
        if body.get("event_type") == "school.concern.shared" and body["delivery_seq"] > 1:
            yield path, body


def _of_child(folder: Path, body: Body) -> list[tuple[Path, Body]]:
    subject = body["envelope"]["subject"]
    found = []
    for path in (folder / "agencies" / "easthaven-social-care" / "delivered").glob("*.json"):
        other = json.loads(path.read_bytes())
        if other.get("event_type") == body["event_type"] and other["envelope"]["subject"] == subject:
            found.append((path, other))
    return found


def _secret(folder: Path) -> str:
    """The canary of a field that nobody may have."""
    for line in (folder / "story" / "published.jsonl").read_text(encoding="utf-8").splitlines():
        canaries = json.loads(line).get("canaries", {})
        if SECRET in canaries:
            return str(canaries[SECRET])
    raise Misconfigured("story/published.jsonl: no police notice yet, so there is nothing to leak")


def _write(path: Path, body: Body) -> None:
    raw = (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(raw)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    beside.replace(path)


def _produce(bootstrap: str, topic: str, value: bytes, headers: list[tuple[str, str | bytes | None]]) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "acks": "all"})
    producer.produce(topic, value, b"planted", headers=headers)
    if producer.flush(FLUSH_SECONDS):
        raise Misconfigured(f"{topic}: the cluster did not take the planted record")
