"""An outsider with one file finds whatever was changed in an exported ledger; nothing of the product is needed."""

import ast
import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import Keys, Ledger, Statement
from ledger.offline_verifier import main
from sharing.errors import Misconfigured
from sharing.transparency.notes import (
    WITNESS,
    Checkpoint,
    cosign,
    cosignature_line,
    from_note,
    note,
    sign,
    verifier_key,
)
from tests.ledger.exports import (
    KEYS,
    VERIFIER,
    Exported,
    an_event_with,
    approvals,
    decision,
    exported,
    fill,
    said,
)
from tests.ledger.rig import a_subject, carrier, number


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """An export that verifies; tests work on copies of it."""
    root = tmp_path_factory.mktemp("ledger")
    with closing(Ledger.open(f"sqlite:///{root / 'ledger.db'}", KEYS)) as ledger:
        fill(ledger)
        return exported(ledger, root / "export", 1)


@pytest.fixture
def spoilt(sound: Exported, tmp_path: Path) -> Exported:
    return sound.copy(tmp_path / "export")


def test_it_runs_on_any_machine_with_cryptography_alone(sound: Exported):
    status, words = sound.verify()
    assert (status, words.split()[:1]) == (0, ["ok"])
    first, *further = words.split("\n")
    assert further == ["witnessed by harbour-academy up to 14 leaves"]
    counts = dict(word.split("=") for word in first.split()[1:])
    assert counts == {
        "leaves": "15", "checkpoints": "5", "decisions": "3", "events": "5", "statements": "8", "cosignatures": "1",
        "opened": "3", "proofs": "5",
    }  # fmt: skip


def test_it_imports_nothing_but_the_library_and_cryptography():
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"))
    named = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    named += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
    roots = {name.partition(".")[0] for name in named}
    assert roots - sys.stdlib_module_names == {"cryptography"}


def test_an_export_from_either_database_verifies(ledger: Ledger, tmp_path: Path):
    fill(ledger)
    assert said(exported(ledger, tmp_path / "export"))[0] == 0


def test_without_opening_nothing_in_an_export_is_personal(sound: Exported, ledger: Ledger, tmp_path: Path):
    fill(ledger)
    closed = exported(ledger, tmp_path / "export")
    assert not (closed.folder / "opened.jsonl").exists()
    everything = b"".join(path.read_bytes() for path in closed.folder.rglob("*") if path.is_file())
    assert b"content of" not in everything
    assert "Y29udGVudCBvZi" not in everything.decode(), "nor its base64"
    assert (sound.folder / "opened.jsonl").exists()


def test_an_export_is_never_written_over_another(ledger: Ledger, tmp_path: Path):
    fill(ledger)
    exported(ledger, tmp_path / "export")
    with pytest.raises(Misconfigured, match="not empty"):
        exported(ledger, tmp_path / "export")


# ---------------------------------------------------------------- whatever is changed is found


def carriers(change: Callable[[list[dict]], None]) -> Callable[[Exported], None]:
    def spoil(found: Exported) -> None:
        lines = found.lines("carriers.jsonl")
        change(lines)
        found.put("carriers.jsonl", lines)

    return spoil


def rows(lines: list[dict]) -> list[dict]:
    return lines[1]["rows"]


SPOILED = {
    "a leaf is removed": carriers(lambda ls: rows(ls).pop(1)),
    "a carrier is removed": carriers(lambda ls: ls.pop(2)),
    "a leaf is added": carriers(lambda ls: rows(ls).append(json.loads(json.dumps(rows(ls)[0])))),
    "an exchange is removed": carriers(lambda ls: rows(ls)[0]["exchanges"].pop()),
    "two leaves are swapped": carriers(lambda ls: rows(ls).reverse()),
    "two exchanges are swapped": carriers(lambda ls: rows(ls)[0]["exchanges"].reverse()),
    "two carriers are swapped": carriers(lambda ls: ls.insert(1, ls.pop(2))),
    "the end is cut off": carriers(lambda ls: ls.pop()),
    "the end of a carrier is cut off": carriers(lambda ls: ls[-2]["rows"].pop()),
    "a time is changed": carriers(lambda ls: ls[1]["carrier"].update(at=ls[1]["carrier"]["at"] + 1)),
    "a recipient is changed": carriers(lambda ls: rows(ls)[0]["exchanges"][0].update(organisation="westfield")),
    "a commitment is changed": carriers(lambda ls: rows(ls)[0]["event"].update(content="0" * 64)),
    "a statement is changed": carriers(lambda ls: ls[0]["rows"][-1]["statement"].update(body='{"x":1}')),
    "a field is added": carriers(lambda ls: rows(ls)[0]["event"].update(note="x")),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED)
