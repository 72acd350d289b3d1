"""What the ledger swears to about events that came too late: held, let go, dropped, each without a word of the event.

Left out: why they are held (`sharing.reconciliation.late`) and what a person does (`late`).
"""

import json
from collections.abc import Iterable, Iterator

from ledger.rows import Statement
from ledger.store import Transaction
from sharing.policy.canonical import canonical
from sharing.reconciliation.late import WHY, Key
from sharing.reconciliation.standing import Fate, Late

KINDS = {Fate.WAITS: "hold.late", Fate.LET_GO: "hold.late-let-go", Fate.DROPPED: "hold.late-dropped"}


def sworn(before: Iterable[Late], after: Iterable[Late]) -> Iterator[Statement]:
    """A statement for each that is new, or whose fate is."""
    if after is before:
        return
    known = {late.key: late.fate for late in before}
    for late in after:
        if known.get(late.key) is not late.fate:
            yield Statement(KINDS[late.fate], canonical(_body(late)))


def fates_of(tx: Transaction, event: str) -> dict[Key, Fate]:
    """What became of an event that was held, by key: the last word of the ledger. `event`: hex id."""
    fates, found = {kind: fate for fate, kind in KINDS.items()}, dict[Key, Fate]()
    for statement in tx.statements(KINDS[Fate.WAITS]):
        if statement.kind in fates and event.encode() in statement.body:
            said = json.loads(statement.body)
            found[said["event"], said["organisation"], said["function"]] = fates[statement.kind]
    return {key: fate for key, fate in found.items() if key[0] == event}


def _body(late: Late) -> dict[str, str]:
    return {
        "by": late.by,
        "event": late.event_id,
        "function": late.recipient.function,
        "kind": late.recipient.kind.value,
        "organisation": late.recipient.organisation,
        "type": late.event_type,
        "why": late.why or WHY,
    }
