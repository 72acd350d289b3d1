"""One exchange explained from the ledger: what was decided, under which agreement, for each field why, in which leaf.

Left out: who may be told (`clearance`), words (`words`). Rules: the decision is read from what was recorded, not
decided anew; where each fact comes from is found by the very function that decides, as the registers stand now, and a
fact that is not what it was says so; an explanation names fields, rules, facts and functions, never a value of the
event.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.errors import Forgotten
from ledger.packing import MAX_ROWS, POSITION_BITS
from ledger.rows import Released, StoredEvent, StoredExchange, StoredRedecision
from ledger.store import Transaction
from sharing.calendar import local
from sharing.codec import decode
from sharing.facts import Entry, Finding, findings
from sharing.ids import SubjectId
from sharing.policy import Agreements, Facts, Guard
from sharing.policy.basis import Basis, basis_of, safe_words
from sharing.policy.decision import REVIEWED
from sharing.policy.outcomes import REVIEW
from sharing.policy.reasons import Otherwise, reason_of
from sharing.policy.witnesses import SAID
from sharing.vocabulary import Recipient, RecipientKind
from streams.agents.absorption import Absorption
from streams.agents.text_queue import LAPSED, RELEASED, WITHHELD, Waiting, asked
from streams.broker import Broker

Rows = Sequence[Sequence[str]]
"""Path, transform, reason and rule of each field."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where one decision stands in the ledger; `number` and `checkpoint` are None until it is numbered and signed."""

    number: int | None
    checkpoint: int | None
    decided_at: str
    step: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One exchange, explained.

    Attributes:
        decision: The newest one, as the ledger keeps it.
        facts: For each guard its value then and now, its register, and the entries on which it rests now.
        why: For each field that was asked about, its chain of rules and what would have changed it.
        basis: On what a release rests, None where no permit speaks.
        wishes: What the family, an adult or the mother said to the sharing, as recorded; nothing was decided by it.
        safe_words: What may be shown to the recipient: the same whatever is sealed.
        leaves: Of each decision about this exchange, oldest first.
        released: When it was claimed for sending, None when it was not.
        texts: Of each text that goes only once a person has read it, how far that has come.
    """

    exchange: str
    event: str
    event_type: str
    organisation: str
    function: str
    kind: str
    decision: Mapping[str, Any]
    facts: tuple[Mapping[str, Any], ...]
    why: Mapping[str, Mapping[str, Any]]
    basis: Basis | None
    wishes: tuple[Mapping[str, str], ...]
    safe_words: tuple[str, ...]
    versions: Mapping[str, Any]
    leaves: tuple[Leaf, ...]
    released: Released | None
    texts: Mapping[str, str]


def explain(broker: Broker, exchange: bytes) -> Explanation | None:
    """Explain one exchange, None when the ledger has none of that id."""
    with broker.ledger.reading() as tx:
        stored = _event_of(tx, exchange)
        if stored is None:
            return None
        decided = list(_decisions(tx, stored, exchange))
        row, found = decided[-1]
        decision = json.loads(tx.outcomes([found.outcome])[found.outcome])
        root = tx.joined_to([stored.subject]).get(stored.subject, stored.subject)
        released = (r for r in tx.released_of(root) if r.exchange_id == exchange)
        kind = RecipientKind(found.kind)
        return Explanation(
            exchange=exchange.hex(),
            event=stored.event_id.hex(),
            event_type=decision["event"],
            organisation=found.organisation,
            function=found.function,
            kind=found.kind,
            decision=decision,
            facts=tuple(_facts(broker, tx, stored, found, decision["guards"])),
            why={path: _why(broker.agreements, kind, decision, path) for path, *_ in decision["fields"]},
            basis=basis_of(broker.agreements, decision["permit"]),
            wishes=tuple(_wishes(broker, tx, root)),
            safe_words=safe_words(broker.agreements, decision["event"], kind),
            versions={
                "agreements": row.agreements,
                "register_head": row.register_head,
                "schema": stored.schema_id,
                "engine": _engine(tx, row.n),
            },
            leaves=tuple(_leaf(tx, r, x) for r, x in decided),
            released=next(released, None),
            texts=_texts(tx, stored.event_id.hex(), found, decision["fields"]),
        )


def _texts(tx: Transaction, event: str, exchange: StoredExchange, rows: Rows) -> Mapping[str, str]:
    """In words, how far the reading of each text has come that waits for a person or went by one."""
    where = (exchange.organisation, exchange.function)
    reading = {one.text.path: one for one in asked(tx, {event}) if one.text[2:] == where}
    waits = {row[0]: _read_so_far(reading.get(row[0])) for row in rows if row[2] == REVIEW}
    return {**waits, **{row[0]: "a person let it go" for row in rows if row[2] == REVIEWED}}


def _read_so_far(one: Waiting | None) -> str:
    if one is None:
        return "a person must read it before it goes; nobody was asked, for it says nothing or the rest has not left"
    organisation, function = one.owner
    by = f"{local(one.due_by):%a %d %b %Y %H:%M}"
    said = {
        RELEASED: "a person let it go, in an exchange of its own",
        WITHHELD: "a person kept it",
        LAPSED: "it waited for a person and may go no more, or was taken back",
    }
    return said.get(one.state, f"waits for a person to read it (owner {function} of {organisation}, by {by})")


def known(broker: Broker, exchange: bytes) -> bool:
    """Whether the ledger has an exchange of that id."""
    with broker.ledger.reading() as tx:
        return _event_of(tx, exchange) is not None


def _event_of(tx: Transaction, exchange: bytes) -> StoredEvent | None:
    awaited = tx.awaited(exchange)
    if awaited is not None:
        return tx.row(awaited.event_n)
    within = "position(? in exchanges) > 0" if tx.session.is_postgres else "instr(exchanges, ?) > 0"
    for table, column in (("event", "n"), ("redecision", "event_n")):
        for (n,) in tx.session.rows(f"select {column} from {table} where {within}", (exchange,)):  # noqa: S608 - ours
            stored = tx.row(n)
            if stored is not None and any(_decisions(tx, stored, exchange)):
                return stored
    return None


def _decisions(
    tx: Transaction, stored: StoredEvent, exchange: bytes
) -> Iterator[tuple[StoredEvent | StoredRedecision, StoredExchange]]:
    rows: list[StoredEvent | StoredRedecision] = [stored, *tx.redecisions([stored.n])]
    for row in rows:
        yield from ((row, x) for x in row.exchanges if x.exchange_id == exchange)


def _leaf(tx: Transaction, row: StoredEvent | StoredRedecision, exchange: StoredExchange) -> Leaf:
    """A leaf's number is its carrier's first and how many leaves stand before it there."""
    carrier = row.n >> POSITION_BITS
    start = carrier << POSITION_BITS
    first = tx.session.one("select first_seq from carrier where id = ?", (carrier,))
    step = "decided" if isinstance(row, StoredEvent) else "redecided"
    at = row.decided_at.isoformat()
    if first is None or first[0] is None:
        return Leaf(None, None, at, step)
    before = 0
    for table in ("event", "redecision"):
        sql = f"select exchanges from {table} where n >= ? and n < ? and n < ?"  # noqa: S608 - ours
        for (packed,) in tx.session.rows(sql, (start, row.n, start + MAX_ROWS)):
            before += max(1, len(tx.unpack(packed)))
    number = first[0] + before + row.exchanges.index(exchange)
    signed = tx.session.one("select min(size) from checkpoint where size > ?", (number,))
    return Leaf(number, signed[0] if signed else None, at, step)


def _engine(tx: Transaction, n: int) -> str:
    row = tx.session.one("select engine from carrier where id = ?", (n >> POSITION_BITS,))
    return tx.word(row[0]) if row else ""


def _why(agreements: Agreements, kind: RecipientKind, decision: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """What the rules in force say of one field under the facts that were recorded."""
    known = {Guard(name): value for name, value in decision["guards"].items()}
    if path not in decision.get("granted", (path,)):
        known[Guard.NAMED_OFFICER_GRANT] = False  # a grant is in force, and does not name this field
    facts = Facts.of(known)
    try:
        reason = reason_of(agreements, decision["event"], kind, path, facts)
    except KeyError:
        return {"rules": ["the catalogue has no such field any more"], "otherwise": []}
    return {
        "rules": [f"{step.rule}: {step.said}" if step.rule else step.said for step in reason.steps],
        "otherwise": [_otherwise(agreements, found, facts) for found in reason.otherwise],
    }


def _otherwise(agreements: Agreements, found: Otherwise, facts: Facts) -> Mapping[str, str]:
    means = agreements.vocabulary.guards[found.guard].means.rstrip(".")
    so = {SAID[True]: "it were so", SAID[False]: "it were known not to be so"}.get(found.value, "it were not known")
    return {
        "guard": found.guard.value,
        "was": _word(facts[found.guard]),
        "would_be": next(_word(value) for value, said in SAID.items() if said == found.value),
        "gives": found.fate,
        "if": f"{so}: {means} ({found.guard})",
    }


def _facts(
    broker: Broker, tx: Transaction, stored: StoredEvent, exchange: StoredExchange, guards: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Each fact of a decision as it was recorded, beside what the registers say now."""
    now = _findings(broker, tx, stored, exchange, [Guard(name) for name in guards])
    for name, value in guards.items():
        entry, finding = broker.agreements.vocabulary.guards[name], now.get(Guard(name))
        yield {
            "guard": name,
            "value": _word(value),
            "now": _word(finding.value if finding else None),
            "means": entry.means,
            "source": entry.source,
            "owner": entry.owner,
            "entries": [_entry(e) for e in finding.entries if e.event] if finding else [],
        }


