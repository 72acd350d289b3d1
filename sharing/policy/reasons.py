"""Why a field goes or does not go to somebody under given facts, rule by rule, and what one fact would change.

Left out: exchanges that really happened (the ledger has their decisions). Rules: the answer is that of the function
that decides; a counterfactual changes one fact and nothing else, and is told only if the field then fares otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sharing.policy.conditions import Condition, truth, words
from sharing.policy.decide import Decision, decide
from sharing.policy.difference import WAITS
from sharing.policy.facts import Facts, Guard
from sharing.policy.lattice import WITHHOLD
from sharing.policy.levels import Answers, answers_of
from sharing.policy.model import Agreements, Cell, Purpose, Seal
from sharing.policy.outcomes import REVIEW, active_rows
from sharing.policy.paths import EXISTS
from sharing.policy.situations import one
from sharing.policy.witnesses import SAID
from sharing.vocabulary import Outcome, RecipientKind


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that bears on the field. `said`: what it says here, in words."""

    rule: str
    said: str


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One fact that would change the answer: `fate` is what would become of the field, `value` yes, no or not known."""

    guard: Guard
    value: str
    fate: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one field fares as it does.

    Attributes:
        fate: A transform in words; `withhold`, `waits` and `review` (a person must release it) included.
        steps: The rules asked, in order. `facts`: the guards that matter and their values.
        otherwise: Each single fact that would change it.
    """

    path: str
    fate: str
    decision: Decision
    purpose: Purpose | None
    steps: tuple[Step, ...]
    facts: tuple[tuple[Guard, str], ...]
    otherwise: tuple[Otherwise, ...]


def reason_of(agreements: Agreements, event_type: str, kind: RecipientKind, path: str, facts: Facts) -> Reason:
    """Explain one field.

    Args:
        agreements: The set.
        event_type: Name in the catalogue.
        kind: As what somebody receives.
        path: A field of the event type, or `$exists`.
        facts: What is known; the rest is unknown.

    Raises:
        KeyError: the event type has no such field.
        Misconfigured: there is no such event type.
    """
    decision = decide(agreements, event_type, kind, None, facts)
    answers = answers_of(agreements, event_type, kind)
    fate = _fate(decision, path, answers)
    asked = sorted(answers.guards(path)) if path in answers.paths() else []
    chosen = [cell for cell in answers.cells if cell.purpose and cell.purpose.name == decision.purpose]
    return Reason(
        path=path,
        fate=fate,
        decision=decision,
        purpose=agreements.vocabulary.purposes.get(decision.purpose),
        steps=tuple(_steps(chosen[0], path, facts)) if chosen else (),
        facts=tuple((guard, SAID[facts[guard]]) for guard in asked),
        otherwise=tuple(
            Otherwise(guard, SAID[value], other)
            for guard in asked
            for value in (True, False, None)
            if value is not facts[guard]
            if (other := _fate(_decided(agreements, decision, _but(facts, guard, value)), path, answers)) != fate
        ),
    )


def _but(facts: Facts, guard: Guard, value: bool | None) -> Facts:  # noqa: FBT001 - a fact is one of three
    return Facts.of({**facts, guard: value})


def _decided(agreements: Agreements, like: Decision, facts: Facts) -> Decision:
    return decide(agreements, like.event_type, like.kind, None, facts)


def _fate(decision: Decision, path: str, answers: Answers) -> str:
    if path not in answers.paths():
        return WITHHOLD.words
    if decision.outcome is Outcome.HOLD:
        return WAITS
    if decision.ruling(path).awaits_review:
        return REVIEW
    return (decision.ruling(path).transform if decision.outcome is Outcome.DELIVER else WITHHOLD).words


def _steps(cell: Cell, path: str, facts: Facts) -> Iterator[Step]:
    permit = cell.permits.get(path)
    if permit is None:
        yield Step("", "no permit names this field for this recipient, so it goes to nobody of this kind")
        return
    yield Step(permit.permit_id, f"gives it as {permit.fields[path].words}, when {_asked(permit.when, facts)}")
    if permit.never_stopped:
        yield Step(permit.permit_id, "nothing stops this event on its way")
        return
    for guard in permit.hold_until:
        yield Step(permit.permit_id, f"waits until {guard.value}: {SAID[facts[guard]]}")
    own = cell.classes.get(path)
    for seal in cell.seals:
        if seal.exists or own in seal.classes:
            yield Step(seal.seal_id, _seal_said(seal, cell, path, facts))


def _asked(condition: Condition, facts: Facts) -> str:
    true, false = truth(condition, one(facts))
    return f"{words(condition)}: {SAID[True if true else False if false else None]}"


def _seal_said(seal: Seal, cell: Cell, path: str, facts: Facts) -> str:
    own = path != EXISTS and seal.closes(path, cell.classes.get(path))
    said = f"closes {'it' if own else 'the event itself'} down to {seal.do.words}, when {_asked(seal.when, facts)}"
    if not truth(seal.when, one(facts))[1] and not truth(seal.when, one(facts))[0]:
        said += " (what is not known closes)"
    for exception in seal.exceptions if not seal.absolute else ():
        if cell.kind in exception.to:
            said += f"; not to {cell.kind.value}, when {_asked(exception.when, facts)}"
    binds = "binds" if active_rows(seal, cell, one(facts)) else "does not bind"
    return f"{said}; {binds} here{', without exception' if seal.absolute else ''}"
