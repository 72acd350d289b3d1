"""From facts to the page: what each organisation and each stage of the broker is said to do. Pure; no HTML.

Rules: a verdict is a word with its reason beside it; names come from the directory; whoever the directory does not
know is shown by its topic's name, for an operator must see it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from console import words
from console.facts import Connector, Facts, Lane, Overdue, Taken
from console.page import Badge, Figure, Node, Page, Refusal
from console.stages import stages
from console.verdicts import QUIET, UNHEARD, Verdict, judge, worst
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
    silent = sum(node.verdict is Verdict.SILENT for node in senders)
    return Page(
        at=facts.at,
        verdict=worst(node.verdict for node in (*senders, *broker, *recipients)),
        headline=_headline((*senders, *broker, *recipients), facts),
        fault=facts.fault,
        figures=tuple(_figures(facts, silent)),
        senders=senders,
        stages=broker,
        recipients=recipients,
        refusals=tuple(_refusals(facts, directory)),
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
        waiting=words.age(waiting),
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
        waiting="not known" if lane.is_closed else words.age(lane.waiting_seconds),
        note=_closed(lane),
        badges=tuple(_badges(overdue=owed.count if owed else 0)),
    )


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


# ---------------------------------------------------------------- the whole


def _headline(nodes: Iterable[Node], facts: Facts) -> str:
    found = list(nodes)
    counts = {v: sum(node.verdict is v for node in found) for v in reversed(Verdict)}
    parts = [f"{count:,} {verdict}" for verdict, count in counts.items() if count and verdict is not Verdict.MOVING]
    overdue = sum(owed.count for owed in facts.overdue.values())
    if overdue:
        parts.append(words.many(overdue, "answer overdue", "answers overdue"))
    return f"{words.listed(parts)}." if parts else "Everything moves, and no answer is overdue."


def _figures(facts: Facts, silent: int) -> Iterator[Figure]:
    overdue = sum(owed.count for owed in facts.overdue.values())
    suspended = sum(lane.suspended for lane in facts.lanes.values())
    dead = sum(facts.dead_letters.values())
    both = dead + sum(sum(c.refused.values()) for c in facts.connectors.values())
    waiting = _oldest(facts)
    signed = f"{words.age(facts.checkpoint_seconds)} ago" if facts.checkpoint_seconds is not None else "none yet"
    yield Figure("Events a minute", words.rate(facts.decided_per_minute), f"{facts.decided_day:,} in the last 24 hours")
    late = waiting is not None and judge(waiting) is not Verdict.MOVING
    yield Figure("Oldest waiting", words.age(waiting), "target: under 15 min", alarm=late)
    yield Figure("Overdue answers", f"{overdue:,}", _since(facts), alarm=overdue > 0)
    yield Figure("Silent organisations", f"{silent:,}", "no word from their connector", alarm=silent > 0)
    yield Figure("Refused records", f"{both:,}", f"{words.many(dead, 'dead letter')} among them", alarm=both > 0)
    yield Figure("Lanes suspended", f"{suspended:,}", f"of {words.many(len(facts.lanes), 'lane')}", alarm=suspended > 0)
    lag = facts.unnumbered_seconds is not None and judge(facts.unnumbered_seconds) is not Verdict.MOVING
    yield Figure("Carriers unnumbered", f"{facts.unnumbered:,}", "wait for the sequencer", alarm=lag)
    yield Figure("Newest checkpoint", signed, "signed over all that was decided")


def _since(facts: Facts) -> str:
    if facts.still_counting:
        return "still counting"
    oldest: list[Overdue] = list(facts.overdue.values())
    return f"oldest for {words.age(max(o.oldest_seconds for o in oldest))}" if oldest else "every clock is kept"


def _oldest(facts: Facts) -> float | None:
    ages = [facts.intake_waiting_seconds, facts.unnumbered_seconds]
    ages += [lane.waiting_seconds for lane in facts.lanes.values()]
    ages += [connector.oldest_unsent_seconds for connector in facts.connectors.values()]
    return max((age for age in ages if age is not None), default=None)


def _refusals(facts: Facts, directory: Directory) -> Iterator[Refusal]:
    rows = [(slug, "its connector", code, n) for slug, c in facts.connectors.items() for code, n in c.refused.items()]
    rows += [(slug, "the broker", code, n) for (slug, code), n in facts.dead_letters.items()]
    for slug, place, code, count in sorted(rows):
        known = directory.get(slug)
        yield Refusal(known.name if known else slug or "unknown", place, code, f"{count:,}")
