"""Filtered signal and events to the network (LSL), for those who ask for it.

Outlets are off unless the config asks for them: liblsl listens on all network interfaces, without
password or encryption, so whoever is in the same network can read the participant's signal. A
configuration file of liblsl (``ResolveScope = machine``) hides a stream from others, but its port
stays open to them; only a firewall closes it.
"""

from __future__ import annotations

from typing import Any

from emgspasm.sources.lsl.session import library
from emgspasm.stream import Burst, Chunk, Event, StreamInfo


class SignalOutlet:
    """A stream of samples in the network, from making it to :meth:`close`.

    Parameters
    ----------
    info : StreamInfo
    name : str
        How others find it.
    """

    def __init__(self, info: StreamInfo, name: str = "emgspasm") -> None:
        pylsl = library()
        self._clock = pylsl.local_clock
        described = pylsl.StreamInfo(
            name, "EMG", len(info.channels), info.sampling_frequency, "float32", f"{name}-signal"
        )
        described.set_channel_labels(list(info.names))
        described.set_channel_types([channel.kind for channel in info.channels])
        described.set_channel_units([channel.unit for channel in info.channels])
        self._outlet: Any = pylsl.StreamOutlet(described)

    def push(self, chunk: Chunk, age: float = 0.0) -> None:
        """Hand a chunk over; `age` is how long ago its last sample happened, in seconds.

        Raises
        ------
        RuntimeError
            liblsl refuses it.
        """
        if len(chunk.samples):
            self._outlet.push_chunk(chunk.samples, self._clock() - age)

    def close(self) -> None:
        """Leave the network."""
        self._outlet = None


class EventOutlet:
    """A stream of bursts and events as text markers, from making it to :meth:`close`.

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

    def push(self, text: str, age: float) -> None:
        """Say a text; `age` is how long ago what it says began, in seconds.

        Raises
        ------
        RuntimeError
            liblsl refuses it.
        """
        self._outlet.push_sample([text], self._clock() - age)

    def close(self) -> None:
        """Leave the network."""
        self._outlet = None


def event_text(event: Event) -> str:
    """Write type, side and class of an event, as ``spasm/L/tonic``; without class ``blink/B``."""
    return "/".join(part for part in (event.trial_type, event.side, event.label) if part)


def burst_text(burst: Burst, info: StreamInfo) -> str:
    """Write a burst and its channel, as ``burst/OOC_L``."""
    return f"burst/{info.names[burst.channel]}"
