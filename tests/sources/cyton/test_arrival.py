"""Losses and pauses of the host, in a time of their own: every packet at its true number."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.sources.cyton import conversation, source
from emgspasm.sources.cyton.settings import CytonSettings
from emgspasm.sources.cyton.source import CytonSource
from support.streaming import index_and_samples, places

LOST = range(750, 1250)


class Port:
    """A port without a descriptor, and the clock; the process may pause behind a read of it.

    Packet `n` comes ``(n + 1) / 250`` s after the start, with `n` in every channel.
    """

    port = "none"

    def __init__(self, packets, pauses):
        self.now, self._next, self._waiting = 0.0, 0, b""
        self._pauses = list(pauses)
        self._packets = packets
        self.over = False

    def _pass(self, seconds):
        self.now += seconds
        while self._next < len(self._packets) and self._packets[self._next][0] <= self.now:
            self._waiting += self._packets[self._next][1]
            self._next += 1
        self.over = self._next == len(self._packets)

    def perf_counter(self):
        self._pass(1e-5)
        return self.now

    def sleep(self, seconds):
        self._pass(seconds)

    @property
    def in_waiting(self):
        self._pass(1e-5)
        return len(self._waiting)

    def read(self, size):
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        paused = self._pauses and self.now >= self._pauses[0][0]
        self._pass(self._pauses.pop(0)[1] if paused else 1e-5)
        return data

    def write(self, _):
        """Nobody listens."""


@pytest.fixture
def taken(encode, monkeypatch):
    def take(pauses, n_packets=1800):
        kept = np.setdiff1d(np.arange(n_packets), LOST)
        data = encode(kept, np.repeat(kept[:, None], 8, axis=1))
        port = Port([((n + 1) / 250, bytes(d)) for n, d in zip(kept, data, strict=True)], pauses)
        clocks = SimpleNamespace(perf_counter=port.perf_counter, sleep=port.sleep)
        monkeypatch.setattr(conversation, "time", clocks)
        monkeypatch.setattr(source, "time", clocks)
        board = CytonSource(CytonSettings(port="none"), clock=port.perf_counter)
        queue, look = board._queue, board._read

        def read(port):
            if port.over:
                board.stop()
            return look(port)

        monkeypatch.setattr(board, "_read", read)
        board._port = port
        board._stream()
        chunks = [queue.get() for _ in range(queue.qsize())]
        index, samples = index_and_samples(chunks)
        np.testing.assert_array_equal(places(samples), index)
        return [event.text for event in board.events if "estimated" in event.text]

    return take


def pauses_after(start, *seconds):
    """Pauses of the process, one after the other, with moments between in which it runs."""
    found = []
    for each in seconds:
        found.append((start, each))
        start += each + 0.003
    return found


@pytest.mark.parametrize("at", [5.01, 5.018, 5.026])
@pytest.mark.parametrize("seconds", [0.9, 1.7])
def test_a_pause_amid_the_look_at_what_comes_behind_a_loss_adds_no_lap(taken, at, seconds):
    told = taken([(at, seconds)])
    assert told == ["the gap before sample 1250 is estimated from the clock"]


@pytest.mark.parametrize("before", [0.5, 0.7])
@pytest.mark.parametrize("at", [2.4, 2.97])
def test_a_process_starved_before_a_loss_of_two_laps_does_not_shorten_it(taken, at, before):
    taken(pauses_after(at, before, 0.3, 0.3))
