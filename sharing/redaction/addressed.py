"""Text that was written for the one who receives it goes at once, after a look for what it must not hold.

It is no free text to be withheld: a refusal without its reason, a notice without its circumstances help no child. But
who writes fast writes an address. So each such text is looked through for the sealed values of this family and then for
patterns of postcodes, telephone and NHS numbers, e-mail and web addresses; a field with a hit stays behind, the rest
goes at once, with a number to ring.

Left out: whose values are sealed (`streams`), sending, and what a person does with a text that stayed behind. Rules:
what the same decision gives the recipient in a field of its own is no hit in a text; numbers that stand in the
directory are nobody's secret; a referral on its way to social care is not looked at; a hit names the field, never the
value.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from json import loads

from sharing.events import Event, ReferralSubmitted
from sharing.policy import Decision
from sharing.policy.canonical import canonical
from sharing.policy.decision import rows_of, shape_of
from sharing.policy.lattice import WITHHOLD, TransformKind
from sharing.redaction.patterns import MAIL, NHS, ORDINAL, POSTCODE, TELEPHONE, WEB, is_nhs_number
from sharing.redaction.tripwire import Needles, hits, national, read_parts, texts_at
from sharing.vocabulary import FieldClass, Outcome

DICTIONARY = "dictionary"
"""Why a text stays behind although a permit gives it."""
GIVEN = {"postcode": "child.postcode", "telephone": "child.telephone", "reach": "child.telephone",
         "nhs": "child.nhs_number"}  # fmt: skip
"""For each pattern the field that, given in clear, makes it no hit."""


def held_back(
    event: Event, decision: Decision, classes: Mapping[str, FieldClass], sealed: Needles, known: Collection[str]
) -> frozenset[str]:
    """Paths of addressed texts that must stay behind; empty nearly always.

    Args:
        event: The whole event.
        decision: About it and its recipient.
        classes: Of its fields, by path.
        sealed: Values of the family that seals close to this recipient.
        known: National parts of the telephone numbers of the directory.
    """
    if decision.outcome is not Outcome.DELIVER or isinstance(event, ReferralSubmitted):
        return frozenset()
    clear = {r.path for r in decision.fields if r.is_released and r.transform.kind is TransformKind.CLEAR}
    allowed = {name for name, path in GIVEN.items() if path in clear}
    own = {national(text) for path in clear if classes.get(path) in _REACHED_BY for text in texts_at(event, path)}
    found = set()
    for path in clear:
        if classes.get(path) is FieldClass.ADDRESSED:
            texts = list(texts_at(event, path))
            if any(_is_hit(text, allowed, {*known, *own}, sealed) for text in texts):
                found.add(path)
    return frozenset(found)


_REACHED_BY = frozenset({FieldClass.PROFESSIONAL_CONTACT, FieldClass.REFERRER})
"""Classes of field that hold the numbers of those who work with the child."""


def _is_hit(text: str, allowed: Collection[str], known: Collection[str], sealed: Needles) -> bool:
    if sealed and hits(read_parts({"text": text.encode()}), sealed):
        return True
    return any(name not in allowed for name in _patterns(text, known))


def _patterns(text: str, known: Collection[str]) -> Iterator[str]:
    """Names of the patterns that a text holds."""
    if any(not ORDINAL.fullmatch(inward) for inward in POSTCODE.findall(text)):
        yield "postcode"
    if any(national(number) not in known for number in TELEPHONE.findall(text)):
        yield "telephone"
    if MAIL.search(text) or WEB.search(text):
        yield "reach"
    if any(is_nhs_number(number) for number in NHS.findall(text)):
        yield "nhs"


def without(decision: Decision, paths: Collection[str]) -> Decision:
    """The same decision with these texts withheld, for the reason that something was found in them."""
    if not paths:
        return decision
    fields = tuple(r._replace(transform=WITHHOLD, reason=DICTIONARY) if r.path in paths else r for r in decision.fields)
    body = canonical({**loads(decision.body()), "fields": rows_of(fields)})
    shape = shape_of(decision.event_type, fields)
    return replace(decision, fields=fields, shape=shape, digest=sha256(body).digest(), _body=body)
