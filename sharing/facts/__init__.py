"""What is known about one child and one recipient when a decision is made, and how it is known.

- `facts_about(event, event_id, recipient, situation) -> Facts`: what a decision is made of.
- `findings(event, event_id, recipient, situation) -> {guard: Finding}`: the same with sources, for who asks why.
- `sources(...) -> {guard: (value, source event id, at)}`: the same in three words each.

One page each: `situation` (what is handed in), `evidence` (where each guard looks), `siblings` (the guard that looks at
other children), `findings` (what follows from what is found, and when it is too old). Left out: which facts matter
(`policy`), who may receive (`routing`), storage.
"""

from sharing.facts.findings import Finding, facts_about, findings, sources
from sharing.facts.siblings import others_named
from sharing.facts.situation import Asked, Entry, Kin, Situation, max_ages_of

__all__ = [
    "Asked",
    "Entry",
    "Finding",
    "Kin",
    "Situation",
    "facts_about",
    "findings",
    "max_ages_of",
    "others_named",
    "sources",
]
