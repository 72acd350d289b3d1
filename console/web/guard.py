"""Who may look: this machine only, by one address that works once, and nothing that another site can reach.

- the address printed at start holds a 256-bit token; its first use is exchanged for a cookie, the second is refused;
- the cookie is HttpOnly and SameSite=Strict, and dies with the process;
- a request for another host is refused, so that no foreign name can be pointed at this machine;
- nothing is stored by the browser, nothing runs that did not come from here.

Left out: several users, roles (a console for a team signs people in by OpenID Connect behind TLS).
"""

import hmac
import secrets
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import sha256
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_BYTES = 32
HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

Handler = Callable[[Request], Awaitable[Any]]


def new_token() -> str:
    """A token of 256 bits, as it stands in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Door:
    """One token that opens once, and the session that it opens.

    Args:
        token: As printed at start.

    Raises:
        ValueError: the token is shorter than 256 bits written out.
    """

    def __init__(self, token: str) -> None:
        if len(token) < 43:  # noqa: PLR2004 - 32 bytes in base 64
            raise ValueError("a console's token has 256 bits")
        self._token: str | None = token
        self._session = secrets.token_urlsafe(TOKEN_BYTES)
        self._lock = threading.Lock()
        self.cookie = f"crosswalk_{sha256(token.encode()).hexdigest()[:12]}"
        """Name of the cookie: two consoles on one machine do not take each other's."""

    def open(self, token: str) -> str | None:
        """The session for the right token at its first use, else None."""
        with self._lock:
            right = self._token is not None and hmac.compare_digest(token.encode(), self._token.encode())
            if not right:
                return None
            self._token = None
            return self._session

    def knows(self, request: Request) -> bool:
        """Whether a request carries the session."""
        given = request.cookies.get(self.cookie, "")
        return hmac.compare_digest(given.encode(), self._session.encode())


class Walls:
    """Refuses other hosts and other methods, and puts the headers above on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _put(message)
            await send(message)

        if host_of(Headers(scope=scope).get("host", "")) not in HOSTS:
            refusal = PlainTextResponse("This console answers on this machine only.\n", status_code=421)
            await refusal(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


def host_of(header: str) -> str:
    """The host of a Host header, without its port.

    >>> host_of("127.0.0.1:8000"), host_of("[::1]:80"), host_of("evil.example")
    ('127.0.0.1', '[::1]', 'evil.example')
    """
    if header.startswith("["):
        return header.split("]", 1)[0].lower() + "]"
    return header.rsplit(":", 1)[0].lower() if ":" in header else header.lower()


def _put(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers[name] = value
