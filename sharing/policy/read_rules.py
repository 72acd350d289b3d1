"""seals.yaml and invariants.yaml to their rules. Left out: permits (`read_permits`) and whether invariants hold."""

from collections.abc import Iterator
from dataclasses import replace

from sharing.policy.conditions import guards_of
from sharing.policy.document import Place, Table
from sharing.policy.facts import Polarity
from sharing.policy.lattice import CLEAR, WITHHOLD, Transform, TransformKind
from sharing.policy.model import SILENT, AlwaysRule, NeverRule, Seal, SealException
from sharing.policy.paths import EXISTS
from sharing.policy.pseudo import PSEUDO_FIELDS
from sharing.policy.read_transforms import transform_of
from sharing.policy.read_words import Words
from sharing.policy.reading import check_keys, flag_of, name_of, stated, table_of, tables_of, text_of, word_of, words_of
from sharing.vocabulary import FieldClass

_SEAL = ("id", "means", "when", "closes", "do", "marker")


def read_seals(document: Table, words: Words) -> Iterator[tuple[Seal, Place]]:
    """The seals, each with its place."""
    check_keys(document, ("seals",), ("seals",), words.faults)
    for table in tables_of(document.get("seals"), words.faults):
        check_keys(table, (*_SEAL, "to", "except_to", "absolute", "except", "leaves_open"), _SEAL, words.faults)
        text_of(table.get("means"), words.faults)
        yield _seal(table, words), table.place


def _seal(table: Table, words: Words) -> Seal:
    closes = words_of(table.get("closes"), words.faults)
    around = frozenset(word.text for word in closes if word.text in PSEUDO_FIELDS)
    classes = words.classes([word for word in closes if word.text not in around])
    do = transform_of(table.get("do"), words.maps, words.faults) or WITHHOLD
    seal = Seal(
        seal_id=f"seals/{name_of(table.get('id'), words.faults)}",
        when=words.condition(table.get("when"), Polarity.SEAL),
        classes=classes,
        exists=EXISTS in around,
        to=words.kinds(table.get("to"), table.get("except_to")),
        do=do,
        absolute=flag_of(table.get("absolute"), words.faults),
        exceptions=tuple(_exceptions(table, words)),
        around=around - {EXISTS},
    )
    _check_seal(seal, table, words)
    return _marked(seal, table, words)


def _marked(seal: Seal, table: Table, words: Words) -> Seal:
    """The seal with its marker, if it has one and may have it."""
    word = word_of(table.get("marker"), words.faults)
    if word is None or word.text == SILENT:
        return seal
    marker = words.vocabulary.markers.get(word.text)
    if marker is None:
        why = "a seal is silent, the same bytes as a field that was never there, or names a marker of the vocabulary"
        words.faults.add(word.place, f"unknown marker '{word.text}': {why}")
        return seal
    if not seal.classes or seal.around or seal.exists or not seal.classes <= marker.classes:
        allowed = ", ".join(sorted(marker.classes))
        words.faults.add(
            word.place, f"marker '{marker.name}' may be said of class {allowed} alone; this seal is silent"
        )
    shown = Transform(TransformKind.EXISTENCE, marker.name, ((marker.name, marker.says),))
    return replace(seal, marker=marker.name, shown=shown)


def _check_seal(seal: Seal, table: Table, words: Words) -> None:
    faults = words.faults
    if seal.absolute and "except" in table.entries:
        faults.add(table.entries["except"][0].place, "an absolute seal has no exception")
    if seal.do == CLEAR or ((seal.exists or seal.around) and seal.do != WITHHOLD):
        faults.add(table.place, "this seal closes nothing; 'do' says how much may still go, such as 'withhold'")
    if seal.do.kind in {TransformKind.TOKEN, TransformKind.SCRUB, TransformKind.PERSONS}:
        faults.add(
            table.place, f"a seal does not lower to '{seal.do.words}': what is sealed is not told in another way"
        )
    _check_closure(seal.classes, table, words)


