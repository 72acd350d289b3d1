"""A worker: takes in, looks at clocks, releases; each in a thread of its own with a database session of its own.

Left out: what each does (`agents`). Rules: any fault that a thread does not expect ends the whole process before an
offset moves; the supervisor starts it again. Nothing here is global: the process is composed from settings.
"""

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

import structlog

from ledger.errors import FenceLost
from ledger.store import Ledger
from sharing.topics import in_topic, receipts_topic, seals_topic
from streams.agents.barrier import Barrier
from streams.agents.handover import Handover
from streams.agents.intake import Intake
from streams.agents.release import Release
from streams.agents.sender import Sender
from streams.agents.timers import Timers, real_now
from streams.attempts import Attempts
from streams.broker import Broker, open_broker
from streams.loop import exit_now
from streams.planted import with_fault
from streams.settings import Settings
from streams.transport.app import TransportSettings, attach, build_app, run
from streams.watchdogs import INFRASTRUCTURE_FAULT

log = structlog.get_logger()

GROUP = "crosswalk.broker"
RELEASE_PAUSE_SECONDS = 0.03
TIMER_PAUSE_SECONDS = 0.25


def inputs_of(broker: Broker) -> list[str]:
    """Every topic that workers read, seals first."""
    enrolled = [o for o in broker.directory.organisations.values() if o.enrolled]
    seals = [seals_topic(o) for o in enrolled if o.may_seal]
    return [*seals, *(in_topic(o) for o in enrolled), *(receipts_topic(o) for o in enrolled)]


def security_of(settings: Settings) -> dict[str, Any]:
    """Settings of the confluent client for this cluster."""
    if not settings.username or settings.password_file is None:
        return {"ssl.ca.location": str(settings.ca_file), "security.protocol": "SSL"} if settings.ca_file else {}
    return {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": settings.username,
        "sasl.password": settings.password_file.read_text(encoding="utf-8").strip(),
        **({"ssl.ca.location": str(settings.ca_file)} if settings.ca_file else {}),
    }


def run_worker(settings: Settings, logging_config: dict[str, Any]) -> NoReturn:
    """Run one worker until a signal ends it.

    Args:
        settings: Of this process.
        logging_config: Configuration of the standard library's logging, which Faust would else replace by its own.

    Raises:
        Misconfigured: a setting or file is wrong; nothing was started.
    """
    broker = open_broker(settings)
    owner = f"{settings.worker}-{os.getpid()}-{secrets.token_hex(4)}"
    handover = Handover()
    inputs = inputs_of(broker)
    seals = [name for name in inputs if name.startswith("seals.")]
    security = security_of(settings)
    stopping = threading.Event()

    def own(part: Broker) -> Broker:
        return replace(part, ledger=Ledger.open(settings.database, part.keys))

    def releasing() -> None:
        barrier = Barrier(settings.bootstrap, seals, security)
        agent = Release(own(broker), handover, Sender(settings.bootstrap, security), barrier, owner)
        _repeat(lambda: agent.once(real_now()), RELEASE_PAUSE_SECONDS, stopping)
        agent.close()

    def looking_at_clocks() -> None:
        agent = Timers(own(broker), handover, Barrier(settings.bootstrap, inputs, security), owner)
        _repeat(lambda: agent.once(real_now()), TIMER_PAUSE_SECONDS, stopping)

    threads = [_thread("release", releasing), _thread("timers", looking_at_clocks)]
    intake = Intake(broker, handover)
    one_try = with_fault(intake.absorb, os.environ, settings.state, exit_now)
    absorb = Attempts(settings.state / "attempts", one_try, intake.absorb_crashed, intake.absorb_unopened)
    app = build_app(TransportSettings(settings.bootstrap, GROUP, settings.state / settings.worker))
    attach(app, inputs, absorb, reached=_reached(own(broker).ledger))
    try:
        run(app, logging_config)
    finally:
        stopping.set()
        for thread in threads:
            thread.join(timeout=5)


def _reached(ledger: Ledger) -> Callable[[], Mapping[tuple[str, int], int]]:
    """How far the database absorbed each input; a database that is away ends the process, as everywhere."""

    def asked() -> Mapping[tuple[str, int], int]:
        try:
            with ledger.reading() as tx:
                return tx.progress()
        except Exception:
            log.exception("the database did not say how far it got; the process ends", process="seek")
            exit_now(INFRASTRUCTURE_FAULT)

    return asked


def _thread(name: str, work: Callable[[], None]) -> threading.Thread:
    def guarded() -> None:
        try:
            work()
        except Exception:
            log.exception("a part of the worker failed; the process ends", process=name)
            exit_now(INFRASTRUCTURE_FAULT)

    thread = threading.Thread(target=guarded, name=name, daemon=True)
    thread.start()
    return thread


def _repeat(once: Callable[[], int], pause: float, stopping: threading.Event) -> None:
    """Do it again and again: at once while there is work, after a pause otherwise."""
    while not stopping.is_set():
        try:
            done = once()
        except FenceLost:
            log.info("another process took over a part of the work")
            done = 0
        if not done:
            stopping.wait(pause)
