"""Every topic on one page: name, key, who writes, who reads, how long it keeps.

Provisioning, rights and documentation are generated from here. All topics stamp records themselves (LogAppendTime): a
sender's clock decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sharing.directory import Directory, Organisation

DAY_MS = 86_400_000
MAX_RECORD_BYTES = 1_048_576
DEAD_LETTER = "dead-letter"
CHECKPOINTS = "checkpoints"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes:
        writer: Slug of the only organisation that may write, `crosswalk` for the broker.
        reader: Slug of the only organisation that may read, `crosswalk` for the broker, `*` for every agency.
        retention_ms: How long records are kept; -1 for ever.
    """

    name: str
    key: str
    writer: str
    reader: str
    retention_ms: int
    partitions: int = 1


def in_topic(organisation: Organisation) -> str:
    """Where an organisation's events enter."""
    return f"in.{organisation.agency}.{organisation.slug}"


def seals_topic(organisation: Organisation) -> str:
    """Where an organisation's seals enter; read ahead of every `in` topic."""
    return f"seals.{organisation.agency}.{organisation.slug}"


def out_topic(organisation: Organisation) -> str:
    """Where an organisation's own view leaves."""
    return f"out.{organisation.agency}.{organisation.slug}"


def receipts_topic(organisation: Organisation) -> str:
    """Where an organisation says what became of what it received."""
    return f"receipts.{organisation.agency}.{organisation.slug}"


def witness_topic(organisation: Organisation) -> str:
    """Where an organisation says that it has seen a checkpoint, and signs for it."""
    return f"witness.{organisation.agency}.{organisation.slug}"


def topics_of(organisation: Organisation, in_partitions: int = 1) -> Iterator[Topic]:
    """The topics of one enrolled organisation. School topics have one partition."""
    own = organisation.slug
    yield Topic(in_topic(organisation), "sender's child token", own, "crosswalk", 14 * DAY_MS, in_partitions)
    if organisation.may_seal:
        yield Topic(seals_topic(organisation), "sender's child token", own, "crosswalk", 14 * DAY_MS)
    yield Topic(out_topic(organisation), "recipient's subject token", "crosswalk", own, 30 * DAY_MS)
    yield Topic(receipts_topic(organisation), "exchange id", own, "crosswalk", 14 * DAY_MS)
    yield Topic(witness_topic(organisation), "tree size", own, "crosswalk", 14 * DAY_MS)


def all_topics(directory: Directory, in_partitions: int = 1) -> tuple[Topic, ...]:
    """Every topic of a partnership, by name."""
    found = [
        Topic(DEAD_LETTER, "source topic-partition-offset", "crosswalk", "crosswalk", 90 * DAY_MS),
        Topic(CHECKPOINTS, "tree size", "crosswalk", "*", -1),
    ]
    for organisation in directory.organisations.values():
        if organisation.enrolled:
            found.extend(topics_of(organisation, in_partitions))
    return tuple(sorted(found, key=lambda topic: topic.name))
