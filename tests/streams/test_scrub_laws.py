"""A text that is to be scrubbed: the rest goes at once, the text when a person has read what is left, and not else."""

import json
from datetime import timedelta

import pytest

from ledger.verify import verify
from sharing.errors import Rejected, Retryable
from sharing.events import (
    EVENT_TYPES,
    ProtectionNoticeSubmitted,
)
from sharing.policy.canonical import canonical
from streams.agents import text_review
from streams.agents.text_queue import ASKED, RELEASED, WITHHELD
from tests.ledger.exports import exported
from tests.streams.corridor import COMMUNITY, FRIDAY, GP, POLICE
from tests.streams.families import ROSA, TOM
from tests.streams.scrub_kit import GRAZE, SAW, SECRETS, let_go, notices, tasks, texts, told, words
from tests.streams.test_seal_laws import carries, involve, notice, seal

# ---------------------------------------------------------------- the rest goes, the text waits


def test_the_rest_goes_at_once_and_the_text_does_not(waiting):
    (view,) = notices(waiting)
    assert view.event.child.surname == "Quillfeather"
    assert view.event.child_injury is None


def test_a_text_that_says_nothing_waits_for_nobody(corridor):
    involve(corridor, GP, "practice_lead")
    told(corridor, child_injury=None)
    assert (len(notices(corridor)), words(corridor), tasks(corridor)) == (1, [], [])


def test_who_wrote_it_is_asked_once_and_told_neither_text_nor_child(waiting):
    (task,) = tasks(waiting)
    assert (task.organisation, task.event.about_event) == (POLICE, notices(waiting)[0].exchange)
    assert carries(task, *SECRETS, GRAZE) == []
    (sworn,) = words(waiting)
    assert (sworn["kind"], sworn["path"], sworn["owner"]) == (ASKED, "child_injury", [POLICE, "force_duty"])
    assert not [s for s in (*SECRETS, "knee") if s in json.dumps(sworn)]


def test_deciding_again_does_not_ask_again(waiting):
    involve(waiting, COMMUNITY, "health_visitor")  # a register moves
    waiting.restart()
    waiting.flow()
    waiting.pass_time(FRIDAY + timedelta(minutes=5))
    assert len(words(waiting, ASKED)) == len(tasks(waiting)) == 1


def test_it_is_asked_though_a_register_moved_before_it_left(corridor):
    involve(corridor, GP, "practice_lead")
    corridor.send(POLICE, corridor.event(ProtectionNoticeSubmitted, POLICE, ROSA, child_injury=SAW))
    corridor.send(POLICE, seal(corridor))
    corridor.restart()
    corridor.flow()
    assert (len(notices(corridor)), len(words(corridor, ASKED))) == (1, 1)


def test_a_backlog_of_texts_is_asked_about_in_one_go_and_leaves_in_order(corridor):
    involve(corridor, GP, "practice_lead")
    said = [corridor.event(ProtectionNoticeSubmitted, POLICE, ROSA, child_injury=f"graze {n}") for n in range(20)]
    corridor.send(POLICE, *said)
    corridor.number()
    corridor.real += timedelta(seconds=2)
    corridor.release.once(corridor.real)
    assert len(words(corridor, ASKED)) == 20
    corridor.flow()
    assert [v.record.seq for v in notices(corridor)] == list(range(1, 21))
    assert len(words(corridor, ASKED)) == len(tasks(corridor)) == 20


def test_each_recipient_waits_for_an_answer_of_its_own(waiting):
    involve(waiting, COMMUNITY, "health_visitor")
    told(waiting)
    assert len(words(waiting, ASKED)) == 3


# ---------------------------------------------------------------- a person lets it go


def test_the_text_arrives_when_a_person_has_let_it_go_and_what_is_known_of_the_family_does_not(waiting):
    let_go(waiting)
    first, second = notices(waiting)
    assert GRAZE in second.event.child_injury
    assert not [s for s in SECRETS if s in second.event.child_injury]
    assert second.exchange != first.exchange
    assert second.event.envelope.in_reply_to == first.exchange
    assert second.record.seq > first.record.seq


