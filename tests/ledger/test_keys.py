"""A key file that only its owner can read."""

import json
from pathlib import Path

import pytest

from ledger.keys import Keys, create, load, load_or_create
from sharing.errors import Misconfigured


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
