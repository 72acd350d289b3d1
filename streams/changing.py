"""Changing what is agreed, in the ledger: propose, approve, activate.

Left out: the commands (`crosswalk.agreements_change_cli`) and the judgement of what counts (`sharing.approval`).
Rules: a set that breaks an invariant cannot be proposed; a signature that would not count is refused; what lacks a
signature cannot be activated; an activation waits for every claim that is under way, and every claim after it sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ledger.rows import CarrierRows, Statement
from ledger.store import Ledger, Transaction
from sharing.approval.course import Course, Documents, Head, asked_of, head_at, signatories_of, signed_by
from sharing.approval.proposal import (
    MATRIX,
    REPORT,
    TEXTS,
    Activation,
    Approval,
    Proposal,
    digest_of,
    lost_speakers,
    texts_body,
    texts_from,
)
from sharing.approval.quorum import Quorum, founding_report, quorum, speakers_table
from sharing.approval.signatories import Signatories, read_signatories
from sharing.approval.signing import is_signed
from sharing.errors import CrosswalkError, Misconfigured, Rejected
from sharing.policy import Agreements
from sharing.policy.canonical import canonical
from sharing.policy.difference import difference
from sharing.policy.matrix import matrix_bytes
from streams.course import broken, compiled, read_course

FAR = datetime.max.replace(tzinfo=UTC)
LOCK = b"agreements"
SHORT = 12


@dataclass(frozen=True)
class Prepared:
    """A proposal with all that it names, not yet written.

    Attributes:
        quorum: Who must sign and why. `report`: the difference to what it would follow.
        before: Name of the texts that it would follow, `""` for a first set.
    """

    proposal: Proposal
    quorum: Quorum
    report: Mapping[str, Any]
    matrix: bytes
    texts: bytes
    before: str

    def statements(self) -> list[Statement]:
        """For the ledger."""
        return [
            Statement(MATRIX, self.matrix),
            Statement(REPORT, canonical(self.report)),
            Statement(TEXTS, self.texts),
            Statement(Proposal.KIND, self.proposal.to_body()),
        ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a proposal is.

    Attributes:
        signed: Offices whose signature counts. `missing`: who has yet to sign.
    """

    proposal: Proposal
    quorum: Quorum
    signed: tuple[str, ...]
    missing: tuple[str, ...]


def newest_head(course: Course, documents: Documents) -> Head | None:
    """The set that the next proposal follows: the newest that was activated, whether or not its time has come.

    Raises:
        NoHead: what was activated last does not count; it must be mended before anything is changed.
    """
    return head_at(course, documents, FAR) if course.activations else None


def prepare_proposal(
    tx: Transaction, texts: Mapping[str, str], signatories: str, by: str, effective_from: datetime, returns_to: str = ""
) -> Prepared:
    """Everything that a proposal of these texts would be.

    Args:
        tx: A reading is enough.
        texts: YAML by file name.
        signatories: Text of the table that comes with them; a row without a key keeps the key in force.
        by: Office or function that proposes.
        effective_from: Not before.
        returns_to: Name of the earlier proposal whose texts these are, in a rollback.

    Raises:
        Misconfigured: the texts or the table cannot be read, or an office has no key yet.
        Rejected: `BREAKS_AN_INVARIANT`, or `CHANGES_NOTHING`.
        NoHead: what was activated last does not count.
    """
    course, documents = read_course(tx)
    head = newest_head(course, documents)
    table = _with_keys_in_force(read_signatories(signatories), head)
    if table.without_key():
        raise Misconfigured(
            f"signatories.yaml: no key yet for {', '.join(table.without_key())}: its holder runs"
            " `crosswalk agreements approver-key NAME` and the line that it prints goes into the row"
        )
    body = texts_body(texts, table.text(), speakers_table())
    new = compiled(body)
    if broken(body):
        raise Rejected("BREAKS_AN_INVARIANT", "", "\n".join(map(str, broken(body))))
    if head is not None and (head.proposal.matrix, head.table) == (new.version, table):
        raise Rejected("CHANGES_NOTHING", "", "this set is in force already, with this table of signatories")
    report = _report(head, documents, new)
    lost = lost_speakers(documents[head.proposal.texts] if head else None, body)
    asked = quorum(report, head.table if head else table, table, lost)
    proposal = Proposal(
        new.version, digest_of(canonical(report)), digest_of(body), head.proposal.id if head else "", returns_to,
        effective_from, by, tuple(asked.reasons),
    )  # fmt: skip
    return Prepared(proposal, asked, report, matrix_bytes(new), body, head.proposal.texts if head else "")


def _with_keys_in_force(table: Signatories, head: Head | None) -> Signatories:
    """A row that is written without a key keeps the one that it has in force."""
    known = head.table.by_name if head else {}
    missing = (name for name in table.without_key() if name in known)
    return table.with_keys({name: key for name in missing if (key := known[name].key) is not None})


def _report(head: Head | None, documents: Documents, new: Agreements) -> dict[str, Any]:
    if head is None:
        return founding_report(new.version)
    try:
        return report_of(compiled(documents[head.proposal.texts]), head.proposal.matrix, new)
    except CrosswalkError:
        return report_of(None, head.proposal.matrix, new)


def report_of(old: Agreements | None, signed: str, new: Agreements) -> dict[str, Any]:
    """The report that is signed.

    Args:
        old: What is in force; None where there is nothing, or nothing that can be read here: then everything is new.
        signed: Version under which it was signed, `""` where there is nothing.
        new: What is proposed.
    """
    if old is None:
        return {**founding_report(new.version), "old": signed}
    found = {**difference(old, new).report(), "old": signed}
    if old.version != signed:
        found["changed_otherwise"] = [*found["changed_otherwise"], "schemas: changed since the last set was signed"]
    return found