def _check_closure(closed: frozenset[FieldClass], table: Table, words: Words) -> None:
    """Whoever closes a class closes what it can be told from, or says of each why not (`leaves_open`)."""
    left = table_of(table.get("leaves_open"), words.faults, table.place)
    spared = words.classes([key for key, _ in left.entries.values()])
    for _, reason in left.entries.values():
        stated(reason, "reason", "[a-z]", words.faults)
    told_by = words.vocabulary.told_by
    for own in sorted(closed):
        missing = told_by.get(own, frozenset()) - closed - spared
        if missing:
            names = ", ".join(sorted(missing))
            why = f"close that too, or say why not under 'leaves_open: {{{min(missing)}: reason}}'"
            words.faults.add(table.place, f"class {own} can be told from {names}: {why}")
    needless = spared - frozenset().union(*(told_by.get(own, frozenset()) for own in closed)) | (spared & closed)
    for own in sorted(needless):
        words.faults.add(left.place, f"class {own} is not left open here: take it out of 'leaves_open'")


def _exceptions(table: Table, words: Words) -> Iterator[SealException]:
    for entry in tables_of(table.get("except"), words.faults):
        check_keys(entry, ("to", "when"), ("to",), words.faults)
        to = words.recipients(entry.get("to"))
        yield SealException(to, words.condition(entry.get("when"), Polarity.PERMIT))


_NEVER = ("id", "because", "to")
_NEVER_MORE = (
    "classes",
    "fields",
    "events",
    "except_events",
    "except_fields",
    "except_to",
    "when",
    "more_than",
    "leaves_open",
)


def read_never(document: Table, words: Words) -> Iterator[tuple[NeverRule, Place]]:
    """The `never` rules, each with its place."""
    for table in tables_of(document.get("never"), words.faults):
        check_keys(table, (*_NEVER, *_NEVER_MORE), _NEVER, words.faults)
        more_than = table.get("more_than")
        rule = NeverRule(
            rule_id=name_of(table.get("id"), words.faults),
            because=text_of(table.get("because"), words.faults),
            classes=words.classes(words_of(table.get("classes"), words.faults)),
            fields=words.paths(table.get("fields")),
            to=words.kinds(table.get("to"), table.get("except_to")),
            events=words.events(table.get("events")) if table.get("events") else None,
            except_events=words.events(table.get("except_events")),
            except_fields=words.paths(table.get("except_fields")),
            when=words.condition(table.get("when"), None),
            more_than=transform_of(more_than, words.maps, words.faults) if more_than else None,
        )
        if not rule.classes and not rule.fields:
            words.faults.add(table.place, "'classes' or 'fields' must say what is never released")
        if _is_about_a_seal(rule, words):
            _check_closure(rule.classes, table, words)
        elif "leaves_open" in table.entries:
            words.faults.add(table.place, "'leaves_open' is for seals, and for rules about what holds under a seal")
        yield rule, table.place


def _is_about_a_seal(rule: NeverRule, words: Words) -> bool:
    """A rule about what holds under a seal must name as much as the seal itself, or it would prove too little."""
    guards = (words.vocabulary.guards.get(guard) for guard in guards_of(rule.when))
    return any(entry is not None and entry.polarity is Polarity.SEAL for entry in guards)


def _given_by(path: str) -> Transform:
    return PSEUDO_FIELDS[path].gives if path in PSEUDO_FIELDS else CLEAR


_ALWAYS = ("id", "because", "event", "to", "fields")


def read_always(document: Table, words: Words) -> Iterator[tuple[AlwaysRule, Place]]:
    """The `always` rules, each with its place."""
    for table in tables_of(document.get("always"), words.faults):
        check_keys(table, (*_ALWAYS, "when", "at_least"), _ALWAYS, words.faults)
        at_least = table.get("at_least")
        enough = transform_of(at_least, words.maps, words.faults) if at_least else CLEAR
        event = words.event(table.get("event"))
        named = words_of(table.get("fields"), words.faults)
        for word in named:
            if event:
                words.check_field(event, word.text, _given_by(word.text), word)
        if event:
            yield (
                AlwaysRule(
                    rule_id=name_of(table.get("id"), words.faults),
                    because=text_of(table.get("because"), words.faults),
                    event=event,
                    to=words.recipients(table.get("to")),
                    fields=tuple(word.text for word in named),
                    when=words.condition(table.get("when"), None),
                    at_least=enough or CLEAR,
                ),
                table.place,
            )
