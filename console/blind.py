"""What the console does not look at, so that its pages are the same bytes with and without a seal.

Operators have no clearance for seals. A seal shows itself in more places than its own event: it takes back what was
released,
decides exchanges anew, stops an exchange altogether, adds leaves to the tree and moves offsets. So:

- events of the families below are in no rate, no age and no count; nor is a carrier that holds nothing else;
- an exchange counts once it is considered, whatever was decided: released and suppressed look alike;
- clocks that a seal starts, or starts again, are no overdue answers here;
- decisions made anew in the place of earlier ones are not counted;
- the newest checkpoint is the one over the newest carrier that counts, and sizes of the tree are not shown;
- what waits for less than a fifth of the target is not told apart from nothing; behind a closed lane only a referral is
  told, which no seal touches;
- topics of seals and of receipts give no rate; what a recipient was asked to take back is not read from its health.

What a connector or the broker *refused* is counted whatever it was: a seal that did not arrive must not go unseen,
and its code says nothing about any child.
"""

from schemas import read_schemas
from sharing.reconciliation.rules import AROUND_SETTING, RECALL_ACKNOWLEDGED, STOPPED_RECORD, TEXT_REVIEW

HIDDEN_FAMILIES = ("seal.", "correction.", "broker.task.", "broker.escalation.", "broker.text.")
"""Event types that exist only because something was sealed or lifted, and those by which the broker has people look at
what a seal stopped, took back or closes to a setting: one task cannot be told from another here."""

HIDDEN_CLOCKS = frozenset({STOPPED_RECORD, RECALL_ACKNOWLEDGED, AROUND_SETTING, TEXT_REVIEW})
"""Clocks that a seal starts, or starts again; `crosswalk recall`, `quarantine` and `scrub` tell the cleared of them."""

SHOWN_TOPICS = "in."
"""Only what enters by these topics gives a rate."""


def hidden_schema_ids() -> frozenset[int]:
    """Schema ids, of every version, of the events that no figure may count."""
    return frozenset(s.schema_id for s in read_schemas() if s.event_type.startswith(HIDDEN_FAMILIES))
