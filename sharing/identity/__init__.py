"""Whose child is this: exact identifiers, else weights; link, review or new.

A record walks `comparable` -> `block_values` -> `link` -> `merge` (linked) or `review_item` -> `decide` (in doubt).
"""

from sharing.identity.blocking import block_values
from sharing.identity.linkage import Candidate, Known, Linkage, LinkOutcome, Reason, Scope, link
from sharing.identity.normalise import Comparable, Face, comparable, merge
from sharing.identity.record import from_bytes, to_bytes
from sharing.identity.review import NONE_OF_THEM, Decision, ReviewItem, decide, review_item

__all__ = [
    "NONE_OF_THEM",
    "Candidate",
    "Comparable",
    "Decision",
    "Face",
    "Known",
    "LinkOutcome",
    "Linkage",
    "Reason",
    "ReviewItem",
    "Scope",
    "block_values",
    "comparable",
    "decide",
    "from_bytes",
    "link",
    "merge",
    "review_item",
    "to_bytes",
]
