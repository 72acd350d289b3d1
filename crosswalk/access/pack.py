"""The pack that is given, and the papers that stay with the officer.

Pure. Left out: gathering, writing files. Rules: the pack is made of what was released and of words that are the same
for everybody, so that two packs differ only where what was released differs; what was left out, and why, stands only in
the officer's papers, and there too no value does.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from crosswalk.access.gathering import Piece
from crosswalk.access.register import Question, Request
from sharing.calendar import local
from sharing.policy import Agreements
from sharing.vocabulary import RecipientKind

RIGHTS = """\
What this is
------------
This is what the partnership's broker holds about you, or about the child for whom you asked. Each agency has
records of its own; ask each of them as well.

Something may have been left out where the law says so: what is about other people, what could cause serious harm,
what somebody told in confidence, what could get in the way of an investigation, or what a court has kept back. We
do not say which, and we write this to everybody.

Your rights
-----------
You can ask us to correct what is wrong, to restrict or stop some of what we do, and to explain. You can complain to
our data protection officer and to the Information Commissioner, and you can go to court.
"""


def files(asked: Request, pieces: Sequence[Piece], agreements: Agreements) -> dict[str, bytes]:
    """The files of the pack by name."""
    return {
        "read-me-first.txt": RIGHTS.encode(),
        "record.txt": "\n".join(_told(pieces)).encode(),
        "record.json": _json([{"kind": p.event_type, **p.record} for p in pieces]),
        "who-receives-such-information.txt": "\n".join(_recipients(agreements)).encode(),
        "about-this-request.txt": f"Request {asked.number}, asked as {asked.relation.value}.\n".encode(),
    }


def papers(asked: Request, pieces: Sequence[Piece], searched: Mapping[str, int], at: datetime) -> dict[str, bytes]:
    """The officer's papers by name: what was searched, what was decided, what was left out and by which rule."""
    return {
        "search-log.json": _json(
            {
                "request": asked.number,
                "at": at.isoformat(),
                "searched": dict(searched),
                "where": "every event of the child, and of those who were found to be the same child, in this ledger",
                "not_searched": "records that could not be read (they belong to no child); the agencies' own systems",
            }
        ),
        "decisions.json": _json(
            {
                question.value: {
                    "answer": "yes" if question in asked.answers and asked.answers[question].yes else "no",
                    "by": asked.answers[question].by if question in asked.answers else "",
                }
                for question in Question
            }
        ),
        "left-out.json": _json(
            {
                "by_rule": dict(sorted(Counter(_withheld(pieces)).items())),
                "by_hand": [
                    {"event": event, "field": path, "exemption": exemption.value}
                    for (event, path), exemption in sorted(asked.left_out.items())
                ],
            }
        ),
    }


def digest_of(pieces: Sequence[Piece]) -> str:
    """SHA-256 (hex) over everything that is given: what the ledger swears to before it is."""
    whole = [[p.event_id, p.decision.digest.hex(), p.record] for p in pieces]
    return sha256(_json(whole)).hexdigest()


def _withheld(pieces: Sequence[Piece]) -> list[str]:
    return [f"{ruling.reason} {ruling.rule}".strip() for piece in pieces for ruling in piece.decision.withheld]


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True, default=str).encode()


def _told(pieces: Sequence[Piece]) -> list[str]:
    lines = []
    for piece in pieces:
        when = f"{local(piece.occurred_at):%d %b %Y %H:%M}" if piece.occurred_at else "At a time that is not recorded"
        lines += [
            when,
            str(piece.record.get("envelope", {}).get("plain_words", piece.event_type)),
            *_lines(piece.record),
        ]
        lines.append("")
    return lines or ["Nothing is recorded here.", ""]


def _lines(record: Mapping[str, Any], prefix: str = "") -> list[str]:
    found = []
    for name, value in sorted(record.items()):
        words = f"{prefix}{name.replace('_', ' ')}"
        if name == "envelope":
            continue
        if isinstance(value, Mapping):
            found += _lines(value, f"{words}: ")
        elif isinstance(value, list):
            found.append(f"  {words}: {', '.join(str(item) for item in value)}")
        else:
            found.append(f"  {words}: {value}")
    return found


def _recipients(agreements: Agreements) -> list[str]:
    """Every kind of recipient that the agreements name for anything: the same for every child."""
    kinds = sorted({kind for permit in agreements.permits for kind in permit.to if kind is not RecipientKind.REQUESTER})
    return [*(agreements.vocabulary.meanings.get(kind.value, kind.value) for kind in kinds), ""]
