"""Broken agreements: whatever is done to the shipped texts, they are refused with places, or they load and work."""

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES
from sharing.policy import Facts, decide, field_classes, load, violations
from sharing.policy.matrix import matrix_bytes, version_of
from sharing.vocabulary import RecipientKind

CLASSES = field_classes(read_schemas())
TEXTS = read_texts()
ODD = [
    *(
        "\n",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!!x ",
        "'",
        '"',
        "|\n",
        ">\n",
        "? ",
        "%YAML 1.1\n",
        "---\n",
        "#",
    ),
    *("\t", "\x00", "\x85", "\ufeff", "\u202e", "\ud800", "\U0001f9d2", "\u0430", "~", "null", "yes", "2027-03-31"),
    *("<<: *a", "not ", "and", "or ", "(" * 40, "not " * 40, "$exists", "$marker", "withhold", "scrub", "token"),
    *("existence", "all", "none", "{category: x}", "[] ", "{} ", "x" * 2000, "never_stopped: true\n", "always"),
]


@st.composite
def mutations(draw):
    """One file with a few changes, each to whole lines or in the middle of one."""
    name = draw(st.sampled_from(sorted(TEXTS)))
    lines = TEXTS[name].splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = " " * draw(st.integers(0, 8)) + lines[at].lstrip()
            case 4:
                place = draw(st.integers(0, len(lines[at])))
                cut = draw(st.integers(0, 6))
                put = draw(st.sampled_from(ODD) | st.text(max_size=4))
                lines[at] = lines[at][:place] + put + lines[at][place + cut :]
            case 5:
                words = lines[at].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(lines[other].split() or ["x"]))
                lines[at] = " ".join(words)
            case _:
                lines = lines[:at]
        lines = lines or ["\n"]
    return name, "".join(lines)


def outcome_of(mutation):
    """The set, or None where it is refused as it should be."""
    name, text = mutation
    texts = {**TEXTS, name: text}
    try:
        return load(texts, CLASSES, date(2026, 11, 27))
    except Misconfigured as fault:
        refusal = str(fault)
    for line in refusal.splitlines():
        source, row, column, _ = line.split(":", 3)
        assert source in texts or source.startswith("schema of")
        assert int(row) >= 1
        assert int(column) >= 1
    return None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations(), st.sampled_from(sorted(EVENT_TYPES)), st.sampled_from(list(RecipientKind)), st.integers(0, 2**64))
def test_a_broken_set_is_refused_or_works_and_nothing_else(mutation, event_type, kind, vector):
    found = outcome_of(mutation)
    if found is not None:
        assert version_of(found) == found.version
        decision = decide(found, event_type, kind, None, Facts(vector))
        assert decision.body()
        assert all(ruling.rule or ruling.reason == "no-agreement" for ruling in decision.fields)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_the_order_of_files_keys_and_comments_does_not_move_a_byte(seed):
    random = Random(seed)
    names = sorted(TEXTS)
    random.shuffle(names)
    shuffled = {name: _shuffled(name, TEXTS[name], random) for name in names}
    assert matrix_bytes(load(shuffled, CLASSES)) == matrix_bytes(SHIPPED)


SHIPPED = load(TEXTS, CLASSES)
SHUFFLED = {"guards", "recipients", "recipient_groups", "classes", "transforms", "categories", "field_sets"}
"""Sections of the vocabulary whose order says nothing; that of the purposes does: it is the order of preference."""


def _shuffled(name, text, random):
    """The same document with its keys in another order and other comments, written out anew."""
    import yaml

    def mixed(node, *, keep=False):
        if isinstance(node, dict):
            items = list(node.items())
            if not keep:
                random.shuffle(items)
            return {key: mixed(value) for key, value in items}
        return [mixed(value) for value in node] if isinstance(node, list) else node

    document = yaml.load(text, Loader=yaml.BaseLoader)
    purposes = document.get("purposes")
    document = mixed(document)
    if purposes is not None:
        document["purposes"] = mixed(purposes, keep=True)
    for part in ("permits", "seals", "never", "always"):
        random.shuffle(document.get(part, []))
    written = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=random.choice([60, 200]))
    remark = f"# remark {random.random()}\n"
    marked = (
        random.choice(["", remark]) + line if line[:1] not in (" ", "") else line
        for line in written.splitlines(keepends=True)
    )
    return "".join(marked)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_a_broken_set_can_be_proved_or_is_refused(mutation):
    found = outcome_of(mutation)
    if found is not None:
        assert isinstance(violations(found), tuple)
