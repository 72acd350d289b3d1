"""`crosswalk agreements`: what a data protection officer asks of a set, and is answered in words or JSON."""

import json
import subprocess
import sys
from hashlib import sha256

import pytest

from crosswalk.agreements.common import read_set
from sharing.errors import Misconfigured
from sharing.policy.canonical import canonical
from sharing.policy.difference import difference
from tests.crosswalk.agreements_kit import EXTRA, answer, run, written

TODAY = ("--on", "2026-11-27")


def test_check_tells_what_the_set_holds_and_its_version():
    done = run("check", *TODAY)
    assert (done.exit_code, "The set can be read" in done.stdout) == (0, True)
    assert answer("check", *TODAY)["version"] in done.stdout


def test_check_tells_every_fault_at_once_each_with_its_place(tmp_path):
    faulty = EXTRA.replace("child.surname: clear", "child.surnam: clear").replace(
        "to: [health_visitor]", "to: [health_visiter]"
    )
    folder = written(tmp_path, extra=faulty)
    done = run("check", "--agreements", str(folder), *TODAY)
    assert done.exit_code == 2
    assert "did you mean 'child.surname'?" in done.stderr
    assert "extra.yaml:10:10: unknown recipient 'health_visiter'" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("2 faults")
    told = answer("check", "--agreements", str(folder), *TODAY, status=2)
    assert told["readable"] is False
    assert len(told["faults"]) == 2


def test_a_folder_without_agreements_is_told_so(tmp_path):
    done = run("check", "--agreements", str(tmp_path), *TODAY)
    assert (done.exit_code, "no agreements here" in done.stderr) == (2, True)
    with pytest.raises(Misconfigured, match="no agreements here"):
        run("matrix", "--agreements", str(tmp_path))


def test_the_matrix_shows_one_recipient_alone_if_asked():
    shown = run("matrix", "--to", "school", "--event", "police.da_incident.notified").stdout
    assert "school: police.da_incident.notified" in shown
    assert "encompass/school-notice" in shown
    assert "early_years" not in shown


def test_an_unknown_recipient_is_told_the_nearest():
    with pytest.raises(Misconfigured, match="unknown kind of recipient 'scool'; did you mean 'school'"):
        run("matrix", "--to", "scool")


