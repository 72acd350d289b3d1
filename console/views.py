"""From facts to the page: what each organisation and each stage of the broker is said to do. Pure; no HTML.

Rules: a verdict is a word with its reason beside it; names come from the directory; whoever the directory does not
know is shown by its topic's name, for an operator must see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from console import words
from console.facts import Connector, Facts, Lane, Taken
from console.page import Badge, Node, Page, Refusal
from console.stages import stages
from console.summary import figures, headline
from console.verdicts import QUIET, UNHEARD, judge, waited, worst
from console.witnessing import witness_rows
from sharing.directory import Directory, Organisation
from sharing.vocabulary import Agency

AGENCIES = {
    Agency.SCHOOLS: "Schools",
    Agency.SOCIAL_CARE: "Social care",
    Agency.POLICE: "Police",
    Agency.HEALTH: "Health",
    Agency.EDUCATION: "Education",
}
"""In the order in which they are drawn."""


def page(facts: Facts, directory: Directory) -> Page:
    """The flow map's page.

    Args:
        facts: Everything at one moment.
        directory: Names and agencies of the organisations.
    """
    enrolled = _in_order(directory)
    senders = tuple(_sender(o, facts) for o in enrolled)
    recipients = tuple(_recipient(o, facts) for o in enrolled)
    broker = stages(facts)
    return Page(
        at=facts.at,
        verdict=worst(node.verdict for node in (*senders, *broker, *recipients)),
        headline=headline(senders, broker, recipients, facts),
        fault=facts.fault,
        figures=tuple(figures(facts, senders)),
        senders=senders,
        stages=broker,
        recipients=recipients,
        refusals=tuple(_refusals(facts, directory)),
        witnesses=tuple(witness_rows(facts, directory)),
        not_enrolled=tuple(sorted(o.name for o in directory.organisations.values() if not o.enrolled)),
    )


def _in_order(directory: Directory) -> list[Organisation]:
    order = list(AGENCIES)
    known = [o for o in directory.organisations.values() if o.enrolled and o.agency in AGENCIES]
    return sorted(known, key=lambda o: (order.index(o.agency), o.name))


# ---------------------------------------------------------------- senders


@dataclass(frozen=True, slots=True)
class _Heard:
    """Whether an organisation is silent, and the words for it."""

    silent: bool
    note: str


def _sender(organisation: Organisation, facts: Facts) -> Node:
    slug = organisation.slug
    taken = facts.taken.get(slug, Taken())
    connector = facts.connectors.get(slug)
    heard = _heard(taken, connector, facts)
    waiting = connector.oldest_unsent_seconds if connector else None
    verdict = judge(waiting, passes=taken.per_minute > 0, silent=heard.silent)
    return Node(
        key=slug,
        name=organisation.name,
        group=AGENCIES[organisation.agency],
        verdict=verdict,
        per_minute=taken.per_minute,
        rate=words.rate(taken.per_minute),
        total=f"{taken.total:,}",
        waiting=waited(waiting) if connector and not heard.silent else "not known",
        note=heard.note or _troubles(connector),
        badges=tuple(_badges(refused=refused(facts, slug), silent=heard.silent)),
    )


def _heard(taken: Taken, connector: Connector | None, facts: Facts) -> _Heard:
    if facts.connectors_seen:
        if connector is None or connector.unheard_seconds is None:
            return _Heard(silent=True, note="its connector says nothing of itself")
        if connector.unheard_seconds >= UNHEARD.total_seconds():
            return _Heard(
                silent=True, note=f"its connector was not heard of for {words.age(connector.unheard_seconds)}"
            )
    if taken.quiet_seconds is not None and taken.total and taken.quiet_seconds >= QUIET.total_seconds():
        return _Heard(silent=True, note=f"has said nothing for {words.age(taken.quiet_seconds)}")
    return _Heard(silent=False, note="")


def _troubles(connector: Connector | None) -> str:
    return f"its connector reports {words.listed(connector.troubles)}" if connector and connector.troubles else ""


def refused(facts: Facts, slug: str) -> int:
    """Records of an organisation that were refused, by its connector or by the broker."""
    connector = facts.connectors.get(slug)
    own = sum(connector.refused.values()) if connector else 0
    return own + sum(count for (sender, _), count in facts.dead_letters.items() if sender == slug)


# ---------------------------------------------------------------- recipients


def _recipient(organisation: Organisation, facts: Facts) -> Node:
    lane = facts.lanes.get(organisation.slug, Lane())
    owed = facts.overdue.get(organisation.slug)
    verdict = judge(lane.waiting_seconds, passes=lane.per_minute > 0, closed=lane.is_closed)
    return Node(
        key=organisation.slug,
        name=organisation.name,
        group=AGENCIES[organisation.agency],
        verdict=verdict,
        per_minute=lane.per_minute,
        rate=words.rate(lane.per_minute),
        total=f"{lane.day:,}",
        waiting=_waits(lane),
        note=_closed(lane),
        badges=tuple(_badges(overdue=owed.count if owed else 0)),
    )


def _waits(lane: Lane) -> str:
    if not lane.is_closed:
        return waited(lane.waiting_seconds)
    return "not known" if lane.waiting_seconds is None else f"a referral, {waited(lane.waiting_seconds)}"


def _closed(lane: Lane) -> str:
    if lane.suspended:
        return "its topic is missing or forbidden; the lane is suspended"
    if lane.unleased_seconds is None:
        return "nobody releases to it"
    return f"nobody has released to it for {words.age(lane.unleased_seconds)}" if lane.unleased_seconds else ""


def _badges(*, refused: int = 0, overdue: int = 0, silent: bool = False) -> Iterator[Badge]:
    if silent:
        yield Badge("silent", "silent")
    if refused:
        yield Badge("refused", f"{refused:,} refused")
    if overdue:
        yield Badge("overdue", f"{overdue:,} overdue")


# ---------------------------------------------------------------- refusals


def _refusals(facts: Facts, directory: Directory) -> Iterator[Refusal]:
    rows = [(slug, "its connector", code, n) for slug, c in facts.connectors.items() for code, n in c.refused.items()]
    rows += [(slug, "the broker", code, n) for (slug, code), n in facts.dead_letters.items()]
    for slug, place, code, count in sorted(rows):
        known = directory.get(slug)
        yield Refusal(known.name if known else slug or "unknown", place, code, f"{count:,}")
