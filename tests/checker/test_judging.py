"""The judge finds nothing in a clean world, and every planted fault in a spoilt one."""

import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from kafka.record import MemoryRecordsBuilder

from checker import report
from checker.expectations import load
from checker.judging import judge
from checker.model import Category, Counts
from crosswalk.demo import plant
from tests.checker.synthetic_world import NOW_MS, World

Spoilt = Callable[[], World]
REPOSITORY = Path(__file__).resolve().parents[2]


def judged(folder: Path) -> Counts:
    return judge(folder, load(), ask_ledger=False)


def kinds(counts: Counts) -> set[Category]:
    return {fault.category for fault in counts.faults}


def secret(world: World, path: str = "intelligence") -> str:
    for line in (world.folder / "story" / "published.jsonl").read_text().splitlines():
        if path in json.loads(line).get("canaries", {}):
            return str(json.loads(line)["canaries"][path])
    raise AssertionError(path)


def test_a_clean_world_has_no_fault(clean):
    counts = judged(clean)
    assert counts.faults == []
    assert report.status(counts) == 0
    assert counts.published > 60
    assert counts.delivered > 100
    assert counts.withheld_fields > 200
    assert (counts.refused, counts.dead_letters, counts.kills) == (5, 1, 3)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("drop", Category.LOST),
        ("duplicate", Category.SEEN_TWICE),
        ("swap", Category.ORDER),
        ("wrong-child", Category.LEAK),
    ],
)
def test_what_is_planted_in_folders_is_found(spoilt: Spoilt, name, category):
    world = spoilt()
    plant.plant_fault(name, world.folder, "")
    counts = judged(world.folder)
    assert category in kinds(counts)
    assert report.status(counts) == 1


def test_wrong_child_is_found_even_where_both_children_go_to_the_same_place(spoilt: Spoilt):
    world = spoilt()
    plant.plant_fault("wrong-child", world.folder, "")
    assert any("is not what was published" in fault.what for fault in judged(world.folder).faults)


def test_a_canary_in_a_header_is_found(spoilt: Spoilt):
    world = spoilt()
    world.topics.add("out.x.oakfield-primary", b"{}", headers=[("ce_subject", secret(world).encode())])
    world.topics.flush()
    assert kinds(judged(world.folder)) == {Category.LEAK}


def test_a_canary_in_a_dead_letter_is_found(spoilt: Spoilt):
    world = spoilt()
    world.topics.add("dead-letter", json.dumps({"code": "X", "reason": secret(world)}).encode())
    world.topics.flush()
    assert Category.LEAK in kinds(judged(world.folder))


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode(),
        lambda text: text.upper().encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode().hex().encode(),
        lambda text: b"x" + text.encode().hex().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"1" + text.encode()),
        lambda text: base64.b64encode(b"12" + text.encode()),
        lambda text: b"Zm" + base64.urlsafe_b64encode(text.encode()),
        lambda text: "".join(f"%{ord(c):02x}" for c in text).encode(),
        lambda text: "".join(f"\\u00{ord(c):02x}" for c in text).encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: base64.b64encode(gzip.compress(text.encode())),
        lambda text: b"ab12" + text.encode() + b"cd34",
    ],
    ids=["plain", "upper", "utf16", "utf16be", "hex", "hexodd", "b64a", "b64b", "b64c", "b64d", "percent", "unicode",
         "gzip", "b64gzip", "amid"],
)  # fmt: skip
def test_a_canary_at_rest_is_found_however_it_is_written(spoilt: Spoilt, written):
    world, place = spoilt(), "broker/ledger.db-wal"
    path = world.folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"begin " + written(secret(world)) + b" end")
    faults = judged(world.folder).faults
    assert [(fault.category, fault.place) for fault in faults] == [(Category.LEAK, place)]


@pytest.mark.parametrize(
    "path", ["child.surname", "child.postcode", "child.nhs_number", "child.upn", "child.telephone"]
)
def test_names_places_and_numbers_are_canaries_too(spoilt: Spoilt, path):
    world = spoilt()
    (world.folder / "logs" / "console.log").write_text(f"at {secret(world, path)}.")
    assert Category.LEAK in kinds(judged(world.folder))


@pytest.mark.parametrize("reference", ["a.kept", "c.others", "setup.roll"])
def test_what_may_be_nowhere_is_found_in_its_own_in_topic(spoilt: Spoilt, reference):
    world = spoilt()
    for line in (world.folder / "story" / "published.jsonl").read_text().splitlines():
        one = json.loads(line)
        if one.get("reference") == reference:
            token = next(iter(one["canaries"].values()))
            world.topics.add(f"in.x.{one['organisation']}", f"facts {token}".encode())
    world.topics.flush()
    assert kinds(judged(world.folder)) == {Category.LEAK}


