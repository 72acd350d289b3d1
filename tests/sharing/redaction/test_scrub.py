"""Nothing that is known of a family is left of a text, however it is written; what tells nobody stays as it was."""

import sys
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sharing.redaction.dictionary import dictionary_of
from sharing.redaction.finds import MARKS
from sharing.redaction.letters import MARKER
from sharing.redaction.readings import squeeze
from sharing.redaction.scrub import Known, is_cut_of, scrub
from sharing.redaction.tripwire import Value, hits, needles, read_parts
from sharing.vocabulary import FieldClass
from tests.sharing.redaction.ordinary_sentences import SENTENCES
from tests.strategies import PATIENT

FIRST = ["Ayesha", "Zoltan", "Marit", "Kwabena", "Siobhan", "Zoë", "Ngozi", "Piotrek", "Xanthe", "Tariq", "Oisin"]
LAST = ["Quillfeather", "O'Brannigan", "MacTavish", "McAllister", "Khan", "Vandermolen", "Ünsal", "Oyelaran", "Szabo"]
LOOKS = str.maketrans(
    "aeopcyxAEKMHOPCTX",
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0410\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425",
)


def accented(text):
    return unicodedata.normalize("NFD", text).replace("a", "a\u0301")


def slipped(text):
    """One letter of the longest part is missing."""
    part = max(text.replace("'", " ").split(), key=len)
    return text.replace(part, part[:2] + part[3:]) if len(part) > 6 else text


WRITTEN = {
    "as it is": lambda f, s: f"{f} {s}",
    "capitals": lambda f, s: f"{f} {s}".upper(),
    "small": lambda f, s: f"{f} {s}".lower(),
    "turned round": lambda f, s: f"{s}, {f}",
    "turned round without a comma": lambda f, s: f"{s} {f}",
    "an initial": lambda f, s: f"{f[0]}. {s}",
    "an initial without a stop": lambda f, s: f"{f[0]} {s}",
    "an initial behind": lambda f, s: f"{s}, {f[0]}.",
    "first name": lambda f, s: f,
    "surname": lambda f, s: s,
    "possessive": lambda f, s: f"{f}'s",
    "curly possessive": lambda f, s: f"{f}\u2019s",
    "the family": lambda f, s: f"the {s}s",
    "no apostrophe": lambda f, s: f"{f} {s.replace(chr(39), '')}",
    "curly apostrophe": lambda f, s: f"{f} {s.replace(chr(39), chr(0x2019))}",
    "a blank for the apostrophe": lambda f, s: f"{f} {s.replace(chr(39), ' ')}".upper(),
    "Mc for Mac": lambda f, s: f"{f} {s.replace('Mac', 'Mc', 1)}",
    "Mac for Mc": lambda f, s: f"{f} {s.replace('Mc', 'Mac', 1)}",
    "Mc apart": lambda f, s: f"{f} {s.replace('Mc', 'Mc ', 1).replace('Mac', 'Mac ', 1)}",
    "two blanks": lambda f, s: f"{f}  {s}",
    "a hyphen": lambda f, s: f"{f}-{s}",
    "two lines": lambda f, s: f"{f}\n{s}",
    "divided at the end of a line": lambda f, s: f"{f[:2]}-\n{f[2:]} {s[:4]}-\n{s[4:]}",
    "soft hyphen": lambda f, s: f"{f[:2]}\u00ad{f[2:]} {s[:2]}\u200b{s[2:]}",
    "accents": lambda f, s: accented(f"{f} {s}"),
    "no accents": lambda f, s: "".join(c for c in unicodedata.normalize("NFD", f"{f} {s}") if ord(c) < 0x300),
    "look-alike letters": lambda f, s: f"{f} {s}".translate(LOOKS),
    "wide letters": lambda f, s: "".join(chr(ord(c) + 0xFEE0) if 0x21 <= ord(c) <= 0x7E else c for c in f"{f} {s}"),
    "a letter short": lambda f, s: slipped(f"{f} {s}"),
    "together": lambda f, s: f"#{f}{s}",
    "as web pages write it": lambda f, s: "".join(c if c.isascii() else f"&#{ord(c)};" for c in f"{f} {s}"),
    "every letter as web pages may write it": lambda f, s: "".join(f"&#x{ord(c):x};" for c in f"{f} {s}"),
    "underlined": lambda f, s: f"_{f}_{s}_",
}
HAVEN = Known(
    ("Ayesha Khan",),
    ("Flat 3, 12 Haven Road, Easthaven", "EH98 7ZY", "St Mary's Primary School", "mill-lane-surgery"),
    ("01632 960987", "A123456789012", "943 476 5919", "EH/26/1234567"),
    (date(2014, 5, 17),),
)
any_text = st.text(max_size=300) | st.text(
    st.sampled_from("aA.\u00e9 \n'\u2019-1209@/[]namepl\u00ad\ud800\0\u0425\u0445"), max_size=120
)


