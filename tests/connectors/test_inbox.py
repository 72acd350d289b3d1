"""The way in: once per exchange for ever, each child's in order, recalls first, every fate told by a receipt."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.arrivals import Arrivals
from connectors.deliverer import Deliverer
from connectors.kafka import Arrived
from connectors.ports import Delivery, Memory, Reaction, Translated
from connectors.settings import Settings
from connectors.stores import Stores
from connectors.troubles import Troubles
from sharing import codec
from sharing.events import (
    Child,
    CorrectionAction,
    CorrectionIssued,
    Envelope,
    Event,
    ReceiptRecorded,
    ReferralDecided,
    ReferralOutcome,
    SettingFound,
    SettingResult,
)
from tests.simulators.agency import AgencySimulator

TOPIC = "out.schools.oakfield-primary"


def xid(number: int) -> str:
    return f"{number:032x}"


class Desk:
    """An open connector with a simulated agency behind it, and a clock of real seconds that a test moves."""

    def __init__(self, stores: Stores, now: datetime, reactions: Sequence[Reaction] = ()) -> None:
        self.stores = stores
        self.now = now
        self.agency = AgencySimulator()
        self.seconds = 0.0
        self.offset = 0
        self.troubles = Troubles("oakfield-primary")
        self.arrivals = Arrivals(stores.database, stores.spool, stores.catalogue)
        self.deliverer = Deliverer(
            stores.settings,
            self.arrivals,
            stores.spool,
            self.agency,
            reactions,
            lambda: self.now,
            self.troubles,
            lambda: self.seconds,
        )

    def event(self, number: int, sequence: int, child: str = "ann", event: Event | None = None) -> Arrived:
        view = event or ReferralDecided(
            envelope=Envelope(exchange_id=xid(number)), child=Child(), outcome=ReferralOutcome.ASSESSMENT_REQUIRED
        )
        return self.raw(xid(number), sequence, codec.encode(view, self.stores.catalogue), child, view.event_type)

    def raw(self, exchange: str, sequence: int, value: bytes, child: str = "ann", kind: str = "x") -> Arrived:
        headers = {"ce_id": exchange.encode(), "ce_type": kind.encode(), "ce_sequence": str(sequence).encode()}
        self.offset += 1
        return Arrived(0, self.offset - 1, child.encode().ljust(16), value, headers)

    def recall(self, number: int, sequence: int, recalled: int, child: str = "ann") -> Arrived:
        event = CorrectionIssued(
            envelope=Envelope(), child=Child(), action=CorrectionAction.RECALL, recalled_exchange=xid(recalled)
        )
        return self.event(number, sequence, child, event)

    def come(self, *records: Arrived) -> None:
        self.arrivals.take(TOPIC, records, self.now)

    def work(self) -> None:
        while self.deliverer.work():
            pass

    def delivered(self) -> list[int]:
        return [int(exchange, 16) for verb, exchange in self.agency.calls if verb == "deliver"]

    def receipts(self) -> list[tuple[int, str, str | None]]:
        """Receipts that wait to be sent; they are then taken as sent."""
        found = []
        while waiting := self.stores.spool.ready(100):
            for one in waiting:
                event = codec.decode(one.value, self.stores.catalogue)
                if isinstance(event, ReceiptRecorded):
                    assert one.topic == "receipts.schools.oakfield-primary"
                    assert one.lane.hex() == event.envelope.in_reply_to
                    found.append((int(event.envelope.in_reply_to, 16), str(event.state), event.code))
                self.stores.spool.mark_sent([one.row], self.now)
        return found


@pytest.fixture
def desk(stores: Stores, now: datetime) -> Desk:
    return Desk(stores, now)


def test_each_child_gets_its_deliveries_in_order_whatever_order_they_came_in(desk: Desk) -> None:
    desk.come(desk.event(3, 3), desk.event(11, 1, "ben"), desk.event(1, 1), desk.event(2, 2), desk.event(12, 2, "ben"))
    desk.work()
    assert [n for n in desk.delivered() if n < 10] == [1, 2, 3]
    assert [n for n in desk.delivered() if n > 10] == [11, 12]


def test_an_exchange_is_delivered_once_for_ever(desk: Desk) -> None:
    for _ in range(3):
        desk.come(desk.event(1, 1))
        desk.work()
    assert desk.delivered() == [1]


def test_a_repeated_exchange_gets_the_same_receipt_again_byte_for_byte(desk: Desk) -> None:
    desk.come(desk.event(1, 1))
    desk.work()
    (first,) = desk.stores.spool.ready(10)
    desk.stores.spool.mark_sent([first.row], desk.now)
    desk.now = desk.now.replace(hour=23)
    desk.come(desk.event(1, 1))
    (again,) = desk.stores.spool.ready(10)
    assert (again.event_id, again.value) == (first.event_id, first.value)


def test_a_missing_one_holds_the_later_ones_of_its_child_only_and_only_for_a_while(desk: Desk) -> None:
    desk.come(desk.event(1, 1), desk.event(3, 3), desk.event(11, 1, "ben"))
    desk.work()
    assert desk.delivered() == [1, 11]
    desk.seconds = 4.9
    desk.work()
    assert desk.delivered() == [1, 11]
    desk.seconds = 5.1
    desk.work()
    assert desk.delivered() == [1, 11, 3]
    assert isinstance(held := desk.agency.applied[xid(3)], Delivery)
    assert held.gap


def test_one_that_comes_in_time_closes_the_gap(desk: Desk) -> None:
    desk.come(desk.event(2, 2))
    desk.work()
    desk.come(desk.event(1, 1))
    desk.work()
    assert desk.delivered() == [1, 2]
    assert not any(one.gap or one.late for one in desk.agency.applied.values() if isinstance(one, Delivery))


def test_one_that_comes_after_the_wait_is_delivered_and_marked_late(desk: Desk) -> None:
    desk.come(desk.event(2, 2))
    desk.work()
    desk.seconds = 6
    desk.work()
    desk.come(desk.event(1, 1))
    desk.work()
    assert desk.delivered() == [2, 1]
    assert isinstance(late := desk.agency.applied[xid(1)], Delivery)
    assert late.late


def test_a_recalled_exchange_that_waits_is_never_delivered(desk: Desk) -> None:
    desk.come(desk.event(1, 1), desk.recall(2, 2, recalled=1), desk.event(3, 3))
    desk.work()
    assert desk.delivered() == [3]
    assert sorted(desk.receipts()) == [(1, "RECALLED", None), (2, "DELIVERED", None), (3, "DELIVERED", None)]


def test_a_recalled_exchange_that_was_delivered_is_withdrawn(desk: Desk) -> None:
    desk.come(desk.event(1, 1))
    desk.work()
    assert desk.receipts() == [(1, "DELIVERED", None)]
    desk.come(desk.recall(2, 2, recalled=1))
    desk.work()
    assert desk.agency.applied[xid(1)] == "recalled"
    assert sorted(desk.receipts()) == [(1, "RECALLED", None), (2, "DELIVERED", None)]


def test_a_recall_that_comes_first_stops_what_comes_later(desk: Desk) -> None:
    desk.come(desk.recall(2, 2, recalled=1))
    desk.work()
    desk.come(desk.event(1, 1), desk.event(3, 3))
    desk.work()
    assert desk.delivered() == [3]
    assert (1, "RECALLED", None) in desk.receipts()


def test_a_withdrawal_is_tried_until_the_agency_is_there(desk: Desk) -> None:
    desk.come(desk.event(1, 1))
    desk.work()
    desk.receipts()
    desk.agency.away = True
    desk.come(desk.recall(2, 2, recalled=1))
    desk.work()
    assert (1, "RECALLED", None) not in desk.receipts()
    desk.agency.away = False
    desk.work()
    assert desk.receipts() == [(1, "RECALLED", None)]


def test_a_withdrawal_that_fails_holds_up_no_other(desk: Desk) -> None:
    """One file that is open in somebody's hand must not keep every later recall from being applied."""
    desk.come(*(desk.event(n, 1, f"child {n}") for n in (1, 2, 3)))
    desk.work()
    desk.receipts()
    desk.agency.fails_for = {xid(1)}
    desk.come(*(desk.recall(10 + n, 2, recalled=n, child=f"child {n}") for n in (1, 2, 3)))
    desk.work()
    assert {n for n, state, _ in desk.receipts() if state == "RECALLED"} == {2, 3}
    assert [trouble.place for trouble in desk.troubles.all()] == ["withdraw"]
    desk.agency.fails_for = set()
    desk.work()
    assert desk.receipts() == [(1, "RECALLED", None)]
    assert desk.troubles.all() == ()


