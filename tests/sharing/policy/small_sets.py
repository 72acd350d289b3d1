"""Small sets of agreements, made from parts instead of texts, so that every situation can be asked one by one."""

from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from agreements import read_texts
from schemas import read_schemas
from sharing.policy import CLEAR, EXISTS, WITHHOLD, Facts, Guard, Transform, TransformKind, field_classes, load
from sharing.policy.compiling import Rules, compiled
from sharing.policy.conditions import ALWAYS, AllOf, AnyOf, Named, Not
from sharing.policy.model import Agreements, Permit, Seal, SealException
from sharing.vocabulary import FieldClass, RecipientKind

SHIPPED = load(read_texts(), field_classes(read_schemas()))
EVENT = "police.missing.changed"
PATHS = ("child.postcode", "child.surname", "action", "callback")
KINDS = (RecipientKind.SCHOOL, RecipientKind.ALLOCATED_TEAM)
OPENING = (Guard.OPEN_INVOLVEMENT, Guard.OPEN_PLAN)
CLOSING = (Guard.ADDRESS_SEALED,)
PURPOSES = tuple(SHIPPED.vocabulary.purposes.values())[:2]
CLASSES = (FieldClass.LOCATION, FieldClass.LOCATION_INFERRING, FieldClass.IDENTITY)
LEVELS = (WITHHOLD, Transform(TransformKind.YEAR), Transform(TransformKind.OUTWARD), CLEAR)


def set_of(permits, seals=(), never=(), always=(), classes=None) -> Agreements:
    """A compiled set; the words are those of the shipped vocabulary."""
    classes = classes or SHIPPED.classes
    return compiled(Rules(SHIPPED.vocabulary, tuple(permits), tuple(seals), tuple(never), tuple(always)), classes)


def permit(name, to, fields, when=ALWAYS, purpose=PURPOSES[0], hold=(), event=EVENT) -> Permit:
    return Permit(f"small/{name}", SHIPPED.agreements[0], event, to, purpose, fields, when, hold)


def seal(name, classes, when, **more) -> Seal:
    parts = {"exists": False, "to": None, "do": WITHHOLD, "absolute": False, **more}
    return Seal(f"seals/{name}", when, frozenset(classes), **parts)


def conditions(guards):
    """Any condition over a few guards."""
    return st.recursive(
        st.sampled_from(guards).map(Named),
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=2).map(tuple).map(AllOf),
            st.lists(inner, min_size=2, max_size=2).map(tuple).map(AnyOf),
        ),
        max_leaves=3,
    )


@st.composite
def _permits(draw, number):
    fields = draw(st.dictionaries(st.sampled_from(PATHS), st.sampled_from(LEVELS[1:]), max_size=3))
    if draw(st.integers(0, 4)):
        fields[EXISTS] = CLEAR
    to = tuple(draw(st.sets(st.sampled_from(KINDS), min_size=1)))
    hold = (OPENING[1],) if draw(st.integers(0, 3)) == 0 else ()
    return permit(f"p{number}", to, fields, draw(conditions(OPENING)), draw(st.sampled_from(PURPOSES)), hold)


@st.composite
def _seals(draw, number):
    absolute = draw(st.booleans())
    exceptions = [SealException((draw(st.sampled_from(KINDS)),), draw(conditions(OPENING)))]
    exists = draw(st.integers(0, 3)) == 0
    return seal(
        f"s{number}",
        draw(st.sets(st.sampled_from(CLASSES), max_size=2)),
        draw(conditions(CLOSING)),
        exists=exists,
        do=WITHHOLD if exists else draw(st.sampled_from(LEVELS[:3])),
        absolute=absolute,
        exceptions=() if absolute else tuple(exceptions[: draw(st.integers(0, 1))]),
    )


@st.composite
def small_sets(draw):
    """Any small set: two purposes, two recipients, four fields, three guards."""
    permits = [draw(_permits(number)) for number in range(draw(st.integers(1, 3)))]
    return set_of(permits, [draw(_seals(number)) for number in range(draw(st.integers(0, 2)))])


SITUATIONS = [
    Facts.of(dict(zip((*OPENING, *CLOSING), values, strict=True)))
    for values in product((None, False, True), repeat=len(OPENING) + len(CLOSING))
]
"""Every combination of the three guards."""


def renamed(agreements, version):
    """The same set under another version."""
    return replace(agreements, version=version, remembered={})
