import json
import re
from datetime import UTC, date, datetime

import pytest

from connectors.formats import Given, by_name
from connectors.health.records import parse
from connectors.ports import Dropped, Message, Refused, Translated
from sharing.codec import to_record
from sharing.events import AttendanceSetting, Marking, ReasonClass, RegistrationKind
from tests.connectors.formats_kit import NOW, ROOT, assert_golden, event, only, public_samples, results

ROOM = ROOT / "connectors/health/samples"
ATTENDANCE = (ROOM / "attendance.hl7").read_bytes()
LEFT = (ROOM / "left-before-seen.hl7").read_bytes()
UPDATES = (ROOM / "updates.hl7").read_bytes()
EVERYBODY = Given(flagged=lambda _: True)


def read(raw, given=EVERYBODY):
    return results("health-hl7", raw, given)


def changed(raw, *pairs):
    for old, new in pairs:
        assert old in raw
        raw = raw.replace(old, new)
    return raw


def test_samples_become_what_the_golden_file_says():
    assert_golden("health")


def test_ten_thousand_messages_about_other_people_leave_nothing():
    flagged = by_name("health-hl7", Given(flagged=lambda child: child.nhs_number == "9990079196"))
    records = list(flagged.read(ATTENDANCE * 10_000, "adt.hl7"))
    assert len(records) == 10_000
    dropped = {result for record in records[:2_000] for result in flagged.translate(record, NOW)}
    assert dropped == {
        Dropped("NO_CHILD_OF_CONCERN", "no flag is held for this person and no clinician recorded a concern")
    }


def test_without_a_flag_only_a_clinicians_concern_about_a_child_leaves():
    raw = (ROOM / "concern.hl7").read_bytes()
    assert event(only(read(raw, Given()))).clinician_concern is True
    adult = changed(raw, (b"|20160502|", b"|19700502|"))
    assert only(read(adult, Given())).code == "NO_CHILD_OF_CONCERN"
    cleared = changed(raw, (b"836881000000105", b"861931000000100"))
    assert only(read(cleared, Given())).code == "NO_CHILD_OF_CONCERN"


def test_attendance_says_that_and_where_and_never_what_was_wrong():
    found = event(only(read(ATTENDANCE)))
    assert (found.setting, found.reason_class) == (AttendanceSetting.EMERGENCY_DEPARTMENT, ReasonClass.INJURY)
    assert found.accompanied_by == "mother"
    text = json.dumps(to_record(found), default=str)
    for clinical in ("S52", "Fracture", "MORWENNA", "Invented"):
        assert clinical not in text
    assert found.clinical_note is None


@pytest.mark.parametrize(("disposal", "left"), [(b"12", True), (b"13", True), (b"3", False)])
def test_leaving_before_being_seen_is_a_new_version_of_the_same_visit(disposal, left):
    first, last = only(read(ATTENDANCE)), only(read(changed(LEFT, (b"|12|", b"|" + disposal + b"|"))))
    assert first.native_key == last.native_key
    assert first.native_version != last.native_version
    assert event(first).left_before_seen is None
    assert event(last).left_before_seen is left


@pytest.mark.parametrize(
    ("kind", "admission", "setting"),
    [(b"E", b"13", "EMERGENCY_DEPARTMENT"), (b"I", b"21", "ADMITTED"), (b"O", b"13", None), (b"I", b"11", None)],
)
def test_unscheduled_means_class_e_or_admission_21(kind, admission, setting):
    raw = changed(ATTENDANCE, (b"PV1|1|E|", b"PV1|1|" + kind + b"|"), (b"ZZT01|21|", b"ZZT01|" + admission + b"|"))
    result = only(read(raw))
    if setting is None:
        assert result.code == "NOT_UNSCHEDULED"
    else:
        assert event(result).setting.value == setting


def test_national_s_flag_blanks_every_trace_of_the_place_even_where_it_cannot_be_read():
    raw = changed(UPDATES.split(b"\x1c")[0], (b"ZZ9 4AB", b"CANARYCODE"), (b"14 MILL LANE", b"CANARY LANE"))
    raw = changed(raw, (b"01632 960555", b"CANARYPHONE"), (b"^^Z99001", b"^^CANARYGP"))
    found = event(only(read(raw)))
    assert (found.kind, found.sensitive) == (RegistrationKind.SENSITIVITY, True)
    assert found.envelope.markings == (Marking.S_FLAG,)
    assert "CANARY" not in json.dumps(to_record(found), default=str)


