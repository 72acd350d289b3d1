"""What a set of agreements may not say: each refusal names its place and what to do, in words for who must mend it."""

from datetime import date

import pytest

from agreements import read_texts
from sharing.errors import Misconfigured
from sharing.policy import load
from sharing.policy.document import Faults, read

TEXTS_OF_HIDING = {
    "a tag": "dpia: !!str DPIA-001",
    "an anchor": "dpia: &all DPIA-001",
    "an alias": "dpia: *all",
}
EXTRA = """
agreement: extra
title: "One more agreement"
parties: [health]
dpia: DPIA-902
review_by: 2027-03-31
permits:
  - id: extra
    event: education.setting.found
    to: [gp]
    purpose: find-setting
    fields:
      $exists: clear
      envelope.occurred_at: clear
      result: clear
"""


@pytest.fixture(scope="session")
def faults_with(with_more):
    def found(**more: str) -> list[str]:
        with pytest.raises(Misconfigured) as caught:
            with_more(**more)
        return str(caught.value).splitlines()

    return found


def test_the_extra_agreement_is_good_by_itself(with_more):
    assert with_more(extra=EXTRA).permits


REFUSED = [
    ("      result: clear", "      results: clear", "unknown field 'results' of education.setting.found; did you"),
    ("      result: clear", "      child: clear", "name the fields inside it, one by one"),
    ("      result: clear", "      child.surname[]: clear", "the field is ruled as a whole: 'child.surname'"),
    ("      result: clear", "      child.surname{}: clear", "the field is ruled as a whole: 'child.surname'"),
    ("      result: clear", "      child.surname|string: clear", "the field is ruled as a whole: 'child.surname'"),
    ("      result: clear", "      envelope.unreadable[]: clear", "unknown field 'envelope.unreadable[]'"),
    ("      result: clear", "      envelope.unreadable[].feild: clear", "did you mean 'envelope.unreadable[].field'?"),
    ("      result: clear", "      result: [clear]", "one word or line of text is expected here"),
    ("      result: clear", "      result: {categories: x}", "unknown key 'categories'; did you mean 'category'?"),
    ("dpia: DPIA-902", "dpia: TBC", "'TBC' is no id of a data protection impact assessment; nothing is shared before"),
    ("dpia: DPIA-902", "dpia: to follow", "'to follow' is no id of a data protection impact assessment"),
    ("dpia: DPIA-902", "dpia: the assessment", "'the assessment' is no id of a data protection impact"),
    ("dpia: DPIA-902\n", "", "'dpia' is missing: nothing is shared without the id of its data protection impact"),
    ("    purpose: find-setting\n", "", "'purpose' is missing: nothing is shared without a purpose, which names"),
    ("agreement: extra\n", "", "'agreement' is missing"),
    ("review_by: 2027-03-31\n", "", "'review_by' is missing: an agreement ends unless it is reviewed"),
    ("to: [gp]", "to: [g\u0440]", "its letter '\u0440' is CYRILLIC SMALL LETTER ER (U+0440), not ASCII and looks"),
    ("event: education", "event: \u0435ducation", "is CYRILLIC SMALL LETTER IE (U+0435), not ASCII and looks like 'e'"),
    ("  - id: extra", "  - id: e\uff58tra", "is FULLWIDTH LATIN SMALL LETTER X (U+FF58), not ASCII and looks like 'x'"),
    ("agreement: extra", "agreement: \u0435xtra", "is CYRILLIC SMALL LETTER IE (U+0435), not ASCII and looks like 'e'"),
    ("purpose: find", "purpose: f\u0456nd", "is CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I (U+0456), not ASCII"),
    ("result: clear", "result: cle\u03b1r", "is GREEK SMALL LETTER ALPHA (U+03B1), not ASCII and looks like 'a'"),
    ("    to: [gp]", "    when: \u043epen_plan\n    to: [gp]", "is CYRILLIC SMALL LETTER O (U+043E), not ASCII"),
    ("    to: [gp]", "    to: [gp] # \u202e]loohcs[", "that cannot be seen: RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    ('title: "One', 'title: "One\u200b', "a sign stands here that cannot be seen: ZERO WIDTH SPACE"),
    ("    to: [gp]", "    when: open_plan xor open_referral\n    to: [gp]", "'xor' stands where 'and' or 'or'"),
    ("    to: [gp]", "    when: open_plan == true\n    to: [gp]", "'==' stands where 'and' or 'or' was expected"),
    ("    to: [gp]", f"    when: {'(' * 9}open_plan{')' * 9}\n    to: [gp]", "nested at most 8 deep"),
    ("    to: [gp]", f"    when: {'not ' * 5000}open_plan\n    to: [gp]", "nested at most 8 deep"),
    ("    to: [gp]", "    when: not address_sealed\n    to: [gp]", "'address_sealed': a seal guard cannot"),
    ("    to: [gp]", "    hold_until: s_flag\n    to: [gp]", "'s_flag': a seal guard cannot open anything"),
    ("$exists: clear", "$exists: token", "'$exists' can only be clear or withhold"),
    ("$exists: clear", "$exists: clear\n      $key: clear", "'$key' can only be token or withhold"),
    ("$exists: clear", "$exists: clear\n      $kay: token", "did you mean '$key'"),
    ("$exists: clear", "$exists: clear\n      $marker: clear", "'$marker' to gp: no marker may be said there"),
    (
        "      envelope.occurred_at: clear",
        "      $timestamp: clear",
        "'$timestamp: clear' needs 'envelope.occurred_at: clear', since it tells the same",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_may_not_be_said_is_refused_with_its_place(faults_with, old, new, expected):
    assert old in EXTRA
    found = faults_with(extra=EXTRA.replace(old, new, 1))
    assert any(line.startswith("extra.yaml:") and expected in line for line in found), "\n".join(found)
    assert all(part.isdigit() for line in found for part in line.split(":")[1:3])


@pytest.mark.parametrize("what", TEXTS_OF_HIDING)
def test_yaml_that_hides_something_is_refused(faults_with, what):
    found = faults_with(extra=EXTRA.replace("dpia: DPIA-902", TEXTS_OF_HIDING[what]))
    assert any(line.startswith("extra.yaml:5:7:") and "allowed" in line for line in found)


def test_a_key_that_stands_twice_is_shown_at_its_second_place(faults_with):
    found = faults_with(extra=EXTRA.replace("      result: clear", "      result: clear\n      result: clear"))
    assert found == ["extra.yaml:16:7: key 'result' stands here twice"]


def test_two_permits_on_one_cell_are_both_named(faults_with):
    other = EXTRA.replace("agreement: extra", "agreement: twice").replace("      envelope.occurred_at: clear\n", "")
    (_, second) = faults_with(extra=EXTRA, twice=other)
    ruled = "'result' of education.setting.found to gp is ruled already by extra/extra, at extra.yaml:8:5"
    assert second == f"twice.yaml:8:5: {ruled}"


REVIEW_DAY = date(2027, 3, 31)


def test_an_agreement_is_in_force_up_to_its_review_and_not_a_day_longer(texts, classes):
    assert load(texts, classes, REVIEW_DAY).permits
    with pytest.raises(Misconfigured) as caught:
        load(texts, classes, date(2027, 4, 1))
    found = str(caught.value).splitlines()
    assert len(found) == len(texts) - 3
    assert all("was to be reviewed by 2027-03-31 and today is 2027-04-01: review it" in line for line in found)
    assert load(texts, classes).permits, "without a today nothing is asked of the calendar"


PURPOSE = '    lawful_basis: "UK GDPR 6(1)(e), 9(2)(g); DPA 2018 Sch 1 para 18"\n'


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("", "'lawful_basis' is missing: a purpose names its basis in data protection law"),
        ("    lawful_basis: consent\n", "'consent' is no lawful basis: it names UK GDPR or DPA 2018"),
        ("    lawful_basis: tbc\n", "'tbc' is no lawful basis"),
    ],
)
def test_a_purpose_without_lawful_basis_is_refused(texts, faults_with, new, expected):
    found = faults_with(vocabulary=texts["vocabulary.yaml"].replace(PURPOSE, new, 1))
    assert any(line.startswith("vocabulary.yaml:") and expected in line for line in found), found


def test_a_purpose_without_statute_is_refused(texts, faults_with):
    text = texts["vocabulary.yaml"]
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("    statute:"))
    found = faults_with(vocabulary=text.replace(line, "", 1))
    assert any("'statute' is missing: a purpose names the duty or power" in fault for fault in found)


