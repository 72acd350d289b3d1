"""No spelling hides a sealed value; nothing is looked for that the recipient may have; a hit never shows a value."""

import base64
import json
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.events import Child, Envelope, MissingChanged
from sharing.policy import Facts, Guard, field_classes, load
from sharing.redaction.readings import readings, squeeze
from sharing.redaction.tripwire import Value, closed_to, hits, needles, read_parts, values_of
from sharing.vocabulary import FieldClass, RecipientKind
from tests.strategies import PATIENT

SEALS = (Guard.ADDRESS_SEALED, Guard.S_FLAG, Guard.PERPETRATOR_CHANNEL, Guard.ADOPTION)
AGREEMENTS = load(read_texts(), field_classes(read_schemas()))
PLACE, TELLING, FORMER = FieldClass.LOCATION, FieldClass.LOCATION_INFERRING, FieldClass.FORMER_IDENTITY
STREET, POSTCODE, TELEPHONE = "Flat 3, 12 Canary Road", "EH98 7ZY", "01632 960987"
SEALED = [
    Value(PLACE, "child.address_line", STREET),
    Value(PLACE, "child.postcode", POSTCODE),
    Value(PLACE, "child.telephone", TELEPHONE),
    Value(PLACE, "child.uprn", "100023336956"),
    Value(TELLING, "child.gp_practice", "Z99001"),
    Value(TELLING, "child.setting_name", "Château Saint-Âge Primary"),
    Value(FORMER, "child.former_surname", "O'Leeming"),
]
FORMS = {
    "raw": lambda t: t.encode(),
    "capitals": lambda t: t.upper().encode(),
    "without accents": lambda t: "".join(c for c in unicodedata.normalize("NFKD", t) if ord(c) < 0x300).encode(),
    "without blanks": lambda t: t.replace(" ", "").encode(),
    "hyphens": lambda t: t.replace(" ", "-").encode(),
    "base64": lambda t: base64.b64encode(t.encode()),
    "base64 for URLs": lambda t: base64.urlsafe_b64encode(t.encode()),
    "base64 in the middle": lambda t: base64.b64encode(b"so " + t.encode() + b" it is"),
    "hexadecimal": lambda t: t.encode().hex().encode(),
    "hexadecimal in capitals": lambda t: t.encode().hex(" ").upper().encode(),
    "URL": lambda t: quote(t).encode(),
    "URL twice": lambda t: quote(quote(t)).encode(),
    "URL of every byte": lambda t: "".join(f"%{b:02X}" for b in t.encode()).encode(),
    "JSON": lambda t: json.dumps(t).encode(),
    "JSON of every letter": lambda t: "".join(f"\\u{ord(c):04x}" for c in t).encode(),
    "JSON over two lines": lambda t: json.dumps(t.replace(" ", "\n")).encode(),
    "UTF-16": lambda t: t.encode("utf-16"),
    "UTF-16, the other end first": lambda t: t.encode("utf-16-be"),
    "base64 of UTF-16": lambda t: base64.b64encode(t.encode("utf-16-le")),
}


def found(raw: bytes, values=SEALED, harmless=()) -> set[str]:
    return {hit.path for hit in hits(read_parts({"value": raw}), needles(values, harmless))}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", SEALED, ids=lambda v: v.path)
def test_a_sealed_value_is_found_in_every_form(value, form):
    raw = b"\x00\x02\x0cbefore\x02\x30" + FORMS[form](value.text) + b"\x02\x0aafter"
    assert value.path in found(raw)


@PATIENT
@given(
    text=st.text(st.characters(categories=["L", "N", "Zs"]), min_size=8, max_size=30),
    before=st.binary(max_size=30),
    after=st.binary(max_size=30),
    form=st.sampled_from(["raw", "capitals", "JSON", "URL of every byte", "hexadecimal"]),
)
@example(text="ßßßßßßßß 1", before=b"", after=b"", form="raw")
def test_whatever_the_value_and_whatever_stands_around_it(text, before, after, form):
    assume(len(squeeze(text)) >= 8 and not squeeze(text).isdecimal())
    raw = before + b"\x00" + FORMS[form](text) + b"\x00" + after
    assume(form != "hexadecimal" or before[-1:].isalnum() is False)
    assert found(raw, [Value(TELLING, "x", text)]) == {"x"}


