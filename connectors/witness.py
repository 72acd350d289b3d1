"""The connector as a witness of the broker's ledger: it compares each published checkpoint with the last, and cosigns.

Left out: comparing itself (`sharing.transparency.witness`) and the broker's side. Rules: what was seen last is kept in
the connector's file with the place in the topic; two histories, or another key of the broker, stop the signing until a
person has looked, are shown and said aloud, with the two checkpoints beside each other in a file; deliveries go on,
for a quarrel about the record must not keep a warning from somebody who protects a child.
"""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.folder.files import write_whole
from connectors.kafka import Arrived, Consuming, Producing
from connectors.memory import Room
from connectors.settings import Settings
from connectors.stores import Stores
from connectors.troubles import Troubles
from sharing.errors import Rejected
from sharing.topics import CHECKPOINTS
from sharing.transparency.notes import (
    WITNESS,
    Checkpoint,
    cosign,
    cosignature_line,
    from_note,
    from_verifier_key,
    verifier_key,
)
from sharing.transparency.proofs import from_steps_text
from sharing.transparency.witness import VOUCHED, Standing, standing, witness_name

EVIDENCE = "two-histories.txt"
ROOM = "witness"
ASK_SECONDS = 5.0
UNANSWERED_SECONDS = 120.0
FURTHER_BEHIND = 20_000
"""More records than this are not read one by one: the witness begins with the newest and asks for a step."""


class Alarm(StrEnum):
    """Why a witness signs nothing any more."""

    FORKED = "FORKED"
    OTHER_KEY = "OTHER_KEY"