def test_a_sealed_postcode_in_an_out_topic_is_a_leak_only_after_the_seal(spoilt: Spoilt):
    world = spoilt()
    lines = [json.loads(line) for line in (world.folder / "story" / "published.jsonl").read_text().splitlines()]
    postcode = next(one for one in lines if one.get("reference") == "b.notice.wren")["fields"]["child.postcode"]
    sealed_at = json.loads((world.folder / "story" / "marks.jsonl").read_text())["at_ms"]
    world.topics.add("out.x.easthaven-community", postcode.encode(), at=sealed_at - 1)
    world.topics.flush()
    assert judged(world.folder).faults == []
    world.topics.add("out.x.easthaven-community", postcode.encode(), at=sealed_at + 1)
    world.topics.flush()
    assert kinds(judged(world.folder)) == {Category.LEAK}


def test_a_sealed_postcode_in_a_delivered_file_is_a_leak(spoilt: Spoilt):
    world = spoilt()
    for path in (world.folder / "agencies" / "easthaven-community" / "delivered").glob("*.json"):
        body = json.loads(path.read_text())
        if body["event_type"] == "police.da_incident.notified":
            body["child"]["postcode"] = secret(world, "child.postcode")
            path.write_text(json.dumps(body))
    assert Category.LEAK in kinds(judged(world.folder))


def test_the_emergency_duty_team_must_see_where_a_sealed_child_with_an_open_referral_is(spoilt: Spoilt):
    world = spoilt()
    hidden = 0
    for path in (world.folder / "agencies" / "easthaven-social-care" / "delivered").glob("*.json"):
        body = json.loads(path.read_text())
        if body["event_type"] == "police.missing.changed" and hidden == 0:
            del body["child"]["address_line"]
            path.write_text(json.dumps(body))
            hidden = 1
    assert kinds(judged(world.folder)) == {Category.LOST}


def test_an_event_at_somebody_who_is_no_recipient_is_a_leak(spoilt: Spoilt):
    world = spoilt()
    attended = next(
        json.loads(path.read_text())
        for path in sorted((world.folder / "agencies" / "mill-lane-surgery" / "delivered").glob("*.json"))
        if json.loads(path.read_text())["event_type"] == "health.unscheduled.attended"
    )
    path = world.folder / "agencies" / "oakfield-primary" / "delivered" / "00.json"
    path.write_text(json.dumps(attended))
    said = {fault.what for fault in judged(world.folder).faults if fault.category is Category.LEAK}
    assert "not a recipient of this event" in said
    assert "no school may hold reason_class" in said


def test_an_escalation_that_nobody_foresaw_is_a_fault_and_so_is_a_missing_one(spoilt: Spoilt):
    world = spoilt()
    for path in (world.folder / "agencies" / "harbour-academy" / "delivered").glob("*.json"):
        body = json.loads(path.read_text())
        if body["event_type"] == "broker.escalation.changed":
            path.write_text(json.dumps({**body, "stage": 3}))
    assert kinds(judged(world.folder)) == {Category.LOST, Category.LEAK}


def test_a_kill_that_struck_nothing_makes_the_run_invalid(spoilt: Spoilt):
    world = spoilt()
    path = world.folder / "story" / "faults.jsonl"
    path.write_text(
        path.read_text().replace('"worker-2", "in_flight": {"backlog": 9', '"worker-2", "in_flight": {"backlog": 0')
    )
    counts = judged(world.folder)
    assert kinds(counts) == {Category.INVALID}
    assert report.status(counts) == 1


@pytest.mark.parametrize("missing", ["story/faults.jsonl", "story/published.jsonl", "kafka"])
def test_a_world_of_which_a_part_is_missing_is_invalid(spoilt: Spoilt, missing):
    world = spoilt()
    path = world.folder / missing
    path.rename(world.folder / "story" / "elsewhere")
    assert Category.INVALID in kinds(judged(world.folder))


def test_a_run_that_ended_before_the_seal_is_invalid_and_judged_without_it(spoilt: Spoilt):
    world = spoilt()
    (world.folder / "story" / "marks.jsonl").unlink()
    faults = judged(world.folder).faults
    assert {fault.category for fault in faults} == {Category.INVALID, Category.LOST}
    assert not [fault for fault in faults if fault.category is Category.LOST and "is due" not in fault.what]


def test_segments_in_which_nothing_can_be_found_make_the_run_invalid(spoilt: Spoilt):
    """Compressed segments, say: the search would be blind, and its silence no proof."""
    world = spoilt()
    for path in (world.folder / "kafka" / "data").glob("in.*/*.log"):
        path.write_bytes(gzip.compress(path.read_bytes())[::-1])
    assert kinds(judged(world.folder)) == {Category.INVALID}


