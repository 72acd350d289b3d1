"""What the bare loop is told: recipients and allowed fields, read off the agreements once, beforehand."""

import json
import subprocess
import sys
from typing import Any

from bench.pipeline import ROOT, Pipeline, processor_time
from bench.traffic import HEALTH, SOCIAL_CARE, Traffic
from sharing.policy import decide
from sharing.policy.facts import Facts, Guard
from sharing.vocabulary import RecipientKind
from streams.broker import read_agreements

IN = "bare-in"
PREFIX = "bare-"
_CARE = f"out.social-care.{SOCIAL_CARE}"
_KINDS = (RecipientKind.EMERGENCY_DEPARTMENT, RecipientKind.GP, RecipientKind.HEALTH_VISITOR)


class Bare:
    """The peer's process."""

    def __init__(self, pipeline: Pipeline, traffic: Traffic, group: str) -> None:
        self.path = pipeline.folder / "bare.json"
        self.path.write_text(json.dumps({
            "bootstrap": pipeline.bootstrap, "group": group, "in": IN, "prefix": PREFIX, "routes": _routes(),
            "keys": {one.key.hex(): f"out.schools.{traffic.people[one.child].school}" for one in _reviews(traffic)},
        }))  # fmt: skip
        self.log = pipeline.folder / "bare.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "bench.bare", str(self.path)]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    def cpu_seconds(self) -> float:
        assert self.process
        return processor_time(self.process.pid)


def _reviews(traffic: Traffic) -> list[Any]:
    return [traffic.review(person, 0) for person in traffic.people]


def _routes() -> dict[str, Any]:
    agreements = read_agreements(ROOT / "agreements")
    known = dict.fromkeys(Guard, False)
    opened = (Guard.OPEN_INVOLVEMENT, Guard.OPEN_PLAN, Guard.STATUTORY_PLAN, Guard.IDENTITY_SETTLED)
    facts = Facts.of(known | dict.fromkeys(opened, True))

    def allowed(event_type: str, kind: RecipientKind) -> dict[str, list[str]]:
        decision = decide(agreements, event_type, kind, None, facts)
        found: dict[str, list[str]] = {"": [], "envelope": [], "child": []}
        for ruling in decision.fields:
            head, _, tail = ruling.path.rpartition(".")
            if ruling.is_released and not ruling.path.startswith("$") and "[]" not in ruling.path:
                found[head].append(tail)
        return found

    plan = "csc.plan.changed"
    health = [f"out.health.{slug}" for slug in HEALTH]
    return {
        "school.concern.shared": _one("school.concern.shared", RecipientKind.ALLOCATED_TEAM, allowed),
        "referral.submitted": _one("referral.submitted", RecipientKind.FRONT_DOOR, allowed),
        plan: {
            "to": health,
            "allowed": {topic: allowed(plan, kind) for topic, kind in zip(health, _KINDS, strict=True)},
            "by_key": allowed(plan, RecipientKind.SCHOOL),
        },
    }


def _one(event_type: str, kind: RecipientKind, allowed: Any) -> dict[str, Any]:
    return {"to": [_CARE], "allowed": {_CARE: allowed(event_type, kind)}}
