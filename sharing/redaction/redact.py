"""`redact()`: the recipient's view of an event, built field by field from empty.

Left out: the decision (`sharing.policy.decide`) and bytes (`sharing.codec`). Rules:
1. Nothing is copied and then removed: a field that the decision does not release is never touched.
2. A view is the same kind of event with fewer fields; a withheld field is null, as one that was never there.
3. Redacting twice is redacting once, apart from what needs something again: a key (`token`), a text that was reviewed
   (`scrub`), a role that the view does not hold (`persons`).
4. What the broker itself puts on a view (exchange id, the recipient's token of the child, due date, plain words) is set
   on the event before, so that it is ruled like everything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from sharing.errors import Misconfigured
from sharing.events import EVENT_TYPES, Event
from sharing.policy import CLEAR, Decision, Transform, TransformKind
from sharing.policy.paths import without_null
from sharing.policy.pseudo import PSEUDO_FIELDS
from sharing.redaction.transforms import Tokeniser, age_band, stays, transformer

Record = Any
"""An event, or a record inside one."""
Reviewed = Callable[[str, str], str | None]
"""Path and text as it came to the text that a person released in its place, None where nobody has."""


class Aid(NamedTuple):
    """What a transform may need beside the value: the whole event, the recipient's pseudonyms, what was reviewed."""

    event: Event
    tokeniser: Tokeniser | None
    reviewed: Reviewed | None


Build = Callable[[Record, Aid], Record]
"""From a record or value to what is left of it."""


def redact(
    event: Event, decision: Decision, tokeniser: Tokeniser | None = None, reviewed: Reviewed | None = None
) -> Event:
    """The view of `event` that `decision` allows.

    Args:
        event: With the broker's own envelope fields already set for this recipient.
        decision: About this event type. Unless it delivers, the view is empty.
        tokeniser: For fields released as `token`; without it they are withheld.
        reviewed: For texts that a person released (`Decision.after_review`); without it they are withheld.

    Returns:
        A new event of the same type.

    Raises:
        Misconfigured: the decision is about another event type.
    """
    if decision.event_type != event.event_type:
        raise Misconfigured(f"a decision about {decision.event_type} was used on {event.event_type}")
    build = _BUILDERS.get(decision.shape)
    if build is None:
        build = _BUILDERS[decision.shape] = _compiled(decision)
    view: Event = build(event, Aid(event, tokeniser, reviewed))
    return view


_BUILDERS: dict[str, Build] = {}
"""One compiled builder for each shape of view; there are as many as the agreements make."""


def _compiled(decision: Decision) -> Build:
    released = {r.path: r.transform for r in decision.fields if r.is_released and r.path not in PSEUDO_FIELDS}
    return _record_builder(EVENT_TYPES[decision.event_type], released, "")


def _record_builder(record_type: Any, released: Mapping[str, Transform], prefix: str) -> Build:
    """A builder of one record: clear fields in one go, the others one by one."""
    plain: list[str] = []
    made: list[tuple[str, Build]] = []
    hints = get_type_hints(record_type)
    for field in fields(record_type):
        path, hint = prefix + field.name, without_null(hints[field.name])
        inner = _inner_builder(hint, released, path)
        transform = released.get(path)
        if inner is not None:
            made.append((field.name, inner))
        elif transform is not None and transform.kind is TransformKind.CLEAR:
            plain.append(field.name)
        elif transform is not None:
            made.append((field.name, _value_builder(transform, path)))
    return _assembler(record_type, tuple(plain), tuple(made))


def _inner_builder(hint: Any, released: Mapping[str, Transform], path: str) -> Build | None:
    """A builder for a field that holds a record or several, None for a plain field."""
    if is_dataclass(hint):
        return _record_builder(hint, released, f"{path}.")
    if get_origin(hint) is not tuple or not is_dataclass(get_args(hint)[0]):
        return None
    if not any(name.startswith(f"{path}[].") for name in released):
        return lambda _items, _aid: None
    inside = {name: t for name, t in released.items() if name.startswith(f"{path}[].")}
    if any(t.kind is TransformKind.PERSONS for t in inside.values()):
        return _persons_builder(get_args(hint)[0], inside, path)
    one = _record_builder(get_args(hint)[0], released, f"{path}[].")
    return lambda items, aid: None if items is None else tuple(one(item, aid) for item in items)


def _persons_builder(record_type: Any, released: Mapping[str, Transform], path: str) -> Build:
    """A builder of a list of persons: each by its own role. Of whom nothing goes nothing is left, not even a place."""
    names = tuple(field.name for field in fields(record_type))
    built: dict[frozenset[str], Build] = {}

    def one(person: Record, aid: Aid) -> Record:
        left = frozenset(name for name, t in released.items() if stays(t, person))
        if left not in built:
            whole = {
                name: CLEAR if t.kind is TransformKind.PERSONS else t for name, t in released.items() if name in left
            }
            built[left] = _record_builder(record_type, whole, f"{path}[].")
        return built[left](person, aid)

    def build(persons: Record, aid: Aid) -> Record:
        made = (one(person, aid) for person in persons or ())
        return tuple(view for view in made if any(getattr(view, name) is not None for name in names)) or None

    return build


def _value_builder(transform: Transform, path: str) -> Build:
    if transform.kind is TransformKind.TOKEN:
        return lambda value, aid: aid.tokeniser(path, value) if aid.tokeniser and value is not None else None
    if transform.kind is TransformKind.SCRUB:
        return lambda value, aid: aid.reviewed(path, value) if aid.reviewed and value is not None else None
    if transform.kind is TransformKind.AGE_BAND:
        return lambda value, aid: age_band(value, _day_of(aid.event))
    change = transformer(transform)
    return lambda value, _aid: None if value is None else change(value)


def _day_of(event: Event) -> Any:
    at = event.envelope.occurred_at
    return None if at is None else at.date()


def _assembler(record_type: Any, plain: tuple[str, ...], made: tuple[tuple[str, Build], ...]) -> Build:
    """Put a record together from nothing: the clear fields in one go, the reduced ones, and null in all the rest.

    The slots are filled directly, since this runs for every view and a frozen dataclass's constructor costs half as
    much again; the result is the same, by test.
    """
    given = {*plain, *(name for name, _ in made)}
    absent = tuple(field.name for field in fields(record_type) if field.name not in given)
    take = _taker(plain)
    puts = tuple(getattr(record_type, name).__set__ for name in (*plain, *absent))
    nulls = (None,) * len(absent)
    steps = tuple((getattr(record_type, name).__set__, attrgetter(name), make) for name, make in made)

    def build(record: Record, aid: Aid) -> Record:
        view = object.__new__(record_type)
        for put, value in zip(puts, take(record) + nulls, strict=True):
            put(view, value)
        for put, get, make in steps:
            put(view, make(get(record), aid))
        return view

    return build


def _taker(names: tuple[str, ...]) -> Callable[[Record], tuple[Any, ...]]:
    """The values of these fields as a tuple, however many they are."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple(getattr(record, name) for name in names)
