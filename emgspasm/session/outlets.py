"""What a config sends to the network while a recording runs."""

from __future__ import annotations

import time
from typing import Self

from emgspasm.config import OutletTable
from emgspasm.session.handover import Tick
from emgspasm.sources.lsl.outlets import EventOutlet, SignalOutlet, burst_text, event_text
from emgspasm.stream import StreamInfo, emg_only

LINGER = 0.25
"""Seconds for what was sent last to leave: liblsl sends in threads of its own, and drops what is
waiting when a stream is closed [design]."""


class Outlets:
    """LSL streams of the filtered signal and of bursts and events, from entering to leaving.

    Parameters
    ----------
    table : OutletTable
        Which, and their names.
    info : StreamInfo
        The stream as it is stored.

    Raises
    ------
    ConfigError
        On entering: LSL is not installed.
    """

    def __init__(self, table: OutletTable, info: StreamInfo) -> None:
        self._table, self._info = table, info
        self._signal: SignalOutlet | None = None
        self._events: EventOutlet | None = None

    def __enter__(self) -> Self:
        if self._table.signal:
            self._signal = SignalOutlet(emg_only(self._info), self._table.signal)
        if self._table.events:
            self._events = EventOutlet(self._table.events)
        return self

    def __exit__(self, *_: object) -> None:
        outlets = [outlet for outlet in (self._signal, self._events) if outlet is not None]
        if outlets:
            time.sleep(LINGER)
        for outlet in outlets:
            outlet.close()

    def push(self, tick: Tick, now: int, delay: float) -> None:
        """Send one tick.

        Parameters
        ----------
        tick : Tick
        now : int
            Number of the sample that is being taken.
        delay : float
            Seconds by which the filters delay the signal; bursts and events are corrected for it.

        Raises
        ------
        RuntimeError
            liblsl refuses it.
        """
        analysis = tick[0]
        if self._signal is not None:
            self._signal.push(analysis.filtered, self._age(analysis.chunk.stop - 1, now) + delay)
        if self._events is not None:
            self._say(self._events, tick, now)

    def _say(self, outlet: EventOutlet, tick: Tick, now: int) -> None:
        """Say bursts, then final events, then what a late marker made of earlier ones."""
        analysis, folded = tick
        for burst in analysis.bursts:
            outlet.push(burst_text(burst, self._info), self._age(burst.onset, now))
        for event in folded.events:
            outlet.push(event_text(event), self._age(event.onset, now))
        for _, event in folded.amended:
            outlet.push(f"amended/{event_text(event)}", self._age(event.onset, now))

    def _age(self, sample: int, now: int) -> float:
        return max(0, now - sample) / self._info.sampling_frequency
