"""What the ledger swears to beside events, who witnesses it, and how many keys were destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Lay out the tables of statements and witnesses."""
    op.create_table(
        "statement",
        sa.Column("n", INT, autoincrement=False, nullable=False),
        sa.Column("kind", INT, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("statement_kind", "statement", ["kind"])
    op.create_table(
        "witness",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("verifier_key", sa.Text(), nullable=False),
        sa.Column("since", INT, autoincrement=False, nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("refused_at", INT, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("organisation"),
    )
    op.create_table(
        "cosignature",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("day", INT, autoincrement=False, nullable=False),
        sa.Column("size", INT, autoincrement=False, nullable=False),
        sa.Column("at", INT, autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "published",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("size", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("insert into head (id, value) values (2, 0)")
