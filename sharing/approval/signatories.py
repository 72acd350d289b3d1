"""Who signs for whose data: one row an office, with the kinds of organisation whose data it controls and its key.

The table is data of the partnership and is itself changed by proposal: it stands in the ledger beside the texts that
it approves. Rules: every kind of organisation has a controller; every health body has its Caldicott guardian beside
it; local authority, police and a health body (the integrated care board) sign whatever widens; no two offices have one
key. Left out: who holds an office; a key may be absent until its holder has made it, and then nothing can be signed.
"""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sharing.policy.document import Faults, Place, Table, read
from sharing.policy.reading import check_keys, flag_of, members_of, name_of, table_of, text_of, word_of
from sharing.vocabulary import OrganisationKind

FILE = "signatories.yaml"
KEY_BYTES = 32
HEALTH = frozenset({OrganisationKind.HOSPITAL_TRUST, OrganisationKind.COMMUNITY_HEALTH, OrganisationKind.GP_PRACTICE})
_ALWAYS: Mapping[str, frozenset[OrganisationKind]] = {
    "the local authority": frozenset({OrganisationKind.LOCAL_AUTHORITY}),
    "police": frozenset({OrganisationKind.FORCE}),
    "the integrated care board": HEALTH,
}
_KEYS = ("office", "role", "controls", "always", "key")


class Role(StrEnum):
    """As what an office signs."""

    CONTROLLER = "controller"
    CALDICOTT_GUARDIAN = "caldicott-guardian"


@dataclass(frozen=True, slots=True)
class Signatory:
    """One office that signs.

    Attributes:
        office: In words, such as `Data protection officer, Easthaven Council`; never a person's name.
        controls: Kinds of organisation whose data it answers for.
        always: Whether it signs every change that widens, whosever data it is.
        key: Ed25519 public key, 32 bytes; None until its holder has made it.
    """

    name: str
    office: str
    role: Role
    controls: frozenset[OrganisationKind]
    always: bool = False
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Signatories:
    """The table, by name, in the order in which it is written."""

    by_name: Mapping[str, Signatory]

    def for_kind(self, kind: OrganisationKind) -> tuple[Signatory, ...]:
        """Who signs for the data of a kind of organisation: its controllers and, for health, Caldicott guardians."""
        return tuple(one for one in self.by_name.values() if kind in one.controls)

    def always(self) -> tuple[Signatory, ...]:
        """Who signs whatever widens."""
        return tuple(one for one in self.by_name.values() if one.always)

    def changed(self, after: "Signatories") -> tuple[str, ...]:
        """Names of the rows that another table takes out or writes otherwise."""
        return tuple(name for name, row in self.by_name.items() if after.by_name.get(name) != row)

    def without_key(self) -> tuple[str, ...]:
        """Names of those whose key has not been made yet."""
        return tuple(name for name, row in self.by_name.items() if row.key is None)

    def with_keys(self, keys: Mapping[str, bytes]) -> "Signatories":
        """The same table with these public keys."""
        return Signatories({n: replace(row, key=keys.get(n, row.key)) for n, row in self.by_name.items()})

    def text(self) -> str:
        """The table as it is read back, without comments."""
        return "signatories:\n" + "".join(line for row in self.by_name.values() for line in _lines(row))


def _lines(row: Signatory) -> Iterator[str]:
    yield f"  {row.name}:\n    office: {_quoted(row.office)}\n    role: {row.role.value}\n"
    yield f"    controls: [{', '.join(sorted(kind.value for kind in row.controls))}]\n"
    if row.always:
        yield "    always: true\n"
    if row.key is not None:
        yield f"    key: {b64encode(row.key).decode()}\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def read_signatories(text: str, source: str = FILE) -> Signatories:
    """Read the table.

    Raises:
        Misconfigured: one line a fault, `file:line:column: what is wrong`, all of them at once.
    """
    faults = Faults()
    document = read(source, text, faults)
    check_keys(document, ("signatories",), ("signatories",), faults)
    rows = table_of(document.get("signatories"), faults)
    found = [_row(key.text, table_of(node, faults), faults) for key, node in rows.entries.values()]
    for key, _ in rows.entries.values():
        name_of(key, faults)
    faults.raise_all()
    table = Signatories({row.name: row for row in found})
    for fault in _missing(table):
        faults.add(rows.place, fault)
    for row in found:
        same = [other.name for other in found if row.key and other.key == row.key and other.name < row.name]
        if same:
            faults.add(_place(rows, row.name), f"'{row.name}' has the key of '{same[0]}'; each office has its own")
    faults.raise_all()
    return table


def _place(rows: Table, name: str) -> Place:
    return rows.entries[name][0].place


def _row(name: str, entry: Table, faults: Faults) -> Signatory:
    check_keys(entry, _KEYS, ("office", "role", "controls"), faults)
    roles = members_of(entry.get("role"), "role", Role, faults)
    return Signatory(
        name,
        text_of(entry.get("office"), faults),
        roles[0] if roles else Role.CONTROLLER,
        frozenset(members_of(entry.get("controls"), "kind of organisation", OrganisationKind, faults)),
        always=flag_of(entry.get("always"), faults) if entry.get("always") is not None else False,
        key=_key(entry, faults),
    )


def _key(entry: Table, faults: Faults) -> bytes | None:
    if entry.get("key") is None:
        return None
    word = word_of(entry.get("key"), faults)
    try:
        found = b64decode(word.text, validate=True) if word else b""
    except (BadBase64, ValueError):
        found = b""
    if len(found) != KEY_BYTES:
        faults.add(entry.place, "'key' is what `crosswalk agreements approver-key` prints: 44 letters of base64")
        return None
    return found


def _missing(table: Signatories) -> Iterator[str]:
    controlled = {k for row in table.by_name.values() if row.role is Role.CONTROLLER for k in row.controls}
    guarded = {k for row in table.by_name.values() if row.role is Role.CALDICOTT_GUARDIAN for k in row.controls}
    for kind in OrganisationKind:
        if kind not in controlled:
            yield f"nobody is the controller of what a {kind.value} tells; name the office that signs for it"
        if kind in HEALTH and kind not in guarded:
            yield f"a {kind.value} has no Caldicott guardian here; name the office that signs for it"
    for who, kinds in _ALWAYS.items():
        if not any(row.controls & kinds for row in table.always()):
            yield f"{who} signs always: give its row 'always: true'"