def test_the_matrix_as_json_is_canonical_and_the_same_each_time():
    once, again = (run("matrix", "--json").stdout for _ in range(2))
    assert once == again
    assert once == json.dumps(json.loads(once), sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def test_an_agreement_past_its_review_is_told_on_the_day_after():
    assert run("check", "--on", "2027-03-31").exit_code == 0
    lapsed = run("check", "--on", "2027-04-01")
    assert lapsed.exit_code == 2
    assert "was to be reviewed by 2027-03-31 and today is 2027-04-01: review it" in lapsed.stderr
    with pytest.raises(Misconfigured, match="--on: 'soon' is no day"):
        run("check", "--on", "soon")


def test_the_bytes_that_are_hashed_and_the_page_that_is_read_can_be_had():
    version = answer("check", *TODAY)["version"]
    assert sha256(run("matrix", "--exact").stdout.encode()).hexdigest() == version
    page = run("matrix", "--page").stdout
    assert page.startswith("# Who receives what, why and when\n")
    assert sha256(page.encode()).hexdigest() in run("matrix", "--to", "requester").stdout.splitlines()[0]


def test_prove_holds_for_the_shipped_set_and_says_how_much_was_looked_at():
    done = run("prove")
    assert done.exit_code == 0
    told = answer("prove")
    assert told["holds"] is True
    assert f"{told['situations']:,} situations" in done.stdout
    assert told["rules"] > 30


def test_prove_shows_a_broken_rule_with_a_situation_in_plain_words(tmp_path):
    folder = str(written(tmp_path, extra=EXTRA))
    done = run("prove", "--agreements", folder)
    assert done.exit_code == 1
    assert "child.address_line of police.missing.changed reaches health_visitor, for example when" in done.stdout
    assert "open_involvement: yes (The recipient" in done.stdout
    assert "DOES NOT HOLD" in done.stdout
    told = answer("prove", "--agreements", folder, status=1)
    assert {(one["field"], one["to"]) for one in told["broken"]} >= {("child.address_line", "health_visitor")}


def test_diff_tells_what_would_newly_go_the_worst_first(tmp_path):
    folder = str(written(tmp_path, extra=EXTRA))
    done = run("diff", folder)
    assert done.exit_code == 1
    fields = [
        line.split()[0] for line in done.stdout.splitlines() if "police.missing.changed to health_visitor" in line
    ]
    assert fields.index("$exists") < fields.index("child.address_line") < fields.index("child.surname")
    assert "permit extra/too-much: new" in done.stdout
    told = answer("diff", folder, status=1)
    assert {change["field"] for change in told["newly_disclosed"]} >= {"$exists", "child.surname", "child.address_line"}
    assert {change["purpose"] for change in told["newly_withheld"]} == {""}, "the new purpose is asked first"


def test_a_set_does_not_differ_from_its_copy(tmp_path):
    folder = str(written(tmp_path))
    assert run("diff", folder).exit_code == 0
    assert "say the same" in run("diff", folder, folder).stdout


FACTS = "open_involvement=yes,identity_settled=yes,address_sealed=no,s_flag=no,perpetrator_channel=no"


def test_why_tells_the_rules_the_law_and_the_one_fact_that_would_change_it():
    asked = ("police.missing.changed", "child.postcode", "health_visitor", "--when")
    done = run("why", *asked, FACTS)
    assert done.exit_code == 1
    assert "sealed by seals/adoption" in done.stdout
    assert "Crime and Disorder Act 1998" in done.stdout
    assert "it would be released if adoption were no" in done.stdout
    assert run("why", *asked, f"{FACTS},adoption=no").exit_code == 0


def test_why_says_that_no_permit_names_a_field():
    done = run("why", "police.missing.changed", "last_seen_area", "school")
    assert (done.exit_code, "no permit names this field" in done.stdout) == (1, True)
    assert "no single fact would change it" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("police.missing.change", "action", "school"), "unknown event type .* did you mean 'police.missing.changed'"),
        (("police.missing.changed", "acton", "school"), "unknown field .* did you mean 'action'"),
        (("police.missing.changed", "action", "school", "--when", "adopton=no"), "unknown guard .* 'adoption'"),
        (("police.missing.changed", "action", "school", "--when", "adoption=maybe"), "write adoption=yes"),
    ],
    ids=["event", "field", "guard", "value"],
)
def test_why_tells_what_it_cannot_read(arguments, said):
    with pytest.raises(Misconfigured, match=said):
        run("why", *arguments)


def test_mutate_tells_the_score_and_what_only_a_comparison_shows():
    done = run("mutate", "--limit", "23", "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == (0 if told["enough"] else 1)
    assert told["tried"] == 23
    assert told["shown_by_difference"] + len(told["change_no_outcome"]) == 23
    assert told["killed_by_invariants"] + len(told["survivors"]) == told["widening"]
    said = run("mutate", "--limit", "23").stdout
    assert f"stop {told['killed_by_invariants']} of them: {told['percent_killed']} % (wanted: 70 %)." in said


def test_holes_lists_what_goes_under_a_seal_and_finds_no_gap_in_the_shipped_set():
    done = run("holes")
    assert (done.exit_code, "No gap" in done.stdout) == (0, True)
    told = answer("holes")
    assert told["gaps"] == 0
    assert {hole["family"] for hole in told["holes"]} == {"location", "informant", "third party"}


def test_what_cannot_be_read_ends_with_status_two_and_words_alone(tmp_path):
    """Through the command line's own door, as a person calls it."""
    for asked in (("prove",), ("matrix",), ("holes",), ("mutate", "--limit", "1")):
        called = [sys.executable, "-m", "crosswalk", "agreements", *asked, "--agreements", str(tmp_path)]
        done = subprocess.run(called, capture_output=True, text=True, check=False)
        assert done.returncode == 2, asked
        assert "no agreements here" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_report_of_a_comparison_is_printed_as_the_bytes_that_are_signed(tmp_path):
    folder = written(tmp_path, extra=EXTRA)
    report = difference(read_set(), read_set(folder)).report()
    assert run("diff", str(folder), "--json").stdout == canonical(report).decode() + "\n"


def test_why_says_that_a_scrubbed_text_waits_for_a_person(tmp_path):
    folder = str(written(tmp_path, extra=EXTRA.replace("child.surname: clear", "last_seen_area: scrub")))
    asked = ("police.missing.changed", "last_seen_area", "health_visitor", "--agreements", folder, "--when", FACTS)
    done = run("why", *asked[:-1], f"{FACTS},adoption=no")
    assert (done.exit_code, "waits for a person" in done.stdout) == (1, True), done.output
