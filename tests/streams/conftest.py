"""A fresh corridor for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.streams.corridor import Corridor
from tests.streams.scrub_kit import one_waits


@pytest.fixture
def corridor(tmp_path: Path) -> Iterator[Corridor]:
    """One broker on an empty ledger."""
    made = Corridor(tmp_path)
    yield made
    made.close()


@pytest.fixture
def waiting(corridor: Corridor) -> Corridor:
    return one_waits(corridor)