def _wishes(broker: Broker, tx: Transaction, subject: int) -> Iterator[Mapping[str, str]]:
    """What is recorded of somebody's wish; nothing when the child's key was destroyed."""
    if tx.forgotten([subject]):
        return
    for wish in Absorption(broker, tx).state(SubjectId(subject)).wishes:
        at = wish.source.as_of
        yield {
            "whose": wish.whose.value,
            "said": wish.said.value,
            "heard_by": wish.organisation,
            "function": wish.function or "not said",
            "at": at.isoformat() if at else "not said",
            "event": wish.source.event,
        }


def _findings(
    broker: Broker, tx: Transaction, stored: StoredEvent, exchange: StoredExchange, guards: Collection[Guard]
) -> Mapping[Guard, Finding]:
    """What is found now; nothing when the child's key was destroyed."""
    work = Absorption(broker, tx)
    work.subjects.relate([stored.subject])
    recipient = Recipient(exchange.organisation, exchange.function, RecipientKind(exchange.kind))
    try:
        event = decode(tx.content(stored.n), broker.catalogue)
        situation = work.situation(work.subjects.root(stored.subject), event)
    except Forgotten:
        return {}
    return findings(event, stored.event_id.hex(), recipient, situation, guards)


def _word(value: bool | None) -> str:
    return "unknown" if value is None else str(value).lower()


def _entry(entry: Entry) -> dict[str, str]:
    """One entry: the event that says so, of which moment, recorded when, by whom, and since when it holds."""
    times = {"since": entry.since, "at": entry.at, "recorded_at": entry.recorded_at}
    return {
        "by": entry.by,
        "event": entry.event,
        **{name: at.isoformat() if at else "not said" for name, at in times.items()},
    }
