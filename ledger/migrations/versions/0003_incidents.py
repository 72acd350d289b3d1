"""Incidents: which subjects one incident was about."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Lay out the table of incidents."""
    op.create_table(
        "incident",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("token", "subject"),
        sqlite_with_rowid=False,
    )
    op.create_index("incident_subject", "incident", ["subject"])
