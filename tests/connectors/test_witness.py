"""A connector vouches for what it could compare, and for nothing else; a quarrel about the record stops no delivery."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from connectors.cli import connector_app
from connectors.kafka import Arrived
from connectors.stores import Stores
from connectors.troubles import Troubles
from connectors.vitals import witnessing
from connectors.witness import EVIDENCE, Witness, begin_again, own_key
from sharing.topics import CHECKPOINTS
from sharing.transparency.notes import (
    WITNESS,
    Checkpoint,
    cosigned,
    from_verifier_key,
    note,
    sign,
    verifier_key,
)
from sharing.transparency.proofs import steps_text
from sharing.transparency.tree import consistency_proof, root

ORIGIN = "crosswalk/easthaven"
LEDGER = Ed25519PrivateKey.from_private_bytes(b"\5" * 32)
LEAVES = [sha256(bytes([i])).digest() for i in range(40)]


class Line:
    """Where the witness sends to."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str, Mapping[str, bytes]]] = []

    def say(self, topic: str, key: bytes, value: bytes, headers: Mapping[str, bytes]) -> None:
        self.said.append((topic, key.decode(), value.decode(), headers))

    def discard(self) -> None:
        pass


class Booth:
    """A witness with the end of its line, and real seconds that a test moves."""

    def __init__(self, stores: Stores, now: datetime) -> None:
        self.stores, self.now, self.seconds, self.offset = stores, now, 0.0, 0
        self.line, self.troubles = Line(), Troubles("oakfield-primary")
        self.witness = self.started()

    def started(self) -> Witness:
        return Witness(self.stores, self.line, lambda: self.now, self.troubles, lambda: self.seconds)

    def comes(self, size: int, step: int = 0, leaves: list[bytes] = LEAVES, signer: Ed25519PrivateKey = LEDGER) -> None:
        point = Checkpoint(ORIGIN, size, root(leaves[:size]))
        steps = {step: consistency_proof(leaves[:size], step)} if step else {}
        headers = {
            "verifier-key": verifier_key(ORIGIN, signer.public_key()).encode(),
            "steps": steps_text(steps).encode(),
        }
        value = note(point, sign(point, signer), signer.public_key()).encode()
        self.witness.take([Arrived(0, self.offset, b"", value, headers)])
        self.offset += 1

    def signs(self) -> Checkpoint | None:
        """What it signs when it is time, None when it says nothing."""
        self.seconds += 31
        before = len(self.line.said)
        self.witness.say()
        if len(self.line.said) == before:
            return None
        _, _, text, headers = self.line.said[-1]
        name, public = from_verifier_key(headers["verifier-key"].decode(), WITNESS)
        assert name == f"{ORIGIN}/oakfield-primary"
        return cosigned(text, name, public)[0]


@pytest.fixture
def booth(stores: Stores, now: datetime) -> Iterator[Booth]:
    return Booth(stores, now)


def test_it_signs_the_first_and_whatever_grows_out_of_it(booth: Booth):
    booth.comes(5)
    assert booth.signs().size == 5
    booth.comes(9, step=5)
    booth.comes(20, step=9)
    assert booth.signs() == Checkpoint(ORIGIN, 20, root(LEAVES[:20]))
    topic, key, _, _ = booth.line.said[-1]
    assert (topic, key) == ("witness.schools.oakfield-primary", "20")


def test_it_signs_at_its_own_pace_not_at_that_of_the_broker(booth: Booth):
    booth.comes(5)
    booth.witness.say()
    booth.comes(9, step=5)
    booth.witness.say()
    assert len(booth.line.said) == 1


def other_history() -> list[bytes]:
    return [b"\7" * 32, *LEAVES[1:]]


@pytest.mark.parametrize(("size", "step"), [(9, 5), (5, 0)])
def test_two_histories_stop_the_signing_and_are_shown_and_told(booth: Booth, size: int, step: int):
    booth.comes(5)
    booth.comes(size, step=step, leaves=other_history())
    booth.witness.say()
    assert booth.line.said[-1][2] == "refused FORKED\n"
    assert [t.code for t in booth.troubles.all()] == ["FORKED"]
    evidence = (booth.stores.settings.state / EVIDENCE).read_text(encoding="utf-8")
    assert evidence.count(ORIGIN + "\n") == 2, "both checkpoints, signed, beside each other"
    said = len(booth.line.said)
    booth.comes(12, step=5)
    assert booth.signs() is None
    assert len(booth.line.said) == said, "it is said once"
    assert witnessing(booth.stores.database, booth.stores.settings)["alarm"] == "FORKED"


