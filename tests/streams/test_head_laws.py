"""Without signed agreements in force nothing but referrals leaves; nothing is lost meanwhile, and nothing leaks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.rows import CarrierRows, Statement
from sharing.approval import NO_HEAD, Fault
from sharing.approval.proposal import Activation
from sharing.errors import Rejected
from sharing.events import (
    ConcernShared,
    MissingAction,
    MissingChanged,
    SealAction,
    SealChanged,
    SealKind,
)
from streams.broker import ENGINE, read_agreements
from streams.changing import activate, prepare_proposal, write_proposal
from streams.head import LOOK_AGAIN_SECONDS, HeadWatch, Stand
from tests.streams.corridor import COMMUNITY, CSC, HOUSE, OAKFIELD, POLICE, Corridor, offices
from tests.streams.families import POSTCODE, ROSA
from tests.streams.test_referral_laws import other_agreements, refer
from tests.streams.test_seal_laws import carries, everybody_involved

KIND = "select id from word where text = '{}'"
Harm = Callable[[Corridor], object]


class Watch:
    """Real seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch(corridor: Corridor) -> Watch:
    """A broker that was running before: it knows the head, and its seconds stand still."""
    made = Watch()
    corridor.broker = replace(corridor.broker, head=HeadWatch(made))
    corridor.intake.broker = corridor.release.broker = corridor.timers.broker = corridor.broker
    stand(corridor)
    return made


def stand(corridor: Corridor) -> Stand:
    with corridor.ledger.reading() as tx:
        return corridor.broker.stand(tx)


def run(corridor: Corridor, sql: str, *parameters: object) -> int:
    with corridor.ledger.transaction() as tx:
        return tx.session.run(sql, parameters)


def rows(corridor: Corridor, kind: str) -> list[tuple]:
    with corridor.ledger.reading() as tx:
        return [
            tuple(r) for r in tx.session.rows(f"select n, kind, body from statement where kind = ({KIND.format(kind)})")
        ]


def taken_out(kind: str, last: bool = True) -> Harm:
    """One row of a kind is gone; gives what puts it back."""

    def harm(corridor: Corridor) -> Callable[[], object]:
        row = rows(corridor, kind)[-1 if last else 0]
        assert run(corridor, "delete from statement where n = ?", row[0]) == 1
        return lambda: run(corridor, "insert into statement values (?, ?, ?)", *row)

    return harm


def changed(kind: str, old: bytes, new: bytes) -> Harm:
    """Some bytes of a row are others."""

    def harm(corridor: Corridor) -> Callable[[], object]:
        n, _, body = next(row for row in rows(corridor, kind) if old in row[2])
        assert len(old) == len(new)
        run(corridor, "update statement set body = ? where n = ?", bytes(body).replace(old, new), n)
        return lambda: run(corridor, "update statement set body = ? where n = ?", bytes(body), n)

    return harm


HARMS = {
    "missing": (taken_out("agreements.activated"), Fault.MISSING),
    "never-proposed": (taken_out("agreements.proposed"), Fault.TAMPERED),
    "one-signature-gone": (taken_out("agreements.approved"), Fault.UNSIGNED),
    "texts-gone": (taken_out("agreements.texts"), Fault.TAMPERED),
    "texts-changed": (changed("agreements.texts", b"open_involvement", b"clinician_concer"), Fault.TAMPERED),
    "report-changed": (changed("agreements.report", b"true", b"null"), Fault.TAMPERED),
    "proposal-changed": (changed("agreements.proposed", b'"needed":["', b'"needed":[" '[:11]), Fault.TAMPERED),
    "activation-changed": (changed("agreements.activated", b'"by":"invented', b'"by":"Invented'), None),
    "signature-changed": (changed("agreements.approved", b'"signature":"', b'"signature":"'), None),
}


def broken_head(corridor: Corridor, name: str) -> Callable[[], object]:
    harm, fault = HARMS[name]
    mend = harm(corridor)
    assert stand(corridor).fault is fault
    return mend


BROKEN = [name for name, (_, fault) in HARMS.items() if fault and name != "proposal-changed"]


def traffic(corridor: Corridor) -> None:
    """Something for everybody, absorbed and not yet released."""
    corridor.send(OAKFIELD, corridor.event(ConcernShared, OAKFIELD, ROSA, facts="worried"))
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.send(OAKFIELD, refer(corridor))


def at_rest(corridor: Corridor) -> list[tuple]:
    """Everything that left: the recipient, the type and the words, each once."""
    while corridor.pass_time(corridor.now) or corridor.timers.once(corridor.real):
        pass
    return sorted((v.organisation, v.event.event_type, str(getattr(v.event, "facts", ""))) for v in corridor.views())


