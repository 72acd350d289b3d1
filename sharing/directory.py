"""Who can be reached, by organisation and function, never by person.

Left out: reading files (a shell does, with `from_document`) and who is involved with which child
(`reconciliation.state`). Rules: an organisation that is not enrolled is known but receives nothing; a function names
its deputy, and the chain of deputies ends; telephone numbers stand here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sharing.errors import Misconfigured
from sharing.vocabulary import Agency, OrganisationKind


@dataclass(frozen=True, slots=True)
class Function:
    """One function of an organisation.

    Attributes:
        telephone: Number to call, `""` where there is none.
        deputy: Function that acts when this one is silent, or None.
    """

    telephone: str = ""
    deputy: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation of the partnership, or one that it must be able to name.

    Attributes:
        slug: Name in topics: lower case, digits, hyphens; never a dot.
        enrolled: Whether it runs a connector. Who is not enrolled receives nothing by topic.
        urn: Unique reference number of a setting. `ods`: health organisation code.
        terms: Name of its term calendar, `""` where school days do not apply.
        may_seal: Whether it may publish on `seals.*`.
    """

    slug: str
    agency: Agency
    kind: OrganisationKind
    name: str
    enrolled: bool = True
    urn: str | None = None
    ods: str | None = None
    terms: str = ""
    may_seal: bool = False
    functions: Mapping[str, Function] = field(default_factory=dict)

    def telephone(self, function: str) -> str:
        """Number of a function, or of its first deputy who has one; `""` if nobody has."""
        seen: set[str] = set()
        name: str | None = function
        while name is not None and name not in seen:
            seen.add(name)
            entry = self.functions.get(name, Function())
            if entry.telephone:
                return entry.telephone
            name = entry.deputy
        return ""


@dataclass(frozen=True, slots=True)
class Directory:
    """Every organisation, by slug, in a fixed order."""

    organisations: Mapping[str, Organisation]
    _kinds: dict[OrganisationKind, tuple[Organisation, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def get(self, slug: str) -> Organisation | None:
        """The organisation of that slug, or None."""
        return self.organisations.get(slug)

    def by_urn(self, urn: str) -> Organisation | None:
        """The setting with that URN, or None."""
        return next((o for o in self.organisations.values() if o.urn == urn), None)

    def by_ods(self, ods: str) -> Organisation | None:
        """The health organisation with that ODS code, or None."""
        return next((o for o in self.organisations.values() if o.ods == ods), None)

    def of_kind(self, kind: OrganisationKind) -> tuple[Organisation, ...]:
        """Every enrolled organisation of a kind, by slug."""
        found = self._kinds.get(kind)
        if found is None:  # every event asks, and there may be 400 schools
            found = tuple(o for _, o in sorted(self.organisations.items()) if o.kind is kind and o.enrolled)
            self._kinds[kind] = found
        return found

    def the(self, kind: OrganisationKind) -> Organisation:
        """The one organisation of a kind that a partnership has once: its local authority, its force.

        Raises:
            Misconfigured: there is none, or several.
        """
        found = self.of_kind(kind)
        if len(found) != 1:
            raise Misconfigured(f"directory: expected one enrolled organisation of kind {kind}, found {len(found)}")
        return found[0]


_ORGANISATION_KEYS = {"agency", "kind", "name", "enrolled", "urn", "ods", "terms", "may_seal", "functions"}


def from_document(document: Mapping[str, Any], source: str) -> Directory:
    """Read a directory from a parsed YAML or JSON document.

    Args:
        document: `{"organisations": {slug: {agency, kind, name, ...}}}`.
        source: Name of the file, for messages.

    Raises:
        Misconfigured: names every fault at once, with file, organisation and key.
    """
    faults: list[str] = []
    found: dict[str, Organisation] = {}
    for slug, entry in sorted(document.get("organisations", {}).items()):
        try:
            found[slug] = _organisation(slug, entry)
        except (ValueError, TypeError, KeyError) as fault:
            faults.append(f"{source}: organisation {slug}: {fault}")
    if not found and not faults:
        faults.append(f"{source}: no organisations")
    if faults:
        raise Misconfigured("\n".join(faults))
    return Directory(found)


def _organisation(slug: str, entry: Mapping[str, Any]) -> Organisation:
    unknown = set(entry) - _ORGANISATION_KEYS
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}; allowed are {sorted(_ORGANISATION_KEYS)}")
    if not slug.replace("-", "").isalnum() or not slug.islower():
        raise ValueError("a slug is lower-case letters, digits and hyphens")
    functions = {name: Function(**(value or {})) for name, value in entry.get("functions", {}).items()}
    for name, function in functions.items():
        if function.deputy is not None and function.deputy not in functions:
            raise ValueError(f"function {name}: deputy {function.deputy} is not one of its functions")
    plain = {k: entry[k] for k in ("name", "enrolled", "urn", "ods", "terms", "may_seal") if k in entry}
    return Organisation(slug, Agency(entry["agency"]), OrganisationKind(entry["kind"]), functions=functions, **plain)
