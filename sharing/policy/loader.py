"""Texts to `Agreements`: read, check all at once, compile. A set with a fault is no set.

Left out: files (texts are handed in by name) and invariants' truth (`invariants`). Every fault of every text is
reported together, each with file, line, column and the nearest right word, so that a person can mend them in one go;
only where a text is no YAML at all, what it would have said is not missed in the others.
"""

from collections.abc import Mapping
from datetime import date

from sharing.policy.checks import (
    agreement_names,
    check_cells,
    check_classes,
    check_reviews,
    check_sizes,
    check_tokens,
)
from sharing.policy.classes import Classes
from sharing.policy.compiling import Rules, compiled, sizes_of
from sharing.policy.document import Faults, Place, Table, read
from sharing.policy.model import Agreements, Permit
from sharing.policy.read_permits import read_permits
from sharing.policy.read_rules import read_always, read_never, read_seals
from sharing.policy.read_vocabulary import read_vocabulary
from sharing.policy.read_words import Words
from sharing.policy.reading import check_keys, unique

VOCABULARY, SEALS, INVARIANTS = OWN = ("vocabulary.yaml", "seals.yaml", "invariants.yaml")


def load(texts: Mapping[str, str], classes: Classes, today: date | None = None) -> Agreements:
    """Read a complete set of agreements.

    Args:
        texts: File name to text: `vocabulary.yaml`, `seals.yaml`, `invariants.yaml`, and one file an agreement.
        classes: Class of every field of every event type (`field_classes`).
        today: The day on which it is to be in force; an agreement past its `review_by` is refused. None: not asked.

    Raises:
        Misconfigured: one line a fault, `file:line:column: what is wrong; did you mean ...?`
    """
    faults = Faults()
    for missing in {VOCABULARY, SEALS, INVARIANTS} - set(texts):
        faults.add(Place(missing, 1, 1), "this file is missing")
    faults.raise_all()
    check_classes(classes, faults)
    whole = not faults.found
    documents = {name: read(name, text, faults) for name, text in sorted(texts.items())}
    if faults.unreadable:
        faults.raise_all()
    rules, permits = _read(documents, faults)
    check_reviews({name: document for name, document in documents.items() if name not in OWN}, today, faults)
    check_tokens(permits, classes, faults)
    if whole:
        check_sizes(sizes_of(rules, classes), permits, faults)
    faults.raise_all()
    return compiled(rules, classes)


def _read(documents: Mapping[str, Table], faults: Faults) -> tuple[Rules, list[tuple[Permit, Place]]]:
    """The rules of every text, and the permits with their places; what cannot be read is noted and left out."""
    vocabulary = read_vocabulary(documents[VOCABULARY], faults)
    words = Words(vocabulary, faults)
    seals = list(read_seals(documents[SEALS], words))
    invariants = documents[INVARIANTS]
    check_keys(invariants, ("never", "always"), ("never", "always"), faults)
    never, always = list(read_never(invariants, words)), list(read_always(invariants, words))
    agreements = {name: document for name, document in documents.items() if name not in OWN}
    permits = [found for document in agreements.values() for found in read_permits(document, words)]
    unique([(s.seal_id, at) for s, at in seals], "seal", faults)
    unique([*((r.rule_id, at) for r, at in never), *((r.rule_id, at) for r, at in always)], "rule", faults)
    unique([(p.permit_id, at) for p, at in permits], "permit", faults)
    unique(agreement_names(agreements), "agreement", faults)
    check_cells(permits, faults)
    rules = Rules(
        vocabulary=vocabulary,
        permits=tuple(permit for permit, _ in permits),
        seals=tuple(seal for seal, _ in seals),
        never=tuple(rule for rule, _ in never),
        always=tuple(rule for rule, _ in always),
    )
    return rules, permits
