"""The door: how many of other machines are connected at once.

A connection holds a descriptor of the process, whether it asks for anything or not. A recording
needs some too: for a board that is back, and for what is written beside it.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from emgspasm.service.guard import leads

STRANGERS = 100
"""Connections from other machines; a page holds one. macOS gives a process 256 descriptors for all
that it does [design]."""


class Door(asyncio.Protocol):
    """Lets a connection in to those who answer it, or breaks it off; a protocol of uvicorn's.

    Clients of this machine, which may record and mark, always come in.

    Parameters
    ----------
    given : dict
        What uvicorn gives to a protocol.
    """

    def __init__(self, **given: Any) -> None:
        self._answering = AutoHTTPProtocol(**given)
        self._inside = given["server_state"].connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in or break off."""
        peer = transport.get_extra_info("peername")
        if leads(peer[0] if peer else None) or self._n_strangers() < STRANGERS:
            transport.set_protocol(self._answering)
            self._answering.connection_made(transport)
        else:
            transport.close()

    def _n_strangers(self) -> int:
        return sum(not leads(each.client[0] if each.client else None) for each in self._inside)
