"""What stands beside and on the traces, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.desk.feed import Feed
from emgspasm.desk.palette import Palette
from emgspasm.desk.strip import CLIPPED, FLAT, GAP
from emgspasm.dsp.quality import NOISE_POOR
from emgspasm.dsp.rates import withheld
from emgspasm.labels import MUSCLES
from emgspasm.stream import Event, StreamInfo, emg_only
from emgspasm.units import on_screen

LEARNING = "learning the noise: face at rest"
"""While thresholds are not known yet."""

Words = tuple[frozenset[int] | None, int, str, str]
"""EMG channels (None: all), sample, text, colour."""


@dataclass(frozen=True, slots=True)
class LaneText:
    """What stands beside a line.

    Parameters
    ----------
    name : str
        Label of the channel.
    muscle : str
        In words.
    side : str or None
    level : str
        Its noise level.
    warning : str
        What is wrong with it, in words; ``""`` if nothing is.
    """

    name: str
    muscle: str
    side: str | None
    level: str = ""
    warning: str = ""


def unit_of(info: StreamInfo) -> str:
    """The unit of all EMG channels as screens show it; "units" where they share none."""
    units = {on_screen(channel.unit) for channel in emg_only(info).channels}
    return (units.pop() if len(units) == 1 else "") or "units"


def event_text(event: Event) -> str:
    """An event on the traces: its kind, and its class where it has one."""
    if event.trial_type == "spasm":
        return f"spasm {event.label}".strip()
    return event.label or event.trial_type


def labels(feed: Feed, start: int, stop: int, palette: Palette) -> list[Words]:
    """What is written on the traces between two samples: events and markers."""
    fs = feed.sampling_frequency
    written: list[Words] = []
    for event in feed.found.events_in(start, stop):
        channels = frozenset(feed.column_of[burst.channel] for burst in event.bursts)
        colour = palette.event_color(event.trial_type)
        remark = feed.found.remarks.get((event.onset, event.offset), "")
        written.append((channels, event.onset, f"{event_text(event)} {remark}".strip(), colour))
    for event in feed.found.provisional:
        channels = frozenset(feed.column_of[burst.channel] for burst in event.bursts)
        written.append((channels, event.onset, f"{event.trial_type}?", palette.faint))
    newest = {round(marker.onset * fs): marker.text for marker in feed.found.markers}
    written += [
        (None, sample, text, palette.accent)
        for sample, text in newest.items()  # of several at one place the last can be read
        if start <= sample < stop
    ]
    return written


def lane_texts(feed: Feed) -> dict[int, LaneText]:
    """What stands beside every line: its name, noise level, and what is wrong with it."""
    marks = feed.strip.recent_marks(round(feed.sampling_frequency))
    texts = {}
    for i, channel in enumerate(feed.emg.channels):
        noise = feed.thresholds[0, i]
        texts[i] = LaneText(
            channel.name,
            MUSCLES.get(channel.muscle or "", ""),
            channel.side,
            "" if np.isnan(noise) else f"noise {noise:.1f} {on_screen(channel.unit)}",
            "NO DATA" if feed.silent else warning(marks[i], noise * (channel.microvolts or np.nan)),
        )
    return texts


def warning(marks: NDArray[np.uint16], noise: float) -> str:
    """What is wrong with a channel, by its marks of the last second and its noise (uV)."""
    if not len(marks):
        return ""
    if (marks & CLIPPED != 0).mean() > 0.1:
        return "RAILED"
    if (marks & FLAT != 0).any():
        return "FLAT: lead off?"
    if (marks & GAP != 0).mean() > 0.5:
        return "NO DATA"
    return "NOISY" if noise > NOISE_POOR else ""


def limits(sampling_frequency: float) -> str:
    """What a sampling frequency (Hz) cannot carry, in words; ``""`` if nothing."""
    missing = [output.words for output in withheld(sampling_frequency)]
    if not missing:
        return ""
    return f"{sampling_frequency:g} Hz: {', '.join(missing)} withheld"
