"""Opening brings a database to this code's version; a newer one is refused."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ledger import Keys, Ledger
from ledger.database import Database
from ledger.tables import metadata
from ledger.upgrade import MIGRATIONS, REVISION
from sharing.errors import Misconfigured


def test_the_steps_lead_to_the_tables_of_the_page(ledger: Ledger, url: str):
    with closing(Database(url)) as database, database.reading() as session:
        found = compare_metadata(MigrationContext.configure(session.connection), metadata)
        assert found == []
        names = set(sa.inspect(session.connection).get_table_names())
    assert names == {*metadata.tables, "alembic_version"}


def test_the_code_knows_its_newest_step():
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == REVISION


def test_a_database_newer_than_the_code_is_refused_with_the_fix(ledger: Ledger, url: str, keys: Keys):
    with ledger.transaction() as tx:
        tx.session.run("update alembic_version set version_num = '9999'")
    for opening in (Ledger.open, Ledger.open_existing):
        with pytest.raises(Misconfigured, match=r"9999.*(newer Crosswalk|that runs it)"):
            opening(url, keys)


def test_an_older_ledger_is_brought_on_and_keeps_what_it_holds(url: str, keys: Keys):
    with closing(Database(url)) as database, database.transaction() as session:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = session.connection
        command.upgrade(config, "0001")
        session.run("insert into word (text) values ('school')")
    with closing(Ledger.open(url, keys)) as ledger, ledger.reading() as tx:
        assert tx.word(1) == "school"
        assert tx.statements("") == []


def test_opening_twice_changes_nothing(ledger: Ledger, url: str, keys: Keys):
    with ledger.transaction() as tx:
        tx.move_head()
    with closing(Ledger.open(url, keys)) as again, again.reading() as tx:
        assert tx.head() == 1


def test_looking_needs_a_ledger(postgres_url: str, keys: Keys, tmp_path: Path):
    (tmp_path / "empty.db").touch()
    for url in (postgres_url, f"sqlite:///{tmp_path / 'empty.db'}"):
        with pytest.raises(Misconfigured, match="no ledger"):
            Ledger.open_existing(url, keys)


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_names_no_known_database_is_refused(url: str, keys: Keys):
    with pytest.raises(Misconfigured, match="database url"):
        Ledger.open(url, keys)