@pytest.mark.parametrize("topic", ["out.x.oakfield-primary", "in.x.oakfield-primary"])
def test_compressed_batches_make_the_run_invalid_for_what_they_hold_cannot_be_searched(spoilt: Spoilt, topic):
    world = spoilt()
    builder = MemoryRecordsBuilder(magic=2, compression_type=1, batch_size=1 << 20)
    builder.append(timestamp=NOW_MS, key=b"k", value=b"{}", headers=[])
    builder.append(timestamp=NOW_MS, key=b"k", value=b"{}" * 200, headers=[])
    builder.close()
    path = world.folder / "kafka" / "data" / f"{topic}-0" / "00000000000000000000.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(builder.buffer())
    assert kinds(judged(world.folder)) == {Category.INVALID}


@pytest.mark.parametrize("place", ["logs/{}.log", "broker/{}/note", "agencies/oakfield-primary/delivered/{}.tmp",
                                   "kafka/data/out.{}-0/partition.metadata"])  # fmt: skip
def test_a_canary_in_the_name_of_a_file_a_folder_or_a_topic_is_found(spoilt: Spoilt, place):
    world = spoilt()
    path = world.folder / place.format(secret(world, "child.surname"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    counts = judged(world.folder)
    assert kinds(counts) == {Category.LEAK}
    assert not any(secret(world, "child.surname") in fault.place for fault in counts.faults)


def test_a_record_for_which_nothing_is_written_down_is_invalid(spoilt: Spoilt):
    world = spoilt()
    path = world.folder / "story" / "published.jsonl"
    path.write_text(path.read_text().replace('"b.notice.wren"', '"b.unforeseen"'))
    assert Category.INVALID in kinds(judged(world.folder))


def test_a_refusal_or_dead_letter_that_is_not_visible_is_a_loss(spoilt: Spoilt):
    world = spoilt()
    for path in world.folder.glob("agencies/easthaven-hospital/drop/refused/*.jsonl"):
        path.unlink()
    (world.folder / "kafka" / "data" / "dead-letter-0" / "00000000000000000000.log").write_bytes(b"")
    lost = [fault.reference for fault in judged(world.folder).faults if fault.category is Category.LOST]
    assert lost == ["e.hl7.1", "e.hl7.2", "e.schema"]


def test_a_checkpoint_that_is_not_the_root_of_the_leaves_does_not_verify(spoilt: Spoilt):
    world = spoilt()
    note = f"crosswalk\n10\n{base64.b64encode(bytes(32)).decode()}\n\n— crosswalk AAAA\n"
    world.topics.add("checkpoints", note.encode())
    world.topics.flush()
    counts = judged(world.folder)
    assert kinds(counts) == {Category.LEDGER}
    assert not counts.ledger_verified


def test_a_checkpoint_that_contradicts_another_does_not_verify(spoilt: Spoilt):
    world = spoilt()
    note = f"crosswalk\n9\n{base64.b64encode(bytes(32)).decode()}\n\n— crosswalk AAAA\n"
    world.topics.add("checkpoints", note.encode(), at=NOW_MS)
    world.topics.flush()
    assert kinds(judged(world.folder)) == {Category.LEDGER}


def test_a_fault_never_shows_a_value(spoilt: Spoilt):
    world = spoilt()
    (world.folder / "logs" / "worker-2.log").write_text(secret(world))
    plant.plant_fault("wrong-child", world.folder, "")
    counts = judged(world.folder)
    truth = (world.folder / "story" / "published.jsonl").read_text().splitlines()
    tokens = {token for line in truth for token in json.loads(line).get("canaries", {}).values()}
    words = "\n".join(report.as_words(counts, 1.0)) + report.as_json(counts, 1.0)
    assert not [token for token in tokens if token in words]


def test_as_a_process_of_its_own_it_ends_in_one_line_of_json(clean):
    command = [sys.executable, "-m", "checker", str(clean), "--json", "--no-ledger-command"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, timeout=120, check=False)
    said = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 0
    assert list(said) == [
        "published", "delivered", "withheld_fields", "refused", "dead_letters", "escalations", "lost", "seen_twice",
        "leaks", "order", "ledger_verified", "kills", "seconds",
    ]  # fmt: skip


def test_without_the_products_own_word_the_ledger_is_not_verified(clean):
    counts = judge(clean, load())
    assert kinds(counts) == {Category.LEDGER}


def test_it_shares_no_code_with_the_rooms_that_it_judges(clean):
    listed = (
        "import sys, checker.__main__; print([n for n in sys.modules if n.split('.')[0] in ('crosswalk', 'sharing')])"
    )
    done = subprocess.run([sys.executable, "-c", listed], cwd=REPOSITORY, capture_output=True, timeout=60, check=True)
    assert done.stdout.strip() == b"[]"
