"""Plays a story in a world: puts files, answers as people would, kills processes, moves time when all is quiet.

Left out: what the story is (`story`) and whether it went well (the checker, a process of its own). Rules: what is put
is written down before it is let go, outside the system and on disk; a kill waits for work in flight and notes what
was in flight.
"""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from crosswalk.demo.quiet import Watch
from crosswalk.demo.story.steps import (
    Flood,
    Kill,
    Mark,
    MoveTo,
    Offline,
    Online,
    Produce,
    Published,
    Put,
    Respond,
    Say,
    Step,
    WaitQuiet,
)
from crosswalk.demo.world import World
from sharing.errors import CrosswalkError

QUIET_SECONDS = 120.0
ANSWER_SECONDS = 60.0
LOOK_SECONDS = 0.08
AGREE_SECONDS = 0.3
FLIGHT_SECONDS = 60.0


class Stuck(CrosswalkError):  # noqa: N818 - says what the flow is
    """The flow did not come to rest, or a delivery never came; what was under way is in the message."""


class Player:
    """Plays steps, one after the other.

    Args:
        world: Made and started.
        tell: Given each line for the people who watch.
    """

    def __init__(self, world: World, tell: Callable[[str, str], None]) -> None:
        self.world = world
        self.watch = Watch(world)
        self.tell = tell
        self._producer = Producer({"bootstrap.servers": world.bootstrap, "acks": "all", "log_level": 0})
        self._play: Mapping[type, Callable[[Any], None]] = {
            MoveTo: self._move_to, Put: self._put, Respond: self._respond, Offline: self._offline, Online: self._online,
            Produce: self._produce, Flood: self._flood, Kill: self._kill, Mark: self._mark, Say: self._say,
            WaitQuiet: lambda _: self.wait_quiet(),
        }  # fmt: skip

    def play(self, step: Step) -> None:
        """Play one step.

        Raises:
            Stuck: the flow does not come to rest, or what is answered never came.
        """
        self._play[type(step)](step)

    def close(self) -> None:
        """Let go of the database and the cluster."""
        self.watch.close()

    # ------------------------------------------------------------ time

    def wait_quiet(self) -> None:
        """Wait until two looks, a little apart, agree that nothing is under way."""
        until = time.monotonic() + QUIET_SECONDS
        quiet_since = 0.0
        stamp: tuple[int, ...] = ()
        look = self.watch.look()
        while time.monotonic() < until:
            if look.busy or look.stamp != stamp:
                quiet_since, stamp = time.monotonic(), look.stamp
            elif time.monotonic() - quiet_since > AGREE_SECONDS:
                return
            time.sleep(LOOK_SECONDS)
            look = self.watch.look()
        raise Stuck(f"not quiet after {QUIET_SECONDS:.0f} s: {'; '.join(look.busy)}")

    def _move_to(self, step: MoveTo) -> None:
        self.wait_quiet()
        self.world.clock.move_to(step.moment)

    # ------------------------------------------------------------ what is put

    def _put(self, step: Put) -> None:
        self._publish(step.published)
        self._drop(step)

    def _drop(self, step: Put) -> None:
        drop = self.world.agency(step.organisation) / "drop"
        beside = drop / f".{step.file_name}.part"
        beside.write_bytes(step.content)
        beside.replace(drop / step.file_name)

    def _flood(self, step: Flood) -> None:
        self._publish([one for put in step.puts for one in put.published])
        for put in step.puts:
            self._drop(put)

    def _respond(self, step: Respond) -> None:
        folder = self.world.agency(step.organisation) / "delivered"
        seen: set[Path] = set()
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            for path in sorted(set(folder.glob("*.json")) - seen):
                seen.add(path)
                delivered = json.loads(path.read_text(encoding="utf-8"))
                if step.fits(delivered):
                    self._put(step.make(delivered))
                    return
            time.sleep(LOOK_SECONDS)
        raise Stuck(f"{step.organisation} never received the {step.to_event_type} that it answers ({step.child})")

    def _produce(self, step: Produce) -> None:
        self._publish(step.published)
        agency = self.world.directory.organisations[step.organisation].agency.value
        topic = f"{step.lane}.{agency}.{step.organisation}"
        refused: list[KafkaError] = []

        def confirmed(fault: KafkaError | None, _message: Message) -> None:
            if fault is not None:
                refused.append(fault)

        try:
            headers = list(step.headers)
            self._producer.produce(topic, step.value, step.key, headers=headers, on_delivery=confirmed)  # type: ignore[arg-type]
        except KafkaException as fault:
            refused.append(fault.args[0])
        self._producer.flush(30)
        if step.too_large:
            name = refused[0].name() if refused else "ACCEPTED"
            self._note("noted.jsonl", {"what": "too_large", "topic": topic, "answer": name})

    # ------------------------------------------------------------ faults

    def _offline(self, step: Offline) -> None:
        self.world.stop_connector(step.organisation)
        self.watch.offline.add(step.organisation)

    def _online(self, step: Online) -> None:
        waiting = self.watch.unread(step.organisation)
        fault = {"kind": "offline", "organisation": step.organisation, "in_flight": {"waiting": waiting}}
        self._note("faults.jsonl", {**fault, "at_ms": _now_ms()})
        self.world.start_connector(step.organisation)
        self.watch.offline.discard(step.organisation)

    def _kill(self, step: Kill) -> None:
        """Kill when there is work in flight; note how much there was."""
        measure = self.watch.unreleased if step.process == "sequencer" else self.watch.backlog
        in_flight = measure()
        until = time.monotonic() + FLIGHT_SECONDS
        while not in_flight and time.monotonic() < until:
            time.sleep(0.005)
            in_flight = measure()
        pid = self.world.supervisor.kill(step.process)
        fault = {"kind": "kill", "process": step.process, "pid": pid, "in_flight": {"waiting": in_flight}}
        self._note("faults.jsonl", {**fault, "at_ms": _now_ms()})

    # ------------------------------------------------------------ words and notes

    def _mark(self, step: Mark) -> None:
        self._note("marks.jsonl", {"name": step.name, "at_ms": _now_ms()})

    def _say(self, step: Say) -> None:
        self.tell(step.chapter, step.text)

    def _publish(self, published: Sequence[Published]) -> None:
        self._note("published.jsonl", *({**asdict(one), "at_ms": _now_ms()} for one in published))

    def _note(self, name: str, *entries: Mapping[str, Any]) -> None:
        with (self.world.folder / "story" / name).open("a", encoding="utf-8") as notes:
            notes.writelines(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
            notes.flush()
            os.fsync(notes.fileno())


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)
