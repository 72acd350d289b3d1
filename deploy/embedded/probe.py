"""Asks a broker whether it answers, in Kafka's own protocol, with nothing but a socket.

An open port proves little: Kafka opens it before it can serve. So two requests are sent: ApiVersions (does it speak
Kafka?) and Metadata without topics (has the controller let a broker in?). Left out: TLS and logins; the embedded node
has neither.
"""

import socket
import struct
from contextlib import closing

API_VERSIONS, METADATA = 18, 3
CLIENT = b"crosswalk-probe"
_REQUEST = struct.Struct(">ihhih")
_SMALLEST_ANSWER, _LARGEST_ANSWER = 4, 1 << 20


def answers(port: int, timeout: float = 2.0) -> bool:
    """Tell whether the broker on this loopback port serves clients now.

    Args:
        port: Loopback port.
        timeout: Seconds for each of connecting, sending and receiving.
    """
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout)) as line:
            error = _ask(line, API_VERSIONS, 0, b"")[:2]
            if error != b"\x00\x00":
                return False
            (brokers,) = struct.unpack_from(">i", _ask(line, METADATA, 1, struct.pack(">i", 0)))
            return bool(brokers > 0)
    except (OSError, struct.error):
        return False


def _ask(line: socket.socket, api: int, version: int, body: bytes) -> bytes:
    """Send one request with header version 1; give the answer behind its correlation id."""
    size = _REQUEST.size - 4 + len(CLIENT) + len(body)
    line.sendall(_REQUEST.pack(size, api, version, 1, len(CLIENT)) + CLIENT + body)
    (length,) = struct.unpack(">i", _exactly(line, 4))
    if not _SMALLEST_ANSWER <= length <= _LARGEST_ANSWER:
        raise OSError("not an answer of Kafka's")
    return _exactly(line, length)[4:]


def _exactly(line: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = line.recv(count - len(parts))
        if not part:
            raise OSError("the other end closed the connection")
        parts += part
    return bytes(parts)
