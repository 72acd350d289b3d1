"""What the broker itself says: clocks, tasks, gaps, escalations. What must be was said; nobody was rung for nothing.

Left out: the words. An escalation that is not expected is a fault: it rings somebody, and it tells that there is a
matter.
"""

from collections.abc import Mapping, Sequence

from checker.expectations import Expectations, Saying
from checker.model import Category, Delivery, Fault

ESCALATION = "broker.escalation.changed"


def judge(
    found: Sequence[Delivery],
    children: Mapping[tuple[str, str], str],
    expected: Expectations,
    taken_back: Mapping[str, set[str]],
) -> list[Fault]:
    """Faults in what the broker said.

    Args:
        found: Every delivery.
        children: Story's key of a child by surname and forename.
        expected: What must be said.
        taken_back: Types of what each organisation was told and had to give up when a seal was set.
    """
    spoken = [one for one in found if one.event_type.startswith("broker.")]
    faults = []
    for saying in expected.said:
        for organisation in saying.to:
            heard = any(one.organisation == organisation and _is(saying, one, children) for one in spoken)
            once = saying.event_type in taken_back.get(organisation, ()) and _may_be_sealed(saying, expected)
            if not heard and not once and not saying.optional:
                faults.append(Fault(Category.LOST, _name(saying), organisation, "was not told"))
    for one in spoken:
        known = any(one.organisation in saying.to and _is(saying, one, children) for saying in expected.said)
        if one.event_type == ESCALATION and not known:
            what = f"nobody was to be rung: {one.fields.get('rule')} stage {one.fields.get('stage')}"
            faults.append(Fault(Category.LEAK, children.get(one.names, ""), one.place, what))
    return faults


def escalations(found: Sequence[Delivery]) -> int:
    """How many matters went up a stage, whoever was told of it."""
    return len(
        {
            (one.fields.get("rule"), one.fields.get("stage"), one.names, one.fields.get("envelope.due_by"))
            for one in found
            if one.event_type == ESCALATION
        }
    )


def _is(saying: Saying, one: Delivery, children: Mapping[tuple[str, str], str]) -> bool:
    if one.event_type != saying.event_type or children.get(one.names, "") != saying.child:
        return False
    return all(one.fields.get(path) == value for path, value in saying.where.items())


def _may_be_sealed(saying: Saying, expected: Expectations) -> bool:
    return not saying.child or saying.child in expected.seal["children"]


def _name(saying: Saying) -> str:
    said = ", ".join(f"{path} {value}" for path, value in saying.where.items())
    return f"{saying.event_type}{f' about {saying.child}' if saying.child else ''}{f' ({said})' if said else ''}"
