"""Figures are of five children or more, whatever is drawn again and whoever is sealed; nobody is found in them."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from crosswalk.figures import Quarter, draw
from crosswalk.figures_cli import figures
from crosswalk.why.cli import why
from ledger.shredding import Order, shred
from ledger.verify import verify
from sharing.cohorts import LEAST, Sign, cohorts
from sharing.errors import Misconfigured, Rejected
from sharing.events import Child, MissingAction, MissingChanged, SealAction, SealChanged, SealKind
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import POLICE, Corridor
from tests.streams.families import CANARIES
from tests.streams.test_referral_laws import other_agreements

APP, WHY = typer.Typer(), typer.Typer()
APP.command()(figures)
WHY.command()(why)
Q4, NEXT_YEAR = Quarter(2026, 4), datetime(2027, 1, 4, 9, tzinfo=UTC)
NAMES = ("Abel", "Bryn", "Cato", "Dora", "Edda", "Finn")


def child(number: int) -> Child:
    born = date(2010 + number, 3, 1 + number)
    return Child(surname=f"{NAMES[number]}worth", forename=NAMES[number], birth_date=born, postcode=f"EH{number} 1AA")


def missing(corridor: Corridor, number: int, **more: object) -> None:
    corridor.say(MissingChanged, POLICE, child(number), action=MissingAction.MISSING, by="force_duty", **more)


@pytest.fixture
def corridor(tmp_path: Path):
    made = Corridor(tmp_path)
    yield made
    made.close()


def drawn(corridor: Corridor, quarter: Quarter = Q4) -> list[tuple[str, int, int]]:
    corridor.now = max(corridor.now, NEXT_YEAR)
    with corridor.ledger.transaction() as tx:
        found = draw(corridor.broker, tx, quarter, "analyst")
    return [(one.event_type, one.children, one.events) for one in found]


@pytest.mark.parametrize(("children", "told"), [(LEAST - 1, []), (LEAST, [("police.missing.changed", 5, 5)])])
def test_five_children_of_whom_the_same_was_said_are_a_figure_and_four_are_none(corridor, children, told):
    for number in range(children):
        missing(corridor, number)
    assert drawn(corridor) == told


def test_what_is_drawn_again_never_differs_by_one_child(corridor):
    """Six, and then five, would say of whom it was that is forgotten by now."""
    for number in range(LEAST + 1):
        missing(corridor, number)
    first = drawn(corridor)
    assert (first, drawn(corridor)) == ([("police.missing.changed", 6, 6)], first)
    with corridor.ledger.transaction() as tx:
        shred(tx, 1, Order("records manager, decision 7", "no-involvement", corridor.now, "tests"))
    with pytest.raises(Rejected, match="drawn before somebody was forgotten or joined"):
        drawn(corridor)


def test_one_child_with_many_events_is_one_child(corridor):
    for number in (0, 1, 2, 3, 3, 3):
        missing(corridor, number)
    assert drawn(corridor) == []


def test_five_who_differ_in_a_code_are_no_cohort(corridor):
    for number in range(LEAST):
        missing(corridor, number, exploitation_feared=number == 0)
    assert drawn(corridor) == []


def test_a_figure_holds_codes_and_counts_and_nobody(corridor):
    for number in range(LEAST):
        missing(corridor, number, last_seen_area="Zebrafinch Row", police_reference="EH/26/1")
    corridor.now = NEXT_YEAR
    said = told(corridor, "2026-Q4", "--json").stdout
    (one,) = json.loads(said.splitlines()[-1])["figures"]
    assert one["codes"] == {"action": "MISSING"}
    secrets = (*CANARIES, *NAMES, "EH/26/1", POLICE, "2026-11-20")
    assert not [word for word in secrets if word in said]


def test_a_quarter_that_is_not_over_is_not_drawn_nor_one_that_was_drawn_otherwise(corridor, tmp_path):
    for number in range(LEAST):
        missing(corridor, number)
    with corridor.ledger.transaction() as tx, pytest.raises(Rejected, match="not over"):
        draw(corridor.broker, tx, Q4, "analyst")
    first = drawn(corridor)
    assert first == drawn(corridor)
    corridor.change(other_agreements(tmp_path))
    with pytest.raises(Rejected, match="other agreements"):
        drawn(corridor)


def test_what_comes_after_a_quarter_is_not_in_it(corridor):
    for number in range(LEAST):
        missing(corridor, number)
    assert drawn(corridor, Quarter(2026, 3)) == []
    missing(corridor, 5)
    assert drawn(corridor) == [("police.missing.changed", 5, 5)]


@pytest.mark.parametrize("kind", SealKind)
def test_figures_are_the_same_with_and_without_a_seal(tmp_path, kind):
    found = []
    for name in ("sealed", "open"):
        (tmp_path / name).mkdir()
        made = Corridor(tmp_path / name)
        for number in range(LEAST):
            missing(made, number)
        if name == "sealed":
            made.say(SealChanged, POLICE, child(0), kind=kind, action=SealAction.SET)
        found.append(drawn(made))
        made.close()
    assert found[0] == found[1] == [("police.missing.changed", 5, 5)]


def test_a_child_whose_identity_is_not_settled_is_not_counted_twice(corridor):
    for number in range(LEAST - 1):
        missing(corridor, number)
    elsewhere = replace(child(0), postcode="EH9 9ZZ", sex=None)
    corridor.say(MissingChanged, POLICE, elsewhere, action=MissingAction.MISSING, by="force_duty")
    assert drawn(corridor) == []


def test_that_they_were_drawn_is_sworn_to(corridor):
    missing(corridor, 0)
    drawn(corridor)
    corridor.number()
    with corridor.ledger.reading() as tx:
        (body,) = [json.loads(s.body) for s in tx.statements("figures.drawn")]
    assert (body["quarter"], body["by"]) == ("2026-Q4", "analyst")
    assert verify(corridor.ledger).fault is None


def told(corridor: Corridor, *arguments: str):
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return run(APP, corridor, *arguments, "--clearance-file", str(file))


def test_the_command_draws_for_who_is_cleared_and_tells_everybody_else_the_same(corridor):
    before = run(APP, corridor, "2026-Q3").output
    for number in range(LEAST):
        missing(corridor, number)
    assert run(APP, corridor, "2026-Q3").output == before
    assert told(corridor, "2026-Q4").exit_code == 1
    corridor.now = NEXT_YEAR
    assert "5 children, 5 events: action MISSING" in told(corridor, "2026-Q4").stdout
    assert isinstance(told(corridor, "winter").exception, Misconfigured)


SIGNS = st.lists(st.builds(Sign, st.sampled_from("ab"), st.sampled_from([(), (("x", "1"),)]), st.integers(0, 7)))


@given(SIGNS)
def test_a_cohort_is_large_enough_only_with_five_different_children(signs):
    for one in cohorts(signs):
        who = {s.child for s in signs if (s.event_type, s.codes) == (one.event_type, one.codes)}
        assert one.is_large_enough == (len(who) >= 5)
        assert one.children == len(who)
    assert sum(one.events for one in cohorts(signs)) == len(signs)