@pytest.mark.parametrize("code", [b"1", b"9", b"x"])
def test_local_hiding_and_codes_that_nobody_knows_hide_the_place(code):
    raw = changed(ATTENDANCE, (b"ZU8||||0", b"ZU8||||" + code))
    child = event(only(read(raw))).child
    assert (child.address_line, child.postcode, child.telephone) == (None, None, None)


def test_sexual_orientation_and_former_names_never_leave():
    raw = changed(ATTENDANCE, (b"ZU8||||0", b"ZU8|CANARY1|||0"), (b"^^L||2013", b"^^L~CANARY2^X^^^^^M|CANARY3|2013"))
    assert "CANARY" not in json.dumps(to_record(event(only(read(raw)))), default=str)


def test_update_without_news_is_the_same_event_again():
    later = changed(UPDATES, (b"202611220120", b"202611230900"), (b"MSG4000006", b"MSG5000006"))
    assert read(UPDATES) == read(later)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("frame", [(b"", b""), (b"\x0b", b"\x1c\r"), (b"\xef\xbb\xbf", b"")])
def test_line_ends_frames_and_byte_order_marks_change_nothing(end, frame):
    assert read(frame[0] + ATTENDANCE.replace(b"\r", end) + frame[1]) == read(ATTENDANCE)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_charset_is_found_not_believed(encoding):
    raw = ATTENDANCE.decode().replace("ROMY", "ROMÝ").encode(encoding)
    assert event(only(read(raw))).child.forename == "ROMÝ"


def test_line_wrapped_by_hand_belongs_to_the_one_before():
    assert read(changed(ATTENDANCE, (b"EASTHAVEN", b"EAST\rHAVEN"))) == read(ATTENDANCE)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (b"|20130305|", b"|20131305|", "child.birth_date"),
        (b"|20130305|", b"|20990305|", "child.birth_date"),
        (b"9990237573", b"9990237574", "child.nhs_number"),
    ],
)
def test_bad_birth_date_or_nhs_number_is_marked_and_the_attendance_goes(old, new, path):
    found = event(only(read(changed(ATTENDANCE, (old, new)))))
    assert found.envelope.unreadable[0].field == path


@pytest.mark.parametrize("placeholder", [b"3333333333", b"9876543210", b"0000000000"])
def test_placeholder_number_identifies_nobody(placeholder):
    found = event(only(read(changed(ATTENDANCE, (b"9990237573", placeholder)))))
    assert found.child.nhs_number is None


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        (b"ADT^A04^ADT_A01", b"ORU^R01 ", "UNSUPPORTED_MESSAGE", "MSH-9"),
        (b"ADT^A04^ADT_A01", b"ACK^", "UNSUPPORTED_MESSAGE", "MSH-9"),
        (b"ADT^A04^ADT_A01", b"", "UNSUPPORTED_MESSAGE", "MSH-9"),
        (b"|P|2.4|", b"|P|4|", "BAD_VERSION", "MSH-12"),
        (b"MSH|^~\\&|", b"MSH|$%*!|", "BAD_DELIMITERS", "MSH-2"),
        (b"PID|1|", b"PIX|1|", "MISSING", "PID"),
        (b"202611220110|", b"202613220110|", "BAD_TIME", "PV1-44"),
    ],
)
def test_what_is_wrong_with_a_message_is_named_by_its_field(old, new, code, field):
    result = only(read(changed(ATTENDANCE, (old, new))))
    assert isinstance(result, Refused)
    assert (result.code, result.field) == (code, field)


@pytest.mark.parametrize("version", [b"2.3.1^AUS&&ISO", b"2.8", b"2.5.1"])
@pytest.mark.parametrize("structure", [b"ADT^A04", b"ADT^A04^", b"ADT^A04^ADT_A01^x"])
def test_versions_and_structures_of_other_countries_are_read(version, structure):
    raw = changed(ATTENDANCE, (b"|2.4|", b"|" + version + b"|"), (b"ADT^A04^ADT_A01", structure))
    assert isinstance(only(read(raw)), Translated)


def test_bad_message_stops_no_other():
    found = read(ATTENDANCE + b"MSH|\r" + LEFT)
    assert [type(result).__name__ for result in found] == ["Translated", "Refused", "Translated"]


