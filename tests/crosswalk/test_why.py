"""`crosswalk why`: all to who is cleared; to everybody else the same bytes with and without a seal."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
import typer

from crosswalk.agreements.cli import agreements_app
from crosswalk.why.cli import why
from ledger.verify import verify
from sharing.errors import Misconfigured
from sharing.events import (
    InvolvementAction,
    InvolvementChanged,
    MissingAction,
    MissingChanged,
    ProtectionNoticeSubmitted,
    ReferralSubmitted,
    SealAction,
    SealChanged,
    SealKind,
)
from sharing.policy import Facts, Guard, decide
from sharing.vocabulary import RecipientKind
from tests.crosswalk.broker_kit import run
from tests.streams.corridor import COMMUNITY, CSC, OAKFIELD, POLICE, Corridor
from tests.streams.families import CANARIES, ROSA
from tests.streams.test_notice_laws import found, notify
from tests.streams.test_seal_laws import everybody_involved, involve, notice

APP = typer.Typer()
APP.command()(why)


@pytest.fixture
def corridor(tmp_path: Path):
    made = Corridor(tmp_path)
    yield made
    made.close()


def explained(corridor: Corridor, exchange: str, *more: str) -> dict:
    file = corridor.folder / "dpo.clearance"
    if not file.exists():
        assert run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file)).exit_code == 0
    done = run(APP, corridor, exchange, *more, "--json", "--clearance-file", str(file))
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])


def sealed_and_told(corridor: Corridor, *, sealed: bool = True) -> None:
    everybody_involved(corridor)
    if sealed:
        corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, key="s", kind=SealKind.ADDRESS,
                                             action=SealAction.SET))  # fmt: skip
    missing = corridor.event(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING)
    corridor.send(POLICE, missing)
    corridor.flow()


def test_a_withheld_field_is_told_with_its_seal_and_who_set_it_when(corridor):
    sealed_and_told(corridor)
    told = explained(corridor, corridor.one(COMMUNITY, "police.missing.changed").exchange, "child.postcode")
    assert told["fields"] == [
        {"field": "child.postcode", "transform": "withhold", "reason": "sealed", "rule": "seals/address"}
    ]
    (fact,) = [f for f in told["facts"] if f["guard"] == "address_sealed"]
    assert (fact["value"], fact["source"]) == ("true", "Seal register")
    assert [(e["by"], e["since"]) for e in fact["entries"]] == [(POLICE, "2026-11-20T10:05:00+00:00")]


def test_a_release_is_told_with_its_agreement_statute_and_place_in_the_ledger(corridor):
    sealed_and_told(corridor)
    seen = corridor.one(COMMUNITY, "police.missing.changed")
    told = explained(corridor, seen.exchange)
    assert told["decision"]["permit"] == "encompass/missing-to-health"
    assert "Crime and Disorder Act 1998" in told["decision"]["statute"]
    assert (told["organisation"], told["function"]) == (COMMUNITY, "health_visitor")
    assert told["released"]["delivery_seq"] == seen.record.seq
    assert {f["field"]: f["reason"] for f in told["fields"]}["child.surname"] == "permitted"
    assert {f["field"]: f["reason"] for f in told["fields"]}["last_seen_area"] == "no-agreement"
    assert told["versions"]["agreements"] == corridor.broker.agreements.version


def test_leaf_numbers_are_those_of_the_ledger(corridor):
    sealed_and_told(corridor)
    corridor.say(ReferralSubmitted, OAKFIELD, ROSA, ask="assess", by="safeguarding_lead")
    numbers = [leaf["number"] for v in corridor.views() for leaf in explained(corridor, v.exchange)["leaves"]]
    total = verify(corridor.ledger).leaves
    assert len(set(numbers)) == len(numbers)
    assert all(0 <= n < total for n in numbers)
    first = min(explained(corridor, corridor.one(CSC, "referral.submitted").exchange)["leaves"], key=str)
    assert first["checkpoint"] > first["number"]


def test_an_exchange_that_was_decided_later_is_found_too(corridor):
    notify(corridor)
    found(corridor, "999001")
    told = explained(corridor, corridor.one(OAKFIELD, "police.da_incident.notified").exchange)
    assert [leaf["step"] for leaf in told["leaves"]] == ["redecided"]


def test_every_decision_about_an_exchange_is_told(corridor):
    everybody_involved(corridor)
    corridor.send(POLICE, corridor.event(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING))
    corridor.number()
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    corridor.flow()
    told = explained(corridor, corridor.one(COMMUNITY, "police.missing.changed").exchange)
    assert [leaf["step"] for leaf in told["leaves"]] == ["decided", "redecided"]


def test_what_was_said_to_the_sharing_is_shown_with_who_heard_it_and_is_no_reason(corridor):
    everybody_involved(corridor)
    event = corridor.say(
        ProtectionNoticeSubmitted, POLICE, ROSA, adult_consents=False, by="force_duty", intelligence="said by Kestrel"
    )
    told = explained(corridor, corridor.views(CSC, "police.ppn.submitted")[0].exchange)
    assert told["wishes"] == [
        {"whose": "adult", "said": "refuses", "heard_by": POLICE, "function": "force_duty",
         "at": "2026-11-20T10:05:00+00:00", "event": event.envelope.event_id}
    ]  # fmt: skip
    said = run(APP, corridor, told["exchange"], "--clearance-file", str(corridor.folder / "dpo.clearance")).stdout
    assert "none is a basis, and none is a veto where a child is at risk\n  adult: refuses; heard by" in said
    reasons = json.dumps([told["facts"], *told["why"].values()])
    assert not [word for word in ("adult", "wish", "refuses", "consent") if word in reasons]


def test_words_tell_the_same_and_no_value(corridor):
    sealed_and_told(corridor)
    file = corridor.folder / "dpo.clearance"
    run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file))
    exchange = corridor.one(COMMUNITY, "police.missing.changed").exchange
    said = run(APP, corridor, exchange, "--clearance-file", str(file)).stdout
    assert "child.postcode                           withheld   sealed (seals/address)" in said
    assert "left at 2026-11-20T10:05:00+00:00 as number 1 of its stream" in said
    assert not [secret for secret in CANARIES if secret.lower() in said.lower()]


def test_each_fact_is_told_with_the_event_that_said_it_and_when(corridor):
    everybody_involved(corridor)
    sealing = corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET)
    corridor.send(POLICE, sealing)
    corridor.say(MissingChanged, POLICE, ROSA, action=MissingAction.MISSING)
    told = explained(corridor, corridor.one(COMMUNITY, "police.missing.changed").exchange)
    facts = {f["guard"]: f for f in told["facts"]}
    (entry,) = facts["address_sealed"]["entries"]
    assert (entry["event"], entry["at"]) == (sealing.envelope.event_id, "2026-11-20T10:05:00+00:00")
    assert entry["recorded_at"] == "2026-11-20T10:05:00+00:00"
    (involved,) = facts["open_involvement"]["entries"]
    assert (involved["by"], involved["since"]) == (COMMUNITY, "2026-01-01T00:00:00+00:00")


def test_a_fact_that_is_not_what_it_was_says_so(corridor):
    sealed_and_told(corridor, sealed=False)
    exchange = corridor.one(COMMUNITY, "police.missing.changed").exchange
    corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, kind=SealKind.ADDRESS, action=SealAction.SET))
    (fact,) = [f for f in explained(corridor, exchange)["facts"] if f["guard"] == "address_sealed"]
    assert (fact["value"], fact["now"]) == ("false", "true")


def test_the_rules_that_made_a_field_what_it_is_are_told_in_words(corridor):
    sealed_and_told(corridor)
    told = explained(corridor, corridor.one(COMMUNITY, "police.missing.changed").exchange)["why"]
    given, *_ = told["child.surname"]["rules"]
    assert given == "encompass/missing-to-health: gives it as clear, when open_involvement: yes"
    (sealed,) = [rule for rule in told["child.postcode"]["rules"] if rule.startswith("seals/address: ")]
    assert "down to withhold, when address_sealed: yes" in sealed
    assert sealed.endswith("binds here")
    (nobody,) = told["last_seen_area"]["rules"]
    assert nobody.startswith("no permit names this field")


def test_what_would_have_changed_it_is_decided_and_not_guessed(corridor):
    sealed_and_told(corridor)
    told = explained(corridor, corridor.one(COMMUNITY, "police.missing.changed").exchange)
    (change,) = [c for c in told["why"]["child.postcode"]["otherwise"] if c["gives"] == "clear"]
    assert (change["guard"], change["was"], change["would_be"]) == ("address_sealed", "true", "false")
    assert change["if"].startswith("it were known not to be so: The address of the child is sealed")
    guards = {Guard(f["guard"]): {"true": True, "false": False}.get(f["value"]) for f in told["facts"]}
    facts = Facts.of({**guards, Guard.ADDRESS_SEALED: False})
    decided = decide(corridor.broker.agreements, told["event_type"], RecipientKind.HEALTH_VISITOR, None, facts)
    assert decided.ruling("child.postcode").is_released
    assert "open_involvement" in {c["guard"] for c in told["why"]["$exists"]["otherwise"]}


def test_a_refusal_says_that_an_involvement_would_have_opened_it(corridor):
    involve(corridor, OAKFIELD, "safeguarding_lead")
    corridor.send(POLICE, notice(corridor))
    closed = {"organisation": OAKFIELD, "function": "safeguarding_lead", "action": InvolvementAction.CLOSED}
    corridor.send(CSC, corridor.event(InvolvementChanged, CSC, ROSA, **closed))
    corridor.flow()
    file = corridor.folder / "dpo.clearance"
    run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file))
    exchange = suppressed(corridor, OAKFIELD)
    said = run(APP, corridor, exchange, "child.surname", "--clearance-file", str(file)).stdout
    assert "would be released if it were so: The recipient works with the child now" in said
    assert "statute: Domestic Abuse Act 2021 s49A" in said
    assert "DPIA" in said


def suppressed(corridor: Corridor, organisation: str) -> str:
    """The one exchange with an organisation that was decided and did not go."""
    with corridor.ledger.reading() as tx:
        rows = [tx.row(n) for (n,) in tx.session.rows("select n from event")]
        found = {x.exchange_id for row in rows for x in row.exchanges if x.organisation == organisation}
    (exchange,) = found
    return exchange.hex()


@pytest.mark.parametrize("kind", [SealKind.ADDRESS, SealKind.PERPETRATOR_CHANNEL, SealKind.ADOPTION])
def test_what_is_safe_to_show_the_recipient_is_the_same_with_and_without_a_seal(tmp_path, kind):
    said = []
    for name, sealed in (("sealed", True), ("open", False)):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        everybody_involved(corridor)
        if sealed:
            corridor.send(POLICE, corridor.event(SealChanged, POLICE, ROSA, key="s", kind=kind, action=SealAction.SET))
        missing = corridor.event(MissingChanged, POLICE, ROSA, key="m", action=MissingAction.MISSING)
        corridor.send(POLICE, missing)
        corridor.flow()
        with corridor.ledger.reading() as tx:
            stored = tx.find(bytes.fromhex(missing.envelope.event_id))
        # who acts for a setting that must not know is asked under the seal alone, and knows of it
        exchanges = {x.exchange_id.hex() for x in stored.exchanges if x.kind not in ("lado", "independent_alternate")}
        said.append({x: explained(corridor, x)["safe_words"] for x in exchanges})
        corridor.close()
    assert len(said[0]) > 2
    assert said[0] == said[1]
    assert not [words for words in said[0].values() if "seal" in " ".join(words)]


def test_without_clearance_the_answer_is_the_same_bytes_with_and_without_a_seal(tmp_path):
    worlds = []
    for name, sealed in (("sealed", True), ("open", False)):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        sealed_and_told(corridor, sealed=sealed)
        worlds.append(corridor)
    first, second = ({v.exchange for v in c.views()} for c in worlds)
    assert first == second
    assert len(first) > 2
    for exchange in first:
        for more in ((), ("--json",), ("child.postcode",), ("no.such.field",)):
            one, other = (run(APP, corridor, exchange, *more) for corridor in worlds)
            assert one.output == other.output
            assert one.exit_code == other.exit_code == 1
    for corridor in worlds:
        corridor.close()


def test_who_asks_it_of_the_agreements_is_told_the_same(corridor):
    sealed_and_told(corridor)
    exchange = corridor.one(COMMUNITY, "police.missing.changed").exchange
    file = str(corridor.folder / "dpo.clearance")
    explained(corridor, exchange)
    for more in (("child.postcode", "--clearance-file", file, "--json"), ("--json",), ()):
        here, there = run(agreements_app, corridor, "why", exchange, *more), run(APP, corridor, exchange, *more)
        assert (here.exit_code, here.stdout) == (there.exit_code, there.stdout)


def test_an_exchange_that_is_not_there_is_said_so(corridor):
    sealed_and_told(corridor)
    done = run(APP, corridor, "00" * 16)
    assert (done.exit_code, "no such exchange" in done.output) == (1, True)


@pytest.mark.parametrize("broken", ["absent", "readable", "forged", "revoked", "replaced"])
def test_whatever_is_wrong_with_a_clearance_it_is_none(corridor, broken):
    involve(corridor, COMMUNITY, "health_visitor")
    sealed_and_told(corridor)
    exchange = corridor.one(COMMUNITY, "police.missing.changed").exchange
    file = corridor.folder / "dpo.clearance"
    run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file))
    assert run(APP, corridor, exchange, "--clearance-file", str(file)).exit_code == 0
    match broken:
        case "absent":
            file.unlink()
        case "readable":
            file.chmod(0o644)
        case "forged":
            file.write_text(json.dumps({"name": "dpo", "token": "00" * 32}))
        case "revoked":
            assert "has ended" in run(APP, corridor, "--revoke", "dpo").stdout
        case "replaced":
            run(APP, corridor, "--grant", "dpo", "--clearance-file", str(corridor.folder / "newer"))
    assert run(APP, corridor, exchange, "--clearance-file", str(file)).output == run(APP, corridor, exchange).output


def test_a_file_of_keys_that_holds_none_is_said_so_whatever_is_sealed(tmp_path):
    """To answer as if none had been named would send its holder to ask for what they have."""
    said = defaultdict(set)
    for name, sealed in (("sealed", True), ("open", False)):
        (tmp_path / name).mkdir()
        corridor = Corridor(tmp_path / name)
        sealed_and_told(corridor, sealed=sealed)
        exchange = corridor.one(COMMUNITY, "police.missing.changed").exchange
        file = corridor.folder / "dpo.clearance"
        run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file))
        for emptied in (file, corridor.folder / "broker.keys"):
            sound = emptied.read_bytes()
            for held in (b"", b"\n", b"[]", b"{}", b'{"name": "dpo"', b"\xff"):
                emptied.write_bytes(held)
                done = run(APP, corridor, exchange, "--clearance-file", str(file))
                assert isinstance(done.exception, Misconfigured)
                assert emptied.name in str(done.exception)
                assert "restore it" in str(done.exception)
                said[emptied.name, held].add((done.output, str(done.exception).replace(name, "world")))
            emptied.write_bytes(sound)
        corridor.close()
    assert {len(answers) for answers in said.values()} == {1}


def test_a_clearance_is_its_holders_alone_and_never_printed(corridor):
    file = corridor.folder / "dpo.clearance"
    done = run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file))
    token = json.loads(file.read_text())["token"]
    assert file.stat().st_mode & 0o777 == 0o600
    listed = corridor.folder / "clearances.json"
    assert listed.stat().st_mode & 0o777 == 0o600
    assert token not in done.output + listed.read_text()


@pytest.mark.parametrize("arguments", [(), ("zz",), ("00",), ("--grant", "Jane Doe")])
def test_a_wrong_argument_is_named_with_its_fix(corridor, arguments):
    done = run(APP, corridor, *arguments)
    assert isinstance(done.exception, Misconfigured)
    assert "expected" in str(done.exception)


def test_a_clearance_is_never_overwritten(corridor):
    file = corridor.folder / "dpo.clearance"
    run(APP, corridor, "--grant", "dpo", "--clearance-file", str(file))
    assert isinstance(run(APP, corridor, "--grant", "other", "--clearance-file", str(file)).exception, Misconfigured)


def test_what_went_by_a_grant_alone_is_told_and_what_it_does_not_name_is_explained_without_it(corridor):
    from tests.streams import test_grant_laws as laws

    laws.sealed(corridor)
    laws.give(corridor, laws.asked(corridor))
    corridor.flow()
    told = explained(corridor, corridor.views(POLICE, laws.S47)[-1].exchange)
    assert told["decision"]["granted"] == ["child.address_line"]
    (fact,) = [f for f in told["facts"] if f["guard"] == "named_officer_grant"]
    assert (fact["value"], len(fact["entries"])) == ("true", 1)
    closed = {c["guard"]: c["gives"] for c in told["why"]["child.address_line"]["otherwise"]}
    assert closed["named_officer_grant"] == "withhold"
    opened = {c["guard"]: c["gives"] for c in told["why"]["child.postcode"]["otherwise"]}
    assert opened["named_officer_grant"] == "clear"


def test_the_account_of_disclosures_says_what_went_by_a_grant(corridor):
    from crosswalk.disclosures.accounting import of_child
    from crosswalk.disclosures.words import told
    from tests.streams import test_grant_laws as laws

    laws.sealed(corridor)
    laws.give(corridor, laws.asked(corridor))
    corridor.flow()
    with corridor.ledger.reading() as tx:
        stored = tx.find_exchange(bytes.fromhex(corridor.views(POLICE, laws.S47)[0].exchange))
        account = of_child(corridor.broker, tx, stored[0].subject)
    assert [one.granted for one in account if one.organisation == POLICE] == [(), ("child.address_line",)]
    assert [line for line in told(account) if "by a grant alone: child.address_line" in line]
