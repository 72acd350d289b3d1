"""The spool's law: one record is one event for ever; order per child; nothing readable; nothing forgotten."""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import vitals
from connectors.database import Database, SpoolFull
from connectors.ports import Portion, Refused, Translated
from connectors.runner import _outcomes
from connectors.secrets import Keys
from connectors.settings import Settings
from connectors.spool import MAX_EVENT_BYTES, Spool, Taken
from connectors.stores import Stores
from sharing import codec
from sharing.errors import Misconfigured, Rejected, Retryable
from sharing.events import Child, ConcernShared, Envelope, SealAction, SealChanged, SealKind
from tests.simulators.agency import AgencySimulator, Lines, cursor_of

CANARY = "canary-71c0ffee"


def take(spool: Spool, now: datetime, name: str, *lines: str) -> Taken:
    agency = AgencySimulator(portion_size=1000)
    agency.export(name, *lines)
    (portion,) = agency.poll(spool)
    return spool.take(portion, _outcomes(portion, now), now)


def waiting_words(spool: Spool, catalogue: codec.Catalogue) -> list[str]:
    events = [codec.decode(one.value, catalogue) for one in spool.ready(100)]
    return [str(getattr(event, "facts", None) or getattr(event, "concern_seen", None)) for event in events]


def test_same_record_and_content_is_one_event_whatever_file_it_comes_in(stores: Stores, now: datetime) -> None:
    assert take(stores.spool, now, "monday", "7||ann|seen").new == 1
    again = take(stores.spool, now + timedelta(days=1), "tuesday", "7||ann|seen")
    assert (again.new, again.known) == (0, 1)


def test_changed_content_without_a_version_is_the_next_version(stores: Stores, now: datetime) -> None:
    for day, words in enumerate(("first", "second", "second", "first")):
        take(stores.spool, now, f"day {day}", f"7||ann|{words}")
    versions = []
    while found := stores.spool.ready(1):
        event = codec.decode(found[0].value, stores.catalogue)
        versions.append((event.envelope.native_version, event.facts))
        stores.spool.mark_sent([found[0].row], now)
    assert versions == [("1", "first"), ("2", "second"), ("3", "first")]


def test_a_versions_own_number_is_kept_and_its_content_cannot_change(stores: Stores, now: datetime) -> None:
    take(stores.spool, now, "one", "7|v9|ann|seen")
    changed = take(stores.spool, now, "two", "7|v9|ann|seen otherwise")
    assert [fault.code for _, fault in changed.refused] == ["SAME_VERSION_OTHER_CONTENT"]
    assert waiting_words(stores.spool, stores.catalogue) == ["seen"]


def test_time_of_recording_makes_no_new_version(stores: Stores, now: datetime) -> None:
    def said(recorded_at: datetime) -> Translated:
        event = ConcernShared(envelope=Envelope(recorded_at=recorded_at), child=Child(), facts="seen")
        return Translated(event, "ann", "7", None)

    with stores.database.transaction():
        assert stores.spool.add(said(now), now)
        assert not stores.spool.add(said(now + timedelta(hours=1)), now)


def test_one_bad_record_leaves_the_other_ninety_nine(stores: Stores, now: datetime) -> None:
    lines = [f"{n}||child {n}|words {n}" for n in range(100)]
    lines[40], lines[60], lines[70] = "!", "?", "#"
    taken = take(stores.spool, now, "export", *lines)
    assert taken.new == 97
    assert [(number, fault.code) for number, fault in taken.refused] == [(41, "BAD_LINE"), (61, "TRANSLATOR_FAULT")]
    assert taken.dropped == {"NOT_MARKED_FOR_SHARING": 1}


def test_events_and_cursor_move_together_or_not_at_all(stores: Stores, now: datetime) -> None:
    agency = AgencySimulator()
    agency.export("export", "1||ann|a", "2||ben|b")
    (portion,) = agency.poll(stores.spool)

    def breaks() -> object:
        yield from _outcomes(portion, now)
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError, match="power"):
        stores.spool.take(portion, breaks(), now)
    assert stores.spool.ready(10) == []
    assert stores.spool.position(portion.cursor) == 0


