"""The matrix is enough: whoever follows docs/matrix.md decides as the broker does.

The evaluator below is written from that page alone and uses nothing of the product but the bytes of the matrix.
"""

import json
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.events import EVENT_TYPES
from sharing.policy import Facts, Guard, decide
from sharing.policy.matrix import matrix_bytes
from sharing.vocabulary import RecipientKind


class Elsewhere:
    """Somebody else's program: the matrix as JSON, decided by the page."""

    def __init__(self, raw: bytes) -> None:
        self.version = sha256(raw).hexdigest()
        self.matrix = json.loads(raw)
        self.rank = {p["name"]: n for n, p in enumerate(self.matrix["purposes"])}

    def decide(self, event, kind, vector):
        known = {
            name: {1: False, 2: True}.get(vector >> 2 * i & 3) for i, (name, _, _) in enumerate(self.matrix["guards"])
        }
        cells = [c for c in self.matrix["cells"] if (c["event"], c["to"]) == (event, kind)]
        made = [self.decide_cell(c, known) for c in sorted(cells, key=lambda c: self.rank[c["purpose"]])]
        if not made:
            fields = [[path, "withhold", "no-agreement", ""] for path, _ in self.matrix["events"][event]]
            return ("suppress", "no-agreement", "", fields)
        return min(made, key=lambda one: ["deliver", "hold", "suppress"].index(one[0]))

    def value(self, condition, known):
        if isinstance(condition, str):
            return known[condition]
        word, *parts = condition
        values = [self.value(part, known) for part in parts]
        if word == "not":
            return None if values[0] is None else not values[0]
        strong = word == "or"
        return strong if strong in values else None if None in values else not strong

    def active(self, seal, kind, known):
        if self.value(seal["when"], known) is False:
            return False
        through = [e for e in seal["exceptions"] if kind in e["to"] and self.value(e["when"], known) is True]
        return seal["absolute"] or not through

    def decide_cell(self, cell, known):
        given = {path: (transform, permit) for path, transform, permit in cell["fields"]}
        outcome, reason, rule = self.event(cell, given, known)
        fields = []
        for path, own in self.matrix["events"][cell["event"]]:
            if outcome != "deliver":
                fields.append([path, "withhold", reason, rule])
            elif path == "$exists":
                fields.append([path, "clear", reason, rule])
            else:
                fields.append([path, *self.field(cell, given, path, own, known)])
        return (outcome, reason, rule, fields)

    def event(self, cell, given, known):
        if "$exists" not in given:
            return "suppress", "no-agreement", ""
        rule = given["$exists"][1]
        permit = self.matrix["permits"][rule]
        if permit["never_stopped"]:
            return "deliver", "permitted", rule
        when = self.value(permit["when"], known)
        for name in cell["seals"]:
            seal = self.matrix["seals"][name]
            if when is not False and "$exists" in seal["around"] and self.active(seal, cell["to"], known):
                return "suppress", "sealed", name
        permits = [self.matrix["permits"][name] for name in {permit for _, permit in given.values()}]
        waits = any(
            self.value(p["when"], known) is not False and any(known[g] is not True for g in p["hold_until"])
            for p in permits
        )
        if waits and when is not False:
            return "hold", "waits", rule
        return ("deliver", "permitted", rule) if when is True else ("suppress", "condition-not-met", rule)

    def field(self, cell, given, path, own, known):
        if path not in given:
            return "withhold", "no-agreement", ""
        transform, rule = given[path]
        permit = self.matrix["permits"][rule]
        if permit["never_stopped"]:
            return transform, "permitted", rule
        if self.value(permit["when"], known) is not True:
            return "withhold", "condition-not-met", rule
        bounds = []
        for name in cell["seals"]:
            seal = self.matrix["seals"][name]
            closes = own in seal["classes"] or path in seal["around"]
            assert seal["marker"] == "silent"
            if closes and self.active(seal, cell["to"], known) and self.lowest(transform, seal["do"]) != transform:
                bounds.append((name, seal["do"]))
        if bounds:
            return self.lowest(transform, *(do for _, do in bounds)), "sealed", "+".join(name for name, _ in bounds)
        return transform, "review" if transform == "scrub" else "permitted", rule

    def lowest(self, *bounds):
        def at_most(a, b):
            return a == b or b.split(":")[0] in self.matrix["lattice"][a.split(":")[0]]

        if not all(at_most(a, b) or at_most(b, a) for a in bounds for b in bounds):
            return "withhold"
        return next(low for low in bounds if all(at_most(low, other) for other in bounds))


facts = st.fixed_dictionaries({g: st.sampled_from([True, False, None]) for g in Guard}).map(Facts.of)
mostly = st.fixed_dictionaries({g: st.sampled_from([True, True, True, False, None]) for g in Guard}).map(Facts.of)
elsewhere: dict[int, Elsewhere] = {}


@settings(max_examples=400)
@given(st.sampled_from(sorted(EVENT_TYPES)), st.sampled_from(list(RecipientKind)), facts | mostly)
def test_the_matrix_alone_decides_as_the_broker_does(agreements, event_type, kind, known):
    if id(agreements) not in elsewhere:
        elsewhere[id(agreements)] = Elsewhere(matrix_bytes(agreements))
    theirs = elsewhere[id(agreements)]
    record = json.loads(decide(agreements, event_type, kind, None, known).body())
    outcome, reason, rule, fields = theirs.decide(event_type, kind.value, known.vector)
    assert record["agreements"] == theirs.version == agreements.version
    assert (record["outcome"], record["reason"], record["rule"]) == (outcome, reason, rule)
    assert record["fields"] == fields


def test_the_matrix_is_canonical(agreements):
    raw = matrix_bytes(agreements)
    again = json.dumps(json.loads(raw), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert again == raw


def test_every_cell_names_permits_seals_and_paths_that_the_matrix_explains(agreements):
    matrix = json.loads(matrix_bytes(agreements))
    for cell in matrix["cells"]:
        paths = {path for path, _ in matrix["events"][cell["event"]]}
        assert {path for path, _, _ in cell["fields"]} <= paths
        assert {permit for _, _, permit in cell["fields"]} <= set(matrix["permits"])
        assert set(cell["seals"]) <= set(matrix["seals"])
        assert cell["purpose"] in {p["name"] for p in matrix["purposes"]}
    assert all(p["agreement"] in matrix["agreements"] for p in matrix["permits"].values())
