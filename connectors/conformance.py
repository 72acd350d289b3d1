"""What every format and every sink must pass: base classes for an author's own tests.

An author subclasses `FormatConformance` or `SinkConformance` in a test file, answers the few questions at its top, and
gets the tests. Left out: whether a translation is *right*; only the author's own samples show that. Rule: each test
states a promise of `ports`, and its name says which one broke.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.folder import FolderSource
from connectors.ports import AnyFormat, Delivery, Dropped, NativeRecord, Refused, Sink, Translated, Translation
from connectors.runner import Connector
from connectors.secrets import Keys
from connectors.settings import Settings
from connectors.stores import Stores
from schemas import read_schemas
from sharing import codec
from sharing.events import Child, Envelope, Event, ReferralDecided, ReferralOutcome
from sharing.vocabulary import Agency

NOW = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
CANARY = "Canaryqx"
IDS = ("event_id", "exchange_id", "incident_id", "subject", "native_key", "native_version", "organisation", "agency")


@dataclass(frozen=True, slots=True)
class Sample:
    """One record to be written in the format: the agency's key for it, its key for the child, some words."""

    key: str
    child: str
    words: str


def samples(count: int) -> list[Sample]:
    """Records of different keys, ten of each child."""
    return [Sample(f"K{number:04}", f"C{number // 10:03}", f"words {number}") for number in range(count)]


