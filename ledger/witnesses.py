"""Who has witnessed what: organisations that follow the checkpoints and sign what they could compare.

Left out: the topics (`streams.agents.witnessing`) and the witness's own work (`connectors.witness`). Rules: the key
that an organisation first signs with is its key from then on, and the ledger swears to it; a cosignature is kept only
when it verifies and is over a checkpoint of this ledger; one that is over another tree, and a refusal, are kept as an
accusation until a person has looked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ledger.packing import from_ms, to_ms
from ledger.rows import CarrierRows, Statement
from ledger.store import Transaction
from sharing.errors import Rejected
from sharing.policy.canonical import canonical
from sharing.transparency.notes import WITNESS, Checkpoint, Cosignature, cosigned, from_verifier_key
from sharing.transparency.witness import witness_name

REFUSES = "refused"
"""First word of what a witness says when it stops signing; behind it its code."""
ENROLLED = "witness.enrolled"
OTHER_TREE, OTHER_KEY = "OTHER_TREE", "OTHER_KEY"
_DAY_SECONDS = 86_400


class Heard(StrEnum):
    """What became of something that a witness said."""

    KEPT = "kept"
    OLDER = "older"
    UNREADABLE = "unreadable"
    OTHER_KEY = "other-key"
    OTHER_TREE = "other-tree"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class WitnessState:
    """One witness as people see it.

    Attributes:
        verifier_key: The key it was first seen with. `since`: when that was.
        size, at: Of its newest cosignature; 0 and None before the first.
        refusal: Why it refuses, `""` while it does not.
    """

    organisation: str
    verifier_key: str
    since: datetime
    size: int
    at: datetime | None
    refusal: str


def hear(tx: Transaction, organisation: str, said: tuple[str, str], now: datetime, engine: str) -> Heard:
    """Keep what a witness said.

    Args:
        tx: A transaction.
        organisation: Slug of the only organisation that may write where this was read.
        said: Its text, and its public key as one word.
        now: Domain time.
        engine: Version of who writes, for the statement about a new witness.
    """
    text, word = said
    if text.startswith(REFUSES):
        code = text.removeprefix(REFUSES).strip()[:40]
        return _accuse(tx, organisation, code if code.replace("_", "").isalnum() else "REFUSED", now, Heard.REFUSED)
    name = witness_name(tx.keys.origin, organisation)
    try:
        signer, public = from_verifier_key(word, WITNESS)
        found, added = cosigned(text, name, public)
    except Rejected:
        return Heard.UNREADABLE
    if signer != name or found.origin != tx.keys.origin:
        return Heard.UNREADABLE
    if _key_of(tx, organisation, word, now, engine) != word:
        return _accuse(tx, organisation, OTHER_KEY, now, Heard.OTHER_KEY)
    if not _is_ours(tx, found):
        return _accuse(tx, organisation, OTHER_TREE, now, Heard.OTHER_TREE)
    return _keep(tx, organisation, found, added)


def states(tx: Transaction) -> list[WitnessState]:
    """Every witness, by organisation."""
    rows = tx.session.rows(
        "select w.organisation, w.verifier_key, w.since, w.refusal, c.size, c.at from witness w"
        " left join cosignature c on c.organisation = w.organisation and c.day ="
        " (select max(day) from cosignature l where l.organisation = w.organisation) order by w.organisation"
    )
    return [
        WitnessState(who, key, from_ms(since), size or 0, None if at is None else datetime.fromtimestamp(at, UTC), why)
        for who, key, since, why, size, at in rows
    ]


def witnessed(tx: Transaction, size: int) -> list[tuple[str, str, Cosignature]]:
    """Cosignatures over the checkpoint of this size: (organisation, its key as one word, cosignature)."""
    rows = tx.session.rows(
        "select c.organisation, w.verifier_key, c.at, c.signature from cosignature c"
        " join witness w on w.organisation = c.organisation where c.size = ? order by c.organisation, c.day",
        (size,),
    )
    newest = {who: (who, key, Cosignature(at, bytes(signature))) for who, key, at, signature in rows}
    return list(newest.values())


def forgive(tx: Transaction, organisation: str) -> bool:
    """A person has looked at why a witness refuses, or has agreed its new key: what it says counts again.

    Returns:
        False when it is no witness or does not refuse.
    """
    sql = "select refusal from witness where organisation = ? and refusal <> ''"
    row = tx.session.one(sql, (organisation,))
    if row is None:
        return False
    if row[0] == OTHER_KEY:
        tx.session.run("delete from witness where organisation = ?", (organisation,))
    else:
        tx.session.run("update witness set refusal = '', refused_at = null where organisation = ?", (organisation,))
    return True


def _key_of(tx: Transaction, organisation: str, word: str, now: datetime, engine: str) -> str:
    """The key that counts for an organisation: the first one that it was seen with."""
    sql = "select verifier_key from witness where organisation = ?"
    known = tx.session.one(sql, (organisation,))
    if known is None:
        tx.session.run(
            "insert into witness (organisation, verifier_key, since, refusal) values (?, ?, ?, '')"
            " on conflict do nothing",
            (organisation, word, to_ms(now)),
        )
        body = canonical({"key": word, "organisation": organisation})
        tx.write(CarrierRows(now, engine, statements=(Statement(ENROLLED, body),)))
        known = tx.session.one(sql, (organisation,))
    assert known is not None
    return str(known[0])


def _is_ours(tx: Transaction, found: Checkpoint) -> bool:
    row = tx.session.one("select root from checkpoint where size = ?", (found.size,))
    return row is not None and bytes(row[0]) == found.root


def _accuse(tx: Transaction, organisation: str, why: str, now: datetime, heard: Heard) -> Heard:
    sql = "update witness set refusal = ?, refused_at = ? where organisation = ? and refusal = ''"
    tx.session.run(sql, (why, to_ms(now), organisation))
    return heard


def _keep(tx: Transaction, organisation: str, found: Checkpoint, added: Cosignature) -> Heard:
    kept = tx.session.run(
        "insert into cosignature (organisation, day, size, at, signature) values (?, ?, ?, ?, ?)"
        " on conflict (organisation, day) do update set size = excluded.size, at = excluded.at,"
        " signature = excluded.signature where cosignature.at < excluded.at",
        (organisation, added.at // _DAY_SECONDS, found.size, added.at, added.signature),
    )
    return Heard.KEPT if kept else Heard.OLDER