def family(*people, **more):
    return Known(tuple(f"{first} {last}" for first, last in people), (), (), **more)


def left_of(text, known):
    """What is left of a text between its markers, folded."""
    return [squeeze(piece) for piece in MARKER.split(scrub(text, known).text)]


def assert_gone(planted, person, sentences, place):
    text = " ".join([*sentences[:place], planted, *sentences[place:]])
    left, scrubbed = left_of(text, family(person)), scrub(text, family(person)).text
    for part in (*person, "".join(person), planted):
        assert not any(squeeze(part) in piece for piece in left), (planted, scrubbed)
    assert all(sentence in scrubbed for sentence in sentences), scrubbed


@pytest.mark.parametrize("way", WRITTEN)
def test_no_name_of_the_family_is_left_however_it_is_written(way):
    for first, last in zip(FIRST, LAST + LAST, strict=False):
        assert_gone(WRITTEN[way](first, last), (first, last), SENTENCES[:2], 1)


@PATIENT
@given(
    person=st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)),
    way=st.sampled_from(list(WRITTEN)),
    sentences=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4),
    place=st.integers(0, 4),
)
def test_no_name_of_the_family_is_left_wherever_it_stands(person, way, sentences, place):
    assert_gone(WRITTEN[way](*person), person, sentences, place)


@PATIENT
@given(any_text, st.lists(any_text, max_size=3), st.lists(any_text, max_size=3))
@example("", [], [])
@example("\u0301\u0302", ["\u0301"], ["\u0301"])
@example("\ud800\0", ["\ud800"], ["\0"])
@example("brow [name] brow Brown", ["Brownn"], ["[place]"])
def test_any_text_and_any_family_has_a_result(text, names, places):
    known = Known(tuple(names), tuple(places), tuple(places))
    once = scrub(text, known)
    assert scrub(once.text, known).text == once.text
    assert is_cut_of(once.text, once.text)
    ends = [0, *(place for gone in once.removed for place in (gone.start, gone.end)), len(text)]
    assert ends == sorted(ends)
    assert all(gone.start < gone.end for gone in once.removed)
    kept = [text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True)]
    marks = [MARKS[gone.what] for gone in once.removed]
    assert once.text == "".join(part for pair in zip(kept, [*marks, ""], strict=True) for part in pair)


def wanted_of(known):
    """What the last look at a record would be looking for in this family."""
    values = [Value(FieldClass.IDENTITY, "name", part) for name in known.names for part in (name, *name.split())]
    values += [Value(FieldClass.FORMER_IDENTITY, "surname", name) for name in known.names]
    values += [Value(FieldClass.LOCATION, "place", place) for place in known.places]
    return needles([*values, *(Value(FieldClass.NHS_NUMBER, "number", number) for number in known.numbers)])


