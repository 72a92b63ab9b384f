"""Filtered signal and events to the network (LSL), for those who ask for it.

Outlets are off unless the config asks for them: liblsl listens on all network interfaces, without
password or encryption, so whoever is in the same network can read the participant's signal. A
configuration file of liblsl (``ResolveScope = machine``) hides a stream from others, but its port
stays open to them; only a firewall closes it.
"""

from __future__ import annotations

from typing import Any

from emgspasm.sources.lsl_session import library
from emgspasm.stream import Chunk, Event, StreamInfo


class SignalOutlet:
    """A stream of samples in the network, from making it to :meth:`close`.

    Time stamps are liblsl's own, taken at the hand-over; receivers smooth them.

    Parameters
    ----------
    info : StreamInfo
    name : str
        How others find it.
    delay : float
        Seconds by which the samples are older than their hand-over: the delay of the filters.
    """

    def __init__(self, info: StreamInfo, name: str = "emgspasm", delay: float = 0.0) -> None:
        pylsl = library()
        self._delay, self._clock = delay, pylsl.local_clock
        described = pylsl.StreamInfo(
            name, "EMG", len(info.channels), info.sampling_frequency, "float32", f"{name}-signal"
        )
        described.set_channel_labels(list(info.names))
        described.set_channel_types([channel.kind for channel in info.channels])
        described.set_channel_units([channel.unit for channel in info.channels])
        self._outlet: Any = pylsl.StreamOutlet(described)

    def push(self, chunk: Chunk) -> None:
        """Hand a chunk over; its last sample is taken for the latest."""
        if len(chunk.samples):
            self._outlet.push_chunk(chunk.samples, self._clock() - self._delay)

    def close(self) -> None:
        """Leave the network."""
        self._outlet = None


class EventOutlet:
    """A stream of events as text markers (``spasm/L/tonic``), from making it to :meth:`close`.

    Parameters
    ----------
    name : str
        How others find it.
    """

    def __init__(self, name: str = "emgspasm-events") -> None:
        pylsl = library()
        self._clock = pylsl.local_clock
        described = pylsl.StreamInfo(name, "Markers", 1, 0, "string", f"{name}-markers")
        self._outlet: Any = pylsl.StreamOutlet(described)

    def push(self, event: Event, age: float) -> None:
        """Say an event; `age` is how long ago it began, in seconds."""
        self._outlet.push_sample([event_text(event)], self._clock() - age)

    def close(self) -> None:
        """Leave the network."""
        self._outlet = None


def event_text(event: Event) -> str:
    """Write type, side and class of an event, as ``spasm/L/tonic``; without class ``blink/B``."""
    return "/".join(part for part in (event.trial_type, event.side, event.label) if part)
