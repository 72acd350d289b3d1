"""What to do after a wrong disclosure, in the order in which it protects the child; and the pack for the regulator.

Left out: recalling (`streams.agents.recalling`) and who may see this (`recall_cli`). Rules: telephone numbers come from
the directory and the plan register; neither the page nor the pack holds a value of the child: fields are named with
their class, people by function.
"""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from ledger.rows import Released
from ledger.store import Transaction
from sharing.calendar import local
from sharing.errors import Misconfigured
from sharing.policy.decision import goes
from sharing.reconciliation import SubjectState, from_bytes
from sharing.vocabulary import OrganisationKind
from streams.agents.recalling import Recall, released_with
from streams.broker import Broker

REGULATOR_WITHIN = timedelta(hours=72)
PRIVATE = 0o600


def runbook(broker: Broker, recalls: Sequence[Recall]) -> list[str]:
    """The page: whom to ring, in which order, and by when."""
    first = recalls[0]
    state = _state_of(broker, first.event)
    until = first.issued_at + REGULATOR_WITHIN
    lines = ["WHAT TO DO NOW, in this order", "", "1. Ring who can protect the child. Do not wait for the rest."]
    lines += [f"   {who}" for who in _first_calls(broker, state)]
    lines += ["", "2. Ring everybody who had it: ask that it is not read, not passed on, and deleted."]
    lines += [f"   {one.organisation}, {one.function}: {_number(broker, one.organisation, one.function)}"
              for one in recalls]  # fmt: skip
    lines += [
        "",
        "3. The correction is on its way to each of them. Each must say that it is taken back",
        f"   by {_time(first.due_by)}; after that the front door manager is rung, then the head of service.",
        "   See how far it is: crosswalk recall status",
        "",
        "4. Have the source put right: a seal that was missing, a link that was wrong, a field in the wrong place.",
        "   Until then keep what waits: crosswalk quarantine ls",
        "",
        f"5. Tell the Information Commissioner by {_time(until)} (72 hours, UK GDPR Article 33) unless it is",
        "   unlikely that anybody is at risk. Where the risk is high tell the family too (Article 34), by a",
        "   person and by a channel that whom they fled cannot read.",
        "   The pack for it: crosswalk recall EXCHANGE --pack DIRECTORY",
    ]
    return lines


def write_pack(broker: Broker, exchange: str, recalls: Sequence[Recall], folder: Path) -> list[str]:
    """Write the pack: what was disclosed by class of field, to whom, when, what came back, in which order.

    Args:
        broker: With its ledger.
        exchange: Hex id of what was recalled.
        recalls: All recalls of the same event.
        folder: Made here; must not exist.

    Returns:
        The names of the files.

    Raises:
        Misconfigured: the folder is there already, or cannot be made.
    """
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as fault:
        raise Misconfigured(f"--pack {folder}: cannot be made ({fault.strerror}); name a new folder") from None
    released = released_with(broker, exchange)
    with broker.ledger.reading() as tx:
        files = {
            "disclosed.json": _disclosed(broker, tx, released),
            "timeline.json": sorted(_timeline(tx, released, recalls), key=lambda row: str(row["at"])),
        }
    pages = {name: json.dumps(rows, indent=1) for name, rows in files.items()}
    pages["runbook.txt"] = "\n".join(runbook(broker, recalls))
    for name, text in pages.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w") as file:
            file.write(text + "\n")
    return sorted(pages)


def _disclosed(broker: Broker, tx: Transaction, released: Sequence[Released]) -> list[dict[str, object]]:
    """For each recipient the fields that went, by class; never what stood in them."""
    bodies = tx.outcomes({one.outcome for one in released})
    rows: list[dict[str, object]] = []
    for one in released:
        said = json.loads(bodies[one.outcome])
        classes = broker.agreements.classes.get(said["event"], {})
        gone: dict[str, list[str]] = {}
        for row in said["fields"]:
            path, transform = row[0], row[1]
            if goes(row) and path in classes:
                gone.setdefault(classes[path].value, []).append(
                    path if transform == "clear" else f"{path} ({transform})"
                )
        rows.append(
            {
                "exchange": one.exchange_id.hex(), "event_type": said["event"], "organisation": one.organisation,
                "function": one.function, "left_at": one.at.isoformat(), "agreement": said["agreement"],
                "permit": said["permit"], "statute": said["statute"], "fields_by_class": gone,
            }
        )  # fmt: skip
    return rows


def _timeline(tx: Transaction, released: Sequence[Released], recalls: Sequence[Recall]) -> Iterator[dict[str, object]]:
    for one in released:
        yield {"at": one.at.isoformat(), "what": "left", "exchange": one.exchange_id.hex(), "to": one.organisation}
    for receipt in tx.receipts([one.exchange_id for one in released]):
        what = f"receipt: {receipt.state.lower()}"
        yield {"at": receipt.at.isoformat(), "what": what, "exchange": receipt.exchange_id.hex(),
               "to": receipt.organisation}  # fmt: skip
    for recall in recalls:
        yield {"at": recall.issued_at.isoformat(), "what": f"recalled: {recall.why}", "exchange": recall.exchange,
               "to": recall.organisation, "by": recall.by or "the broker"}  # fmt: skip


def _first_calls(broker: Broker, state: SubjectState) -> Iterator[str]:
    """The child's worker first, then police: whoever can go there."""
    authority = broker.directory.the(OrganisationKind.LOCAL_AUTHORITY)
    for plan in state.plans:
        number = plan.duty_phone or authority.telephone("allocated_team")
        yield f"the child's worker, {plan.team or 'the team that holds the plan'}: {number}"
    if not state.plans:
        yield f"the allocated team, or the front door: {authority.telephone('allocated_team')}"
    yield f"out of hours, emergency duty: {authority.telephone('emergency_duty')}"
    for force in broker.directory.of_kind(OrganisationKind.FORCE):
        yield f"police, {next(iter(force.functions))}: {force.telephone(next(iter(force.functions)))}; 999 if now"


def _number(broker: Broker, organisation: str, function: str) -> str:
    found = broker.directory.get(organisation)
    return (found.telephone(function) if found else "") or "no number in the directory; ask the front door"


def _state_of(broker: Broker, event: str) -> SubjectState:
    with broker.ledger.reading() as tx:
        stored = tx.find(bytes.fromhex(event))
        if stored is None:
            return SubjectState()
        root = tx.joined_to([stored.subject]).get(stored.subject, stored.subject)
        kept = tx.states([root])[root].state
    return from_bytes(kept) if kept else SubjectState()


def _time(at: datetime) -> str:
    return f"{local(at):%a %d %b %Y %H:%M}"
