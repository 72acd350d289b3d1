"""What is known of a family goes in every usual spelling; ordinary words that look like it stay."""

from datetime import date

import pytest

from schemas import read_schemas
from sharing.events import EVENT_TYPES, Child, DomesticAbuseIncidentNotified, Envelope
from sharing.events.casework import PlacementChanged
from sharing.events.police import OtherChild
from sharing.policy import field_classes
from sharing.redaction.dictionary import dictionary_of
from sharing.redaction.finds import Removal
from sharing.redaction.readings import squeeze
from sharing.redaction.scrub import Known, Removed, known_of, scrub
from sharing.redaction.tripwire import texts_at, values_at
from sharing.vocabulary import FieldClass
from tests.strategies import full

HAVEN = Known(
    ("Ayesha Khan",),
    ("Flat 3, 12 Haven Road, Easthaven", "EH98 7ZY", "St Mary's Primary School", "mill-lane-surgery"),
    ("01632 960987", "A123456789012", "943 476 5919", "EH/26/1234567"),
    (date(2014, 5, 17),),
)


def family(*people):
    return Known(tuple(f"{first} {last}" for first, last in people), (), ())


@pytest.mark.parametrize(
    ("recorded", "called"),
    [("Katherine", "Kate"), ("Kathryn", "katie"), ("Kate", "Catherine"), ("William", "Billy"), ("Bill", "William"),
     ("Elizabeth", "Beth"), ("Betty", "ELIZABETH"), ("Mohammed", "Muhammad"), ("Muhammad", "Mohamed's"),
     ("Mo", "Mohammad"),
     ("Yusuf", "Youssef"), ("Aisha", "Ayesha"), ("Katarzyna", "Kasia"), ("Piotr", "Piotrek"), ("Margaret", "Peggy"),
     ("Jack", "John"), ("Fatima", "Fatimah"), ("Seán", "Shaun")],
)  # fmt: skip
def test_a_short_form_is_the_name_both_ways(recorded, called):
    assert scrub(f"He said {called} hit him.", family((recorded, "Szabo"))).text == "He said [name] hit him."


@pytest.mark.parametrize(
    ("written", "left"),
    [("Jan van der Berg", "[name]"), ("Berg's", "[name]"), ("KELLY SMITH-JONES", "[name]"),
     ("Kelly Jones", "[name]"), ("the Smith Jones family", "the [name] family"), ("KSJ", "[name]"),
     ("K.S.J.", "[name]."),
     ("A.K.", "[name]."), ("AK", "[name]"), ("ak", "ak"), ("Dean Price (stepfather)", "[name] (stepfather)"),
     ("dean", "[name]"), ("the Khans'", "the [name]'"), ("Khan's", "[name]"), ("a white van", "a white van"),
     ("Ay esha", "[name]"), ("a y e s h a", "[name]"), ("thisayeshakhan2014", "[name]"), ("Aeysha", "[name]"),
     ("Ayeshha", "[name]"),
     ("Smth", "[name]"), ("a man", "a man"),
     ("AKhan", "[name]"), ("Ayesha K", "[name]"), ("Mrs K", "Mrs [name]"), ("Mr X", "Mr X"),
     ("A.Khan", "[name]"), ("M. de la Berg", "[name]"), ("Mr. Berg", "Mr. [name]")],
)  # fmt: skip
def test_names_of_a_family(written, left):
    known = Known(
        ("KHAN, Ayesha", "van der Berg, Jan", "Kelly Smith-Jones", "Ayesha Khan's mother and her partner Dean Price"),
        (),
        (),
    )
    assert scrub(f"then {written} came", known).text == f"then {left} came"


@pytest.mark.parametrize("name", ["Will", "May", "Rose", "Mark", "Hope", "Summer", "Young", "Brown", "Grace", "Violet"])
def test_a_name_that_is_a_word_goes_where_it_has_a_capital(name):
    known = family((name, "Quillfeather"))
    for text in (f"Then {name} came.", f"{name} came.", f"{name}'s coat", f"MRS {name.upper()} CAME"):
        assert name.lower() not in scrub(text, known).text.lower().split()[0:2]
        assert "[name]" in scrub(text, known).text


