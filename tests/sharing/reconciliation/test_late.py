"""Who is asked about an event that came too late: its sender, unless it cannot be told or must not hear of it."""

from dataclasses import replace

import pytest

from sharing.directory import Directory
from sharing.events import Child, FileTransferred, SealKind
from sharing.reconciliation import EventFacts, SubjectState
from sharing.reconciliation.late import hold
from sharing.reconciliation.saying import World
from sharing.reconciliation.state import Seal
from sharing.vocabulary import Recipient, RecipientKind
from tests.sharing.reconciliation.town import CALENDARS, CSC, DIRECTORY, FRIDAY, HARBOUR, OAKFIELD, by

WAITS_FOR = Recipient(HARBOUR, "safeguarding_lead", RecipientKind.SCHOOL)
SEAL = Seal(SealKind.PERPETRATOR_CHANNEL, FRIDAY, CSC, "allocated_team", "ab" * 16)


def asked(directory: Directory = DIRECTORY, *seals: Seal) -> list[tuple[str, str]]:
    event = FileTransferred(envelope=by("safeguarding_lead"), child=Child())
    about = EventFacts("cd" * 16, FRIDAY, OAKFIELD)
    step = hold(SubjectState(seals=seals), event, about, [WAITS_FOR], World(FRIDAY, directory, CALENDARS), {})
    assert len(step.state.late) == 1
    return [(to.organisation, to.function) for said in step.said for to in said.to]


def test_whoever_said_it_is_asked():
    assert asked() == [(OAKFIELD, "safeguarding_lead")]


def test_a_setting_that_must_not_hear_of_the_child_is_not_and_the_front_door_is():
    assert asked(DIRECTORY, SEAL) == [(CSC, "front_door_manager")]


@pytest.mark.parametrize("kind", [SealKind.ADDRESS, SealKind.S_FLAG, SealKind.ADOPTION])
def test_no_other_seal_changes_who_is_asked(kind):
    assert asked(DIRECTORY, replace(SEAL, kind=kind)) == [(OAKFIELD, "safeguarding_lead")]


def test_for_who_cannot_be_reached_the_front_door_is_asked():
    gone = replace(DIRECTORY.organisations[OAKFIELD], enrolled=False)
    assert asked(Directory({**DIRECTORY.organisations, OAKFIELD: gone})) == [(CSC, "front_door_manager")]