def test_a_removed_added_swapped_or_changed_leaf_is_found(spoilt: Exported, change: Callable[[Exported], None]):
    change(spoilt)
    status, words = said(spoilt)
    assert (status, words.startswith("NOT VERIFIED")) == (1, True), words


@pytest.mark.parametrize("name", ["carriers", "checkpoints", "decisions", "cosignatures", "opened"])
@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_one_flipped_bit_is_found(spoilt: Exported, name: str, at: float):
    path = spoilt.folder / f"{name}.jsonl"
    raw = bytearray(path.read_bytes())
    place = int(len(raw) * at)
    raw[place] ^= 1
    path.write_bytes(bytes(raw))
    assert said(spoilt)[0] == 1


def test_a_file_that_ends_in_the_middle_is_found(spoilt: Exported):
    path = spoilt.folder / "carriers.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert said(spoilt)[0] == 1


def cut_clean(found: Exported) -> dict:
    """Take the end away with everything that speaks of it, as whoever holds the database could; its checkpoint."""
    found.put("carriers.jsonl", found.lines("carriers.jsonl")[:3])
    kept = found.lines("checkpoints.jsonl")
    found.put("checkpoints.jsonl", kept[:3])
    found.put("cosignatures.jsonl", [])
    for path in (found.folder / "proofs").iterdir():
        path.unlink()
    manifest = json.loads((found.folder / "manifest.json").read_text())
    size = int(kept[2]["note"].split("\n")[1])
    text = json.dumps(manifest | {"size": size}, indent=2, sort_keys=True) + "\n"
    (found.folder / "manifest.json").write_text(text)
    return kept[3]


def test_an_end_that_was_cut_off_cleanly_is_found_against_what_was_published(spoilt: Exported, tmp_path: Path):
    gone = cut_clean(spoilt)
    assert said(spoilt)[0] == 0, "alone it agrees with itself: nobody can know"
    published = tmp_path / "published"
    published.write_text(gone["note"], encoding="utf-8")
    status, words = said(spoilt, "--against", str(published))
    assert (status, "ends or differs before" in words) == (1, True)


def forged(found: Exported, keys: Keys, index: int, root: bytes) -> str:
    old = from_note(found.lines("checkpoints.jsonl")[index]["note"], KEYS.public)
    point = Checkpoint(old.origin, old.size, root)
    return note(point, sign(point, keys.signer), keys.public)


def test_a_forked_tree_is_found_though_the_ledger_itself_signed_both(spoilt: Exported, tmp_path: Path):
    other = tmp_path / "other"
    other.write_text(forged(spoilt, KEYS, 2, b"\7" * 32), encoding="utf-8")
    status, words = said(spoilt, "--against", str(other))
    assert (status, "forked" in words) == (1, True)
    lines = spoilt.lines("checkpoints.jsonl")
    spoilt.put("checkpoints.jsonl", [*lines, {"note": other.read_text(encoding="utf-8")}])
    status, words = said(spoilt)
    assert (status, "forked" in words) == (1, True)


def test_a_witness_that_saw_another_tree_is_heard(spoilt: Exported):
    (line,) = spoilt.lines("cosignatures.jsonl")
    size = int(line["note"].split("\n")[1])
    point = Checkpoint(KEYS.origin, size, b"\7" * 32)
    signer = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
    text = f"{point.body().decode()}\n" + cosignature_line(
        f"{KEYS.origin}/harbour-academy", cosign(point, 7, signer), signer.public_key()
    )
    spoilt.put("cosignatures.jsonl", [line | {"note": text}])
    status, words = said(spoilt)
    assert (status, "witness harbour-academy has seen another tree" in words) == (1, True)


def test_a_wrong_signature_is_found(spoilt: Exported):
    lines = spoilt.lines("checkpoints.jsonl")
    root = from_note(lines[1]["note"], KEYS.public).root
    lines[1]["note"] = forged(spoilt, Keys.generate(KEYS.origin), 1, root)
    spoilt.put("checkpoints.jsonl", lines)
    status, words = said(spoilt)
    assert (status, "signature is not this ledger's" in words) == (1, True)


