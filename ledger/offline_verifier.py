"""Verifies an exported ledger on any machine: one file, Python's own library and `cryptography`, nothing else.

    python offline_verifier.py FOLDER [--key WORD] [--against CHECKPOINT] [--json]

Prints `ok leaves=... checkpoints=... decisions=...` and ends with status 0; or names the first fault and ends with 1;
or says why it could not look and ends with 2. FOLDER is what `crosswalk ledger export` wrote.

It takes nobody's word: leaves are made again from the exported rows, the tree from the leaves, and every checkpoint,
cosignature and approval is checked against its key; every decision is made again from the matrix that was signed,
with rules written here anew (docs/matrix.md). Hand in with `--key` the ledger's public key as you had it from somebody
else than the exporter, and with `--against` a checkpoint that was published before: without them it can only say that
the export agrees with itself. It imports nothing of the product on purpose, and is longer than other files because it
must be one.

What it cannot see: whether a fact that was recorded (`guards`) was true; what a recipient did with what it got; and, of
two purposes under which something could go, whether the right one was chosen.
"""

import argparse
import binascii
import hmac
import json
import re
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "crosswalk-ledger-export/1"
LOG, WITNESS = b"\x01", b"\x04"
OUTCOMES = {"deliver": ("deliver",), "express": ("deliver",), "suppress": ("suppress",), "hold": ("hold", "deliver")}
"""What a decision may say for each state of its leaf. What was permitted may be set aside; nothing else may differ."""
GRACE = 60_000
"""Milliseconds: two workers' clocks, and a batch that was under way when other agreements came into force."""
FILES = (
    "manifest.json",
    "carriers.jsonl",
    "decisions.jsonl",
    "checkpoints.jsonl",
    "cosignatures.jsonl",
    "opened.jsonl",
)
Json = dict[str, Any]
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Fault(Exception):  # noqa: N818 - what was found
    """The first thing that does not hold, in plain words."""


class Unreadable(Exception):  # noqa: N818 - what is the matter
    """There is no export here, or it cannot be read."""


# ---------------------------------------------------------------- the tree (RFC 6962)


class Tree:
    """A growing Merkle tree, of which only the edge is kept."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append a leaf."""
        node, bits, edge = sha256(b"\0" + leaf).digest(), self.size, self._edge
        while bits & 1:
            node = sha256(b"\1" + edge.pop() + node).digest()
            bits >>= 1
        edge.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree so far."""
        if not self._edge:
            return sha256(b"").digest()
        node = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            node = sha256(b"\1" + left + node).digest()
        return node


def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root to which a path leads from a leaf (RFC 9162 2.1.3.2), None where it leads nowhere."""
    if not 0 <= index < size:
        return None
    at, last, node = index, size - 1, sha256(b"\0" + leaf).digest()
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            node = sha256(b"\1" + step + node).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + step).digest()
        at, last = at >> 1, last >> 1
    return node if last == 0 else None


# ---------------------------------------------------------------- signed notes (C2SP)


def verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether it is that key's signature."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def read_key(word: str, kind: bytes) -> tuple[str, bytes]:
    """Name and 32 bytes of a public key as one word: name, plus, key id, plus, base64."""
    name, _, rest = word.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded)
    if len(raw) != 33 or raw[:1] != kind or sha256(name.encode() + b"\n" + raw).digest()[:4].hex() != key_id:  # noqa: PLR2004
        raise Fault(f"the public key of {name or 'somebody'} is malformed")
    return name, raw[1:]


def unbase64(text: str) -> bytes:
    """Bytes of base64 in its one spelling; nothing of anything else."""
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if b64encode(raw).decode() == text else b""


class Note:
    """A signed checkpoint."""

    def __init__(self, text: str) -> None:
        body, blank, lines = text.partition("\n\n")
        parts = body.split("\n")
        if not blank or len(parts) < 3 or not re.fullmatch(r"0|[1-9][0-9]{0,18}", parts[1]):  # noqa: PLR2004
            raise Fault("a checkpoint is malformed")
        self.origin, self.size, self.root = parts[0], int(parts[1]), unbase64(parts[2])
        self.body, self._lines = f"{body}\n".encode(), lines.split("\n")

    def signatures(self, name: str, public: bytes, kind: bytes) -> list[bytes]:
        """What stands behind a name under a key."""
        key_id, found = sha256(name.encode() + b"\n" + kind + public).digest()[:4], []
        for line in self._lines:
            dash, _, rest = line.partition(" ")
            signer, _, encoded = rest.rpartition(" ")
            raw = unbase64(encoded)
            if dash == "\u2014" and signer == name and raw[:4] == key_id:
                found.append(raw[4:])
        return found

    def is_signed(self, name: str, public: bytes) -> bool:
        """Whether the ledger signed it, and every signature in its name is good."""
        found = self.signatures(name, public, LOG)
        return self.origin == name and bool(found) and all(verifies(public, s, self.body) for s in found)

    def is_cosigned(self, name: str, public: bytes) -> bool:
        """Whether a witness signed it, together with a time."""
        for raw in self.signatures(name, public, WITNESS):
            at = int.from_bytes(raw[:8], "big")
            if verifies(public, raw[8:], b"cosignature/v1\ntime %d\n%b" % (at, self.body)):
                return True
        return False


