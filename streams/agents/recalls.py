"""Taking back: when a seal is set, whoever was sent what is now sealed is told to give it up.

Left out: applying the recall (the recipient's inbox does, before it delivers anything older). Rules: only those are
told who really had a value that they may no longer have, so a recall tells nobody anything new; what they may still
see goes out again as an exchange of its own.
"""

import json
from collections.abc import Iterator

from ledger.rows import Released
from sharing.codec import decode
from sharing.events import Child, CorrectionAction, CorrectionIssued, Event
from sharing.ids import EventId, ExchangeId, SubjectId, exchange_id
from sharing.reconciliation import Said
from sharing.reconciliation.saying import envelope
from sharing.release import Exchange, prepare
from sharing.vocabulary import OrganisationKind, Outcome, Recipient, RecipientKind
from streams.agents.absorption import Absorption, Later
from streams.agents.views import BROKER_SAYS

WHY = "Withdrawn by its sender. Delete any copy and do not use it."
WITHHELD = "withhold"
AREA_WIDE = frozenset({
    OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.FORCE, OrganisationKind.EDUCATION_SERVICE, OrganisationKind.BROKER,
})  # fmt: skip


def recall_earlier(work: Absorption, subject: SubjectId) -> Iterator[Said]:
    """What must be taken back now that a register of this subject moved; the rest is decided again on the way.

    Args:
        work: The transaction's work; exchanges that replace a recalled one are added to it.
        subject: Whose register moved.
    """
    released = [r for r in work.tx.released_of(subject) if r.kind in set(RecipientKind)]
    decisions = work.tx.outcomes({r.outcome for r in released})
    for one in released:
        event = _event_of(work, one)
        recipient = Recipient(one.organisation, one.function, RecipientKind(one.kind))
        again = _decided_again(work, event, recipient, subject, one)
        lowered = _lowered(event, decisions[one.outcome], again)
        if any(_tells(work, event, path, recipient) for path in lowered):
            yield _recall(work, one, recipient)
            _replace(work, one, event, again)


def _event_of(work: Absorption, one: Released) -> Event:
    return decode(work.tx.contents([one.event_n])[one.event_n], work.broker.catalogue)


def _decided_again(work: Absorption, event: Event, recipient: Recipient, subject: SubjectId, one: Released) -> Exchange:
    """The same event for the same recipient, decided now, under an exchange id that follows from the recalled one."""
    identity = EventId(bytes.fromhex(event.envelope.event_id or one.exchange_id.hex()))
    keys = work.broker.keys.ids
    made = prepare(event, identity, [recipient], work.situation(subject), work.broker.agreements, keys)[0]
    following = exchange_id(
        keys, EventId(one.exchange_id), recipient.organisation, f"{recipient.function}/after-recall"
    )
    return Exchange(ExchangeId(following), recipient, made.decision)


def _lowered(event: Event, decision: bytes, again: Exchange) -> list[str]:
    """Paths of values that went out then and would not go out now."""
    before = {path: transform for path, transform, *_ in json.loads(decision)["fields"]}
    after = {ruling.path: ruling.transform.words for ruling in again.decision.fields}
    lowered = [path for path, transform in before.items() if transform not in (WITHHELD, after.get(path, WITHHELD))]
    return [path for path in lowered if path.startswith("$") or value_at(event, path) is not None]


def _tells(work: Absorption, event: Event, path: str, recipient: Recipient) -> bool:
    """Whether a value told this recipient anything of the child's whereabouts.

    What names the recipient itself, or a body that serves the whole area, did not: taking a notice back for that would only
    take it from somebody who protects the child.
    """
    value = value_at(event, path)
    own = work.broker.directory.get(recipient.organisation)
    if own is not None and value in (own.slug, own.urn, own.ods, own.name):
        return False
    named = work.broker.directory.get(str(value))
    return named is None or named.kind not in AREA_WIDE


def value_at(event: Event, path: str) -> object:
    """The value of a field by its path, None where there is none; lists as a whole."""
    value: object = event
    for name in path.split("[]", 1)[0].split("."):
        value = getattr(value, name, None)
    return None if value == () else value


def _recall(work: Absorption, one: Released, recipient: Recipient) -> Said:
    correction = CorrectionIssued(
        envelope=envelope(work.now, None),
        child=Child(),
        action=CorrectionAction.RECALL,
        recalled_exchange=one.exchange_id.hex(),
        why=WHY,
    )
    return Said(correction, (recipient,), f"recall/{one.exchange_id.hex()}", one.exchange_id.hex())


def _replace(work: Absorption, one: Released, event: Event, again: Exchange) -> None:
    """What may still be seen goes out again, and answers to it count; what the broker itself said is not said twice."""
    stored = work.tx.row(one.event_n)
    if stored is None or again.decision.outcome is not Outcome.DELIVER or event.event_type.startswith(BROKER_SAYS):
        return
    work.add_later(Later(stored, event, 0, [again]))
    work.follow(SubjectId(stored.subject), one.exchange_id.hex(), again.hex)