def test_another_ledgers_key_verifies_nothing(sound: Exported):
    other = Keys.generate(KEYS.origin)
    sound = Exported(sound.folder, verifier_key(other.origin, other.public))
    assert said(sound)[0] == 1


def test_a_witness_whose_key_the_ledger_does_not_swear_to_does_not_count(spoilt: Exported):
    (line,) = spoilt.lines("cosignatures.jsonl")
    stranger = Ed25519PrivateKey.from_private_bytes(b"\4" * 32)
    key = verifier_key(f"{KEYS.origin}/harbour-academy", stranger.public_key(), WITNESS)
    spoilt.put("cosignatures.jsonl", [line | {"key": key}])
    assert "does not swear to its key" in said(spoilt)[1]


def test_an_opened_record_that_is_not_the_one_committed_to_is_found(spoilt: Exported):
    lines = spoilt.lines("opened.jsonl")
    lines[0]["content"], lines[1]["content"] = lines[1]["content"], lines[0]["content"]
    spoilt.put("opened.jsonl", lines)
    assert "not the one that was committed to" in said(spoilt)[1]


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_proof_that_was_changed_is_found(spoilt: Exported, line: int):
    path = min((spoilt.folder / "proofs").iterdir())
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[line] = {1: "extra e30=", 2: "index 0", 3: "A" * 43 + "="}[line]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "not in this ledger at this place" in said(spoilt)[1]


# ---------------------------------------------------------------- what was signed and decided


