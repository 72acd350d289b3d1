"""Linkage: is this record of a child whom we know? LINK, REVIEW (a person decides) or NEW, with the sum that led there.

Left out: finding candidates (`blocking`, the store), keeping the answer (the ledger), asking a person (`review`).
Rules, because a wrong link tells one family's secrets to another:

1. A usable identifier that agrees links, unless name, birth date or another identifier speaks against it.
2. Name, birth date and postcode that agree link above a threshold. Name and birth date alone never do, except when
   they are unique on the roll of the setting that the notice names: then for that notice only.
3. Two different NHS numbers never link. They go to review when all else agrees (a number may have been replaced),
   else they are two children. An adopted child's new name and number therefore lead neither to nor from the old ones.
4. A former identity is not a candidate at all, and nothing in the answer tells that it was there.
5. Children born together differ in their forename: a differing forename never links, however much else agrees.
6. Two subjects that both link are one question to a person, not a choice of the larger sum.
7. A child not yet born stands under the mother's number, who may be a child herself: it never leads to her record. At
   birth a person joins what was held to the child's own.
8. The answer depends on the set of candidates, never on their order, and a pair links in either direction or in none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sharing.identity.comparison import Level, Vector, compare
from sharing.identity.normalise import Comparable
from sharing.identity.weights import WEIGHTS, Waterfall, match_weight, waterfall

LINK_WEIGHT = 15.0
"""Odds of 32,000 to 1. Keeps out what rule 2 admits with two weak agreements and a differing sex."""
REVIEW_WEIGHT = 5.0
"""Odds of 32 to 1: below, a pair costs a person's time and teaches nothing."""

_SAME_FORENAME = frozenset({Level.EXACT, Level.KNOWN_AS})
_SAME_SURNAME = frozenset({Level.EXACT, Level.SIMILAR, Level.PART})
_SAME_DATE = frozenset({Level.EXACT, Level.DAY_MONTH_SWAPPED, Level.NEW_YEARS_DAY})
_SAME_PLACE = frozenset({Level.PROPERTY, Level.POSTCODE})
_OTHER_FORENAME = frozenset({Level.ELSE, Level.NAMES_SWAPPED})


class LinkOutcome(StrEnum):
    """What linkage says of a record."""

    LINK = "link"
    REVIEW = "review"
    NEW = "new"


class Scope(StrEnum):
    """For how much a link holds. `NOTICE_ONLY`: nothing is merged, the next notice is asked anew."""

    FULL = "full"
    NOTICE_ONLY = "notice_only"


class Reason(StrEnum):
    """Why, for the ledger and for the person who reviews."""

    IDENTIFIER = "identifier_agrees"
    DEMOGRAPHICS = "name_birth_date_and_postcode_agree"
    UNIQUE_ON_ROLL = "unique_on_the_named_settings_roll"
    SEVERAL = "several_subjects_would_link"
    CONTRADICTION = "identifiers_and_the_rest_contradict"
    NO_PLACE = "name_and_birth_date_alone"
    BORN_TOGETHER = "perhaps_born_together"
    UNBORN = "not_yet_born"
    TOO_LITTLE = "too_little_to_compare"
    DOUBT = "alike_but_not_enough"
    OTHERS = "nobody_known_is_like_it"


@dataclass(frozen=True, slots=True)
class Known:
    """A subject that shares a blocking value with the record.

    Attributes:
        subject: Row number of the subject.
        former: True for an identity that was left behind (adoption): rule 4.
    """

    subject: int
    comparable: Comparable
    former: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One subject that the record could be, and how strongly. Holds levels, no values."""

    subject: int
    outcome: LinkOutcome
    reason: Reason
    scope: Scope
    weight: float
    waterfall: Waterfall


@dataclass(frozen=True, slots=True)
class Linkage:
    """The answer for one record.

    Attributes:
        subject: The subject to link to, None unless the outcome is LINK.
        weight: Bits of the best candidate, prior included; 0 where there is none.
        candidates: Everybody whom the record may still be, heaviest first. Until it is settled their seals apply.
    """

    outcome: LinkOutcome
    reason: Reason
    subject: int | None = None
    scope: Scope = Scope.FULL
    weight: float = 0.0
    waterfall: Waterfall = ()
    candidates: tuple[Candidate, ...] = ()


def link(probe: Comparable, candidates: Sequence[Known], *, unique_on_roll: bool = False) -> Linkage:
    """Decide whose record this is.

    Args:
        probe: The record's child.
        candidates: Subjects that share a blocking value with it, each once.
        unique_on_roll: The named setting has exactly one child of this name and birth date on its roll.
    """
    judged = [_candidate(probe, known, unique_on_roll=unique_on_roll) for known in candidates if not known.former]
    possible = sorted(
        (c for c in judged if c.outcome is not LinkOutcome.NEW), key=lambda c: (-_rank(c), -c.weight, c.subject)
    )
    linking = [c for c in possible if c.outcome is LinkOutcome.LINK]
    if not possible:
        return Linkage(LinkOutcome.NEW, Reason.OTHERS)
    best = possible[0]
    if len(linking) == 1:
        return Linkage(
            LinkOutcome.LINK, best.reason, best.subject, best.scope, best.weight, best.waterfall, tuple(possible)
        )
    reason = Reason.SEVERAL if linking else best.reason
    return Linkage(LinkOutcome.REVIEW, reason, weight=best.weight, waterfall=best.waterfall, candidates=tuple(possible))


def _candidate(probe: Comparable, known: Known, *, unique_on_roll: bool) -> Candidate:
    """The best that any pair of accounts says.

    What speaks against an identifier is asked of all accounts together: an account without a name must not vouch for a
    number whose other accounts have another name.
    """
    vectors = compare(probe, known.comparable)
    against = _speaks_against_identifier(_best_levels(vectors))
    found = []
    for vector in vectors:
        steps = waterfall(vector)
        weight = match_weight(steps)
        outcome, reason, scope = _judge(vector, weight, against=against, unique_on_roll=unique_on_roll)
        found.append(Candidate(known.subject, outcome, reason, scope, weight, steps))
    return max(found, key=lambda c: (_rank(c), c.weight, c.reason, c.waterfall))


def _rank(candidate: Candidate) -> int:
    full = candidate.scope is Scope.FULL
    return {LinkOutcome.LINK: 2 + full, LinkOutcome.REVIEW: 1, LinkOutcome.NEW: 0}[candidate.outcome]


Judgement = tuple[LinkOutcome, Reason, Scope]


def _judge(v: Vector, weight: float, *, against: bool, unique_on_roll: bool) -> Judgement:
    """The rules in the order of their strength: what forbids a link comes before what makes one."""
    if v.unborn:
        return _judge_unborn(v)
    if v.nhs_number is Level.ELSE:
        return _review(Reason.CONTRADICTION) if _all_but_the_number_agrees(v) else _new()
    if Level.EXACT in (v.nhs_number, v.upn):
        return _review(Reason.CONTRADICTION) if against else _link(Reason.IDENTIFIER)
    return _judge_demographics(v, weight, unique_on_roll=unique_on_roll)


def _judge_unborn(v: Vector) -> Judgement:
    """Rule 7: before birth the number is the mother's, so it neither links nor keeps apart."""
    expected = v.birth is Level.EXPECTED and v.surname in _SAME_SURNAME
    if expected and v.address is not Level.ELSE:
        return _review(Reason.UNBORN)
    agrees = Level.EXACT in (v.nhs_number, v.upn)
    return _review(Reason.CONTRADICTION) if agrees and v.birth is not Level.ELSE else _new()


