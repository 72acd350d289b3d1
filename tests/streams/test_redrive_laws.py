"""A record that was set aside comes in again under the same ids, once; what is still wrong stays where it is."""

import json
from dataclasses import replace

import pytest

from ledger.verify import verify
from sharing.codec import encode
from sharing.errors import Rejected
from sharing.events import MissingAction, MissingChanged, SealAction, SealChanged, SealKind
from streams.agents.redriving import REDRIVEN, Place, outside, redrive, set_aside
from tests.ledger.exports import exported
from tests.streams.corridor import COMMUNITY, CSC, OAKFIELD, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.test_intake_laws import concern
from tests.streams.test_seal_laws import involve, seal

CONCERN = "school.concern.shared"
WHY = ("operator", "FAULT_IS_MENDED")


def crashed(corridor: Corridor) -> tuple[object, Place]:
    """A concern on which the worker died; nobody has it."""
    event = concern(corridor)
    batch = corridor.publish(OAKFIELD, event)
    corridor.intake.absorb_crashed(batch)
    corridor.flow()
    assert corridor.views(CSC, CONCERN) == []
    return event, Place(batch.topic, 0, batch.first_offset)


def of_an_unknown_schema(corridor: Corridor) -> tuple[object, Place]:
    """A connector that is ahead: its schema is not in the worker's catalogue."""
    event = concern(corridor)
    whole, newest = corridor.broker.catalogue, corridor.broker.catalogue.newest[CONCERN]
    behind = replace(whole, parsed={n: one for n, one in whole.parsed.items() if n != newest})
    corridor.broker = replace(corridor.broker, catalogue=behind)
    corridor.restart()
    batch = corridor.publish(OAKFIELD, encode(event, whole))
    corridor.intake.absorb(batch)
    corridor.flow()
    assert corridor.dead_letters() == [("UNKNOWN_SCHEMA", "")]
    return event, Place(batch.topic, 0, batch.first_offset)


def sworn(corridor: Corridor) -> list[dict[str, object]]:
    with corridor.ledger.reading() as tx:
        return [json.loads(s.body) for s in tx.statements(REDRIVEN)]


def test_a_record_on_which_the_worker_died_comes_in_under_its_own_id(corridor, tmp_path):
    event, place = crashed(corridor)
    assert redrive(corridor.broker, place, *WHY) == event.envelope.event_id
    corridor.flow()
    corridor.one(CSC, CONCERN)
    assert corridor.dead_letters() == []
    (said,) = sworn(corridor)
    assert said == {
        "by": "operator", "code": "CRASHED", "event": event.envelope.event_id, "offset": place.offset, "partition": 0,
        "topic": place.topic, "why": "FAULT_IS_MENDED",
    }  # fmt: skip
    assert verify(corridor.ledger).fault is None
    assert exported(corridor.ledger, tmp_path / "export").verify()[0] == 0


def test_a_record_of_an_unknown_schema_comes_in_once_the_schema_is_there(corridor):
    whole = corridor.broker.catalogue
    event, place = of_an_unknown_schema(corridor)
    with pytest.raises(Rejected, match="UNKNOWN_SCHEMA"):
        redrive(corridor.broker, place, *WHY)
    assert (sworn(corridor), len(corridor.dead_letters())) == ([], 1)
    corridor.broker = replace(corridor.broker, catalogue=whole)
    corridor.restart()
    assert redrive(corridor.broker, place, "operator", "SCHEMA_IS_THERE") == event.envelope.event_id
    corridor.flow()
    corridor.one(CSC, CONCERN)


def test_doing_it_twice_changes_nothing(corridor):
    _, place = crashed(corridor)
    redrive(corridor.broker, place, *WHY)
    corridor.flow()
    before = [v.wire for v in corridor.views()]
    for _ in range(2):
        with pytest.raises(Rejected, match="DONE_BEFORE"):
            redrive(corridor.broker, place, *WHY)
    corridor.restart()
    corridor.flow()
    assert [v.wire for v in corridor.views()] == before
    assert len(sworn(corridor)) == 1


def test_the_record_that_comes_once_more_from_kafka_is_no_new_dead_letter_and_no_new_event(corridor):
    event = concern(corridor)
    batch = corridor.publish(OAKFIELD, event)
    corridor.intake.absorb_crashed(batch)
    redrive(corridor.broker, Place(batch.topic, 0, batch.first_offset), *WHY)
    for again in (corridor.intake.absorb_crashed, corridor.intake.absorb, corridor.intake.absorb_unopened):
        again(batch)
    corridor.flow()
    corridor.one(CSC, CONCERN)
    assert corridor.dead_letters() == []


def test_what_its_sender_sent_again_meanwhile_is_not_taken_twice(corridor):
    event, place = crashed(corridor)
    corridor.send(OAKFIELD, event)
    corridor.flow()
    assert redrive(corridor.broker, place, *WHY) == ""
    corridor.flow()
    corridor.one(CSC, CONCERN)
    assert (corridor.dead_letters(), [one["event"] for one in sworn(corridor)]) == ([], [""])