# ------------------------------------------------ closure


def test_a_seal_on_a_place_closes_what_tells_it_or_says_why_not(texts, faults_with, with_more):
    open_ = texts["seals.yaml"].replace("closes: [C, C2, D]", "closes: [C, D]", 1)
    assert any("class C can be told from C2: close that too, or say why not" in f for f in faults_with(seals=open_))
    said = open_.replace("closes: [C, D]", 'closes: [C, D]\n    leaves_open: {C2: "The practice is far away."}', 1)
    assert with_more(seals=said).seals
    empty = said.replace("The practice is far away.", "tbc")
    assert any("'tbc' is no reason; nothing is shared before there is one" in f for f in faults_with(seals=empty))
    needless = texts["seals.yaml"].replace("closes: [C, C2, D]", 'closes: [C, C2, D]\n    leaves_open: {C2: "x y"}', 1)
    assert any("class C2 is not left open here" in f for f in faults_with(seals=needless))


def test_a_rule_about_a_seal_names_as_much_as_the_seal(texts, faults_with):
    weaker = texts["invariants.yaml"].replace("classes: [C, C2, D]", "classes: [C, D]")
    assert any("class C can be told from C2: close that too" in f for f in faults_with(invariants=weaker))


def test_a_rule_that_speaks_of_no_seal_may_name_one_class_alone(texts, with_more):
    rule = '  - {id: one-alone, because: "x y", classes: [C], to: [police_duty], events: [csc.plan.changed]}\n'
    text = texts["invariants.yaml"].replace("never:\n", "never:\n" + rule, 1)
    assert "one-alone" in {r.rule_id for r in with_more(invariants=text).never}