_WORDS = {
    Alarm.FORKED: "the broker's record has two histories: it signs nothing more until somebody has looked. Keep "
    f"{EVIDENCE} in the state folder, ring the broker's operator and your data protection officer",
    Alarm.OTHER_KEY: "the broker's record is signed with another key than before: ring the broker's operator; if the "
    "new key is right: crosswalk connector witness SETTINGS --begin-again",
}
_UNANSWERED = (
    "the broker does not show that its record goes on from what was witnessed before: was an old copy put back and "
    "written on? Ring its operator"
)
_BEHIND = "the broker publishes an older state of its record than was witnessed before: was an old copy put back?"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a witness remembers.

    Attributes:
        key: The broker's public key. `note`: the last checkpoint that was vouched for, as it was published.
        origin, size, root: Of that checkpoint; root in base64. `signed_at`: when it last signed, ISO 8601.
        alarm: Why it signs nothing, `""` while it does. `told`: whether the broker was told so.
    """

    key: str = ""
    note: str = ""
    origin: str = ""
    size: int = 0
    root: str = ""
    signed_at: str = ""
    alarm: str = ""
    told: bool = False

    @property
    def seen(self) -> Checkpoint | None:
        """The last checkpoint that was vouched for."""
        return Checkpoint(self.origin, self.size, b64decode(self.root)) if self.note else None


class Witness:
    """Reads checkpoints, compares and cosigns. One thread of a connector.

    Args:
        stores: The connector's file. `producing`: a line of its own.
        now: Aware UTC domain time. `seconds`: time that only goes forward.
    """

    def __init__(
        self,
        stores: Stores,
        producing: Producing,
        now: Callable[[], datetime],
        troubles: Troubles,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = stores.settings
        self._database = stores.database
        self._room = room_of(stores)
        self._producing = producing
        self._now, self._seconds, self._troubles = now, seconds, troubles
        self._signer = Ed25519PrivateKey.from_private_bytes(stores.settings.keys.witness)
        self._consumer: Consuming | None = None
        self._signed = self._asked = float("-inf")
        self._asks = False
        self._asking_since: float | None = None

    @property
    def kept(self) -> Kept:
        """What it remembers."""
        return read_kept(self._room)

    def cycle(self, seconds: float) -> None:
        """One round: read, compare, sign when it is time.

        Raises:
            Retryable: the line is at fault; the next round makes a new one.
        """
        if self._consumer is None:
            self._consumer = Consuming(self._settings, self._places(), CHECKPOINTS, newest=FURTHER_BEHIND)
        self.take(self._consumer.poll(seconds))
        self.say()

    def close(self) -> None:
        """Throw the lines away."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close()
        self._producing.discard()

    def take(self, records: Sequence[Arrived]) -> None:
        """Compare each checkpoint with the last one; what was seen and the place are kept together."""
        if not records:
            return
        kept = before = self.kept
        for record in records:
            kept = self._judge(kept, record) if not kept.alarm else kept
        with self._database.transaction():
            if kept != before:
                self._room.put("kept", json.dumps(asdict(kept)).encode())
            places = [(CHECKPOINTS, record.partition, record.offset + 1) for record in records[-1:]]
            for place in places:
                self._database.rows("INSERT OR REPLACE INTO place VALUES (?, ?, ?)", place)
        if kept.alarm:
            self._troubles.note("witness", Rejected(kept.alarm, "", _WORDS[Alarm(kept.alarm)]))

    def say(self) -> None:
        """Sign what was seen last when it is time, or say that nothing is signed any more.

        Raises:
            Retryable: it may not have come through; it is said again.
        """
        kept = self.kept
        if kept.alarm:
            self._troubles.note("witness", Rejected(kept.alarm, "", _WORDS[Alarm(kept.alarm)]))
            if not kept.told:
                self._send(str(kept.size), f"refused {kept.alarm}\n", {})
                self._keep(replace(kept, told=True))
        elif kept.seen is not None and self._is_time():
            asks = {"asks": b"1"} if self._asks else {}
            self._send(str(kept.size), self._signed_note(kept), asks)
            self._signed = self._asked = self._seconds()
            self._keep(replace(kept, signed_at=self._now().isoformat()))

    def _is_time(self) -> bool:
        now = self._seconds()
        return now - self._signed >= self._settings.witness_seconds or (self._asks and now - self._asked >= ASK_SECONDS)

    def _judge(self, kept: Kept, record: Arrived) -> Kept:
        word = record.headers.get("verifier-key", b"").decode("utf-8", "replace").strip()
        known = kept.key or self._settings.broker_key
        if known and word != known:
            return replace(kept, alarm=Alarm.OTHER_KEY.value)
        text = record.value.decode("utf-8", "replace")
        try:
            found = from_note(text, from_verifier_key(word)[1])
            steps = from_steps_text(record.headers.get("steps", b"").decode("utf-8", "replace"))
        except Rejected as fault:
            self._troubles.note("witness", fault)
            return kept
        return self._follow(replace(kept, key=word), found, text, standing(kept.seen, found, steps))

    def _follow(self, kept: Kept, found: Checkpoint, text: str, how: Standing) -> Kept:
        if how is Standing.FORKED or (kept.origin and found.origin != kept.origin):
            evidence = f"{kept.note}\n\n{text}"
            write_whole(self._settings.state / EVIDENCE, evidence.encode(), durable=True)
            return replace(kept, alarm=Alarm.FORKED.value)
        self._ask_for(unproved=how is Standing.UNPROVED)
        if how is Standing.EARLIER:
            self._troubles.note("witness", Rejected("BEHIND", "", _BEHIND))
        elif how in VOUCHED:
            self._troubles.clear("witness")
            root = b64encode(found.root).decode()
            return replace(kept, note=text, origin=found.origin, size=found.size, root=root)
        return kept

    def _ask_for(self, *, unproved: bool) -> None:
        """Ask while a checkpoint cannot be compared; a question that stays unanswered is shown."""
        self._asks = unproved
        now = self._seconds()
        self._asking_since = (self._asking_since if self._asking_since is not None else now) if unproved else None
        if self._asking_since is not None and now - self._asking_since > UNANSWERED_SECONDS:
            self._troubles.note("witness", Rejected("UNPROVED", "", _UNANSWERED))

    def _signed_note(self, kept: Kept) -> str:
        assert kept.seen is not None
        name, public = witness_name(kept.origin, self._settings.organisation), self._signer.public_key()
        signed = cosign(kept.seen, int(self._now().timestamp()), self._signer)
        return f"{kept.seen.body().decode()}\n{cosignature_line(name, signed, public)}"

    def _send(self, key: str, text: str, headers: dict[str, bytes]) -> None:
        told = {"content-type": b"text/plain", "verifier-key": own_key(self._settings, self.kept.origin).encode()}
        self._producing.say(self._settings.witness_topic, key.encode(), text.encode(), told | headers)

    def _keep(self, kept: Kept) -> None:
        with self._database.transaction():
            self._room.put("kept", json.dumps(asdict(kept)).encode())

    def _places(self) -> dict[int, int]:
        found = self._database.rows("SELECT part, next FROM place WHERE topic = ?", (CHECKPOINTS,))
        return {int(str(part)): int(str(following)) for part, following in found}


def own_key(settings: Settings, origin: str) -> str:
    """This witness's public key as one word, for a ledger of that name."""
    public = Ed25519PrivateKey.from_private_bytes(settings.keys.witness).public_key()
    return verifier_key(witness_name(origin, settings.organisation), public, WITNESS)


def room_of(stores: Stores) -> Room:
    """Where a connector keeps what its witness remembers."""
    return Room(stores.database, stores.settings.keys, ROOM)


def read_kept(room: Room) -> Kept:
    """What a witness remembers."""
    raw = room.get("kept")
    return Kept(**json.loads(raw)) if raw else Kept()


def begin_again(stores: Stores) -> None:
    """A person has looked: forget what was seen, and take the next checkpoint as the first."""
    with stores.database.transaction():
        room_of(stores).remove("kept")
        stores.database.rows("DELETE FROM place WHERE topic = ?", (CHECKPOINTS,))
