"""Free loopback ports, outside the range from which the kernel lends ports to outgoing connections.

A port out of that range could be lent to somebody while the node is down for a moment, and the node could not come
back. Left out: remembering them (`folder`).
"""

import secrets
import socket
from contextlib import closing

from sharing.errors import Retryable

_LOWEST, _COUNT = 20_000, 12_000
_TRIES = 200


def is_free(port: int) -> bool:
    """Tell whether nobody listens on this loopback port."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as door:
        door.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # as Java does: a dead node's last connections do not count
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def pick(*, other_than: int = 0) -> int:
    """Give a free port, drawn at random so that two nodes that start together rarely want the same.

    Raises:
        Retryable: None was found.
    """
    for _ in range(_TRIES):
        port = _LOWEST + secrets.randbelow(_COUNT)
        if port != other_than and is_free(port):
            return port
    raise Retryable(f"No free port on 127.0.0.1 between {_LOWEST} and {_LOWEST + _COUNT - 1}")
