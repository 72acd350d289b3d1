"""Texts to `Agreements`: read, check all at once, compile. A set with a fault is no set.

Left out: files (texts are handed in by name) and invariants' truth (`invariants`). Every fault of every text is
reported together, each with file, line, column and the nearest right word, so that a person can mend them in one go.
"""

from collections.abc import Iterable, Mapping

from sharing.events import EVENT_TYPES
from sharing.policy.classes import Classes
from sharing.policy.conditions import MAX_GUARDS
from sharing.policy.document import Faults, Place, Table, read
from sharing.policy.lattice import CLEAR, TransformKind
from sharing.policy.matrix import cells_of, purposes_of, version_of
from sharing.policy.model import Agreements, Permit
from sharing.policy.paths import EXISTS, leaves
from sharing.policy.read_permits import read_permits
from sharing.policy.read_rules import read_always, read_never, read_seals
from sharing.policy.read_vocabulary import read_vocabulary
from sharing.policy.read_words import Words
from sharing.policy.reading import check_keys, unique

VOCABULARY, SEALS, INVARIANTS = "vocabulary.yaml", "seals.yaml", "invariants.yaml"


def load(texts: Mapping[str, str], classes: Classes) -> Agreements:
    """Read a complete set of agreements.

    Args:
        texts: File name to text: `vocabulary.yaml`, `seals.yaml`, `invariants.yaml`, and one file an agreement.
        classes: Class of every field of every event type (`field_classes`).

    Raises:
        Misconfigured: one line a fault, `file:line:column: what is wrong; did you mean ...?`
    """
    faults = Faults()
    for missing in {VOCABULARY, SEALS, INVARIANTS} - set(texts):
        faults.add(Place(missing, 1, 1), "this file is missing")
    faults.raise_all()
    _check_classes(classes, faults)
    documents = {name: read(name, text, faults) for name, text in sorted(texts.items())}
    vocabulary = read_vocabulary(documents.pop(VOCABULARY), faults)
    words = Words(vocabulary, faults)
    seals = list(read_seals(documents.pop(SEALS), words))
    rules = documents.pop(INVARIANTS)
    check_keys(rules, ("never", "always"), ("never", "always"), faults)
    never, always = list(read_never(rules, words)), list(read_always(rules, words))
    permits = [found for document in documents.values() for found in read_permits(document, words)]
    unique([(s.seal_id, at) for s, at in seals], "seal", faults)
    unique([*((r.rule_id, at) for r, at in never), *((r.rule_id, at) for r, at in always)], "rule", faults)
    unique([(p.permit_id, at) for p, at in permits], "permit", faults)
    unique(_names(documents), "agreement", faults)
    _check_cells(permits, faults)
    faults.raise_all()
    cells = cells_of((p for p, _ in permits), (s for s, _ in seals), classes)
    _check_sizes({key: len(cell.guards) for key, cell in cells.items()}, permits, faults)
    faults.raise_all()
    return Agreements(
        version=version_of(cells, vocabulary),
        vocabulary=vocabulary,
        agreements=tuple({p.agreement.name: p.agreement for p, _ in permits}.values()),
        permits=tuple(p for p, _ in permits),
        seals=tuple(s for s, _ in seals),
        never=tuple(r for r, _ in never),
        always=tuple(r for r, _ in always),
        classes=classes,
        cells=cells,
        purposes_of=purposes_of(cells, vocabulary.purposes),
    )


def _names(documents: Mapping[str, Table]) -> Iterable[tuple[str, Place]]:
    for document in documents.values():
        node = document.get("agreement")
        yield str(getattr(node, "text", "")), node.place if node else document.place


def _check_classes(classes: Classes, faults: Faults) -> None:
    """Every field of every event type has a class, and no class speaks of a field that does not exist."""
    for event_type in EVENT_TYPES:
        at = Place(f"schema of {event_type}", 1, 1)
        own, known = set(classes.get(event_type, ())), set(leaves(event_type))
        for path in sorted(known - own):
            faults.add(at, f"field '{path}' has no class; a field without a class cannot be ruled")
        for path in sorted(own - known):
            faults.add(at, f"field '{path}' is in the schema but not in the event")


def _check_cells(permits: list[tuple[Permit, Place]], faults: Faults) -> None:
    """No two permits on one cell; every group delivers an event; a band has the date that it is counted from."""
    owner: dict[tuple[str, str, str, str], tuple[Permit, Place]] = {}
    for permit, place in permits:
        for key in ((permit.event_type, kind, permit.purpose.name, f) for kind in permit.to for f in permit.fields):
            if key in owner:
                other, at = owner[key]
                faults.add(place, f"'{key[3]}' of {key[0]} to {key[1]} is ruled already by {other.permit_id}, at {at}")
            owner.setdefault(key, (permit, place))
    for permit, place in permits:
        for kind in permit.to:
            if (permit.event_type, kind, permit.purpose.name, EXISTS) not in owner:
                faults.add(place, f"no permit gives '{EXISTS}' of {permit.event_type} to {kind}: nothing would arrive")
        bands = [path for path, transform in permit.fields.items() if transform.kind is TransformKind.AGE_BAND]
        if bands and permit.fields.get("envelope.occurred_at") != CLEAR:
            faults.add(place, f"'{bands[0]}' as age_band needs 'envelope.occurred_at: clear', from which it is counted")


def _check_sizes(
    sizes: Mapping[tuple[str, str, str], int], permits: list[tuple[Permit, Place]], faults: Faults
) -> None:
    for permit, place in permits:
        for kind in permit.to:
            size = sizes[permit.event_type, kind, permit.purpose.name]
            if size > MAX_GUARDS:
                faults.add(place, f"{size} guards bear on {permit.event_type} to {kind}; at most {MAX_GUARDS} may")
