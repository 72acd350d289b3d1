"""The matrix as a page for people: Markdown that reads as plain text, one section an event, one table a permit.

The same permissions give the same page, byte for byte, so that it can be hashed and signed beside the matrix. It is
made from the compiled set and not from the texts, so it shows what decides, not what somebody meant to write. Left out:
which situations follow (`invariants`, `difference`) and what the machine reads (`matrix`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from hashlib import sha256

from sharing.policy.conditions import words
from sharing.policy.facts import Guard, Polarity
from sharing.policy.model import Agreements, Cell, Permit, Seal
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import ruled_paths

_FIELDS = ("goes", "closed by", "fields (and their class)")


def page_of(agreements: Agreements) -> str:
    """The whole page."""
    return "\n".join(_lines(agreements)) + "\n"


def page_digest(agreements: Agreements) -> str:
    """SHA-256 (hex) of the page."""
    return sha256(page_of(agreements).encode()).hexdigest()


def _lines(agreements: Agreements) -> Iterator[str]:
    yield "# Who receives what, why and when"
    yield ""
    yield f"Matrix {agreements.version}. What is not named here goes to nobody."
    yield from _agreements(agreements)
    yield from _seals(agreements.seals)
    yield from _facts(agreements)
    yield from _rules(agreements)
    for event_type in sorted(agreements.classes):
        yield from _event(agreements, event_type)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ""
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row(row)


def _row(parts: Sequence[str]) -> str:
    return f"| {' | '.join(part.replace('|', '/') for part in parts)} |"


def _agreements(agreements: Agreements) -> Iterator[str]:
    yield from ("", "## Agreements")
    found = sorted(agreements.agreements, key=lambda one: one.name)
    rows = ((one.name, one.title, ", ".join(sorted(one.parties)), one.dpia, one.review_by) for one in found)
    yield from _table(("agreement", "title", "parties", "impact assessment", "in force until"), rows)
    yield from ("", "## Purposes, the preferred one first")
    purposes = agreements.vocabulary.purposes.values()
    rows_of = ((p.name, p.means, p.statute, p.lawful_basis, p.confidence) for p in purposes)
    yield from _table(("purpose", "what for", "statute", "lawful basis", "confidence"), rows_of)


def _seals(seals: Iterable[Seal]) -> Iterator[str]:
    yield from ("", "## Seals: what closes, unless it is known that it does not apply")
    rows = []
    for seal in sorted(seals, key=lambda one: one.seal_id):
        closes = [*sorted(seal.classes), *([EXISTS] if seal.exists else []), *sorted(seal.around)]
        rows.append(
            (
                seal.seal_id,
                words(seal.when),
                ", ".join(closes),
                _kinds(seal.to),
                seal.do.words,
                _except(seal),
                seal.marker,
            )
        )
    yield from _table(("seal", "closes when", "classes", "to", "down to", "except", "says"), rows)


def _except(seal: Seal) -> str:
    if seal.absolute:
        return "absolute: no exception"
    found = (f"{_kinds(one.to)}{_when(words(one.when))}" for one in seal.exceptions)
    return "; ".join(sorted(found)) or "none"


def _when(text: str) -> str:
    return "" if text == "always" else f" when {text}"


def _kinds(to: Iterable[str] | None) -> str:
    return "everybody" if to is None else ", ".join(sorted(to))


def _facts(agreements: Agreements) -> Iterator[str]:
    yield from ("", "## Facts")
    entries = [agreements.vocabulary.guards[guard] for guard in Guard]
    works = {Polarity.PERMIT: "opens when true", Polarity.SEAL: "closes unless false"}
    rows = ((e.guard.value, e.means, works[e.polarity], e.owner, e.source, _age(e.max_age)) for e in entries)
    yield from _table(("fact", "meaning", "works", "answers for it", "register", "unknown after"), rows)


def _age(most: timedelta | None) -> str:
    return "does not age" if most is None else f"{most.total_seconds() / 86_400:g} days"


def _rules(agreements: Agreements) -> Iterator[str]:
    yield from ("", "## What must hold whatever else is written")
    never = (
        (r.rule_id, "never", ", ".join([*sorted(r.classes), *sorted(r.fields)]), _kinds(r.to),
         words(r.when), _events(r.events, r.except_events), r.because)
        for r in agreements.never
    )  # fmt: skip
    always = (
        (r.rule_id, "always", ", ".join(sorted(r.fields)), _kinds(r.to), words(r.when), r.event, r.because)
        for r in agreements.always
    )
    yield from _table(("rule", "", "what", "to", "when", "events", "because"), sorted([*never, *always]))


def _events(only: Iterable[str] | None, but: Iterable[str]) -> str:
    named = "all" if only is None else ", ".join(sorted(only))
    spared = ", ".join(sorted(but))
    return f"{named} but {spared}" if spared else named


def _event(agreements: Agreements, event_type: str) -> Iterator[str]:
    yield from ("", f"## {event_type}")
    permits: dict[str, list[Cell]] = defaultdict(list)
    for key, cell in sorted(agreements.cells.items()):
        if key[0] == event_type:
            for permit_id in sorted({permit.permit_id for permit in cell.permits.values()}):
                permits[permit_id].append(cell)
    given: set[str] = set()
    for permit_id, cells in sorted(permits.items()):
        permit = next(p for p in cells[0].permits.values() if p.permit_id == permit_id)
        given |= set(permit.fields)
        yield from _permit(permit, cells)
    own = agreements.classes[event_type]
    nobody = [f"{path} ({own[path]})" for path in ruled_paths(event_type) if path in own and path not in given]
    yield ""
    yield f"To nobody: {', '.join(nobody) if given else 'the event as a whole'}."


def _permit(permit: Permit, cells: Sequence[Cell]) -> Iterator[str]:
    agreement, purpose = permit.agreement, permit.purpose
    waits = f", and waits until {' and '.join(sorted(permit.hold_until))}" if permit.hold_until else ""
    yield from ("", f"### {permit.permit_id}", "")
    yield f"- to {_kinds(permit.to)}"
    yield f"- for {purpose.name}: {purpose.statute}; {purpose.lawful_basis}"
    yield f"- under agreement {agreement.name}, impact assessment {agreement.dpia}"
    yield f"- {'always: nothing stops it' if permit.never_stopped else f'when {words(permit.when)}{waits}'}"
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in (path for path in ruled_paths(permit.event_type) if path in permit.fields):
        own = cells[0].classes.get(path)
        rows[permit.fields[path].words, _closed_by(path, permit, cells)].append(f"{path} ({own})" if own else path)
    yield from _table(_FIELDS, ((*how, ", ".join(fields)) for how, fields in rows.items()))


def _closed_by(path: str, permit: Permit, cells: Sequence[Cell]) -> str:
    """The seals that close a field, each with the recipients whom it binds where that is not all of the permit's."""
    if permit.never_stopped:
        return ""
    bound: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        for seal in cell.seals:
            if seal.exists if path == EXISTS else seal.closes(path, cell.classes.get(path)):
                bound[seal.seal_id].append(cell.kind.value)
    everybody = sorted(cell.kind.value for cell in cells)
    return ", ".join(
        name if sorted(kinds) == everybody else f"{name} (to {', '.join(sorted(kinds))})"
        for name, kinds in sorted(bound.items())
    )