def test_it_reaches_nobody_but_its_recipient(waiting):
    let_go(waiting)
    assert {v.organisation for v in waiting.views() if carries(v, GRAZE)} == {GP}


def test_it_arrives_too_where_the_process_ended_in_between(waiting):
    shown = text_review.show(waiting.broker, 1)
    text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    waiting.restart()
    waiting.flow()
    assert len(texts(waiting)) == 1


def test_it_arrives_though_a_register_moved_before_it_left(waiting):
    shown = text_review.show(waiting.broker, 1)
    text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    involve(waiting, COMMUNITY, "health_visitor")
    assert len(texts(waiting)) == 1
    assert [d["reason"] for d in waiting.decisions(waiting.notice) if "reviewed" in json.dumps(d)]


def test_a_person_may_take_more_away_and_add_nothing(waiting):
    shown = text_review.show(waiting.broker, 1)
    for wrong, code in (("A bruise on the arm.", "NOT_A_CUT"), ("", "NOT_A_CUT"), (SAW, "NOT_A_CUT")):
        with pytest.raises(Rejected, match=code) as refused:
            text_review.release(waiting.broker, 1, "force_duty", "OTHER", shown.seen, wrong)
        assert not [s for s in SECRETS if s in str(refused.value)]
    let_go(waiting, shown.scrubbed.text.partition(".")[0] + ".")
    (text,) = texts(waiting)
    assert text.endswith(f"{GRAZE}.")


def test_who_has_not_seen_what_is_taken_out_now_looks_again(waiting):
    seen = text_review.show(waiting.broker, 1).seen
    told(waiting, child_injury=None, alleged_perpetrator="Graze Knee")  # the family learns of somebody
    with pytest.raises(Rejected, match="LOOK_AGAIN"):
        text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", seen)
    again = text_review.show(waiting.broker, 1)
    assert again.seen != seen
    assert "knee" not in again.scrubbed.text
    assert texts(waiting) == []


def test_only_who_wrote_it_lets_it_go_or_keeps_it(waiting):
    seen = text_review.show(waiting.broker, 1).seen
    for other in ("practice_lead", "front_door_manager", "anybody"):
        with pytest.raises(
            Rejected, match="is read by a function of easthaven-police: data_protection_officer, force_duty"
        ):
            text_review.release(waiting.broker, 1, other, "OTHER", seen)
        with pytest.raises(Rejected, match="NOT_THE_OWNER"):
            text_review.withhold(waiting.broker, 1, other, "OTHER")
    assert text_review.waiting(waiting.broker)


def test_a_process_that_ends_between_asking_and_sending_asks_once_and_sends_once(corridor):
    involve(corridor, GP, "practice_lead")
    corridor.send(POLICE, corridor.event(ProtectionNoticeSubmitted, POLICE, ROSA, child_injury=SAW))
    corridor.destination.away = True
    with pytest.raises(Retryable):
        corridor.flow()
    assert (len(words(corridor, ASKED)), notices(corridor)) == (1, [])
    corridor.destination.away = False
    corridor.restart()
    corridor.flow()
    assert (len(words(corridor, ASKED)), len(tasks(corridor)), len(notices(corridor))) == (1, 1, 1)


def test_what_is_known_of_brothers_and_sisters_is_taken_out_too(corridor):
    involve(corridor, GP, "practice_lead")
    incident = "ab" * 16
    corridor.send(POLICE, notice(corridor, incident_id=incident), notice(corridor, TOM, incident_id=incident))
    corridor.flow()
    told(corridor, child_injury=f"a {GRAZE}; he said that tom underbough pushed her")
    let_go(corridor)
    (text,) = texts(corridor)
    assert "he said that" in text
    assert "underbough" not in text, "written small, it is known by the other child's record alone"


