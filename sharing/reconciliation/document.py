"""The tables of this room as Markdown, drawn from the very tables that run: a page that cannot lie."""

from collections.abc import Iterable, Sequence

from sharing.reconciliation.clock_rule import ClockRule, Duration, Span, Stage
from sharing.reconciliation.machine import TRANSITIONS, Signal
from sharing.reconciliation.owed import CONTACT_OWED, REASON_OWED, REFERRAL_OWED
from sharing.reconciliation.rules import RULES


def transitions_as_markdown() -> str:
    """Every state of a question against every signal; a blank cell changes nothing."""
    head = ("state", *(signal.value for signal in Signal))
    rows = [
        (state.value, *(row[signal].value if signal in row else "" for signal in Signal))
        for state, row in TRANSITIONS.items()
    ]
    return table(head, rows)


def rules_as_markdown() -> str:
    """Every clock: what starts it, who owes the answer, how long, what stops it, who is rung."""
    head = ("clock", "starts on", "owed by", "lasts", "stops on", "grace", "when it runs out")
    return table(head, (_row(rule) for rule in RULES.values()))


def owed_as_markdown() -> str:
    """What an answer must hold."""
    rows = [
        *((f"referral: {outcome}", ", ".join(owed) or "nothing more") for outcome, owed in REFERRAL_OWED.items()),
        *((f"reason: {reason}", ", ".join(owed)) for reason, owed in REASON_OWED.items()),
        *((f"contact: {outcome}", ", ".join(owed) or "nothing more") for outcome, owed in CONTACT_OWED.items()),
    ]
    return table(("decision", "must hold"), rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, one line a row."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def lasts(duration: Duration) -> str:
    """A duration in words."""
    if duration.span is Span.SCHOOL_DAY_AT:
        return f"{duration.amount} {duration.span}"
    if duration.span in (Span.WITH_THE_MATTER, Span.HALF_WAY, Span.AS_TOLD):
        return duration.span.value
    return "at once" if duration.amount == 0 else f"{duration.amount} {duration.span}"


def _when(rule: ClockRule, number: int, stage: Stage) -> str:
    """When a stage rings, in words."""
    if rule.warns and number == 1:
        return "half-way to its end"
    return "at its end" if stage.after.span is Span.WITH_THE_MATTER else lasts(stage.after)


def _row(rule: ClockRule) -> tuple[str, ...]:
    stops = [*rule.stops_on, *(f"receipt {state}" for state in sorted(rule.receipts))]
    minutes = int(rule.grace.total_seconds() // 60)
    stages = "; ".join(
        f"{number}. {_when(rule, number, stage)}: {stage.functions[0]} of the {stage.side}"
        + (f" ({stage.task})" if stage.task else "")
        for number, stage in enumerate(rule.stages, start=1)
    )
    return (
        rule.name,
        rule.starts_on,
        ", ".join(sorted(rule.owners)),
        lasts(rule.lasts),
        ", ".join(stops),
        f"{minutes} minutes" if minutes else "",
        stages or f"the {rule.told} is told",
    )
