"""Signed notes that others can read, and a key file that only its owner can."""

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint, from_note, is_signed, key_hash, note, sign
from ledger.keys import Keys, create, load, load_or_create
from sharing.errors import Misconfigured, Rejected

KEYS = Keys.generate("crosswalk/easthaven")
POINT = Checkpoint("crosswalk/easthaven", 42, sha256(b"root").digest())


def test_a_note_is_laid_out_as_the_standard_says():
    text = note(POINT, sign(POINT, KEYS.signer), KEYS.public)
    origin, size, root, blank, signature, end = text.split("\n")
    assert (origin, size, b64decode(root), blank, end) == (POINT.origin, "42", POINT.root, "", "")
    dash, name, raw = signature.split(" ")
    assert (dash, name) == ("—", POINT.origin)
    expected = sha256(POINT.origin.encode() + b"\n\x01" + KEYS.public.public_bytes_raw()).digest()[:4]
    assert b64decode(raw)[:4] == expected == key_hash(POINT.origin, KEYS.public)
    KEYS.public.verify(b64decode(raw)[4:], f"{origin}\n{size}\n{root}\n".encode())


def test_a_note_is_read_back_and_other_signatures_are_passed_over():
    text = note(POINT, sign(POINT, KEYS.signer), KEYS.public)
    witness = "— witness.example AAAAAAAA\n— broken !!\nno signature at all\n"
    assert from_note(text.replace("— crosswalk", witness + "— crosswalk"), KEYS.public) == POINT


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.replace("\n42\n", "\n43\n"), "BAD_SIGNATURE"),
        (lambda t: t.replace("easthaven\n42", "westhaven\n42"), "BAD_SIGNATURE"),
        (lambda t: t.replace("\n42\n", "\nforty\n"), "BAD_CHECKPOINT"),
        (lambda t: t.replace("\n42\n", "\n42\n!"), "BAD_CHECKPOINT"),
        (lambda t: t.replace("\n42\n", "\n42\nAAAA"), "BAD_CHECKPOINT"),
        (lambda _: "", "BAD_CHECKPOINT"),
    ],
)
def test_a_changed_note_is_refused(change, code: str):
    with pytest.raises(Rejected) as fault:
        from_note(change(note(POINT, sign(POINT, KEYS.signer), KEYS.public)), KEYS.public)
    assert fault.value.code == code


def test_another_key_signs_nothing_of_ours():
    other = Keys.generate("crosswalk/easthaven")
    assert not is_signed(POINT, sign(POINT, other.signer), KEYS.public)
    with pytest.raises(Rejected):
        from_note(note(POINT, sign(POINT, other.signer), other.public), KEYS.public)


def test_keys_are_kept_for_their_owner_alone_and_read_back(tmp_path: Path):
    path = tmp_path / "state" / "keys.json"
    keys = load_or_create(path, "crosswalk/easthaven")
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_create(path) == load(path) == keys
    assert len({keys.master, keys.ids, keys.blocking, keys.operations, keys.signing}) == 5
    with pytest.raises(Misconfigured, match="cannot create"):
        create(path)


def test_a_key_file_that_others_can_read_is_refused_with_the_fix(tmp_path: Path):
    path = tmp_path / "keys.json"
    create(path)
    path.chmod(0o640)
    with pytest.raises(Misconfigured, match=f"chmod 600 {path}"):
        load(path)


def test_a_damaged_key_file_is_named_and_shows_no_key(tmp_path: Path):
    path = tmp_path / "keys.json"
    keys = create(path)
    document = json.loads(path.read_text())
    wrong = [
        "",
        "{}",
        "[]",
        json.dumps(document | {"master": "AAAA"}),
        json.dumps(document | {"origin": "x"}),
        json.dumps({**document, "signing": 3}),
    ]
    for text in wrong:
        path.write_text(text)
        with pytest.raises(Misconfigured, match="damaged") as fault:
            load(path)
        assert document["signing"] not in str(fault.value)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured, match="not text"):
        load(path)
    with pytest.raises(Misconfigured, match="cannot read"):
        load(tmp_path / "none")
    assert keys.master.hex() not in repr(keys)
    assert repr(keys) == "Keys(origin='crosswalk/easthaven')".replace("crosswalk/easthaven", "crosswalk")


@pytest.mark.parametrize("origin", ["", "two words", "a+b"])
def test_a_name_that_a_note_cannot_carry_is_refused(origin: str):
    with pytest.raises(Misconfigured, match="origin"):
        Keys.generate(origin)
