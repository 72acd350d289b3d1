"""One broken byte in Kafka's list of topics is found before Kafka cuts the list off there; a torn end is not damage."""

import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.embedded.metadata_log import crc32c, fault_in

EPOCH = range(12, 16)  # Kafka's checksum leaves these bytes of a batch out
RECORDS = [(b"topic one", 1), (b"partitions", 3), (b"leader", 1)]


def batch(base: int, payload: bytes, records: int) -> bytes:
    covered = struct.pack(">hiqqqhii", 0, records - 1, 0, 0, -1, -1, -1, records) + payload
    rest = struct.pack(">ibI", 1, 2, crc32c(covered)) + covered
    return struct.pack(">qi", base, len(rest)) + rest


def log_bytes(base: int = 0) -> bytes:
    whole = b""
    for payload, records in RECORDS:
        whole += batch(base, payload, records)
        base += records
    return whole


SOUND = log_bytes()
LAST = len(SOUND) - len(batch(0, *RECORDS[-1]))


def epoch_byte(place: int) -> bool:
    start = 0
    for payload, records in RECORDS:
        if place - start in EPOCH:
            return True
        start += len(batch(0, payload, records))
    return False


def judge(*, stopped_cleanly: bool, **files: bytes) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name.replace("_", ".").removeprefix("f")).write_bytes(content)
        return fault_in(Path(folder), stopped_cleanly=stopped_cleanly)


def test_checksum_is_the_castagnoli_one() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"") == 0


@pytest.mark.parametrize("clean", [True, False])
def test_a_sound_list_passes(clean: bool) -> None:
    assert judge(stopped_cleanly=clean, f00_log=SOUND) is None
    assert judge(stopped_cleanly=clean, f00_log=SOUND, f05_log=log_bytes(5)) is None


@given(place=st.integers(0, len(SOUND) - 1).filter(lambda place: not epoch_byte(place)), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found_after_a_clean_stop(place: int, bit: int) -> None:
    damaged = bytearray(SOUND)
    damaged[place] ^= 1 << bit
    assert judge(stopped_cleanly=True, f00_log=bytes(damaged)) is not None


@given(place=st.integers(0, LAST - 1).filter(lambda place: not epoch_byte(place)), bit=st.integers(0, 7))
def test_any_flipped_bit_before_the_last_batch_is_found_after_a_crash_too(place: int, bit: int) -> None:
    damaged = bytearray(SOUND)
    damaged[place] ^= 1 << bit
    assert judge(stopped_cleanly=False, f00_log=bytes(damaged)) is not None


@given(cut=st.integers(LAST + 1, len(SOUND) - 1))
def test_a_torn_end_is_damage_only_after_a_clean_stop(cut: int) -> None:
    assert judge(stopped_cleanly=False, f00_log=SOUND[:cut]) is None
    assert judge(stopped_cleanly=True, f00_log=SOUND[:cut]) is not None


def test_room_never_written_at_the_end_is_no_damage_after_a_crash() -> None:
    assert judge(stopped_cleanly=False, f00_log=SOUND + bytes(300)) is None


def test_a_torn_end_of_a_segment_that_has_a_successor_is_damage() -> None:
    assert judge(stopped_cleanly=False, f00_log=SOUND[:-1], f05_log=log_bytes(5)) is not None


def test_a_missing_segment_is_found() -> None:
    assert "gap" in str(judge(stopped_cleanly=True, f00_log=SOUND, f09_log=log_bytes(9)))


def test_a_list_that_begins_late_needs_its_snapshot() -> None:
    assert "no snapshot" in str(judge(stopped_cleanly=True, f05_log=log_bytes(5)))


def test_a_broken_snapshot_is_found() -> None:
    broken = SOUND[:-1] + bytes([SOUND[-1] ^ 1])
    sound = {"f05_log": log_bytes(5), "f05-01_checkpoint": SOUND}
    assert judge(stopped_cleanly=True, **sound) is None
    assert "checkpoint is broken" in str(judge(stopped_cleanly=True, **{**sound, "f05-01_checkpoint": broken}))


def test_an_empty_folder_is_a_lost_list() -> None:
    assert "is gone" in str(judge(stopped_cleanly=True))