def test_who_told_and_who_is_suspected_are_taken_out_however_they_are_written(corridor):
    involve(corridor, GP, "practice_lead")
    told(corridor, informant="Marigold Hale", alleged_perpetrator="Dane Crowhurst", officer="PC Ilfracombe",
         child_injury=f"a {GRAZE}. mrs hale saw dane crowhurst push her, as pc ilfracombe wrote down")  # fmt: skip
    let_go(corridor)
    (text,) = texts(corridor)
    assert GRAZE in text
    assert "push her" in text
    assert not [name for name in ("hale", "crowhurst", "dane", "ilfracombe") if name in text]
    assert [v.event.informant for v in notices(corridor)] == [None, None]


def test_it_is_let_go_once(waiting):
    let_go(waiting)
    for after in (lambda: text_review.show(waiting.broker, 1), lambda: let_go(waiting)):
        with pytest.raises(Rejected, match="DONE_BEFORE"):
            after()
    with pytest.raises(Rejected, match="NO_SUCH_TEXT"):
        text_review.show(waiting.broker, 2)
    assert len(texts(waiting)) == 1


def test_what_is_let_go_is_sworn_to_without_a_word_of_it_and_verifies(waiting):
    following = let_go(waiting)
    sworn = words(waiting, RELEASED)[0]
    assert (sworn["by"], sworn["why"], sworn["following"]) == ("force_duty", "NEEDED_FOR_CARE", following)
    assert not [s for s in (*SECRETS, "graze", "knee") if s in json.dumps(sworn)]
    assert verify(waiting.ledger).fault is None
    rows = [r for d in waiting.decisions(waiting.notice) for r in d["fields"] if r[0] == "child_injury"]
    assert ["child_injury", "scrub", "reviewed", "police/injury-seen-by-officers"] in rows


def test_no_word_of_it_lies_in_clear_in_the_database(waiting):
    let_go(waiting)
    files = list(waiting.folder.glob("ledger.db*"))
    assert files
    assert not [f for f in files if b"graze" in f.read_bytes()]


@pytest.mark.parametrize("word", ["as it is", "taken out", "of another text", "of another exchange"])
def test_an_outsider_accepts_a_text_only_with_the_word_of_a_person(waiting, tmp_path, word):
    """The record that was planted has good leaves and good signatures: only the word is wrong."""
    shown = text_review.show(waiting.broker, 1)
    changed = {
        "of another text": {"path": "x", "records": {"x": "ab" * 16}},
        "of another exchange": {"following": "ab" * 16},
    }
    plain = text_review.Statement

    def spoilt(kind: str, body: bytes):
        kind = "note.made" if word == "taken out" else kind
        return plain(kind, canonical({**json.loads(body), **changed.get(word, {})}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_review, "Statement", spoilt)
        text_review.release(waiting.broker, 1, "force_duty", "NEEDED_FOR_CARE", shown.seen)
    waiting.number()
    status, said = exported(waiting.ledger, tmp_path / "export").verify()
    assert (status, "a text goes as read by a person" in said) == ((0, False) if word == "as it is" else (1, True))


def test_what_is_kept_for_the_view_can_be_said_by_nobody_else(waiting):
    forged = waiting.event(EVENT_TYPES["broker.text.reviewed"], GP, ROSA, exchange="ab" * 16, path="x", text="y")
    waiting.send(GP, forged)
    waiting.flow()
    assert waiting.views(event_type="broker.text.reviewed") == []


# ---------------------------------------------------------------- or keeps it


def test_what_a_person_keeps_never_goes_and_is_sworn_to(waiting):
    text_review.withhold(waiting.broker, 1, "force_duty", "NAMES_OTHERS")
    waiting.flow()
    told(waiting, child_injury=None)
    assert texts(waiting) == []
    (sworn,) = words(waiting, WITHHELD)
    assert (sworn["by"], sworn["why"]) == ("force_duty", "NAMES_OTHERS")
    with pytest.raises(Rejected, match="DONE_BEFORE"):
        let_go(waiting)