def straight(tmp_path: Path) -> list[tuple]:
    """What leaves of the same traffic when nobody meddles."""
    other = Corridor(tmp_path / "straight")
    everybody_involved(other)
    traffic(other)
    found = at_rest(other)
    other.close()
    return found


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_but_referrals_leaves_and_then_everything_does_once(corridor, watch, tmp_path, name):
    (tmp_path / "straight").mkdir()
    everybody_involved(corridor)
    before = len(corridor.destination.sent)
    watch.now += LOOK_AGAIN_SECONDS
    mend = broken_head(corridor, name)
    traffic(corridor)
    corridor.flow()
    assert {v.event.event_type for v in corridor.views()[before:]} == {"referral.submitted"}
    mend()
    watch.now += LOOK_AGAIN_SECONDS
    assert at_rest(corridor) == straight(tmp_path)
    assert len({r.exchange_id for r in corridor.destination.sent}) == len(corridor.destination.sent)


@pytest.mark.parametrize("name", BROKEN)
def test_a_worker_that_starts_while_nothing_is_in_force_takes_in_and_loses_nothing(corridor, tmp_path, name):
    (tmp_path / "straight").mkdir()
    everybody_involved(corridor)
    before = len(corridor.destination.sent)
    mend = HARMS[name][0](corridor)
    corridor.restart()
    traffic(corridor)
    corridor.restart()
    corridor.flow()
    assert {v.event.event_type for v in corridor.views()[before:]} == {"referral.submitted"}
    mend()
    corridor.restart()
    assert at_rest(corridor) == straight(tmp_path)


def test_tampering_is_noticed_within_a_second_even_where_no_row_was_added(corridor, watch):
    changed("agreements.texts", b"open_involvement", b"clinician_concer")(corridor)
    assert stand(corridor).is_good
    watch.now += LOOK_AGAIN_SECONDS
    assert stand(corridor).fault is Fault.TAMPERED
    assert LOOK_AGAIN_SECONDS < 5


def test_a_row_that_is_gone_is_noticed_in_the_very_next_claim(corridor, watch):
    everybody_involved(corridor)
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.number()
    before = len(corridor.destination.sent)
    taken_out("agreements.approved")(corridor)
    assert corridor.flow() == []
    assert len(corridor.destination.sent) == before


def test_an_installation_without_any_signed_set_holds_everything_but_the_referral(corridor, tmp_path):
    run(corridor, "delete from statement")
    corridor.restart()
    corridor.send(OAKFIELD, refer(corridor))
    event = corridor.event(ConcernShared, OAKFIELD, ROSA, facts="worried")
    corridor.send(OAKFIELD, event)
    corridor.flow()
    seen = corridor.one(CSC, "referral.submitted")
    assert seen.event.child.surname == ROSA.surname
    assert "suppress" not in {d["outcome"] for d in corridor.decisions(event)}


def test_a_worker_that_starts_beside_a_bad_head_decides_by_the_last_good_one(corridor, tmp_path):
    corridor.change(other_agreements(tmp_path))
    fresh = stand(corridor).agreements.version
    made = corridor.change(HOUSE / "agreements")
    run(corridor, f"delete from statement where kind = ({KIND.format('agreements.approved')}) and n > ?",
        rows(corridor, "agreements.proposed")[-1][0])  # fmt: skip
    corridor.restart()
    found = stand(corridor)
    assert (found.fault, found.agreements.version) == (Fault.UNSIGNED, fresh)
    assert made.matrix != fresh


def test_no_refusal_stands_while_nothing_is_in_force(corridor):
    everybody_involved(corridor)
    sealing = {"kind": SealKind.PERPETRATOR_CHANNEL, "action": SealAction.SET}
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, **sealing))
    corridor.flow()
    mend = HARMS["missing"][0](corridor)
    corridor.restart()
    event = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    corridor.send(POLICE, event)
    waiting = [d["reason"] for d in corridor.decisions(event) if d["outcome"] == "hold"]
    assert NO_HEAD in waiting
    mend()
    at_rest(corridor)
    last = corridor.decisions(event)
    with corridor.ledger.reading() as tx:
        assert tx.held_because(NO_HEAD, 10) == []
    assert {d["outcome"] for d in last} >= {"hold", "suppress"}


def test_a_seal_that_comes_while_nothing_is_in_force_takes_back_what_had_left(corridor, watch):
    everybody_involved(corridor)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    had = corridor.one(COMMUNITY, "police.missing.changed")
    assert carries(had, POSTCODE)
    mend = HARMS["missing"][0](corridor)
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    assert corridor.flow() == []
    mend()
    watch.now += LOOK_AGAIN_SECONDS
    at_rest(corridor)
    recalled = {v.event.recalled_exchange for v in corridor.views(COMMUNITY, "correction.issued")}
    assert had.exchange in recalled
    again = corridor.views(COMMUNITY, "police.missing.changed")[-1]
    assert carries(again, POSTCODE) == []


# ------------------------------------------------------------ another head