def test_the_alarm_outlives_a_restart_and_ends_when_a_person_has_looked(booth: Booth):
    booth.comes(5)
    booth.comes(9, step=5, leaves=other_history())
    booth.witness = booth.started()
    booth.comes(12, step=9)
    booth.witness.say()
    assert booth.line.said[-1][2] == "refused FORKED\n"
    assert booth.signs() is None
    begin_again(booth.stores)
    booth.witness = booth.started()
    booth.comes(12)
    assert booth.signs().size == 12


def test_after_a_restart_it_goes_on_from_what_it_saw_last(booth: Booth):
    booth.comes(5)
    booth.witness = booth.started()
    assert booth.signs().size == 5
    booth.comes(9, step=5)
    assert booth.signs().size == 9
    places = booth.stores.database.rows("SELECT next FROM place WHERE topic = ?", (CHECKPOINTS,))
    assert places == [(2,)]


def test_what_it_missed_it_asks_for_and_accuses_nobody(booth: Booth):
    booth.comes(5)
    assert booth.signs()
    booth.comes(20, step=9)
    booth.seconds += 6
    booth.witness.say()
    _, key, _, headers = booth.line.said[-1]
    assert (key, headers["asks"]) == ("5", b"1"), "it signs again what it saw, and asks for a step from there"
    assert booth.troubles.all() == ()
    booth.comes(20, step=5)
    assert booth.signs().size == 20
    assert "asks" not in booth.line.said[-1][3]


def test_a_question_that_stays_unanswered_is_shown(booth: Booth):
    """An old copy that was put back and written on cannot answer it."""
    booth.comes(5)
    for _ in range(3):
        booth.comes(20, step=9)
        booth.seconds += 61
    assert [t.code for t in booth.troubles.all()] == ["UNPROVED"]
    booth.comes(20, step=5)
    assert booth.troubles.all() == ()


def test_an_older_state_is_shown_and_not_signed(booth: Booth):
    booth.comes(9)
    booth.comes(5)
    assert [t.code for t in booth.troubles.all()] == ["BEHIND"]
    assert booth.signs().size == 9
    booth.comes(12, step=9)
    assert booth.troubles.all() == ()


def test_another_key_of_the_broker_is_refused(booth: Booth):
    booth.comes(5)
    booth.comes(9, step=5, signer=Ed25519PrivateKey.from_private_bytes(b"\6" * 32))
    booth.witness.say()
    assert booth.line.said[-1][2] == "refused OTHER_KEY\n"


def test_a_key_that_the_operator_told_counts_from_the_first_checkpoint_on(make_settings, tmp_path, now):
    other = Ed25519PrivateKey.from_private_bytes(b"\6" * 32).public_key()
    settings = make_settings(broker_key=verifier_key(ORIGIN, other), state=str(tmp_path / "told"))
    with closing(Stores(settings)) as stores:
        booth = Booth(stores, now)
        booth.comes(5)
        assert booth.witness.kept.alarm == "OTHER_KEY"


def test_what_is_no_checkpoint_is_passed_over(booth: Booth):
    booth.comes(5)
    headers = {"verifier-key": verifier_key(ORIGIN, LEDGER.public_key()).encode()}
    booth.witness.take([Arrived(0, booth.offset, b"", b"nonsense", headers)])
    assert [t.code for t in booth.troubles.all()] == ["BAD_CHECKPOINT"]
    assert booth.signs().size == 5


def test_the_command_shows_the_key_and_the_alarm_and_begins_again(make_settings, now, tmp_path):
    settings = make_settings()
    file = tmp_path / "connector.yaml"
    file.write_text(
        f"organisation: oakfield-primary\nagency: schools\nbootstrap: 127.0.0.1:1\nkey_file: {tmp_path}/connector.key\n"
        f"state: {tmp_path}/state\n",
        encoding="utf-8",
    )
    with closing(Stores(settings)) as stores:
        booth = Booth(stores, now)
        booth.comes(5)
        booth.comes(5, leaves=other_history())
    invoke = CliRunner().invoke
    shown = invoke(connector_app, ["witness", str(file)])
    assert (shown.exit_code, "SIGNS NOTHING: FORKED" in shown.stdout) == (1, True)
    assert own_key(settings, ORIGIN) in shown.stdout
    assert invoke(connector_app, ["witness", str(file), "--begin-again"]).exit_code == 0
