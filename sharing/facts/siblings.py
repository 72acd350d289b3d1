"""Whether every other child whom an event names is on the recipient's own roll, as far as the broker knows.

Left out: who the children of the same incidents are (handed in; the broker keeps no index by which it could look for a
name). Rules: the field goes whole, so one child of whom nothing is known makes it unknown, and unknown withholds; words
name a child only when forename and surname are those of exactly one of them; a child of doubtful identity, or with a
seal of whatever kind, is not told of; what was heard long ago does not count.
"""

import re
from typing import NamedTuple

from sharing.events import Event, SettingResult
from sharing.facts.situation import Asked, Entry, Kin, entry_of
from sharing.identity import comparable
from sharing.identity.normalise import Face, fold
from sharing.policy.facts import Guard
from sharing.reconciliation.involved import open_involvements
from sharing.vocabulary import SETTINGS

_REST = re.compile(r"[,;:(/]|\s[-\u2013\u2014]\s")
"""Where a name ends and what is said of the child begins: `Ellis, elsewhere`."""


class Named(NamedTuple):
    """How a child is named: the folded words, and the surname of who they are said to belong to."""

    words: str
    family: str


def others_named(event: Event) -> tuple[str, ...]:
    """The words by which an event names other children, each as it stands there."""
    return getattr(event, "siblings_placed", None) or ()


def sibling_on_own_roll(asked: Asked) -> tuple[Entry, ...] | None:
    """Each of them is on the recipient's own roll. None: of one at least it is not known."""
    family = comparable(asked.event.child).faces[0].surname or ""
    found = [_on_roll(asked, Named(fold(_REST.split(said, maxsplit=1)[0]) or "", family)) for said in
             others_named(asked.event)]  # fmt: skip
    known = tuple(entry for entry in found if entry is not None)
    return known if len(known) == len(found) else None


def _on_roll(asked: Asked, named: Named) -> Entry | None:
    meant = [kin for kin in asked.situation.kin if any(_is_called(face, named) for face in kin.child.faces)]
    if len(meant) != 1 or not meant[0].settled or meant[0].state.seals:
        return None
    heard = [entry for entry in _entries(asked, meant[0]) if _is_fresh(asked, entry)]
    return max(heard, key=lambda entry: entry.at.timestamp() if entry.at else 0.0, default=None)


def _is_called(face: Face, named: Named) -> bool:
    called = {name for name in (face.forename, face.known_as) if name}
    if not face.surname:
        return False
    whole = {f"{name} {face.surname}" for name in called}
    return named.words in whole or (face.surname == named.family and named.words in called)


def _entries(asked: Asked, kin: Kin) -> list[Entry]:
    """What says so: the child's own involvement with the recipient, or the rolls, when they were asked about it."""
    mine = asked.recipient.organisation
    if asked.recipient.kind not in SETTINGS:
        return []
    own = (i for i in open_involvements(kin.state, asked.today) if i.organisation == mine and i.kind in SETTINGS)
    heard = [entry_of(i.said, i.source_event, i.organisation, i.since) for i in own]
    answered = [a for a in kin.state.awaiting if a.answer == SettingResult.FOUND and a.said is not None]
    last = max(answered, key=lambda a: a.since, default=None)
    if last is not None and last.setting == mine:
        heard.append(entry_of(last.said, last.event_id, last.asker.organisation if last.asker else "", last.since))
    return heard


def _is_fresh(asked: Asked, entry: Entry) -> bool:
    most = asked.situation.max_ages.get(Guard.SIBLING_ON_OWN_ROLL)
    return most is None or (entry.at is not None and asked.situation.now - entry.at <= most)