# ------------------------------------------------ guards and polarity


def test_a_permit_guard_cannot_seal_and_a_seal_guard_cannot_lift_one(texts, faults_with):
    seals = texts["seals.yaml"]
    for new in ("when: not open_plan", "when: address_sealed and not open_referral"):
        found = faults_with(seals=seals.replace("when: address_sealed", new, 1))
        assert any("a permit guard cannot seal" in line for line in found), new
    found = faults_with(seals=seals.replace("when: open_referral", "when: not s_flag", 1))
    assert any("'s_flag': a seal guard cannot open anything" in line for line in found)


def test_more_guards_than_can_be_proved_are_refused(texts, faults_with, agreements):
    opening = [name for name, entry in agreements.vocabulary.guards.items() if entry.polarity == "permit"]
    assert len(opening) > 16
    many = EXTRA.replace("    to: [gp]", f"    when: {' or '.join(opening[:17])}\n    to: [gp]")
    assert any("a condition names at most 16 guards" in line for line in faults_with(extra=many))
    split = EXTRA.replace("    to: [gp]", f"    when: {' or '.join(opening[:10])}\n    to: [gp]")
    more = EXTRA.replace("agreement: extra", "agreement: more").replace(
        "    to: [gp]", f"    when: {' or '.join(opening[10:18])}\n    to: [gp]"
    )
    more = more.replace("$exists: clear\n      envelope.occurred_at: clear\n      result: clear", "setting_name: clear")
    found = faults_with(extra=split, more=more)
    assert any("guards bear on education.setting.found to gp; at most 16 may" in line for line in found)


def test_a_schema_with_a_map_or_several_records_in_a_union_is_seen_whole():
    from sharing.policy.classes import field_classes

    def record(name, *fields):
        return {"type": "record", "name": name, "fields": list(fields)}

    def text(name, own):
        return {"name": name, "type": ["null", "string"], "class": own}

    inner, other = record("Inner", text("street", "C")), record("Other", text("town", "C2"))
    document = record(
        "X",
        {"name": "homes", "type": {"type": "map", "values": inner}},
        {"name": "either", "type": ["null", "Inner", other]},
        {"name": "many", "type": {"type": "array", "items": {"type": "array", "items": "Inner"}}},
        {"name": "notes", "type": {"type": "map", "values": "string"}, "class": "L"},
    )

    class Schema:
        event_type, version = "x", 1

    Schema.document = {**document, "namespace": "crosswalk"}
    inner["namespace"] = other["namespace"] = "crosswalk"
    assert {path: own.value for path, own in field_classes([Schema()])["x"].items()} == {
        "homes{}.street": "C",
        "either|Inner.street": "C",
        "either|Other.town": "C2",
        "many[][].street": "C",
        "notes": "L",
    }


