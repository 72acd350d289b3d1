"""What becomes of a decision while no set of agreements is in force: a refusal waits instead of standing.

Nothing is refused for good by a set that nobody signed, so nothing is lost when the right one comes back; what may go
under it waits at its lane, where it is decided again. Left out: releasing (which stands still meanwhile) and deciding
again. A referral on its way to social care is untouched: it is never refused, and its door stays open.
"""

import json
from dataclasses import replace
from hashlib import sha256

from sharing.policy.canonical import canonical
from sharing.policy.decide import Decision, FieldRuling
from sharing.policy.lattice import WITHHOLD
from sharing.vocabulary import Outcome

NO_HEAD = "no-head"
"""Reason of a decision that waits for agreements to be in force."""


def waits_for_head(decision: Decision) -> Decision:
    """The same decision where it delivers or waits; where it refuses, one that waits."""
    if decision.outcome is not Outcome.SUPPRESS:
        return decision
    fields = tuple(FieldRuling(field.path, WITHHOLD, NO_HEAD, "") for field in decision.fields)
    said = json.loads(decision.body())
    body = canonical(
        {
            **said,
            "outcome": Outcome.HOLD.value,
            "reason": NO_HEAD,
            "rule": "",
            "fields": [[f.path, f.transform.words, f.reason, f.rule] for f in fields],
        }
    )
    return replace(
        decision, outcome=Outcome.HOLD, reason=NO_HEAD, rule="", fields=fields, digest=sha256(body).digest(), _body=body
    )
