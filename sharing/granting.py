"""Asking for a grant, approving it, and when it counts: what is signed, by whom, and how many must.

A grant lets a named officer see what a seal closes: one child, one function of one organisation, some fields, one
purpose, 72 hours at most. Left out: key files, whose child it is, and what follows (`reconciliation.grants`).

Rules:
1. Two approvers sign. In imminent danger one is enough, and somebody reviews it within 24 hours.
2. Nobody gives it to himself: one of those who sign, or the only one, stands outside the organisation that receives.
3. A grant names only what a seal or a permit yields to a grant; an absolute seal yields nothing.
4. A signature is over exactly this request, in a text of its own kind; a key of another approver signs nothing here.
"""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sharing.directory import Directory
from sharing.errors import Rejected
from sharing.policy.canonical import canonical
from sharing.policy.document import Faults, Table, Word, read
from sharing.policy.granting import class_of, lifts
from sharing.policy.model import Agreements
from sharing.policy.reading import check_keys, flag_of, name_of, table_of, text_of
from sharing.reconciliation.parties import recipient_for
from sharing.reconciliation.standing import Grant
from sharing.vocabulary import Recipient

LONGEST = timedelta(hours=72)
REVIEW_WITHIN = timedelta(hours=24)
FILE = "grant_approvers.yaml"
_KEY_BYTES = 32


class Reason(StrEnum):
    """Why somebody must see it."""

    IMMEDIATE_PROTECTION = "IMMEDIATE_PROTECTION"
    MISSING_CHILD = "MISSING_CHILD"
    ENQUIRY = "ENQUIRY"
    COURT_ORDER = "COURT_ORDER"
    MEDICAL_EMERGENCY = "MEDICAL_EMERGENCY"


@dataclass(frozen=True, slots=True)
class Approver:
    """A function that may approve grants.

    Attributes:
        key: Ed25519 public key, None until its holder has made it.
        night: Whether its telephone is answered at every hour, within three minutes.
    """

    name: str
    organisation: str
    function: str
    key: bytes | None
    night: bool = False


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        about: Hex id of an exchange or event of the child: nobody is named.
        fields: Paths, or classes as `class:C`.
        asked_by: Function that asks, never a person.
    """

    about: str
    organisation: str
    function: str
    fields: tuple[str, ...]
    purpose: str
    reason: Reason
    starts_at: datetime
    ends_at: datetime
    imminent_danger: bool
    asked_by: str

    def document(self) -> dict[str, Any]:
        """As it is signed and kept; it holds no personal value."""
        return {
            "about": self.about,
            "to": [self.organisation, self.function],
            "fields": sorted(self.fields),
            "purpose": self.purpose,
            "reason": self.reason.value,
            "from": self.starts_at.isoformat(),
            "until": self.ends_at.isoformat(),
            "imminent_danger": self.imminent_danger,
            "asked_by": self.asked_by,
        }

    @classmethod
    def from_document(cls, found: Mapping[str, Any]) -> "Request":
        """Read it back.

        Raises:
            Rejected: `BAD_REQUEST`.
        """
        try:
            begins, ends = (datetime.fromisoformat(found[name]) for name in ("from", "until"))
            organisation, function = found["to"]
            bytes.fromhex(found["about"])
            read_back = cls(
                found["about"], organisation, function, tuple(found["fields"]), found["purpose"],
                Reason(found["reason"]), begins, ends, found["imminent_danger"] is True, found["asked_by"],
            )  # fmt: skip
            same = canonical(read_back.document()) == canonical(dict(found)) and begins.tzinfo and ends.tzinfo
        except (KeyError, TypeError, ValueError):
            same = None
        if not same:
            raise Rejected("BAD_REQUEST", "request", "this is no request for a grant, or it was changed")
        return read_back

    @cached_property
    def grant_id(self) -> str:
        """32 hexadecimal digits; the same request is the same grant."""
        return sha256(canonical(self.document())).hexdigest()[:32]


def grant_text(word: str, request: Request) -> bytes:
    """The bytes that are signed: `given`, `revoked` or `reviewed`, and exactly this request."""
    return f"crosswalk grant {word} v1\n{sha256(canonical(request.document())).hexdigest()}\n".encode()


def sign(word: str, request: Request, seed: bytes) -> bytes:
    """64 bytes of Ed25519 over the text; `seed` is the approver's private key, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(grant_text(word, request))


def signer(word: str, request: Request, signature: bytes, approver: Approver) -> bool:
    """Whether a signature is that approver's over exactly this."""
    if approver.key is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(approver.key).verify(signature, grant_text(word, request))
    except (InvalidSignature, ValueError):
        return False
    return True