def test_a_sink_that_fails_for_one_child_holds_that_child_only(desk: Desk) -> None:
    desk.agency.fails_for = {xid(1)}
    desk.come(desk.event(1, 1), desk.event(2, 2), desk.event(11, 1, "ben"), desk.event(12, 2, "ben"))
    desk.work()
    assert desk.delivered() == [11, 12]
    assert [trouble.place for trouble in desk.troubles.all()] == ["deliver"]
    desk.agency.fails_for = set()
    desk.work()
    assert desk.delivered() == [11, 12, 1, 2]
    assert desk.troubles.all() == ()


def test_what_the_agency_can_never_apply_is_refused_with_its_code_and_the_rest_flows(desk: Desk) -> None:
    desk.agency.refuses = {xid(1)}
    desk.come(desk.event(1, 1), desk.event(2, 2))
    desk.work()
    assert desk.delivered() == [2]
    assert sorted(desk.receipts()) == [(1, "REFUSED", "NO_SUCH_CHILD"), (2, "DELIVERED", None)]


@pytest.mark.parametrize(
    ("value", "code"),
    [(b"", "NOT_FRAMED"), (b"\0KNOWNxx", "UNDECODABLE"), (b"\0\x7f\xff\xff\xff", "UNKNOWN_SCHEMA")],
)
def test_what_cannot_be_read_is_refused_with_its_code_and_the_rest_flows(desk: Desk, value: bytes, code: str) -> None:
    known = desk.stores.catalogue.newest["csc.referral.decided"].to_bytes(4, "big")
    desk.come(desk.raw(xid(1), 1, value.replace(b"KNOWN", known)), desk.event(2, 2))
    desk.work()
    assert desk.delivered() == [2]
    assert (1, "REFUSED", code) in desk.receipts()


