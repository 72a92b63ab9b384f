"""Who may call: no page of another site, no name that is not this machine's, no stranger leads.

A page of another site can make a browser send requests here (cross-site calls), and its name can be
made to lead to this machine (DNS rebinding). The first tells its site as ``Origin``, the second its
name as ``Host``. Calls without ``Origin`` come from programs, which need no guard.
"""

from __future__ import annotations

import json
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = ("GET", "HEAD")
"""Methods that change nothing."""

LEADERS = "only browsers on the machine that serves may record and mark"

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
"""Headers of every answer."""


class Guard:
    """Lets calls through that may come; an ASGI application around another.

    Parameters
    ----------
    application : ASGIApp
    host : str
        The name or address that the service was started with.
    """

    def __init__(self, application: ASGIApp, host: str) -> None:
        self._application = application
        self._names = frozenset({host.lower(), "localhost", socket.gethostname().lower()})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a call, or refuse it."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if not refusal:
            await self._application(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[:120]})
        else:
            await _forbid(_with_headers(send), refusal)

    def refusal(self, scope: Scope) -> str:
        """Why a call is refused; ``""`` if it is not."""
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        host, origin, client = headers.get("host", ""), headers.get("origin"), scope.get("client")
        if not self._is_own(host):
            return (
                f"host {host!r} is not this machine's (an address, localhost, or --host). "
                "Open the address that was printed at the start"
            )
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        if changes and origin is not None and _site(origin) != host.lower():
            return f"origin {origin!r} is another site than {host!r}. Use the service's own page"
        if scope["type"] == "http" and changes and not leads(client[0] if client else None):
            return f"refused: {LEADERS}. Use a browser there"  # before its body is read
        return ""

    def _is_own(self, host: str) -> bool:
        """Whether a name cannot have been made to lead here: an address, or one of the own."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
        except ValueError:
            return False
        return name in self._names or address(name) is not None


def _site(origin: str) -> str:
    """The name and port of an origin, in small letters; ``""`` where it has none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def address(name: str) -> IPv4Address | IPv6Address | None:
    """The address that a name is, if it is one."""
    try:
        return ip_address(name)
    except ValueError:
        return None


def is_loopback(name: str) -> bool:
    """Whether an address, or ``localhost``, is of this machine alone."""
    found = address(name)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return name == "localhost" if found is None else found.is_loopback


def leads(client: str | None) -> bool:
    """Whether a client may record and mark: one on this machine."""
    return client is not None and is_loopback(client)


def _with_headers(send: Send) -> Send:
    more = [(key.encode(), value.encode()) for key, value in HEADERS.items()]

    async def sending(message: object) -> None:
        if isinstance(message, dict) and message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *more]}
        await send(message)  # type: ignore[arg-type]  # a message, as it came

    return sending


async def _forbid(send: Send, text: str) -> None:
    body = json.dumps({"error": text}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
