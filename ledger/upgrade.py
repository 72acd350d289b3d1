"""Bringing a database to this version of the code, once, whoever comes first.

Left out: the steps themselves (`migrations/versions`). Rules: a database that is newer than the code is refused;
steps go forward only, in one transaction, while others wait.
"""

from pathlib import Path

import sqlalchemy as sa

from ledger.database import Database, Session
from sharing.errors import Misconfigured

REVISION = "0003"
"""Newest step that this code knows; a test holds it against the folder."""
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x63772D7570677264


def upgrade(database: Database) -> None:
    """Bring the database to `REVISION`.

    Raises:
        Misconfigured: it is newer than this code.
    """
    with database.transaction() as session:
        session.lock(_LOCK)
        found = _revision(session)
        if found == REVISION:
            return
        # Only a first start or an upgrade pays for loading alembic.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise Misconfigured(
                f"database: it is at version {found}, newer than this code ({REVISION}); start the newer Crosswalk,"
                " or restore the backup from before the upgrade"
            )
        config.attributes["connection"] = session.connection
        command.upgrade(config, REVISION)


def expect_current(database: Database) -> None:
    """Look, and change nothing.

    Raises:
        Misconfigured: there is no ledger, or it is of another version than this code.
    """
    file = database.engine.url.database
    if database.engine.dialect.name == "sqlite" and not (file and Path(file).exists()):
        raise Misconfigured(f"database: no file {file}; name the ledger's own file")
    with database.reading() as session:
        found = _revision(session)
    if found is None:
        raise Misconfigured("database: no ledger is in it; name the ledger's own database")
    if found != REVISION:
        raise Misconfigured(
            f"database: it is at version {found} and this code at {REVISION}; use the Crosswalk that runs it"
        )


def _revision(session: Session) -> str | None:
    if not sa.inspect(session.connection).has_table("alembic_version"):
        return None
    row = session.one("select version_num from alembic_version")
    return str(row[0]) if row else None