# ---------------------------------------------------------------- deciding again (docs/matrix.md)

Truth = bool | None


def truth(condition: Any, facts: Json) -> Truth:
    """Kleene's three values of a condition."""
    if isinstance(condition, str):
        value = facts.get(condition)
        return value if isinstance(value, bool) else None
    word, *parts = condition
    if word == "not":
        inner = truth(parts[0], facts)
        return None if inner is None else not inner
    found = [truth(part, facts) for part in parts]
    decisive: bool = word == "or"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


def guards_in(condition: Any) -> set[str]:
    """Guards that a condition names."""
    if isinstance(condition, str):
        return {condition}
    return set().union(*(guards_in(part) for part in condition[1:]))


class Matrix:
    """One set of agreements, as it was signed."""

    def __init__(self, body: bytes) -> None:
        found = json.loads(body)
        self.version = sha256(body).hexdigest()
        self.permits: Json = found["permits"]
        self.seals: Json = found["seals"]
        self.events: dict[str, list[list[str]]] = found["events"]
        self._more: dict[str, list[str]] = found["lattice"]
        self._statutes = {purpose["name"]: purpose["statute"] for purpose in found["purposes"]}
        self._cells = {(c["event"], c["to"], c["purpose"]): c for c in found["cells"]}
        self._closes = {name for name, polarity, _ in found["guards"] if polarity == "seal"}

    def widened(self, older: "Matrix") -> Iterator[tuple[str, str, str]]:
        """Event, recipient and field of which more goes here than there, in one of the situations that are tried.

        Tried are the one in which everything is open, and each that differs from it in one fact: what is found is so,
        and what is found in no such situation may still be.
        """
        for key, cell in self._cells.items():
            before = older._cells.get(key)  # noqa: SLF001 - another of its own kind
            if self._bearing(cell) == older._bearing(before):  # noqa: SLF001
                continue
            guards = sorted(self._guards(cell) | older._guards(before))  # noqa: SLF001
            opens: Json = {guard: guard not in self._closes for guard in guards}
            others = ({**opens, g: value} for g in guards for value in (True, False, None) if value is not opens[g])
            for facts in [opens, *others]:
                now, then = self._levels(key, facts), older._levels(key, facts)  # noqa: SLF001
                more = (path for path, level in now.items() if not self._at_most(level, then.get(path, "withhold")))
                yield from ((key[0], key[1], path) for path in more)

    def _bearing(self, cell: Json | None) -> object:
        """All that decides about a cell."""
        permits = {f[2]: self.permits[f[2]] for f in cell["fields"]} if cell else {}
        return cell, permits, {name: self.seals[name] for name in cell["seals"]} if cell else {}

    def _levels(self, key: tuple[str, str, str], facts: Json) -> dict[str, str]:
        """How much of each field goes in one situation; what does not go at all is left out."""
        cell = self._cells.get(key)
        if cell is None or self._outcome(cell, facts)[0] != "deliver":
            return {}
        own, found = dict(self.events[key[0]]), {}
        alike: dict[tuple[str, ...], str] = {}
        for path, given, name in cell["fields"]:
            same = (given, name, own[path], path if path.startswith("$") else "")
            if same not in alike:
                alike[same] = "clear" if path == "$exists" else self._field(cell, path, own[path], facts)[0][0]
            if alike[same] != "withhold":
                found[path] = alike[same]
        return found

    def disagreement(self, said: Json) -> str | None:  # noqa: PLR0911 - one reason a line
        """Why these agreements do not give this decision, None when they do."""
        event, to, purpose = said["event"], said["to"], said["purpose"]
        if event not in self.events:
            return f"they know no event {event}"
        if not purpose and any(key[:2] == (event, to) for key in self._cells):
            return "there is a purpose for it, and none was named"
        cell = self._cells.get((event, to, purpose))
        if purpose and cell is None:
            return f"they have no cell for {event} to {to} for {purpose}"
        facts = said["guards"]
        if set(facts) != self._guards(cell):
            return "other facts were asked for than bear on it"
        closed = {**facts, "named_officer_grant": False} if "granted" in said else facts
        opens = "$exists" in said.get("granted", ())
        outcome, reason, rule = self._outcome(cell, facts if opens else closed)
        if said["reason"] == "no-head":
            waited = ("hold", "no-head", "") if outcome == "suppress" else None
            outcome, reason, rule = waited or (outcome, reason, rule)
        given = (said["outcome"], said["reason"], said["rule"])
        if given != (outcome, reason, rule):
            return f"they give {outcome} ({reason} {rule}), recorded is {given[0]} ({given[1]} {given[2]})"
        if self._head(cell) != [said[k] for k in ("permit", "agreement", "statute")]:
            return "they name another permit, agreement or statute"
        return self._fields(cell, said, facts, closed)

    def _head(self, cell: Json | None) -> list[str]:
        permit = next((f[2] for f in cell["fields"] if f[0] == "$exists"), "") if cell else ""
        agreement = self.permits[permit]["agreement"] if permit else ""
        return [permit, agreement, self._statutes[cell["purpose"]] if cell else ""]

    def _guards(self, cell: Json | None) -> set[str]:
        found: set[str] = set()
        for name in {f[2] for f in cell["fields"]} if cell else ():
            permit = self.permits[name]
            if not permit["never_stopped"]:
                found |= guards_in(permit["when"]) | set(permit["hold_until"])
        for name in cell["seals"] if cell else ():
            seal = self.seals[name]
            found |= guards_in(seal["when"])
            for exception in () if seal["absolute"] else seal["exceptions"]:
                if cell and cell["to"] in exception["to"]:
                    found |= guards_in(exception["when"])
        return found

    def _active(self, cell: Json, name: str, facts: Json) -> bool:
        seal = self.seals[name]
        if truth(seal["when"], facts) is False:
            return False
        exceptions = () if seal["absolute"] else seal["exceptions"]
        return not any(cell["to"] in e["to"] and truth(e["when"], facts) is True for e in exceptions)

    def _outcome(self, cell: Json | None, facts: Json) -> tuple[str, str, str]:
        name = next((f[2] for f in cell["fields"] if f[0] == "$exists"), "") if cell else ""
        if not name or cell is None:
            return "suppress", "no-agreement", ""
        permit = self.permits[name]
        if permit["never_stopped"]:
            return "deliver", "permitted", name
        applies = truth(permit["when"], facts)
        if applies is not False:
            for seal in cell["seals"]:
                if "$exists" in self.seals[seal]["around"] and self._active(cell, seal, facts):
                    return "suppress", "sealed", seal
            if any(self._waits(self.permits[other], facts) for other in {f[2] for f in cell["fields"]}):
                return "hold", "waits", name
        return ("deliver", "permitted", name) if applies is True else ("suppress", "condition-not-met", name)

    def _waits(self, permit: Json, facts: Json) -> bool:
        return truth(permit["when"], facts) is not False and any(facts.get(g) is not True for g in permit["hold_until"])

    def _fields(self, cell: Json | None, said: Json, facts: Json, closed: Json) -> str | None:
        """A grant lifts the fields that it names; every other is as it would be without the grant."""
        rows, paths = said["fields"], self.events[said["event"]]
        if [row[0] for row in rows] != [path for path, _ in paths]:
            return "other fields are listed than the event has"
        for (path, own), row in zip(paths, rows, strict=True):
            if said["outcome"] != "deliver" or cell is None:
                wanted = [["withhold", said["reason"], said["rule"]]]
            elif path == "$exists":
                wanted = [["clear", said["reason"], said["rule"]]]
            else:
                wanted = self._field(cell, path, own, facts if path in said.get("granted", ()) else closed)
            if row[1:] not in wanted:
                return f"field {path}: they give {' '.join(wanted[0])}, recorded is {' '.join(row[1:])}"
        return None

    def _field(self, cell: Json, path: str, own: str, facts: Json) -> list[list[str]]:
        """What may be recorded of a field; two ways where only the schema tells whether a marker can stand there."""
        row = next((f for f in cell["fields"] if f[0] == path), None)
        if row is None:
            return [["withhold", "no-agreement", ""]]
        _, given, name = row
        permit = self.permits[name]
        if not permit["never_stopped"] and truth(permit["when"], facts) is not True:
            return [["withhold", "condition-not-met", name]]
        bounds = [] if permit["never_stopped"] else self._bounds(cell, path, own, facts)
        ways = [self._lowered(given, name, [(s, self.seals[s]["do"]) for s in bounds])]
        marked = [
            (s, f"existence:{m}" if (m := self.seals[s]["marker"]) != "silent" else self.seals[s]["do"]) for s in bounds
        ]
        return [
            *ways,
            self._lowered(given, name, marked),
            *([[given, "reviewed", name]] if ways[0][1] == "review" else []),
            *([["withhold", "dictionary", name]] if (own, ways[0][1]) == ("addressed", "permitted") else []),
        ]

    def _bounds(self, cell: Json, path: str, own: str, facts: Json) -> list[str]:
        closing = (s for s in cell["seals"] if own in self.seals[s]["classes"] or path in self.seals[s]["around"])
        return [s for s in closing if self._active(cell, s, facts)]

    def _lowered(self, given: str, permit: str, bounds: list[tuple[str, str]]) -> list[str]:
        binding = [(seal, do) for seal, do in bounds if self._lowest([given, do]) != given]
        if not binding:
            return [given, "review" if given.partition(":")[0] == "scrub" else "permitted", permit]
        return [self._lowest([given, *(do for _, do in binding)]), "sealed", "+".join(seal for seal, _ in binding)]

    def _at_most(self, a: str, b: str) -> bool:
        return a == b or b.partition(":")[0] in self._more[a.partition(":")[0]]

    def _lowest(self, bounds: list[str]) -> str:
        if any(not self._at_most(a, b) and not self._at_most(b, a) for a in bounds for b in bounds):
            return "withhold"
        return next(low for low in bounds if all(self._at_most(low, other) for other in bounds))