def test_a_new_head_is_in_force_at_its_time_without_a_restart(corridor, watch, tmp_path):
    fresh = read_agreements(other_agreements(tmp_path))
    old = stand(corridor).agreements.version
    at = corridor.now + timedelta(hours=1)
    with corridor.ledger.reading() as tx:
        from agreements import read_texts

        made = prepare_proposal(tx, read_texts(tmp_path / "agreements"), offices().table.text(), "tests", corridor.now)
    write_proposal(corridor.ledger, made, corridor.now, ENGINE)
    sign_all(corridor, made.proposal)
    activate(corridor.ledger, made.proposal.id, at, "tests", corridor.now, ENGINE)
    everybody_involved(corridor)
    event = corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    corridor.send(POLICE, event)
    assert (stand(corridor).agreements.version, stand(corridor).until) == (old, at)
    corridor.now = at
    assert stand(corridor).agreements.version == fresh.version
    corridor.flow()
    assert {d["agreements"] for d in corridor.decisions(event)} == {old, fresh.version}


def sign_all(corridor: Corridor, proposal) -> None:
    from sharing.approval import Approval, sign
    from streams.changing import hand_in

    for name, seed in offices().seeds.items():
        hand_in(corridor.ledger, Approval(proposal.id, name, sign(proposal, seed)), corridor.now, ENGINE)


def test_two_workers_do_not_release_under_different_heads(corridor, watch, tmp_path):
    """The other worker's seconds stand still: it has not looked again, and still claims under the newest head alone."""
    everybody_involved(corridor)
    old = stand(corridor).agreements.version
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.number()
    before = len(corridor.destination.sent)
    corridor.change(other_agreements(tmp_path))
    corridor.release.once(corridor.real + timedelta(seconds=2))
    assert len(corridor.destination.sent) == before, "claimed under a head that another one had followed"
    corridor.flow()
    assert len(corridor.destination.sent) > before
    assert stand(corridor).agreements.version != old


def test_a_worker_that_makes_another_matrix_of_the_signed_texts_releases_nothing(corridor, watch, monkeypatch):
    from streams import head

    other = replace(corridor.broker.agreements, version="0" * 64)
    monkeypatch.setattr(head, "compiled", lambda _body: other)
    corridor.restart()
    assert stand(corridor).fault is Fault.OTHER_HERE


def test_a_set_past_its_review_is_not_in_force(corridor, watch):
    corridor.now += timedelta(days=3650)
    watch.now += LOOK_AGAIN_SECONDS
    found = stand(corridor)
    assert found.fault is Fault.PAST_REVIEW
    assert "encompass" in found.words


def test_who_activates_by_hand_what_is_not_signed_stops_the_release(corridor, watch, tmp_path):
    from agreements import read_texts

    other_agreements(tmp_path)
    with corridor.ledger.reading() as tx:
        made = prepare_proposal(tx, read_texts(tmp_path / "agreements"), offices().table.text(), "tests", corridor.now)
    write_proposal(corridor.ledger, made, corridor.now, ENGINE)
    with pytest.raises(Rejected) as refused:
        activate(corridor.ledger, made.proposal.id, corridor.now, "tests", corridor.now, ENGINE)
    assert refused.value.code == "NOT_SIGNED"
    with corridor.ledger.transaction() as tx:
        body = Activation(made.proposal.id, corridor.now, "tests").to_body()
        tx.write(CarrierRows(corridor.now, ENGINE, statements=[Statement(Activation.KIND, body)]))
    assert stand(corridor).fault is Fault.UNSIGNED


def test_a_report_that_is_made_too_small_does_not_make_the_change_small(corridor, tmp_path):
    """One office and somebody at the database collude: they sign a report that says that nothing is disclosed."""
    from agreements import read_texts
    from sharing.approval import Approval, digest_of, sign
    from sharing.policy.canonical import canonical
    from streams.changing import hand_in

    folder = tmp_path / "wider"
    folder.mkdir()
    for name, text in read_texts(HOUSE / "agreements").items():
        (folder / name).write_text(
            text.replace("named, acknowledgement]", "named, acknowledgement, child_police]", 1)
            if name == "encompass.yaml"
            else text
        )
    with corridor.ledger.reading() as tx:
        made = prepare_proposal(tx, read_texts(folder), offices().table.text(), "tests", corridor.now)
    assert not made.quorum.any_one
    small = {**made.report, "newly_disclosed": [], "waits_otherwise": [], "changed_otherwise": []}
    lying = replace(made, report=small, proposal=replace(made.proposal, report=digest_of(canonical(small)), needed=()))
    write_proposal(corridor.ledger, lying, corridor.now, ENGINE)
    hand_in(corridor.ledger, Approval(lying.proposal.id, "hospital", sign(lying.proposal, offices().seeds["hospital"])),
            corridor.now, ENGINE)  # fmt: skip
    activate(corridor.ledger, lying.proposal.id, corridor.now, "tests", corridor.now, ENGINE)
    found = stand(corridor)
    assert found.fault is Fault.UNSIGNED
    assert "schools" in found.words


def test_the_ledger_of_all_this_verifies(corridor, tmp_path):
    from ledger.verify import verify

    everybody_involved(corridor)
    corridor.change(other_agreements(tmp_path))
    traffic(corridor)
    at_rest(corridor)
    assert verify(corridor.ledger).fault is None
