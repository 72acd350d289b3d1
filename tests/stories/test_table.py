"""Every event, every recipient, every class: where the table of the partnership says never, no byte arrives.

The table below is written by hand from the field's own rules, not read from the agreements. First every event is
decided and sealed into bytes for every kind of recipient under the most open facts there can be; then the events that
agencies may say walk through a running broker, the broker's own are said to everybody, and everything that leaves it,
is shown of it or stays behind in clear is searched: the only figures that it serves are those of the console and of the
support bundle.
"""

import base64
import json
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import product
from urllib.parse import quote

import pytest
import typer
from structlog.testing import capture_logs

from agreements import read_texts
from console.poller import Snapshot
from console.reading import Reader
from console.views import page
from console.web.app import Pages
from crosswalk.support_cli import support_bundle
from ledger import Ledger
from schemas import read_schemas
from sharing.codec import Catalogue, encode
from sharing.events import (
    EVENT_TYPES,
    InvolvementAction,
    InvolvementChanged,
    PlanAction,
    PlanChanged,
    PlanKind,
    ReferralSubmitted,
)
from sharing.ids import EventId, ExchangeId, SubjectId
from sharing.policy import Facts, Guard, decide, field_classes, leaves, load
from sharing.reconciliation.parties import may_say
from sharing.release import Dress, Exchange, view
from sharing.vocabulary import FieldClass, Outcome, Recipient, RecipientKind
from tests.crosswalk.broker_kit import run
from tests.sharing.redaction.test_allowed import OPEN, values_at
from tests.strategies import full
from tests.streams.corridor import COMMUNITY, CSC, EDUCATION, GP, HARBOUR, OAKFIELD, POLICE, TRUST, Corridor
from tests.streams.families import ROSA
from tests.streams.speaking import broker_says

K = RecipientKind
SOCIAL_CARE = {K.FRONT_DOOR, K.FRONT_DOOR_MANAGER, K.ALLOCATED_TEAM, K.EMERGENCY_DUTY}
POLICE_KINDS = {K.POLICE_DUTY, K.POLICE_NEIGHBOURHOOD, K.POLICE_EMERGENCY}
HEALTH = {
    K.EMERGENCY_DEPARTMENT, K.GP, K.HEALTH_VISITOR, K.SCHOOL_NURSE, K.MATERNITY, K.CAMHS, K.SEXUAL_HEALTH,
}  # fmt: skip
SETTINGS = {K.SCHOOL, K.EARLY_YEARS, K.FURTHER_EDUCATION}
EDUCATION_KINDS = {K.EDUCATION_DUTY, K.EDUCATION_ROLLS}
FIGURES = {K.STATISTICS}

NEVER: dict[FieldClass, set[RecipientKind]] = {
    FieldClass.IDENTITY: FIGURES,
    FieldClass.NHS_NUMBER: POLICE_KINDS | SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.UPN: POLICE_KINDS | HEALTH | FIGURES,
    FieldClass.AGENCY_REFERENCE: SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.LOCATION: SETTINGS | FIGURES,
    FieldClass.SEALED_LOCATION: HEALTH | SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.FORMER_IDENTITY: SOCIAL_CARE | POLICE_KINDS | HEALTH | SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.ADULT_FAMILY: EDUCATION_KINDS | FIGURES,
    FieldClass.ALLEGED_PERPETRATOR: SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.INFORMANT: SOCIAL_CARE | HEALTH | SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.OFFENCE: EDUCATION_KINDS,
    FieldClass.CLINICAL: SETTINGS | EDUCATION_KINDS,
    FieldClass.INTIMATE_HEALTH: SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.OTHER_CHILD: EDUCATION_KINDS | FIGURES,
    FieldClass.SOCIAL_CARE_NARRATIVE: SETTINGS | EDUCATION_KINDS | FIGURES,
    FieldClass.CHARACTERISTICS: SETTINGS | EDUCATION_KINDS,
    FieldClass.RISK_GRADE: EDUCATION_KINDS,
    FieldClass.PROFESSIONAL_CONTACT: FIGURES,
    FieldClass.CHILD_WORDS: EDUCATION_KINDS | FIGURES,
}
"""Class to the kinds of recipient for whom the table has a dash."""
SAVE = {
    # The police's own reference on a notice is opaque and for calling back.
    ("police_reference", K.SCHOOL), ("police_reference", K.EARLY_YEARS), ("police_reference", K.FURTHER_EDUCATION),
    ("police_reference", K.EDUCATION_DUTY),
    # Who is barred from a setting is named to that setting, with what staff need to know him by, while it is in force.
    *product(
        [f"restricted_adult{part}" for part in ("", "_birth_date", "_description", "_relation")],
        SETTINGS,
    ),
}  # fmt: skip
"""(path, kind) of the exceptions, each with its reason."""

BUNDLE = typer.Typer()
BUNDLE.command()(support_bundle)
CATALOGUE = Catalogue.of(read_schemas())
CLASSES = field_classes(read_schemas())
FULL = {name: full(name) for name in sorted(EVENT_TYPES)}


