"""The codec: what goes in comes out, and no bytes whatever do anything but decode or be Rejected."""

import io
import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from traceback import format_exception

import avro.io
import avro.schema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import read_schemas, schema_for
from sharing.codec import HEAD, Catalogue, decode, encode, schema_id_of, to_record
from sharing.errors import Rejected
from sharing.events import EVENT_TYPES, Child, Envelope, Marking, ReferralSubmitted, Unreadable, Urgency
from tests.strategies import PATIENT, events_of

CATALOGUE = Catalogue.of(read_schemas())
CODES = {"NOT_FRAMED", "UNKNOWN_SCHEMA", "UNDECODABLE", "TRAILING_BYTES"}
SECRET = "Achterberg"

REFERRAL = ReferralSubmitted(
    envelope=Envelope(
        event_id="5f" * 16,
        occurred_at=datetime(2026, 11, 20, 17, 5, 0, 250_000, tzinfo=UTC),
        urgency=Urgency.SAME_DAY,
        markings=(Marking.NO_PARENT_CONTACT, Marking.INFORMANT),
        unreadable=(Unreadable(field="child.birth_date", as_written="31/02/2016"),),
    ),
    child=Child(surname=SECRET, forename="Zoë", birth_date=date(2016, 2, 11), postcode="ZE1 0AA"),
)


def outcome(raw):
    """The event, or the code of its refusal; any other error fails the test that asks."""
    try:
        return decode(raw, CATALOGUE)
    except Rejected as fault:
        refusal = fault
    assert refusal.code in CODES
    assert SECRET not in "".join(format_exception(refusal))
    return refusal.code


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
@settings(PATIENT, max_examples=15)
@given(data=st.data())
def test_what_goes_in_comes_out(event_type, data):
    event = data.draw(events_of(event_type))
    raw = encode(event, CATALOGUE)
    assert decode(raw, CATALOGUE) == event
    assert encode(decode(raw, CATALOGUE), CATALOGUE) == raw
    assert schema_id_of(raw) == schema_for(event_type).schema_id


@given(events_of(), st.data())
@PATIENT
def test_a_truncated_event_is_refused_at_every_length(event, data):
    raw = encode(event, CATALOGUE)
    cut = data.draw(st.integers(0, len(raw) - 1))
    assert outcome(raw[:cut]) == ("NOT_FRAMED" if cut < HEAD else "UNDECODABLE")


@given(events_of(), st.binary(min_size=1, max_size=50))
@PATIENT
def test_bytes_left_over_are_refused(event, rest):
    assert outcome(encode(event, CATALOGUE) + rest) == "TRAILING_BYTES"


@PATIENT
@given(st.binary(max_size=200))
def test_any_bytes_at_all_decode_or_are_refused(raw):
    outcome(raw)


@given(st.sampled_from(sorted(CATALOGUE.parsed)), st.binary(max_size=200))
@settings(PATIENT, max_examples=500)
def test_any_body_under_a_known_schema_decodes_or_is_refused(number, body):
    outcome(b"\x00" + number.to_bytes(4, "big") + body)


def test_twenty_thousand_mutants_decode_or_are_refused():
    """What is accepted is an event like any other: it can be encoded again, or is refused in words, too."""
    rng = Random(20260811)
    raw = encode(REFERRAL, CATALOGUE)
    accepted = 0
    for _ in range(20_000):
        found = outcome(mutant(rng, raw))
        if isinstance(found, str):
            continue
        accepted += 1
        again = encode(found, CATALOGUE)
        assert decode(again, CATALOGUE) == found
    assert 0 < accepted < 20_000


