"""May this connector do what it must? Asked at the start: a client that lacks a right is often met with silence.

Left out: giving rights (`deploy/provision`). Rule: every fault at once, each with its fix.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kafka import KafkaAdminClient
from kafka import errors as faults

from connectors.kafka import client_settings
from connectors.settings import Settings
from sharing.errors import Retryable

UNKNOWN_TOPIC = 3


def lacking(settings: Settings, also_written: Iterable[str] = (), also_read: Iterable[str] = ()) -> list[str]:
    """What this connector lacks, in plain words; empty when it may do everything.

    Args:
        settings: Of this connector.
        also_written: Topics that it would like to write and can send without.
        also_read: Topics that it would like to read.

    Raises:
        Retryable: the cluster cannot be asked.
    """
    wanted = dict.fromkeys((*settings.written_topics(), *also_written), "WRITE")
    wanted |= dict.fromkeys(also_read, "READ")
    if settings.deliver_to is not None:
        wanted[settings.out_topic] = "READ"
    described = {str(topic.get("name")): topic for topic in _describe(settings, list(wanted))}
    found = (_fault(topic, right, described.get(topic, {})) for topic, right in wanted.items())
    return [fault for fault in found if fault]


def _describe(settings: Settings, topics: list[str]) -> list[Mapping[str, Any]]:
    try:
        admin = KafkaAdminClient(**client_settings(settings))
    except (faults.KafkaError, OSError) as fault:
        raise Retryable(f"no cluster answers at {settings.bootstrap} ({type(fault).__name__})") from None
    try:
        described: list[Mapping[str, Any]] = admin.describe_topics(topics)
    except (faults.KafkaError, OSError) as fault:
        raise Retryable(f"the cluster does not tell what it holds ({type(fault).__name__})") from None
    else:
        return described
    finally:
        admin.close()


def _fault(topic: str, right: str, described: Mapping[str, Any]) -> str:
    code = described.get("error_code", UNKNOWN_TOPIC)
    if code == UNKNOWN_TOPIC:
        return (
            f"topic {topic} is not there, or this connector may not see it: ask the broker's operator to provision it"
        )
    if code:
        return f"topic {topic} is refused to this connector (Kafka error {code}): ask for the right to {right}"
    granted = described.get("authorized_operations") or []
    if granted and right not in granted:
        return f"topic {topic}: the right to {right} is missing; ask the broker's operator for it"
    return ""