def test_what_was_refused_for_an_unknown_schema_is_delivered_after_the_upgrade(desk: Desk) -> None:
    event = desk.event(1, 1)
    number = codec.schema_id_of(event.value)
    old = replace(desk.stores.catalogue, parsed={k: v for k, v in desk.stores.catalogue.parsed.items() if k != number})
    Arrivals(desk.stores.database, desk.stores.spool, old).take(TOPIC, [event], desk.now)
    desk.work()
    assert desk.delivered() == []
    desk.arrivals.know_again(desk.now)
    desk.work()
    assert desk.delivered() == [1]
    assert desk.receipts() == [(1, "REFUSED", "UNKNOWN_SCHEMA"), (1, "DELIVERED", None)]


def test_a_record_without_an_exchange_id_is_noted_and_the_rest_flows(desk: Desk) -> None:
    desk.come(replace(desk.event(1, 1), headers={}), desk.event(2, 1))
    desk.work()
    assert desk.delivered() == [2]
    assert desk.stores.database.rows("SELECT code FROM refusal") == [("BAD_HEADERS",)]


def test_places_and_arrivals_move_together(desk: Desk) -> None:
    desk.come(desk.event(1, 1), desk.event(2, 2))
    assert desk.arrivals.places(TOPIC) == {0: 2}

    def breaks() -> Iterator[Arrived]:
        yield desk.event(3, 3)
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError, match="power"):
        desk.arrivals.take(TOPIC, breaks(), desk.now)
    assert desk.arrivals.places(TOPIC) == {0: 2}
    desk.work()
    assert desk.delivered() == [1, 2]