@pytest.mark.parametrize(
    "written",
    ["01632 960 987", "+44 1632 960987", "0044 (0) 1632-960987", "(01632) 960987", "call 01632.960987 now"],
)
def test_a_telephone_is_found_however_it_is_dialled(written):
    assert "child.telephone" in found(written.encode())


@pytest.mark.parametrize("written", ["12 Canary Rd", "12, CANARY ROAD.", "flat 3 12 canary rd", "12canaryroad"])
def test_an_address_is_found_in_part_and_abbreviated(written):
    assert "child.address_line" in found(written.encode())


@pytest.mark.parametrize("written", ["Leeds", "sleep", "Leeway", "sleeve", "flat 3", "12 Other Road", "1000233369561"])
def test_ordinary_words_are_no_hits(written):
    assert found(written.encode(), [*SEALED, Value(FORMER, "child.former_surname", "Lee")]) == set()


@pytest.mark.parametrize("written", ["Lee", "\x02\x06LEE\x02", "8Lee and others", "Master Lée.", "Rosa-Lee"])
def test_a_short_name_is_found_as_a_word(written):
    assert found(written.encode(), [Value(FORMER, "child.former_surname", "Lee")])


@pytest.mark.parametrize("area", ["Easthaven", "park", "town", "x"])
def test_a_word_that_is_no_particular_place_is_not_looked_for(area):
    assert not needles([Value(PLACE, "last_seen_area", area)])


@PATIENT
@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(raw):
    assert readings(raw).folded == readings(raw).folded.casefold()
    hits(read_parts({"value": raw}), needles(SEALED))


def test_what_names_the_recipient_itself_tells_it_nothing():
    seen = b"for the practice Z99001"
    assert found(seen) == {"child.gp_practice"}
    assert found(seen, harmless=["mill-lane-surgery", "Z99001"]) == set()


def test_a_hit_names_field_and_part_and_no_value():
    (hit,) = hits(read_parts({"key": b"EH98 7ZY"}), needles(SEALED))
    assert (hit.part, hit.path) == ("key", "child.postcode")
    shown = repr((hit, SEALED, needles(SEALED)))
    assert not [v.text for v in SEALED if len(v.text) > 3 and v.text in shown]


def facts(**true: bool) -> Facts:
    return Facts.of({g: true.get(g.value, False) for g in Guard})


@pytest.mark.parametrize(
    ("kind", "true", "closed"),
    [
        (RecipientKind.SCHOOL, {"address_sealed": True}, True),
        (RecipientKind.ALLOCATED_TEAM, {"address_sealed": True}, False),
        (RecipientKind.FRONT_DOOR, {"address_sealed": True}, True),
        (RecipientKind.FRONT_DOOR, {"address_sealed": True, "open_referral": True}, False),
        (RecipientKind.ALLOCATED_TEAM, {"perpetrator_channel": True}, True),
        (RecipientKind.SCHOOL, {}, False),
    ],
)
def test_what_an_exception_of_the_seal_gives_is_not_sealed_for_that_recipient(kind, true, closed):
    assert (PLACE in closed_to(AGREEMENTS.seals, kind, facts(**true), SEALS)) is closed


def test_unknown_closes():
    assert PLACE in closed_to(AGREEMENTS.seals, RecipientKind.SCHOOL, Facts(), SEALS)


def test_values_are_those_of_the_classes_that_a_seal_may_close():
    event = MissingChanged(
        envelope=Envelope(organisation="easthaven-police"),
        child=Child(surname="Quillfeather", address_line=STREET, postcode=POSTCODE, gp_practice=" "),
        last_seen_area="12 Canary Road",
        callback="01632 960200",
    )
    classes = AGREEMENTS.classes[event.event_type]
    sealable = frozenset().union(*(seal.classes for seal in AGREEMENTS.seals))
    assert {v.path for v in values_of(event, classes, sealable)} == {
        "envelope.organisation", "child.address_line", "child.postcode", "last_seen_area",
    }  # fmt: skip
