"""The same ledger on both databases; each test has a fresh one."""

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import sqlalchemy as sa

from ledger import Keys, Ledger
from tests.ledger.postgres import server

_numbers = count()


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Keys of the ledger under test."""
    return Keys.generate("crosswalk/easthaven")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of one PostgreSQL server for the run."""
    with server() as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of a fresh database."""
    name = f"ledger_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    url = sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    yield url
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh database, once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@cache
def empty() -> bytes:
    """An empty ledger as one SQLite file, brought to this version once for all tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.db"
        Ledger.open(f"sqlite:///{file}", Keys.generate("crosswalk/easthaven")).close()
        return file.read_bytes()


@pytest.fixture
def ledger(url: str, keys: Keys) -> Iterator[Ledger]:
    """A fresh ledger."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).write_bytes(empty())
    with closing(Ledger.open(url, keys)) as opened:
        yield opened
