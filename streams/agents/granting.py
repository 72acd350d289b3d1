"""A grant comes into force, is ended, is reviewed: in one transaction with the statement that the ledger swears to.

Left out: what is signed and how many must (`sharing.granting`), what follows in the child's state
(`reconciliation.grants`). Rules: the newest event that holds something granted goes to the officer at once, as an
exchange of its own; who reviews did not approve; a grant that is not upheld ends, and what it let go is taken back; a
statement names fields, functions and times, never a child or a person.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.rows import Released, Statement, StoredEvent
from ledger.store import Transaction
from sharing.codec import decode
from sharing.errors import Rejected
from sharing.events import Event
from sharing.granting import Approver, Request, approval, check, granted, missing, signer
from sharing.ids import EventId, ExchangeId, SubjectId, exchange_id
from sharing.policy.canonical import canonical
from sharing.policy.decision import goes
from sharing.reconciliation import grants
from sharing.reconciliation.saying import World
from sharing.reconciliation.standing import Grant
from sharing.release import Exchange
from sharing.vocabulary import Outcome
from streams.agents.absorption import Absorption
from streams.agents.again import Later
from streams.agents.closing import write
from streams.agents.recalls import GRANT_ENDED, recall_earlier, value_at
from streams.agents.text_asking import Unasked, ask, asked_before, texts_of
from streams.agents.text_queue import taken_back
from streams.agents.views import BROKER_SAYS
from streams.broker import Broker

GIVEN, REVOKED, REVIEWED = "grant.given", "grant.revoked", "grant.reviewed"
UPHELD, NOT_UPHELD = "upheld", "not-upheld"
Table = Mapping[str, Approver]


@dataclass(frozen=True, slots=True)
class Listed:
    """One grant as somebody with clearance sees it. `state`: `in force`, `over` or `revoked`."""

    grant_id: str
    request: Request
    approvers: tuple[str, ...]
    given_at: datetime
    state: str
    review: str


def signed_by(word: str, request: Request, approvals: list[tuple[str, bytes]], table: Table) -> tuple[Approver, ...]:
    """The approvers whose signature is good, each once."""
    good = {n: table[n] for n, s in approvals if n in table and signer(word, request, s, table[n])}
    return tuple(good.values())


def give(broker: Broker, request: Request, approvals: list[tuple[str, bytes]], table: Table) -> Grant:
    """Bring a grant into force.

    Args:
        broker: With its ledger.
        request: What was asked for.
        approvals: Name of an approver and signature.
        table: Who may approve.

    Raises:
        Rejected: `NOT_SIGNED`, `ALREADY_GIVEN`, `NO_SUCH_RECORD`, or what `check` says; nothing was changed.
    """
    good = signed_by("given", request, approvals, table)
    lacking = missing(request, good)
    with broker.ledger.transaction() as tx:
        recipient = check(request, broker.stand(tx).agreements, broker.directory, broker.now())
        if lacking:
            raise Rejected("NOT_SIGNED", "approvals", f"not granted yet; missing: {lacking}")
        work, subject = _opened(broker, tx, request.about)
        grant = granted(request, recipient, good, work.now)
        if any(g.grant_id == grant.grant_id for g in work.state(subject).grants):
            raise Rejected("ALREADY_GIVEN", "request", "this grant is in force already, or was")
        tx.move_head()
        work.say(subject, grants.give(work.state(subject), grant, _world(work)))
        signatures = [approval(n, s) for n, s in approvals if n in grant.approvers]
        review_by = grant.review_by.isoformat() if grant.review_by else ""
        _swear(work, GIVEN, subject, grant.grant_id, request=request.document(), approvals=signatures,
               review_by=review_by)  # fmt: skip
        _tell(work, subject, grant)
        write(work)
    return grant


def revoke(broker: Broker, grant_id: str, name: str, signature: bytes, table: Table) -> None:
    """End a grant before its time.

    Raises:
        Rejected: `NO_SUCH_GRANT`, `NOT_SIGNED` or `ENDED_BEFORE`.
    """
    with broker.ledger.transaction() as tx:
        request, _ = _request(tx, grant_id)
        _one_signature("revoked", request, name, signature, table)
        work, subject = _opened(broker, tx, request.about)
        _end(work, subject, grant_id, approval(name, signature))
        write(work)


def review(broker: Broker, grant_id: str, finding: str, name: str, signature: bytes, table: Table) -> None:
    """Say that somebody who did not approve it has looked at a grant: `upheld`, or `not-upheld`, which ends it.

    Raises:
        Rejected: `NO_SUCH_GRANT`, `NOT_SIGNED` or `APPROVED_IT`.
    """
    with broker.ledger.transaction() as tx:
        request, approvers = _request(tx, grant_id)
        _one_signature(f"reviewed {finding}", request, name, signature, table)
        if name in approvers:
            raise Rejected("APPROVED_IT", "approver", "who approved a grant does not review it; ask another function")
        work, subject = _opened(broker, tx, request.about)
        work.say(subject, grants.reviewed(work.state(subject), grant_id))
        _swear(work, REVIEWED, subject, grant_id, finding=finding, approval=approval(name, signature))
        held = next((g for g in work.state(subject).grants if g.grant_id == grant_id), None)
        if finding == NOT_UPHELD and held is not None and held.in_force(work.now):
            _end(work, subject, grant_id, approval(name, signature))
        write(work)


def listed(broker: Broker) -> list[Listed]:
    """Every grant that was ever given, oldest first. For somebody with clearance: a grant tells of a seal."""
    with broker.ledger.reading() as tx:
        words = tx.statements("grant.")
    bodies = [(s.kind, json.loads(s.body)) for s in words]
    ended = {b["grant"] for kind, b in bodies if kind == REVOKED}
    looked = {b["grant"]: b["finding"] for kind, b in bodies if kind == REVIEWED}
    found = []
    for statement, (kind, body) in zip(words, bodies, strict=True):
        if kind == GIVEN:
            request = Request.from_document(body["request"])
            over = "over" if request.ends_at <= broker.now() else "in force"
            due = f"to be reviewed by {body['review_by']}" if body["review_by"] else "two approved"
            found.append(Listed(
                body["grant"], request, tuple(a["approver"] for a in body["approvals"]), statement.decided_at,
                "revoked" if body["grant"] in ended else over, looked.get(body["grant"], due),
            ))  # fmt: skip
    return found


def request_of(broker: Broker, grant_id: str) -> Request:
    """What a grant was given for, so that its end or its review can be signed.

    Raises:
        Rejected: `NO_SUCH_GRANT`.
    """
    with broker.ledger.reading() as tx:
        return _request(tx, grant_id)[0]


# ---------------------------------------------------------------- what these stand on


def _opened(broker: Broker, tx: Transaction, about: str) -> tuple[Absorption, SubjectId]:
    stored = _stored(tx, bytes.fromhex(about))
    if stored is None:
        raise Rejected("NO_SUCH_RECORD", "about", "the ledger has no event and no exchange of that id")
    work = Absorption(broker, tx)
    work.subjects.read([stored.subject])
    return work, work.subjects.root(stored.subject)


def _stored(tx: Transaction, identity: bytes) -> StoredEvent | None:
    event = tx.find(identity)
    exchange = tx.find_exchange(identity) if event is None else None
    return exchange[0] if exchange else event


def _world(work: Absorption) -> World:
    return World(work.now, work.broker.directory, work.broker.calendars)


def _request(tx: Transaction, grant_id: str) -> tuple[Request, tuple[str, ...]]:
    for statement in tx.statements(GIVEN):
        body = json.loads(statement.body)
        if body["grant"] == grant_id:
            return Request.from_document(body["request"]), tuple(a["approver"] for a in body["approvals"])
    raise Rejected("NO_SUCH_GRANT", "grant", "no such grant was given; see crosswalk grant ls")


def _one_signature(word: str, request: Request, name: str, signature: bytes, table: Table) -> None:
    if not signed_by(word, request, [(name, signature)], table):
        reason = f"no key of '{name}' in the table of approvers made this signature"
        raise Rejected("NOT_SIGNED", "approver", reason)


def _swear(work: Absorption, kind: str, subject: SubjectId, grant_id: str, **more: object) -> None:
    commitment = work.tx.children.one(work.tx.session, subject).commitment.hex()
    work.statements.append(Statement(kind, canonical({"grant": grant_id, "subject": commitment, **more})))


def _end(work: Absorption, subject: SubjectId, grant_id: str, word: dict[str, str]) -> None:
    step = grants.revoke(work.state(subject), grant_id, _world(work))
    if not step.changed:
        raise Rejected("ENDED_BEFORE", "grant", "this grant has ended already")
    work.tx.move_head()
    work.say(subject, step)
    work.take_back(lambda whose: recall_earlier(work, whose, GRANT_ENDED, grant_ended=True))
    _swear(work, REVOKED, subject, grant_id, approval=word)


def _tell(work: Absorption, subject: SubjectId, grant: Grant) -> None:
    """Send the newest event that holds something granted, once more, to who holds the grant.

    Of the newest that holds a granted text which a person must read first, that person is asked.
    """
    sent = waits = False
    for one, stored, event, made in _had(work, subject, grant):
        texts = texts_of(event, made.decision)
        if texts and not waits:
            ask(
                work, stored, Unasked(stored.n, one.exchange_id, made.recipient, texts), asked_before(work.tx, [stored])
            )
            waits = True
        if not sent and _holds_more(work, one, event, made):
            function = f"{grant.recipient.function}/granted/{grant.grant_id}"
            following = exchange_id(
                work.broker.keys.ids, EventId(one.exchange_id), made.recipient.organisation, function
            )
            work.add_later(Later(stored, subject, [Exchange(ExchangeId(following), made.recipient, made.decision)]))
            sent = True


def _had(work: Absorption, subject: SubjectId, grant: Grant) -> Iterator[tuple[Released, StoredEvent, Event, Exchange]]:
    """What the holder of a grant has of this child, newest first, as it would be decided now."""
    to, back = grant.recipient, taken_back(work.tx)
    left = [r for r in work.tx.released_of(subject) if (r.organisation, r.function) == (to.organisation, to.function)]
    for one in reversed(left):
        stored = work.tx.row(one.event_n)
        if stored is None or one.exchange_id.hex() in back:
            continue
        event = decode(work.tx.content(one.event_n), work.broker.catalogue)
        if not event.event_type.startswith(BROKER_SAYS):
            (made,) = work.prepare_for(event, EventId(stored.event_id), subject, [to])
            yield one, stored, event, made


def _holds_more(work: Absorption, one: Released, event: Event, made: Exchange) -> bool:
    """Whether something goes now that did not go then."""
    body = json.loads(work.tx.outcomes([one.outcome])[one.outcome])
    had = {row[0] for row in body["fields"] if goes(row)}
    more = [r.path for r in made.decision.fields if r.is_released and r.path not in had]
    return made.decision.outcome is Outcome.DELIVER and any(value_at(event, path) is not None for path in more)