def test_a_portion_is_taken_once(stores: Stores, now: datetime) -> None:
    agency = AgencySimulator()
    agency.export("export", "1||ann|a")
    (portion,) = agency.poll(stores.spool)
    stores.spool.take(portion, _outcomes(portion, now), now)
    with pytest.raises(Retryable, match="elsewhere"):
        stores.spool.take(portion, _outcomes(portion, now), now)


def test_nothing_later_of_a_child_goes_while_an_earlier_one_is_not_acknowledged(stores: Stores, now: datetime) -> None:
    take(stores.spool, now, "export", "1||ann|a1", "2||ann|a2", "3||ben|b1", "4||ann|a3")
    assert waiting_words(stores.spool, stores.catalogue) == ["a1", "b1"]
    first, other = stores.spool.ready(10)
    stores.spool.mark_unknown([first.row], "KafkaTimeout")
    stores.spool.mark_sent([other.row], now)
    assert waiting_words(stores.spool, stores.catalogue) == ["a1"]
    stores.spool.mark_sent([first.row], now)
    assert waiting_words(stores.spool, stores.catalogue) == ["a2"]


def test_what_the_broker_never_takes_is_set_aside_and_the_child_goes_on(stores: Stores, now: datetime) -> None:
    take(stores.spool, now, "export", "1||ann|a1", "2||ann|a2")
    stores.spool.mark_dead(stores.spool.ready(1)[0].row, "MessageSizeTooLarge")
    assert waiting_words(stores.spool, stores.catalogue) == ["a2"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["sent", "unknown", "dead"])), max_size=25))
