"""A first set of agreements, signed by invented offices: for demonstrations, development and tests, never for real.

Left out: the ceremony of a real installation, in which each office makes its own key and signs on its own machine.
Rules: keys are made into a folder and used at once; where a set was activated before, nothing is done; the caller
refuses it in production.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger.rows import CarrierRows, Statement
from ledger.store import Ledger
from sharing.approval.proposal import Activation, Approval
from sharing.approval.signatories import Signatories, read_signatories
from sharing.approval.signing import public_of, sign
from streams.approver_keys import make_key, read_key
from streams.changing import LOCK, Prepared, prepare_proposal
from streams.course import read_course

BY = "invented for a demonstration"


@dataclass(frozen=True, slots=True)
class Offices:
    """Invented offices: the table with their public keys, and their private ones."""

    table: Signatories
    seeds: Mapping[str, bytes]


def invent_offices(signatories: str, folder: Path) -> Offices:
    """Keys for every office of a table, made into a folder or found there.

    Raises:
        Misconfigured: the table or a key cannot be read.
    """
    table = read_signatories(signatories)
    for name in table.by_name:
        if not key_file(folder, name).exists():
            make_key(key_file(folder, name), name)
    seeds = {name: read_key(key_file(folder, name))[1] for name in table.by_name}
    return Offices(table.with_keys({name: public_of(seed) for name, seed in seeds.items()}), seeds)


def key_file(folder: Path, name: str) -> Path:
    """Where an office's key stands."""
    return folder / f"{name}.approver-key"


def found(ledger: Ledger, texts: Mapping[str, str], offices: Offices, now: datetime, engine: str) -> bool:
    """Propose, sign and activate a first set, all in one transaction; False where one was activated before."""
    with ledger.transaction() as tx:
        tx.lock([LOCK])
        course, _ = read_course(tx)
        if course.activations:
            return False
        prepared = prepare_proposal(tx, texts, offices.table.text(), BY, now)
        tx.move_head()
        tx.write(CarrierRows(now, engine, statements=[*prepared.statements(), *_all_sign(prepared, offices, now)]))
    return True


def _all_sign(prepared: Prepared, offices: Offices, now: datetime) -> list[Statement]:
    proposal = prepared.proposal
    signed = [Approval(proposal.id, name, sign(proposal, seed)) for name, seed in offices.seeds.items()]
    activation = Activation(proposal.id, now, BY, proposal.returns_to)
    return [
        *(Statement(Approval.KIND, approval.to_body()) for approval in signed),
        Statement(activation.kind, activation.to_body()),
    ]
