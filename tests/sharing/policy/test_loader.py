"""The strict loader: every fault at once, each with its place and the nearest right word."""

from dataclasses import replace

import pytest

from agreements import read_texts
from schemas import read_schemas
from sharing.errors import Misconfigured
from sharing.policy import field_classes, load
from sharing.vocabulary import FieldClass

CLASSES = field_classes(read_schemas())
TEXTS = read_texts()


def faults_of(texts, classes=CLASSES) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        load(texts, classes)
    return str(caught.value).splitlines()


def changed(name, old, new, count=1):
    assert old in TEXTS[name], f"{name} no longer holds the text that this test changes"
    return {**TEXTS, name: TEXTS[name].replace(old, new, count)}


def place_of(name, text) -> str:
    """`file:line` of the first line that holds a text, in the changed file."""
    return (
        f"{name}:{TEXTS[name].splitlines().index(next(line for line in TEXTS[name].splitlines() if text in line)) + 1}"
    )


def test_the_shipped_set_loads():
    assert load(TEXTS, CLASSES).permits


FAULTY = [
    (
        "referral.yaml",
        "concern_seen: clear",
        "concern_sean: clear",
        "unknown field 'concern_sean' of referral.submitted; did you mean 'concern_seen'?",
    ),
    (
        "referral.yaml",
        "envelope.unreadable[].field: clear",
        "envelope.unreadable: clear",
        "name the fields inside it, one by one",
    ),
    ("referral.yaml", "purpose: referral", "purpose: referal", "unknown purpose 'referal'; did you mean 'referral'?"),
    (
        "referral.yaml",
        "event: csc.contact.decided",
        "event: csc.contact.decide",
        "unknown event 'csc.contact.decide'; did you mean 'csc.contact.decided'?",
    ),
    (
        "referral.yaml",
        "to: [front_door, emergency_duty]",
        "to: [frontdoor, emergency_duty]",
        "unknown recipient 'frontdoor'; did you mean 'front_door'?",
    ),
    (
        "referral.yaml",
        "when: recipient_is_asker",
        "when: recipient_is_asked",
        "unknown guard 'recipient_is_asked'; did you mean 'recipient_is_asker'?",
    ),
    (
        "referral.yaml",
        "when: recipient_is_asker",
        "when: not s_flag",
        "'s_flag': a seal guard cannot open anything",
    ),
    (
        "referral.yaml",
        "when: recipient_is_asker",
        "wenn: recipient_is_asker",
        "unknown key 'wenn'; did you mean 'when'?",
    ),
    ("referral.yaml", "category: clear", "category: cleer", "unknown transform 'cleer'; did you mean 'clear'?"),
    ("referral.yaml", "category: clear", "category: category", "a category names its map"),
    (
        "referral.yaml",
        "category: clear",
        "category: {category: handling}",
        "unknown category 'handling'; did you mean 'handling_for_all'?",
    ),
    (
        "referral.yaml",
        "include: [head, sender, child_named",
        "include: [head, heads, child_named",
        "unknown field set 'heads'; did you mean 'head'?",
    ),
    ("referral.yaml", "concern_seen: clear", "category: clear", "key 'category' stands here twice"),
    (
        "referral.yaml",
        "concern_seen: clear",
        "child.surname: clear",
        "field 'child.surname' is given twice in this permit",
    ),
    (
        "referral.yaml",
        "concern_seen: clear",
        "concern_seen: outward\n      child.uprn: year",
        "'child.uprn' is given twice",
    ),
    (
        "referral.yaml",
        "family_informed: clear",
        "family_informed: outward",
        "'outward' does not fit 'family_informed': it is no text",
    ),
    ("referral.yaml", "concern_seen: clear", "concern_seen: year", "'year' does not fit 'concern_seen': it is no date"),
    (
        "referral.yaml",
        "envelope.markings: clear",
        "envelope.markings: {category: registration_kinds}",
        "it never is DEATH",
    ),
    ("referral.yaml", "$exists: clear", "$exists: token", "'$exists' can only be clear"),
    (
        "referral.yaml",
        "never_stopped: true",
        "when: open_plan",
        "a referral to social care must say 'never_stopped: true'",
    ),
    (
        "referral.yaml",
        "never_stopped: true",
        "never_stopped: true\n    when: open_plan",
        "what is never stopped has no 'when'",
    ),
    ("referral.yaml", "never_stopped: true", "never_stopped: yes", "'true' or 'false' is expected here"),
    (
        "encompass.yaml",
        "when: open_involvement",
        "never_stopped: true",
        "'never_stopped' is for a referral on its way to social care",
    ),
    ("encompass.yaml", "hold_until: identity_settled", "hold_until: adoption", "a seal guard cannot open anything"),
    ("encompass.yaml", "to: [school, further_education]", "to: []", "nobody receives it"),
    (
        "encompass.yaml",
        "to: [school, further_education]",
        "to: {school: yes}",
        "one word or line of text is expected here",
    ),
    ("encompass.yaml", "to: [settings]", "to: [setings]", "unknown recipient 'setings'; did you mean 'settings'?"),
    (
        "vocabulary.yaml",
        "  settings:          [",
        "  school:            [",
        "'school' is a recipient; a group needs another name",
    ),
    ("seals.yaml", "except_to: [adoption_team]", "except_to: [adoption_teams]", "unknown recipient 'adoption_teams'"),
    (
        "encompass.yaml",
        "parties: [schools, ",
        "parties: [",
        "'school' belongs to schools, which is not among the parties above",
    ),
    ("encompass.yaml", "review_by: 2027-03-31", "review_by: 31/03/2027", "a date is written YYYY-MM-DD"),
    ("encompass.yaml", "dpia: DPIA-002\n", "", "'dpia' is missing"),
    ("encompass.yaml", "    purpose: encompass-notice\n", "", "'purpose' is missing"),
    (
        "encompass.yaml",
        "      $exists: clear\n",
        "",
        "no permit gives '$exists' of police.da_incident.notified to school",
    ),
    (
        "encompass.yaml",
        "- id: school-notice",
        "- id: health-notice",
        "permit 'encompass/health-notice' is used already, at encompass.yaml:",
    ),
    ("encompass.yaml", "- id: school-notice", "- id: School notice", "a name is lower-case letters and digits"),
    ("encompass.yaml", "agreement: encompass", "agreement: coordination", "agreement 'coordination' is used already"),
    (
        "vocabulary.yaml",
        '    statute: "Education Act 1996 ss436A, 437;',
        '    statut: "Education Act 1996 ss436A, 437;',
        "'statute' is missing",
    ),
    ("vocabulary.yaml", "  night_duty:", "  day_duty:", "guard 'night_duty' is not explained here"),
    ("vocabulary.yaml", "polarity: seal", "polarity: seals", "unknown polarity 'seals'; did you mean 'seal'?"),
    (
        "vocabulary.yaml",
        "    DEATH: DEATH",
        "    DEATH: NHS_NUMBERS",
        "'NHS_NUMBERS' must be listed in 'registration_kinds' and map to itself",
    ),
    ("vocabulary.yaml", "agency: police}", "agency: polis}", "unknown agency 'polis'; did you mean 'police'?"),
    ("seals.yaml", "closes: [C, C2, D]", "closes: [C]", "class C can be told from C2, D: close that too"),
    ("seals.yaml", "closes: [C, C2, D]", "closes: [D]", "class D can be told from C2: close that too"),
    ("seals.yaml", "closes: [E, C, C2, D]", "closes: [E, C2]", "class E can be told from C, D: close that too"),
    ("seals.yaml", "marker: silent", "marker: sealed", "a seal is silent"),
    (
        "seals.yaml",
        "when: address_sealed",
        "when: address_seald",
        "unknown guard 'address_seald'; did you mean 'address_sealed'?",
    ),
    ("seals.yaml", "when: address_sealed", "when: open_plan", "'open_plan': a permit guard cannot seal"),
    ("seals.yaml", "do: withhold", "do: clear", "this seal closes nothing"),
    (
        "seals.yaml",
        "    absolute: true",
        "    absolute: true\n    except: [{to: [gp]}]",
        "an absolute seal has no exception",
    ),
    ("seals.yaml", "id: s-flag", "id: address", "seal 'seals/address' is used already"),
    ("invariants.yaml", "    classes: [H]\n", "", "'classes' or 'fields' must say what is never released"),
    ("invariants.yaml", "classes: [H]", "classes: [HH]", "unknown class 'HH'"),
    (
        "invariants.yaml",
        "fields: [envelope.event_id,",
        "fields: [envelope.event_ids,",
        "unknown field 'envelope.event_ids'; did you mean 'envelope.event_id'?",
    ),
    ("invariants.yaml", "never:\n", "nevr:\n", "unknown key 'nevr'; did you mean 'never'?"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"), FAULTY, ids=[f"{n}-{row[0]}" for n, row in enumerate(FAULTY)]
)
def test_a_fault_is_shown_with_file_line_and_the_nearest_right_word(name, old, new, expected):
    found = faults_of(changed(name, old, new))
    hits = [line for line in found if expected in line]
    assert hits, f"no message says {expected!r}:\n" + "\n".join(found)
    assert all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit() for line in found)


