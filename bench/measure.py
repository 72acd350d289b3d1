"""Throughput, latency and start-up, measured from outside.

Left out: printing (`__main__`). Rules: time is this process's own clock; processor time is that of the processes under
test and of no other; counts are the cluster's end offsets; a run that did not deliver everything has no figure.
"""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
import yaml
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from bench.peer import IN, PREFIX, Bare
from bench.pipeline import PARTNERSHIP, Pipeline, headers_of, produce, scratch
from bench.traffic import CATALOGUE, Sent, Traffic, number_in
from sharing.codec import decode

PATIENCE = 600.0
Result = dict[str, Any]


def expected(records: Iterable[Sent], traffic: Traffic, *, ours: bool) -> Counter[str]:
    """Records that must arrive at each topic. We also tell who refers that a clock runs; the bare loop does not."""
    found: Counter[str] = Counter()
    for one in records:
        found.update(one.to)
        if ours and one.kind == "referral":
            found[f"out.schools.{traffic.people[one.child].school}"] += 1
    return found


# ---------------------------------------------------------------- throughput


def whole_pipeline(pipeline: Pipeline, traffic: Traffic, count: int) -> Result:
    """Start workers and sequencer, warm them, give them `count` events at once, wait for every delivery."""
    pipeline.start()
    _deliver(pipeline, traffic, list(traffic.events(300)))
    records = list(traffic.events(count))
    cpu, began = pipeline.cpu_seconds(), time.monotonic()
    _deliver(pipeline, traffic, records)
    seconds, cpu = time.monotonic() - began, pipeline.cpu_seconds() - cpu
    restarts = sum(child.restarts for child in pipeline.supervisor.children.values())
    pipeline.stop()
    assert not restarts, "a process ended during the run: no figure"
    return _figures("whole pipeline", count, seconds, cpu, sum(expected(records, traffic, ours=True).values()))


def _deliver(pipeline: Pipeline, traffic: Traffic, records: list[Sent]) -> None:
    wanted = expected(records, traffic, ours=True)
    before = pipeline.ends(wanted)
    produce(pipeline.bootstrap, records)
    pipeline.until(lambda: _reached(pipeline, before, wanted, ""), PATIENCE, "every delivery")


def bare_loop(pipeline: Pipeline, traffic: Traffic, count: int, group: str) -> Result:
    """The peer at the same job, in the same way: started, warmed, given `count` events at once."""
    bare = Bare(pipeline, traffic, group)
    bare.start()
    _deliver_bare(pipeline, traffic, list(traffic.events(300)))
    records = list(traffic.events(count))
    cpu, began = bare.cpu_seconds(), time.monotonic()
    _deliver_bare(pipeline, traffic, records)
    seconds, cpu = time.monotonic() - began, bare.cpu_seconds() - cpu
    bare.stop()
    return _figures("bare loop", count, seconds, cpu, sum(expected(records, traffic, ours=False).values()))


def make_bare_topics(pipeline: Pipeline, topics: Iterable[str]) -> None:
    """The peer's own topics."""
    admin = AdminClient({"bootstrap.servers": pipeline.bootstrap, "log_level": 0})
    for made in admin.create_topics([NewTopic(n, 1, 1) for n in (IN, *(PREFIX + t for t in topics))]).values():
        made.result(30)


def _deliver_bare(pipeline: Pipeline, traffic: Traffic, records: list[Sent]) -> None:
    wanted = expected(records, traffic, ours=False)
    before = {topic: pipeline.end(PREFIX + topic) for topic in wanted}
    produce(pipeline.bootstrap, [one._replace(topic=IN) for one in records])
    pipeline.until(lambda: _reached(pipeline, before, wanted, PREFIX), PATIENCE, "every delivery of the bare loop")


def _reached(pipeline: Pipeline, before: dict[str, int], wanted: Counter[str], prefix: str) -> bool:
    return all(pipeline.end(prefix + topic) - before[topic] >= count for topic, count in wanted.items())


def _figures(who: str, count: int, seconds: float, cpu: float, deliveries: int) -> Result:
    return {
        "measure": "throughput", "who": who, "events": count, "deliveries": deliveries,
        "seconds": round(seconds, 3), "events_per_second": round(count / seconds, 1),
        "cpu_ms_per_event": round(cpu / count * 1000, 4), "load": round(psutil.getloadavg()[0], 2),
    }  # fmt: skip


# ---------------------------------------------------------------- latency