# ---------------------------------------------------------------- who approved the agreements


class Approvals:
    """Proposals, approvals and activations in the order of the ledger."""

    def __init__(self) -> None:
        self._documents: dict[str, bytes] = {}
        self._proposals: dict[str, Json] = {}
        self._approved: dict[str, list[Json]] = {}
        self._head: str = ""
        self.matrices: dict[str, Matrix] = {}
        self.since: dict[str, float] = {}
        self.first = ""
        self._course: list[tuple[float, str]] = []

    def take(self, kind: str, body: bytes, sworn_at: float = 0) -> None:
        """One statement about agreements, and when the ledger swore to it (milliseconds)."""
        name = sha256(body).hexdigest()
        if kind in ("agreements.matrix", "agreements.report", "agreements.texts"):
            self._documents[name] = body
        elif kind == "agreements.proposed":
            self._proposals[name] = json.loads(body)
        elif kind == "agreements.approved":
            said = json.loads(body)
            self._approved.setdefault(said["proposal"], []).append(said)
        elif kind in ("agreements.activated", "agreements.rolled-back"):
            self._activate(json.loads(body), sworn_at)

    def around(self, at: float) -> set[str]:
        """The versions that were in force at a time or near it, as far as the ledger had sworn to by now."""
        begun = [version for since, version in self._course if since <= at - GRACE][-1:]
        return {*begun, *(version for since, version in self._course if at - GRACE < since <= at + GRACE)}

    def _activate(self, said: Json, sworn_at: float) -> None:
        name = said["proposal"]
        proposal, short = self._proposals.get(name), name[:12]
        since = datetime.fromisoformat(said["at"]).timestamp() * 1000
        if since < sworn_at - GRACE:
            raise Fault(f"agreements {short} were put in force for a time that was over when it was sworn to")
        if proposal is None:
            raise Fault(f"agreements {short} were activated and never proposed")
        if proposal["previous"] != self._head:
            raise Fault(f"agreements {short} do not follow those that were in force before")
        matrix = self._documents.get(proposal["matrix"])
        if matrix is None:
            raise Fault(f"agreements {short}: the matrix that was signed is not in the ledger")
        own, theirs = self._texts(proposal)
        keys = Counter(row["key"] for row in own.values() if row.get("key"))
        if keys and max(keys.values()) > 1:
            raise Fault(f"agreements {short}: two offices have one key, so that one hand could sign for both")
        table, speakers = self._texts(self._proposals[self._head]) if self._head else (own, None)
        signed = {a["signatory"] for a in self._approved.get(name, ()) if self._is_good(proposal, name, a, table)}
        needed = self._needed(proposal, table, own) | self._concerned(proposal, table, speakers, theirs)
        missing = sorted(needed - signed)
        if missing or not signed:
            raise Fault(f"agreements {short} were activated without the signature of {', '.join(missing) or 'anybody'}")
        if self._head:
            self._check_report(proposal, Matrix(matrix), self.matrices[self._proposals[self._head]["matrix"]])
        self._head = name
        self.first = self.first or proposal["matrix"]
        self.matrices.setdefault(proposal["matrix"], Matrix(matrix))
        self.since.setdefault(proposal["matrix"], since)
        self._course.append((since, proposal["matrix"]))

    def _needed(self, proposal: Json, table: Json, own: Json) -> set[str]:
        """Who must sign: all, a first set; else who was named, who always signs what widens, and whose row moved."""
        if not self._head:
            return set(table)
        report = json.loads(self._documents.get(proposal["report"], b"{}"))
        before = self._proposals[self._head]["matrix"]
        if (report.get("old"), report.get("new")) != (before, proposal["matrix"]):
            raise Fault(f"the difference report of agreements {proposal['matrix'][:12]} is about others")
        if report.get("founding"):
            return set(table)
        moved = {name for name, row in table.items() if own.get(name) != row}
        waits = any(change.get("after") != "withhold" for change in report.get("waits_otherwise", ()))
        framed = any(moves_the_frame(line) for line in report.get("changed_otherwise", ()))
        widens = bool(report.get("newly_disclosed") or waits or framed or moved or own.keys() - table.keys())
        always = {name for name, row in table.items() if row.get("always") == "true"} if widens else set()
        return set(proposal["needed"]) & set(table) | moved | always

    def _check_report(self, proposal: Json, new: Matrix, old: Matrix) -> None:
        """What was signed says of everything that is found to go newly that it does."""
        report = json.loads(self._documents.get(proposal["report"], b"{}"))
        said = {(change["event"], change["to"], change["field"]) for change in report.get("newly_disclosed", ())}
        moved = any(str(line).startswith("schemas:") for line in report.get("changed_otherwise", ()))
        if report.get("founding") or moved:
            return  # then it is signed as a whole, or compared as the schemas are now
        for event, to, path in new.widened(old):
            if (event, to, path) not in said:
                raise Fault(
                    f"agreements {new.version[:12]}: {path} of {event} newly goes to {to}, and the report that was"
                    " signed does not say so"
                )

    def _concerned(self, proposal: Json, table: Json, speakers: Json | None, theirs: Json | None) -> set[str]:
        """Whose data newly goes, or is no longer counted as theirs: by the table that was signed with what was before.

        A table that comes with this very proposal says nothing about who must sign it, save for a kind of event that
        nobody knew.
        """
        if speakers is None:
            return set()
        report = json.loads(self._documents.get(proposal["report"], b"{}"))
        kinds: set[str] = set()
        for change in report.get("newly_disclosed", ()):
            event, family = change["event"], change["event"].partition(".")[0]
            akin = [row for name, row in speakers.items() if name.partition(".")[0] == family]
            kinds |= set(speakers.get(event) or [kind for row in akin for kind in row] or (theirs or {}).get(event, ()))
        lost = {k for name, row in speakers.items() for k in set(row) - set((theirs or {}).get(name, ()))}
        named = {name: set(re.findall(r"[a-z_]+", row.get("controls", ""))) for name, row in table.items()}
        found = {name for name, controls in named.items() if controls & (kinds | lost)}
        return found | ({name for name, row in table.items() if row.get("always") == "true"} if lost else set())

    def _is_good(self, proposal: Json, name: str, approval: Json, table: Json) -> bool:
        key = unbase64(table.get(approval["signatory"], {}).get("key", ""))
        text = f"crosswalk agreements approval v1\n{proposal['matrix']}\n{proposal['report']}\n{name}\n"
        if verifies(key, unbase64(approval["signature"]), text.encode()):
            return True
        raise Fault(f"the signature of {approval['signatory']} under agreements {name[:12]} is not good")

    def _texts(self, proposal: Json) -> tuple[Json, Json | None]:
        """The table of signatories that a proposal brings, and whose data it says each event is."""
        body = self._documents.get(proposal["texts"])
        if body is None:
            raise Fault("the texts of agreements that were signed are not in the ledger")
        found = json.loads(body)
        return signatories(str(found["signatories"])), found.get("speakers")


