"""Texts to `Agreements`: read, check all at once, compile. A set with a fault is no set.

Left out: files (texts are handed in by name) and invariants' truth (`invariants`). Every fault of every text is
reported together, each with file, line, column and the nearest right word, so that a person can mend them in one go.
Of a text that is missing or no YAML at all nothing else is said, and nothing of it is missed in the others; without the
vocabulary no word of the others can be judged.
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
from sharing.policy.model import Agreements, AlwaysRule, NeverRule, Permit
from sharing.policy.read_permits import read_permits
from sharing.policy.read_rules import read_always, read_never, read_seals
from sharing.policy.read_vocabulary import read_vocabulary
from sharing.policy.read_words import Words
from sharing.policy.reading import check_keys, unique

ENDING = ".yaml"
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
    check_classes(classes, faults)
    whole = not faults.found
    documents = _documents(texts, faults)
    if VOCABULARY in faults.unreadable:
        faults.raise_all()
    rules, permits = _read(documents, faults)
    check_reviews({name: document for name, document in documents.items() if name not in OWN}, today, faults)
    check_tokens(permits, classes, faults)
    if whole:
        check_sizes(sizes_of(rules, classes), permits, faults)
    faults.raise_all()
    return compiled(rules, classes)


def _documents(texts: Mapping[str, str], faults: Faults) -> dict[str, Table]:
    """Every text that can be read, as a table; what is missing, or no text of a set, is noted and left out."""
    for missing in set(OWN) - set(texts):
        faults.unreadable.add(missing)
        faults.add(Place(missing, 1, 1), "this file is missing")
    found: dict[str, Table] = {}
    for name, text in sorted(texts.items()):
        if name.endswith(ENDING) and name.isprintable():
            found[name] = read(name, text, faults)
        else:
            shown = "".join(sign if sign.isprintable() else "?" for sign in name)
            faults.unreadable.add(name)
            faults.add(
                Place(shown, 1, 1), f"a file of a set has a name that ends in {ENDING}; rename it, or take it away"
            )
    return {name: table for name, table in found.items() if name not in faults.unreadable}


def _read(documents: Mapping[str, Table], faults: Faults) -> tuple[Rules, list[tuple[Permit, Place]]]:
    """The rules of every text, and the permits with their places; what cannot be read is noted and left out."""
    vocabulary = read_vocabulary(documents[VOCABULARY], faults)
    words = Words(vocabulary, faults)
    seals = list(read_seals(documents[SEALS], words)) if SEALS in documents else []
    never, always = _invariants(documents[INVARIANTS], words) if INVARIANTS in documents else ([], [])
    agreements = {name: document for name, document in documents.items() if name not in OWN}
    permits = [found for document in agreements.values() for found in read_permits(document, words)]
    unique([(s.seal_id, at) for s, at in seals], "seal", faults)
    unique([*((r.rule_id, at) for r, at in never), *((r.rule_id, at) for r, at in always)], "rule", faults)
    unique([(p.permit_id, at) for p, at in permits], "permit", faults)
    unique(agreement_names(agreements), "agreement", faults)
    check_cells(permits, faults, whole=not faults.unreadable)
    rules = Rules(
        vocabulary=vocabulary,
        permits=tuple(permit for permit, _ in permits),
        seals=tuple(seal for seal, _ in seals),
        never=tuple(rule for rule, _ in never),
        always=tuple(rule for rule, _ in always),
    )
    return rules, permits


def _invariants(document: Table, words: Words) -> tuple[list[tuple[NeverRule, Place]], list[tuple[AlwaysRule, Place]]]:
    check_keys(document, ("never", "always"), ("never", "always"), words.faults)
    return list(read_never(document, words)), list(read_always(document, words))
