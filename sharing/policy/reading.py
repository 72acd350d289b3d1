"""Small readers over nodes: each takes what it expects, notes a fault otherwise, and goes on with something harmless.

So one run finds every fault of every file. Left out: what the tables mean.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from sharing.policy.conditions import ALWAYS, Condition, NotACondition, parse
from sharing.policy.document import Faults, Items, Node, Place, Table, Word, nearest
from sharing.policy.lookalikes import look_alike

E = TypeVar("E", bound=StrEnum)
NOWHERE = Place("", 0, 0)
WHY = {
    "dpia": ": nothing is shared without the id of its data protection impact assessment",
    "review_by": ": an agreement ends unless it is reviewed; write the day",
    "purpose": ": nothing is shared without a purpose, which names statute and lawful basis",
    "statute": ": a purpose names the duty or power under which it shares",
    "lawful_basis": ": a purpose names its basis in data protection law",
    "max_age": ": say how old the fact may be, such as '30 days', or 'none' if it does not age",
    "polarity": ": say 'permit' if it opens when true, 'seal' if it closes unless false",
}
"""Why a key must be there, for those of which it is asked."""
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def check_keys(table: Table, allowed: Collection[str], required: Collection[str], faults: Faults) -> None:
    """Note keys that are not allowed, and required ones that are missing."""
    for key, _ in table.entries.values():
        if key.text not in allowed:
            faults.unknown(key, "key", allowed)
    for name in required:
        if name not in table.entries:
            faults.add(table.place, f"'{name}' is missing{WHY.get(name, '')}")


def word_of(node: Node | None, faults: Faults) -> Word | None:
    """The word at this node, or None with a fault noted if something else or nothing stands there."""
    if node is None:
        return None
    if not isinstance(node, Word):
        faults.add(node.place, "one word or line of text is expected here")
        return None
    if not node.text.strip():
        faults.add(node.place, "this must not be empty")
        return None
    return node


def text_of(node: Node | None, faults: Faults) -> str:
    """The text at this node, `""` if there is none."""
    word = word_of(node, faults)
    return " ".join(word.text.split()) if word else ""


_PLACEHOLDER = re.compile(r"[\W_]*(tb[acd]|todo|to do|to follow|none|n/?a|unknown|not known|x+|)[\W_]*", re.IGNORECASE)


def stated(node: Node | None, what: str, must: str, faults: Faults) -> str:
    """A text that really says something: not left open, and holding what it must hold.

    Args:
        node: Where it stands.
        what: What it is, for the fault.
        must: A pattern that occurs in it.
        faults: Where to note.
    """
    word = word_of(node, faults)
    text = text_of(word, Faults())
    if word and _PLACEHOLDER.fullmatch(text):
        faults.add(word.place, f"'{text}' is no {what}; nothing is shared before there is one")
    elif word and not re.search(must, text):
        faults.add(word.place, f"'{text}' is no {what}")
    return text


def folded(text: str) -> str:
    """A word as roles are compared: without case and outer blanks."""
    return " ".join(text.casefold().split())


def name_of(node: Node | None, faults: Faults) -> str:
    """A name: lower-case ASCII words joined by hyphens or underscores."""
    word = word_of(node, faults)
    if word and not _NAME.fullmatch(word.text):
        strange = look_alike(word.text)
        faults.add(word.place, f"a name is lower-case letters and digits, joined by '-' or '_'{strange}")
        return ""
    return word.text if word else ""


def date_of(node: Node | None, faults: Faults) -> str:
    """A date as YYYY-MM-DD."""
    word = word_of(node, faults)
    if word is None:
        return ""
    if not is_date(word.text):
        faults.add(word.place, f"'{word.text}' is no day; a date is written YYYY-MM-DD")
        return ""
    return word.text


def is_date(text: str) -> bool:
    """Whether a text is a day as YYYY-MM-DD, and not in another of the ways in which dates can be written."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_AGE = re.compile(r"([1-9][0-9]{0,4}) (minute|hour|day)s?")
