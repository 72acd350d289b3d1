"""Serving the console on this machine: a free port on the loopback interface, one poller, one web server.

Left out: what is shown. Rules: never another interface; the socket listens before the address is told, so that
whoever opens it at once is served; ending takes a second, however many browsers look.
"""

import signal
import socket
from types import FrameType
from typing import NoReturn

import uvicorn

from console.poller import Poller, Snapshots
from console.web.app import make_app
from sharing.errors import Misconfigured

LOOPBACK = "127.0.0.1"
ENDING_SECONDS = 1


def listen(port: int) -> socket.socket:
    """A listening socket on the loopback interface; port 0 finds a free one.

    Raises:
        Misconfigured: the port is taken or forbidden.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((LOOPBACK, port))
        made.listen(128)
    except OSError as fault:
        made.close()
        raise Misconfigured(
            f"port {port}: cannot be used ({fault.strerror}); use another, or 0 for a free one"
        ) from None
    return made


def address_of(listening: socket.socket, token: str) -> str:
    """The address that opens the console once."""
    return f"http://{LOOPBACK}:{listening.getsockname()[1]}/enter?token={token}"


def server(snapshots: Snapshots, token: str) -> uvicorn.Server:
    """The web server; run it with `server.run(sockets=[listening])`.

    No access log: an address with a token never stands in one.
    """
    config = uvicorn.Config(
        make_app(snapshots, token),
        access_log=False,
        log_level="warning",
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    return uvicorn.Server(config)


def serve(poller: Poller, snapshots: Snapshots, listening: socket.socket, token: str) -> None:
    """Look and serve until a signal ends it."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)  # the web server ends itself first, then says the signal again
    poller.start()
    try:
        server(snapshots, token).run(sockets=[listening])
    finally:
        poller.stop()
        listening.close()


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
