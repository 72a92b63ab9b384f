"""Sources at the seam: chunks from a list, and a Cyton's bytes without its port."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from emgspasm.simulation.board_faults import strike
from emgspasm.simulation.board_packets import packet, quantize
from emgspasm.simulation.board_state import power_on, receive
from emgspasm.sources.cyton import decoder
from emgspasm.sources.cyton.decoder import Layout
from emgspasm.sources.events import SourceEvent
from emgspasm.stream import Chunk


class Script:
    """Yields chunks, then waits until it is stopped, if asked to; runs callables in between."""

    def __init__(self, info, steps, *, waits=False):
        self.info, self.steps, self.events = info, steps, ()
        self.entered, self._waits, self._stopped = 0, waits, threading.Event()

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, *_):
        self.stop()

    def __iter__(self):
        for step in self.steps:
            if self._stopped.is_set():
                return
            if isinstance(step, Chunk):
                yield step
            else:
                step(self)
        if self._waits:
            self._stopped.wait(30)

    def stop(self):
        self._stopped.set()

    def say(self, sample, state, text):
        self.events = (*self.events, SourceEvent(0.0, sample, state, text))


class Wire:
    """A Cyton's packets as its port would give them every `bunch` seconds, faults included.

    The clock is that of the wire: `time` is when the latest read came.
    """

    def __init__(self, info, samples, faults=(), seed=0, bunch=0.016):
        self.info, self.time, self.events = info, 0.0, ()
        state = power_on(daisy=False)
        for number in range(1, 9):
            for letter in f"x{number}060000X":
                state, _ = receive(state, letter, 0.0)
        self.counts = np.array([quantize(state, row, 0, 0.0)[:8] for row in samples])
        sent = (packet(state, n, row) for n, row in enumerate(self.counts))
        self.packets = [strike(faults, n, n, data, seed) for n, data in enumerate(sent)]
        self.arrived = np.array([bool(data) for data in self.packets])
        self._bunch, self._stopped = bunch, threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def clock(self):
        return self.time

    def __iter__(self):
        layout = Layout((24,) * 8, tuple(range(8)))
        state, n_sent = decoder.start(0, 0.0), 0
        while n_sent < len(self.packets) and not self._stopped.is_set():
            self.time += self._bunch
            due = min(int(self.time * 250), len(self.packets))
            data = b"".join(self.packets[n_sent:due])
            n_sent = due
            state, decoded = decoder.decode(layout, state, data, self.time)
            for sample in decoded.estimated:
                text = f"the gap before sample {sample} is estimated from the clock"
                self.events = (*self.events, SourceEvent(self.time, sample, "streaming", text))
            yield from decoded.chunks

    def stop(self):
        self._stopped.set()


@pytest.fixture(scope="session")
def script():
    return Script


@pytest.fixture(scope="session")
def wire():
    return Wire
