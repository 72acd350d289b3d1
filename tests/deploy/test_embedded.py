"""The embedded Kafka is real, is where it says, loses nothing when killed, and refuses what is not right."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import MessageSizeTooLargeError

from deploy.embedded import EmbeddedKafka, bootstrap_servers, jars, ports
from deploy.embedded.jvm import find_jvm
from deploy.embedded.probe import answers
from deploy.embedded.settings import LARGEST_MESSAGE
from sharing.errors import Misconfigured, Retryable

pytestmark = pytest.mark.wire
NodeMaker = Callable[[], EmbeddedKafka]
METADATA = Path("data/__cluster_metadata-0")


def port_of(node: EmbeddedKafka) -> int:
    return int(node.bootstrap.rpartition(":")[2])


def make_topic(address: str, name: str, **settings: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=address)) as admin:
        admin.create_topics([NewTopic(name, 1, 1, topic_configs=settings)])


def produce(address: str, topic: str, values: list[bytes]) -> None:
    """Return only when each was acknowledged."""
    with closing(KafkaProducer(bootstrap_servers=address, enable_idempotence=False, acks="all")) as producer:
        for sent in [producer.send(topic, value) for value in values]:
            sent.get(30)


def read_all(address: str, topic: str) -> list[bytes]:
    with closing(KafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest")) as consumer:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        end = consumer.end_offsets([partition])[partition]
        values: list[bytes] = []
        until = time.monotonic() + 30
        while consumer.position(partition) < end and time.monotonic() < until:
            values += [record.value for batch in consumer.poll(500).values() for record in batch]
        return values


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


# ------------------------------------------------------------------------------------------------ it is Kafka


def test_session_kafka_answers_kafkas_own_requests(kafka: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
        assert len(admin.describe_cluster()["brokers"]) == 1


def test_topic_may_have_the_brokers_time(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    make_topic(node.bootstrap, "stamped", **{"message.timestamp.type": "LogAppendTime"})
    before = time.time() * 1000
    with closing(KafkaProducer(bootstrap_servers=node.bootstrap, enable_idempotence=False, acks="all")) as producer:
        done = producer.send("stamped", b"x", timestamp_ms=1_000).get(30)
    assert done.timestamp >= before - 1_000


def test_a_misspelt_topic_does_not_come_into_being(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    make_topic(node.bootstrap, "declared")
    with closing(KafkaConsumer(bootstrap_servers=node.bootstrap)) as consumer:
        consumer.partitions_for_topic("misspelt")
        assert consumer.topics() == {"declared"}


def test_a_message_above_the_limit_is_refused_by_the_broker(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    make_topic(node.bootstrap, "limited")
    generous = KafkaProducer(
        bootstrap_servers=node.bootstrap, enable_idempotence=False, max_request_size=LARGEST_MESSAGE * 3
    )
    with closing(generous) as producer, pytest.raises(MessageSizeTooLargeError):
        producer.send("limited", b"x" * (LARGEST_MESSAGE + 1)).get(30)


def test_nobody_outside_this_machine_can_connect(kafka_node: NodeMaker) -> None:
    listening = [c for c in psutil.Process(kafka_node().pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.ip.removeprefix("::ffff:") for c in listening} == {"127.0.0.1"}
    assert len(listening) == 2


def test_state_folder_is_closed_to_others(kafka_node: NodeMaker) -> None:
    assert kafka_node().folder.root.stat().st_mode & 0o077 == 0


# ------------------------------------------------------------------------------------------------ life and death


def test_second_start_has_the_same_address_and_the_same_records(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    first = node.bootstrap
    make_topic(first, "kept")
    produce(first, "kept", [b"one", b"two"])
    node.restart()
    again = EmbeddedKafka(node.folder.root)
    assert (again.bootstrap, again.pid, again.running) == (first, node.pid, True)
    assert read_all(first, "kept") == [b"one", b"two"]


def test_kill_9_loses_no_acknowledged_record(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    make_topic(node.bootstrap, "kept")
    sent = [b"%d" % number for number in range(3_000)]
    for third in (sent[:1_000], sent[1_000:2_000], sent[2_000:]):
        produce(node.bootstrap, "kept", third)
        killed = node.pid
        node.kill()
        assert not node.running
        assert not answers(port_of(node))
        node.start()
        assert node.pid != killed
    assert read_all(node.bootstrap, "kept") == sent


def test_ready_means_that_a_request_was_answered(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    assert answers(port_of(node))
    assert node.ready_seconds is not None
    pid = node.pid
    node.stop()
    assert not answers(port_of(node))
    assert not psutil.pid_exists(pid)


def test_a_number_left_behind_by_a_dead_node_harms_nobody(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    node.kill()
    (node.folder.root / "pid").write_text(f"{os.getpid()}\n")  # used again, by an innocent process: this one
    with pytest.raises(Retryable, match="No Kafka runs"):
        _ = node.pid
    node.stop()
    node.start()
    assert node.pid != os.getpid()


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    node = EmbeddedKafka(tmp_path / "never")
    node.stop()
    node.kill()
    assert not node.running
    with pytest.raises(Misconfigured, match="never started"):
        _ = node.bootstrap


def test_a_formatting_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "torn" / "data").mkdir(parents=True)
    (tmp_path / "torn" / "data" / "meta.properties").write_text("version=1\nclus")
    with EmbeddedKafka(tmp_path / "torn") as node:
        assert answers(port_of(node))


def test_a_start_cut_short_right_after_formatting_goes_on(kafka_node: NodeMaker, tmp_path: Path) -> None:
    node = kafka_node()
    node.stop()
    for left in (node.folder.ready_file, node.folder.root / "pid"):
        left.unlink()
    shutil.rmtree(node.folder.root / METADATA)
    node.start()
    assert answers(port_of(node))


OWNER = """
import sys, time
from pathlib import Path
from deploy.embedded import EmbeddedKafka
with EmbeddedKafka(Path(sys.argv[1])) as node:
    print(node.pid, flush=True)
    time.sleep(600)
