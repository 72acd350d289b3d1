"""An open port is not a ready Kafka."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from deploy.embedded.probe import answers


@contextmanager
def program_that_answers(*replies: bytes) -> Iterator[int]:
    """Some program with an open port: it gives the n-th reply to the n-th request, then closes."""

    def serve() -> None:
        line, _ = door.accept()
        with closing(line):
            for reply in replies:
                if line.recv(4096):
                    line.sendall(reply)

    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            thread.join(10)


def framed(body: bytes) -> bytes:
    return struct.pack(">ii", len(body) + 4, 1) + body


VERSIONS = framed(struct.pack(">hi", 0, 0))
ONE_BROKER = framed(struct.pack(">ii", 1, 1))
NO_BROKER = framed(struct.pack(">i", 0))


def test_kafka_with_a_broker_let_in_is_ready() -> None:
    with program_that_answers(VERSIONS, ONE_BROKER) as port:
        assert answers(port)


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param((VERSIONS, NO_BROKER), id="controller has let no broker in"),
        pytest.param((framed(struct.pack(">hi", 35, 0)),), id="refuses the request"),
        pytest.param((b"HTTP/1.1 400 Bad Request\r\n\r\n",), id="a web server"),
        pytest.param((VERSIONS,), id="closes after the first"),
        pytest.param((VERSIONS[:5],), id="closes in the middle"),
        pytest.param((struct.pack(">i", -1),), id="a size below nothing"),
        pytest.param((VERSIONS, framed(b"\x00")), id="too short an answer"),
        pytest.param((), id="says nothing"),
    ],
)
def test_anything_else_is_not(replies: tuple[bytes, ...]) -> None:
    with program_that_answers(*replies) as port:
        assert not answers(port)


def test_an_open_port_that_stays_silent_is_not_ready() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        assert not answers(door.getsockname()[1], timeout=0.1)


def test_a_closed_port_is_not_ready() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        port = door.getsockname()[1]
    assert not answers(port)
