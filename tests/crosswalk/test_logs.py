"""Logs cannot say a name: known-safe keys only, faults by type and place, libraries by who spoke."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
import structlog

from crosswalk import logs

NAME = "Quillfeather"


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything that is logged as JSON lines, through the product's own configuration."""
    stream = io.StringIO()
    config = logs.standard_logging(json_lines=True)
    config["handlers"]["stderr"]["stream"] = stream
    logs.configure(json_lines=True)
    logging.config.dictConfig(config)
    yield stream
    logs.configure(json_lines=True)
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()


def lines(said: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_an_unknown_key_is_dropped_and_counted(said):
    structlog.get_logger().warning("dead letter", code="BAD_DATE", surname=NAME, child={"name": NAME})
    (line,) = lines(said)
    assert (line["event"], line["code"], line["level"], line["dropped_keys"]) == (
        "dead letter",
        "BAD_DATE",
        "warning",
        2,
    )
    assert NAME not in said.getvalue()


def test_a_fault_is_told_by_type_and_place_without_its_text(said):
    try:
        int(NAME)
    except ValueError:
        structlog.get_logger().exception("a part failed", process="release")
    (line,) = lines(said)
    assert line["error_type"] == "ValueError"
    assert line["where"].startswith("test_a_fault_is_told_by_type_and_place_without_its_text:")
    assert NAME not in said.getvalue()


def test_a_librarys_own_words_are_not_repeated(said):
    logging.getLogger("some.library").warning("could not parse %s", NAME, extra={"surname": NAME})
    (line,) = lines(said)
    assert (line["event"], line["logger"]) == ("a library reports", "some.library")
    assert NAME not in said.getvalue()


def test_a_librarys_fault_is_not_repeated_either(said):
    try:
        int(NAME)
    except ValueError:
        logging.getLogger("some.library").exception("failed on %s", NAME)
    assert NAME not in said.getvalue()
    assert "a library reports" in said.getvalue()


@pytest.mark.parametrize("library", ["kafka", "sqlalchemy.engine", "faust", "aiokafka"])
def test_chatty_libraries_are_heard_only_when_something_is_wrong(said, library):
    logging.getLogger(library).warning("rebalancing")
    assert said.getvalue() == ""
    logging.getLogger(library).error("gone")
    assert len(lines(said)) == 1


@pytest.mark.parametrize("word", ["surname", "postcode", "value", "body", "key", "message", "error", "url", "path"])
def test_keys_that_could_hold_a_value_are_not_safe(word):
    assert word not in logs.SAFE_KEYS