def test_a_content_is_wiped_when_it_has_been_delivered(desk: Desk) -> None:
    desk.come(desk.event(1, 1))
    desk.work()
    assert desk.stores.database.rows("SELECT state, content FROM arrival") == [("delivered", None)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_with_repeats_and_recalls_delivers_each_once_and_none_that_was_recalled(
    data: st.DataObject, now: datetime, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("inbox")
    (folder / "k").write_text("cd" * 32)
    (folder / "k").chmod(0o600)
    mapping = {"organisation": "oakfield-primary", "agency": "schools", "bootstrap": "h:1", "key_file": "k"}
    stores = Stores(Settings.from_mapping(mapping | {"state": "state"}, "test", folder))
    desk = Desk(stores, now)
    numbers = list(range(1, data.draw(st.integers(1, 8)) + 1))
    recalled = data.draw(st.sets(st.sampled_from(numbers), max_size=3))
    recalls = [
        desk.recall(100 + n, len(numbers) + place, recalled=n) for place, n in enumerate(sorted(recalled), start=1)
    ]
    records = data.draw(st.permutations([desk.event(n, n) for n in numbers] * 2 + recalls))
    cut = data.draw(st.integers(0, len(records)))
    desk.come(*records[:cut])
    desk.work()
    desk.come(*records[cut:])
    desk.work()
    desk.seconds = 100
    desk.work()
    delivered = desk.delivered()
    assert len(delivered) == len(set(delivered))
    assert set(numbers) - recalled <= set(delivered)
    standing = {int(x, 16) for x, held in desk.agency.applied.items() if held != "recalled"}
    assert standing == set(numbers) - recalled
    assert {n for n, state, _ in desk.receipts() if state == "RECALLED"} == recalled
    stores.close()


@dataclass(frozen=True)
class Answers:
    """Answers each decision, and remembers how many there were."""

    name: str = "answers"
    fails: bool = False

    def on_delivered(self, view: Event, exchange_id: str, memory: Memory, now: datetime) -> Sequence[Translated]:
        count = int(memory.get("count") or b"0") + 1
        memory.put("count", str(count).encode())
        if self.fails:
            raise ValueError("CANARY-IN-A-FAULT")
        event = SettingFound(envelope=Envelope(in_reply_to=exchange_id), child=Child(), result=SettingResult.NOT_FOUND)
        return (Translated(event, "ann", f"answer/{exchange_id}", "1"),)

    def on_withdrawn(self, exchange_id: str, memory: Memory) -> None:
        memory.put("withdrawn", exchange_id.encode())


def test_an_answer_is_spooled_with_the_delivery_that_it_answers(stores: Stores, now: datetime) -> None:
    desk = Desk(stores, now, [Answers()])
    desk.come(desk.event(1, 1))
    desk.work()
    types = sorted(one.event_type for one in stores.spool.ready(10))
    assert types == ["broker.receipt.recorded", "education.setting.found"]


def test_a_reaction_that_fails_undoes_itself_and_stops_nothing(stores: Stores, now: datetime) -> None:
    desk = Desk(stores, now, [Answers("broken", fails=True), Answers("whole")])
    desk.come(desk.event(1, 1))
    desk.work()
    assert desk.delivered() == [1]
    assert len([one for one in stores.spool.ready(10) if one.event_type == "education.setting.found"]) == 1
    assert stores.database.rows("SELECT room, COUNT(*) FROM memory GROUP BY room") == [("whole", 1)]
    found = stores.database.rows("SELECT stage, code, reason FROM refusal")
    assert found[0][:2] == ("react", "REACTION_FAULT")
    assert "CANARY" not in repr(found)


def test_a_reaction_hears_of_a_withdrawal(stores: Stores, now: datetime) -> None:
    desk = Desk(stores, now, [Answers()])
    desk.come(desk.event(1, 1))
    desk.work()
    desk.come(desk.recall(2, 2, recalled=1))
    desk.work()
    assert stores.database.rows("SELECT COUNT(*) FROM memory") == [(2,)]


def test_nothing_of_a_view_can_be_read_from_the_file_while_it_waits(
    make_settings: Callable[..., Settings], now: datetime
) -> None:
    stores = Stores(make_settings())
    desk = Desk(stores, now)
    desk.agency.away = True
    view = ReferralDecided(envelope=Envelope(), child=Child(surname="Canary-5ee"), reason_text="canary-5ee")
    desk.come(desk.event(1, 1, event=view))
    desk.work()
    raw = b"".join(path.read_bytes() for path in stores.settings.state.iterdir() if path.is_file())
    assert b"anary-5ee" not in raw
    stores.close()
