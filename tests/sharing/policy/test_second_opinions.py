"""Two strangers are asked the same: a solver about every situation, another policy engine about thousands of them.

Neither shares a line with the code that decides. Each test skips, and says so, where its stranger is not installed.
"""

from random import Random

import pytest

from bench.as_cedar import ANYTHING, AS_GIVEN, question, request
from sharing.policy import Facts, Polarity, decide, violations
from sharing.policy.difference import difference
from sharing.policy.mutants import mutants, sample
from sharing.policy.mutants_tried import with_mistake
from sharing.vocabulary import Outcome
from tests.sharing.policy.as_formulas import Formulas, shape

SITUATIONS = 10_000


@pytest.fixture(scope="module")
def formulas():
    return Formulas(pytest.importorskip("z3", reason="no solver here: z3-solver is not installed"))


@pytest.fixture(scope="module")
def cedarpy():
    return pytest.importorskip("cedarpy", reason="no second engine here: cedarpy is not installed")


def rules_that_break(formulas, agreements):
    cells = list(agreements.cells.values())
    never = {r.rule_id for r in agreements.never if formulas.can_be(formulas.breaks_never(r, cells))}
    return never | {r.rule_id for r in agreements.always if formulas.can_be(formulas.breaks_always(r, cells))}


def test_the_solver_finds_no_situation_in_which_an_invariant_breaks(formulas, agreements):
    assert rules_that_break(formulas, agreements) == set()


@pytest.mark.slow
def test_the_solver_and_the_truth_tables_agree_on_which_rule_each_mistake_breaks(formulas, agreements):
    broken = 0
    for mutant in few(agreements, 12):
        changed = with_mistake(agreements, mutant)
        pairs = {key[:2] for key in moved(agreements, changed)}
        cells = [cell for key, cell in changed.cells.items() if key[:2] in pairs]
        never = {r.rule_id for r in changed.never if formulas.can_be(formulas.breaks_never(r, cells))}
        always = {
            r.rule_id
            for r in changed.always
            if any((r.event, kind) in pairs for kind in r.to)
            if formulas.can_be(formulas.breaks_always(r, list(changed.cells.values())))
        }
        expected = {violation.rule_id for violation in violations(changed)}
        assert never | always == expected, mutant.text
        broken += bool(expected)
    assert broken, "some of these mistakes must break a rule, else nothing was compared"


@pytest.mark.slow
def test_the_solver_finds_the_same_new_disclosures_as_the_difference(formulas, agreements):
    """Field by field, over every situation at once, for mistakes of every kind."""
    compared = 0
    for mutant in few(agreements, 24):
        changed = with_mistake(agreements, mutant)
        told = {(c.event_type, c.kind, c.purpose, c.path) for c in difference(agreements, changed).disclosed}
        for key in moved(agreements, changed)[:4]:
            old, new = agreements.cells.get(key), changed.cells.get(key)
            answers = {}
            for path in sorted({path for cell in (old, new) if cell for path in cell.permits}):
                alike = tuple(shape(cell, path) if cell else None for cell in (old, new))
                if alike not in answers:
                    answers[alike] = formulas.can_be(formulas.tells_more(old, new, path))
                assert answers[alike] == ((*key, path) in told), f"{mutant.text}: {path} of {key}"
                compared += 1
    assert compared > 200


def few(agreements, number):
    """A few mistakes, of as many kinds as there are."""
    return sample(mutants(agreements), number)


def moved(old, new):
    """The cells that a mistake touches."""
    return sorted(key for key in {**old.cells, **new.cells} if old.cells.get(key) != new.cells.get(key))


def situations(agreements, number):
    """Random cells, fields and facts, drawn so that much goes and much does not."""
    draw = Random(20260401)
    keys = sorted(agreements.cells)
    guards = agreements.vocabulary.guards.values()
    for _ in range(number):
        cell = agreements.cells[draw.choice(keys)]
        opens = draw.random() < 0.5
        facts = {
            entry.guard: draw.choices(
                (True, False, None), ((6, 2, 1) if opens == (entry.polarity is Polarity.PERMIT) else (1, 6, 1))
            )[0]
            for entry in guards
        }
        yield cell, draw.choice(sorted(cell.permits)), Facts.of(facts)


@pytest.mark.parametrize("number", [500, pytest.param(SITUATIONS, marks=pytest.mark.slow)])
def test_another_engine_decides_alike_in_thousands_of_random_situations(cedarpy, agreements, number):
    by_event: dict[str, list] = {}
    for cell, path, facts in situations(agreements, number):
        by_event.setdefault(cell.event_type, []).append((cell, path, facts))
    answers = {True: 0, False: 0}
    for event_type, asked in by_event.items():
        said = question(agreements, event_type)
        schema = cedarpy.Schema.from_str(said.schema)
        checked = cedarpy.validate_policies(said.policies, schema)
        assert checked.validation_passed, checked.errors
        requests = [request(c, p, action, f, said.guards) for c, p, f in asked for action in (ANYTHING, AS_GIVEN)]
        policies = cedarpy.PolicySet.from_str(said.policies)
        results = iter(cedarpy.is_authorized_batch(requests, policies, said.entities, schema))
        for cell, path, facts in asked:
            anything, as_given = next(results), next(results)
            assert not anything.diagnostics.errors
            assert not as_given.diagnostics.errors
            decision = decide(agreements, cell.event_type, cell.kind, cell.purpose.name, facts)
            ruling = decision.ruling(path)
            goes = decision.outcome is Outcome.DELIVER and (ruling.is_released or ruling.awaits_review)
            place = f"{path} of {event_type} to {cell.kind} for {cell.purpose.name}, {decision.guards}"
            assert anything.allowed == goes, place
            assert as_given.allowed == (goes and ruling.transform == cell.permits[path].fields[path]), place
            answers[goes] += 1
    assert min(answers.values()) > number // 10, "much must go and much must not, else little was compared"