def mutant(rng, raw):
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 3)):
        place, kind = rng.randrange(len(changed)), rng.randrange(4)
        if kind == 0:
            changed[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            changed[place] = rng.choice((0x00, 0x01, 0x02, 0x7F, 0x80, 0xFF))
        elif kind == 2:
            del changed[place]
        else:
            changed[place:place] = bytes(rng.choice((0x00, 0x80, 0xFF)) for _ in range(rng.randint(1, 9)))
        if not changed:
            break
    return bytes(changed)


@pytest.mark.parametrize("number", [0, 1, 999_999, 2**32 - 1])
def test_an_unknown_schema_is_said_by_its_number(number):
    with pytest.raises(Rejected, match=rf"UNKNOWN_SCHEMA .*{number}"):
        decode(b"\x00" + number.to_bytes(4, "big") + b"\x00" * 20, CATALOGUE)


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"\x00\x00\x00\x03", b"\x01\x00\x00\x03\xe9\x00", b"{}  {}  "], ids=range(5)
)
def test_what_is_not_framed_is_said_to_be_not_framed(raw):
    assert outcome(raw) == "NOT_FRAMED"


def zigzag(number):
    value, out = (number << 1) ^ (number >> 63), bytearray()
    value &= 2**64 - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


@pytest.mark.parametrize("length", [2**31, 2**40, 2**62, 2**63 - 1, -1, -(2**31), -(2**63)])
@pytest.mark.parametrize("place", ["string", "array count", "block size"])
def test_a_huge_or_negative_length_is_refused_and_costs_no_memory(place, length):
    before_body = encode(ReferralSubmitted(envelope=Envelope(), child=Child()), CATALOGUE)[:HEAD]
    names = [f["name"] for f in schema_for("referral.submitted").document["fields"][0]["type"]["fields"]]
    if place == "string":
        body = zigzag(1) + zigzag(length) + b"abc"
    else:
        lead = b"\x00" * names.index("markings") + zigzag(1)
        body = lead + (zigzag(length) if place == "array count" else zigzag(-1) + zigzag(length)) + b"\x00" * 3
    tracemalloc.start()
    found = outcome(before_body + body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
    assert found == "UNDECODABLE"


def test_absence_and_withholding_leave_the_same_bytes():
    withheld = replace(REFERRAL, child=replace(REFERRAL.child, postcode=None))
    never = replace(REFERRAL, child=Child(surname=SECRET, forename="Zoë", birth_date=date(2016, 2, 11)))
    assert encode(withheld, CATALOGUE) == encode(never, CATALOGUE)


def test_a_time_is_an_instant_whatever_its_zone_and_needs_one():
    ahead = timezone(timedelta(hours=1))
    summer = datetime(2026, 7, 1, 9, 0, tzinfo=ahead)
    event = replace(REFERRAL, envelope=Envelope(occurred_at=summer))
    assert decode(encode(event, CATALOGUE), CATALOGUE) == replace(
        event, envelope=Envelope(occurred_at=summer.astimezone(UTC))
    )
    zoneless = replace(event, envelope=Envelope(occurred_at=summer.replace(tzinfo=None)))
    with pytest.raises(Rejected, match="UNENCODABLE"):
        encode(zoneless, CATALOGUE)


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(event_id=int.from_bytes(b"secret")),
        Envelope(event_id=SECRET + "\ud800"),
        Envelope(urgency=SECRET),
        Envelope(occurred_at=SECRET),
    ],
    ids=["number for text", "half a character", "no symbol", "text for a time"],
)
def test_what_does_not_fit_its_schema_is_refused_without_its_value(envelope):
    with pytest.raises(Rejected, match="UNENCODABLE") as caught:
        encode(replace(REFERRAL, envelope=envelope), CATALOGUE)
    shown = "".join(format_exception(caught.value))
    assert SECRET not in shown
    assert str(int.from_bytes(b"secret")) not in shown


@given(events_of())
@settings(PATIENT, max_examples=60)
def test_the_reference_library_writes_and_reads_the_same_bytes(event):
    document = avro.schema.parse(json.dumps(schema_for(event.event_type).document))
    raw = encode(event, CATALOGUE)
    out = io.BytesIO()
    avro.io.DatumWriter(document).write(to_record(event), avro.io.BinaryEncoder(out))
    assert out.getvalue() == raw[HEAD:]
    read = avro.io.DatumReader(document).read(avro.io.BinaryDecoder(io.BytesIO(raw[HEAD:])))
    assert read == to_record(event)
