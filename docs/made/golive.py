"""The made parts of the go-live templates: tables that follow from the agreements, so that no paper says less or more.

Left out: the words around them, which people write and sign. Rules: every agreement, purpose, class and recipient that
may process something has its row; the same agreements give the same bytes.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from agreements import read_texts
from crosswalk.disclosures.processing import ANYBODY, BROKER, Activity, Line, activities
from crosswalk.disclosures.schedule import read_schedule
from schemas import read_schemas
from sharing.policy import Agreements, field_classes, load
from sharing.reconciliation.document import table
from sharing.vocabulary import FieldClass

PARTNERSHIP = Path(__file__).resolve().parents[2] / "crosswalk" / "partnership"
_LEGAL_OBLIGATION, _TASK = "6(1)(c)", "(e)"
_YES = "Yes, on grounds of the person's situation; it goes on for compelling grounds, such as a child's safety."
_LAW_ENFORCEMENT = "Part 3"
SPECIAL = frozenset({"B1", "J", "J2", "N", "I", "E", "L", "R", "G", "H"})
"""Classes that are, or show, health, ethnicity, religion, sexual life or offences, or whose loss could end in harm."""


@cache
def shipped() -> Agreements:
    """The agreements as they are shipped."""
    return load(read_texts(), field_classes(read_schemas()))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


def dpia() -> str:
    """What each assessment covers, and what holds whatever the agreements say."""
    by_paper: dict[str, list[Activity]] = {}
    for one in activities(shipped()):
        by_paper.setdefault(one.dpia, []).append(one)
    rows = [_assessment(paper, by_paper[paper]) for paper in sorted(by_paper)]
    never = [(f"`{rule.rule_id}`", "never", rule.because) for rule in shipped().never]
    always = [(f"`{rule.rule_id}`", "always", rule.because) for rule in shipped().always]
    rules = table(("rule", "holds", "because"), never + always)
    heads = ("assessment", "agreement", "purposes", "data by class", "of special weight", "recipients", "review by")
    return (
        f"### What is assessed\n\n{table(heads, rows)}\n"
        f"### Measures that are proved before a set is in force\n\n{rules}"
    )


def _assessment(paper: str, found: Sequence[Activity]) -> tuple[str, ...]:
    classes = sorted({name for one in found for name in one.classes})
    return (
        paper,
        ", ".join(sorted({one.title for one in found})),
        ", ".join(sorted({one.purpose for one in found})),
        ", ".join(classes),
        ", ".join(name for name in classes if name in SPECIAL) or "none",
        _listed(sorted({name for one in found for name in one.recipients})),
        ", ".join(sorted({one.review_by for one in found})),
    )


def arrangement() -> str:
    """Who controls what: Articles 26 and 28."""
    rows = []
    for controller in sorted({name for one in activities(shipped()) for name in one.controllers}):
        own = [one for one in activities(shipped()) if controller in one.controllers]
        events = sorted({event for one in own for event in one.events})
        receives = _listed(sorted({name for one in own for name in one.recipients}))
        rows.append((_who(controller), ", ".join(f"`{event}`" for event in events), receives))
    return table(("controller when it sends", "events", "controllers when they have received"), rows)


def _who(controller: str) -> str:
    return controller if controller in (ANYBODY, BROKER) else controller.replace("_", " ")


def notice() -> str:
    """What a family is told: why, by what law, which data, who receives it."""
    rows = []
    for name, purpose in shipped().vocabulary.purposes.items():
        own = [one for one in activities(shipped()) if one.purpose == name]
        if own:
            data = " ".join(
                _meaning(c) for c in sorted({c for one in own for c in one.classes} - {"technical", "process"})
            )
            recipients = _listed(sorted({kind for one in own for kind in one.recipients}))
            rows.append((purpose.means, purpose.statute, data, recipients))
    return table(("why", "by what law", "what may be shared", "with whom"), rows)


def _meaning(name: str) -> str:
    return shipped().vocabulary.meanings.get(name, FieldClass(name).name)


def objection() -> str:
    """Where somebody may object (Article 21), and where not."""
    rows = [
        (purpose.name, purpose.lawful_basis, _may_object(purpose.lawful_basis))
        for purpose in shipped().vocabulary.purposes.values()
    ]
    return table(("purpose", "lawful basis", "objection"), rows)


def conditions() -> str:
    """Under which condition data of special weight are processed, for what (Data Protection Act 2018 Sch 1 and 8)."""
    rows = []
    for purpose in shipped().vocabulary.purposes.values():
        own = [one for one in activities(shipped()) if one.purpose == purpose.name]
        weighty = sorted({name for one in own for name in one.classes} & SPECIAL)
        if weighty:
            rows.append((purpose.name, purpose.lawful_basis, purpose.statute, ", ".join(weighty)))
    return table(("purpose", "condition", "statute", "classes of special weight"), rows)


def _may_object(basis: str) -> str:
    if _LAW_ENFORCEMENT in basis:
        return "No: Part 3 knows no right to object. A complaint goes to the force and to the Information Commissioner."
    if _LEGAL_OBLIGATION in basis and _TASK in basis:
        return f"Not where the statute obliges; the person is told which. For the rest: {_YES[0].lower()}{_YES[1:]}"
    if _LEGAL_OBLIGATION in basis:
        return "No: a legal obligation. The person is told so, and which."
    return _YES


def schedule() -> str:
    """How long what the broker holds is kept."""
    lines: tuple[Line, ...] = read_schedule(PARTNERSHIP)
    return table(("line", "covers", "kept", "why"), [(f"`{x.line}`", x.covers, x.keeps, x.because) for x in lines])
