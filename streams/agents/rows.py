"""Decided exchanges as rows of the ledger.

Left out: deciding. Rules: what may be answered is kept findable once; what is held says why and until when.
"""

from collections.abc import Iterable
from datetime import datetime

from ledger.rows import Exchange as ExchangeRow
from ledger.rows import Hold
from sharing.reconciliation.rules import RULES
from sharing.release import Exchange
from sharing.vocabulary import Outcome

ANSWERABLE = frozenset(rule.starts_on for rule in RULES.values()) | {"broker.setting.sought"}
"""Types of event whose exchanges may be answered: the ledger keeps their exchange ids findable."""


def exchange_row(exchange: Exchange, look_again: datetime, *, known: bool = False) -> ExchangeRow:
    """One decided exchange as a row of the ledger.

    Args:
        exchange: As it was decided.
        look_again: When somebody must look at it, should it be held.
        known: Whether the ledger has this exchange already, under an earlier decision.
    """
    decision = exchange.decision
    held = decision.outcome is Outcome.HOLD
    return ExchangeRow(
        exchange.exchange_id,
        exchange.recipient.organisation,
        exchange.recipient.function,
        exchange.recipient.kind,
        decision.body(),
        decision.outcome,
        express=exchange.express,
        awaited=not known and decision.event_type in ANSWERABLE,
        hold=Hold(decision.reason, look_again) if held else None,
    )


def by_organisation(exchanges: Iterable[Exchange]) -> Iterable[list[Exchange]]:
    """Exchanges in one list for each recipient organisation."""
    found: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        found.setdefault(exchange.recipient.organisation, []).append(exchange)
    return found.values()
