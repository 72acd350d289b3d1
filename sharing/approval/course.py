"""Everything that was proposed, approved and activated, in the order of the ledger; and what is in force at a time.

Rules:
1. The head is the newest activation whose time has come. It counts only if every activation before it counts, follows
   its predecessor, and had every signature that its difference asks for when it was activated.
2. Who must sign is computed here, from the report that was signed and the table that was in force before.
3. A signature counts once, for the office whose key it verifies under, over exactly this proposal.
4. A head that does not count is no reason to fall back to the one before it: somebody meddled, and nothing is in force.

Left out: whether the texts still give the matrix that was signed, and the worker that asks (`streams.head`).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sharing.approval.proposal import Activation, Approval, Proposal, lost_speakers, texts_from
from sharing.approval.quorum import Quorum, quorum
from sharing.approval.signatories import Signatories, read_signatories
from sharing.approval.signing import is_signed
from sharing.errors import CrosswalkError

KINDS = (Proposal.KIND, Approval.KIND, Activation.KIND, Activation.ROLLED_BACK)
"""Kinds of statement that a course is made of, beside the documents that proposals name."""


class Fault(StrEnum):
    """Why nothing is in force."""

    MISSING = "HEAD_MISSING"
    UNSIGNED = "HEAD_UNSIGNED"
    TAMPERED = "HEAD_TAMPERED"
    PAST_REVIEW = "HEAD_PAST_REVIEW"
    OTHER_HERE = "HEAD_OTHER_HERE"


class NoHead(CrosswalkError):  # noqa: N818 - says what there is
    """Nothing is in force. `fault`: why; the message says what to do, and names no personal value."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation, and how many approvals of its proposal stood in the ledger before it."""

    activation: Activation
    approvals: int


@dataclass
class Course:
    """What was proposed, approved and activated, in order.

    Attributes:
        proposals: By name. `approvals`: by proposal. `activations`: in order, whether or not they count.
        unreadable: Statements that could not be read back.
    """

    proposals: dict[str, Proposal] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))
    activations: list[Activated] = field(default_factory=list)
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Head:
    """What is in force.

    Attributes:
        since: When its time came. `until`: when the next one's time comes, None while there is none.
        before: What it followed, None for the first. `table`: the signatories that it brings.
        signed: Offices whose good signatures stood when it was activated.
    """

    proposal: Proposal
    since: datetime
    until: datetime | None
    before: Proposal | None
    table: Signatories
    signed: tuple[str, ...]


Documents = Mapping[str, bytes]
"""Bodies of the documents by their hash (`documents_of`)."""


def course_of(statements: Iterable[tuple[str, bytes]]) -> Course:
    """The course of these statements.

    Args:
        statements: Kind and body, in the order of the ledger; kinds that are not of a course are passed over.
    """
    course = Course()
    for kind, body in statements:
        try:
            _add(course, kind, body)
        except CrosswalkError:
            course.unreadable += 1
    return course


def _add(course: Course, kind: str, body: bytes) -> None:
    if kind == Proposal.KIND:
        proposal = Proposal.from_body(body)
        course.proposals.setdefault(proposal.id, proposal)
    elif kind == Approval.KIND:
        approval = Approval.from_body(body)
        course.approvals[approval.proposal].append(approval)
    elif kind in (Activation.KIND, Activation.ROLLED_BACK):
        activation = Activation.from_body(body)
        course.activations.append(Activated(activation, len(course.approvals[activation.proposal])))


def head_at(course: Course, documents: Documents, now: datetime) -> Head:
    """What is in force at a time.

    Raises:
        NoHead: nothing is, and why.
    """
    if course.unreadable:
        raise NoHead(Fault.TAMPERED, f"{course.unreadable} statements about agreements cannot be read back")
    head: Head | None = None
    until: datetime | None = None
    for activated in course.activations:
        if activated.activation.at > now:
            until = activated.activation.at
            break
        head = _next(course, documents, head, activated)
    if head is None:
        raise NoHead(Fault.MISSING, "no set of agreements was activated yet; propose one, have it signed, activate it")
    return replace(head, until=until)


def _next(course: Course, documents: Documents, head: Head | None, activated: Activated) -> Head:
    activation = activated.activation
    proposal = course.proposals.get(activation.proposal)
    if proposal is None:
        raise NoHead(Fault.TAMPERED, f"proposal {activation.proposal[:12]} was activated and is not in the ledger")
    check_follows(proposal, activation, head)
    table = signatories_of(proposal, documents)
    asked = asked_of(proposal, documents, head, table)
    given = course.approvals[proposal.id][: activated.approvals]
    signed = signed_by(proposal, given, head.table if head else table)
    missing = asked.missing(signed)
    if missing:
        raise NoHead(Fault.UNSIGNED, f"proposal {proposal.id[:12]} is not signed by: {', '.join(missing)}")
    return Head(proposal, activation.at, None, head.proposal if head else None, table, signed)


def check_follows(proposal: Proposal, activation: Activation, head: Head | None) -> None:
    """Refuse an activation that does not go on from the one before it.

    Raises:
        NoHead: `HEAD_TAMPERED`.
    """
    before = head.proposal.id if head else ""
    if proposal.previous != before:
        raise NoHead(Fault.TAMPERED, f"proposal {proposal.id[:12]} does not follow the set that was in force before it")
    early = head is not None and activation.at < head.since
    if early or activation.at < proposal.effective_from or activation.returns_to != proposal.returns_to:
        raise NoHead(Fault.TAMPERED, f"proposal {proposal.id[:12]} was activated otherwise than it was proposed")


def signatories_of(proposal: Proposal, documents: Documents) -> Signatories:
    """The table of signatories that a proposal brings.

    Raises:
        NoHead: `HEAD_TAMPERED`: the texts are not there, or not as they were signed.
    """
    if proposal.texts not in documents:
        raise _gone(proposal, "texts")
    try:
        return read_signatories(texts_from(documents[proposal.texts])[1])
    except CrosswalkError:
        raise _gone(proposal, "table of signatories") from None


def asked_of(proposal: Proposal, documents: Documents, head: Head | None, table: Signatories) -> Quorum:
    """Who must sign a proposal that follows this head.

    Raises:
        NoHead: `HEAD_TAMPERED`: the report is not there, or is about other sets.
    """
    report = _report(proposal, documents)
    if report.get("new") != proposal.matrix or report.get("old") != (head.proposal.matrix if head else ""):
        raise _gone(proposal, "difference report")
    before = documents.get(head.proposal.texts) if head else None
    return quorum(report, head.table if head else table, table, lost_speakers(before, documents[proposal.texts]))


def _report(proposal: Proposal, documents: Documents) -> dict[str, Any]:
    body = documents.get(proposal.report)
    found = json.loads(body) if body is not None else None
    if not isinstance(found, dict):
        raise _gone(proposal, "difference report")
    return found


def _gone(proposal: Proposal, what: str) -> NoHead:
    return NoHead(Fault.TAMPERED, f"proposal {proposal.id[:12]}: its {what}, as it was signed, is not in the ledger")


def signed_by(proposal: Proposal, approvals: Sequence[Approval], table: Signatories) -> tuple[str, ...]:
    """Offices whose signature under this proposal is good, each once."""
    good = dict.fromkeys(
        a.signatory
        for a in approvals
        if a.proposal == proposal.id
        and (row := table.by_name.get(a.signatory)) is not None
        and row.key is not None
        and is_signed(proposal, a.signature, row.key)
    )
    return tuple(good)