def moves_the_frame(line: str) -> bool:
    """Whether a line of a report may let more go without a field to show it."""
    what = line.partition(" ")[0]
    narrows = {"agreement": "taken out", "purpose": "taken out", "never": "new", "always": "new"}
    return what not in ("permit", "seal") and not (what in narrows and line.endswith(f": {narrows[what]}"))


def signatories(text: str) -> Json:
    """The table of who signs: name to its lines. Reads the plain layout in which it is written, and nothing else."""
    table: Json = {}
    row: Json = {}
    for line in text.splitlines():
        bare = re.sub(r"\s+#.*$", "", line).rstrip()
        found = re.fullmatch(r"( *)([a-z_-]+):(?: (.*))?", bare)
        if not bare or bare.lstrip().startswith("#") or bare == "signatories:":
            continue
        if found is None or len(found[1]) not in (2, 4):
            raise Fault("the table of signatories is not in its plain layout")
        if len(found[1]) == 2:  # noqa: PLR2004 - a name stands two blanks in
            row = table[found[2]] = {}
        else:
            row[found[2]] = (found[3] or "").strip("'\"")
    return table


# ---------------------------------------------------------------- the export


def lines_of(path: Path) -> Iterator[tuple[int, Any]]:
    """Number and JSON of each line; a file that is not there has none."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                found = json.loads(line)
            except ValueError:
                raise Fault(f"{path.name} line {number}: it is no JSON") from None
            if _encode(found).encode() + b"\n" != line:
                raise Fault(f"{path.name} line {number}: it is not written in its one spelling")
            yield number, found


def in_one_spelling(body: bytes, what: str) -> Any:
    """The JSON of a body that is hashed as it stands: no key twice, no blank, nothing to be read in two ways."""
    try:
        found = json.loads(body)
    except ValueError:
        raise Fault(f"{what} is no JSON") from None
    if json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() != body:
        raise Fault(f"{what} is not written in its one spelling")
    return found


def only(found: Json, *keys: str) -> Json:
    """A record with these keys and no other: whatever stood beside them would be in no leaf."""
    if found.keys() != set(keys):
        raise Fault(f"a record holds {', '.join(sorted(found))} where {', '.join(keys)} belong")
    return found


def read_manifest(folder: Path) -> Json:
    """What the export says of itself, in the spelling in which it is written."""
    try:
        text = (folder / "manifest.json").read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError, RecursionError) as why:
        raise Fault(f"manifest.json cannot be read ({type(why).__name__})") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Fault(f"manifest.json names another format than {FORMAT}")
    only(found, "format", "key", "opened", "size")
    if text != json.dumps(found, indent=2, sort_keys=True) + "\n" or not isinstance(found["key"], str):
        raise Fault("manifest.json is not written as an export writes it")
    return found


class Verifier:
    """One export."""

    def __init__(self, folder: Path, key: str | None, against: Path | None, *, unsigned: bool) -> None:
        self.folder, self._unsigned_too = folder, unsigned
        if not any((folder / name).exists() for name in FILES):
            raise Unreadable(f"{folder}: no export is here")
        try:
            self.published = Note(against.read_text(encoding="utf-8")) if against else None
            self._given = read_key(key, LOG) if key else None
        except (OSError, ValueError, Fault) as why:
            raise Unreadable(f"what was handed in cannot be read: {why}") from None
        self.manifest: Json = {}
        self.origin, self.public = "", b""
        self.tree, self.approvals = Tree(), Approvals()
        self.roots: dict[int, bytes] = {}
        self.counts: Counter[str] = Counter()
        self.witnesses: dict[str, int] = {}
        self._decisions: dict[str, Json] = {}
        self._first_at: dict[str, tuple[str, int]] = {}
        self._matched: set[int] = set()
        self._opened: dict[str, Json] = {}
        self._enrolled: set[tuple[str, str]] = set()
        self._too_early: set[str] = set()
        self._gone: set[str] = set()
        self._holds: Counter[str] = Counter()
        self._let_go: dict[str, Json] = {}
        self._read_first: list[tuple[str, Json, str, set[str]]] = []

    def run(self) -> None:
        """Raise the first fault."""
        self._look_around()
        self._read_checkpoints()
        self._read_decisions()
        for _, opened in lines_of(self.folder / "opened.jsonl"):
            self._opened[only(opened, "committing", "content", "event", "subject")["event"]] = opened
        for number, line in lines_of(self.folder / "carriers.jsonl"):
            self._carrier(number, line)
        self._end()
        self._check_witnesses()
        for path in sorted(self.folder.glob("proofs/*.tlog-proof")):
            self._check_proof(path)

    def _look_around(self) -> None:
        """Plain files and nothing else, and the key that was handed in, if one was."""
        for path in (*(self.folder / name for name in FILES), self.folder / "proofs", *self.folder.glob("proofs/*")):
            if path.is_symlink() or (path.exists() and not path.is_file() and path.name != "proofs"):
                raise Fault(f"{path.name} is no plain file; an export holds no links and no devices")
        self.manifest = read_manifest(self.folder)
        own = read_key(self.manifest["key"], LOG)
        if self._given and self._given != own:
            raise Fault("the key that was handed in is not the one in manifest.json")
        self.origin, self.public = own

    def _read_checkpoints(self) -> None:
        for number, line in lines_of(self.folder / "checkpoints.jsonl"):
            note = Note(line["note"])
            if not note.is_signed(self.origin, self.public):
                raise Fault(f"checkpoint {number} (of {note.size} leaves): its signature is not this ledger's")
            if self.roots.setdefault(note.size, note.root) != note.root:
                raise Fault(f"forked: two checkpoints of {note.size} leaves have different roots")
        if self.published:
            if not self.published.is_signed(self.origin, self.public):
                raise Fault("the checkpoint that was handed in is not signed by this ledger")
            if self.roots.setdefault(self.published.size, self.published.root) != self.published.root:
                raise Fault(
                    f"forked: the checkpoint of {self.published.size} leaves that was handed in is of another tree"
                )

    def _read_decisions(self) -> None:
        path = self.folder / "decisions.jsonl"
        for body in path.read_bytes().splitlines() if path.exists() else ():
            self._decisions[sha256(body).hexdigest()] = in_one_spelling(body, "decisions.jsonl: a decision")

    def _carrier(self, number: int, line: Json) -> None:
        shared = f'{{"carrier":{_encode(only(line, "carrier", "rows")["carrier"])},'
        for place, row in enumerate(line["rows"], 1):
            where = f"carrier {number}, row {place}"
            if "statement" in row:
                self._statement(where, shared, only(row, "statement")["statement"], line["carrier"]["at"])
            else:
                self._event(where, shared, only(row, "event", "exchanges", "step"), line["carrier"]["at"])
        self._check_reviewed()
        self.counts["carriers"] += 1
        root = self.roots.get(self.tree.size)
        if root is not None and root != self.tree.root():
            raise Fault(
                f"carrier {number}: the {self.tree.size} leaves up to here do not give the root that was signed;"
                " something up to here was changed, removed, added or moved"
            )
        if root is not None:
            self._matched.add(self.tree.size)

    def _statement(self, where: str, shared: str, said: Json, at: int) -> None:
        body = only(said, "body", "kind")["body"].encode()
        leaf = f'{shared}"statement":{_encode({"body": sha256(body).hexdigest(), "kind": said["kind"]})}}}'
        self.tree.add(leaf.encode())
        self.counts["statements"] += 1
        read = in_one_spelling(body, f"{where}: a statement")
        if said["kind"].startswith("agreements."):
            try:
                self.approvals.take(said["kind"], body, at)
            except (LookupError, ArithmeticError, ValueError, TypeError, AttributeError):
                raise Fault(f"{where}: a statement about agreements cannot be read") from None
        elif said["kind"] == "witness.enrolled":
            self._enrolled.add((read["organisation"], read["key"]))
        elif said["kind"] == "review.released":
            self._let_go[read["following"]] = read
        elif said["kind"] == "legal-hold.placed":
            self._holds[read["of"]] += 1
        elif said["kind"] == "legal-hold.lifted":
            self._holds["lifted"] += 1
        elif said["kind"] == "key.shredded":
            self._shredded(where, read)

    def _shredded(self, where: str, said: Json) -> None:
        """A key is destroyed by an authority, under a schedule, while no hold that was placed on it can still stand."""
        if not all(str(said[name]).strip() for name in ("authority", "schedule", "key")):
            raise Fault(f"{where}: a key was destroyed without authority or schedule")
        if self._holds[said["key"]] + self._holds["all"] > self._holds["lifted"]:
            raise Fault(f"{where}: a key was destroyed while a legal hold stood")
        self._gone.add(said["key"])
        self.counts["shredded"] += 1

    def _event(self, where: str, shared: str, row: Json, at: int) -> None:
        event, step = row["event"], _encode(row["step"])
        shared += f'"event":{_encode(event)},"exchange":'
        for exchange in row["exchanges"] or (None,):
            self.tree.add(f'{shared}{_encode(exchange)},"step":{step}}}'.encode())
            if exchange is not None:
                self._decision(where, exchange, event, at)
        if row["step"] == "decided":
            self.counts["events"] += 1
            if self._opened:
                self._content(where, event)

    def _decision(self, where: str, exchange: Json, event: Json, at: int) -> None:
        digest, version = exchange["outcome"], event["agreements"]
        said = self._decisions.get(digest)
        if said is None:
            raise Fault(f"{where}: its decision {digest[:12]} is not in decisions.jsonl")
        if said["agreements"] != version or said["to"] != exchange["kind"]:
            raise Fault(f"{where}: its decision is about other agreements or another recipient")
        if said["outcome"] not in OUTCOMES.get(exchange["state"], ()):
            raise Fault(f"{where}: its leaf says {exchange['state']} and its decision {said['outcome']}")
        self._first_at.setdefault(digest, (where, at))
        if exchange["state"] == "deliver" and version not in self.approvals.around(at):
            if version in self.approvals.matrices and not self._unsigned_too:
                raise Fault(f"{where}: it was decided under agreements {version[:12]}, which were not in force then")
            self._too_early.add(digest)
        reviewed = {row[0] for row in said["fields"] if row[2] == "reviewed"}
        if reviewed:
            self._read_first.append((where, exchange, event["id"], reviewed))

    def _check_reviewed(self) -> None:
        """A text that goes because a person let it go: the ledger swears to that person's word, here or before."""
        for where, exchange, event, paths in self._read_first:
            word = self._let_go.get(exchange["id"], {})
            meant = [word.get(key) for key in ("event", "organisation", "function")]
            if meant != [event, exchange["organisation"], exchange["function"]] or not paths <= set(word["records"]):
                raise Fault(
                    f"{where}: a text goes as read by a person, and the ledger holds no word of anybody who did"
                )
        self._read_first.clear()

    def _content(self, where: str, event: Json) -> None:
        opened = self._opened.get(event["id"])
        if opened is None:
            return
        made = hmac.digest(bytes.fromhex(opened["committing"]), b64decode(opened["content"]), "sha256").hex()
        if made != event["content"] or opened["subject"] != event["subject"]:
            raise Fault(f"{where}: the opened record is not the one that was committed to")
        self.counts["opened"] += 1

    def _end(self) -> None:
        """Nothing is missing at the end, and every decision is one that the signed agreements give."""
        size, beyond = self.tree.size, sorted(self.roots.keys() - self._matched - {0})
        if beyond:
            raise Fault(
                f"a checkpoint of {beyond[0]} leaves was signed, and the export ends or differs before: {size} are here"
            )
        if size and size not in self._matched:
            raise Fault(f"the last of the {size} leaves are under no checkpoint")
        if size != self.manifest["size"]:
            raise Fault(f"manifest.json says {self.manifest['size']} leaves and {size} are here")
        self.counts["checkpoints"] = len(self._matched)
        if len(self._opened) != self.counts["opened"]:
            raise Fault("an opened record belongs to no event of this ledger")
        if len(self._opened) != self.manifest["opened"]:
            raise Fault(f"manifest.json says {self.manifest['opened']} opened records and {len(self._opened)} are here")
        if self._gone & {opened["subject"] for opened in self._opened.values()}:
            raise Fault("a record is opened, and the key to it is said to be destroyed")
        if self._decisions.keys() - self._first_at.keys():
            raise Fault("decisions.jsonl holds a decision that no leaf names")
        for digest, (where, at) in self._first_at.items():
            self._decide_again(where, digest, at)

    def _decide_again(self, where: str, digest: str, at: int) -> None:
        said = self._decisions[digest]
        if waits_for_agreements(said):
            self.counts["waiting"] += 1
            return
        version = said["agreements"]
        matrix = self.approvals.matrices.get(version)
        early = version != self.approvals.first or digest in self._too_early
        if matrix is None or (early and at < self.approvals.since[version] - GRACE):
            if not self._unsigned_too:
                raise Fault(f"{where}: it was decided under agreements {version[:12]} that nobody had signed by then")
            self.counts["unsigned"] += 1
            return
        try:
            wrong = matrix.disagreement(said)
        except (KeyError, TypeError, ValueError, AttributeError):
            wrong = "it cannot be read as a decision under them"
        if wrong:
            raise Fault(f"{where}: the signed agreements {version[:12]} do not give its decision: {wrong}")
        self.counts["decisions"] += 1

    def _check_witnesses(self) -> None:
        """Every cosignature is that witness's, its key was sworn to, and it is over this tree."""
        for _, line in lines_of(self.folder / "cosignatures.jsonl"):
            note, organisation = Note(line["note"]), line["organisation"]
            if (organisation, line["key"]) not in self._enrolled:
                raise Fault(f"witness {organisation}: the ledger does not swear to its key")
            name, public = read_key(line["key"], WITNESS)
            if name != f"{self.origin}/{organisation}" or not note.is_cosigned(name, public):
                raise Fault(f"witness {organisation}: its signature over {note.size} leaves is not good")
            if note.origin != self.origin or self.roots.get(note.size) != note.root:
                raise Fault(f"forked: witness {organisation} has seen another tree of {note.size} leaves")
            self.counts["cosignatures"] += 1
            self.witnesses[organisation] = max(self.witnesses.get(organisation, 0), note.size)

    def _check_proof(self, path: Path) -> None:
        """A proof of one disclosure leads from its leaf to the root that was signed."""
        head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
        lines, note = head.split("\n"), Note(text)
        if lines[0] != "c2sp.org/tlog-proof@v1" or len(lines) < 3 or not lines[2].startswith("index "):  # noqa: PLR2004
            raise Fault(f"{path.name}: it is no proof")
        leaf, index = unbase64(lines[1].removeprefix("extra ")), int(lines[2].removeprefix("index "))
        made = root_from(leaf, index, note.size, [unbase64(line) for line in lines[3:]])
        if not note.is_signed(self.origin, self.public) or made != note.root or self.roots.get(note.size) != note.root:
            raise Fault(f"{path.name}: its leaf is not in this ledger at this place")
        self.counts["proofs"] += 1


