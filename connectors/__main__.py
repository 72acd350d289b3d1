"""`python -m connectors SETTINGS...`: run connectors in this process until it is told to stop."""

import logging
import sys
from pathlib import Path

import structlog

from connectors.host import run
from connectors.troubles import place_of
from sharing.errors import Misconfigured, Retryable

WRONG_CALL, UNEXPECTED = 2, 70


def _logs() -> None:
    """JSON lines on stderr. The client's own records may quote what it sends, so they stay out."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python -m connectors SETTINGS...")
    try:
        _logs()
        run([Path(name) for name in sys.argv[1:]])
    except (Misconfigured, Retryable) as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(WRONG_CALL)
    except Exception as fault:  # noqa: BLE001 - its text, or a trace, may quote a record
        structlog.get_logger().error("unexpected fault", code=type(fault).__name__, where=place_of(fault))
        sys.exit(UNEXPECTED)
