"""A recording without anything that tells who was recorded, where or when.

Only what is known to be harmless passes: codes of muscles, sides and tasks, numbers, the model of
the device. Every other text is replaced, so a name that somebody wrote into a label, an annotation
or the name of a device does not (clinical facts 11).
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from emgspasm.board import BOARDS
from emgspasm.labels import MUSCLES, SIDE_LETTER, Kind
from emgspasm.storage.adjusted import Adjusted, adjusted
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import SKIP, Channel, StreamInfo
from emgspasm.synkinesis.markers import taken_back, task_code

NOTE = "note"
"""Takes the place of a text of an annotation that might identify somebody."""

TEXTS = frozenset({SKIP, NOTE})
UNITS = frozenset({"count", "g", "m/s^2", "kohm", "n/a"})  # beside voltages
MODELS = (
    "ADS1299 (simulated)",
    *(board.name for board in reversed(BOARDS)),
)
"""Models that a device may be called by: of several that fit, the first."""


def anonymous(recording: StoredRecording) -> Adjusted:
    """A recording without anything that tells who was recorded, where or when.

    Its findings may quote the file, so they are left out; its path stays, for messages.
    """
    n_channels = len(recording.info.channels)
    seen = adjusted(
        recording,
        tuple(range(n_channels)),
        anonymous_info(recording.info),
        (1.0,) * n_channels,
        findings=(),
    )
    marks = tuple(replace(mark, text=anonymous_text(mark.text)) for mark in seen.annotations)
    return replace(seen, annotations=marks, start=None)


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
    letter = SIDE_LETTER.get(channel.side or "")
    name = f"{muscle}_{letter}" if muscle and letter else muscle or kind
    return replace(channel, name=name, muscle=muscle, kind=kind, unit=unit)


def anonymous_device(device: str) -> str:
    """The model of a device, without serial numbers and names of computers."""
    return next((model for model in MODELS if model in device), "")


def anonymous_text(text: str) -> str:
    """The text of an annotation: a code, that one was taken back, or that there was a note."""
    code = taken_back(text) or text
    return text if code in TEXTS or task_code(code) else NOTE
