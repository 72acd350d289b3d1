"""The sequencer's process: numbers carriers, signs and publishes checkpoints, hears witnesses, tells of dead letters.

Left out: how numbering works (`ledger.sequencer`). Rules: several may run, one holds the lease; being killed at any
point loses and repeats nothing.
"""

import os
import secrets
import signal
import threading
import time
from dataclasses import replace

import structlog
from confluent_kafka import Producer

from ledger.sequencer import run_sequencer
from ledger.store import Ledger
from streams.agents.publish import Publisher
from streams.agents.timers import real_now
from streams.agents.witnessing import Witnessing
from streams.broker import open_broker
from streams.loop import exit_now
from streams.settings import Settings
from streams.watchdogs import INFRASTRUCTURE_FAULT
from streams.worker import security_of

log = structlog.get_logger()

CADENCE_SECONDS = 1.0


def run_sequencing(settings: Settings) -> None:
    """Number and publish until a signal ends it.

    Raises:
        Misconfigured: a setting or file is wrong; nothing was started.
    """
    broker = open_broker(settings)
    owner = f"{settings.worker}-{os.getpid()}-{secrets.token_hex(4)}"
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    def publishing() -> None:
        own = replace(broker, ledger=Ledger.open(settings.database, broker.keys))
        client = {"bootstrap.servers": settings.bootstrap, **security_of(settings)}
        publisher = Publisher(own, Producer({**client, "acks": "all"}), owner)
        witnessing = Witnessing(own, client)
        due = time.monotonic()
        while not stopping.wait(max(0.0, due - time.monotonic())):
            due = max(due + CADENCE_SECONDS, time.monotonic())
            if publisher.may_publish(real_now()):
                publisher.checkpoint(witnessing.listen())
                publisher.dead_letters()

    def guarded() -> None:
        try:
            publishing()
        except Exception:
            log.exception("publishing failed; the process ends", process="publish")
            exit_now(INFRASTRUCTURE_FAULT)

    threading.Thread(target=guarded, name="publish", daemon=True).start()
    run_sequencer(broker.ledger, owner, real_now, stopping.wait)
