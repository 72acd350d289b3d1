"""Topics are made from one page, on a real Kafka: planned, made once, never narrowed."""

import time
from pathlib import Path

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from deploy.provision.topics import TIMEOUT_SECONDS, apply, plan, provision, settings_of
from sharing.directory import from_document
from sharing.errors import Misconfigured, Retryable
from sharing.topics import MAX_RECORD_BYTES, Topic, all_topics

HOUSE = Path(__file__).parents[2]
DEADLINE_SECONDS = 30.0


def partnership():
    import yaml

    text = (HOUSE / "crosswalk" / "partnership" / "directory.yaml").read_text(encoding="utf-8")
    return from_document(yaml.safe_load(text), "directory.yaml")


def topic(name: str, partitions: int = 1) -> Topic:
    return Topic(name, "tree size", "crosswalk", "*", -1, partitions)


@pytest.fixture
def admin(kafka: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka, "log_level": 0})


def until_standing(admin: AdminClient, wanted: tuple[Topic, ...]) -> None:
    end = time.monotonic() + DEADLINE_SECONDS
    while plan(admin, wanted).missing:
        assert time.monotonic() < end, "the topics did not appear"
        time.sleep(0.05)


@pytest.mark.wire
def test_every_topic_of_a_partnership_is_made_once(kafka, admin):
    wanted = all_topics(partnership())
    first = provision(kafka, wanted)
    until_standing(admin, wanted)
    assert {t.name for t in first.missing} <= {t.name for t in wanted}
    assert provision(kafka, wanted).missing == ()


@pytest.mark.wire
def test_topics_stamp_their_records_themselves_and_keep_them_as_agreed(kafka, admin):
    wanted = (topic("provision-kept"),)
    provision(kafka, wanted)
    until_standing(admin, wanted)
    (future,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, "provision-kept")]).values()
    found = {name: entry.value for name, entry in future.result(TIMEOUT_SECONDS).items()}
    assert {name: found[name] for name in settings_of(wanted[0])} == settings_of(wanted[0])
    assert found["message.timestamp.type"] == "LogAppendTime"
    assert found["max.message.bytes"] == str(MAX_RECORD_BYTES)


@pytest.mark.wire
def test_a_plan_changes_nothing(admin):
    wanted = (topic("provision-only-planned"),)
    assert plan(admin, wanted).missing == wanted
    assert plan(admin, wanted).missing == wanted


@pytest.mark.wire
def test_a_topic_that_is_too_narrow_is_named_and_nothing_is_made(kafka, admin):
    provision(kafka, (topic("provision-narrow"),))
    until_standing(admin, (topic("provision-narrow"),))
    wanted = (topic("provision-narrow", 3), topic("provision-beside-narrow"))
    with pytest.raises(Misconfigured, match="too few partitions, widen them by hand: provision-narrow"):
        apply(admin, plan(admin, wanted))
    assert [t.name for t in plan(admin, wanted).missing] == ["provision-beside-narrow"]


@pytest.mark.wire
def test_a_topic_that_somebody_else_made_meanwhile_is_well(kafka, admin):
    wanted = (topic("provision-raced"),)
    planned = plan(admin, wanted)
    (future,) = admin.create_topics([NewTopic("provision-raced", num_partitions=1, replication_factor=1)]).values()
    future.result(TIMEOUT_SECONDS)
    apply(admin, planned)


@pytest.mark.wire
def test_what_the_cluster_refuses_is_named(admin):
    with pytest.raises(Misconfigured, match="topic provision-copies was refused: INVALID_REPLICATION_FACTOR"):
        apply(admin, plan(admin, (topic("provision-copies"),)), replication=3)


def test_a_cluster_that_does_not_answer_is_retryable():
    class Away:
        def list_topics(self, timeout: float):
            raise KafkaException("no route")

    with pytest.raises(Retryable, match="KAFKA_BOOTSTRAP"):
        plan(Away(), (topic("any"),))
