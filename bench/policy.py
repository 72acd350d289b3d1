"""`python -m bench policy`: what deciding, proving, comparing and replaying cost, beside two other policy engines.

Prints one JSON line for each measurement. Everything in one run on one machine; a figure is the median of several
rounds, and peers are asked the same questions in turn, A B C A B C. A peer whose answers differ from ours has no
figure. Time is processor time of this process, which is nearly free of what else runs on the machine.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import cedarpy
from regopy import Interpreter

from agreements import read_texts
from bench.as_cedar import ANYTHING, question, request
from bench.as_rego import QUERY, asked, module
from bench.policy_ledger import filled
from ledger.recorded import recorded
from schemas import read_schemas
from sharing.policy import EXISTS, Agreements, Facts, Polarity, decide, field_classes, load, violations
from sharing.policy.compiling import compiled, rules_of
from sharing.policy.conditions import parse
from sharing.policy.coverage import coverage
from sharing.policy.decide import _begin_anew
from sharing.policy.difference import difference
from sharing.policy.facts import Guard
from sharing.policy.holes import holes
from sharing.policy.lattice import CLEAR
from sharing.policy.model import Cell, Permit
from sharing.policy.mutants import mutants, sample
from sharing.policy.mutants_tried import tried
from sharing.policy.replaying import replay
from sharing.vocabulary import Outcome, RecipientKind

FIELDS = 40
SITUATIONS = 200
ROUNDS = 5
RULES = (10, 30, 100, 300, 1000)
EVENT, KIND = "police.da_incident.notified", RecipientKind.ALLOCATED_TEAM


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench policy", description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000, help="recorded decisions to replay")
    parser.add_argument("--mistakes", type=int, default=300, help="mistakes to try")
    parser.add_argument("--quick", action="store_true", help="50,000 decisions, 60 mistakes")
    options = parser.parse_args(arguments)
    if options.quick:
        options.decisions, options.mistakes = 50_000, 60
    classes, texts = field_classes(read_schemas()), read_texts()
    agreements = load(texts, classes)
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    beside_peers(agreements)
    by_rules(agreements)
    tell("compile the shipped set", ms=timed(lambda: load(texts, classes)), permits=len(agreements.permits))
    seen = coverage(agreements)
    proof = timed(lambda: violations(agreements))
    tell("prove it", ms=proof, rules=seen.rules, fields=seen.fields, situations=seen.situations)
    other = without_a_seal(agreements)
    tell("compare it with itself less a seal", ms=timed(lambda: difference(agreements, other)))
    tell("report what goes under a seal", ms=timed(lambda: holes(agreements)))
    mistakes(agreements, options.mistakes)
    replaying(agreements, other, options.decisions)
    return 0


def tell(measure: str, **figures: Any) -> None:
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps({"measure": measure, **rounded}), flush=True)


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of processor time, the median of some rounds."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        took.append(1000 * (time.process_time() - began))
    return statistics.median(took)


# ---------------------------------------------------------------- deciding, beside two peers


def beside_peers(agreements: Agreements) -> None:
    """One event to one recipient, 40 fields each with its answer: ours with reasons, theirs without."""
    cell = widest(agreements)
    fields = sorted(cell.permits)[:FIELDS]
    facts = drawn(agreements, cell, SITUATIONS)
    ours = [goes(agreements, cell, fields, one) for one in facts]
    whole = len(decide(agreements, cell.event_type, cell.kind, cell.purpose.name, facts[0]).fields)

    def memoised() -> None:
        for one in facts:
            decide(agreements, cell.event_type, cell.kind, cell.purpose.name, one)

    def cold() -> None:
        agreements.remembered.clear()
        memoised()

    def anew() -> None:
        _begin_anew(agreements.remembered[cell.event_type, cell.kind, cell.purpose.name])
        memoised()

    asked_of = {"ours, cold": cold, "ours, new facts": anew, "ours, seen before": memoised}
    asked_of |= {"cedarpy": cedar(agreements, cell, fields, facts, ours), "regopy": rego(cell, fields, facts, ours)}
    took: dict[str, list[float]] = {name: [] for name in asked_of}
    for _ in range(ROUNDS):
        for name, work in asked_of.items():
            took[name].append(timed(work, 1) * 1000 / len(facts))
    for name, found in took.items():
        number = whole if name.startswith("ours") else len(fields)
        tell("decide one event for one recipient", who=name, us=statistics.median(found), fields=number)


def widest(agreements: Agreements) -> Cell:
    return max(
        (c for c in agreements.cells.values() if c.guards), key=lambda cell: (len(cell.permits), cell.event_type)
    )


def drawn(agreements: Agreements, cell: Cell, number: int) -> list[Facts]:
    draw, likely, unlikely = Random(7), (6, 2, 1), (1, 6, 1)
    entries = [agreements.vocabulary.guards[guard.value] for guard in sorted(cell.guards)]
    found = {}
    while len(found) < min(number, 3 ** len(entries)):
        opens = draw.random() < 0.7
        weights = {e.guard: likely if opens == (e.polarity is Polarity.PERMIT) else unlikely for e in entries}
        one = Facts.of({guard: draw.choices((True, False, None), own)[0] for guard, own in weights.items()})
        found[one.vector] = one
    return list(found.values())


def goes(agreements: Agreements, cell: Cell, fields: list[str], facts: Facts) -> frozenset[str]:
    decision = decide(agreements, cell.event_type, cell.kind, cell.purpose.name, facts)
    delivered = decision.outcome is Outcome.DELIVER
    return frozenset(path for path in fields if delivered and decision.ruling(path).is_released)


def cedar(
    agreements: Agreements, cell: Cell, fields: list[str], facts: list[Facts], ours: list[frozenset[str]]
) -> Callable[[], None]:
    said = question(agreements, cell.event_type)
    policies, schema = cedarpy.PolicySet.from_str(said.policies), cedarpy.Schema.from_str(said.schema)
    entities = cedarpy.Entities.from_json_str(said.entities)

    def ask(one: Facts) -> list[Any]:
        requests = [request(cell, path, ANYTHING, one, said.guards) for path in fields]
        return cedarpy.is_authorized_batch(requests, policies, entities, schema)

    for one, expected in zip(facts, ours, strict=True):
        answered = frozenset(path for path, answer in zip(fields, ask(one), strict=True) if answer.allowed)
        assert answered == expected, "cedarpy decides otherwise: no figure"
    return lambda: [ask(one) for one in facts] and None


def rego(cell: Cell, fields: list[str], facts: list[Facts], ours: list[frozenset[str]]) -> Callable[[], None]:
    interpreter = Interpreter()
    interpreter.add_module("crosswalk", module(cell, fields))

    def ask(one: Facts) -> frozenset[str]:
        interpreter.set_input(asked(one))
        answer = interpreter.query(QUERY)  # kept while it is read: its parts are gone with it
        return frozenset(json.loads(str(answer.binding("x"))))

    for one, expected in zip(facts, ours, strict=True):
        assert ask(one) == expected, "regopy decides otherwise: no figure"
    return lambda: [ask(one) for one in facts] and None


# ---------------------------------------------------------------- more rules


def by_rules(agreements: Agreements) -> None:
    """The same question to sets of 10 to 1,000 permits."""
    found = {number: decided_of(agreements, number) for number in RULES}
    for number, (cold, new, seen) in found.items():
        tell("decide by size of the set", rules=number, cold_us=cold, new_facts_us=new, seen_before_us=seen)
    spread = RULES[-1] - RULES[0]
    slopes = [1000 * (found[RULES[-1]][n] - found[RULES[0]][n]) / spread for n in (0, 1, 2)]
    tell("slope", cold_ns_a_rule=slopes[0], new_facts_ns_a_rule=slopes[1], seen_before_ns_a_rule=slopes[2])


def decided_of(agreements: Agreements, number: int) -> tuple[float, float, float]:
    """Microseconds a decision: with nothing prepared, for facts not asked about before, and for known ones."""
    permits = tuple(islice(_permits(agreements), number))
    made = compiled(replace(rules_of(agreements), permits=permits, never=(), always=()), agreements.classes)
    event, kind = permits[0].event_type, permits[0].to[0]
    facts = drawn(agreements, next(iter(made.cells.values())), 80)

    def ask() -> None:
        for one in facts:
            decide(made, event, kind, None, one)

    def ask_anew() -> None:
        made.remembered.clear()
        ask()

    def ask_new_facts() -> None:
        _begin_anew(made.remembered[event, kind, None])
        ask()

    cold, new, seen = (timed(work, 9) * 1000 / len(facts) for work in (ask_anew, ask_new_facts, ask))
    return cold, new, seen


def _permits(agreements: Agreements) -> Iterable[Permit]:
    """Permits without end to speak of: every event to every recipient for every purpose, three fields each."""
    asked = "open_involvement and (open_plan or open_referral or s47_open)"
    when = parse(asked, [guard.value for guard in Guard])
    for purpose in agreements.vocabulary.purposes.values():
        for event in agreements.classes:
            for kind in RecipientKind:
                fields = dict.fromkeys((EXISTS, *islice(agreements.classes[event], 40, 42)), CLEAR)
                yield Permit(f"bench/{event}-{kind}", agreements.agreements[0], event, (kind,), purpose, fields, when)


# ---------------------------------------------------------------- mistakes, replay


def without_a_seal(agreements: Agreements) -> Agreements:
    rules = rules_of(agreements)
    return compiled(replace(rules, seals=rules.seals[1:]), agreements.classes)


def mistakes(agreements: Agreements, number: int) -> None:
    every = list(mutants(agreements))
    began = time.process_time()
    score = tried(agreements, sample(every, number))
    seconds = time.process_time() - began
    tell(
        "mistakes tried", possible=len(every), tried=number, seconds=seconds, widening=len(score.widening),
        percent_killed_by_invariants=score.percent_killed, change_nothing=len(score.silent),
    )  # fmt: skip


def replaying(agreements: Agreements, other: Agreements, number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="crosswalk-bench-") as root:
        began = time.monotonic()
        ledger, since = filled(Path(root), agreements, number)
        writing = time.monotonic() - began
        began, cpu = time.monotonic(), time.process_time()
        with ledger.reading() as tx:
            found = replay(other, recorded(tx, since), lambda n: tx.outcomes([n])[n])
        seconds, cpu = time.monotonic() - began, time.process_time() - cpu
        ledger.close()
    told = found.disclosed.get("")
    tell(
        "replay", decisions=found.decisions, different=found.different, seconds=seconds, cpu_seconds=cpu,
        children=len(told.children) if told else 0, ledger_written_in_seconds=writing,
    )  # fmt: skip