def test_a_second_library_reads_the_same_person_and_visit():
    from hl7apy.parser import parse_message

    other = parse_message(ATTENDANCE.decode(), find_groups=False, validation_level=2)
    adt = parse(ATTENDANCE)
    assert other.pid.pid_5.pid_5_1.value == adt.text("PID", 5, 1)
    assert other.pid.pid_7.value == adt.text("PID", 7)
    assert other.pv1.pv1_2.value == adt.text("PV1", 2)
    assert other.pv1.pv1_19.value == adt.text("PV1", 19)
    assert other.pd1.pd1_3.pd1_3_3.value == adt.text("PD1", 3, 3)


@pytest.mark.samples
def test_public_messages_are_events_drops_or_refusals_by_field():
    seen = set()
    for path in public_samples("hl7v2-itk-uk", "hl7v2-microsoft"):
        for result in read(path.read_bytes()):
            seen.add(type(result))
            if isinstance(result, Refused):
                assert re.fullmatch(r"MSH(-\d+)?|PID|PV1-44|EVN-2", result.field)
    assert seen == {Translated, Refused, Dropped}


def test_repr_of_a_message_shows_nothing():
    record = next(iter(by_name("health-hl7").read(ATTENDANCE, "a")))
    assert isinstance(record, Message)
    assert "SALLOW" not in repr(record) + repr(parse(record.raw)) + repr(only(read(ATTENDANCE)).event)


def test_message_about_two_patients_is_refused_since_nobody_knows_whose_visit_it_is():
    other = b"PID|2||9990554331^^^NHS||HALLOW^BRYN||20160502|1\r"
    assert only(read(changed(ATTENDANCE, (b"PV1|1", other + b"PV1|1")))).code == "SEVERAL_PATIENTS"


@pytest.mark.parametrize(
    ("codes", "hidden", "marked"),
    [
        (b"ZU8||||0\rZU8||||2", {"address_line", "postcode", "telephone", "gp_practice"}, True),
        (b"ZU8||||2\rZU8||||0", {"address_line", "postcode", "telephone", "gp_practice"}, True),
        (b"ZU8||||0~2", {"address_line", "postcode", "telephone", "gp_practice"}, True),
        (b"ZU8||||02", {"address_line", "postcode", "telephone", "gp_practice"}, False),
        (b"ZU8||||1", {"address_line", "postcode", "telephone"}, False),
        (b'ZU8||||""', set(), False),
    ],
)
def test_what_hides_a_place_counts_wherever_it_stands(codes, hidden, marked):
    found = event(only(read(changed(ATTENDANCE, (b"ZU8||||0", codes)))))
    places = {"address_line", "postcode", "telephone", "gp_practice"}
    assert {place for place in places if getattr(found.child, place) is None} == hidden
    assert (found.envelope.markings == (Marking.S_FLAG,)) is marked


@pytest.mark.parametrize("answer", [b"||N", b"||no", b"||FALSE", b"||Y||||||W", b"||||||||D"])
def test_observation_that_says_no_or_was_withdrawn_is_no_concern(answer):
    raw = changed((ROOM / "concern.hl7").read_bytes(), (b"^SCT||Y", b"^SCT" + answer))
    assert only(read(raw, Given())).code == "NO_CHILD_OF_CONCERN"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b" ", b"\x02", b"\t \xef\xbb\xbf"])
def test_what_stands_before_a_second_message_does_not_join_it_to_the_first(before):
    assert len(read(ATTENDANCE + before + ATTENDANCE)) == 2


def test_a_child_born_in_the_first_hour_of_a_summer_day_is_not_born_tomorrow():
    raw = changed(ATTENDANCE, (b"|20130305|", b"|20260602|"))
    born = {
        moment.hour: event(only(results("health-hl7", raw, EVERYBODY, moment))).child.birth_date
        for moment in (datetime(2026, 6, 1, 22, 30, tzinfo=UTC), datetime(2026, 6, 1, 23, 30, tzinfo=UTC))
    }
    assert born == {22: None, 23: date(2026, 6, 2)}


def test_a_number_that_is_none_does_not_hide_the_one_that_is():
    raw = changed(ATTENDANCE, (b"9990237573^^^NHS~", b"3333333333^^^NHS~9990237573^^^NHS~"))
    assert event(only(read(raw))).child.nhs_number == "9990237573"