def test_the_parser_in_c_and_the_one_in_python_read_the_same(texts, monkeypatch):
    import yaml

    from sharing.policy import document

    if document._LOADER is yaml.SafeLoader:
        pytest.skip("PyYAML was built without its parser in C; the one in Python is what runs here")
    fast = {name: read(name, text, Faults()) for name, text in texts.items()}
    monkeypatch.setattr(document, "_LOADER", yaml.SafeLoader)
    slow = {name: read(name, text, Faults()) for name, text in texts.items()}
    assert fast == slow


def test_without_its_vocabulary_no_word_of_a_set_is_judged_but_every_text_that_is_no_yaml_is_told(texts, faults_with):
    broken = texts["vocabulary.yaml"].replace("guards:\n", "guards: [\n", 1)
    found = faults_with(vocabulary=broken, seals="- a\n", extra=EXTRA.replace("result: clear", "results: clear"))
    assert [line.split(":")[0] for line in found] == ["seals.yaml", "vocabulary.yaml"]


def test_a_text_that_is_no_yaml_hides_no_fault_of_the_others(texts, faults_with):
    """Nothing is missed, either, for what it would have said: a permit's companion may stand in it."""
    halved = EXTRA.replace("$exists: clear", "$key: token").replace("purpose: find-setting", "purpose: find-seting")
    found = faults_with(extra=halved, twice="\tagreement: twice\n", seals=texts["seals.yaml"].replace("do:", "doo:", 1))
    assert [":".join(line.split(":")[:3]) for line in found if "seals" not in line] == [
        "extra.yaml:11:14",
        "twice.yaml:1:1",
    ]
    assert any("unknown key 'doo'; did you mean 'do'?" in line for line in found)
    assert not any("nothing would arrive" in line for line in found)


def test_a_missing_file_hides_no_fault_of_the_others(texts, classes):
    fewer = {name: text for name, text in texts.items() if name != "seals.yaml"}
    with pytest.raises(Misconfigured) as caught:
        load({**fewer, "extra.yaml": EXTRA.replace("result: clear", "results: clear")}, classes)
    files = [line.split(":")[0] for line in str(caught.value).splitlines()]
    assert files == ["extra.yaml", "seals.yaml"]


# ------------------------------------------------ texts that cannot be read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\n\tc: d\n", "extra.yaml:2:1: this is not YAML: a tab stands here; indent with blanks"),
        ("a: %b\n", "extra.yaml:1:4: this is not YAML: a word cannot begin with this sign: put the word in quotes"),
        ("a: b: c\n", "extra.yaml:1:5: this is not YAML: no colon can stand here"),
        ("a: [b\n", "extra.yaml:2:1: this is not YAML: a list or table in brackets is not closed"),
        ('a: "b\n', "extra.yaml:2:1: this is not YAML: a quote that was opened is not closed"),
        ("a: b\nc: d\0\n", "extra.yaml:2:5: this is not YAML: it holds a sign that no text may hold (U+0000)"),
        ("a: b\nc: \ufffd\n", "extra.yaml:2:4: from here on this is not UTF-8"),
        ("\ufffd\ufffda\0", "extra.yaml:1:1: this is UTF-16, not UTF-8: open it in your editor and save it as UTF-8"),
        (
            "\ufeff" + EXTRA,
            "extra.yaml:1:1: a sign stands here that cannot be seen: ZERO WIDTH NO-BREAK SPACE (U+FEFF);",
        ),
        ("a: " + "b" * 1_000_000, "extra.yaml:1:1: this is longer than 1,000,000 signs"),
    ],
    ids=["tab", "sign", "colon", "bracket", "quote", "nul", "latin", "utf-16", "mark", "long"],
)
def test_a_text_that_cannot_be_read_is_told_in_plain_words_with_its_place(faults_with, text, expected):
    assert faults_with(extra=text)[0].startswith(expected)


