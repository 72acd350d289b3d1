"""Proposals, approvals and activations as the ledger keeps them: canonical JSON, without any personal value.

A proposal is small and names the rest by SHA-256: the matrix, the difference report and the texts are statements of
their own, whose bodies are exactly the bytes that were hashed, so whoever has the ledger has all that was signed.
Rules: the name of a proposal is the SHA-256 of its body; what cannot be read back exactly is refused. Left out: whether
any of it is signed (`signing`) or in force (`course`).
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Protocol, Self, TypeVar

from sharing.errors import Rejected
from sharing.policy.canonical import canonical

MATRIX, REPORT, TEXTS = "agreements.matrix", "agreements.report", "agreements.texts"
DOCUMENTS = (MATRIX, REPORT, TEXTS)
"""Kinds of statement whose body is a document that proposals name by its hash."""


class _Statement(Protocol):
    def to_body(self) -> bytes: ...


S = TypeVar("S", bound=_Statement)


def digest_of(body: bytes) -> str:
    """SHA-256 in hexadecimal: the name of a document or of a proposal."""
    return sha256(body).hexdigest()


def documents_of(bodies: Iterable[bytes]) -> dict[str, bytes]:
    """Documents by the hash that they have now; one that was tampered with is found under no name that is signed."""
    return {digest_of(body): body for body in bodies}


Speakers = Mapping[str, Sequence[str]]
"""Event type to the kinds of organisation whose data it may be, sorted."""


def texts_body(texts: Mapping[str, str], signatories: str, speakers: Speakers | None = None) -> bytes:
    """Body of a `agreements.texts` statement: the YAML as written, the table of signatories, and whose data is what.

    The last is what the product goes by when it asks who must sign (`quorum.speakers_table`). It stands here so that
    whoever has the ledger can ask the same, by a table that was signed.
    """
    more = {} if speakers is None else {"speakers": {name: list(kinds) for name, kinds in speakers.items()}}
    return canonical({"signatories": signatories, "texts": dict(texts), **more})


def speakers_from(body: bytes) -> dict[str, list[str]] | None:
    """Whose data is what, of a body of texts; None where it does not say.

    Raises:
        Rejected: `BAD_STATEMENT`.
    """
    found = _read(TEXTS, body).get("speakers")
    if found is None:
        return None
    rows = found.values() if isinstance(found, dict) else (None,)
    if not all(isinstance(kinds, list) and all(isinstance(kind, str) for kind in kinds) for kinds in rows):
        raise _bad(TEXTS)
    return dict(found)


def lost_speakers(before: bytes | None, after: bytes) -> frozenset[str]:
    """Kinds of organisation whose data something no longer is, by the table that comes with other texts."""
    known = speakers_from(before) if before is not None else None
    now = speakers_from(after) or {}
    gone = (set(kinds) - set(now.get(name, ())) for name, kinds in (known or {}).items())
    return frozenset().union(*gone)


def texts_from(body: bytes) -> tuple[dict[str, str], str]:
    """The YAML texts by file name, and the table of signatories.

    Raises:
        Rejected: `BAD_STATEMENT`.
    """
    found = _read(TEXTS, body)
    texts, table = found.get("texts"), found.get("signatories")
    if not isinstance(texts, dict) or not all(isinstance(t, str) for t in texts.values()) or not isinstance(table, str):
        raise _bad(TEXTS)
    return texts, table


@dataclass(frozen=True)
class Proposal:
    """A set of agreements that somebody wants in force.

    Attributes:
        matrix: Version of the agreements. `report`, `texts`: the difference to what it follows, and the YAML.
        previous: The proposal that it follows, `""` for the first of an installation.
        returns_to: The earlier proposal whose texts these are, `""` unless it is a rollback.
        effective_from: Not before; UTC.
        proposed_by: Office or function that proposed, never a person's name.
        needed: Who must sign, as far as it was computed when it was proposed; computed anew when it counts.
    """

    KIND: ClassVar[str] = "agreements.proposed"
    matrix: str
    report: str
    texts: str
    previous: str
    returns_to: str
    effective_from: datetime
    proposed_by: str
    needed: tuple[str, ...]

    @cached_property
    def id(self) -> str:
        """SHA-256 of the body, in hexadecimal."""
        return digest_of(self.to_body())

    def to_body(self) -> bytes:
        """As the ledger keeps it."""
        return canonical(
            {
                "matrix": self.matrix,
                "report": self.report,
                "texts": self.texts,
                "previous": self.previous,
                "returns_to": self.returns_to,
                "effective_from": _words(self.effective_from),
                "proposed_by": self.proposed_by,
                "needed": list(self.needed),
            }
        )

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read it back.

        Raises:
            Rejected: `BAD_STATEMENT`.
        """
        d = _read(cls.KIND, body)
        return _exactly(cls.KIND, body, lambda: cls(
            d["matrix"], d["report"], d["texts"], d["previous"], d["returns_to"], _moment(d["effective_from"]),
            d["proposed_by"], tuple(d["needed"]),
        ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """One office's signature under a proposal."""

    KIND: ClassVar[str] = "agreements.approved"
    proposal: str
    signatory: str
    signature: bytes

    def to_body(self) -> bytes:
        """As the ledger keeps it."""
        signature = b64encode(self.signature).decode()
        return canonical({"proposal": self.proposal, "signatory": self.signatory, "signature": signature})

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read it back.

        Raises:
            Rejected: `BAD_STATEMENT`.
        """
        d = _read(cls.KIND, body)
        return _exactly(cls.KIND, body, lambda: cls(d["proposal"], d["signatory"], b64decode(d["signature"])))


@dataclass(frozen=True, slots=True)
class Activation:
    """A proposal is in force from a time on.

    Attributes:
        at: UTC. `by`: office or function that activated it, never a person's name.
        returns_to: As in the proposal; a rollback's activation is a statement of a kind of its own.
    """

    KIND: ClassVar[str] = "agreements.activated"
    ROLLED_BACK: ClassVar[str] = "agreements.rolled-back"
    proposal: str
    at: datetime
    by: str
    returns_to: str = ""

    @property
    def kind(self) -> str:
        """Kind of its statement."""
        return self.ROLLED_BACK if self.returns_to else self.KIND

    def to_body(self) -> bytes:
        """As the ledger keeps it."""
        return canonical(
            {"proposal": self.proposal, "at": _words(self.at), "by": self.by, "returns_to": self.returns_to}
        )

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read it back.

        Raises:
            Rejected: `BAD_STATEMENT`.
        """
        d = _read(cls.KIND, body)
        return _exactly(cls.KIND, body, lambda: cls(d["proposal"], _moment(d["at"]), d["by"], d["returns_to"]))


def _read(kind: str, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        raise _bad(kind) from None
    if not isinstance(found, dict):
        raise _bad(kind)
    return found


def _exactly(kind: str, body: bytes, made: Callable[[], S]) -> S:
    """What was made of a body, if it gives the same body again."""
    try:
        found = made()
        same = found.to_body() == body
    except (KeyError, TypeError, ValueError, AttributeError, BadBase64):
        raise _bad(kind) from None
    if not same:
        raise _bad(kind)
    return found


def _bad(kind: str) -> Rejected:
    return Rejected("BAD_STATEMENT", kind, "this statement of the ledger cannot be read back as it was written")


def _words(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time has its offset")
    return found.astimezone(UTC)
