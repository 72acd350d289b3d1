"""What tests of the connector share: settings on a fresh folder, a fixed time, and an open spool."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.secrets import make_key_file
from connectors.settings import Settings
from connectors.stores import Stores

NOW = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """A maker of settings; what is given replaces what stands here."""
    key = tmp_path / "connector.key"

    def make(**given: object) -> Settings:
        if not key.exists():
            make_key_file(key)
        mapping = {
            "organisation": "oakfield-primary",
            "agency": "schools",
            "bootstrap": "127.0.0.1:1",
            "key_file": str(key),
            "state": str(tmp_path / "state"),
            "gap_wait_seconds": 5,
        }
        return Settings.from_mapping(mapping | given, "connector.yaml", tmp_path)

    return make


@pytest.fixture
def stores(make_settings: Callable[..., Settings]) -> Iterator[Stores]:
    opened = Stores(make_settings())
    yield opened
    opened.close()
