"""A recording without anything that tells who was recorded, where or when.

Only what is known to be harmless passes: codes of muscles, sides and tasks, numbers, the model of
the device. Every other text is replaced, so a name that somebody wrote into a label, an annotation
or the name of a device does not (clinical facts 11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

from emgspasm.storage.importers.adjusted import StoredRecording
from emgspasm.storage.whole import to_mne
from emgspasm.stream import MUSCLES, SKIP, Annotation, Channel, Chunk, Kind, StreamInfo
from emgspasm.synkinesis.markers import MOVEMENTS, OTHERS, RESTS

NOTE = "note"
"""What an annotation says whose text does not pass."""

TEXTS = RESTS | MOVEMENTS | OTHERS | {SKIP, NOTE}
UNITS = frozenset({"uV", "mV", "V", "nV", "count", "g", "m/s^2", "kohm", "n/a"})
MODELS = (
    "ADS1299 (simulated)",
    "OpenBCI Cyton with Daisy",
    "OpenBCI Cyton",
    "OpenBCI Ganglion",
)
"""Models that a device may be called by: of several that fit, the first."""

_LETTERS = {"left": "_L", "right": "_R"}


@dataclass(frozen=True, slots=True, eq=False)
class Anonymous:
    """A recording seen without what identifies; a `StoredRecording`.

    Parameters
    ----------
    recording : StoredRecording
    info : StreamInfo
        As :func:`anonymous_info` made it.
    """

    recording: StoredRecording
    info: StreamInfo

    @property
    def path(self) -> Path:
        """The file, for messages; exports do not hold it."""
        return self.recording.path

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        return self.recording.n_samples

    @property
    def start(self) -> datetime | None:
        """None: when it was recorded is not told."""
        return None

    @property
    def findings(self) -> tuple[str, ...]:
        """None: they may quote the file."""
        return ()

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Task codes and missing stretches; of any other mark only when it was."""
        names = dict(zip(self.recording.info.names, self.info.names, strict=True))
        return tuple(
            replace(
                mark,
                text=anonymous_text(mark.text),
                channels=tuple(names[name] for name in mark.channels if name in names),
            )
            for mark in self.recording.annotations
        )

    def __enter__(self) -> Self:
        self.recording.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.recording.__exit__(kind, value, traceback)

    def __iter__(self) -> Iterator[Chunk]:
        return iter(self.recording)

    def stop(self) -> None:
        """End the iterations under way."""
        self.recording.stop()

    def to_mne(self) -> Any:
        """Load it into MNE; see :func:`emgspasm.storage.whole.to_mne`."""
        return to_mne(self)


def anonymous(recording: StoredRecording) -> Anonymous:
    """A recording without anything that tells who was recorded, where or when."""
    return Anonymous(recording, anonymous_info(recording.info))


def anonymous_info(info: StreamInfo) -> StreamInfo:
    """Channels named by muscle and side, or by what they record; the device by its model."""
    channels: list[Channel] = []
    for channel in info.channels:
        plain = anonymous_channel(channel)
        taken = [c.name for c in channels]
        number = 2
        name = plain.name
        while name in taken:
            name = f"{plain.name}{number}"
            number += 1
        channels.append(replace(plain, name=name))
    return StreamInfo(info.sampling_frequency, tuple(channels), anonymous_device(info.device))


def anonymous_channel(channel: Channel) -> Channel:
    """A channel under a name that codes make up; three letters of no muscle may be a name."""
    muscle = channel.muscle if channel.muscle in MUSCLES else None
    kind: Kind = channel.kind if channel.kind in get_args(Kind) else "MISC"
    unit = channel.unit if channel.unit in UNITS or channel.microvolts else "n/a"
    name = f"{muscle}{_LETTERS.get(channel.side or '', '')}" if muscle else kind
    return replace(channel, name=name, muscle=muscle, kind=kind, unit=unit)


def anonymous_device(device: str) -> str:
    """The model of a device, without serial numbers and names of computers."""
    return next((model for model in MODELS if model in device), "")


def anonymous_text(text: str) -> str:
    """The text of an annotation: a code, or that there was a note."""
    return text if text.strip() in TEXTS else NOTE