def test_a_known_id_with_other_content_stays_set_aside(corridor):
    event = concern(corridor)
    corridor.send(OAKFIELD, event)
    batch = corridor.send(OAKFIELD, replace(event, facts="other words"))
    with pytest.raises(Rejected, match="SAME_ID_OTHER_CONTENT"):
        redrive(corridor.broker, Place(batch.topic, 0, batch.first_offset), *WHY)
    assert (sworn(corridor), len(corridor.dead_letters())) == ([], 1)


def test_what_is_no_record_stays_set_aside_and_rings_nobody_again(corridor):
    batch = corridor.send(OAKFIELD, b"junk")
    corridor.flow()
    before = len(corridor.views())
    with pytest.raises(Rejected, match="NOT_FRAMED"):
        redrive(corridor.broker, Place(batch.topic, 0, batch.first_offset), *WHY)
    corridor.flow()
    assert (len(corridor.views()), len(corridor.dead_letters())) == (before, 1)


def test_a_process_that_dies_on_it_has_changed_nothing(corridor, monkeypatch):
    _, place = crashed(corridor)

    def dies(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("streams.agents.intake.write", dies)
    with pytest.raises(MemoryError):
        redrive(corridor.broker, place, *WHY)
    monkeypatch.undo()
    assert (sworn(corridor), corridor.dead_letters()) == ([], [("CRASHED", "")])
    assert redrive(corridor.broker, place, *WHY)


def test_what_came_of_the_child_meanwhile_stands_before_it_and_each_number_is_given_once(corridor):
    """It comes in now, like every event that comes late; a recipient's numbers of a child have no gap."""
    involve(corridor, COMMUNITY, "health_visitor")
    first = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, by="force_duty")
    batch = corridor.publish(POLICE, first)
    corridor.intake.absorb_crashed(batch)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.FOUND, by="force_duty")
    redrive(corridor.broker, Place(batch.topic, 0, batch.first_offset), *WHY)
    corridor.flow()
    seen = corridor.views(COMMUNITY, "police.missing.changed")
    assert [(v.event.action, v.record.seq) for v in seen] == [("FOUND", 1), ("MISSING", 2)]


def test_a_seal_that_came_meanwhile_is_in_force_when_it_goes(corridor):
    involve(corridor, COMMUNITY, "health_visitor")
    batch = corridor.publish(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.intake.absorb_crashed(batch)
    corridor.send(POLICE, seal(corridor))
    redrive(corridor.broker, Place(batch.topic, 0, batch.first_offset), *WHY)
    corridor.flow()
    (view,) = corridor.views(COMMUNITY, "police.missing.changed")
    assert (view.event.child.postcode, view.event.child.surname) == (None, ROSA.surname)


def test_a_seal_that_was_set_aside_closes_what_went_meanwhile(corridor):
    """It restricts from now on, and takes back what went without it."""
    involve(corridor, COMMUNITY, "health_visitor")
    batch = corridor.publish(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS,
                                                    action=SealAction.SET))  # fmt: skip
    corridor.intake.absorb_crashed(batch)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING, by="force_duty")
    assert corridor.views(COMMUNITY, "police.missing.changed")[0].event.child.postcode
    redrive(corridor.broker, Place(batch.topic, 0, batch.first_offset), *WHY)
    corridor.flow()
    assert corridor.views(COMMUNITY, "correction.issued")
    assert corridor.views(COMMUNITY, "police.missing.changed")[-1].event.child.postcode is None


def test_without_clearance_nothing_is_told_of_topics_that_only_a_seal_fills(corridor):
    _, place = crashed(corridor)
    corridor.send(POLICE, b"junk", topic=f"seals.police.{POLICE}")
    corridor.send(POLICE, b"junk", topic=f"receipts.police.{POLICE}")
    assert [Place.of(one) for one in set_aside(corridor.broker, cleared=False)] == [place]
    assert len(set_aside(corridor.broker, cleared=True)) == 3


def test_from_outside_it_is_told_what_kind_of_event_it_was_and_nothing_is_opened(corridor):
    _, place = crashed(corridor)
    letter, event_type = outside(corridor.broker, place)
    assert (letter.code, event_type) == ("CRASHED", CONCERN)
    with pytest.raises(Rejected, match="NO_SUCH_LETTER"):
        outside(corridor.broker, replace(place, offset=99))
    redrive(corridor.broker, place, *WHY)
    with pytest.raises(Rejected, match="DONE_BEFORE"):
        outside(corridor.broker, place)


def test_what_it_held_stands_afterwards_under_its_childs_key_alone(corridor):
    _, place = crashed(corridor)
    redrive(corridor.broker, place, *WHY)
    with corridor.ledger.reading() as tx:
        assert tx.session.rows("select ciphertext from dead_letter") == [(b"",)]