def check(request: Request, agreements: Agreements, directory: Directory, now: datetime) -> Recipient:
    """Who would receive, if the request can be granted at all. It looks at no child, so it tells of no seal.

    Raises:
        Rejected: names what is wrong.
    """
    found = directory.get(request.organisation)
    if found is None or not found.enrolled or request.function not in found.functions:
        raise Rejected(
            "NO_SUCH_OFFICER", "to", "the directory lists no such function of an organisation that is enrolled"
        )
    recipient = recipient_for(found, request.function)
    if request.purpose not in agreements.vocabulary.purposes:
        raise Rejected("NO_SUCH_PURPOSE", "purpose", "the agreements have no such purpose")
    lasts = request.ends_at - request.starts_at
    if not timedelta(0) < lasts <= LONGEST or request.ends_at <= now or request.starts_at > now:
        raise Rejected("BAD_TIME", "until", "a grant begins at once and ends within 72 hours")
    unknown = [f for f in request.fields if not f.startswith("class:") and class_of(agreements, f) is None]
    if unknown or not request.fields:
        raise Rejected("NO_SUCH_FIELD", "fields", "name fields of the catalogue, or classes as class:C")
    stiff = [name for name in request.fields if not lifts(agreements, recipient.kind, name)]
    if stiff:
        reason = f"no seal and no permit yields to a grant for a {recipient.kind}: {', '.join(stiff)}"
        raise Rejected("NOTHING_YIELDS", "fields", reason)
    return recipient


def missing(request: Request, signed: Iterable[Approver]) -> str:
    """What is missing before a request is granted, in words; `""` when nothing is."""
    names = {approver.name: approver for approver in signed}
    outside = [a for a in names.values() if a.organisation != request.organisation]
    if not outside:
        return "the signature of an approver outside the organisation that receives"
    if request.imminent_danger or len(names) > 1:
        return ""
    return "a second approver's signature (in imminent danger one is enough, and it is reviewed within 24 hours)"


def granted(request: Request, recipient: Recipient, approvers: Iterable[Approver], now: datetime) -> Grant:
    """The grant that follows from a request with all its signatures."""
    signed = tuple(sorted({approver.name for approver in approvers}))
    review_by = now + REVIEW_WITHIN if len(signed) == 1 else None
    return Grant(
        request.grant_id, recipient, tuple(sorted(request.fields)), request.purpose, request.starts_at,
        request.ends_at, signed, now, review_by,
    )  # fmt: skip


def read_approvers(text: str, directory: Directory, source: str = FILE) -> dict[str, Approver]:
    """Read the table of who may approve grants.

    Raises:
        Misconfigured: every fault at once, `file:line:column: what is wrong`.
    """
    faults = Faults()
    document = read(source, text, faults)
    check_keys(document, ("approvers",), ("approvers",), faults)
    rows = table_of(document.get("approvers"), faults)
    found = {}
    for key, node in rows.entries.values():
        found[name_of(key, faults)] = _approver(key, table_of(node, faults), directory, faults)
    if len({one.organisation for one in found.values() if one.night}) < _NIGHT_ORGANISATIONS:
        faults.add(rows.place, "at night somebody outside the organisation that receives must approve within three "
                   "minutes: give 'night: true' to functions of two organisations")  # fmt: skip
    faults.raise_all()
    return found


_NIGHT_ORGANISATIONS = 2


def _approver(name: Word, row: Table, directory: Directory, faults: Faults) -> Approver:
    keys = ("organisation", "function")
    check_keys(row, (*keys, "key", "night"), keys, faults)
    night = flag_of(row.get("night"), faults)
    organisation, function = (text_of(row.get(key), faults) for key in keys)
    found = directory.get(organisation)
    if found is None or function not in found.functions:
        faults.add(row.place, f"'{name.text}': the directory lists no function '{function}' of '{organisation}'")
    elif night and not found.telephone(function):
        faults.add(row.place, f"'{name.text}': the directory has no telephone for '{function}'; at night it is rung")
    key = text_of(row.get("key"), faults) if "key" in row.entries else ""
    return Approver(name.text, organisation, function, _public(key, row, faults) if key else None, night)


def _public(text: str, row: Table, faults: Faults) -> bytes | None:
    try:
        found = b64decode(text, validate=True)
    except (BadBase64, ValueError):
        found = b""
    if len(found) != _KEY_BYTES:
        faults.add(row.place, "'key' is the public key of an approver: 44 letters of base64")
        return None
    return found


def approvals_from(document: object) -> list[tuple[str, bytes]]:
    """Approver and signature of each approval in a request's file; what cannot be read is left out."""
    found = []
    for one in document if isinstance(document, list) else ():
        try:
            found.append((str(one["approver"]), b64decode(one["signature"], validate=True)))
        except (KeyError, TypeError, ValueError):
            continue
    return found


def approval(name: str, signature: bytes) -> dict[str, str]:
    """An approval as it stands in a request's file and in the ledger."""
    return {"approver": name, "signature": b64encode(signature).decode()}
