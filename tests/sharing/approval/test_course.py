"""What is in force: only what has every signature, over exactly this, given before it was activated."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.approval import Approval, Fault, NoHead, course_of, head_at, sign
from sharing.approval.signing import approval_text
from sharing.errors import Rejected
from tests.sharing.approval.kit import ALL, DAY, NOW, SEEDS, TABLE, THREE, Book, founding_report, matrix, report

WIDER = report("first", "second", [("police.missing.changed", "school", "last_seen_area")])
NARROWER = report("first", "second", (), "permit one: taken out")


def head(book: Book, now=NOW):
    return head_at(course_of(book.statements), book.documents, now)


def fault(book: Book, now=NOW) -> Fault:
    with pytest.raises(NoHead) as found:
        head(book, now)
    return found.value.fault


def test_where_nothing_was_activated_nothing_is_in_force():
    book = Book()
    assert fault(book) is Fault.MISSING
    book.approve(book.propose(founding_report(matrix("first"))), *ALL)
    assert fault(book) is Fault.MISSING


def test_a_set_that_everybody_signed_is_in_force():
    book = Book()
    proposal = book.found()
    found = head(book)
    assert (found.proposal, found.before, found.until, found.table) == (proposal, None, None, TABLE)


@given(st.sets(st.sampled_from(ALL)).filter(lambda s: len(s) < len(ALL)))
def test_a_first_set_that_lacks_any_signature_never_comes_into_force(names):
    book = Book()
    proposal = book.propose(founding_report(matrix("first")))
    book.approve(proposal, *names)
    book.activate(proposal)
    assert fault(book) is Fault.UNSIGNED


@given(st.sets(st.sampled_from(ALL)))
def test_what_widens_is_in_force_exactly_when_police_and_the_three_have_signed(names):
    book = Book()
    second = book.propose(WIDER, book.found())
    book.approve(second, *names)
    book.activate(second)
    if set(THREE) <= names:
        assert head(book).proposal == second
    else:
        assert fault(book) is Fault.UNSIGNED


@given(st.sampled_from(ALL))
def test_what_narrows_is_in_force_with_one_signature(name):
    book = Book()
    second = book.propose(NARROWER, book.found())
    book.approve(second, name)
    book.activate(second)
    assert head(book).proposal == second


def test_what_narrows_is_not_in_force_with_none():
    book = Book()
    book.activate(book.propose(NARROWER, book.found()))
    assert fault(book) is Fault.UNSIGNED


@given(st.sampled_from(["matrix", "report", "texts", "previous", "returns_to"]), st.sampled_from(ALL))
def test_a_signature_over_another_hash_never_counts(field, name):
    book = Book()
    proposal = book.propose(founding_report(matrix("first")))
    other = replace(proposal, **{field: matrix("other")})
    assert approval_text(other) != approval_text(proposal)
    book.approve(proposal, *(n for n in ALL if n != name))
    book.hand_in(Approval(proposal.id, name, sign(other, SEEDS[name])))
    book.activate(proposal)
    assert fault(book) is Fault.UNSIGNED


@given(st.permutations(ALL).map(lambda names: names[:2]))
def test_nobody_signs_for_another_office(names):
    mine, theirs = names
    book = Book()
    proposal = book.propose(founding_report(matrix("first")))
    book.approve(proposal, *(n for n in ALL if n != theirs))
    book.hand_in(Approval(proposal.id, theirs, sign(proposal, SEEDS[mine])))
    book.activate(proposal)
    assert fault(book) is Fault.UNSIGNED


def test_a_signature_that_comes_after_the_activation_does_not_count():
    book = Book()
    proposal = book.propose(founding_report(matrix("first")))
    book.activate(proposal)
    book.approve(proposal, *ALL)
    assert fault(book) is Fault.UNSIGNED


def test_an_unsigned_head_does_not_fall_back_to_the_one_before_it():
    book = Book()
    second = book.propose(WIDER, book.found())
    book.activate(second, NOW + DAY)
    assert head(book).proposal != second
    assert fault(book, NOW + DAY) is Fault.UNSIGNED


def test_a_set_is_in_force_from_its_time_on_and_not_before():
    book = Book()
    first = book.found()
    second = book.propose(NARROWER, first)
    book.approve(second, "schools")
    book.activate(second, NOW + DAY)
    before, after = head(book, NOW + DAY / 2), head(book, NOW + DAY)
    assert (before.proposal, before.until) == (first, NOW + DAY)
    assert (after.proposal, after.since, after.before) == (second, NOW + DAY, first)


def test_two_changes_that_follow_the_same_set_do_not_both_count():
    book = Book()
    first = book.found()
    for name in ("second", "third"):
        proposal = book.propose(report("first", name), first)
        book.approve(proposal, *ALL)
        book.activate(proposal)
    assert fault(book) is Fault.TAMPERED


def test_a_change_of_the_table_takes_the_old_key_of_the_office_and_the_new_key_signs_from_then_on():
    book = Book()
    first = book.found()
    new = bytes(32)
    table = TABLE.with_keys({"schools": public(new)})
    second = book.propose(report("first", "first"), first, table)
    book.approve(second, *THREE)
    book.hand_in(Approval(second.id, "schools", sign(second, new)))
    book.activate(second)
    assert fault(book) is Fault.UNSIGNED
    book.statements.pop()
    book.approve(second, "schools")
    book.activate(second)
    assert head(book).table == table
    third = book.propose(report("first", "third"), second, table)
    book.approve(third, "schools")
    book.activate(third)
    assert fault(book) is Fault.UNSIGNED
    book.statements.pop()
    book.hand_in(Approval(third.id, "schools", sign(third, new)))
    book.activate(third)
    assert head(book).proposal == third


def public(seed: bytes) -> bytes:
    from sharing.approval import public_of

    return public_of(seed)


def test_a_rollback_is_a_change_like_any_other_and_its_activation_has_its_own_kind():
    book = Book()
    first = book.found()
    second = book.propose(NARROWER, first)
    book.approve(second, "schools")
    book.activate(second)
    back = book.propose(report("second", "first", [("police.missing.changed", "gp", "$exists")]), second,
                        returns_to=first.id)  # fmt: skip
    book.approve(back, "schools")
    book.activate(back)
    assert book.statements[-1][0] == "agreements.rolled-back"
    assert fault(book) is Fault.UNSIGNED
    book.statements.pop()
    book.approve(back, *THREE)
    book.activate(back)
    assert head(book).proposal.returns_to == first.id


def in_force(book: Book) -> str:
    """What is in force, or why nothing is."""
    try:
        return head(book).proposal.id
    except NoHead as none:
        return none.fault


@given(st.data())
def test_any_byte_changed_anywhere_leaves_no_head_or_the_same_head(data):
    book = Book()
    proposal = book.found()
    bodies = [body for _, body in book.statements] + book.bodies
    which = data.draw(st.integers(0, len(bodies) - 1))
    at = data.draw(st.integers(0, len(bodies[which]) - 1))
    changed = bytearray(bodies[which])
    changed[at] ^= data.draw(st.integers(1, 255))
    bodies[which] = bytes(changed)
    kinds = [kind for kind, _ in book.statements]
    other = Book(list(zip(kinds, bodies[: len(kinds)], strict=True)), bodies[len(kinds) :])
    assert in_force(other) in (proposal.id, Fault.TAMPERED, Fault.UNSIGNED)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"matrix": "x"}', b"\xff", b'{"at":"yesterday","by":"a"}'])
def test_a_statement_that_cannot_be_read_back_is_refused(body):
    from sharing.approval import Activation, Proposal

    for kind in (Proposal, Approval, Activation):
        with pytest.raises(Rejected):
            kind.from_body(body)


def test_a_document_that_is_gone_is_noticed():
    for gone in range(2):
        book = Book()
        book.found()
        del book.bodies[gone]
        assert fault(book) is Fault.TAMPERED
