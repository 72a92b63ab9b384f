"""A limit to how many connections other machines hold at once.

A connection holds a descriptor of the process, whether it asks for anything or not. A recording
needs some too: for a board that is back, and for what is written beside it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from emgspasm.service.guard import leads

STRANGERS = 100
"""Connections from other machines; a page holds one. macOS gives a process 256 descriptors for all
that it does [design]."""


class ConnectionLimit(asyncio.Protocol):
    """Lets a connection in to those who answer it, or breaks it off; a protocol of uvicorn's.

    Clients of this machine, which may record and mark, always come in. Of the places for others no
    machine keeps another out: where all are taken, the one that has the most gives one up.

    Parameters
    ----------
    given : dict
        What uvicorn gives to a protocol.
    """

    def __init__(self, **given: Any) -> None:
        self._answering = H11Protocol(**given)  # which limits what is told ahead of a call
        self._inside = given["server_state"].connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in or break off."""
        peer = transport.get_extra_info("peername")
        machine = peer[0] if peer else None
        if leads(machine) or self._has_place(machine):
            transport.set_protocol(self._answering)
            self._answering.connection_made(transport)  # type: ignore[arg-type]  # of a socket
        else:
            transport.close()

    def _has_place(self, machine: str | None) -> bool:
        """Whether there is a place, or another machine could be made to give one up."""
        strangers = [each for each in self._inside if not leads(_machine(each))]
        if len(strangers) < STRANGERS:
            return True
        taken = Counter(map(_machine, strangers))
        greediest, most = taken.most_common(1)[0]
        if taken[machine] + 1 >= most:
            return False
        next(each for each in strangers if _machine(each) == greediest).transport.abort()
        return True


def _machine(connection: Any) -> str | None:
    return connection.client[0] if connection.client else None
