"""What came too late for a closed episode, and what somebody with clearance does about it: let it go, or drop it.

Left out: why it is held (`sharing.reconciliation.late`) and who has clearance (`crosswalk.clearance`). Rules: it goes
only to whoever is involved again, as things stand now, seals included; while nobody is, nothing can be let go; both
words stand in the ledger, with the function that said them and a code for why.
"""

import json
from dataclasses import dataclass, replace

from ledger.store import Transaction
from sharing.calendar import local
from sharing.errors import Rejected
from sharing.reconciliation import SubjectState, late
from sharing.reconciliation.involved import open_involvements
from sharing.reconciliation.standing import Fate, Late
from streams.agents.absorption import Absorption
from streams.agents.closing import write
from streams.agents.late_words import KINDS
from streams.broker import Broker


@dataclass(frozen=True, slots=True)
class Kept:
    """One event that waits for somebody, as somebody with clearance sees it. `since`: ISO 8601."""

    event: str
    event_type: str
    organisation: str
    function: str
    since: str


def kept(broker: Broker) -> list[Kept]:
    """Everything that waits, the longest first; nothing of a child who was forgotten."""
    with broker.ledger.reading() as tx:
        found = [(tx.find(bytes.fromhex(one.event)), one) for one in _open(tx).values()]
        return [one for row, one in found if row is not None and not tx.forgotten([row.subject])]


def let_go(broker: Broker, event: str, by: str, why: str) -> None:
    """Let an event go to everybody for whom it waits and who is involved again.

    Args:
        broker: With its ledger.
        event: Hex id.
        by: Function that decides; never a person's name.
        why: Code of the reason.

    Raises:
        Rejected: `NOT_HELD`, or `NO_OPEN_EPISODE`; nothing was changed.
    """
    _settle(broker, event, Fate.LET_GO, by, why)


def drop(broker: Broker, event: str, by: str, why: str) -> None:
    """Keep an event from ever leaving to those for whom it waits. Arguments and errors as in `let_go`."""
    _settle(broker, event, Fate.DROPPED, by, why)


def _settle(broker: Broker, event: str, fate: Fate, by: str, why: str) -> None:
    with broker.ledger.transaction() as tx:
        if event not in {one.event for one in _open(tx).values()}:
            raise Rejected("NOT_HELD", "event", f"{event} waits for nobody; see crosswalk late ls")
        stored = tx.find(bytes.fromhex(event))
        assert stored is not None, "what is held is in the ledger"
        if tx.forgotten([stored.subject]):
            raise Rejected("FORGOTTEN", "event", "the key of this child was destroyed: there is nothing to let go")
        work = Absorption(broker, tx)
        work.subjects.read([stored.subject])
        subject = work.subjects.root(stored.subject)
        for one in _chosen(work, work.state(subject), event, fate):
            work.say(subject, late.settled(work.state(subject), replace(one, fate=fate, by=by, why=why)))
        write(work)


def _chosen(work: Absorption, state: SubjectState, event: str, fate: Fate) -> list[Late]:
    waiting = [one for one in state.late if one.event_id == event and one.fate is Fate.WAITS]
    if fate is not Fate.LET_GO:
        return waiting
    again = {(i.organisation, i.function) for i in open_involvements(state, local(work.now).date())}
    going = [one for one in waiting if (one.recipient.organisation, one.recipient.function) in again]
    if not going:
        words = "nobody for whom it waits is involved again; drop it, or leave it until they are"
        raise Rejected("NO_OPEN_EPISODE", "event", words)
    return going


def _open(tx: Transaction) -> dict[tuple[str, str, str], Kept]:
    """The newest word of everything that was held and neither let go nor dropped since."""
    found: dict[tuple[str, str, str], Kept] = {}
    for statement in tx.statements(KINDS[Fate.WAITS]):
        if statement.kind not in KINDS.values():
            continue
        said = json.loads(statement.body)
        key = (said["event"], said["organisation"], said["function"])
        found.pop(key, None)
        if statement.kind == KINDS[Fate.WAITS]:
            at = statement.decided_at.isoformat()
            found[key] = Kept(said["event"], said["type"], said["organisation"], said["function"], at)
    return found
