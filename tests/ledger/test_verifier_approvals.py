"""The outsider asks who must sign a change by tables that were signed before it, and takes no proposer's word."""

import json
from dataclasses import dataclass, field

import pytest

from ledger.offline_verifier import Approvals, Fault
from sharing.approval import Activation, Approval, Proposal, digest_of, documents_of, founding_report, sign
from sharing.approval.course import NoHead, course_of, head_at
from sharing.approval.proposal import MATRIX, REPORT, TEXTS, texts_body
from sharing.approval.quorum import quorum, speakers_table
from sharing.policy.canonical import canonical
from tests.ledger.exports import matrix_document
from tests.sharing.approval.kit import ALL, DAY, NOW, SEEDS, TABLE, THREE

SPEAKERS = speakers_table()
TO_CHARITY = ("school.concern.shared", "voluntary", "facts")
FORGED = SPEAKERS | {"school.concern.shared": ["local_authority"]}
"""Who would take a school's own event for the authority's."""


def matrix(name: str) -> bytes:
    """Agreements of a name; the ones called `wider` give a school the words of a notice, too."""
    document = matrix_document() | {"categories": {name: {}}}
    if name == "wider":
        (cell,) = document["cells"]
        document["cells"] = [cell | {"fields": [*cell["fields"], ["words", "clear", "isa/pupil"]]}]
    return canonical(document)


@dataclass
class Ledger:
    """Statements in order, for the outsider and for the broker."""

    statements: list[tuple[str, bytes]] = field(default_factory=list)
    last: str = ""

    def change(self, name, disclosed=(), signed=ALL, speakers=SPEAKERS, needed=None, **more) -> None:
        """A set that is proposed, signed by these and in force; `needed`: who must sign, as its proposer says."""
        old = digest_of(matrix(self.last)) if self.last else ""
        new = digest_of(matrix(name))
        rows = [{"event": e, "to": to, "field": path} for e, to, path in disclosed]
        said = {"old": old, "new": new, "newly_disclosed": rows, "changed_otherwise": [], **more}
        report = canonical(said if old else founding_report(new))
        texts = texts_body({"a.yaml": name}, TABLE.text(), speakers)
        previous = next((digest_of(b) for k, b in reversed(self.statements) if k == Proposal.KIND), "")
        named = tuple(quorum(json.loads(report), TABLE, TABLE).reasons) if needed is None else needed
        made = Proposal(new, digest_of(report), digest_of(texts), previous, "", NOW, "somebody", named)
        self.statements += [(MATRIX, matrix(name)), (REPORT, report), (TEXTS, texts), (Proposal.KIND, made.to_body())]
        for office in signed:
            self.statements.append((Approval.KIND, Approval(made.id, office, sign(made, SEEDS[office])).to_body()))
        self.statements.append((Activation.KIND, Activation(made.id, NOW, "somebody").to_body()))
        self.last = name

    def outsider(self) -> str:
        """What the outsider finds, `""` when it holds."""
        found = Approvals()
        try:
            for kind, body in self.statements:
                found.take(kind, body)
        except Fault as fault:
            return str(fault)
        return ""

    def broker(self) -> str:
        """What the broker finds."""
        try:
            head_at(course_of(self.statements), documents_of(b for _, b in self.statements), NOW + DAY)
        except NoHead as none:
            return str(none)
        return ""


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger()
    made.change("first")
    assert made.outsider() == made.broker() == ""
    return made


def offices(*kinds: str) -> set[str]:
    return {row.name for row in TABLE.by_name.values() if row.controls & set(kinds)}


def test_what_everybody_concerned_signed_holds(ledger):
    ledger.change("second", [TO_CHARITY])
    assert ledger.outsider() == ledger.broker() == ""


def test_a_proposer_who_leaves_out_a_controller_is_found_out(ledger):
    """Who always sign do sign; the schools, whose data it is, are neither asked nor named."""
    ledger.change("second", [TO_CHARITY], signed=THREE, needed=THREE)
    (schools,) = offices("school") - set(THREE)
    assert schools in ledger.outsider()
    assert schools in ledger.broker()


