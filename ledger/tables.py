"""Every table of the ledger on one page: name, columns, and why it is so.

Left out: how they came to be (`migrations`; a test holds the two equal). Times are milliseconds since 1970 UTC, ids
16 raw bytes, `n` a row number (`packing.row_number`). Nothing personal stands here in clear.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Sequence, Table, Text, text

metadata = MetaData()
_INT = BigInteger().with_variant(Integer(), "sqlite")
carrier_id = Sequence("carrier_id", metadata=metadata)
"""PostgreSQL only; SQLite has one writer and counts on."""


def _int(name: str, *, null: bool = False, key: bool = False) -> Column[int]:
    return Column(name, _INT, nullable=null, primary_key=key, autoincrement=False)


def _id(name: str = "id") -> Column[int]:
    return Column(name, _INT, primary_key=True, autoincrement=True)


def _blob(name: str, *, null: bool = False, key: bool = False, unique: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null, primary_key=key, unique=unique or None)


def _text(name: str, *, key: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, Text, nullable=False, primary_key=key, unique=unique or None)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# One transaction's rows. `hashes`: 32 bytes a leaf. `ordinal` (dense) and `first_seq` come from the sequencer.
carrier = Table(
    "carrier", metadata, _int("id", key=True), _int("n"), _int("decided_at"), _int("engine"), _blob("hashes"),
    _int("leaves"), _int("ordinal", null=True), _int("first_seq", null=True),
    Index("carrier_unnumbered", "id", **_where("ordinal is null")),
    Index("carrier_ordinal", "ordinal", unique=True, **_where("ordinal is not null")),
)  # fmt: skip
# One event of one child; `exchanges` packed (`packing.unpack_exchanges`), `digest` commits to the content.
event = Table(
    "event", metadata, _int("n", key=True), _blob("event_id"), _int("subject"), _int("schema_id"),
    _int("register_head"), _int("agreements"), _blob("exchanges"), _blob("digest"), _blob("ciphertext"),
    Index("event_event_id", "event_id", unique=True), Index("event_subject", "subject"),
)  # fmt: skip
# A later decision about exchanges of a stored event; `replaces` null: it takes a place of its own in its lane.
redecision = Table(
    "redecision", metadata, _int("n", key=True), _int("event_n"), _int("replaces", null=True), _int("lane"),
    _int("register_head"), _int("agreements"), _blob("exchanges"),
    Index("redecision_event", "event_n"),
    Index("redecision_replaces", "replaces", **_where("replaces is not null")),
)  # fmt: skip
# What the ledger swears to beside events: approvals, grants, recalls, destroyed keys. `kind` is a word.
statement = Table(
    "statement", metadata, _int("n", key=True), _int("kind"), _blob("body"),
    Index("statement_kind", "kind"),
)  # fmt: skip
# Interned: the few hundred decisions, words and organisations that millions of exchanges share.
outcome = Table("outcome", metadata, _id(), _blob("digest", unique=True), _blob("body"))
word = Table("word", metadata, _id(), _text("text", unique=True))
# One recipient organisation: its high-water mark, the batch it claimed and its lease.
lane = Table(
    "lane", metadata, _id(), _text("organisation", unique=True), _int("upto_ordinal"), _int("upto_place"),
    _int("claimed_ordinal", null=True), _int("claimed_place", null=True), _text("suspended"),
    _text("owner"), _int("fence"), _int("expires_at"),
)  # fmt: skip
# Each batch that a lane claimed, up to that place: what was disclosed, when and under which number (`packing.Claim`).
released = Table(
    "released", metadata, _int("lane", key=True), _int("ordinal", key=True), _int("place", key=True), _int("at"),
    _blob("claims"), sqlite_with_rowid=False,
)  # fmt: skip
delivery_counter = Table(
    "delivery_counter", metadata, _int("lane", key=True), _int("subject", key=True), _int("seq"),
    sqlite_with_rowid=False,
)  # fmt: skip
# Referrals, row by row: they do not wait for the sequencer. `seq` from the claim, `sent_at` from the send.
express = Table(
    "express", metadata, _int("n", key=True), _int("place", key=True), _int("lane"), _int("seq", null=True),
    _int("claimed_at", null=True), _int("sent_at", null=True),
    Index("express_waiting", "lane", **_where("sent_at is null")),
)  # fmt: skip
held = Table(
    "held", metadata, _blob("exchange_id", key=True), _int("n"), _int("lane"), _int("function"), _int("subject"),
    _text("reason"), _int("due_by"),
    Index("held_subject", "subject"), Index("held_due", "due_by"),
)  # fmt: skip
awaited = Table(
    "awaited", metadata, _blob("exchange_id", key=True), _int("event_n"), _int("subject"), _int("lane")
)  # fmt: skip
receipt = Table(
    "receipt", metadata, _blob("exchange_id", key=True), _text("state", key=True), _int("at"), _int("lane"),
    _text("code"),
)  # fmt: skip
# Subjects: the case and the identity encrypted under the child's key; `joined_to` after a person linked two.
subject = Table(
    "subject", metadata, _id(), _int("changed_at_head"), _int("next_due_at", null=True), _int("joined_to", null=True),
    _blob("state", null=True), _blob("identity", null=True),
    Index("subject_due", "next_due_at", **_where("next_due_at is not null")),
    Index("subject_joined", "joined_to", **_where("joined_to is not null")),
)  # fmt: skip
# `wrapped` null: the key was destroyed. `commitment` stays, so that the tree still verifies.
child_key = Table(
    "child_key", metadata, _int("subject", key=True), _blob("wrapped", null=True), _blob("commitment")
)  # fmt: skip
blocking = Table(
    "blocking", metadata, _blob("token", key=True), _int("subject", key=True),
    Index("blocking_subject", "subject"), sqlite_with_rowid=False,
)  # fmt: skip
# Subjects of one incident, by its keyed token: whose seals may bear on whose records.
incident = Table(
    "incident", metadata, _blob("token", key=True), _int("subject", key=True),
    Index("incident_subject", "subject"), sqlite_with_rowid=False,
)  # fmt: skip
# 1: how often a register moved. 2: how many children's keys were destroyed.
head = Table("head", metadata, _int("id", key=True), _int("value"))
dead_letter = Table(
    "dead_letter", metadata, _id(), _text("topic"), _int("partition"), _int("offset"), _text("code"), _text("field"),
    _text("reason"), _int("at"), _blob("ciphertext"), _int("published"),
    Index("dead_letter_source", "topic", "partition", "offset", unique=True),
    Index("dead_letter_unpublished", "id", **_where("published = 0")),
)  # fmt: skip
review = Table(
    "review", metadata, _id(), _int("event_n"), _int("subject"), _text("candidates"), _blob("waterfall"),
    _text("state"), _text("decided_by"), _int("decided_at", null=True),
    Index("review_event", "event_n", unique=True), Index("review_open", "id", **_where("state = 'open'")),
)  # fmt: skip
# Next offset of each input partition, written with what was absorbed.
progress = Table(
    "progress", metadata, _text("topic", key=True), _int("partition", key=True), _int("next_offset")
)  # fmt: skip
lease = Table(
    "lease", metadata, _text("name", key=True), _text("owner"), _int("fence"), _int("expires_at")
)  # fmt: skip
checkpoint = Table(
    "checkpoint", metadata, _int("size", key=True), _blob("root"), _blob("signature"), _blob("frontier"),
    _int("upto_ordinal"), _int("at"),
    Index("checkpoint_ordinal", "upto_ordinal"),
)  # fmt: skip
# Size of the checkpoint that was published last: the next one comes with the step from there.
published = Table("published", metadata, _int("id", key=True), _int("size"))
# Organisations that witness the ledger: the key that each was first seen with, and why it refuses if it does.
witness = Table(
    "witness", metadata, _text("organisation", key=True), _text("verifier_key"), _int("since"), _text("refusal"),
    _int("refused_at", null=True),
)  # fmt: skip
# The last cosignature of each witness on each day: `day` since 1970, `at` in POSIX seconds.
cosignature = Table(
    "cosignature", metadata, _text("organisation", key=True), _int("day", key=True), _int("size"), _int("at"),
    _blob("signature"), sqlite_with_rowid=False,
)  # fmt: skip