def test_the_place_is_that_of_the_word():
    (fault,) = faults_of(changed("referral.yaml", "      concern_seen: clear", "      concern_sean: clear"))
    assert fault.startswith(place_of("referral.yaml", "concern_seen: clear") + ":7: ")


def test_the_place_inside_a_condition_is_that_of_the_guard():
    texts = changed("encompass.yaml", "when: stands_in or open_involvement", "when: stands_in or open_involvment")
    (fault,) = faults_of(texts)
    assert fault.startswith(place_of("encompass.yaml", "when: stands_in or open_involvement") + ":24: ")


def test_two_permits_on_one_cell_are_refused_and_name_each_other():
    texts = changed(
        "encompass.yaml",
        "to: [health_visitor, school_nurse, maternity]",
        "to: [health_visitor, school_nurse, maternity, allocated_team]",
    )
    found = faults_of(texts)
    assert any("is ruled already by encompass/allocated-team-notice, at encompass.yaml:" in line for line in found)


def test_a_band_needs_the_day_from_which_it_is_counted():
    old = "    include: [head, child_named]\n    fields:\n      $exists: clear\n      result: clear"
    new = "    fields:\n      $exists: clear\n      child.birth_date: age_band\n      result: clear"
    assert any("needs 'envelope.occurred_at: clear'" in f for f in faults_of(changed("coordination.yaml", old, new)))