def test_a_table_that_comes_with_the_change_does_not_make_it_smaller(ledger):
    ledger.change("second", [TO_CHARITY], signed=THREE, needed=THREE, speakers=FORGED)
    (schools,) = offices("school") - set(THREE)
    assert schools in ledger.outsider()


def test_whose_data_something_no_longer_is_signs_that_change_of_the_table(ledger):
    ledger.change("second", signed=THREE, needed=THREE, speakers=FORGED)
    (schools,) = offices("school") - set(THREE)
    assert schools in ledger.outsider()
    assert schools in ledger.broker()


def test_a_table_that_is_left_out_takes_a_say_from_everybody(ledger):
    ledger.change("second", signed=THREE, needed=THREE, speakers=None)
    assert set(ALL) - set(THREE) <= set(ledger.outsider().replace(",", "").split())
    assert ledger.broker() != ""


def test_a_table_that_was_changed_after_it_was_signed_is_not_there(ledger):
    ledger.change("second", [TO_CHARITY])
    forged = texts_body({"a.yaml": "second"}, TABLE.text(), FORGED)
    ledger.statements = [(k, forged if k == TEXTS and b"second" in b else b) for k, b in ledger.statements]
    assert "not in the ledger" in ledger.outsider()
    assert "not in the ledger" in ledger.broker()


def test_an_event_that_nobody_knew_is_the_data_of_those_who_say_its_like(ledger):
    ledger.change("second", [("school.something.new", "voluntary", "facts")], signed=THREE, needed=THREE,
                  speakers=SPEAKERS | {"school.something.new": ["broker"]})  # fmt: skip
    assert offices("school") - set(THREE) <= set(ledger.outsider().replace(",", "").split())


def test_what_moves_the_frame_is_signed_by_those_who_always_sign(ledger):
    one = next(name for name in ALL if name not in THREE)
    ledger.change("second", signed=(one,), needed=(), changed_otherwise=["guard open_involvement: changed"])
    assert all(name in ledger.outsider() for name in THREE)
    assert all(name in ledger.broker() for name in THREE)


@pytest.mark.parametrize("line", ["permit school/notice: changed", "seal refuge: changed", "never x: new"])
def test_what_only_narrows_needs_any_one(ledger, line):
    one = next(name for name in ALL if name not in THREE)
    narrower = {"waits_otherwise": [{"event": "e", "to": "t", "after": "withhold"}], "changed_otherwise": [line]}
    ledger.change("second", signed=(one,), needed=(), **narrower)
    assert ledger.outsider() == ledger.broker() == ""


def test_a_report_that_compares_with_nothing_wants_everybody(ledger):
    ledger.change("second", signed=THREE, needed=THREE, founding=True)
    assert set(ALL) - set(THREE) <= set(ledger.outsider().replace(",", "").split())
    assert ledger.broker() != ""


def test_a_report_that_leaves_out_what_newly_goes_is_found_whoever_signed_it(ledger):
    """Every office signed, and none was shown that the words of a notice newly go to a school."""
    ledger.change("wider", [], signed=ALL)
    assert "words of notice.given newly goes to school" in ledger.outsider()


def test_a_report_that_says_so_holds(ledger):
    ledger.change("wider", [("notice.given", "school", "words")], signed=ALL)
    assert ledger.outsider() == ""


def test_an_older_ledger_that_does_not_say_whose_data_is_what_is_read_as_it_was(ledger):
    old = Ledger()
    old.change("first", speakers=None)
    old.change("second", [TO_CHARITY], speakers=None)
    assert old.outsider() == old.broker() == ""


def test_the_table_names_every_event_of_the_catalogue():
    from sharing.events import EVENT_TYPES

    assert set(SPEAKERS) == set(EVENT_TYPES)
    assert all(SPEAKERS.values())
