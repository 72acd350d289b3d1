"""The books: whatever happens, no commit passes an offset that was fetched and not acknowledged."""

from hypothesis import given
from hypothesis import strategies as st

from streams.carrier import Batch, Record
from streams.transport.offsets import Offsets, behind

HERE = ("in.school.one", 0)


def batch(*offsets: int) -> Batch:
    return Batch(*HERE, tuple(Record(offset, 0, None, None, ()) for offset in offsets))


def test_an_offset_is_committable_only_when_all_before_it_are_acknowledged() -> None:
    books = Offsets()
    first, second = books.take(batch(0, 1)), books.take(batch(2, 3))
    second.ack()
    assert books.committable([HERE]) == {}
    first.ack()
    assert books.committable([HERE]) == {HERE: 4}


def test_holes_in_the_numbers_do_not_hold_the_commit() -> None:
    books = Offsets()
    for one in (books.take(batch(3, 9)), books.take(batch(40, 41))):
        one.ack()
    assert books.committable([HERE]) == {HERE: 42}


def test_after_a_seek_old_carriers_are_stale_and_move_nothing() -> None:
    books = Offsets()
    old = books.take(batch(0, 1))
    books.restart(HERE)
    new = books.take(batch(0, 1))
    old.ack()
    assert old.stale
    assert not new.stale
    assert books.committable([HERE]) == {}


def test_offsets_that_come_again_without_a_seek_void_the_old_promises() -> None:
    books = Offsets()
    cut = books.take(batch(5, 6))
    books.take(batch(2, 3))
    cut.ack()
    assert cut.stale
    assert books.committable([HERE]) == {}


def test_a_failed_commit_is_offered_again_and_a_good_one_is_not() -> None:
    books = Offsets()
    books.take(batch(0)).ack()
    assert books.committable([HERE]) == books.committable([HERE]) == {HERE: 1}
    books.committed([(HERE, 1)])
    assert books.committable([HERE]) == {}


def test_a_partition_that_was_taken_away_is_neither_committed_nor_waited_for() -> None:
    books = Offsets()
    gone = books.take(batch(0))
    books.take(batch(1))
    gone.ack()
    assert books.committable([]) == {}
    books.drop([HERE])
    assert gone.stale
    assert books.committable([HERE]) == {}
    assert books.head() is None
    assert books.waiting() == 0


def test_the_head_is_the_carrier_that_waits_longest_over_all_partitions() -> None:
    times = iter([10.0, 20.0, 30.0])
    books = Offsets(clock=lambda: next(times))
    first = books.take(batch(0))
    books.take(Batch("in.school.two", 0, batch(7).records))
    books.take(batch(1))
    first.ack()
    head = books.head()
    assert head is not None
    assert (head.topic, head.last_offset, head.taken_at) == ("in.school.two", 7, 20.0)


STEPS = st.lists(st.one_of(st.just("fetch"), st.just("seek"), st.just("drop"), st.integers(0, 9)), max_size=60)


@given(steps=STEPS, gaps=st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_no_commit_ever_passes_a_record_that_was_not_absorbed(steps: list[str | int], gaps: list[int]) -> None:
    """Fetches, seeks back to the commit, revocations and acknowledgements in any order."""
    books, held, absorbed, log, position, committed = Offsets(), [], set(), [], 0, 0
    for number in range(200):  # the log: rising offsets with holes
        log.append((log[-1] if log else 0) + gaps[number % len(gaps)])
    for step in steps:
        if step == "fetch":
            found = [offset for offset in log if offset >= position][:3]
            held.append(books.take(batch(*found)))
            position = found[-1] + 1
        elif step in ("seek", "drop"):
            books.restart(HERE) if step == "seek" else books.drop([HERE])
            position = committed
        elif held:
            carrier = held[int(step) % len(held)]
            absorbed.update(record.offset for record in carrier.batch.records)
            carrier.ack()
        offered = books.committable([HERE])
        if offered:
            books.committed(offered.items())
            committed = offered[HERE]
        assert all(offset in absorbed for offset in log if offset < committed)


def test_where_the_database_stands_behind_the_commits_it_is_read_again_from_there() -> None:
    one, two, three, four = (("in.school.one", n) for n in range(4))
    committed = {one: 10, two: 10, three: 10, four: 0}
    assert behind(committed, {one: 10, two: 4, ("in.school.two", 0): 1}) == {two: 4, three: 0}
    assert behind(committed, {one: 99, two: 99, three: 99}) == {}, "a commit that is late costs a repeat, as ever"
