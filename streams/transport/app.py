"""The Faust app on the safe transport: every setting that matters, in one place, and how a loop is attached to it.

What it does: `build_app` makes the app, `attach` binds the one agent loop to a list of topics, `run` starts the worker
process with bounded noise.
What it leaves out: reading settings from files or the environment, and what is done with a carrier.

Rules: no table, no web server, no topic declaration, no leader topic, no exactly-once: none of these is correct here.
State lives in the database; topics are made by provisioning and named one by one.
"""

import logging
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, cast

import faust
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.worker import Worker

from sharing.errors import Misconfigured
from streams.carrier import Absorb
from streams.loop import exit_now, run_loop
from streams.transport.batch import CarrierConsumer, CarrierSchema, CarrierTransport, FaustSource
from streams.transport.offsets import Reached
from streams.watchdogs import Limits, Vitals, Watch

SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
MAX_POLL_S = 1000.0
QUIET = ("aiokafka", "faust", "mode")


@dataclass(frozen=True, slots=True)
class Sasl:
    """Who this process is to the broker.

    Args:
        mechanism: One of `SASL_MECHANISMS`.
        username: Name of the broker user.
        password: Its password; never printed.
    """

    mechanism: str
    username: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if self.mechanism not in SASL_MECHANISMS:
            raise Misconfigured(f"sasl.mechanism: use one of {', '.join(SASL_MECHANISMS)}")


@dataclass(frozen=True, slots=True)
class TransportSettings:
    """What a worker must know to read its topics.

    Args:
        bootstrap: `host:port`, several separated by commas.
        group: Consumer group; workers of one group share the partitions.
        data_folder: Folder for Faust's own small files; made if missing.
        sasl: User and password, or None.
        ssl_context: Trust and client certificate, or None for plain text.
        session_timeout_s: Silence after which the broker gives a dead worker's partitions away.
        heartbeat_s: Sign of life; a third of the session or less.
        commit_interval_s: How often safe offsets are committed.
        max_poll_records: Records of one fetch over all partitions, so also the size of the largest transaction.
        metadata_age_ms: How soon topics are looked for again; without it a worker stays idle after a broker restart.
    """

    bootstrap: str
    group: str
    data_folder: Path
    sasl: Sasl | None = None
    ssl_context: ssl.SSLContext | None = None
    session_timeout_s: float = 6.0
    heartbeat_s: float = 2.0
    commit_interval_s: float = 1.0
    max_poll_records: int = 500
    metadata_age_ms: int = 5000


def build_app(settings: TransportSettings) -> faust.App:
    """Make the Faust app with the safe transport.

    Args:
        settings: Where the broker is and who we are.

    Returns:
        The app, not started; give it work with `attach`, start it with `run`.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        settings.group,
        broker=[f"kafka://{address.strip()}" for address in settings.bootstrap.split(",")],
        broker_credentials=_credentials(settings),
        broker_session_timeout=settings.session_timeout_s,
        broker_heartbeat_interval=settings.heartbeat_s,
        broker_commit_interval=settings.commit_interval_s,
        broker_max_poll_records=settings.max_poll_records,
        broker_max_poll_interval=MAX_POLL_S,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=settings.metadata_age_ms,
        datadir=settings.data_folder / "faust",
        producer_acks=-1,
        store="memory://",
        stream_wait_empty=False,  # its wait for the agent has no bound; SafeConsumer waits with one
        table_standby_replicas=0,  # no tables: the plain round-robin assignor, which spreads 400 small topics evenly
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,  # by default it listens on every interface without a login
        worker_redirect_stdouts=False,
    )
    app.transport = CarrierTransport(app.conf.broker_consumer, app)
    return app


def attach(
    app: faust.App,
    topics: Sequence[str],
    absorb: Absorb,
    *,
    limits: Limits | None = None,
    stop: Callable[[int], NoReturn] = exit_now,
    reached: Reached | None = None,
) -> None:
    """Bind the agent loop to topics: each carrier is absorbed, then acknowledged.

    Args:
        app: From `build_app`.
        topics: Names of topics that exist; at least one, each once.
        absorb: Takes one batch into the database; wrap it in `streams.attempts.Attempts` to isolate poison records.
        limits: When the watchdogs bark and bite; None for the defaults.
        stop: Ends the process; handed in for tests.
        reached: Asks the database how far it got, from any thread; None where it is never put back from a copy.

    Raises:
        Misconfigured: No topic, or one named twice.
    """
    if not topics or len(set(topics)) != len(topics):
        raise Misconfigured("topics: name at least one topic, and each only once")
    cast(CarrierTransport, app.transport).reached = reached
    channel = app.topic(*topics, schema=CarrierSchema())

    @app.agent(channel, name="carriers")
    async def carry(stream: Any) -> None:
        watch = Watch(limits or Limits(), lambda: _vitals(cast(CarrierConsumer, app.consumer)), stop)
        with watch:
            await run_loop(FaustSource(app, stream), absorb, stop=stop, watch=watch)


def run(app: faust.App, logging_config: dict[str, Any] | None = None) -> NoReturn:
    """Run the worker in this process until a signal ends it; ends with `SystemExit`.

    Args:
        app: From `build_app`, with work attached.
        logging_config: A `logging.config.dictConfig`, or None for Faust's plain lines on standard error.
    """
    # At WARNING or above Faust sets the root logger to DEBUG, so stay at INFO and quieten the talkative ones.
    worker = Worker(app, loglevel="info", logging_config=logging_config, quiet=False)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    worker.execute_from_commandline()
    raise SystemExit(0)


def _vitals(consumer: CarrierConsumer) -> Vitals:
    return Vitals(assigned=consumer.assigned(), head=consumer.offsets.head(), waiting=consumer.offsets.waiting())


def _credentials(settings: TransportSettings) -> Any:
    if settings.sasl is not None:
        return faust.SASLCredentials(
            username=settings.sasl.username,
            password=settings.sasl.password,
            mechanism=settings.sasl.mechanism,
            ssl_context=settings.ssl_context,
        )
    return faust.SSLCredentials(settings.ssl_context) if settings.ssl_context is not None else None


ASSIGNOR = RoundRobinPartitionAssignor
"""Both sources use it, so that workers of either kind can share a group while one is exchanged for the other."""