def test_an_everyday_word_stays_where_it_is_written_small():
    known = family(("Will", "Brown"), ("May", "Young"), ("Mark", "Hope"), ("Rose", "Summer"))
    text = "It will take a young child until summer; I hope a brown mark may fade. He rose."
    assert scrub(text, known).text == text


@pytest.mark.parametrize("place", ["school", "Children's Social Care", "home", "Early Help Team"])
def test_a_place_that_could_be_anywhere_is_not_looked_for(place):
    text = "At school and at home children's social care and early help work with her; the Team met."
    assert scrub(text, Known((), (place,), ())).text == text


@pytest.mark.parametrize("name", ["Ellen", "Esten", "Ander", "Eston", "Herma"])
def test_a_name_that_only_happens_to_stand_in_ordinary_words_is_none(name):
    text = "An excellent answer: she understands that it was the stone on the wall and her main fear."
    assert scrub(text, family((name, "Quillfeather"))).text == text


@pytest.mark.parametrize(
    "written",
    ["Flat 3, 12 Haven Road, Easthaven", "FLAT 3 12 HAVEN RD EASTHAVEN", "12 Haven Road", "12, haven rd",
     "12 haven", "Haven Road",
     "haven road", "Haven Rd", "HAVEN ROAD", "12haven", "Flat 3", "flat three", "number 12", "No. 12",
     "number twelve", "no 12a",
     "Easthaven", "easthaven", "EH98 7ZY", "eh987zy", "EH98  7ZY", "EH98", "EH98 7", "St Mary's Primary School",
     "St. Marys",
     "ST MARY\u2019S", "Saint Mary's", "st mary's primary", "Mill Lane Surgery", "Mill Lane", "mill lane",
     "12\nHaven Road\nEasthaven\nEH98 7ZY", "twelve Haven Road", "H\u0430ven R\u043e\u0430d"],
)  # fmt: skip
def test_a_place_of_the_family_goes_however_it_is_written(written):
    assert scrub(f"she lives at {written} now", HAVEN).text == "she lives at [place] now"


@pytest.mark.parametrize(
    "written",
    ["01632 960987", "01632960987", "(01632) 960 987", "+44 1632 960987", "0044 (0)1632 960987",
     "+44 (0) 1632 960 987", "960987",
     "960 987", "01632-960-987", "01632.960.987", "01632 960987 ext. 12", "01632 96 09 87", "tel no 01632 960987",
     "oh one six three two nine six oh nine eight seven", "zero one six three two, nine six zero, nine eight seven",
     "943 476 5919", "9434765919", "943-476-5919", "A123456789012", "a123 4567 89012", "EH/26/1234567",
     "eh 26 1234567"],
)  # fmt: skip
def test_a_number_of_the_family_goes_however_it_is_written(written):
    assert scrub(f"ring her: {written}, please", HAVEN).text.replace("tel no ", "") == "ring her: [number], please"


@pytest.mark.parametrize(
    "written",
    ["17/05/2014", "17.5.14", "17-05-2014", "17 5 2014", "17 May 2014", "17th May 2014", "17th of May",
     "the 17th of May, 2014", "May 17",
     "May 17th, 2014", "2014-05-17", "2014/05/17", "20140517", "17052014", "170514", "05/17/2014", "17 MAY 14",
     "seventeenth of May", "17th day of May 2014", "17May2014"],
)  # fmt: skip
def test_a_birth_date_of_the_family_goes_however_it_is_written(written):
    assert "[date]" in scrub(f"her file says {written} on it", HAVEN).text
    assert not set(squeeze(scrub(f"her file says {written} on it", HAVEN).text)) & set("0123456789")


