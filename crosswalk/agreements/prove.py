"""`crosswalk agreements prove | mutate | holes | why`: does the set keep its promises, and who would notice a mistake?

Left out: whether facts are right, which no proof about agreements can tell.
"""

from collections import Counter
from collections.abc import Iterator
from textwrap import wrap
from typing import Annotated, Any

import typer

from agreements import HERE
from crosswalk.agreements.common import NOT_SO, AsJson, Folder, aligned, counted, read_set, tell
from sharing.policy import Agreements, Violation, violations
from sharing.policy.coverage import Coverage, coverage
from sharing.policy.facts import Guard
from sharing.policy.holes import Hole, holes
from sharing.policy.invariants import guards_at
from sharing.policy.mutants import mutants, sample
from sharing.policy.mutants_tried import Score, Trial, tried
from sharing.policy.witnesses import in_words, situation_of

ENOUGH = 70
"""Per cent of widening mistakes that the invariants alone should stop."""
SAMPLE = 400


def prove(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """Prove every rule of invariants.yaml over every combination of facts, or show a situation in which one breaks."""
    found = read_set(folder)
    broken, seen = violations(found), coverage(found)
    document = {
        "holds": not broken,
        "version": found.version,
        "rules": seen.rules,
        "fields": seen.fields,
        "situations": seen.situations,
        "never_given": seen.closed,
        "broken": [_broken(found, v) for v in broken],
    }
    tell(document, _proof(found, broken, seen), as_json=as_json)
    raise typer.Exit(NOT_SO if broken else 0)


def _proof(found: Agreements, broken: tuple[Violation, ...], seen: Coverage) -> Iterator[str]:
    because = {rule.rule_id: rule.because for rule in found.never} | {
        rule.rule_id: rule.because for rule in found.always
    }
    always = {rule.rule_id for rule in found.always}
    for violation in broken:
        does = "does not reach" if violation.rule_id in always else "reaches"
        yield f"BROKEN {violation.rule_id}: {because[violation.rule_id]}"
        yield f"  {violation.path} of {violation.event_type} {does} {violation.kind}, for example when"
        yield from (f"    {line}" for line in in_words(violation.witness, _asked(found, violation), found.vocabulary))
    if broken:
        distinct = len({violation.rule_id for violation in broken})
        yield f"DOES NOT HOLD: {distinct} of {counted(seen.rules, 'rule')} broken, in {counted(len(broken), 'place')}."
    else:
        yield f"Holds: {counted(seen.rules, 'rule')}, in every combination of facts, each true, false or not known."
    fields, situations = counted(seen.fields, "field"), counted(seen.situations, "situation")
    yield f"Looked at {fields} that some permit gives to somebody, in {situations};"
    yield f"{seen.closed:,} others are given to nobody by any permit."
    yield f"version {found.version}"


def _asked(found: Agreements, violation: Violation) -> frozenset[Guard]:
    """The facts that matter for what a violation shows, and those that it states."""
    of_it = (c for k, c in found.cells.items() if k[:2] == (violation.event_type, violation.kind))
    stated = {guard for guard, value in violation.witness.items() if value is not None}
    return frozenset(stated).union(*(guards_at(cell, violation.path) for cell in of_it))


def _broken(found: Agreements, violation: Violation) -> dict[str, Any]:
    return {
        "rule": violation.rule_id,
        "event": violation.event_type,
        "to": violation.kind,
        "field": violation.path,
        "witness": situation_of(violation.witness, _asked(found, violation)),
    }


def mutate(
    folder: Folder = HERE,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Try at most so many mistakes, always the same.")
    ] = SAMPLE,
    as_json: AsJson = False,
) -> None:
    """Make mistakes in the set, one at a time, and tell which ones the rules stop and which only a comparison shows."""
    found = read_set(folder)
    every = list(mutants(found))
    chosen = sample(every, limit)
    score = tried(found, chosen)
    enough = score.percent_killed >= ENOUGH
    document = {
        "version": found.version,
        "possible": len(every),
        "tried": len(score.trials),
        "widening": len(score.widening),
        "killed_by_invariants": len(score.killed),
        "percent_killed": score.percent_killed,
        "enough": enough,
        "shown_by_difference": sum(trial.changes_an_outcome for trial in score.trials),
        "change_no_outcome": [_trial(trial) for trial in score.silent],
        "survivors": [_trial(trial) for trial in score.survivors],
    }
    tell(document, _score(score, len(every)), as_json=as_json)
    raise typer.Exit(0 if enough else NOT_SO)


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "mistake": trial.mutant.operator,
        "text": trial.mutant.text,
        "moves_the_version": trial.moves_the_version,
    }