PLANTED = [
    "brow",
    "at",
    "Ayesh",
    "Ayesha",
    "KHAN",
    "Khan's",
    "12 haven road",
    "Haven",
    "EH98 7ZY",
    "EH98",
    "Quill",
    "feather",
    "Quillfeather",
    "960987",
    "0163 2960987",
    "01632",
    "943 476 5919",
    "St",
    "Mary's",
    "Primary",
    "School",
    "easthaven",
    "[name]",
    "[place]",
    "na",
    "me",
    "\n",
    "-",
    ".",
    "Mill",
    "Lane",
    "surgery",
    "Zo\u00eb",
    "Brannigan",
    "O",
]


@PATIENT
@given(st.lists(st.sampled_from(PLANTED), max_size=12), st.sampled_from(["", " ", " ", "  ", "-"]))
@example(["brow", "Ngozi"], " ")
def test_the_last_look_at_a_record_finds_nothing_in_a_scrubbed_text(pieces, between):
    known = Known(
        ("Ayesha Khan", "Zo\u00eb Quillfeather", "O'Brannigan", "Brown-Szabo", "Ngozi"), HAVEN.places, HAVEN.numbers
    )
    text = between.join(["He said that", *pieces, "and left."])
    assert hits(read_parts({"text": scrub(text, known).text.encode()}), wanted_of(known)) == ()


def work(text):
    """Python calls that a scrub takes."""
    calls = 0

    def count(_frame, what, _what_of):
        nonlocal calls
        calls += what in ("call", "c_call")

    dictionary_of(HAVEN)  # made once, before anything is counted
    sys.setprofile(count)
    try:
        scrub(text, HAVEN)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a-",
        "a.",
        "0 ",
        "a@",
        "www.",
        "A ",
        "Khan ",
        "12 Haven ",
        "[name] Khan ",
        "k h a n ",
        "one two ",
        "Mrs ",
        "17 may 2014 ",
        "'s",
    ],
)
def test_ten_times_the_text_is_about_ten_times_the_work(piece):
    assert work(piece * (10_000 // len(piece))) < 15 * work(piece * (1_000 // len(piece)))


words = st.sampled_from(["He", "said", "that", "[name]", "hit", "him", "at", "[place]", ",", ".", "not"])


@PATIENT
@given(st.lists(st.tuples(words, st.sampled_from(["keep", "drop", "mark"]), st.sampled_from([" ", "\n", "  "]))))
def test_whoever_only_takes_away_releases_a_cut(steps):
    scrubbed = " ".join(word for word, _, _ in steps)
    shorter = "".join(gap + (word if what == "keep" else "[name]") for word, what, gap in steps if what != "drop")
    assert is_cut_of(shorter, scrubbed)


@pytest.mark.parametrize(
    "shorter",
    ["He said that [name] hit him too.", "She said that [name] hit him.", "he said", "He said at.",
     "[name] He said that [name] hit him.",
     "him hit", "He said that Ayesha hit him.", "He hi", "He said that [name] hit him..",
     "He said that [name][name] hit him.", "Hesaid",
     "said He"],
)  # fmt: skip
def test_whoever_adds_or_changes_a_word_releases_no_cut(shorter):
    assert not is_cut_of(shorter, "He said that [name] hit him.")


@pytest.mark.parametrize(
    "shorter",
    [
        "",
        "He said that [name] hit him.",
        "He said\n\nthat  [name]\thit him .",
        "[name] said that hit him",
        "[place] hit him.",
        "[name]",
    ],
)
def test_less_and_markers_are_a_cut(shorter):
    assert is_cut_of(shorter, "He said that [name] hit him.")


@pytest.mark.parametrize("shorter", ["He does not", "I don", "t", "I do n't", "cafe", "I don't like it . x"])
def test_a_part_of_a_word_is_no_cut(shorter):
    assert not is_cut_of(shorter, "He doesn't; I don't like the caf\u00e9, the cafe\u0301.")