@pytest.mark.parametrize(
    "text",
    ["She is 12 and has a brother aged 9.", "Seen on 18/05/2014 and on 17 June 2014.", "May 2026", "17 mayhem",
     "1705", "in 2014",
     "at 17:05 on Monday", "a section 17 assessment", "on 17 occasions"],
)  # fmt: skip
def test_ages_and_other_dates_stay(text):
    assert scrub(text, HAVEN).text == text


def test_a_marker_says_what_it_was_and_not_how_long():
    assert scrub("we saw Ayesha", HAVEN).removed == (Removed(7, 13, Removal.NAME, "family"),)
    for name in ("AK", "Khan", "Ayesha Khan", "A. Khan"):
        assert scrub(f"we saw {name}", HAVEN).text == "we saw [name]"
    for place in ("EH98", "Flat 3, 12 Haven Road, Easthaven EH98 7ZY"):
        assert scrub(f"at {place}", HAVEN).text == "at [place]"


def test_a_dictionary_is_made_once_for_each_family():
    assert dictionary_of(HAVEN) is dictionary_of(Known(HAVEN.names, HAVEN.places, HAVEN.numbers, HAVEN.dates))


def test_no_value_of_a_family_is_printed():
    assert repr((HAVEN, scrub("Ayesha", HAVEN), dictionary_of(HAVEN))).count("Ayesha") == 0


CLASSES = field_classes(read_schemas())
NAMED = ("name", "surname", "forename", "known_as", "postcode", "address_line", "telephone", "nhs_number", "upn")


def test_what_is_known_is_gathered_from_the_structured_fields_of_a_family():
    known = known_of(
        [
            DomesticAbuseIncidentNotified(
                envelope=Envelope(organisation="easthaven-police", system="niche", native_version="3"),
                child=Child(surname="Quillfeather", forename="Marit", known_as="Mimi", birth_date=date(2014, 5, 17),
                            nhs_number="943 476 5919", address_line="12 Haven Road", telephone="01632 960987"),
                suspect="Dean Price", officer="PC 4411 Jones", fled_to="Larch House", callback="01632 960110",
                circumstances="Bruising was seen by Corin", adult_victim="Sarah Ashdown", police_reference="EH/26/1",
                other_children=(OtherChild(name="Oisin", birth_date=date(2016, 2, 1), relation="Brother"),),
            ),
            PlacementChanged(envelope=Envelope(), child=Child(upn=" "), carer_name="J Doe", placement_area="Westhaven"),
        ],
        CLASSES,
    )  # fmt: skip
    assert set(known.names) == {
        "Quillfeather", "Marit", "Mimi", "Marit Quillfeather", "Mimi Quillfeather", "Dean Price", "PC 4411 Jones",
        "Sarah Ashdown", "Oisin", "J Doe",
    }  # fmt: skip
    assert set(known.places) == {"easthaven-police", "12 Haven Road", "Larch House", "Westhaven"}
    assert set(known.numbers) == {"943 476 5919", "01632 960987", "01632 960110", "EH/26/1"}
    assert set(known.dates) == {date(2014, 5, 17), date(2016, 2, 1)}


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_of_every_event_whatever_names_places_or_numbers_is_known(event_type):
    event = full(event_type)
    known = known_of([event], CLASSES)
    gathered = {*known.names, *known.places, *known.numbers}
    for path, field_class in CLASSES[event_type].items():
        if path.rpartition(".")[2] in (
            "name",
            "surname",
            "forename",
            "known_as",
            "postcode",
            "address_line",
            "nhs_number",
            "upn",
        ):
            assert set(texts_at(event, path)) <= gathered
        if field_class in (FieldClass.ADDRESSED, FieldClass.CHILD_WORDS, FieldClass.PROCESS):
            assert not set(texts_at(event, path)) & gathered
    days = {day for path in CLASSES[event_type] if path.endswith("birth_date") for day in values_at(event, path)}
    assert days == set(known.dates)