@pytest.mark.parametrize("name", ["extra.yml", "extra.YAML", "ex\ntra.yaml"])
def test_a_file_whose_name_would_leave_it_out_is_refused(texts, classes, name):
    with pytest.raises(
        Misconfigured, match=r"^ex\??tra\.\w+:1:1: a file of a set has a name that ends in \.yaml; rename"
    ):
        load({**texts, name: EXTRA}, classes)


def test_a_folder_gives_up_no_file_without_a_word(tmp_path):
    (tmp_path / "one.yml").write_bytes(EXTRA.encode("utf-16"))
    (tmp_path / "two.yaml").write_bytes(b"a: \xe9\n")
    (tmp_path / "notes.txt").write_text("no agreement", encoding="utf-8")
    assert read_texts(tmp_path) == {
        "one.yml": EXTRA.encode("utf-16").decode(errors="replace"),
        "two.yaml": "a: \ufffd\n",
    }


# ------------------------------------------------ each slip once, and every one


def test_an_alias_is_told_once(faults_with):
    assert faults_with(extra=EXTRA.replace("2027-03-31", "*day")) == [
        "extra.yaml:6:12: aliases (*name) are not allowed; write it out"
    ]


def test_a_merge_key_is_called_one(faults_with):
    found = faults_with(extra=EXTRA.replace("      result: clear", "      <<: {result: clear}"))
    assert "extra.yaml:15:7: merge keys (<<) are not allowed; write out what is to stand here" in found


def test_every_wrong_guard_of_one_condition_is_told(faults_with):
    when = "    when: opn_plan and (address_sealed or nite_duty\n    to: [gp]"
    found = faults_with(extra=EXTRA.replace("    to: [gp]", when))
    assert [line.partition(": ")[2] for line in found] == [
        "unknown guard 'opn_plan'; did you mean 'open_plan'?",
        "'address_sealed': a seal guard cannot open anything",
        "unknown guard 'nite_duty'; did you mean 'night_duty'?",
        "a bracket is not closed",
    ]
    assert [line.split(":")[2] for line in found] == ["11", "25", "43", "52"]


@pytest.mark.parametrize("day", ["20270331", "2027-W13-3", "2027-3-31", "31.03.2027"])
def test_a_day_is_written_in_one_way(faults_with, day):
    found = faults_with(extra=EXTRA.replace("2027-03-31", day))
    assert found == [f"extra.yaml:6:12: '{day}' is no day; a date is written YYYY-MM-DD"]


# ------------------------------------------------ rules that look like rules and bind nobody


EVERYBODY = "except_to: [partners, record_and_figures, identity_team]"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("seals", "closes: [C, C2, D]", "closes: []", "this list is empty"),
        ("seals", "to: [settings, core_group_member, voluntary, requester]", "to: []", "this list is empty"),
        ("seals", "except_to: [adoption_team]", EVERYBODY, "nobody is left"),
        ("invariants", "to: [statistics]", "to: []", "this list is empty"),
        ("invariants", "except_events: [referral.submitted]", "except_events: []", "this list is empty"),
        ("invariants", "fields: [$exists, child.surname, rule, sessions, reason_known]", "fields: []", "this list"),
    ],
)  # fmt: skip
def test_a_rule_that_would_bind_nobody_is_refused(texts, faults_with, name, old, new, expected):
    assert old in texts[f"{name}.yaml"]
    found = faults_with(**{name: texts[f"{name}.yaml"].replace(old, new, 1)})
    assert any(line.startswith(f"{name}.yaml:") and expected in line for line in found), found


@pytest.mark.parametrize("basis", ["UK GDPR 6(1)(a)", "UK GDPR 6(1)(e), 9(2)(a)", "UK GDPR, with consent"])
def test_consent_is_no_basis(texts, faults_with, basis):
    found = faults_with(vocabulary=texts["vocabulary.yaml"].replace(PURPOSE, f'    lawful_basis: "{basis}"\n', 1))
    assert any("consent is no basis here" in line for line in found), found


def test_a_statute_names_an_act(texts, faults_with):
    text = texts["vocabulary.yaml"]
    line = next(line for line in text.splitlines(keepends=True) if line.startswith("    statute:"))
    found = faults_with(vocabulary=text.replace(line, "    statute: the usual law\n", 1))
    assert any("'the usual law' is no statute: it names an Act or regulations" in fault for fault in found), found