def test_order_per_child_holds_whatever_becomes_of_each_send(
    tmp_path_factory: pytest.TempPathFactory, now: datetime, steps: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    own = Settings.from_mapping(
        {"organisation": "x", "agency": "schools", "bootstrap": "h:1", "key_file": _key(folder), "state": "state"},
        "test",
        folder,
    )
    stores = Stores(own)
    lines = [f"{n}||{child}|{n}" for n, (child, _) in enumerate(steps)] or ["#"]
    take(stores.spool, now, "export", *lines)
    sent: dict[bytes, list[int]] = {}
    for _, fate in (*steps, *(("", "sent") for _ in steps)):
        for one in stores.spool.ready(2):
            if fate == "unknown":
                stores.spool.mark_unknown([one.row], "KafkaTimeout")
            elif fate == "dead":
                stores.spool.mark_dead(one.row, "X")
            else:
                sent.setdefault(one.lane, []).append(one.row)
                stores.spool.mark_sent([one.row], now)
    assert all(rows == sorted(set(rows)) for rows in sent.values())
    stores.close()


def _key(folder: Path) -> str:
    path = folder / "k"
    path.write_text("ab" * 32)
    path.chmod(0o600)
    return str(path)


def test_no_content_name_or_key_can_be_read_from_any_file_of_the_spool(
    make_settings: Callable[..., Settings], now: datetime
) -> None:
    stores = Stores(make_settings())
    take(stores.spool, now, f"{CANARY}.csv", f"{CANARY}||{CANARY}|refer {CANARY}", "!")
    files = [path for path in stores.settings.state.rglob("*") if path.is_file()]
    assert {"spool.db", "spool.db-wal"} <= {path.name for path in files}
    assert not [path.name for path in files if CANARY.encode() in path.read_bytes()]
    stores.spool.mark_sent([stores.spool.ready(1)[0].row], now)
    assert stores.database.rows("SELECT content FROM event") == [(None,)]
    stores.close()


def test_an_oversize_event_is_refused_with_its_code_and_the_rest_flows(stores: Stores, now: datetime) -> None:
    taken = take(stores.spool, now, "export", "1||ann|" + "x" * MAX_EVENT_BYTES, "2||ann|small")
    assert [fault.code for _, fault in taken.refused] == ["OVERSIZE"]
    assert waiting_words(stores.spool, stores.catalogue) == ["small"]


def test_only_who_may_seal_seals(stores: Stores, now: datetime) -> None:
    event = SealChanged(envelope=Envelope(), child=Child(), kind=SealKind.ADDRESS, action=SealAction.SET)
    with pytest.raises(Rejected) as refused, stores.database.transaction():
        stores.spool.add(Translated(event, "ann", "1", "1"), now)
    assert refused.value.code == "MAY_NOT_SEAL"


def test_a_seal_goes_to_the_topic_of_seals(make_settings: Callable[..., Settings], now: datetime) -> None:
    stores = Stores(make_settings(may_seal=True))
    event = SealChanged(envelope=Envelope(), child=Child(), kind=SealKind.ADDRESS, action=SealAction.SET)
    with stores.database.transaction():
        stores.spool.add(Translated(event, "ann", "1", "1"), now)
    assert [one.topic for one in stores.spool.ready(1)] == ["seals.schools.oakfield-primary"]
    stores.close()


def test_a_full_spool_stops_intake_and_not_sending(make_settings: Callable[..., Settings], now: datetime) -> None:
    stores = Stores(make_settings(max_spool_mb=1))
    big = "x" * 200_000

    def fill() -> None:
        for number in range(20):
            take(stores.spool, now, f"file {number}", f"{number}||ann|{big}")

    with pytest.raises(SpoolFull, match="raise max_spool_mb"):
        fill()
    held = stores.database.number("SELECT COUNT(*) FROM event WHERE state = 'new'")
    assert 0 < held < 20
    while waiting := stores.spool.ready(10):
        stores.spool.mark_sent([one.row for one in waiting], now)
    assert take(stores.spool, now, "after", "99||ann|small").new == 1
    stores.close()


def test_a_full_disk_stops_intake_and_not_sending(make_settings: Callable[..., Settings], now: datetime) -> None:
    stores = Stores(make_settings())
    take(stores.spool, now, "first", "1||ann|a")
    pages = stores.database.number("PRAGMA page_count")
    stores.database.rows(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(SpoolFull, match="make room"):
        take(stores.spool, now, "second", *(f"{n}||ben|{'x' * 3000}" for n in range(50)))
    (one,) = stores.spool.ready(10)
    stores.spool.mark_sent([one.row], now)
    assert stores.spool.ready(10) == []
    stores.close()


def test_ballast_is_held_in_hand_for_a_full_disk(stores: Stores) -> None:
    ballast = stores.settings.state / "ballast"
    assert ballast.stat().st_blocks * 512 >= ballast.stat().st_size > 1_000_000
    stores.database.drop_ballast()
    assert not ballast.exists()
    assert stores.database.lay_ballast()


def test_a_damaged_content_is_set_aside_and_the_rest_is_sent(stores: Stores, now: datetime) -> None:
    take(stores.spool, now, "export", "1||ann|a", "2||ben|b")
    row = stores.spool.ready(1)[0].row
    content = bytearray(stores.database.rows("SELECT content FROM event WHERE row = ?", (row,))[0][0])
    content[30] ^= 1
    stores.database.rows("UPDATE event SET content = ? WHERE row = ?", (bytes(content), row))
    assert waiting_words(stores.spool, stores.catalogue) == ["b"]
    assert stores.database.rows("SELECT state, code FROM event WHERE row = ?", (row,)) == [("dead", "SPOOL_DAMAGED")]


@pytest.mark.parametrize("harm", ["cut", "noise", "not a database"])
def test_a_damaged_file_stops_the_connector_with_the_fix(
    make_settings: Callable[..., Settings], now: datetime, harm: str
) -> None:
    own = make_settings()
    stores = Stores(own)
    for number in range(50):
        take(stores.spool, now, f"file {number}", f"{number}||ann|{'x' * 2000}")
    stores.close()
    path = own.state / "spool.db"
    raw = bytearray(path.read_bytes())
    if harm == "cut":
        raw = raw[: len(raw) // 2]
    else:
        start = 4096 if harm == "noise" else 0
        raw[start : start + 20_000] = os.urandom(20_000)
    path.write_bytes(raw)
    with pytest.raises(Misconfigured, match=r"damaged.*spool_generation: 2"):
        Stores(own)


def test_a_spool_that_is_gone_is_not_begun_afresh_by_itself(
    make_settings: Callable[..., Settings], now: datetime
) -> None:
    own = make_settings()
    stores = Stores(own)
    take(stores.spool, now, "export", "1||ann|a")
    (before,) = stores.spool.ready(1)
    stores.close()
    for path in own.state.glob("spool.db*"):
        path.unlink()
    with pytest.raises(Misconfigured, match="spool_generation: 2"):
        Stores(own)
    fresh = Stores(replace(own, generation=2))
    take(fresh.spool, now, "export", "1||ann|a")
    (after,) = fresh.spool.ready(1)
    assert after.event_id != before.event_id
    fresh.close()


def test_a_lost_wal_takes_cursor_and_events_back_together(
    make_settings: Callable[..., Settings], now: datetime, tmp_path: Path
) -> None:
    own = make_settings()
    stores = Stores(own)
    take(stores.spool, now, "export", "1||ann|a")
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "spool.db").write_bytes((own.state / "spool.db").read_bytes())
    stores.close()
    found = Database(copy / "spool.db", own.keys)
    events, cursors = (found.number(f"SELECT COUNT(*) FROM {table}") for table in ("event", "cursor"))
    assert events == cursors
    found.close()


def test_another_key_does_not_open_the_spool(make_settings: Callable[..., Settings]) -> None:
    own = make_settings()
    Stores(own).close()
    with pytest.raises(Misconfigured, match="another key"):
        Stores(replace(own, keys=Keys.of(b"another")))


def test_a_spool_of_a_newer_version_is_left_alone(make_settings: Callable[..., Settings]) -> None:
    own = make_settings()
    Stores(own).close()
    with sqlite3.connect(own.state / "spool.db") as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(Misconfigured, match="newer version"):
        Stores(own)


def test_two_processes_never_share_a_spool(stores: Stores) -> None:
    with pytest.raises(Misconfigured, match="running already"):
        Stores(stores.settings)


def test_ids_are_the_same_on_another_machine_with_the_same_key(
    make_settings: Callable[..., Settings], now: datetime, tmp_path: Path
) -> None:
    ids = []
    for place in ("here", "there"):
        stores = Stores(make_settings(state=str(tmp_path / place)))
        take(stores.spool, now, "export", "7||ann|seen")
        ids.append([(one.event_id, one.lane) for one in stores.spool.ready(9)])
        stores.close()
    assert ids[0] == ids[1] != []


def test_refusals_of_a_file_are_kept_without_a_value(stores: Stores, now: datetime) -> None:
    take(stores.spool, now, "export", "!", "?", "1||ann|a")
    found = stores.spool.refusals_of(cursor_of("export"))
    assert [(number, fault.code) for number, fault in found] == [(1, "BAD_LINE"), (2, "TRANSLATOR_FAULT")]
    assert "CANARY" not in repr(stores.database.rows("SELECT * FROM refusal"))


def test_portion_of_a_known_file_moves_nothing(stores: Stores, now: datetime) -> None:
    take(stores.spool, now, "export", "1||ann|a")
    cursor = cursor_of("export")
    taken = stores.spool.take(Portion(cursor, 1, 1, (), Lines(), last=True), (), now)
    assert taken.new == 0
    assert stores.spool.finished(cursor)
    assert isinstance(taken.refused, tuple)
    assert not [r for r in taken.refused if isinstance(r, Refused)]


def test_a_referral_that_does_not_get_through_makes_its_sender_telephone(
    make_settings: Callable[..., Settings], now: datetime
) -> None:
    stores = Stores(make_settings(front_door_phone="01632 960100"))
    take(stores.spool, now, "export", "1||ann|refer", "2||ben|a concern")

    def told(minutes: int) -> list[str]:
        said = vitals.report(stores.settings, stores.database, (), Counter(), now + timedelta(minutes=minutes))
        return [str(one["words"]) for one in said["troubles"]]

    assert told(14) == []
    assert told(15) == [
        "1 referrals have not reached the broker for 15 minutes: telephone the front door now (01632 960100)"
    ]
    stores.spool.mark_sent([one.row for one in stores.spool.ready(9)], now)
    assert told(15) == []
    stores.close()