class Arrivals(threading.Thread):
    """Notes when each event of a latency run arrives at each of its recipients."""

    def __init__(self, pipeline: Pipeline, topics: list[str], due: dict[int, float]) -> None:
        super().__init__(daemon=True)
        self.due = due
        self.stopping = threading.Event()
        self._consumer = Consumer({
            "bootstrap.servers": pipeline.bootstrap, "group.id": "bench.arrivals", "enable.auto.commit": False,
            "fetch.wait.max.ms": 5, "log_level": 0,
        })  # fmt: skip
        self._consumer.assign([TopicPartition(topic, 0, pipeline.end(topic)) for topic in topics])
        self.waited: list[tuple[float, float]] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            for message in self._consumer.consume(500, 0.02):
                now = time.monotonic()
                number = number_in(decode(message.value(), CATALOGUE))
                if number in self.due:
                    self.waited.append((self.due[number], now - self.due[number]))
        self._consumer.close()


def latency(pipeline: Pipeline, traffic: Traffic, rate: int, seconds: float) -> Result:
    """Open loop: each event has a time at which it is due, and is late from then on, whatever held it up."""
    records = list(traffic.events(int(rate * seconds)))
    wanted = sum(expected(records, traffic, ours=False).values())
    due: dict[int, float] = {}
    arrivals = Arrivals(pipeline, list(expected(records, traffic, ours=False)), due)
    arrivals.start()
    producer = Producer({"bootstrap.servers": pipeline.bootstrap, "enable.idempotence": True, "linger.ms": 0})
    cpu, began = pipeline.cpu_seconds(), time.monotonic() + 0.2
    for position, one in enumerate(records):
        due[one.number] = began + position / rate
        while (left := due[one.number] - time.monotonic()) > 0:
            time.sleep(left)
        producer.produce(one.topic, one.value, one.key, headers=headers_of(one))
        producer.poll(0)
    producer.flush(30)
    ended = time.monotonic()
    while len(arrivals.waited) < wanted and time.monotonic() - ended < 60:
        time.sleep(0.05)
    drained, cpu = time.monotonic() - ended, pipeline.cpu_seconds() - cpu
    arrivals.stopping.set()
    arrivals.join()
    return _waited(rate, seconds, wanted, drained, cpu / len(records), [w for _, w in sorted(arrivals.waited)])


def _waited(rate: int, seconds: float, wanted: int, drained: float, cpu: float, waited: list[float]) -> Result:
    """`sustained`: the backlog at the end is no longer than a second's, and everything arrived."""
    ordered = sorted(waited) or [0.0]
    return {
        "measure": "latency", "rate": rate, "seconds": seconds, "deliveries": len(waited),
        "missing": wanted - len(waited),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "p99_ms": round(ordered[len(ordered) * 99 // 100] * 1000, 1),
        "max_ms": round(ordered[-1] * 1000, 1), "drained_after_s": round(drained, 2),
        "sustained": wanted == len(waited) and drained < 1.0, "cpu_ms_per_event": round(cpu * 1000, 4),
        "load": round(psutil.getloadavg()[0], 2),
    }  # fmt: skip


# ---------------------------------------------------------------- start-up


def start_up(folder: Path, bootstrap: str, schools: int) -> Result:
    """Provision a partnership of so many schools, start, and wait for the first delivery."""
    last = f"school-{schools:03d}"
    pipeline = Pipeline(
        folder / "broker", bootstrap, partnership=_partnership(scratch(folder / "partnership"), schools)
    )
    with pipeline:
        pipeline.prepare()
        began = time.monotonic()
        command = [sys.executable, "-m", "crosswalk", "provision"]
        subprocess.run(command, env=pipeline.environment("provision"), check=True, capture_output=True)
        provisioned = time.monotonic()
        pipeline.start()
        produce(bootstrap, [Traffic(1, 9, (last,)).concern(Traffic(1, 9, (last,)).people[0], 1)])
        pipeline.until(lambda: pipeline.end("out.social-care.easthaven-social-care") > 0, PATIENCE, "a first delivery")
        delivered = time.monotonic()
    return {
        "measure": "start-up", "schools": schools, "topics": len(pipeline.inputs()) + schools,
        "provision_seconds": round(provisioned - began, 2),
        "start_to_first_delivery_seconds": round(delivered - provisioned, 2), "load": round(psutil.getloadavg()[0], 2),
    }  # fmt: skip


def _partnership(folder: Path, schools: int) -> Path:
    directory = yaml.safe_load((PARTNERSHIP / "directory.yaml").read_text())
    for number in range(1, schools + 1):
        directory["organisations"][f"school-{number:03d}"] = {
            "agency": "schools", "kind": "school", "name": f"School {number}", "urn": str(800_000 + number),
            "terms": "easthaven", "functions": {"safeguarding_lead": {"telephone": "01632 960001"}},
        }  # fmt: skip
    (folder / "directory.yaml").write_text(yaml.safe_dump(directory))
    (folder / "calendars.yaml").write_text((PARTNERSHIP / "calendars.yaml").read_text())
    return folder