"""


def test_a_node_does_not_outlive_the_program_that_owns_it_even_by_kill_9(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path / "owned")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert EmbeddedKafka(tmp_path / "owned").pid == pid
        owner.kill()
    assert wait_for(lambda: not EmbeddedKafka(tmp_path / "owned").running)
    assert wait_for(lambda: not psutil.pid_exists(pid))


def test_a_start_that_is_interrupted_leaves_no_node(tmp_path: Path) -> None:
    """Ctrl-C while Kafka is launched and does not answer yet: nothing may go on living behind one's back."""
    folder = tmp_path / "owned"
    with subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stderr=subprocess.PIPE) as owner:
        assert wait_for(lambda: (folder / "pid").is_file() and EmbeddedKafka(folder).running)
        owner.send_signal(signal.SIGINT)
        assert owner.wait(30) == -signal.SIGINT
    assert not EmbeddedKafka(folder).running
    shutil.rmtree(folder)


# ------------------------------------------------------------------------------------------------ refusals


def test_two_brokers_on_one_folder_are_refused_and_the_first_lives_on(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    with pytest.raises(Misconfigured, match=rf"process {node.pid}, {node.bootstrap}.*crosswalk broker down"):
        EmbeddedKafka(node.folder.root).start()
    assert answers(port_of(node))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        yield other.getsockname()[1]


def test_a_taken_port_is_named_and_no_other_is_chosen(taken: int, tmp_path: Path) -> None:
    node = EmbeddedKafka(tmp_path / "kafka", port=taken)
    with pytest.raises(Misconfigured, match=rf"Port {taken} .* taken.*--port"):
        node.start()
    assert not node.running


def test_a_port_taken_at_the_last_moment_is_named_too(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([True, True])  # free when looked at; then the other program comes
    real = ports.is_free
    monkeypatch.setattr(ports, "is_free", lambda port: next(looks, None) or real(port))
    node = EmbeddedKafka(tmp_path / "kafka", port=taken)
    with pytest.raises(Misconfigured, match=rf"Port {taken} .* taken"):
        node.start()
    assert not node.running


def cut_cluster_id(root: Path) -> None:
    (root / "cluster-id").unlink()


def other_cluster(root: Path) -> None:
    (root / "cluster-id").write_text("AAAAAAAAAAAAAAAAAAAAAA\n")


def no_meta(root: Path) -> None:
    (root / "data" / "meta.properties").unlink()


def garbled_meta(root: Path) -> None:
    (root / "data" / "meta.properties").write_bytes(b"\xff\x00 not properties")


def no_data(root: Path) -> None:
    shutil.rmtree(root / "data")


def no_topic_list(root: Path) -> None:
    shutil.rmtree(root / METADATA)


def flipped_topic_list(root: Path) -> None:
    log = next((root / METADATA).glob("*.log"))
    content = bytearray(log.read_bytes())
    content[30] ^= 0x01
    log.write_bytes(content)


def broken_checkpoint(root: Path) -> None:
    (root / "data" / "recovery-point-offset-checkpoint").write_text("x")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a topic and records, cleanly stopped."""
    root = tmp_path_factory.mktemp("used") / "kafka"
    with EmbeddedKafka(root) as node:
        make_topic(node.bootstrap, "kept")
        produce(node.bootstrap, "kept", [b"one"])
    return root


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_cluster_id, "cluster-id is gone"),
        (other_cluster, "names another cluster"),
        (no_meta, "meta.properties is gone"),
        (garbled_meta, "meta.properties cannot be read"),
        (no_data, "meta.properties is gone"),
        (no_topic_list, "list of topics"),
        (flipped_topic_list, "broken at byte 0"),  # Kafka itself would start, ready and empty
        (broken_checkpoint, "ended while it started"),
    ],
)
def test_damaged_data_is_refused_with_what_to_do(
    used: Path, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    root = tmp_path / "kafka"
    shutil.copytree(used, root)
    damage(root)
    node = EmbeddedKafka(root)
    with pytest.raises(Misconfigured, match=said) as refusal:
        node.start()
    assert "from a copy" in str(refusal.value)
    assert str(root) in str(refusal.value)
    assert not node.running
    assert (root / "data" / "kept-0").is_dir() or damage is no_data


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with the real jars and no archive, which a test may spoil."""
    real = jars.class_path(jars.cache_folder(), lambda _line: None)
    cache = tmp_path / "cache"
    (cache / "jars").mkdir(parents=True)
    for jar in real:
        (cache / "jars" / jar.name).symlink_to(jar)
    monkeypatch.setenv("CROSSWALK_CACHE", str(cache))
    return cache


def archive_in(cache: Path) -> Path:
    return find_jvm(cache, jars.class_path(cache, lambda _line: None)).archive


def test_a_changed_archive_of_classes_is_made_anew_and_not_run(tmp_path: Path, own_cache: Path) -> None:
    told: list[str] = []
    archive = archive_in(own_cache)
    archive.parent.mkdir()
    archive.write_bytes(b"planted")
    archive.with_suffix(".sha256").write_text("0" * 64)
    with EmbeddedKafka(tmp_path / "kafka", tell=told.append) as node:
        assert answers(port_of(node))
        command = " ".join(psutil.Process(node.pid).cmdline())
    assert f"-XX:AOTCache={archive}" in command
    assert [line for line in told if "Preparing Kafka" in line]
    assert archive.with_suffix(".sha256").read_text() == jars.sha256(archive)
    assert list(own_cache.glob("prepare-*")) == []


def test_where_no_archive_can_be_made_kafka_starts_without(tmp_path: Path, own_cache: Path) -> None:
    archive = archive_in(own_cache)
    archive.parent.mkdir()
    archive.with_suffix(".failed").write_text("an earlier failure")
    with EmbeddedKafka(tmp_path / "kafka") as node:
        assert answers(port_of(node))
        assert "AOTCache" not in " ".join(psutil.Process(node.pid).cmdline())


def test_a_tampered_jar_is_named_and_never_run(tmp_path: Path, own_cache: Path) -> None:
    victim = own_cache / "jars" / "kafka-clients-4.1.2.jar"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 0x01
    victim.unlink()
    victim.write_bytes(content)
    node = EmbeddedKafka(tmp_path / "kafka")
    with pytest.raises(Misconfigured, match=r"kafka-clients-4\.1\.2\.jar is not the jar that was released"):
        node.start()
    assert not node.running
    assert not node.log_path.exists()


def test_a_cold_cache_without_network_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CROSSWALK_CACHE", str(tmp_path / "empty"))
    told: list[str] = []
    node = EmbeddedKafka(tmp_path / "kafka", tell=told.append)
    with pytest.raises(Retryable, match=r"Maven Central.*cannot be reached.*CROSSWALK_CACHE"):
        node.start()
    assert "Fetching Kafka 4.1.2: 46 of 46 jars" in told[0]
    assert not node.running


# ------------------------------------------------------------------------------------------------ which Kafka


def test_a_named_cluster_is_used_and_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "broker-1.example:9092,broker-2.example:9092")
    with bootstrap_servers(tmp_path / "kafka") as address:
        assert address == "broker-1.example:9092,broker-2.example:9092"
    assert not (tmp_path / "kafka").exists()


def test_without_a_named_cluster_a_node_serves_and_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.delenv("CROSSWALK_KAFKA", raising=False)
    with bootstrap_servers(tmp_path / "kafka") as address:
        assert answers(int(address.rpartition(":")[2]))
        pid = EmbeddedKafka(tmp_path / "kafka").pid
    assert not psutil.pid_exists(pid)


def test_a_container_without_a_docker_daemon_is_refused_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("CROSSWALK_KAFKA", "testcontainers")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-daemon.sock")
    with pytest.raises(Misconfigured, match="no Docker daemon answers"), bootstrap_servers(tmp_path / "kafka"):
        pass
    assert not (tmp_path / "kafka").exists()


def test_an_unknown_kind_of_kafka_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSWALK_KAFKA", "mock")
    with pytest.raises(Misconfigured, match="CROSSWALK_KAFKA"), bootstrap_servers(tmp_path / "kafka"):
        pass


# ------------------------------------------------------------------------------------------------ command line

BROKER = [sys.executable, "-c", "from deploy.cli import broker_app; broker_app()"]


def broker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*BROKER, *arguments], capture_output=True, text=True, timeout=240, check=False)


