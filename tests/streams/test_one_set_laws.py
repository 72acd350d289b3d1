"""A transaction decides by the agreements that it saw when it began, whatever another thread learns meanwhile."""

from dataclasses import replace

import pytest

from sharing.events import MissingAction, MissingChanged, SealAction, SealChanged, SealKind
from sharing.vocabulary import FieldClass
from streams.agents.quarantine import kept
from streams.head import HeadWatch, Stand
from tests.streams.corridor import COMMUNITY, OAKFIELD, POLICE, Corridor
from tests.streams.families import POSTCODE, ROSA, STREET
from tests.streams.test_last_door_laws import LEAK
from tests.streams.test_seal_laws import carries, everybody_involved, notice, seal


class Overtaken(HeadWatch):
    """Each look is followed by one of another thread, which sees a set that came into force in between: one that
    closes nothing, so that whoever asks for it too late lets something go."""

    @property
    def last(self) -> Stand | None:
        found = super().last
        return replace(found, agreements=_without_seals(found.agreements)) if found else None


def _without_seals(agreements):
    nothing = {path: FieldClass.PROCESS for classes in agreements.classes.values() for path in classes}
    return replace(agreements, version="another", seals=(), classes=dict.fromkeys(agreements.classes, nothing))


@pytest.fixture
def overtaken(corridor: Corridor) -> Corridor:
    corridor.broker = replace(corridor.broker, head=Overtaken())
    agents = (corridor.intake, corridor.release, corridor.timers, corridor.release.door)
    for one in agents:
        one.broker = corridor.broker
    everybody_involved(corridor)
    corridor.send(POLICE, notice(corridor))
    corridor.send(POLICE, seal(corridor))
    corridor.flow()
    corridor.destination.sent.clear()
    return corridor


def test_the_last_door_shuts_what_the_transactions_own_seals_close(overtaken):
    overtaken.send(POLICE, notice(overtaken, **LEAK))
    overtaken.flow()
    assert [v for v in overtaken.views() if v.organisation == OAKFIELD and carries(v, STREET)] == []
    assert OAKFIELD in {one.organisation for one in kept(overtaken.broker)}


def test_a_text_is_looked_through_for_what_the_transactions_own_seals_close(overtaken):
    overtaken.send(POLICE, notice(overtaken, circumstances=f"they are at {STREET}"))
    overtaken.flow()
    (told,) = overtaken.views(OAKFIELD, "police.da_incident.notified")
    assert told.event.circumstances is None


def test_a_recall_is_judged_by_the_transactions_own_guards(overtaken):
    overtaken.send(POLICE, overtaken.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.LIFTED))
    overtaken.flow()
    overtaken.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    had = overtaken.one(COMMUNITY, "police.missing.changed")
    assert carries(had, POSTCODE)
    overtaken.send(POLICE, seal(overtaken))
    overtaken.flow()
    assert had.exchange in {v.event.recalled_exchange for v in overtaken.views(COMMUNITY, "correction.issued")}
