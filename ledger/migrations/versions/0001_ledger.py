"""The ledger as it was first laid out. See `ledger.tables` for why each table is so."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Lay out an empty ledger."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("carrier_id")))
    op.create_table(
        "awaited",
        sa.Column("exchange_id", sa.LargeBinary(), nullable=False),
        sa.Column("event_n", INT, autoincrement=False, nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("exchange_id"),
    )
    op.create_table(
        "blocking",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("token", "subject"),
        sqlite_with_rowid=False,
    )
    op.create_index("blocking_subject", "blocking", ["subject"])
    op.create_table(
        "carrier",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("n", INT, autoincrement=False, nullable=False),
        sa.Column("decided_at", INT, autoincrement=False, nullable=False),
        sa.Column("engine", INT, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", INT, autoincrement=False, nullable=False),
        sa.Column("ordinal", INT, autoincrement=False, nullable=True),
        sa.Column("first_seq", INT, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("carrier_ordinal", "carrier", ["ordinal"], unique=True, **_where("ordinal is not null"))
    op.create_index("carrier_unnumbered", "carrier", ["id"], **_where("ordinal is null"))
    op.create_table(
        "checkpoint",
        sa.Column("size", INT, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("upto_ordinal", INT, autoincrement=False, nullable=False),
        sa.Column("at", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_index("checkpoint_ordinal", "checkpoint", ["upto_ordinal"])
    op.create_table(
        "child_key",
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_table(
        "dead_letter",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", INT, autoincrement=False, nullable=False),
        sa.Column("offset", INT, autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INT, autoincrement=False, nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("published", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("dead_letter_source", "dead_letter", ["topic", "partition", "offset"], unique=True)
    op.create_index("dead_letter_unpublished", "dead_letter", ["id"], **_where("published = 0"))
    op.create_table(
        "delivery_counter",
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("lane", "subject"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event",
        sa.Column("n", INT, autoincrement=False, nullable=False),
        sa.Column("event_id", sa.LargeBinary(), nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.Column("schema_id", INT, autoincrement=False, nullable=False),
        sa.Column("register_head", INT, autoincrement=False, nullable=False),
        sa.Column("agreements", INT, autoincrement=False, nullable=False),
        sa.Column("exchanges", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("event_event_id", "event", ["event_id"], unique=True)
    op.create_index("event_subject", "event", ["subject"])
    op.create_table(
        "express",
        sa.Column("n", INT, autoincrement=False, nullable=False),
        sa.Column("place", INT, autoincrement=False, nullable=False),
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=True),
        sa.Column("claimed_at", INT, autoincrement=False, nullable=True),
        sa.Column("sent_at", INT, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("n", "place"),
    )
    op.create_index("express_waiting", "express", ["lane"], **_where("sent_at is null"))
    op.create_table(
        "head",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("value", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "held",
        sa.Column("exchange_id", sa.LargeBinary(), nullable=False),
        sa.Column("n", INT, autoincrement=False, nullable=False),
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.Column("function", INT, autoincrement=False, nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_by", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("exchange_id"),
    )
    op.create_index("held_due", "held", ["due_by"])
    op.create_index("held_subject", "held", ["subject"])
    op.create_table(
        "lane",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("upto_ordinal", INT, autoincrement=False, nullable=False),
        sa.Column("upto_place", INT, autoincrement=False, nullable=False),
        sa.Column("claimed_ordinal", INT, autoincrement=False, nullable=True),
        sa.Column("claimed_place", INT, autoincrement=False, nullable=True),
        sa.Column("suspended", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("fence", INT, autoincrement=False, nullable=False),
        sa.Column("expires_at", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("fence", INT, autoincrement=False, nullable=False),
        sa.Column("expires_at", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outcome",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "progress",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", INT, autoincrement=False, nullable=False),
        sa.Column("next_offset", INT, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition"),
    )
    op.create_table(
        "receipt",
        sa.Column("exchange_id", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", INT, autoincrement=False, nullable=False),
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", "state"),
    )
    op.create_table(
        "redecision",
        sa.Column("n", INT, autoincrement=False, nullable=False),
        sa.Column("event_n", INT, autoincrement=False, nullable=False),
        sa.Column("replaces", INT, autoincrement=False, nullable=True),
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.Column("register_head", INT, autoincrement=False, nullable=False),
        sa.Column("agreements", INT, autoincrement=False, nullable=False),
        sa.Column("exchanges", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("redecision_event", "redecision", ["event_n"])
    op.create_index("redecision_replaces", "redecision", ["replaces"], **_where("replaces is not null"))
    op.create_table(
        "released",
        sa.Column("lane", INT, autoincrement=False, nullable=False),
        sa.Column("ordinal", INT, autoincrement=False, nullable=False),
        sa.Column("place", INT, autoincrement=False, nullable=False),
        sa.Column("at", INT, autoincrement=False, nullable=False),
        sa.Column("claims", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "ordinal", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("event_n", INT, autoincrement=False, nullable=False),
        sa.Column("subject", INT, autoincrement=False, nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("waterfall", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", INT, autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("review_event", "review", ["event_n"], unique=True)
    op.create_index(
        "review_open",
        "review",
        ["id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "subject",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("changed_at_head", INT, autoincrement=False, nullable=False),
        sa.Column("next_due_at", INT, autoincrement=False, nullable=True),
        sa.Column("joined_to", INT, autoincrement=False, nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("subject_due", "subject", ["next_due_at"], **_where("next_due_at is not null"))
    op.create_index("subject_joined", "subject", ["joined_to"], **_where("joined_to is not null"))
    op.create_table(
        "word",
        sa.Column("id", INT, autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("text"),
    )
    op.execute("insert into head (id, value) values (1, 0)")
