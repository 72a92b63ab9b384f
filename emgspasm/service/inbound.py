"""A limit to what comes from a page, which has nothing to say but that it is still there.

What it says is answered (pings) or kept until it is whole (messages in parts), so that a stranger
who never stops would fill the memory of the service.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

HEARD, WHILE = 1024, 20.0
"""Bytes that are heard of a page within so many seconds; one that says more is left. A browser
says 10 in that time [design]."""


class InboundLimit(WebSocketsSansIOProtocol):
    """Hears a page, and breaks off with one that talks at length; a protocol of uvicorn's.

    Parameters
    ----------
    given : dict
        What uvicorn gives to a protocol.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._heard, self._since = 0, 0.0
        self._called = False

    def data_received(self, data: bytes) -> None:
        """Take what a page says: first its call, which is of a limited length already."""
        if self._called and self._is_too_much(len(data)):
            self.transport.abort()
            return
        self._called = True
        super().data_received(data)

    def _is_too_much(self, n_bytes: int) -> bool:
        now = self.loop.time()
        if now - self._since > WHILE:
            self._heard, self._since = 0, now
        self._heard += n_bytes
        return self._heard > HEARD