def write_proposal(ledger: Ledger, prepared: Prepared, now: datetime, engine: str) -> None:
    """Put a proposal into the ledger; putting it twice is putting it once."""
    with ledger.transaction() as tx:
        tx.lock([LOCK])
        course, _ = read_course(tx)
        if prepared.proposal.id not in course.proposals:
            tx.write(CarrierRows(now, engine, statements=prepared.statements()))


def find_proposal(course: Course, name: str) -> Proposal:
    """The proposal whose name begins so.

    Raises:
        Rejected: `NO_SUCH_PROPOSAL`: there is none, or several.
    """
    found = [p for identity, p in course.proposals.items() if identity.startswith(name.lower())]
    if len(found) != 1 or len(name) < len("123456"):
        many = "there is no such proposal" if not found else "the name is too short to tell which"
        raise Rejected("NO_SUCH_PROPOSAL", "", f"{name}: {many}; see crosswalk agreements history")
    return found[0]


def standing_of(course: Course, documents: Documents, proposal: Proposal) -> Standing:
    """How far a proposal is, as things stand in the ledger.

    Raises:
        NoHead: its texts, or those of what it follows, are not as they were signed.
    """
    before = _before(course, documents, proposal)
    table = signatories_of(proposal, documents)
    asked = asked_of(proposal, documents, before, table)
    signed = signed_by(proposal, course.approvals[proposal.id], before.table if before else table)
    return Standing(proposal, asked, signed, asked.missing(signed))


def _before(course: Course, documents: Documents, proposal: Proposal) -> Head | None:
    if not proposal.previous:
        return None
    upto = Course(course.proposals, course.approvals, [])
    for activated in course.activations:
        upto.activations.append(activated)
        if activated.activation.proposal == proposal.previous:
            return head_at(upto, documents, FAR)
    raise Rejected("NOT_NEXT", "", "the set that this proposal follows was never activated")


def hand_in(ledger: Ledger, approval: Approval, now: datetime, engine: str) -> Standing:
    """Put an office's signature into the ledger.

    Raises:
        Rejected: `NO_SUCH_PROPOSAL`, `NOT_A_SIGNATORY`, `BAD_SIGNATURE` or `SIGNED_ALREADY`; nothing was changed.
        NoHead: the proposal cannot be judged.
    """
    with ledger.transaction() as tx:
        tx.lock([LOCK])
        course, documents = read_course(tx)
        proposal = find_proposal(course, approval.proposal)
        _check_approval(course, documents, proposal, approval)
        tx.write(CarrierRows(now, engine, statements=[Statement(Approval.KIND, approval.to_body())]))
        course.approvals[proposal.id].append(approval)
        return standing_of(course, documents, proposal)


def _check_approval(course: Course, documents: Documents, proposal: Proposal, approval: Approval) -> None:
    before = _before(course, documents, proposal)
    table = before.table if before else signatories_of(proposal, documents)
    row = table.by_name.get(approval.signatory)
    if row is None or row.key is None:
        words = f"{approval.signatory}: no office of that name in the table that is in force"
        raise Rejected("NOT_A_SIGNATORY", "signatory", words)
    if not is_signed(proposal, approval.signature, row.key):
        words = f"{approval.signatory} has not signed proposal {proposal.id[:SHORT]} with the key of the table in force"
        raise Rejected("BAD_SIGNATURE", "signature", words)
    if approval.signatory in signed_by(proposal, course.approvals[proposal.id], table):
        raise Rejected("SIGNED_ALREADY", "signatory", f"{approval.signatory} has signed this proposal before")


def activate(ledger: Ledger, name: str, at: datetime, by: str, now: datetime, engine: str) -> Activation:
    """Put a proposal in force from a time on.

    Raises:
        Rejected: `NO_SUCH_PROPOSAL`, `NOT_SIGNED`, `NOT_NEXT` or `TOO_EARLY`; nothing was changed.
        NoHead: what was activated last does not count.
    """
    with ledger.transaction() as tx:
        tx.lock([LOCK])
        course, documents = read_course(tx)
        proposal = find_proposal(course, name)
        head = newest_head(course, documents)
        _check_order(proposal, head, at, now)
        standing = standing_of(course, documents, proposal)
        if standing.missing:
            raise Rejected("NOT_SIGNED", "", f"not signed yet by: {', '.join(standing.missing)}")
        activation = Activation(proposal.id, at, by, proposal.returns_to)
        tx.move_head()  # no claim is under way now, and whatever is claimed from here on sees this
        tx.write(CarrierRows(now, engine, statements=[Statement(activation.kind, activation.to_body())]))
        return activation


def _check_order(proposal: Proposal, head: Head | None, at: datetime, now: datetime) -> None:
    if proposal.previous != (head.proposal.id if head else ""):
        words = "another set was activated since this was proposed: propose it anew, against what is in force now"
        raise Rejected("NOT_NEXT", "", words)
    earliest = max([now, proposal.effective_from, *([head.since] if head else [])])
    if at < earliest:
        raise Rejected("TOO_EARLY", "at", f"it can be in force from {earliest.isoformat()} on, not before")


def texts_of(course: Course, documents: Documents, name: str) -> tuple[Proposal, dict[str, str], str]:
    """An earlier proposal with its texts and its table of signatories, to go back to.

    Raises:
        Rejected: `NO_SUCH_PROPOSAL`, or `NEVER_IN_FORCE`.
    """
    proposal = find_proposal(course, name)
    if proposal.id not in {a.activation.proposal for a in course.activations}:
        raise Rejected("NEVER_IN_FORCE", "", f"{proposal.id[:SHORT]} was never in force; propose it instead")
    texts, signatories = texts_from(documents[proposal.texts])
    return proposal, texts, signatories