def _score(score: Score, possible: int) -> Iterator[str]:
    total = len(score.trials)
    drawn = "all of them" if total == possible else f"a fixed sample of {possible:,}, of each kind as many as there are"
    yield f"{counted(total, 'mistake')} made, one at a time ({drawn})."
    yield ""
    yield f"{'kind of mistake':34} {'made':>6} {'widen':>6} {'killed':>7} {'narrow':>7} {'no change':>10}"
    for operator, trials in _by_operator(score).items():
        widen = [t for t in trials if t.widens]
        numbers = (
            len(trials), len(widen), sum(bool(t.killed_by) for t in widen),
            sum(t.narrows and not t.widens for t in trials), sum(not t.changes_an_outcome for t in trials),
        )  # fmt: skip
        yield "{:34} {:>6} {:>6} {:>7} {:>7} {:>10}".format(operator, *numbers)
    yield ""
    yield (
        f"{counted(len(score.widening), 'mistake')} would give somebody more. The rules of invariants.yaml alone stop"
        f" {len(score.killed)} of them: {score.percent_killed} % (wanted: {ENOUGH} %)."
    )
    yield "A comparison with the approved set (agreements diff) shows every one that changes anything for anybody."
    yield from _killers(score)
    yield from _listed("Not stopped by any rule; only the comparison shows them:", score.survivors)
    silent = "Change nothing for anybody today; the version moves, so they need a signature all the same:"
    yield from _listed(silent, score.silent)
    unmoved = tuple(trial for trial in score.silent if not trial.moves_the_version)
    yield from _listed("Of these, the version does not even move:", unmoved)


def _by_operator(score: Score) -> dict[str, list[Trial]]:
    found: dict[str, list[Trial]] = {}
    for trial in sorted(score.trials, key=lambda trial: trial.mutant.operator):
        found.setdefault(trial.mutant.operator, []).append(trial)
    return found


def _killers(score: Score) -> Iterator[str]:
    killers = Counter(trial.killed_by for trial in score.killed)
    if killers:
        yield ""
        yield "Stopped first by:"
        yield from aligned([(rule, str(times)) for rule, times in killers.most_common()])


def _listed(title: str, trials: tuple[Trial, ...]) -> Iterator[str]:
    if trials:
        yield ""
        yield f"{title} ({len(trials)})"
        yield from aligned(sorted((trial.mutant.operator, trial.mutant.text) for trial in trials))


def holes_command(folder: Folder = HERE, as_json: AsJson = False) -> None:
    """List what still goes while a seal is in force: where a child is, who told, who else is in it."""
    found = holes(read_set(folder))
    gaps = [hole for hole in found if hole.is_gap]
    tell({"holds": not gaps, "gaps": len(gaps), "holes": [h.document() for h in found]}, _holes(found), as_json=as_json)
    raise typer.Exit(NOT_SO if gaps else 0)


def _holes(found: tuple[Hole, ...]) -> Iterator[str]:
    gaps = [hole for hole in found if hole.is_gap]
    for hole in gaps:
        what = f"{hole.path} of {hole.event_type} (class {hole.field_class})"
        yield f"GAP {hole.seal_id}: {what} reaches {hole.kind.value}"
        yield f"  {hole.ground.value}"
        yield f"  {hole.sentence}"
    yield (
        f"{counted(len(gaps), 'gap')}: fields that go although the seal closes others of their family."
        if gaps
        else "No gap: where a seal closes one class of a family, it closes the others."
    )
    meant = [hole for hole in found if not hole.is_gap]
    yield f"{counted(len(meant), 'field')} more go under some seal by somebody's word; see whether it should be so:"
    groups: dict[tuple[str, ...], list[Hole]] = {}
    for hole in meant:
        groups.setdefault((hole.seal_id, hole.family, hole.kind.value, hole.ground.value), []).append(hole)
    for (seal, family, to, ground), several in sorted(groups.items()):
        yield f"{seal}: {family}, to {to} ({ground})"
        yield from wrap(_contents(several), width=116, initial_indent="  ", subsequent_indent="  ")


def _contents(several: list[Hole]) -> str:
    fields = sorted({hole.path for hole in several})
    events = len({hole.event_type for hole in several})
    return f"{', '.join(fields)} in {counted(events, 'event type')}"
