"""The officer's page: every command that it shows runs, and prints what the page says."""

import re
from pathlib import Path

from tests.crosswalk.broker_kit import environment
from tests.crosswalk.test_access import a_life
from tests.docs.pages import ROOT
from tests.docs.running import blocks, check, project_like
from tests.docs.test_readme import commands
from tests.streams.corridor import GP, Corridor
from tests.streams.scrub_kit import told
from tests.streams.test_late_laws import held
from tests.streams.test_seal_laws import involve

PAGE = ROOT / "docs" / "dpo.md"


def test_what_the_page_shows_runs_and_prints_what_it_says(tmp_path: Path) -> None:
    place = project_like(tmp_path)
    steps = blocks(PAGE, "sh run")
    assert len(steps) >= 5
    for block in steps:
        check(PAGE, block, place)


def test_reading_a_text_runs_on_a_broker_where_one_waits(tmp_path: Path) -> None:
    place = project_like(tmp_path)
    (place / "my-broker").mkdir()
    corridor = Corridor(place / "my-broker")
    environment(corridor)
    involve(corridor, GP, "practice_lead")
    told(corridor)
    corridor.close()
    steps = blocks(PAGE, "sh run waiting")
    assert len(steps) == 2
    for block in steps:
        check(PAGE, block, place)


def test_what_came_too_late_runs_on_a_broker_where_something_waits(tmp_path: Path) -> None:
    place = project_like(tmp_path)
    (place / "my-broker").mkdir()
    corridor = Corridor(place / "my-broker")
    environment(corridor)
    held(corridor)
    corridor.close()
    (block,) = blocks(PAGE, "sh run late")
    check(PAGE, block, place)


def test_a_request_for_access_and_the_verifying_of_the_record_run_on_a_broker_that_knows_a_child(
    tmp_path: Path,
) -> None:
    place = project_like(tmp_path)
    (place / "my-broker").mkdir()
    corridor = Corridor(place / "my-broker")
    environment(corridor)
    (place / "event.txt").write_text(a_life(corridor).envelope.event_id)
    (request,), steps = blocks(PAGE, "sh run request"), blocks(PAGE, "sh run given")
    check(PAGE, request, place)
    corridor.number()  # what was sworn to is under a checkpoint before it is given
    corridor.close()
    assert len(steps) == 2
    for block in steps:
        check(PAGE, block, place)


def test_every_command_that_the_page_names_exists() -> None:
    known = commands()
    groups = {name.split()[0] for name in known if " " in name}
    for words in re.findall(r"crosswalk ([a-z-]+(?: [a-z-]+)?)", PAGE.read_text(encoding="utf-8")):
        name, _, inner = re.sub(r"\s+", " ", words).strip().partition(" ")
        assert name in known, f"there is no command crosswalk {words}"
        assert not inner or name not in groups or f"{name} {inner}" in known, f"there is no command crosswalk {words}"