NO_AGE = "none"


def age_of(node: Node | None, faults: Faults) -> timedelta | None:
    """How old something may be, as `15 minutes`, `12 hours` or `30 days`; None for `none`."""
    word = word_of(node, faults)
    if word is None or word.text == NO_AGE:
        return None
    found = _AGE.fullmatch(word.text)
    if found is None:
        faults.add(word.place, "an age is written as '15 minutes', '12 hours' or '30 days', or 'none'")
        return None
    return timedelta(**{f"{found[2]}s": int(found[1])})


def flag_of(node: Node | None, faults: Faults) -> bool:
    """`true` or `false`; false if absent."""
    word = word_of(node, faults)
    if word and word.text not in {"true", "false"}:
        faults.add(word.place, "'true' or 'false' is expected here")
    return word is not None and word.text == "true"


def words_of(node: Node | None, faults: Faults) -> list[Word]:
    """A list of words; one word alone is a list of one. A word that stands twice is a fault, and so is an empty list.

    What names nothing would look like a rule and bind nobody.
    """
    if isinstance(node, Items) and not node.items:
        faults.add(node.place, "this list is empty, so that nothing is said: name something, or take the key away")
    nodes: Iterable[Node] = node.items if isinstance(node, Items) else () if node is None else (node,)
    found = [word for word in (word_of(item, faults) for item in nodes) if word]
    seen: set[str] = set()
    for word in found:
        if word.text in seen:
            faults.add(word.place, f"'{word.text}' stands here twice")
        seen.add(word.text)
    return found


def members_of(node: Node | None, what: str, kinds: type[E], faults: Faults) -> tuple[E, ...]:
    """A list of words of a closed list."""
    known = {member.value: member for member in kinds}
    found = words_of(node, faults)
    for word in found:
        if word.text not in known:
            faults.unknown(word, what, known)
    return tuple(known[word.text] for word in found if word.text in known)


def table_of(node: Node | None, faults: Faults, at: Place = NOWHERE) -> Table:
    """The table at this node; an empty one, with a fault noted if something else stands there. `at`: else its place."""
    if isinstance(node, Table):
        return node
    if node is not None:
        faults.add(node.place, "a table of keys and values is expected here")
    return Table({}, node.place if node is not None else at)


def tables_of(node: Node | None, faults: Faults) -> Iterator[Table]:
    """The tables of a list."""
    if node is not None and not isinstance(node, Items):
        faults.add(node.place, "a list is expected here")
        return
    for item in node.items if node is not None else ():
        if isinstance(item, Table):
            yield item
        else:
            faults.add(item.place, "a table of keys and values is expected here")


def condition_of(node: Node | None, known: Iterable[str], why_not: Mapping[str, str], faults: Faults) -> Condition:
    """A condition; ALWAYS if absent.

    Args:
        node: The word that holds it.
        known: Guards that may stand here.
        why_not: Guards that exist but may not stand here, with the reason.
        faults: Where to note.
    """
    word = word_of(node, faults)
    if word is None:
        return ALWAYS
    names = tuple(known)
    try:
        return parse(word.text, names)
    except NotACondition as fault:
        for one in (fault, *fault.more):
            reason = why_not.get(one.word)
            near = f"{look_alike(one.word)}{nearest(one.word, names)}" if one.word else ""
            said = f"'{one.word}': {reason}" if reason else f"{one.reason}{near}"
            faults.add(word.place.shifted(one.offset), said)
        return ALWAYS


def unique(found: Iterable[tuple[str, Place]], what: str, faults: Faults) -> None:
    """Note names that are used twice."""
    seen: dict[str, Place] = {}
    for name, place in found:
        if name and name in seen:
            faults.add(place, f"{what} '{name}' is used already, at {seen[name]}")
        seen.setdefault(name, place)