@pytest.fixture(scope="module")
def agreements():
    return load(read_texts(), CLASSES)


def shapes(secret: str) -> list[bytes]:
    """How a text may stand in bytes: plain, encoded, escaped."""
    raw = secret.encode()
    return [
        raw, base64.b64encode(raw).rstrip(b"=")[:-1], raw.hex().encode(), quote(secret).encode(),
        json.dumps(secret).strip('"').encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be"),
    ]  # fmt: skip


def forbidden(event_type: str, kind: RecipientKind) -> list[str]:
    """Paths of an event that the table keeps from this kind."""
    own = CLASSES[event_type]
    return [path for path, c in own.items() if kind in NEVER.get(c, ()) and (path, kind) not in SAVE]


def secrets(event, path: str) -> list[str]:
    return [value for value in values_at(event, path) if isinstance(value, str) and value.startswith("canary-")]


def allowed(event, kind: RecipientKind) -> set[str]:
    """Canaries that stand in some field which the table does not keep from this kind."""
    closed = set(forbidden(event.event_type, kind))
    return {secret for path in leaves(event.event_type) if path not in closed for secret in secrets(event, path)}


def test_the_catalogue_is_whole():
    assert len(FULL) >= 58
    assert {c for own in CLASSES.values() for c in own.values()} <= set(FieldClass)


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_where_the_table_has_a_dash_no_byte_arrives_under_any_fact(agreements, event_type):
    event = FULL[event_type]
    for kind in RecipientKind:
        recipient = Recipient("somebody", "function", kind)
        decision = decide(agreements, event_type, kind, None, OPEN)
        if decision.outcome is not Outcome.DELIVER:
            continue
        made = Exchange(ExchangeId(b"\7" * 16), recipient, decision)
        seen = encode(view(event, made, SubjectId(1), Dress(None, None, b"k" * 32)), CATALOGUE)
        kept = allowed(event, kind)
        for path in forbidden(event_type, kind):
            for secret in set(secrets(event, path)) - kept:
                assert not [shape for shape in shapes(secret) if shape in seen], f"{path} reaches {kind}"
                assert secret not in decision.body().decode()


def test_what_is_open_in_some_situation_is_what_these_facts_open(agreements):
    """The facts above are the most open ones: what they withhold by a dash, no others release."""
    for event_type, kind in product(FULL, RecipientKind):
        released = {r.path for r in decide(agreements, event_type, kind, None, OPEN).fields if r.is_released}
        closed = decide(agreements, event_type, kind, None, Facts.of({Guard.OPEN_INVOLVEMENT: True}))
        more = {r.path for r in closed.fields if r.is_released} - released
        assert not more & set(forbidden(event_type, kind))


# ------------------------------------------------------------ through the running broker

SENDERS = (CSC, POLICE, TRUST, COMMUNITY, GP, EDUCATION, OAKFIELD)
INVOLVED = (
    (OAKFIELD, "safeguarding_lead"), (HARBOUR, "safeguarding_lead"), (COMMUNITY, "health_visitor"),
    (GP, "practice_lead"), (CSC, "allocated_team"), (POLICE, "force_duty"), (TRUST, "emergency_department"),
)  # fmt: skip
BY_THE_BROKER = ("broker.", "correction.")
SAID_BY_THE_BROKER = sorted(name for name in EVENT_TYPES if name.startswith(BY_THE_BROKER))
REGISTERS = {"seal.changed", "csc.involvement.changed"}
"""What these say is taken in and sent to nobody; here they are said on purpose, not with canaries."""


def planted(event, corridor: Corridor, sender: str):
    """The full event as that sender's connector would make it about one known child: its texts stay canaries."""
    own = corridor.event(type(event), sender, ROSA, key=f"table-{event.event_type}")
    child = replace(ROSA, **{name: getattr(event.child, name) for name in ("known_as", "uprn", "ethnicity")})
    body = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in ("envelope", "child")}
    return replace(event, envelope=own.envelope, child=child, **{n: _plausible(n, v) for n, v in body.items()})