def test_all_faults_of_all_files_are_reported_at_once():
    texts = {
        **changed("referral.yaml", "concern_seen: clear", "concern_sean: clear"),
        "seals.yaml": TEXTS["seals.yaml"].replace("closes: [C, C2, D]", "closes: [C]", 1),
        "encompass.yaml": TEXTS["encompass.yaml"].replace("event: police.missing.changed", "event: police.missing", 1),
    }
    files = [line.split(":")[0] for line in faults_of(texts)]
    assert files == ["encompass.yaml", "referral.yaml", "seals.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("parties: [schools,", "parties: &all [schools,", "anchors (&name) are not allowed"),
        ("purpose: referral", "purpose: *referral", "aliases (*name) are not allowed"),
        ("dpia: DPIA-001", "dpia: !!str DPIA-001", "tags (!name) are not allowed"),
        ("dpia: DPIA-001", "dpia: !!python/object/apply:os.system [ls]", "tags (!name) are not allowed"),
        (
            "concern_seen: clear",
            "c\u043encern_seen: clear",
            "its letter '\u043e' is CYRILLIC SMALL LETTER O (U+043E), not ASCII and looks like 'o'",
        ),
        ("permits:\n", "---\npermits:\n", "a second document begins here"),
        ("permits:\n", "permits: [\n", "this is not YAML"),
        ("dpia: DPIA-001", "dpia: [[[[[[[[[[[[[[x]]]]]]]]]]]]]]", "nested too deeply"),
        ("dpia: DPIA-001", "dpia: \x07", "this is not YAML"),
        ("dpia: DPIA-001", "? [dpia]\n: DPIA-001", "a key is one word"),
        ("dpia: DPIA-001", "dpia: ''", "this must not be empty"),
    ],
)
def test_yaml_that_hides_something_is_refused(old, new, expected):
    found = faults_of(changed("referral.yaml", old, new))
    assert any(line.startswith("referral.yaml:") and expected in line for line in found), found


def test_a_text_that_is_no_table_is_refused():
    assert any("a table of keys and values" in f for f in faults_of({**TEXTS, "encompass.yaml": "- a\n- b\n"}))
    assert any("a table of keys and values" in f for f in faults_of({**TEXTS, "encompass.yaml": ""}))


def test_a_missing_file_is_named():
    assert faults_of({k: v for k, v in TEXTS.items() if k != "seals.yaml"}) == ["seals.yaml:1:1: this file is missing"]


def test_a_field_without_a_class_stops_the_start():
    classes = {**CLASSES, "police.missing.changed": dict(CLASSES["police.missing.changed"])}
    del classes["police.missing.changed"]["last_seen_area"]
    found = faults_of(TEXTS, classes)
    assert any("field 'last_seen_area' has no class" in line for line in found)


def test_a_schema_field_without_a_known_class_is_named():
    schema = read_schemas()[0]
    document = {**schema.document, "fields": [*schema.document["fields"], {"name": "new", "type": "string"}]}
    with pytest.raises(Misconfigured, match=r"referral\.submitted: new: class \(none\) is not in the vocabulary"):
        field_classes([replace(schema, document=document)])


def test_classes_are_read_through_unions_arrays_and_named_records():
    found = CLASSES["referral.submitted"]
    assert found["envelope.unreadable[].as_written"] is FieldClass.ADDRESSED
    assert found["child.postcode"] is FieldClass.LOCATION
    assert "envelope.unreadable" not in found


def test_the_same_permissions_have_the_same_version_whatever_their_spelling():
    version = load(TEXTS, CLASSES).version
    spelled = {
        **TEXTS,
        "encompass.yaml": "# a comment\n"
        + TEXTS["encompass.yaml"].replace("stands_in or open_involvement", "(stands_in  or open_involvement)"),
    }
    spelled["aaa.yaml"] = spelled.pop("encompass.yaml")
    assert load(spelled, CLASSES).version == version
    assert load(TEXTS, CLASSES).version == version


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("encompass.yaml", "      grade: clear\n", ""),
        ("encompass.yaml", "    when: open_involvement\n", ""),
        ("encompass.yaml", "    hold_until: identity_settled\n", ""),
        ("coordination.yaml", "child.postcode: outward", "child.postcode: clear"),
        ("vocabulary.yaml", "SELF_HARM: OTHER", "SELF_HARM: SELF_HARM"),
        ("vocabulary.yaml", "Domestic Abuse Act 2021 s49A (", "Domestic Abuse Act 2021 s49B ("),
        ("seals.yaml", "when: open_referral", "when: open_plan"),
        ("seals.yaml", "    absolute: true\n", ""),
        ("seals.yaml", "when: address_sealed", "when: address_sealed and s_flag"),
    ],
)
def test_any_change_of_permission_is_another_version(name, old, new):
    assert load(changed(name, old, new), CLASSES).version != load(TEXTS, CLASSES).version
