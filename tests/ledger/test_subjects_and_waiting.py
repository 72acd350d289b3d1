"""Subjects, what waits, what came back; and that nothing of it stands in clear on the disk."""

from datetime import timedelta
from pathlib import Path

import pytest

from ledger import Forgotten, Ledger
from ledger.children import BadCiphertextError
from ledger.rows import StoredState
from tests.ledger.rig import LONG, NOW, a_subject, an_event, an_id, carrier, number, to, write

CANARY = b"Wilhelmina Testcase, 14 Nowhere Lane"


def test_subjects_are_found_by_their_tokens(ledger: Ledger):
    with ledger.transaction() as tx:
        one, two = tx.new_subject(), tx.new_subject()
        tx.add_blocking(one, [b"a" * 16, b"b" * 16])
        tx.add_blocking(two, [b"b" * 16])
        tx.add_blocking(two, [b"b" * 16])
    with ledger.reading() as tx:
        assert tx.candidates([b"a" * 16, b"b" * 16, b"c" * 16]) == {b"a" * 16: (one,), b"b" * 16: (one, two)}


def test_joined_subjects_are_one_from_then_on(ledger: Ledger):
    with ledger.transaction() as tx:
        one, two, three = (tx.new_subject() for _ in range(3))
        tx.add_blocking(two, [b"a" * 16])
        tx.add_blocking(three, [b"a" * 16, b"b" * 16])
    write(ledger, an_event(1, one), an_event(2, two), an_event(3, three))
    with ledger.transaction() as tx:
        tx.join_subjects(three, two)
        tx.join_subjects(two, one)
        assert tx.candidates([b"a" * 16, b"b" * 16]) == {b"a" * 16: (one,), b"b" * 16: (one,)}
        assert tx.joined_to([one, two, three]) == {two: one, three: one}
        assert [e.event_id for e in tx.rows_of_subject(one)] == [an_id("e", i) for i in (1, 2, 3)]


def test_the_head_moves_once_when_a_register_moved(ledger: Ledger):
    one, two = a_subject(ledger), a_subject(ledger)
    with ledger.transaction() as tx:
        tx.save_states([(one, b"1", NOW, True), (two, b"2", None, False)])
        assert tx.head() == 1
    with ledger.transaction() as tx:
        tx.save_state(two, b"22", NOW + LONG, register_moved=False)
        assert tx.head() == tx.hold_head() == 1
        assert tx.move_head() == tx.move_head() == 2
        tx.save_state(two, b"222", NOW + LONG, register_moved=True)
    with ledger.reading() as tx:
        assert tx.states([one, two]) == {one: StoredState(b"1", 1), two: StoredState(b"222", 2)}
        assert tx.changed([one, two]) == {one: 1, two: 2}
        assert tx.due(NOW, 10) == [(one, NOW)]
        assert [s for s, _ in tx.due(NOW + LONG, 10)] == [one, two]


def test_a_new_subject_has_an_empty_case(ledger: Ledger):
    subject = a_subject(ledger)
    with ledger.reading() as tx:
        assert tx.states([subject]) == {subject: StoredState(b"", 0)}
        assert tx.identities([subject]) == {}


def test_a_claim_and_a_move_of_the_head_never_pass_each_other(postgres_url: str, keys, monkeypatch):
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 1)
    from contextlib import closing

    from sharing.errors import Retryable

    with closing(Ledger.open(postgres_url, keys)) as claimer, closing(Ledger.open(postgres_url, keys)) as mover:
        with claimer.transaction() as claim:
            claim.hold_head()
            with mover.transaction() as other:
                other.hold_head()
            with pytest.raises(Retryable, match="lock timeout"), mover.transaction() as move:
                move.move_head()
        with mover.transaction() as move:
            assert move.move_head() == 1


def test_contents_come_back_as_they_came_in(ledger: Ledger):
    one, two = a_subject(ledger), a_subject(ledger)
    n = write(ledger, an_event(1, one, content=b"first"), an_event(2, two, content=b"\0" * 5000))
    with ledger.reading() as tx:
        assert tx.contents([n, n + 1]) == {n: b"first", n + 1: b"\0" * 5000}
        assert tx.content(n) == b"first"
        with pytest.raises(KeyError):
            tx.contents([n, n + 2])


def test_a_destroyed_key_opens_nothing(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject))
    with ledger.transaction() as tx:
        tx.save_state(subject, b"case", NOW, register_moved=False)
        tx.forget_child(subject)
    with ledger.reading() as tx:
        with pytest.raises(Forgotten):
            tx.content(n)
        assert tx.states([subject])[subject].state == b""
        assert tx.due(NOW, 10) == []


def test_swapped_ciphertexts_do_not_open(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject), an_event(2, subject))
    with ledger.transaction() as tx:
        sql = "update event set ciphertext = (select ciphertext from event where n = ?) where n = ?"
        tx.session.run(sql, (n, n + 1))
        with pytest.raises(BadCiphertextError):
            tx.content(n + 1)


def test_an_exchange_is_found_with_or_without_an_index(ledger: Ledger):
    subject = a_subject(ledger)
    asked = to("social-care", 1, awaited=True)
    n = write(ledger, an_event(1, subject)._replace(exchanges=(to("oakfield", 1), asked)), an_event(2, subject))
    with ledger.reading() as tx:
        known = tx.awaited(asked.exchange_id)
        assert known
        assert (known.event_n, known.subject) == (n, subject)
        assert tx.awaited(to("oakfield", 1).exchange_id) is None
        for exchange in (asked, to("oakfield", 1)):
            event, found = tx.find_exchange(exchange.exchange_id)
            assert (event.n, found.organisation) == (n, exchange.organisation)
        assert tx.find_exchange(b"\0" * 16) is None
        assert tx.find(an_id("e", 2)).n == n + 1
        assert tx.find(b"\0" * 16) is None