def _plausible(name: str, value: object) -> object:
    """Names of organisations are looked up, so they must be some; everything else stays as it was planted."""
    if is_dataclass(value) or not isinstance(value, str):
        return value
    return OAKFIELD if name.endswith("organisation") else value


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Every event that an agency may say, through one broker about one child whom everybody works with."""
    with capture_logs() as lines:
        corridor, planted_events = everything_said(tmp_path_factory.mktemp("table"))
    yield corridor, planted_events, "\n".join(json.dumps(line, default=repr) for line in lines)
    corridor.close()


def everything_said(folder):
    corridor = Corridor(folder)
    for organisation, function in INVOLVED:
        corridor.say(
            InvolvementChanged, CSC, ROSA, organisation=organisation, function=function,
            action=InvolvementAction.OPENED, since=date(2026, 1, 1),
        )  # fmt: skip
    asked = corridor.say(ReferralSubmitted, OAKFIELD, ROSA, key="before", ask="assess", by="safeguarding_lead")
    corridor.say(PlanChanged, CSC, ROSA, key="plan", kind=PlanKind.CHILD_PROTECTION, action=PlanAction.STARTED)
    planted_events = {}
    for event_type in sorted(EVENT_TYPES):
        sender = next((s for s in SENDERS if may_say(corridor.broker.directory, s, event_type)), None)
        if sender is None or event_type.startswith(BY_THE_BROKER) or event_type in REGISTERS:
            continue
        planted_events[event_type] = event = planted(FULL[event_type], corridor, sender)
        corridor.send(sender, event)
        corridor.flow()
    for event_type in SAID_BY_THE_BROKER:
        planted_events[event_type] = broker_says(corridor, planted(FULL[event_type], corridor, CSC), asked)
    corridor.flow()
    corridor.send(OAKFIELD, b"\0\0\0\0\7" + b"canary-9999-here")
    corridor.flow()
    return corridor, planted_events


def test_the_running_broker_takes_in_what_every_agency_may_say(said):
    corridor, planted_events, _ = said
    assert len(planted_events) >= 45 + len(SAID_BY_THE_BROKER)
    assert [code for code, _ in corridor.dead_letters()] == ["UNKNOWN_SCHEMA"]
    with corridor.ledger.reading() as tx:
        assert all(tx.find(EventId(bytes.fromhex(e.envelope.event_id))) for e in planted_events.values())


def test_no_record_that_left_holds_what_the_table_keeps_from_its_reader(said):
    corridor, planted_events, _ = said
    searched = 0
    for record in corridor.views():
        with corridor.ledger.reading() as tx:
            known = tx.find_exchange(record.record.exchange_id)
        event = planted_events.get(record.event.event_type)
        if known is None or event is None or known[0].event_id.hex() != event.envelope.event_id:
            continue
        kind = RecipientKind(known[1].kind)
        whole = b"".join(part if isinstance(part, bytes) else repr(part).encode() for part in record.wire)
        kept = allowed(event, kind)
        for path in forbidden(event.event_type, kind):
            for secret in set(secrets(event, path)) - kept:
                searched += 1
                assert not [shape for shape in shapes(secret) if shape in whole], f"{path} reaches {kind}"
    assert searched > 200, "hundreds of canaries stood in the events that left"


def test_what_the_broker_itself_says_left_and_was_searched(said):
    corridor, planted_events, _ = said
    left = {v.record.exchange_id for v in corridor.views()}
    with corridor.ledger.reading() as tx:
        of = {tx.find_exchange(x)[0].event_id.hex() for x in left}
    gone = {name for name in SAID_BY_THE_BROKER if planted_events[name].envelope.event_id in of}
    assert set(SAID_BY_THE_BROKER) - gone == TO_NOBODY


TO_NOBODY = {"broker.identity.changed", "broker.release.decided", "broker.text.reviewed"}
"""To a reviewer of identity, whom nobody employs here; to the auditor, who is nobody's recipient; kept for a view."""


def shown_of(corridor: Corridor, logged: str) -> str:
    """What is shown of a running broker to who has no clearance: page, figures, dead letters, support bundle, log."""
    from streams.agents.publish import headers_of, place_of, reference

    ledger = Ledger.open_existing(f"sqlite:///{corridor.folder / 'ledger.db'}", corridor.keys)
    facts = Reader(ledger, corridor.broker.directory).read(corridor.now, corridor.now)
    snapshot = Snapshot(1, page(facts, corridor.broker.directory))
    ledger.close()
    shown = [Pages().whole(snapshot, again=False), Pages().figures(snapshot), logged]
    with corridor.ledger.reading() as tx:
        shown += [repr((place_of(letter), reference(letter), headers_of(letter))) for letter in tx.dead_letters()]
    (corridor.folder / "worker.log").write_text(logged)
    bundle = corridor.folder.with_name("bundle")
    done = run(BUNDLE, corridor, str(bundle), "--log", str(corridor.folder / "worker.log"))
    assert done.exit_code == 0, done.output
    shown += [path.read_text() for path in bundle.iterdir()]
    assert "Oakfield Primary" in shown[0]
    return "\n".join([*shown, done.output])


def test_no_canary_stands_in_figures_a_page_a_log_a_dead_letter_or_the_database(said):
    corridor, planted_events, logged = said
    with corridor.ledger.reading() as tx:
        bodies = b"".join(tx.outcomes([n for (n,) in tx.session.rows("select id from outcome")]).values())
    disk = b"".join(path.read_bytes() for path in corridor.folder.iterdir() if path.is_file())
    shown = shown_of(corridor, logged).encode()
    begun = shapes("canary")
    for event in planted_events.values():
        for secret in (secret for path in leaves(event.event_type) for secret in secrets(event, path)):
            assert all(any(first in shape for first in begun) for shape in shapes(secret)), "one look is for all"
    assert begun[0] in encode(next(iter(planted_events.values())), CATALOGUE), "what is looked for is there to be found"
    assert not [first for first in begun if first in disk or first in bodies or first in shown]
    assert b"dead letter" in shown