def test_up_outlives_its_command_and_down_leaves_no_process(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "kafka"))
    assert broker("status", *state).returncode == 1
    node = EmbeddedKafka(tmp_path / "kafka")
    try:
        first = broker("up", *state)
        assert first.returncode == 0, first.stderr
        pid, address = node.pid, node.bootstrap
        for fact in (address, str(pid), "4.1.2", "ready in", str(node.folder.root), str(node.log_path)):
            assert fact in first.stdout
        assert broker("up", *state).returncode == 0
        assert node.pid == pid
        assert broker("status", *state).returncode == 0
        assert broker("up", "--port", "1024", *state).returncode == 2
    finally:
        last = broker("down", *state)
    assert (last.returncode, last.stdout.split(":")[0]) == (0, "stopped")
    assert wait_for(lambda: not psutil.pid_exists(pid))
    assert broker("down", *state).returncode == 0
    assert broker("status", *state).returncode == 1


def test_status_of_a_node_that_does_not_answer_is_an_error(kafka_node: NodeMaker) -> None:
    node = kafka_node()
    os.kill(node.pid, signal.SIGSTOP)
    try:
        found = broker("status", "--state", str(node.folder.root))
    finally:
        os.kill(node.pid, signal.SIGCONT)
    assert found.returncode == 2
    assert "does not answer" in found.stdout


def test_an_error_is_one_plain_sentence_and_status_2(taken: int, tmp_path: Path) -> None:
    done = broker("up", "--state", str(tmp_path / "kafka"), "--port", str(taken))
    assert done.returncode == 2
    assert f"Port {taken}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["up", "status", "down"])
def test_state_folder_that_is_none_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = broker(command, "--state", str(tmp_path / "file"))
    assert found.returncode == 2
    assert "name another folder with --state" in found.stderr
    assert len(found.stderr.splitlines()) == 1