def test_a_receipt_is_kept_once(ledger: Ledger):
    exchange = an_id("x")
    with ledger.transaction() as tx:
        assert tx.add_receipt(exchange, "delivered", NOW, "oakfield")
        assert not tx.add_receipt(exchange, "delivered", NOW + LONG, "oakfield")
        assert tx.add_receipt(exchange, "refused", NOW + LONG, "oakfield", "BAD_DATE")
        assert [(r.state, r.organisation, r.code) for r in tx.receipts([exchange])] == [
            ("delivered", "oakfield", ""),
            ("refused", "oakfield", "BAD_DATE"),
        ]


def test_a_dead_letter_is_kept_once_and_leaves_as_a_reference(ledger: Ledger):
    source = ("in.schools.oakfield", 0, 17)
    with ledger.transaction() as tx:
        assert tx.dead_letter(source, "BAD_SCHEMA", "", "unknown schema id", NOW, CANARY)
        assert not tx.dead_letter(source, "BAD_SCHEMA", "", "unknown schema id", NOW, b"again")
    with ledger.transaction() as tx:
        (letter,) = tx.dead_letters_unpublished()
        assert (letter.topic, letter.partition, letter.offset, letter.at) == (*source, NOW)
        assert tx.dead_letter_content(letter) == CANARY
        tx.dead_letters_published([letter.id])
        assert tx.dead_letters_unpublished() == []
        assert tx.dead_letters() == [letter]
        assert tx.dead_letter_at(*source) == letter


def test_a_dead_letter_that_was_redriven_keeps_its_place_and_not_what_it_held(ledger: Ledger):
    source = ("in.schools.oakfield", 0, 17)
    with ledger.transaction() as tx:
        tx.dead_letter(source, "UNKNOWN_SCHEMA", "", "unknown schema id", NOW, CANARY)
        letter = tx.dead_letter_at(*source)
        assert tx.redriven(letter.id)
        assert not tx.redriven(letter.id)
        tx.dead_letters_published([letter.id])  # its reference was on its way out when it was redriven
        with pytest.raises(KeyError):
            tx.dead_letter_content(letter)
        assert (tx.dead_letters(), tx.dead_letters_unpublished()) == ([], [])
        assert not tx.dead_letter(source, "UNKNOWN_SCHEMA", "", "unknown schema id", NOW, CANARY)
        assert tx.session.one("select ciphertext from dead_letter") == (b"",)


def test_a_review_is_decided_once_by_one_person(ledger: Ledger):
    subject = a_subject(ledger)
    n = write(ledger, an_event(1, subject))
    with ledger.transaction() as tx:
        tx.add_review(n, subject, [4, 5], b"waterfall")
        tx.add_review(n, subject, [6], b"again")
        (review,) = tx.reviews_open()
        assert (review.candidates, review.waterfall, review.decided_at) == ((4, 5), b"waterfall", None)
        assert tx.decide_review(review.id, "link 4", "front_door_manager", NOW)
        assert not tx.decide_review(review.id, "new", "front_door_manager", NOW)
        assert tx.reviews_open() == []
        assert tx.review(review.id).state == "link 4"
        assert tx.review(99) is None


def test_offsets_never_move_back(ledger: Ledger):
    with ledger.transaction() as tx:
        tx.advance("in.schools.oakfield", 0, 5)
        tx.advance("in.schools.oakfield", 0, 3)
        tx.advance("seals.police.easthaven-police", 1, 1)
        assert tx.progress() == {("in.schools.oakfield", 0): 5, ("seals.police.easthaven-police", 1): 1}


def test_what_is_held_may_be_held_longer(ledger: Ledger):
    from ledger import Hold
    from sharing.vocabulary import Outcome

    subject = a_subject(ledger)
    waiting = to("oakfield", 1, state=Outcome.HOLD, hold=Hold("LINK_OPEN", NOW))
    write(ledger, an_event(1, subject)._replace(exchanges=(waiting,)))
    with ledger.transaction() as tx:
        tx.extend_held(waiting.exchange_id, NOW + timedelta(hours=1))
        assert tx.held_due(NOW, 10) == []
        assert tx.release_held([waiting.exchange_id, b"\0" * 16]) == 1


def test_a_reading_refuses_to_write(ledger: Ledger):
    with pytest.raises(Exception, match=r"read-?only"), ledger.reading() as tx:
        tx.advance("in.schools.oakfield", 0, 5)


def test_nothing_personal_stands_in_clear_on_the_disk(tmp_path: Path, keys):
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", keys)
    with ledger.transaction() as tx:
        subject = tx.new_subject()
        tx.save_identity(subject, CANARY)
        tx.save_state(subject, CANARY, NOW, register_moved=True)
        first = tx.write(carrier(an_event(1, subject, "oakfield", content=CANARY)))
        tx.add_review(first << 12, subject, [], CANARY)
        tx.dead_letter(("in.schools.oakfield", 0, 1), "BAD_SCHEMA", "", "unknown schema id", NOW, CANARY)
    number(ledger)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"oakfield" in on_disk, "the scan sees what is there"
    assert CANARY not in on_disk
    assert b"Testcase" not in on_disk
    ledger.close()