def waits_for_agreements(said: Json) -> bool:
    """Whether a decision was put off because no signed agreements were in force: it releases nothing whatever."""
    put_off = (said.get("outcome"), said.get("reason")) == ("hold", "no-head")
    return put_off and all(row[1] == "withhold" for row in said["fields"])


SHOWN = (
    "leaves",
    "checkpoints",
    "decisions",
    "events",
    "statements",
    "cosignatures",
    "opened",
    "proofs",
    "shredded",
    "unsigned",
    "waiting",
)


def main(arguments: list[str], say: Callable[[str], None] = print) -> int:
    """Verify; status 0 it holds, 1 it does not, 2 it cannot be read."""
    parser = argparse.ArgumentParser(description="Verify an exported ledger; see the top of this file.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", help="the ledger's public key, as you had it from somebody else than the exporter")
    parser.add_argument("--against", type=Path, help="a checkpoint that was published earlier")
    parser.add_argument(
        "--unsigned", action="store_true", help="pass over decisions under agreements that nobody signed"
    )
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    fault = None
    try:
        verifier = Verifier(asked.folder, asked.key, asked.against, unsigned=asked.unsigned)
    except Unreadable as why:
        say(f"cannot verify: {why}")
        return 2
    try:
        verifier.run()
    except Fault as found:
        fault = str(found)
    except (OSError, LookupError, ArithmeticError, TypeError, ValueError, AttributeError, RecursionError) as why:
        fault = f"the export is not laid out as it should be ({type(why).__name__})"
    counts = {name: verifier.counts[name] for name in SHOWN} | {"leaves": verifier.tree.size}
    if asked.json:
        said = {"verified": fault is None, "fault": fault, "root": verifier.tree.root().hex(), **counts}
        say(json.dumps(said | {"key_given": asked.key is not None, "witnesses": verifier.witnesses}))
    elif fault:
        say(f"NOT VERIFIED: {fault}")
    else:
        say("ok " + " ".join(f"{name}={n}" for name, n in counts.items() if n or name in SHOWN[:3]))
        for organisation, size in sorted(verifier.witnesses.items()):
            say(f"witnessed by {organisation} up to {size} leaves")
        if asked.key is None:
            say("the key was taken from the export itself; hand in --key to know that it is the ledger's")
    return 0 if fault is None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
