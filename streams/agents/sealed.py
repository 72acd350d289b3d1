"""What is sealed in a family, and what of it a recipient may know all the same: shared by everybody who looks for it.

Left out: looking at records (`last_door`) and at addressed texts (`texts`). Rules: what an organisation is called tells
it nothing about itself; that a body which serves the whole area is named tells nobody where a child is.
"""

from collections.abc import Collection, Iterable

from ledger.store import Transaction
from sharing.codec import decode
from sharing.directory import Directory, Organisation
from sharing.events import Event, SealKind
from sharing.policy import Agreements, Facts, Guard
from sharing.policy.conditions import guards_of
from sharing.redaction.tripwire import Value, closed_to, national, values_of
from sharing.vocabulary import Agency, FieldClass, RecipientKind
from streams.agents.views import AREA_WIDE, BROKER_SAYS
from streams.broker import Broker

GUARDS = {
    SealKind.ADDRESS: Guard.ADDRESS_SEALED,
    SealKind.S_FLAG: Guard.S_FLAG,
    SealKind.PERPETRATOR_CHANNEL: Guard.PERPETRATOR_CHANNEL,
    SealKind.ADOPTION: Guard.ADOPTION,
}
_NUMBERS: dict[int, tuple[Directory, frozenset[str]]] = {}


def names_of(organisation: Organisation) -> tuple[str, ...]:
    """Everything by which an organisation is called."""
    return tuple(n for n in (organisation.slug, organisation.urn, organisation.ods, organisation.name) if n)


def harmless(directory: Directory, to: str, *, by_broker: bool) -> Collection[str]:
    """Names that tell a recipient nothing: its own, and those of bodies that serve the whole area.

    What the broker itself says names the functions that must act, whoever they are.
    """
    known = directory.organisations.values()
    told = [name for o in known if by_broker or o.slug == to or o.kind in AREA_WIDE for name in names_of(o)]
    return [*told, Agency.BROKER]


def numbers_of(directory: Directory) -> frozenset[str]:
    """National parts of every telephone number of the directory."""
    kept = _NUMBERS.get(id(directory))
    if kept is None or kept[0] is not directory:
        _NUMBERS.clear()
        functions = (f for o in directory.organisations.values() for f in o.functions.values())
        kept = _NUMBERS[id(directory)] = directory, frozenset(national(f.telephone) for f in functions if f.telephone)
    return kept[1]


def sealable(agreements: Agreements) -> frozenset[FieldClass]:
    """Classes of field that some seal closes."""
    return frozenset().union(*(seal.classes for seal in agreements.seals))


def asked_by_seals(agreements: Agreements) -> frozenset[Guard]:
    """The facts on which it depends whether a seal closes something."""
    exceptions = (exception.when for seal in agreements.seals for exception in seal.exceptions)
    return frozenset().union(*(guards_of(when) for when in (*(seal.when for seal in agreements.seals), *exceptions)))


def closed(
    agreements: Agreements, kind: RecipientKind, facts: Facts, kinds: Iterable[SealKind]
) -> frozenset[FieldClass]:
    """Classes that seals of these kinds close to a recipient, whoever of the family has them."""
    guards = [GUARDS[k] for k in kinds]
    return closed_to(agreements.seals, kind, Facts.of({**facts, **dict.fromkeys(guards, True)}), guards)


def values_in(event: Event, agreements: Agreements, classes: Collection[FieldClass]) -> tuple[Value, ...]:
    """What could be sealed of what an event says; the broker's own says of a child only what it was told."""
    if event.event_type.startswith(BROKER_SAYS):
        return ()
    return values_of(event, agreements.classes[event.event_type], classes)


def opened(broker: Broker, tx: Transaction, ns: Collection[int]) -> dict[int, Event]:
    """Stored events by row number."""
    return {n: decode(raw, broker.catalogue) for n, raw in (tx.contents(ns) if ns else {}).items()}


def rows_about(tx: Transaction, owner: int) -> list[int]:
    """Numbers of the stored events about a subject that can still be opened."""
    events = tx.rows_of_subject(owner)
    gone = tx.forgotten({row.subject for row in events})
    return [row.n for row in events if row.subject not in gone]
