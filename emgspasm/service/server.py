"""The service on its port, from entering to leaving."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from emgspasm.errors import ConfigError, SourceError
from emgspasm.service.application import application
from emgspasm.service.connections import ConnectionLimit
from emgspasm.service.guard import is_loopback
from emgspasm.service.host import Host
from emgspasm.service.inbound import InboundLimit

GRACE = 2
"""Seconds that answers under way are given when the service ends [design]."""

BACKLOG = 32
"""Connections that may wait to be taken. So many are taken at once, and hold a descriptor for a
moment though they are not let in [design]."""

UNSENT = 65_536
"""Bytes of an answer that the system may hold back: what a slow page has not taken waits in the
service, which counts what it drops [design]."""


@contextmanager
def serving(host: Host, name: str, port: int) -> Iterator[tuple[str, bool]]:
    """Serve a stream until it is left; gives the address to open, and whether others can, too.

    Parameters
    ----------
    host : Host
    name : str
        Name or address to listen at.
    port : int
        0 takes any that is free.

    Raises
    ------
    ConfigError
        There is no such address on this machine.
    SourceError
        The port is in use, or may not be used.
    """
    listening = listen(name, port)
    config = uvicorn.Config(
        application(host, name),
        http=ConnectionLimit,
        ws=InboundLimit,
        ws_per_message_deflate=False,
        backlog=BACKLOG,
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="server", daemon=True)
    thread.start()
    try:
        place, number = listening.getsockname()[:2]
        yield shown(name, number), not is_loopback(place)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def listen(name: str, port: int) -> socket.socket:
    """Take a port; raises what :func:`serving` raises."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ConfigError(
            f"--host {name!r} is not a name or address of this machine. "
            "Give 127.0.0.1, or 0.0.0.0 for all of its addresses"
        ) from None
    family, _, _, _, place = found[0]
    try:
        listening = _taken(place, family)
    except PermissionError:
        raise SourceError(
            f"port {port} may not be used (ports under 1024 are the system's, on Windows others "
            "too). Give another --port"
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SourceError(
                f"port {port} of {name} is in use. End what listens there, or give another --port"
            ) from None
        raise ConfigError(
            f"--host {name!r} is not an address of this machine to listen at "
            f"({os.strerror(error.errno or 0)}). Give 127.0.0.1, or 0.0.0.0 for all of its "
            "addresses"
        ) from None
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT)  # connections inherit it
    return listening


def _taken(place: tuple[Any, ...], family: socket.AddressFamily) -> socket.socket:
    """Listen at a place; alone, which on Windows must be asked for."""
    if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        return socket.create_server(place, family=family, backlog=BACKLOG)
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listening.bind(place)
        listening.listen(BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def shown(name: str, port: int) -> str:
    """The address to open in a browser of this machine."""
    place = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(name, name)  # noqa: S104  all addresses
    return f"http://{f'[{place}]' if ':' in place and not place.startswith('[') else place}:{port}/"
