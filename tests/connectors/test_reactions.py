"""Reactions as settings name them: rolls answer; flags let attendances of flagged children go, nothing else stays."""

import csv
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from connectors import host, reactions
from connectors.lookups import Watched
from connectors.settings import Options, Settings
from connectors.stores import Stores
from sharing import codec
from sharing.events import (
    Child,
    Envelope,
    PlanAction,
    PlanChanged,
    PlanKind,
    SettingFound,
    SettingResult,
    SettingSought,
)
from tests.connectors.test_inbox import Desk

ROLLS = Path(__file__).parents[2] / "connectors" / "education" / "samples"
HOSPITAL = {"organisation": "easthaven-hospital", "agency": "health"}


def test_a_question_is_answered_from_the_rolls_in_the_same_transaction(
    make_settings: Callable[..., Settings], now: datetime
) -> None:
    settings = make_settings(organisation="easthaven-education", agency="education")
    stores = Stores(settings)
    options = Options("rolls", {"folder": str(ROLLS)}, Path())
    desk = Desk(stores, now, [reactions.make(options, settings).reaction])
    nobody = Child(surname="Nobody", forename="Knows", birth_date=date(2015, 1, 1))
    desk.come(desk.event(1, 1, event=SettingSought(envelope=Envelope(subject="ab" * 16), child=nobody)))
    desk.work()
    events = [codec.decode(one.value, stores.catalogue) for one in stores.spool.ready(9)]
    (answer,) = [event for event in events if isinstance(event, SettingFound)]
    assert answer.result is SettingResult.NOT_FOUND
    assert int(answer.envelope.in_reply_to, 16) == 1
    stores.close()


def test_without_a_roll_nobody_is_said_not_to_be_on_it(
    make_settings: Callable[..., Settings], now: datetime, tmp_path: Path
) -> None:
    settings = make_settings(organisation="easthaven-education", agency="education")
    stores = Stores(settings)
    (tmp_path / "roll.csv").write_text("Familienname,Vorname\nLee,Ann\n")
    desk = Desk(stores, now, [reactions.make(Options("rolls", {"folder": str(tmp_path)}, Path()), settings).reaction])
    desk.come(desk.event(1, 1, event=SettingSought(envelope=Envelope(subject="ab" * 16), child=Child(surname="Lee"))))
    desk.work()
    events = [codec.decode(one.value, stores.catalogue) for one in stores.spool.ready(9)]
    assert not [event for event in events if isinstance(event, SettingFound)]
    assert [code for (code,) in stores.database.rows("SELECT code FROM refusal")] == ["NO_ROLL"]
    stores.close()


def attendance(child: Child, number: int) -> bytes:
    born = child.birth_date.strftime("%Y%m%d")
    lines = (
        f"MSH|^~\\&|PAS|ZZT01|TIE|ZZT01|20261120210000||ADT^A04^ADT_A01|M{number}|P|2.4",
        "EVN|A04|20261120210000",
        f"PID|1||{child.nhs_number}^^^NHS^NH||{child.surname}^{child.forename}||{born}|F|||1 Road^^^^{child.postcode}",
        "PV1|1|E|ED^^^ZZT01",
    )
    return "\r".join(lines).encode()


def test_only_attendances_of_flagged_children_leave_and_nothing_of_others_stays(
    make_settings: Callable[..., Settings], now: datetime, tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    intake = [{"folder": str(drop), "formats": ["health-hl7"], "settle_seconds": 0, "after": "delete"}]
    settings = make_settings(**HOSPITAL, intake=intake, reactions=[{"name": "plan-flags", "callback": "01632 960300"}])
    flagged = Child(
        surname="Lorimer", forename="Tamsin", birth_date=date(2016, 2, 11), nhs_number="9990000018", postcode="ZZ99 3VZ"
    )
    other = Child(
        surname="Otherwise", forename="Una", birth_date=date(2016, 2, 12), nhs_number="9990000026", postcode="ZZ99 3CZ"
    )
    connector = host.build(settings)
    taught = Desk(connector.stores, now, [reactions.make(settings.reactions[0], settings).reaction])
    plan = PlanChanged(
        envelope=Envelope(subject="ab" * 16), child=flagged, kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED
    )
    taught.come(taught.event(1, 1, event=plan))
    taught.work()
    for number, child in enumerate((flagged, other)):
        (drop / f"{number}.hl7").write_bytes(attendance(child, number))
    connector.take_in()
    types = [one.event_type for one in connector.spool.ready(9)]
    assert types.count("health.unscheduled.attended") == 1
    assert connector.dropped == {"NO_CHILD_OF_CONCERN": 1}
    raw = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir() if path.is_file())
    for word in (b"Otherwise", b"9990000026", b"Lorimer", b"9990000018"):
        assert word not in raw
    connector.stores.close()


@pytest.fixture
def watched(tmp_path: Path) -> Watched[list[str]]:
    return Watched(tmp_path / "rolls", lambda files: [raw.decode() for _, raw in files])


def test_a_lookup_is_made_anew_when_a_file_changes(watched: Watched[list[str]], tmp_path: Path) -> None:
    assert watched() == []
    (tmp_path / "rolls").mkdir()
    (tmp_path / "rolls" / "a.csv").write_text("one")
    assert watched() == ["one"]
    (tmp_path / "rolls" / "a.csv").write_text("other")
    (tmp_path / "rolls" / "b.csv").write_text("two")
    assert watched() == ["other", "two"]


def test_a_lookup_is_not_made_of_a_file_that_is_being_written(tmp_path: Path) -> None:
    watched = Watched(tmp_path, lambda files: [raw.decode() for _, raw in files], settle_seconds=0.5)
    (tmp_path / "a.csv").write_text("whole")
    assert watched() == ["whole"]
    (tmp_path / "a.csv").write_text("ha")
    assert watched() == ["whole"]
    (tmp_path / "a.csv").write_text("half and the rest")
    until = time.monotonic() + 10
    while watched() != ["half and the rest"] and time.monotonic() < until:
        time.sleep(0.05)
    assert watched() == ["half and the rest"]


def test_a_lookup_that_cannot_be_read_stays_as_it_was(
    watched: Watched[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rolls").mkdir()
    (tmp_path / "rolls" / "a.csv").write_text("one")
    assert watched() == ["one"]
    (tmp_path / "rolls" / "a.csv").write_text("half wri")

    def away(_self: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", away)
    assert watched() == ["one"]


def test_exports_that_are_not_joined_find_their_persons_in_the_table_beside(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    sample = ROLLS.parents[1] / "social_care" / "samples" / "ssd_contacts.csv"
    rows = list(csv.DictReader(sample.read_text().splitlines()))
    unjoined = [{name: value for name, value in row.items() if not name.startswith("pers_")} for row in rows]
    with (drop / "ssd_contacts.csv").open("w", newline="") as file:
        out = csv.DictWriter(file, unjoined[0])
        out.writeheader()
        out.writerows(unjoined)
    persons = tmp_path / "ssd_person.csv"
    persons.write_text("pers_person_id,pers_forename,pers_surname,pers_dob\nP-1045,Idris,Vance,2017-09-03\n")
    intake = {"folder": str(drop), "formats": ["social-care-ssd"], "settle_seconds": 0, "persons": str(persons)}
    connector = host.build(make_settings(intake=[intake]))
    connector.take_in()
    events = [codec.decode(one.value, connector.stores.catalogue) for one in connector.spool.ready(99)]
    told = [(event.child.local_id, event.child.surname) for event in events]
    assert told == [("P-1045", "Vance"), ("P-1043", None)], "who is not in the table has a number and no name"
    connector.stores.close()
