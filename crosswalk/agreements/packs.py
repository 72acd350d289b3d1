"""A proposal as a file that an approver takes to a machine of their own, and the approval that comes back.

The pack holds all that is signed: the proposal, matrix, difference report, the new texts and those before them. Rules:
an approver's machine takes nothing on trust: it hashes every part, compiles both sets and compares them anew. What it
cannot check it does not sign. Left out: keys (`streams.approver_keys`) and the ledger.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sharing.approval.proposal import Approval, Proposal, digest_of, lost_speakers, speakers_from, texts_from
from sharing.approval.quorum import Quorum, quorum, speakers_table
from sharing.approval.signatories import read_signatories
from sharing.errors import CrosswalkError, Misconfigured, Rejected
from sharing.policy.canonical import canonical
from sharing.policy.matrix import matrix_bytes
from streams.changing import report_of
from streams.course import compiled

PACK, APPROVAL = "crosswalk-proposal-1", "crosswalk-approval-1"


@dataclass(frozen=True, slots=True)
class Pack:
    """A proposal with everything that it names.

    Attributes:
        before: Body of the texts that it follows, None for a first set.
    """

    proposal: Proposal
    matrix: bytes
    report: bytes
    texts: bytes
    before: bytes | None

    def write(self, path: Path) -> None:
        """Write the pack.

        Raises:
            Misconfigured: the file cannot be written.
        """
        parts = {"proposal": self.proposal.to_body(), "matrix": self.matrix, "report": self.report, "texts": self.texts}
        document = {name: body.decode() for name, body in parts.items()}
        before = self.before.decode() if self.before is not None else None
        _write(path, {"format": PACK, **document, "before": before})


def read_pack(path: Path) -> Pack:
    """Read a pack; nothing in it is checked yet.

    Raises:
        Misconfigured: it is none.
    """
    found = _read(path, PACK, ("proposal", "matrix", "report", "texts"))
    before = found.get("before")
    try:
        proposal = Proposal.from_body(found["proposal"].encode())
    except Rejected:
        raise Misconfigured(f"{path}: the proposal in this pack cannot be read; ask for the pack again") from None
    matrix, report, texts = (found[name].encode() for name in ("matrix", "report", "texts"))
    return Pack(proposal, matrix, report, texts, before.encode() if isinstance(before, str) else None)


def checked(pack: Pack) -> Quorum:
    """Check everything that a signature under this pack would say; gives who must sign.

    Raises:
        Rejected: `NOT_AS_PROPOSED`: a part is another than the one that the proposal names, or the comparison of the
            two sets on this machine comes out otherwise.
    """
    named = (pack.proposal.matrix, pack.proposal.report, pack.proposal.texts)
    if tuple(map(digest_of, (pack.matrix, pack.report, pack.texts))) != named:
        raise _other("a part of the pack is not the one that the proposal names")
    try:
        new = compiled(pack.texts)
        old = compiled(pack.before) if pack.before is not None else None
    except CrosswalkError as fault:
        raise _other(f"the texts cannot be read on this machine: {str(fault).splitlines()[0]}") from None
    if matrix_bytes(new) != pack.matrix:
        raise _other("the texts give another matrix on this machine")
    report = json.loads(pack.report)
    if canonical(report_of(old, report.get("old", ""), new)) != pack.report:
        raise _other("the two sets differ otherwise on this machine than the report says")
    if speakers_from(pack.texts) != speakers_table():
        raise _other("it says otherwise than this machine whose data an event is")
    after = read_signatories(texts_from(pack.texts)[1])
    before = read_signatories(texts_from(pack.before)[1]) if pack.before is not None else after
    return quorum(report, before, after, lost_speakers(pack.before, pack.texts))


def write_approval(approval: Approval, path: Path) -> None:
    """Write an approval, to be handed in.

    Raises:
        Misconfigured: the file cannot be written.
    """
    signature = b64encode(approval.signature).decode()
    said = {"proposal": approval.proposal, "signatory": approval.signatory, "signature": signature}
    _write(path, {"format": APPROVAL, **said})


def read_approval(path: Path) -> Approval:
    """Read an approval.

    Raises:
        Misconfigured: it is none.
    """
    found = _read(path, APPROVAL, ("proposal", "signatory", "signature"))
    try:
        return Approval(found["proposal"], found["signatory"], b64decode(found["signature"], validate=True))
    except ValueError:
        raise Misconfigured(f"{path}: the signature in this file is damaged; sign again") from None


def _other(words: str) -> Rejected:
    return Rejected("NOT_AS_PROPOSED", "", f"not signed: {words}")


def _write(path: Path, document: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot be written ({fault.strerror}); name another file") from None


def _read(path: Path, form: str, names: tuple[str, ...]) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise Misconfigured(f"{path}: cannot be read: {fault.strerror}") from None
    except ValueError:
        found = None
    sound = isinstance(found, dict) and found.get("format") == form
    if not sound or not all(isinstance(found.get(name), str) for name in names):
        raise Misconfigured(f"{path}: is no file of this kind ({form})")
    return dict(found)