class FormatConformance:
    """Promises of a format. Subclass it and answer the questions."""

    def make_format(self) -> AnyFormat:
        """The format under test, fresh."""
        raise NotImplementedError

    def write(self, records: Sequence[Sample]) -> bytes:
        """A file in this format that holds these records, each of which must be shared, in order."""
        raise NotImplementedError

    def write_with_bad(self, records: Sequence[Sample], at: int) -> bytes:
        """The same, with a record that must be refused put in at a place; somewhere in it stands `CANARY`."""
        raise NotImplementedError

    # -- helpers

    def _read(self, raw: bytes) -> list[NativeRecord | Refused]:
        return list(self.make_format().read(raw, f"file{self.make_format().suffixes[0]}"))

    def _outcomes(self, raw: bytes, now: datetime = NOW) -> list[Translation]:
        chosen = self.make_format()
        found: list[Translation] = []
        for record in self._read(raw):
            found.extend((record,) if isinstance(record, Refused) else chosen.translate(record, now))
        return found

    def _events(self, raw: bytes) -> list[Translated]:
        return [one for one in self._outcomes(raw) if isinstance(one, Translated)]

    # -- promises

    def test_has_a_name_and_suffixes(self) -> None:
        """A name in lower case, and file name endings with their dot."""
        chosen = self.make_format()
        assert chosen.name == chosen.name.lower() != ""
        assert chosen.suffixes
        assert all(one.startswith(".") and one == one.lower() for one in chosen.suffixes)

    def test_every_good_record_becomes_an_event(self) -> None:
        """Nothing that must be shared is left behind."""
        assert len(self._events(self.write(samples(30)))) >= 30  # noqa: PLR2004 - as many as were written

    def test_reading_twice_gives_the_same(self) -> None:
        """The cursor counts records, so the same bytes must give the same number of things."""
        raw = self.write(samples(12))
        assert [type(one) for one in self._read(raw)] == [type(one) for one in self._read(raw)]

    def test_one_bad_record_leaves_the_other_ninety_nine(self) -> None:
        """A record that cannot be used is refused in its place; the rest flows."""
        outcomes = self._outcomes(self.write_with_bad(samples(99), 50))
        assert len([one for one in outcomes if isinstance(one, Refused)]) == 1
        assert len([one for one in outcomes if isinstance(one, Translated)]) >= 99  # noqa: PLR2004 - all others

    def test_a_refusal_names_a_code_and_never_a_value(self) -> None:
        """What was written stays with the agency."""
        for one in self._outcomes(self.write_with_bad(samples(3), 1)):
            if isinstance(one, Refused):
                assert one.code
                assert one.code == one.code.upper()
                assert one.reason
                assert CANARY.lower() not in repr(one).lower()

    def test_no_repr_shows_a_value(self) -> None:
        """A record or event in a stack trace tells nothing."""
        raw = self.write([Sample("K1", "C1", CANARY)])
        assert CANARY not in repr(self._read(raw)) + repr(self._outcomes(raw))

    def test_the_runner_fills_ids_not_the_translator(self) -> None:
        """An id made anywhere else would not be the same tomorrow."""
        for one in self._events(self.write(samples(3))):
            assert [name for name in IDS if getattr(one.event.envelope, name) is not None] == []

    def test_the_same_record_gives_the_same_event_tomorrow(self) -> None:
        """`now` judges, it fills nothing: else each reading would be a new version."""
        raw = self.write(samples(3))
        assert self._outcomes(raw, NOW) == self._outcomes(raw, NOW + timedelta(hours=20))

    def test_records_of_different_keys_stay_apart(self) -> None:
        """Two records with one key and one child number would be taken for versions of one."""
        found = [(one.native_key, one.child_index) for one in self._events(self.write(samples(20)))]
        assert len(found) == len(set(found))

    def test_records_of_one_child_stay_together(self) -> None:
        """The child's key decides order."""
        found = {one.local_child for one in self._events(self.write(samples(20)))}
        assert len(found) <= 2  # noqa: PLR2004 - two children were written

    def test_every_event_fits_its_schema(self) -> None:
        """What the translator makes can be written."""
        catalogue = codec.Catalogue.of(read_schemas())
        for one in self._events(self.write(samples(3))):
            assert codec.decode(codec.encode(one.event, catalogue), catalogue) == one.event

    def test_a_file_cut_off_anywhere_never_raises(self) -> None:
        """Half a file is refused or read as far as it goes."""
        raw = self.write(samples(5))
        for end in range(0, len(raw), max(1, len(raw) // 97)):
            self._outcomes(raw[:end])

    def test_bytes_flipped_anywhere_never_raise(self) -> None:
        """Whatever stands in a file, the connector goes on."""
        dice = random.Random(7)  # noqa: S311 - a fixed seed: the same faults every time
        for _ in range(150):
            raw = bytearray(self.write(samples(3)))
            for _ in range(dice.randint(1, 8)):
                raw[dice.randrange(len(raw))] = dice.randrange(256)
            self._outcomes(bytes(raw))

    def test_another_encoding_never_raises(self) -> None:
        """Systems write UTF-8, UTF-16 and Windows-1252 and do not say which."""
        text = self.write([Sample("K1", "C1", "naïve café")]).decode("utf-8")
        for encoding in ("utf-8-sig", "utf-16", "utf-16-be", "cp1252"):
            self._outcomes(text.encode(encoding, "replace"))

    # -- promises that need a spool

    def _connector(self, folder: Path) -> tuple[Connector, Path]:
        keys = Keys.of(b"a key for tests of conformance...")
        drop = folder / "drop"
        drop.mkdir(parents=True, exist_ok=True)
        settings = Settings(
            "conformance", Agency.SCHOOLS, "system", "localhost:1", keys, folder / "state", may_seal=True
        )
        source = FolderSource(drop, [self.make_format()], keys.token, settle_seconds=0.0)
        return Connector(Stores(settings), [source], None, [], lambda: NOW), drop

    def _take(self, folder: Path, *files: bytes) -> list[str]:
        """Words of everything in the spool after these files, one after the other, each by a fresh connector."""
        for number, raw in enumerate(files):
            connector, drop = self._connector(folder)
            (drop / f"{number}{self.make_format().suffixes[0]}").write_bytes(raw)
            connector.take_in()
            connector.stores.close()
        connector, _ = self._connector(folder)
        ids: list[str] = []
        while waiting := connector.spool.ready(50):
            ids.extend(one.lane.hex() + one.event_id.hex() for one in waiting)
            connector.spool.mark_sent([one.row for one in waiting], NOW)
        connector.stores.close()
        return ids

    def test_a_file_that_comes_twice_is_taken_once(self, tmp_path: Path) -> None:
        """Exports overlap, and are sent again."""
        raw = self.write(samples(5))
        once = self._take(tmp_path / "once", raw)
        assert self._take(tmp_path / "twice", raw, raw) == once != []

    def test_a_changed_record_is_told_again(self, tmp_path: Path) -> None:
        """A correction in the agency's system reaches the others."""
        first = self.write([Sample("K1", "C1", "first")])
        changed = self.write([Sample("K1", "C1", "second")])
        assert len(self._take(tmp_path, first, changed)) > len(self._take(tmp_path / "one", first))

    def test_rows_in_another_order_are_the_same_events(self, tmp_path: Path) -> None:
        """An id comes from key and version, never from a place in a file."""
        records = samples(5)
        forth = self._take(tmp_path / "forth", self.write(records))
        back = self._take(tmp_path / "back", self.write(records[::-1]))
        assert sorted(forth) == sorted(back)

    def test_nothing_can_be_read_from_the_connectors_files(self, tmp_path: Path) -> None:
        """What lies in the spool is encrypted."""
        connector, drop = self._connector(tmp_path)
        (drop / f"x{self.make_format().suffixes[0]}").write_bytes(self.write([Sample("K1", "C1", CANARY)]))
        connector.take_in()
        held = [path for path in (tmp_path / "state").iterdir() if path.is_file()]
        assert [path.name for path in held if CANARY.encode() in path.read_bytes()] == []
        connector.stores.close()

    def test_what_is_dropped_says_why_and_nothing_else(self) -> None:
        """A drop has a code; its words are the format's own."""
        for one in self._outcomes(self.write_with_bad(samples(3), 1)):
            if isinstance(one, Dropped):
                assert one.code == one.code.upper() != ""
                assert CANARY not in repr(one)


class SinkConformance:
    """Promises of a sink. Subclass it and answer the questions."""

    def make_sink(self, folder: Path) -> Sink:
        """The sink under test; the same folder gives the same system behind it."""
        raise NotImplementedError

    def standing(self, folder: Path) -> dict[str, object]:
        """What the system holds now, by exchange id; what was taken back is not among it."""
        raise NotImplementedError

    def _delivery(self, number: int, event: Event | None = None) -> Delivery:
        exchange = f"{number:032x}"
        view = event or ReferralDecided(
            envelope=Envelope(), child=Child(surname="Lorimer"), outcome=ReferralOutcome.NOT_ACCEPTED
        )
        return Delivery(exchange, number, replace(view, envelope=Envelope(exchange_id=exchange)))

    def test_what_is_delivered_stands(self, tmp_path: Path) -> None:
        """Delivering returns when it is applied."""
        self.make_sink(tmp_path).deliver(self._delivery(1))
        assert set(self.standing(tmp_path)) == {f"{1:032x}"}

    def test_delivering_twice_is_delivering_once(self, tmp_path: Path) -> None:
        """A kill between applying and marking repeats a delivery."""
        self.make_sink(tmp_path).deliver(self._delivery(1))
        before = self.standing(tmp_path)
        self.make_sink(tmp_path).deliver(self._delivery(1))
        assert self.standing(tmp_path) == before

    def test_what_is_withdrawn_stands_no_more(self, tmp_path: Path) -> None:
        """A recall takes the content away, once or twice."""
        sink = self.make_sink(tmp_path)
        sink.deliver(self._delivery(1))
        sink.deliver(self._delivery(2))
        for _ in range(2):
            sink.withdraw(f"{1:032x}", "taken back")
        assert set(self.standing(tmp_path)) == {f"{2:032x}"}

    def test_withdrawing_what_never_came_is_no_fault(self, tmp_path: Path) -> None:
        """A recall may be for something that was never applied."""
        self.make_sink(tmp_path).withdraw(f"{1:032x}", "taken back")
        assert self.standing(tmp_path) == {}
