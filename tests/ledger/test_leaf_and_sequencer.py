"""What a leaf says, and the loop that numbers."""

import json
import threading
from contextlib import closing
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ledger import Keys, Ledger, newest, run_sequencer
from ledger.leaf import carrier_part, event_part, exchange_frame, leaf
from ledger.packing import from_ms, pack_claims, pack_exchange, to_ms, unpack_claims, unpack_exchanges
from sharing.transparency.notes import from_note
from tests.ledger.rig import LONG, NOW, a_subject, an_event, write

words = st.text(min_size=1, max_size=20)
ids = st.binary(min_size=16, max_size=16)
big = st.integers(0, 2**62)
hashes = st.binary(min_size=32, max_size=32)


@given(st.integers(0, 2**53), words, ids, st.integers(0, 9999), words, hashes, words, words, hashes, st.booleans())
def test_a_leaf_is_canonical_json(at, engine, some_id, head, agreements, digest, organisation, function, outcome, anew):
    step = "redecided" if anew else "decided"
    before, after = exchange_frame(organisation, function, "school", outcome, "deliver", step)
    event = event_part(some_id, 7, head, agreements, digest, some_id)
    for exchange in (None, (before, some_id.hex().encode(), after)):
        raw = leaf(carrier_part(at, engine), event, exchange)
        document = json.loads(raw)
        assert json.dumps(document, sort_keys=True, separators=(",", ":")).encode() == raw
        assert (document["carrier"]["at"], document["event"]["agreements"]) == (at, agreements)
        if exchange:
            assert document["exchange"]["organisation"] == organisation
            assert document["step"] == step
        else:
            assert document["exchange"] is None


@given(st.lists(st.tuples(ids, *[st.integers(0, 2**31 - 1)] * 3, st.integers(0, 65535), st.integers(0, 3))))
def test_exchanges_are_unpacked_as_they_were_packed(exchanges):
    assert list(unpack_exchanges(b"".join(pack_exchange(*x) for x in exchanges))) == exchanges


@given(
    st.lists(st.tuples(st.integers(0, 2**62), st.integers(0, 255), st.integers(0, 2**31 - 1), st.integers(0, 2**62)))
)
def test_claims_are_unpacked_as_they_were_packed(claims):
    assert unpack_claims(pack_claims(claims)) == claims


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_keep_their_milliseconds(at: datetime):
    kept = at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert from_ms(to_ms(at)) == kept


def test_the_loop_numbers_what_comes_and_gives_its_lease_back(ledger: Ledger, url: str, keys: Keys):
    stop, numbered, done = threading.Event(), [], threading.Event()

    def told(count: int) -> None:
        numbered.append(count)
        if sum(numbered) == 3:
            done.set()

    def run() -> None:
        with closing(Ledger.open(url, keys)) as own:
            run_sequencer(own, "loop", lambda: datetime.now(UTC), stop.wait, told)

    loop = threading.Thread(target=run)
    loop.start()
    subject = a_subject(ledger)
    for i in range(3):
        write(ledger, an_event(i, subject, "oakfield"))
    assert done.wait(30)
    stop.set()
    loop.join(30)
    with ledger.transaction() as tx:
        assert tx.take_lease("sequencer", "next", NOW, LONG) is not None
        found = newest(tx)
        assert found is not None
        assert (found.checkpoint.size, found.upto_ordinal) == (3, 3)
        assert from_note(found.note(ledger), keys.public) == found.checkpoint


def test_a_second_sequencer_waits_its_turn(ledger: Ledger, url: str, keys: Keys):
    with ledger.transaction() as tx:
        assert tx.take_lease("sequencer", "first", datetime.now(UTC), LONG)
    write(ledger, an_event(1, a_subject(ledger), "oakfield"))
    turns = iter([False, False, True])
    run_sequencer(ledger, "second", lambda: datetime.now(UTC), lambda _: next(turns))
    with ledger.reading() as tx:
        assert newest(tx) is None
