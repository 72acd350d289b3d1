"""A recipient's view as bytes: dressed, redacted, encoded.

Left out: deciding (`sharing.release`) and sending. Rules: the same event, decision and state give the same bytes, in
whichever process they are built.
"""

import json
from dataclasses import replace
from hashlib import sha256

from sharing.codec import encode
from sharing.directory import Directory
from sharing.events import Event
from sharing.ids import ExchangeId, SubjectId, recipient_subject_token
from sharing.policy import CLEAR, WITHHOLD, Agreements, Decision, FieldRuling
from sharing.policy.decision import shape_of
from sharing.policy.pseudo import TOKEN
from sharing.reconciliation.parties import speaker
from sharing.reconciliation.state import SubjectState
from sharing.redaction.wire import around
from sharing.release import Dress, Exchange, due_by, view
from sharing.vocabulary import OrganisationKind, Outcome, Recipient, RecipientKind
from streams.agents.handover import View
from streams.agents.text_queue import Words
from streams.broker import Broker

AREA_WIDE = frozenset(
    {
        OrganisationKind.LOCAL_AUTHORITY,
        OrganisationKind.FORCE,
        OrganisationKind.EDUCATION_SERVICE,
        OrganisationKind.BROKER,
    }
)
"""Bodies that serve the whole area: that one of them is named tells nobody where a child is."""
CALLBACKS = ("callback", "duty_phone")
BROKER_SAYS = ("broker.", "correction.")
_TAKEN = {one.words: one for one in (CLEAR, TOKEN)}


def view_of(
    broker: Broker,
    agreements: Agreements,
    event: Event,
    exchange: Exchange,
    subject: SubjectId,
    state: SubjectState,
    words: Words | None = None,
) -> View:
    """Build one recipient's view.

    Args:
        broker: For keys and the catalogue.
        agreements: Those of the transaction that decides what leaves.
        event: The whole event.
        exchange: Decided; its outcome is DELIVER.
        subject: Whom it is about.
        state: The subject's state, for deadlines and for whose question is answered.
        words: Texts that a person let go, and the exchange by which the recipient knows the rest.
    """
    key = broker.keys.ids
    answers = reference_for(event, exchange.recipient, state)
    classes = agreements.classes[event.event_type]
    if words is not None:
        answers = answers or words.exchange
    dress = Dress(answers, due_by(state, ExchangeId(exchange.exchange_id)), key, classes, words)
    seen = view(with_callback(event, broker.directory), exchange, subject, dress)
    token = recipient_subject_token(key, exchange.recipient.organisation, subject)
    told = around(exchange.decision, seen)
    return View(told.key(token, exchange.exchange_id), encode(seen, broker.catalogue), event.event_type, told)


def with_callback(event: Event, directory: Directory) -> Event:
    """The event with a number to ring, where its sender gave none: texts may stay behind, the recipient can ask.

    Whether anything did stay behind makes no difference to it. A hospital's or a school's number could tell where a
    child is, so only those who serve the whole area are given.
    """
    name = next((n for n in CALLBACKS if hasattr(event, n)), None)
    if name is None or getattr(event, name) is not None or event.event_type.startswith(BROKER_SAYS):
        return event
    sender = directory.get(event.envelope.organisation or "")
    if sender is None or sender.kind not in AREA_WIDE:
        return event
    said_by = speaker(directory, sender.slug, event.envelope.author_function)
    number = sender.telephone(said_by.function) if said_by else ""
    return replace(event, **{name: number}) if number else event  # type: ignore[arg-type]


def reference_for(event: Event, recipient: Recipient, state: SubjectState) -> str | None:
    """By what the recipient knows the matter that this event answers: its own event, or nothing."""
    reply = event.envelope.in_reply_to
    if reply is None or event.event_type.startswith(BROKER_SAYS):
        return reply
    for question in state.questions:
        asked = question.asker is not None and question.asker.organisation == recipient.organisation
        if asked and reply in question.exchanges:
            return question.event_id
    return None


def as_recorded(body: bytes) -> Decision:
    """A decision as the ledger keeps it: for a referral, which leaves under the decision that was recorded with it.

    What was to be reduced by a map cannot be read back and is withheld; a permit that is never stopped reduces nothing.

    Args:
        body: `Decision.body()`.
    """
    kept = json.loads(body)
    fields = tuple(
        FieldRuling(path, _TAKEN.get(transform, WITHHOLD), reason, rule)
        for path, transform, reason, rule in kept["fields"]
    )
    return Decision(
        version=kept["agreements"],
        event_type=kept["event"],
        kind=RecipientKind(kept["to"]),
        outcome=Outcome(kept["outcome"]),
        reason=kept["reason"],
        rule=kept["rule"],
        purpose=kept["purpose"],
        permit=kept["permit"],
        agreement=kept["agreement"],
        statute=kept["statute"],
        fields=fields,
        guards=(),
        shape=shape_of(kept["event"], fields),
        digest=sha256(body).digest(),
        _body=body,
    )
