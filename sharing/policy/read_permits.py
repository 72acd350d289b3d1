"""One agreement's file to permits. Left out: what can only be seen across files (`loader`)."""

from collections.abc import Iterator, Mapping

from sharing.policy.document import Faults, Place, Table, Word
from sharing.policy.facts import Polarity
from sharing.policy.lattice import CLEAR, Transform, TransformKind
from sharing.policy.model import Agreement, Permit
from sharing.policy.pseudo import MARKER
from sharing.policy.read_transforms import fields_of
from sharing.policy.read_words import Words
from sharing.policy.reading import (
    check_keys,
    date_of,
    flag_of,
    members_of,
    name_of,
    stated,
    table_of,
    tables_of,
    text_of,
    words_of,
)
from sharing.vocabulary import Agency, RecipientKind

NEVER_STOPPED = {"referral.submitted": {RecipientKind.FRONT_DOOR, RecipientKind.EMERGENCY_DUTY}}
"""What no guard, seal or hold may touch, and to whom: a referral on its way to social care."""

_HEAD = ("agreement", "title", "parties", "dpia", "review_by")
_REQUIRED = ("id", "event", "to", "purpose", "fields")
_OPTIONAL = ("when", "hold_until", "never_stopped", "include")


def read_permits(document: Table, words: Words) -> Iterator[tuple[Permit, Place]]:
    """The permits of one agreement, each with its place; faults are noted in `words.faults`."""
    faults = words.faults
    check_keys(document, (*_HEAD, "permits"), (*_HEAD, "permits"), faults)
    agreement = Agreement(
        name_of(document.get("agreement"), faults),
        text_of(document.get("title"), faults),
        members_of(document.get("parties"), "agency", Agency, faults),
        stated(document.get("dpia"), "id of a data protection impact assessment", "[0-9]", faults),
        date_of(document.get("review_by"), faults),
    )
    for table in tables_of(document.get("permits"), faults):
        permit = _permit(table, agreement, words)
        if permit:
            yield permit, table.place


def _permit(table: Table, agreement: Agreement, words: Words) -> Permit | None:
    check_keys(table, (*_REQUIRED, *_OPTIONAL), _REQUIRED, words.faults)
    event = words.event(table.get("event"))
    purpose = words.purpose(table.get("purpose"))
    name = name_of(table.get("id"), words.faults)
    to = _recipients(table, agreement, words)
    fields = _fields(table, event, words)
    when = words.condition(table.get("when"), Polarity.PERMIT)
    hold = words.permit_guards(table.get("hold_until"))
    stopped = flag_of(table.get("never_stopped"), words.faults)
    if event is None or purpose is None:
        return None
    permit = Permit(
        permit_id=f"{agreement.name}/{name}",
        agreement=agreement,
        event_type=event,
        to=to,
        purpose=purpose,
        fields=fields,
        when=when,
        hold_until=hold,
        never_stopped=stopped,
        place=str(table.place),
    )
    _check_never_stopped(permit, table, words.faults)
    _check_marker(permit, table, words)
    return permit


def _check_never_stopped(permit: Permit, table: Table, faults: Faults) -> None:
    bound = NEVER_STOPPED.get(permit.event_type, set())
    if permit.never_stopped and not set(permit.to) <= bound:
        faults.add(table.place, "'never_stopped' is for a referral on its way to social care, and for nothing else")
    if permit.never_stopped and ("when" in table.entries or "hold_until" in table.entries):
        faults.add(table.place, "what is never stopped has no 'when' and no 'hold_until'")
    whole = {TransformKind.CLEAR, TransformKind.TOKEN, TransformKind.WITHHOLD}
    reduced = [path for path, transform in permit.fields.items() if transform.kind not in whole]
    if permit.never_stopped and reduced:
        faults.add(table.place, f"'{reduced[0]}': what is never stopped goes whole, or not at all")
    if not permit.never_stopped and bound & set(permit.to):
        faults.add(table.place, "a referral to social care must say 'never_stopped: true'")


def _check_marker(permit: Permit, table: Table, words: Words) -> None:
    """That something is held back may be said to those alone to whom some marker may be said."""
    told = {kind for marker in words.vocabulary.markers.values() for kind in marker.to}
    outside = [kind for kind in permit.to if kind not in told]
    if permit.fields.get(MARKER) == CLEAR and outside:
        names = ", ".join(outside)
        words.faults.add(table.place, f"'{MARKER}' to {names}: no marker may be said there; stay silent")


def _recipients(table: Table, agreement: Agreement, words: Words) -> tuple[RecipientKind, ...]:
    node = table.get("to")
    to = words.recipients(node)
    named = words_of(node, Faults())
    if node is not None and not named:
        words.faults.add(node.place, "nobody receives it; name a recipient")
    for word, kind in ((w, kind) for w in named for kind in words.vocabulary.kinds_named(w.text)):
        agency = words.vocabulary.recipients.get(kind)
        if agency and agency not in agreement.parties:
            words.faults.add(word.place, f"'{kind}' belongs to {agency}, which is not among the parties above")
    return to


def _fields(table: Table, event: str | None, words: Words) -> dict[str, Transform]:
    """What is included and what is named here; each field once."""
    found: dict[str, Transform] = {}
    for word in words_of(table.get("include"), words.faults):
        if word.text not in words.vocabulary.field_sets:
            words.faults.unknown(word, "field set", words.vocabulary.field_sets)
        _add(found, words.vocabulary.field_sets.get(word.text, {}), {}, word, words.faults)
    own = table_of(table.get("fields"), words.faults, table.place)
    keys = {path: key for path, (key, _) in own.entries.items()}
    _add(found, fields_of(own, words.maps, words.faults), keys, Word("", own.place), words.faults)
    if event is None:
        return found
    fits = {
        path: words.check_field(event, path, t, keys.get(path, Word(path, table.place))) for path, t in found.items()
    }
    return {path: transform for path, transform in found.items() if fits[path]}


def _add(
    found: dict[str, Transform], more: Mapping[str, Transform], keys: Mapping[str, Word], at: Word, faults: Faults
) -> None:
    for path, transform in more.items():
        if path in found:
            faults.add(keys.get(path, at).place, f"field '{path}' is given twice in this permit")
        found[path] = transform
