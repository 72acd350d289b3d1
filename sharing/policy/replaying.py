"""Recorded decisions decided again under another set: whose fields would newly go, or no longer, and to whom.

Left out: reading the ledger (`ledger.recorded`). Rules:
1. A recorded decision holds its event type, recipient, facts and what became of each field; the same facts are asked of
   the new set. Millions of exchanges share a few hundred decisions, so each decision is judged once and then counted.
2. A fact that the old decision did not record is unknown, which restricts. Where knowing it could change the answer the
   decision is counted as not judged fully: more might go, or less, than is told.
3. Only numbers come out: children, events, organisations and fields are counted, never named.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sharing.policy.decide import decide
from sharing.policy.decision import Decision
from sharing.policy.facts import Facts, Guard
from sharing.policy.granting import decide_granted
from sharing.policy.lattice import WITHHOLD, Transform, TransformKind, is_at_most
from sharing.policy.levels import answers_of
from sharing.policy.model import Agreements
from sharing.policy.paths import EXISTS
from sharing.policy.situations import Situations, all_of
from sharing.policy.witnesses import MAX_TOGETHER, gravity
from sharing.vocabulary import Outcome, RecipientKind


class Recorded(NamedTuple):
    """One exchange as it was last decided; every part is a number of the ledger's."""

    outcome: int
    event: int
    child: int
    organisation: int


class Moved(NamedTuple):
    """One field of a recorded decision that would fare otherwise."""

    path: str
    field_class: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """One recorded decision under the new set.

    Attributes:
        disclosed, withheld: Fields of which more would go, or less.
        fully: Whether every fact that matters was recorded.
    """

    event_type: str
    kind: str
    disclosed: tuple[Moved, ...]
    withheld: tuple[Moved, ...]
    fully: bool


