"""What the family, an adult or the mother said to the sharing: written down as it was said, and nothing more.

Left out, on purpose: any use of it. No guard reads this register, so no permit can rest on a yes and none is stopped by
a no: where a child is at risk a refusal is no veto, and below that a yes is no lawful basis. It is there to be shown to
who asks why. A young patient's objection stands elsewhere: it closes (`policy.facts`).

Rules: one word for each of whom it is said and each organisation that heard it; the word of the latest moment stands;
free words (who exactly said so) are not kept.
"""

from collections.abc import Iterator
from dataclasses import replace

from sharing.events import Event, ProtectionNoticeSubmitted, ReferralSubmitted
from sharing.events.clinical import PregnancyConcernRaised
from sharing.events.early_help import EarlyHelpAssessmentChanged, FamilyConsent
from sharing.reconciliation.saying import World, source_of
from sharing.reconciliation.standing import Whose, Wish, Wished
from sharing.reconciliation.state import EventFacts, Step, SubjectState

_FAMILY = {
    FamilyConsent.GIVEN: Wished.AGREES,
    FamilyConsent.REFUSED: Wished.REFUSES,
    FamilyConsent.WITHDRAWN: Wished.AGREES_NO_LONGER,
    FamilyConsent.NOT_ASKED: Wished.NOT_ASKED,
}


def absorb(state: SubjectState, event: Event, about: EventFacts, _: World) -> Step:
    """Write down what an event says of somebody's wish. No register by which anything is decided moves."""
    after = state
    for whose, said in _words(event):
        new = Wish(whose, said, about.sender, event.envelope.author_function or "", source_of(event, about))
        after = replace(after, wishes=together(after.wishes, (new,)))
    return Step(after, changed=after != state)


def together(first: tuple[Wish, ...], second: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Both accounts: of each the word that speaks of the latest moment, of one moment the one that was there first."""
    found = {wish.key: wish for wish in first}
    for wish in second:
        known = found.setdefault(wish.key, wish)
        if known.source.or_later(wish.source) is not known.source and known.source.as_of != wish.source.as_of:
            found[wish.key] = wish
    return tuple(found.values())


def _words(event: Event) -> Iterator[tuple[Whose, Wished]]:
    match event:
        case EarlyHelpAssessmentChanged() if event.consent is not None:
            yield Whose.FAMILY, _FAMILY[event.consent]
        case ProtectionNoticeSubmitted() if event.adult_consents is not None:
            yield Whose.ADULT, Wished.AGREES if event.adult_consents else Wished.REFUSES
        case PregnancyConcernRaised() if event.consents is not None:
            yield Whose.MOTHER, Wished.AGREES if event.consents else Wished.REFUSES
        case ReferralSubmitted() if event.family_informed is not None:
            yield Whose.FAMILY, Wished.KNOWS if event.family_informed else Wished.DOES_NOT_KNOW
        case _:
            pass
