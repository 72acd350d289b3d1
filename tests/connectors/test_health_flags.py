from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from connectors.health.flags import Flagged, FlagsInFile, FlagsInMemory, LearnsFlags
from sharing.events import Child, ContactDecided, Envelope, PlanAction, PlanChanged, PlanKind

KEY = b"k" * 32
NOW = datetime(2026, 11, 23, tzinfo=UTC)
ROMY = Child(
    surname="Sallow", forename="Romy", birth_date=date(2013, 3, 5), postcode="ZZ9 4AB", nhs_number="9990237573"
)


def plan(child=ROMY, action=PlanAction.STARTED, kind=PlanKind.CHILD_PROTECTION, subject="s1"):
    return PlanChanged(envelope=Envelope(subject=subject), child=child, kind=kind, action=action)


@pytest.fixture(params=["memory", "file"])
def register(request, tmp_path):
    if request.param == "memory":
        yield FlagsInMemory()
        return
    held = FlagsInFile(tmp_path / "flags.db")
    yield held
    held.close()


def learn(register, *views):
    reaction = LearnsFlags(register, KEY)
    for number, view in enumerate(views):
        assert list(reaction.on_delivered(view, f"e{number}", None, NOW)) == []
    return Flagged(register, KEY)


def test_nobody_is_flagged_before_anything_was_told(register):
    assert not learn(register)(ROMY)


@pytest.mark.parametrize(
    ("child", "found"),
    [
        (Child(nhs_number="9990237573"), True),
        (replace(ROMY, nhs_number=None), True),
        (replace(ROMY, nhs_number=None, surname="SÄLLOW", forename="romy"), True),
        (replace(ROMY, nhs_number=None, postcode=None), False),
        (replace(ROMY, nhs_number=None, birth_date=date(2013, 5, 3)), False),
        (Child(nhs_number="9990079196"), False),
        (Child(), False),
    ],
)
def test_child_is_found_by_number_or_by_names_birth_date_and_postcode(register, child, found):
    assert learn(register, plan())(child) is found


def test_plan_that_ended_flags_nobody_and_another_plan_still_does(register):
    flagged = learn(register, plan(), plan(kind=PlanKind.LOOKED_AFTER), plan(action=PlanAction.ENDED))
    assert flagged(ROMY)
    LearnsFlags(register, KEY).on_delivered(plan(action=PlanAction.ENDED, kind=PlanKind.LOOKED_AFTER), "e9", None, NOW)
    assert not flagged(ROMY)


def test_existence_alone_is_enough(register):
    bare = PlanChanged(envelope=Envelope(subject="s1"), child=Child(nhs_number="9990237573"))
    assert learn(register, bare)(ROMY)


def test_review_that_shows_less_than_the_start_forgets_nothing(register):
    review = plan(child=Child(surname="Sallow"), action=PlanAction.REVIEWED)
    assert learn(register, plan(), review)(ROMY)


def test_what_is_withdrawn_is_forgotten_and_what_was_before_counts_again(register):
    flagged = learn(register, plan(), plan(action=PlanAction.ENDED))
    reaction = LearnsFlags(register, KEY)
    reaction.on_withdrawn("e1", None)
    assert flagged(ROMY)
    reaction.on_withdrawn("e0", None)
    reaction.on_withdrawn("never-came", None)
    assert not flagged(ROMY)


def test_learning_twice_is_learning_once(register):
    flagged = learn(register, plan(), plan(action=PlanAction.ENDED))
    LearnsFlags(register, KEY).on_delivered(plan(), "e0", None, NOW)
    assert not flagged(ROMY)


def test_other_events_teach_nothing(register):
    contact = ContactDecided(envelope=Envelope(subject="s1"), child=ROMY)
    assert not learn(register, contact)(ROMY)


def test_file_holds_tokens_only_and_survives_a_restart(tmp_path):
    path = tmp_path / "flags.db"
    register = FlagsInFile(path)
    learn(register, plan())
    register.close()
    raw = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for value in (b"9990237573", b"Sallow", b"sallow", b"2013-03-05", b"ZZ9", b"CHILD_PROTECTION"):
        assert value not in raw
    again = FlagsInFile(path)
    assert Flagged(again, KEY)(ROMY)
    assert not Flagged(again, b"other" * 8)(ROMY)
    again.close()