@dataclass(slots=True)
class Tally:
    """What is counted for one way and one kind of recipient."""

    exchanges: int = 0
    values: int = 0
    events: set[int] = field(default_factory=set)
    children: set[int] = field(default_factory=set)
    organisations: set[int] = field(default_factory=set)
    fields: dict[tuple[str, Moved], int] = field(default_factory=lambda: defaultdict(int))

    def document(self) -> dict[str, Any]:
        """As JSON: numbers, and how often each field, the gravest first."""
        ranked = sorted(self.fields.items(), key=lambda item: (gravity(item[0][1].field_class), -item[1], item[0]))
        return {
            "children": len(self.children),
            "events": len(self.events),
            "organisations": len(self.organisations),
            "exchanges": self.exchanges,
            "values": self.values,
            "fields": [
                {
                    "event": event,
                    "field": m.path,
                    "class": m.field_class,
                    "before": m.before,
                    "after": m.after,
                    "times": n,
                }
                for (event, m), n in ranked
            ],
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """All recorded decisions under the new set.

    Attributes:
        decisions: Exchanges looked at. `different`: distinct decisions that they share.
        unsure: Exchanges of which some fact that matters was not recorded.
        disclosed, withheld: By kind of recipient, and for all under `""`.
    """

    new: str
    decisions: int
    different: int
    unsure: int
    disclosed: Mapping[str, Tally]
    withheld: Mapping[str, Tally]

    def document(self) -> dict[str, Any]:
        """As canonical JSON can hold it."""
        return {
            "new": self.new,
            "decisions": self.decisions,
            "different": self.different,
            "not_judged_fully": self.unsure,
            "newly_disclosed": {kind: tally.document() for kind, tally in sorted(self.disclosed.items())},
            "newly_withheld": {kind: tally.document() for kind, tally in sorted(self.withheld.items())},
        }


def replay(new: Agreements, recorded: Iterable[Recorded], body_of: Callable[[int], bytes]) -> Replay:
    """Decide again.

    Args:
        new: The other set.
        recorded: Each exchange once, as it was last decided.
        body_of: Number of a decision to its canonical JSON; asked once for each.
    """
    verdicts: dict[int, Verdict] = {}
    times: dict[int, int] = defaultdict(int)
    tallies: tuple[dict[str, Tally], dict[str, Tally]] = (defaultdict(Tally), defaultdict(Tally))
    for one in recorded:
        verdict = verdicts.get(one.outcome)
        if verdict is None:
            verdict = verdicts[one.outcome] = judged(new, body_of(one.outcome))
        times[one.outcome] += 1
        if verdict.disclosed:
            _count(tallies[0], verdict.kind, one)
        if verdict.withheld:
            _count(tallies[1], verdict.kind, one)
    for number, count in times.items():
        verdict = verdicts[number]
        for by_kind, moved in zip(tallies, (verdict.disclosed, verdict.withheld), strict=True):
            _count_fields(by_kind, verdict, moved, count)
    return Replay(
        new=new.version,
        decisions=sum(times.values()),
        different=len(verdicts),
        unsure=sum(count for number, count in times.items() if not verdicts[number].fully),
        disclosed=dict(tallies[0]),
        withheld=dict(tallies[1]),
    )


def _count(by_kind: dict[str, Tally], kind: str, one: Recorded) -> None:
    for tally in (by_kind[""], by_kind[kind]):
        tally.exchanges += 1
        tally.events.add(one.event)
        tally.children.add(one.child)
        tally.organisations.add(one.organisation)


def _count_fields(by_kind: dict[str, Tally], verdict: Verdict, moved: tuple[Moved, ...], times: int) -> None:
    for tally in (by_kind[""], by_kind[verdict.kind]) if moved else ():
        tally.values += times * sum(one.path != EXISTS for one in moved)
        for one in moved:
            tally.fields[verdict.event_type, one] += times


def judged(new: Agreements, body: bytes) -> Verdict:
    """One recorded decision under the new set; what the new set does not know goes to nobody."""
    old = json.loads(body)
    event_type, kind = old["event"], old["to"]
    before = _fates(old) if old["outcome"] == Outcome.DELIVER else {}
    if event_type not in new.classes or kind not in set(RecipientKind):
        gone = tuple(Moved(path, "", was.words, WITHHOLD.words) for path, was in before.items() if was != WITHHOLD)
        return Verdict(event_type, kind, (), gone, fully=True)
    known = {Guard(name): value for name, value in old["guards"].items() if name in set(Guard)}
    decision = _decided(new, old, Facts.of(known))
    delivered = decision.outcome is Outcome.DELIVER
    after = {ruling.path: _plain(ruling.transform.words) for ruling in decision.fields} if delivered else {}
    moves = [(p, before.get(p, WITHHOLD), after.get(p, WITHHOLD)) for p in sorted({*before, *after})]
    classes = new.classes[event_type]
    more, less = (
        tuple(
            Moved(path, str(classes.get(path, "")), was.words, now.words)
            for path, was, now in moves
            if not is_at_most(*((now, was) if is_more else (was, now)))
        )
        for is_more in (True, False)
    )
    return Verdict(event_type, kind, more, less, _is_sure(new, event_type, RecipientKind(kind), known))


def _decided(new: Agreements, old: Mapping[str, Any], facts: Facts) -> Decision:
    """What the new set says; under a grant no more than the fields that it named."""
    event_type, kind, granted = old["event"], RecipientKind(old["to"]), old.get("granted")
    if granted:
        return decide_granted(new, event_type, kind, facts, {old["purpose"]: frozenset(granted)})
    return decide(new, event_type, kind, None, facts)


def _fates(old: Mapping[str, Any]) -> dict[str, Transform]:
    return {row[0]: _plain(row[1]) for row in old["fields"]}


def _plain(words: str) -> Transform:
    """A transform by its words; two closed maps of one name count as the same."""
    kind, _, name = words.partition(":")
    return Transform(TransformKind(kind), name) if kind in set(TransformKind) else WITHHOLD


def _is_sure(new: Agreements, event_type: str, kind: RecipientKind, known: Mapping[Guard, bool | None]) -> bool:
    """Whether the facts that were not recorded cannot change what becomes of any field or of the event."""
    answers = answers_of(new, event_type, kind)
    for path in sorted({EXISTS, *answers.paths()}):
        missing = answers.guards(path) - known.keys()
        if len(missing) > MAX_TOGETHER:
            return False
        table = _with(known, all_of(missing))
        if missing and (len(answers.levels(path, table)) > 1 or answers.waits(table) not in (0, table.every)):
            return False
    return True


def _with(known: Mapping[Guard, bool | None], table: Situations) -> Situations:
    """The table with what is known fixed in every row."""
    every = table.every
    return Situations(
        every,
        {**{guard: every for guard, value in known.items() if value is True}, **table.true},
        {**{guard: every for guard, value in known.items() if value is False}, **table.false},
    )
