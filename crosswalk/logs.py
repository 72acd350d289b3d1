"""Logs that cannot say a name: one processor lets only known-safe keys through.

JSON lines in production, pretty in a terminal. Left out: what is logged where. Rules: an unknown key is dropped and
counted, never printed; exceptions show their type and place, never their text, whoever let them pass; other libraries'
records pass the same processor.
"""

import logging
import logging.config
import sys
import threading
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

SAFE_KEYS = frozenset({
    "event", "level", "timestamp", "logger", "worker", "process", "topic", "partition", "offset", "first_offset",
    "last_offset", "count", "records", "leaves", "size", "lane", "organisation", "agency", "function", "event_type",
    "event_id", "exchange_id", "schema_id", "code", "field", "reason", "stage", "rule", "seconds", "tries", "exit_code",
    "pid", "port", "state", "fence", "owner", "ordinal", "error_type", "where", "dropped_keys", "path_kind", "version",
    "waiting", "oldest_seconds", "backlog", "file_token", "record", "signal", "restarts", "address",
})  # fmt: skip

_QUIET_LIBRARIES = (
    "faust",
    "mode",
    "aiokafka",
    "kafka",
    "confluent_kafka",
    "asyncio",
    "alembic",
    "sqlalchemy",
    "urllib3",
)


def only_safe_keys(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep known-safe keys; count the others without naming their values."""
    fault = entry.pop("exc_info", None)
    kept: dict[str, Any] = {key: value for key, value in entry.items() if key in SAFE_KEYS or key.startswith("_")}
    dropped = len(entry) - len(kept)
    if dropped:
        kept["dropped_keys"] = dropped
    if fault:
        error = fault if isinstance(fault, BaseException) else sys.exc_info()[1]
        kept |= describe_fault(error)
    return kept


def describe_fault(error: BaseException | None) -> dict[str, str]:
    """Type and place of a fault: an exception's own text may quote a value, so it stays out."""
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return {"error_type": type(error).__name__, "where": where}


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    only_safe_keys,
]


def configure(*, json_lines: bool | None = None) -> None:
    """Set up structlog and the standard library's logging, once a process.

    Args:
        json_lines: JSON lines when true, pretty when false, by terminal when None.
    """
    as_json = not sys.stderr.isatty() if json_lines is None else json_lines
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(standard_logging(json_lines=as_json))
    threading.excepthook = lambda died: None if died.exc_type is SystemExit else tell_fault(died.exc_value)


def tell_fault(error: BaseException | None) -> None:
    """Say that something unexpected happened, by type and place: a trace would quote what it was about."""
    structlog.get_logger().error("an unexpected fault: report it with this line", **describe_fault(error))


def standard_logging(*, json_lines: bool) -> dict[str, Any]:
    """Configuration of the standard library's logging: every record, ours or a library's, passes the same processor."""
    renderer = structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer(colors=True)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [_library_record, *_SHARED],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"safe": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "safe", "stream": "ext://sys.stderr"}},
        "loggers": {name: {"level": "ERROR"} for name in _QUIET_LIBRARIES},
        "root": {"level": "INFO", "handlers": ["stderr"]},
    }


def _library_record(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's own message may quote data: only who spoke, and how loudly, is kept."""
    record = entry.get("_record")
    entry["event"] = "a library reports"
    if isinstance(record, logging.LogRecord):
        entry["logger"] = record.name
        entry["where"] = f"{record.funcName}:{record.lineno}"
    return entry
