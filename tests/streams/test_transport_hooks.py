"""The private hooks that the transport replaces or relies on are exactly those that it was written against.

When a test here fails, a dependency changed under us. Read the new source beside `streams/transport`, run the wire
tests of the transport several times, and only then write the new version and digest down.
"""

import hashlib
import inspect
from importlib import import_module
from importlib.metadata import version

import pytest

PINNED = {"faust-streaming": "0.15.3", "aiokafka": "0.14.0", "mode-streaming": "0.7.1"}

# Module, class, method -> first 16 hex digits of the SHA-256 of its source.
HOOKS = {
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "_create_worker_consumer"): "c2701bfc3e6f6cad",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "seek_to_committed"): "775ab0adc4b052ab",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "_fetch_records"): "39a2c6c79fc1455a",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "getmany"): "26fc5fc9f3b667e1",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "commit"): "d31c8558ba25310c",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "_commit"): "932852ce7a23f658",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "on_start"): "38b4e8bd1e10723a",
    ("faust.transport.drivers.aiokafka", "AIOKafkaConsumerThread", "_ensure_consumer"): "ff4a4c693b7ec63f",
    ("faust.transport.drivers.aiokafka", "Consumer", "_new_consumer_thread"): "0870ec53dea75083",
    ("faust.transport.consumer", "ThreadDelegateConsumer", "__init__"): "7072ae80eac1ff62",
    ("faust.transport.consumer", "ThreadDelegateConsumer", "_getmany"): "f9d47aa9010b5ff2",
    ("faust.transport.consumer", "ThreadDelegateConsumer", "_commit"): "a20eec84e4b2ed50",
    ("faust.transport.consumer", "ThreadDelegateConsumer", "threadsafe_partitions_revoked"): "6c55d67e9eb06ca5",
    ("faust.transport.consumer", "ThreadDelegateConsumer", "threadsafe_partitions_assigned"): "50fac26841ad9934",
    ("faust.transport.consumer", "ConsumerThread", "on_partitions_revoked"): "c44013f1259ca964",
    ("faust.transport.consumer", "ConsumerThread", "on_partitions_assigned"): "e59e8dda43724bd4",
    ("faust.transport.consumer", "Fetcher", "_fetcher"): "68f894f0b577d810",
    ("faust.transport.consumer", "Fetcher", "on_stop"): "21f3bae9b455762b",
    ("faust.transport.consumer", "Consumer", "__init__"): "302410d59e6972d1",
    ("faust.transport.consumer", "Consumer", "_drain_messages"): "44a2500309e83c63",
    ("faust.transport.consumer", "Consumer", "_wait_next_records"): "6218e1969a636b3f",
    ("faust.transport.consumer", "Consumer", "perform_seek"): "0e8c130ff4b0afd8",
    ("faust.transport.consumer", "Consumer", "force_commit"): "cc094614d22c70fb",
    ("faust.transport.consumer", "Consumer", "commit"): "a354437baaa08bf8",
    ("faust.transport.consumer", "Consumer", "_commit_handler"): "4e5da5df073082d6",
    ("faust.transport.consumer", "Consumer", "on_partitions_revoked"): "d04b7ae72c6fc206",
    ("faust.transport.consumer", "Consumer", "on_partitions_assigned"): "29ce96596f05a18c",
    ("faust.transport.consumer", "Consumer", "stop_flow"): "cf7e875a2b0d40e8",
    ("faust.transport.consumer", "Consumer", "resume_flow"): "db59630f25b5819b",
    ("faust.transport.consumer", "Consumer", "on_stop"): "45b1d2210ce2b526",
    ("faust.transport.consumer", "Consumer", "_get_active_partitions"): "b24897f3c7afdb5d",
    ("faust.transport.conductor", "ConductorCompiler", "build"): "837cf521368c1ee4",
    ("faust.transport.conductor", "Conductor", "_compile_message_handler"): "9fbc0538097aa4ec",
    ("faust.transport.conductor", "Conductor", "_update_indices"): "619b3247b96ac7d5",
    ("faust.app.base", "App", "_on_partitions_revoked"): "d5c895bbe57dc73a",
    ("faust.app.base", "App", "_on_partitions_assigned"): "de932b7927db85b3",
    ("faust.tables.recovery", "Recovery", "_resume_streams"): "d986a6710c1aca98",
    ("faust.streams", "Stream", "noack"): "921a6f5c674d32d4",
    ("faust.streams", "Stream", "events"): "c62f4dd3a73fe7aa",
    ("faust.streams", "Stream", "_c_aiter"): "fa44582a5882e9df",
    ("faust.serializers.schemas", "Schema", "compile"): "d46eec5ce3195b2c",
    ("mode.threads", "QueueServiceThread", "call_thread"): "479edda75b54734b",
    ("mode.threads", "MethodQueue", "call"): "57bd4157ba4e349f",
    ("mode.threads", "MethodQueue", "_process_enqueued"): "d88a086d148c8012",
    ("mode.utils.queues", "FlowControlEvent", "resume"): "4dcdc1253fd0dcb4",
    ("mode.utils.queues", "FlowControlEvent", "suspend"): "807929ab275a3b63",
    ("mode.utils.queues", "FlowControlEvent", "clear"): "dda5e40d80288a8f",
    ("aiokafka.consumer.consumer", "AIOKafkaConsumer", "__init__"): "01506f316191f7c9",
    ("aiokafka.consumer.consumer", "AIOKafkaConsumer", "start"): "2f1ba70443327538",
    ("aiokafka.consumer.consumer", "AIOKafkaConsumer", "commit"): "79b057d88220e5a2",
    ("aiokafka.consumer.consumer", "AIOKafkaConsumer", "getmany"): "bc6d248e42a4e9d9",
    ("aiokafka.consumer.consumer", "AIOKafkaConsumer", "seek"): "a9430f1f3b9ac419",
    ("aiokafka.consumer.consumer", "AIOKafkaConsumer", "beginning_offsets"): "8da4f7758ad4eef9",
    ("aiokafka.consumer.fetcher", "Fetcher", "fetched_records"): "be4348896b9b66af",
    ("aiokafka.consumer.fetcher", "Fetcher", "seek_to"): "f0ba6aba6c22ef83",
    ("aiokafka.consumer.fetcher", "Fetcher", "_get_actions_per_node"): "1dab2cf937d165d0",
    ("aiokafka.consumer.fetcher", "Fetcher", "_update_fetch_positions"): "d7774d8241dc6a7e",
    ("aiokafka.consumer.fetcher", "FetchResult", "check_assignment"): "b5340df67e3f330f",
    ("aiokafka.consumer.fetcher", "FetchResult", "getall"): "3e717e30de5068d5",
    ("aiokafka.consumer.group_coordinator", "GroupCoordinator", "_on_join_prepare"): "4d9524afc0ee2c2f",
    ("aiokafka.consumer.group_coordinator", "GroupCoordinator", "_on_join_complete"): "0b0b3d204b408f3c",
    ("aiokafka.consumer.group_coordinator", "GroupCoordinator", "commit_offsets"): "5cbe31af28d6cc06",
    ("aiokafka.consumer.group_coordinator", "GroupCoordinator", "fetch_committed_offsets"): "6c049c7379165952",
    ("aiokafka.consumer.group_coordinator", "GroupCoordinator", "_do_fetch_commit_offsets"): "b0f3598132715552",
}