def _judge_demographics(v: Vector, weight: float, *, unique_on_roll: bool) -> Judgement:
    if v.upn is not Level.ELSE:
        if _is_same_child_at_same_place(v) and weight >= LINK_WEIGHT:
            return _link(Reason.DEMOGRAPHICS)
        if unique_on_roll and _is_same_name_and_date(v):
            return LinkOutcome.LINK, Reason.UNIQUE_ON_ROLL, Scope.NOTICE_ONLY
    if v.forename is Level.ELSE and (v.birth not in _SAME_DATE or Level.ELSE in (v.sex, v.upn)):
        return _new()  # brothers and sisters, and twins whom the records themselves tell apart
    if v.birth is Level.NULL and v.address is Level.NULL and v.surname is v.forename is Level.EXACT:
        return _review(Reason.TOO_LITTLE)
    return _review(_doubt(v)) if weight >= REVIEW_WEIGHT else _new()


def _is_same_child_at_same_place(v: Vector) -> bool:
    """Rule 2. A birth date on 1 January is too often a filler; a swapped one wants the surname exactly.

    A name in use is shared by a boy and a girl born together more easily than a forename: Alexander and Alexandra.
    """
    if v.forename is Level.KNOWN_AS and v.sex is Level.ELSE:
        return False
    dated = v.birth is Level.EXACT or (v.birth is Level.DAY_MONTH_SWAPPED and v.surname is Level.EXACT)
    return dated and v.forename in _SAME_FORENAME and v.surname in _SAME_SURNAME and v.address in _SAME_PLACE


def _is_same_name_and_date(v: Vector) -> bool:
    return v.birth is Level.EXACT and v.surname is Level.EXACT and v.forename in _SAME_FORENAME


def _all_but_the_number_agrees(v: Vector) -> bool:
    """Rule 3. Only the name in use counts: agreement by a former surname is what adoption looks like."""
    named = v.surname is Level.EXACT and v.forename in _SAME_FORENAME
    return named and v.birth in _SAME_DATE and v.address is not Level.ELSE


def _speaks_against_identifier(v: Vector) -> bool:
    """A number typed into a sister's record agrees, too. A UPN may outlive an adoption, so it wants the surname."""
    other_child = v.forename in _OTHER_FORENAME or v.birth is Level.ELSE or v.upn is Level.ELSE
    only_upn = v.nhs_number is Level.NULL and v.surname in (Level.ELSE, Level.FORMER)
    undated = v.birth is Level.NULL and v.surname is Level.ELSE
    return v.unborn or other_child or only_upn or undated


def _best_levels(vectors: Sequence[Vector]) -> Vector:
    """Field by field the level that weighs most among those that say anything."""
    best: dict[str, Level] = {}
    for vector in vectors:
        for field, level in vector.levels():
            held = best.get(field, Level.NULL)
            if held is Level.NULL or (level is not Level.NULL and WEIGHTS[field][level] > WEIGHTS[field][held]):
                best[field] = level
    return Vector(**best, unborn=all(v.unborn for v in vectors))


def _doubt(v: Vector) -> Reason:
    if v.forename is Level.ELSE:
        return Reason.BORN_TOGETHER
    if v.birth in _SAME_DATE and v.forename in _SAME_FORENAME and v.address not in _SAME_PLACE:
        return Reason.NO_PLACE
    return Reason.DOUBT


def _link(reason: Reason) -> Judgement:
    return LinkOutcome.LINK, reason, Scope.FULL


def _review(reason: Reason) -> Judgement:
    return LinkOutcome.REVIEW, reason, Scope.FULL


def _new() -> Judgement:
    return LinkOutcome.NEW, Reason.OTHERS, Scope.FULL