def built(tmp_path: Path, statements: list[Statement], *bodies: bytes) -> Exported:
    """An export of a ledger that was written so from the beginning: leaves, roots and signatures all agree."""
    with closing(Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", KEYS)) as ledger:
        subject = a_subject(ledger)
        events = [an_event_with(i, subject, "oakfield", outcome=body) for i, body in enumerate(bodies)]
        with ledger.transaction() as tx:
            tx.write(carrier(*events, statements=statements))
        number(ledger)
        return exported(ledger, tmp_path / "export")


OPENLY = json.loads(decision(involved=True, sealed=False))["fields"]
WRONG = {
    "a sealed address goes": decision(involved=True, sealed=True, fields=OPENLY),
    "an unknown seal opens": decision(involved=True, sealed=None, fields=OPENLY),
    "words that no permit names go": decision(
        involved=True, sealed=False, fields=[*OPENLY[:3], ["words", "clear", "permitted", "isa/pupil"]]
    ),
    "it goes although nobody is involved": decision(
        involved=True, sealed=False, guards={"open_involvement": False, "address_sealed": False}
    ),
    "a fact is left out": decision(involved=True, sealed=False, guards={"open_involvement": True}),
    "another statute is named": decision(involved=True, sealed=False, statute="another"),
    "a purpose that was not agreed": decision(involved=True, sealed=False, purpose="curiosity"),
    "a field is not listed": decision(involved=True, sealed=False, fields=OPENLY[:3]),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_decision_that_the_signed_agreements_do_not_give_is_found(tmp_path: Path, body: bytes):
    status, words = said(built(tmp_path, approvals(), decision(involved=True, sealed=False), body))
    assert (status, "do not give its decision" in words) == (1, True), words


@pytest.mark.parametrize("sealed", [True, False, None])
@pytest.mark.parametrize("involved", [True])
def test_what_the_signed_agreements_give_verifies(tmp_path: Path, *, involved: bool, sealed: bool | None):
    assert said(built(tmp_path, approvals(), decision(involved=involved, sealed=sealed)))[0] == 0


def test_agreements_that_nobody_signed_are_found(tmp_path: Path):
    status, words = said(built(tmp_path, [], decision(involved=True, sealed=False)))
    assert (status, "nobody had signed" in words) == (1, True)
    assert said(Exported(tmp_path / "export", verifier_key(KEYS.origin, KEYS.public)), "--unsigned")[0] == 0


@pytest.mark.parametrize("signed_by", [(), ("police",)])
def test_agreements_that_somebody_who_must_sign_did_not_sign_are_found(tmp_path: Path, signed_by: tuple[str, ...]):
    status, words = said(built(tmp_path, approvals(signed_by), decision(involved=True, sealed=False)))
    assert (status, "without the signature of local-authority" in words) == (1, True), words


def test_an_approval_with_another_key_is_found(tmp_path: Path):
    statements = approvals()
    approved = [i for i, s in enumerate(statements) if s.kind == "agreements.approved"]
    first, second = (json.loads(statements[i].body) for i in approved)
    body = json.dumps(first | {"signature": second["signature"]}, sort_keys=True, separators=(",", ":")).encode()
    statements[approved[0]] = Statement("agreements.approved", body)
    assert "is not good" in said(built(tmp_path, statements, decision(involved=True, sealed=False)))[1]


def test_a_matrix_that_was_exchanged_after_signing_is_found(tmp_path: Path):
    statements = [
        s._replace(body=s.body.replace(b'"do":"withhold"', b'"do":"clear"')) if s.kind == "agreements.matrix" else s
        for s in approvals()
    ]
    assert "the matrix that was signed is not in the ledger" in said(built(tmp_path, statements))[1]


def test_a_folder_that_is_no_export_cannot_be_looked_at(tmp_path: Path, sound: Exported):
    assert main([str(tmp_path)], lambda _: None) == 2
    assert main([str(tmp_path / "nowhere")], lambda _: None) == 2
    assert main([str(sound.folder), "--key", "no key"], lambda _: None) == 2
    assert main([str(sound.folder), "--against", str(tmp_path / "nowhere")], lambda _: None) == 2


OTHER = ["", "nonsense", "[]", '{"format":"other"}', "[" * 100_000, '{"key":1}']


@pytest.mark.parametrize("text", [*OTHER, '{"format":"crosswalk-ledger-export/1"}'], ids=range(len(OTHER) + 1))
def test_a_manifest_that_says_something_else_is_a_fault_and_no_trace(spoilt: Exported, text: str):
    (spoilt.folder / "manifest.json").write_text(text)
    status, words = said(spoilt)
    assert (status, words.startswith("NOT VERIFIED: "), words.count("\n")) == (1, True, 0), words


def test_no_byte_of_a_manifest_can_be_changed(spoilt: Exported):
    path = spoilt.folder / "manifest.json"
    raw = path.read_bytes()
    for place in range(len(raw)):
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        assert said(spoilt)[0] == 1, place


@pytest.mark.parametrize("name", ["carriers.jsonl", "decisions.jsonl", "checkpoints.jsonl", "opened.jsonl"])
def test_links_and_devices_are_not_followed(spoilt: Exported, name: str):
    (spoilt.folder / name).rename(spoilt.folder / "elsewhere")
    (spoilt.folder / name).symlink_to("elsewhere")
    assert said(spoilt) == (1, f"NOT VERIFIED: {name} is no plain file; an export holds no links and no devices")
    (spoilt.folder / name).unlink()
    os.mkfifo(spoilt.folder / name)
    assert said(spoilt)[0] == 1


UNSEEN = {
    "a record beside the rows": ("carriers.jsonl", b'"rows":[{"event"', b'"notes":"x","rows":[{"event"'),
    "a record beside the leaf": ("carriers.jsonl", b'"step":"decided"}', b'"step":"decided","told":"x"}'),
    "a key that stands twice": ("carriers.jsonl", b'"step":"decided"}', b'"step":"redecided","step":"decided"}'),
    "a blank": ("carriers.jsonl", b'"step":"decided"}', b'"step": "decided"}'),
    "a decision that nobody made": ("decisions.jsonl", b'{"agreement":"isa"', b'{"to":"none"}\n{"agreement":"isa"'),
    "a word beside what was opened": ("opened.jsonl", b'{"committing"', b'{"and":"x","committing"'),
}  # fmt: skip


@pytest.mark.parametrize("where", UNSEEN.values(), ids=UNSEEN)
def test_what_no_leaf_says_stands_nowhere(spoilt: Exported, where: tuple[str, bytes, bytes]):
    name, old, new = where
    raw = (spoilt.folder / name).read_bytes()
    assert old in raw
    (spoilt.folder / name).write_bytes(raw.replace(old, new, 1))
    assert said(spoilt)[0] == 1


def test_an_opened_record_that_was_taken_away_is_missed(spoilt: Exported):
    spoilt.put("opened.jsonl", spoilt.lines("opened.jsonl")[1:])
    assert said(spoilt) == (1, "NOT VERIFIED: manifest.json says 3 opened records and 2 are here")
