"""Who has witnessed the ledger: a row for each organisation whose connector follows the checkpoints. Pure; no HTML.

Left out: finding it out (`reading`), and up to which leaf each has signed (`crosswalk ledger witnesses`): how fast the
ledger grows can tell of what is in no figure here. Rules: a refusal is the worst that can be said, and says what it
means and what to do; who has not signed for five minutes is not heard of.
"""

from collections.abc import Iterator

from console import words
from console.facts import Facts, Witness
from console.page import WitnessRow
from console.verdicts import Verdict
from sharing.directory import Directory

LATELY_SECONDS = 300.0
"""A connector signs every few seconds; for so long it may not be heard of."""
_REFUSALS = {
    "FORKED": "it was shown two histories of the record: keep both notes, and verify the ledger with its officer",
    "OTHER_TREE": "it signed for a record that is not this one: verify the ledger, and compare its note",
    "OTHER_KEY": "it signs with another key than at first: ask that organisation whether it changed it",
}  # fmt: skip


def witness_rows(facts: Facts, directory: Directory) -> Iterator[WitnessRow]:
    """Every witness, those that refuse first."""
    for one in sorted(facts.witnesses, key=lambda w: (not w.refusal, w.organisation)):
        known = directory.get(one.organisation)
        name = known.name if known else one.organisation
        yield WitnessRow(name, _verdict(one), _signed(one), f"{one.since:%-d %B %Y}", _note(one))


def signing(facts: Facts) -> int:
    """How many signed lately and do not refuse."""
    return sum(_verdict(one) is Verdict.MOVING for one in facts.witnesses)


def refusing(facts: Facts) -> int:
    """How many refuse to sign."""
    return sum(bool(one.refusal) for one in facts.witnesses)


def _verdict(one: Witness) -> Verdict:
    if one.refusal:
        return Verdict.STOPPED
    heard = one.signed_seconds is not None and one.signed_seconds < LATELY_SECONDS
    return Verdict.MOVING if heard else Verdict.SILENT


def _signed(one: Witness) -> str:
    return "never" if one.signed_seconds is None else f"{words.age(one.signed_seconds)} ago"


def _note(one: Witness) -> str:
    if one.refusal:
        return f"{one.refusal}: {_REFUSALS.get(one.refusal, 'ask that organisation what its connector found')}"
    return ""
