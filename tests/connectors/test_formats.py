import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.formats import FORMATS, by_name, recognise
from connectors.ports import Refused, Translated
from connectors.translate_cli import to_json, to_words
from sharing.errors import Misconfigured
from tests.connectors.formats_kit import SAMPLES, assert_says_nothing, public_samples, run

JUNK = [
    b'"',
    b",",
    b"|",
    b"^",
    b"~",
    b"\\",
    b"\r",
    b"\n",
    b"\x00",
    b"{",
    b"[",
    b"]}",
    b"\\ud800",
    b"NaN",
    b"1e999",
    b";",
]
ALL = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def mutate(raw, dice):
    """One of the things that happen to files: cut, doubled, turned round, filled, re-encoded."""
    at = dice.randrange(len(raw) + 1)
    lines = raw.splitlines(keepends=True)
    noise = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 9)))
    gone = dice.randrange(len(lines) + 1)
    encoding = dice.choice(["utf-16", "utf-8", "utf-16-be"])
    return dice.choice(
        [
            raw[:at],
            raw[:at] + raw[at + dice.randrange(1, 60) :],
            raw[:at] + dice.choice(JUNK) + raw[at:],
            raw[:at] + noise + raw[at:],
            b"".join(dice.sample(lines, len(lines))),
            b"".join(lines[:gone] + lines[gone + 1 :]),
            raw + raw,
            dice.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\x0b"]) + raw,
            raw.decode("latin-1").encode(encoding),
        ]
    )


def check(name, raw):
    for line in run(name, raw):
        assert to_json(line)["outcome"] in {"event", "refused", "dropped"}
        assert to_words(line)
        if not isinstance(line.result, Translated):
            assert_says_nothing(line)


@ALL
@given(st.sampled_from(SAMPLES), st.integers(), st.integers(1, 5))
def test_mutated_samples_raise_nothing_and_no_message_shows_a_value(path, seed, times):
    dice = random.Random(seed)
    raw = path.read_bytes()
    name = recognise(raw)
    for _ in range(times):
        raw = mutate(raw, dice)
    check(name, raw)
    check("auto", raw)


@ALL
@given(st.sampled_from(list(FORMATS)), st.binary(max_size=400))
def test_any_bytes_raise_nothing_in_any_format(name, raw):
    check(name, raw)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_megabyte_in_any_place_raises_nothing(path):
    raw = path.read_bytes()
    for at in range(0, len(raw), max(1, len(raw) // 6)):
        check(recognise(raw), raw[:at] + b"Z" * 1_000_000 + raw[at:])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_sample_is_known_by_its_content(path):
    agency = path.parent.parent.name.replace("_", "-")
    assert recognise(path.read_bytes()).startswith(agency)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("name", list(FORMATS))
def test_file_under_another_formats_name_is_refused_and_shows_nothing(path, name):
    raw = path.read_bytes()
    if recognise(raw) != name:
        found = run(name, raw)
        assert all(not isinstance(line.result, Translated) for line in found)
        for line in found:
            assert_says_nothing(line)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_same_record_is_the_same_event_whenever_it_is_read(path):
    from datetime import timedelta

    from tests.connectors.formats_kit import NOW

    later = run("auto", path.read_bytes(), now=NOW + timedelta(days=40))
    assert [line.result for line in run("auto", path.read_bytes())] == [line.result for line in later]


@pytest.mark.parametrize(
    ("name", "near"), [("police", "police-json"), ("health-hl", "health-hl7"), ("ssd", "social-care-ssd")]
)
def test_unknown_format_is_refused_with_the_nearest_word(name, near):
    with pytest.raises(Misconfigured, match=f"did you mean {near}"):
        by_name(name)


@pytest.mark.samples
@pytest.mark.parametrize(
    "folder",
    ["hl7v2-itk-uk", "hl7v2-microsoft", "ssd", "police", "school-mis-json", "wonde", "ctf", "gias", "cin-census"],
)
def test_public_samples_translate_or_are_refused_and_no_message_shows_a_value(folder):
    paths = public_samples(folder)
    for path in paths:
        found = run("auto", path.read_bytes(), path.name)
        assert found
        for line in found:
            if isinstance(line.result, Refused):
                assert_says_nothing(line)


@pytest.mark.samples
@pytest.mark.parametrize("name", list(FORMATS))
def test_public_samples_under_any_format_raise_nothing(name):
    for path in public_samples("hl7v2-itk-uk", "ssd", "police", "school-mis-json", "wonde", "ctf", "gias"):
        check(name, path.read_bytes())


@pytest.mark.samples
def test_mutated_public_messages_raise_nothing():
    dice = random.Random(7)
    for path in public_samples("hl7v2-itk-uk", "hl7v2-microsoft"):
        for _ in range(15):
            check("health-hl7", mutate(mutate(path.read_bytes(), dice), dice))
