"""A page that looks on, from its first message to its last."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from fastapi import WebSocket, WebSocketDisconnect

from emgspasm.service.answers import Dropped, text_of
from emgspasm.service.broadcast import Onlooker
from emgspasm.service.host import Host
from emgspasm.service.refusal import Refused

SILENCE = 1.0
"""Longest pause between two messages, so that a page knows it is connected [design]."""


async def look_on(socket: WebSocket, host: Host, hello: str) -> None:
    """Tell a page what comes until it goes, or the service ends."""
    await socket.accept()
    onlooker = Onlooker(asyncio.get_running_loop())
    tasks = [
        asyncio.create_task(_tell(socket, host, onlooker, hello)),
        asyncio.create_task(_heed(socket)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        host.broadcast.remove(onlooker)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, WebSocketDisconnect, Refused):
                await task


async def _tell(socket: WebSocket, host: Host, onlooker: Onlooker, hello: str) -> None:
    await socket.send_text(hello)
    await asyncio.to_thread(host.welcome, onlooker)
    dropped = 0
    while True:
        taken = await onlooker.take(SILENCE)
        for message in taken:
            if isinstance(message.payload, bytes):
                await socket.send_bytes(message.payload)
            else:
                await socket.send_text(message.payload)
        if onlooker.dropped != dropped or not taken:
            dropped = onlooker.dropped
            await socket.send_text(text_of(Dropped(dropped)))
        if onlooker.behind:
            await asyncio.to_thread(host.welcome, onlooker)


async def _heed(socket: WebSocket) -> None:
    """Wait until the page is gone; messages from it are ignored."""
    while True:
        if (await socket.receive())["type"] == "websocket.disconnect":
            return