def digest(module: str, owner: str, name: str) -> str:
    hook = vars(getattr(import_module(module), owner))[name]
    source = inspect.getsource(getattr(hook, "fun", hook))  # mode wraps background tasks
    return hashlib.sha256(source.encode()).hexdigest()[:16]


@pytest.mark.parametrize(("package", "pinned"), PINNED.items())
def test_the_versions_are_those_that_the_transport_was_written_against(package: str, pinned: str) -> None:
    assert version(package) == pinned


@pytest.mark.parametrize(("hook", "known"), HOOKS.items(), ids=[".".join(hook[1:]) for hook in HOOKS])
def test_no_private_hook_has_changed(hook: tuple[str, str, str], known: str) -> None:
    assert digest(*hook) == known, f"{'.'.join(hook)} changed: read it beside streams/transport"


def test_every_private_method_that_the_transport_overrides_is_in_the_table() -> None:
    from streams.transport import batch, safe

    ours = [safe.SafeThread, safe.SafeConsumer, batch.CarrierConsumer]
    known = {name for _, _, name in HOOKS}
    overridden = {
        name
        for cls in ours
        for name in vars(cls)
        if inspect.isfunction(vars(cls)[name]) and any(name in vars(base) for base in cls.__mro__[1:])
    }
    assert overridden - {"__init__"} <= known
