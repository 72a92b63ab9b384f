"""Messages on their way to pages: the oldest of a slow one are dropped, and counted."""

from __future__ import annotations

import asyncio

import numpy as np

from emgspasm.service.broadcast import Broadcast, Message, Onlooker
from emgspasm.service.traces import extremes


def looked_on(work, capacity=3):
    """What `work` gives, called with a broadcast and an onlooker of it."""

    async def run():
        broadcast, onlooker = Broadcast(), Onlooker(asyncio.get_running_loop(), capacity)
        broadcast.add(onlooker)
        return await work(broadcast, onlooker)

    return asyncio.run(run())


def test_messages_come_in_order():
    async def work(broadcast, onlooker):
        for text in "abc":
            broadcast.tell(Message(text))
        return [message.payload for message in await onlooker.take(1.0)]

    assert looked_on(work) == ["a", "b", "c"]


def test_the_oldest_are_dropped_and_counted():
    async def work(broadcast, onlooker):
        for text in "abcde":
            broadcast.tell(Message(text))
        return [message.payload for message in await onlooker.take(1.0)], onlooker.dropped

    assert looked_on(work) == (["c", "d", "e"], 2)


def test_who_missed_something_lasting_is_behind_until_told_anew():
    async def work(broadcast, onlooker):
        broadcast.tell(Message("news", lasting=True))
        seen = []
        for text in "abc":
            seen.append(onlooker.behind)
            broadcast.tell(Message(text))
        seen.append(onlooker.behind)
        onlooker.begin_anew()
        return [*seen, onlooker.behind]

    assert looked_on(work) == [False, False, False, True, False]


def test_who_has_gone_is_not_added_any_more():
    async def work(broadcast, onlooker):
        broadcast.remove(onlooker)
        broadcast.add(onlooker)
        return len(broadcast)

    assert looked_on(work) == 0


def test_who_waits_in_vain_gets_nothing():
    async def work(broadcast, onlooker):
        return await onlooker.take(0.01)

    assert looked_on(work) == []


def test_extremes_leave_out_what_is_not_known():
    rows = np.array([[1, np.nan], [3, np.nan], [-2, 5], [np.nan, 7]], np.float32)
    low, high = extremes(rows, 2)
    np.testing.assert_array_equal(low, [[1, -2], [np.nan, 5]])
    np.testing.assert_array_equal(high, [[3, -2], [np.nan, 7]])
