"""Requests for access and what people decided about them, as statements of the ledger.

Left out: gathering and giving. Rules: five questions are decided by named functions, each answer stands with its time
and the newest counts; a request names the child by its key in the ledger, so that it can be found by nobody once the
key is destroyed; nobody's name stands here. The month begins when it is known who asks.
"""

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ledger.rows import CarrierRows, Statement, StoredStatement
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.policy import Guard
from sharing.policy.canonical import canonical

OPENED, ANSWERED, LEFT_OUT, RELEASED, GIVEN = (
    "access.opened", "access.answered", "access.left-out", "access.released", "access.given",
)  # fmt: skip
LOCK = b"access-requests"
DECEMBER = 12


class Relation(StrEnum):
    """As what somebody asks."""

    CHILD = "child"
    PARENT = "parent"
    REPRESENTATIVE = "representative"


class Question(StrEnum):
    """What a named function must decide before anything is given."""

    IDENTITY = "identity"
    RESPONSIBILITY = "responsibility"
    COURT_ORDERS = "court-orders"
    CHILD_AGREES = "child-agrees"
    NO_SERIOUS_HARM = "no-serious-harm"


ASKS: Mapping[Question, str] = {
    Question.IDENTITY: "Is who asks the person they say they are?",
    Question.RESPONSIBILITY: "Are they the child, or do they hold parental responsibility or the child's authority?",
    Question.COURT_ORDERS: "Were the court orders read, and does none keep the record from them?",
    Question.CHILD_AGREES: "Does a child who understands agree, or is the child too young to be asked?",
    Question.NO_SERIOUS_HARM: "Was the draft read, and would giving it cause nobody serious harm?",
}
GUARDS: Mapping[Question, Guard] = {
    Question.IDENTITY: Guard.REQUESTER_IDENTIFIED,
    Question.RESPONSIBILITY: Guard.PARENTAL_RESPONSIBILITY_ESTABLISHED,
    Question.COURT_ORDERS: Guard.COURT_ORDERS_ALLOW,
    Question.CHILD_AGREES: Guard.COMPETENT_CHILD_AGREES,
    Question.NO_SERIOUS_HARM: Guard.HARM_TEST_PASSED,
}


class Exemption(StrEnum):
    """Why a field is left out by hand, in the words of the Act."""

    OTHER_PERSON = "other-person"
    SERIOUS_HARM = "serious-harm"
    EXPECTATION = "expectation-or-wish"
    CRIME = "crime"
    LEGAL_PRIVILEGE = "legal-privilege"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided, by which function, when."""

    yes: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    Attributes:
        number: Such as `2026-0001`. `key`: the child's key as it stands in leaves, hex.
        answers: The newest answer to each question.
        left_out: (event id, path) to exemption.
        released: Statement under which it was last released, None before.
    """

    number: str
    key: str
    relation: Relation
    opened_at: datetime
    opened_by: str
    answers: Mapping[Question, Answer] = field(default_factory=dict)
    left_out: Mapping[tuple[str, str], Exemption] = field(default_factory=dict)
    released: StoredStatement | None = None

    @property
    def due_by(self) -> datetime:
        """A month after it was known who asks; until then, after it came in."""
        known = self.answers.get(Question.IDENTITY)
        return a_month_after(known.at if known and known.yes else self.opened_at)

    @property
    def missing(self) -> tuple[Question, ...]:
        """Questions that are open or were answered with no."""
        return tuple(q for q in Question if not (q in self.answers and self.answers[q].yes))

    def facts(self) -> dict[Guard, bool | None]:
        """What was decided, as facts; what nobody decided is unknown."""
        return {GUARDS[q]: self.answers[q].yes if q in self.answers else None for q in Question}


def a_month_after(at: datetime) -> datetime:
    """The same day of the next month, or that month's last day (UK GDPR Article 12(3))."""
    year, month = (at.year + 1, 1) if at.month == DECEMBER else (at.year, at.month + 1)
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def requests(tx: Transaction) -> dict[str, Request]:
    """Every request by number, as it stands now."""
    found: dict[str, Request] = {}
    for statement in tx.statements("access."):
        body = json.loads(statement.body)
        number = body["request"]
        found[number] = _moved(found.get(number), statement, body)
    return found


def request(tx: Transaction, number: str) -> Request:
    """One request.

    Raises:
        Rejected: there is none of that number.
    """
    found = requests(tx).get(number)
    if found is None:
        raise Rejected("NO_SUCH_REQUEST", "request", "there is no such request; `crosswalk access ls` lists them")
    return found


def _moved(known: Request | None, statement: StoredStatement, body: Mapping[str, str]) -> Request:
    at = datetime.fromisoformat(body["at"])
    if known is None:
        return Request(body["request"], body["key"], Relation(body["relation"]), at, body["by"])
    if statement.kind == ANSWERED:
        answer = Answer(body["answer"] == "yes", body["by"], at)
        return replace(known, answers={**known.answers, Question(body["question"]): answer})
    if statement.kind == LEFT_OUT:
        place = (body["event"], body["field"])
        return replace(known, left_out={**known.left_out, place: Exemption(body["exemption"])})
    return replace(known, released=statement) if statement.kind == RELEASED else known


def open_request(tx: Transaction, key: str, relation: Relation, by: str, at: datetime, engine: str) -> str:
    """Note a new request; gives its number."""
    tx.lock([LOCK])
    count = sum(1 for number in requests(tx) if number.startswith(f"{at.year}-"))
    number = f"{at.year}-{count + 1:04d}"
    say(tx, OPENED, {"request": number, "key": key, "relation": relation.value, "by": by}, at, engine)
    return number


def say(tx: Transaction, kind: str, body: Mapping[str, object], at: datetime, engine: str) -> None:
    """Let the ledger swear to one step of a request."""
    statement = Statement(kind, canonical({**body, "at": at.isoformat()}))
    tx.write(CarrierRows(at, engine, statements=[statement]))


def open_ones(found: Iterable[Request]) -> list[Request]:
    """Those that were not released yet, the most urgent first."""
    return sorted((r for r in found if r.released is None), key=lambda r: (r.due_by, r.number))
