"""Who must sign a change, computed from what the change would newly disclose.

Rules:
1. The first set of an installation is signed by every office of its table: there is nothing to compare it with. So is
   one that follows a set which cannot be read any more.
2. Where a field newly goes to somebody, the controller of everybody who may say that event signs, for a health body its
   Caldicott guardian too; and with them local authority, integrated care board and police.
3. What moves the frame (an invariant, a guard, a purpose, an agreement's dates or parties, what waits instead of being
   refused) may widen without a field to show; local authority, integrated care board and police sign it.
4. A change of the table of signatories is signed by these three and by every office whose row it changes, each with
   the key that it has now.
5. A change of whose data an event is, by which somebody loses a say, is signed by them and by these three.
6. Anything else only narrows, or changes nothing: any one office of the table signs.

What is not understood asks for more signatures, never for fewer. Left out: whether they were given (`course`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sharing.approval.signatories import Signatories
from sharing.events import EVENT_TYPES
from sharing.reconciliation.parties import MAY_SAY
from sharing.vocabulary import OrganisationKind

BY_BROKER = frozenset({"broker", "correction"})
"""Families of event that the broker says itself."""
DISCLOSED, WAITS, OTHERWISE = "newly_disclosed", "waits_otherwise", "changed_otherwise"
REFUSED = "withhold"
_HARMLESS = ("permit ", "seal ")
"""What these lines change shows in the fields, one by one, if it shows anywhere."""
_NARROWS = {"agreement": "taken out", "purpose": "taken out", "never": "new", "always": "new"}


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who must sign.

    Attributes:
        reasons: Name of each office that must sign, with why, in words. Empty: any one office will do.
    """

    reasons: Mapping[str, tuple[str, ...]]

    @property
    def any_one(self) -> bool:
        """Whether one signature, of whichever office, is enough."""
        return not self.reasons

    def missing(self, signed: Iterable[str]) -> tuple[str, ...]:
        """Who has yet to sign, by name; `any one office` where one will do and none has."""
        given = set(signed)
        if self.any_one:
            return () if given else ("any one office",)
        return tuple(name for name in self.reasons if name not in given)


def founding_report(version: str) -> dict[str, Any]:
    """The report of a first set: whoever signs it signs the matrix itself."""
    return {"old": "", "new": version, "founding": True}


def quorum(
    report: Mapping[str, Any], table: Signatories, after: Signatories, lost: Collection[str] = frozenset()
) -> Quorum:
    """Who must sign.

    Args:
        report: Of the difference (`sharing.policy.difference.Difference.report`), or `founding_report`.
        table: In force before the change; of a first set its own.
        after: The table that comes with the change.
        lost: Kinds of organisation whose data something no longer is (`proposal.lost_speakers`).
    """
    reasons: dict[str, list[str]] = {name: [] for name in table.by_name}
    if report.get("founding") or not report.get("old"):
        return Quorum(dict.fromkeys(table.by_name, ("there is nothing to compare it with: every office signs",)))
    widened = _disclosures(report)
    for kind, told in widened.items():
        for row in table.for_kind(kind):
            reasons[row.name] += told
    changed = table.changed(after)
    for name in changed:
        reasons[name].append("its own row in the table of signatories changes")
    added = [name for name in after.by_name if name not in table.by_name]
    frame = [*_frame(report), *(f"signatory {name}: new" for name in added)]
    for word in sorted(lost):
        frame.append(f"what a {word} tells is counted as others' alone")
        for row in (r for r in table.by_name.values() if word in r.controls):
            reasons[row.name].append("some of its data is counted as others' alone")
    if widened or changed or frame:
        why = frame or ["signs whatever widens"]
        for row in table.always():
            reasons[row.name] += why
    return Quorum({name: tuple(dict.fromkeys(why)) for name, why in reasons.items() if why})


def speakers(event_type: str) -> frozenset[OrganisationKind]:
    """Kinds of organisation whose data an event may be: everybody who may say it."""
    family = event_type.partition(".")[0]
    if family in BY_BROKER:
        return frozenset({OrganisationKind.BROKER})
    said_by_all = frozenset(OrganisationKind) - {OrganisationKind.BROKER}
    return MAY_SAY.get(family, said_by_all)


def speakers_table() -> dict[str, list[str]]:
    """Whose data each event of the catalogue may be: event type to kinds of organisation, for the ledger to keep."""
    return {event_type: sorted(kind.value for kind in speakers(event_type)) for event_type in sorted(EVENT_TYPES)}


def _disclosures(report: Mapping[str, Any]) -> dict[OrganisationKind, list[str]]:
    """What each kind of organisation would newly disclose, in words, one line an event and recipient."""
    fields: dict[tuple[str, str], set[str]] = defaultdict(set)
    for change in report.get(DISCLOSED, ()):
        fields[change["event"], change["to"]].add(change["field"])
    found: dict[OrganisationKind, list[str]] = defaultdict(list)
    for (event_type, to), paths in sorted(fields.items()):
        words = f"{len(paths)} field{'s' if len(paths) > 1 else ''} of {event_type} newly to {to}"
        for kind in speakers(event_type):
            found[kind].append(words)
    return found


def _frame(report: Mapping[str, Any]) -> Iterator[str]:
    for change in report.get(WAITS, ()):
        if change.get("after") != REFUSED:
            yield f"{change['event']} to {change['to']} waits, and may go when that is settled, where it was refused"
    for line in report.get(OTHERWISE, ()):
        what = str(line).partition(" ")[0]
        narrows = what in _NARROWS and str(line).endswith(f": {_NARROWS[what]}")
        if not str(line).startswith(_HARMLESS) and not narrows:
            yield str(line)
