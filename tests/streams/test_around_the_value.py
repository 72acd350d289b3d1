"""What stands around a value on the wire follows the agreements, and names nobody whom the value may not name."""

from datetime import datetime

import pytest

from sharing.events import AlertAcknowledged, AlertAction, MissingAction, MissingChanged
from sharing.redaction.wire import SIZE_STEP
from streams.agents.sender import headers_of
from tests.streams.corridor import CSC, EDUCATION, FRIDAY, HOUSE, OAKFIELD, POLICE, Corridor
from tests.streams.families import ROSA
from tests.streams.test_notice_laws import TOM, found, notify
from tests.streams.test_referral_laws import refer

MISSING = "police.missing.changed"


def headers(view) -> dict[str, bytes]:
    return dict(headers_of(view.record))


@pytest.fixture
def quieter(tmp_path):
    """Makes a corridor whose agreements say something else about what a record tells beside its value."""
    made = []

    def corridor(old: str, new: str) -> Corridor:
        folder = tmp_path / "agreements"
        folder.mkdir()
        for file in sorted((HOUSE / "agreements").glob("*.yaml")):
            text = file.read_text(encoding="utf-8")
            if file.name == "vocabulary.yaml":
                assert old in text
                text = text.replace(old, new, 1)
            (folder / file.name).write_text(text, encoding="utf-8")
        made.append(Corridor(tmp_path, agreements=folder))
        return made[-1]

    yield corridor
    for one in made:
        one.close()


def goes_missing(corridor: Corridor) -> None:
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)


def test_by_the_shipped_agreements_a_record_has_the_recipients_own_key_and_no_time_of_the_incident(corridor):
    goes_missing(corridor)
    corridor.now = FRIDAY.replace(hour=15)
    corridor.flow()
    view = next(v for v in corridor.views(CSC, MISSING))
    assert view.record.key.hex() == view.event.envelope.subject
    assert headers(view)["ce_type"] == MISSING.encode()
    assert view.record.around.at is None
    assert datetime.fromisoformat(headers(view)["ce_time"].decode()) == view.record.at.replace(microsecond=0)


def test_a_gap_in_coverage_cannot_be_joined_to_a_child_by_key_or_number(corridor):
    gap = _gap(corridor)
    assert gap.event.envelope.subject is None
    assert gap.record.key == gap.record.exchange_id
    assert headers(gap)["ce_sequence"] == b"1"
    tokens = {v.event.envelope.subject for v in corridor.views(EDUCATION)} - {None}
    assert gap.record.key.hex() not in tokens


def test_what_stands_apart_leaves_no_hole_in_a_childs_numbers(corridor):
    _gap(corridor)
    goes_missing(corridor)
    of_child: dict[tuple[str, bytes], list[int]] = {}
    for view in corridor.views():
        if view.record.around.keyed:
            of_child.setdefault((view.organisation, view.record.key), []).append(view.record.seq)
    assert any(organisation == EDUCATION for organisation, _ in of_child)
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in of_child.values()), of_child


def _gap(corridor):
    """A notice for a child of a nursery that is not enrolled: the education service hears of a gap."""
    notify(corridor, TOM)
    found(corridor, "999004")
    return corridor.one(EDUCATION, "broker.coverage.gap")


def test_without_a_permit_for_headers_only_what_a_receiver_needs_is_there(quieter):
    corridor = quieter("    $headers: clear", "    $headers: withhold")
    goes_missing(corridor)
    view = next(v for v in corridor.views(CSC, MISSING))
    assert set(headers(view)) == {"ce_specversion", "ce_id", "ce_time", "ce_sequence", "content-type", "padding"}


def test_without_a_permit_for_the_key_no_record_names_its_child(quieter):
    corridor = quieter("    $key: token", "    $key: withhold")
    goes_missing(corridor)
    goes_missing(corridor)
    seen = corridor.views(CSC, MISSING)
    assert len({v.record.key for v in seen}) == len(seen) >= 2
    assert {headers(v)["ce_sequence"] for v in seen} == {b"1"}


def test_a_permitted_time_is_that_of_the_event(quieter):
    corridor = quieter("    $headers: clear", "    $headers: clear\n    $timestamp: clear")
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.now = FRIDAY.replace(hour=15)
    corridor.flow()
    view = next(v for v in corridor.views(CSC, MISSING))
    assert datetime.fromisoformat(headers(view)["ce_time"].decode()) == FRIDAY


def test_onlookers_see_few_sizes(corridor):
    corridor.send(OAKFIELD, refer(corridor, concern_seen="x" * 700))
    goes_missing(corridor)
    corridor.say(AlertAcknowledged, OAKFIELD, ROSA, action=AlertAction.CHILD_SUPPORTED)
    assert len(corridor.views()) > 2
    for view in corridor.views():
        record = view.record
        size = len(record.key) + len(record.value) + sum(len(n) + len(v) for n, v in headers_of(record))
        assert size % SIZE_STEP == 0


def test_a_referral_goes_with_the_recipients_own_key(corridor):
    corridor.send(OAKFIELD, refer(corridor))
    corridor.flow()
    view = corridor.one(CSC, "referral.submitted")
    assert view.record.key.hex() == view.event.envelope.subject
    assert view.record.around.keyed
