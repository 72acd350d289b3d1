"""`crosswalk scrub`: a text is read by who is cleared; to everybody else the words are always the same."""

import json
import re
from pathlib import Path

import pytest
import typer

from crosswalk.disclosures.cli import disclosures_app
from crosswalk.scrub_cli import scrub_app
from crosswalk.why.cli import why
from sharing.errors import Misconfigured
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import GP, POLICE, Corridor
from tests.streams.scrub_kit import GRAZE, PPN, SECRETS, notices, texts, told
from tests.streams.test_seal_laws import involve, seal

WHY = typer.Typer()
WHY.command()(why)
BY = ("--by", "force_duty", "--why")


def world(folder: Path, *, sealed: bool = False, texts_wait: bool = True) -> Corridor:
    folder.mkdir()
    corridor = Corridor(folder)
    involve(corridor, GP, "practice_lead")
    if sealed:
        corridor.send(POLICE, seal(corridor))
    told(corridor, **({"key": "the same"} if texts_wait else {"key": "the same", "child_injury": None}))
    return corridor


@pytest.fixture
def waiting(tmp_path):
    made = world(tmp_path / "waiting")
    yield made
    made.close()


def clearance(corridor: Corridor) -> tuple[str, str]:
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(WHY, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    return "--clearance-file", str(file)


def cleared(corridor: Corridor, *arguments: str):
    return run(scrub_app, corridor, *arguments, *clearance(corridor))


def seen(corridor: Corridor, number: int = 1) -> str:
    found = re.search(r"--seen ([0-9a-f]+)", cleared(corridor, "show", str(number)).stdout)
    assert found
    return found[1]


EVERY = (
    ("ls",), ("ls", "--json"), ("show", "1"), ("show", "99"), ("withhold", "1", *BY, "OTHER"),
    ("release", "1", *BY, "OTHER", "--seen", "ab"),
)  # fmt: skip


def test_without_clearance_every_answer_is_the_same_bytes_whatever_waits_and_whatever_is_sealed(tmp_path, waiting):
    others = [world(tmp_path / "sealed", sealed=True), world(tmp_path / "none", texts_wait=False)]
    for arguments in EVERY:
        first, *rest = (run(scrub_app, corridor, *arguments) for corridor in (waiting, *others))
        assert {done.output for done in rest} == {first.output}
        assert {done.exit_code for done in (first, *rest)} == {1}
    assert "1 text waits" in cleared(waiting, "ls").stdout, "nothing was let go or kept without clearance"
    for corridor in others:
        corridor.close()


def test_how_many_wait_is_the_same_bytes_with_and_without_a_seal(tmp_path, waiting):
    other = world(tmp_path / "sealed", sealed=True)
    for arguments in (("status",), ("status", "--json")):
        first, second = (run(scrub_app, corridor, *arguments) for corridor in (waiting, other))
        assert first.output == second.output
        assert first.exit_code == second.exit_code == 0
    assert "1 text waits, the oldest since" in run(scrub_app, waiting, "status").output
    other.close()


def test_a_text_that_a_late_seal_took_back_is_not_counted_anew(tmp_path, waiting):
    other = world(tmp_path / "sealed")
    for corridor in (waiting, other):
        assert cleared(corridor, "release", "1", *BY, "OTHER", "--seen", seen(corridor)).exit_code == 0
        corridor.flow()
    other.send(POLICE, seal(other))
    other.flow()
    assert "1 text waits" in cleared(other, "ls").stdout
    assert run(scrub_app, other, "status").output == run(scrub_app, waiting, "status").output
    other.close()


def test_who_is_cleared_reads_what_is_left_and_what_kinds_of_thing_were_taken_out(waiting):
    shown = cleared(waiting, "show", "1").stdout
    assert GRAZE in shown
    assert "Owner force_duty of easthaven-police" in shown
    assert "Taken out: " in shown
    assert "name" in shown
    assert not [s for s in SECRETS if s in shown]


def test_list_show_and_release_speak_json(waiting):
    (listed,) = json.loads(cleared(waiting, "ls", "--json").stdout.splitlines()[-1])
    assert (listed["field"], listed["organisation"], listed["exchange"]) == (
        "child_injury", GP, notices(waiting)[0].exchange,
    )  # fmt: skip
    shown = json.loads(cleared(waiting, "show", "1", "--json").stdout.splitlines()[-1])
    assert GRAZE in shown["left"]
    done = cleared(waiting, "release", "1", *BY, "NEEDED_FOR_CARE", "--seen", shown["seen"])
    assert "on its way, as exchange " in done.stdout
    waiting.flow()
    assert texts(waiting) == [shown["left"]]
    assert "No text waits." in cleared(waiting, "ls").stdout
    assert "No text waits." in run(scrub_app, waiting, "status").output


def test_an_edited_copy_goes_and_only_if_words_were_taken_away(waiting, tmp_path):
    file = tmp_path / "edited.txt"
    word = seen(waiting)
    for wrong in ("A different story altogether.", "graze knee left"):
        file.write_text(wrong)
        done = cleared(waiting, "release", "1", *BY, "OTHER", "--seen", word, "--text", str(file))
        assert done.exit_code == 1
        assert "words taken away" in done.output
        assert wrong not in done.output
    file.write_text("graze on the left knee.\n")
    assert cleared(waiting, "release", "1", *BY, "OTHER", "--seen", word, "--text", str(file)).exit_code == 0
    waiting.flow()
    assert texts(waiting) == ["graze on the left knee."]


def test_a_wrong_word_of_having_seen_it_is_refused(waiting):
    done = cleared(waiting, "release", "1", *BY, "OTHER", "--seen", "abcdef")
    assert (done.exit_code, "show it again" in done.output) == (1, True)


def test_it_is_kept_once(waiting):
    assert "kept" in cleared(waiting, "withhold", "1", *BY, "NAMES_OTHERS").stdout
    again = cleared(waiting, "withhold", "1", *BY, "NAMES_OTHERS")
    assert (again.exit_code, "it was withheld" in again.output) == (1, True)
    waiting.flow()
    assert texts(waiting) == []


def explained(corridor: Corridor, exchange: str) -> str:
    return run(WHY, corridor, exchange, "child_injury", *clearance(corridor)).stdout


def test_why_tells_who_must_read_it_by_when_and_what_came_of_it(waiting):
    first = notices(waiting)[0].exchange
    told_first = explained(waiting, first)
    assert (
        "waits for a person to read it (owner force_duty of easthaven-police, by Mon 23 Nov 2026 10:05)" in told_first
    )
    assert "withheld   review (police/injury-seen-by-officers)" in told_first
    cleared(waiting, "release", "1", *BY, "NEEDED_FOR_CARE", "--seen", seen(waiting))
    waiting.flow()
    assert "a person let it go, in an exchange of its own" in explained(waiting, first)
    assert "as scrub   reviewed (police/injury-seen-by-officers)" in explained(waiting, notices(waiting)[1].exchange)


def test_the_account_of_disclosures_counts_the_text_only_where_it_went(waiting):
    def told_of() -> list[bool]:
        about = notices(waiting)[0].exchange
        done = run(disclosures_app, waiting, "child", about, "--as", "json", *clearance(waiting))
        assert done.exit_code == 0, done.output
        found = json.loads(done.stdout.splitlines()[-1])
        mine = [one for one in found if (one["event_type"], one["to"]["organisation"]) == (PPN, GP)]
        return ["child_injury" in json.dumps(one["fields"]) for one in mine]

    assert told_of() == [False]
    cleared(waiting, "release", "1", *BY, "NEEDED_FOR_CARE", "--seen", seen(waiting))
    waiting.flow()
    assert told_of() == [False, True]


@pytest.mark.parametrize(
    "arguments",
    [
        ("release", "1", *BY, "because", "--seen", "ab"),
        ("withhold", "1", "--by", "Jane Doe", "--why", "OTHER"),
        ("withhold", "1", *BY, "NEEDED_FOR_CARE"),
    ],
)
def test_a_wrong_argument_is_named_with_its_fix(waiting, arguments):
    done = cleared(waiting, *arguments)
    assert isinstance(done.exception, Misconfigured)
    assert "expected" in str(done.exception)


def test_a_file_that_is_not_there_is_named_by_its_option_alone(waiting, tmp_path):
    done = cleared(waiting, "release", "1", *BY, "OTHER", "--seen", "ab", "--text", str(tmp_path / "rosa.txt"))
    assert isinstance(done.exception, Misconfigured)
    assert "--text" in str(done.exception)
    assert "rosa" not in str(done.exception)


def test_no_log_line_holds_a_word_of_it(waiting, capfd):
    cleared(waiting, "release", "1", *BY, "NEEDED_FOR_CARE", "--seen", seen(waiting))
    waiting.flow()
    said = "".join(capfd.readouterr())
    assert not [s for s in (*SECRETS, "graze", "knee") if s in said]
