"""What the signals of a file mean: channels, units, and how counts become values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count as count_from
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError
from emgspasm.labels import Kind, Side
from emgspasm.storage.edf.header import Header, Signal
from emgspasm.stream import Channel, StreamInfo
from emgspasm.units import in_ascii, microvolts_in

_EMG_PREFIX = re.compile(r"EMG[ _-]+(?=\S)")
_MISC_PREFIX = re.compile(r"(Temp|Resp|SaO2|Light|Sound|Event|Pos|MEG|MCG|ERG|EP)\b")
"""Types of EDF+ labels that no muscle makes (EDF+ standard texts)."""
_TRANSDUCER = re.compile(
    r"(?P<kind>[A-Z]+)(?: (?P<muscle>[A-Z]+|n/a) (?P<side>left|right|midline|n/a))?"
    r"(?: at (?P<own>\d+(?:\.\d+)?) Hz)?\Z"
)
"""What our own writer says there; others name electrodes (``EMG surface electrode``)."""
_UNKNOWN_UNITS = ("", "count")
_JAPANESE_MICRO = b"\x83\xca".decode("latin-1")
"""The sign of micro in Shift JIS, which MNE reads, too."""

EVEN = 0.005
"""Share of its span by which a range may miss lying evenly about zero: a count of 8 bits, or
header fields in whole units (-197 to 196 uV) [design]."""

SLOWEST_EMG = 100
"""Hertz; an "EMG" signal under it is an envelope, as polysomnographs store it [design]."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How rows are decoded: arrays of shape (n_channels,), and samples per record."""

    n_samples: int
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    gains: NDArray[np.float64]
    zeros: NDArray[np.float64]


def describe(header: Header, name: str) -> tuple[StreamInfo, Columns, tuple[str, ...]]:
    """Choose the signals that share one time base and name their channels.

    The base is the highest rate of an EMG signal (of any, where none is EMG, or the EMG is so
    slow that it must be an envelope). A signal slower by a whole ratio holds each of its samples,
    any other is left out; findings say so.

    Raises
    ------
    RecordingError
        If no signal holds samples.
    """
    found = [
        (signal, read_channel(signal), offset)
        for signal, offset in zip(header.signals, header.offsets(), strict=True)
        if not signal.is_annotations and signal.samples_per_record
    ]
    if not found:
        raise RecordingError(
            f"{name}: none of its {len(header.signals)} signals holds samples (annotations alone "
            "cannot be analyzed). Name the recording itself"
        )
    emg = [
        signal.samples_per_record
        for signal, channel, _ in found
        if channel.kind == "EMG"
        and signal.samples_per_record / header.record_duration >= SLOWEST_EMG
    ]
    n_samples = max(emg or [signal.samples_per_record for signal, _, _ in found])
    kept = [entry for entry in found if n_samples % entry[0].samples_per_record == 0]
    signals = [signal for signal, _, _ in kept]
    held = [_held(signal, channel, n_samples, header) for signal, channel, _ in kept]
    channels, doubled = told_apart(_all_fitted(held))
    info = StreamInfo(float(n_samples / header.record_duration), channels, _device(header))
    columns = Columns(
        n_samples,
        np.array([offset for _, _, offset in kept], np.int64),
        np.array([signal.samples_per_record for signal in signals], np.int64),
        np.array([_gain(signal, channel) for signal, channel, _ in kept]),
        np.array([signal.zero if signal.calibrated else 0.0 for signal in signals]),
    )
    left_out = [signal.label for signal, _, _ in found if n_samples % signal.samples_per_record]
    return (
        info,
        columns,
        (
            *doubled,
            *_calibration_findings(signals),
            *_fitted_findings(channels),
            *_rates(signals, left_out, info),
            *_slow_emg(info),
        ),
    )


def read_channel(signal: Signal) -> Channel:
    """Name the channel of a signal: side, muscle and kind from its label and transducer."""
    label = _EMG_PREFIX.sub("", signal.label, count=1) or "unnamed"
    unit = _unit(signal)
    channel = Channel.from_label(label, unit=unit)
    if channel.kind == "EMG" and channel.muscle is None and not signal.label.startswith("EMG"):
        strange = channel.microvolts is None and unit not in _UNKNOWN_UNITS
        if strange or _MISC_PREFIX.match(signal.label):
            channel = replace(channel, kind="MISC")
    return _in_microvolts(_as_recorded(channel, signal.transducer), signal)


def _as_recorded(channel: Channel, transducer: str) -> Channel:
    """Take kind, muscle, side and own rate from the transducer field of our own writer."""
    match = _TRANSDUCER.match(transducer)
    if match is None or match["kind"] not in get_args(Kind):
        return channel
    kind = cast("Kind", match["kind"])
    channel = replace(channel, own_frequency=float(match["own"] or 0) or np.inf)
    if match["muscle"] is None:
        return replace(channel, kind=kind)
    side = None if match["side"] == "n/a" else cast("Side", match["side"])
    muscle = None if match["muscle"] == "n/a" else match["muscle"]
    return replace(channel, kind=kind, muscle=muscle, side=side)


def _held(signal: Signal, channel: Channel, n_samples: int, header: Header) -> Channel:
    """A channel with the rate of its signal, where the rows are of a higher one."""
    if signal.samples_per_record == n_samples:
        return channel
    own = float(signal.samples_per_record / header.record_duration)
    return replace(channel, own_frequency=min(own, channel.own_frequency))


def _in_microvolts(channel: Channel, signal: Signal) -> Channel:
    if not signal.calibrated:
        counts = (abs(signal.digital_min), abs(signal.digital_max), 1.0)
        return replace(channel, full_scale=max(c for c in counts if np.isfinite(c)))
    full_scale = _full_scale(signal)
    if channel.kind != "EMG" or channel.microvolts is None:
        return replace(channel, full_scale=full_scale)
    return replace(channel, unit="uV", full_scale=full_scale * channel.microvolts)


def _full_scale(signal: Signal) -> float:
    """Largest magnitude that the recorder can represent; infinite where the range does not show it.

    The range of an amplifier lies evenly about zero. Exporters fit another to the samples, for the
    finest steps (edfio, pyedflib and MNE do, and this package): what comes near its ends is no
    more clipped than the rest.
    """
    low, high = signal.physical_min, signal.physical_max
    return max(abs(low), abs(high)) if is_even(low, high) else np.inf


def is_even(low: float, high: float) -> bool:
    """Whether a range lies evenly about zero, as that of an amplifier does."""
    return abs(low + high) <= EVEN * abs(high - low)


def _unit(signal: Signal) -> str:
    if not signal.calibrated:
        return "count"
    return in_ascii(signal.unit.replace(_JAPANESE_MICRO, "u"))


def _gain(signal: Signal, channel: Channel) -> float:
    if not signal.calibrated:
        return 1.0
    if channel.kind != "EMG" or channel.unit != "uV":
        return signal.gain
    return signal.gain * (microvolts_in(_unit(signal)) or 1.0)


def _all_fitted(channels: Sequence[Channel]) -> list[Channel]:
    """Channels without full scales where a range of their file was fitted to samples.

    The same exporter fitted the others: one of them may lie evenly about zero by chance.
    """
    fitted = any(c.kind == "EMG" and not np.isfinite(c.full_scale) for c in channels)
    return [replace(c, full_scale=np.inf) if fitted and c.kind == "EMG" else c for c in channels]


def told_apart(channels: Sequence[Channel]) -> tuple[tuple[Channel, ...], list[str]]:
    """Number channels of one label: which of them is the muscle it names, only a montage says.

    Returns
    -------
    tuple of Channel, list of str
        The channels, and a sentence if any were numbered.
    """
    counted = Counter(channel.name for channel in channels)
    doubles = [label for label, count in counted.items() if count > 1]
    taken = set(counted)
    named = []
    for channel in channels:
        if channel.name in doubles:
            free = (f"{channel.name} ({i})" for i in count_from(1))
            label = next(label for label in free if label not in taken)
            taken.add(label)
            channel = replace(channel, name=label, side=None, muscle=None)
        named.append(channel)
    finding = [f"labels {doubles} occur more than once: numbered, name them with a montage"]
    return tuple(named), finding if doubles else []


def _calibration_findings(signals: Sequence[Signal]) -> list[str]:
    findings = []
    for signal in signals:
        physical = f"{signal.physical_min:g}..{signal.physical_max:g}"
        digital = f"{signal.digital_min:g}..{signal.digital_max:g}"
        if not signal.calibrated:
            findings.append(
                f"{signal.label}: physical range {physical} over digital {digital} gives no unit; "
                "read as counts"
            )
        elif signal.physical_min > signal.physical_max:
            findings.append(f"{signal.label}: physical range {physical} is inverted; kept so")
    return findings


def _fitted_findings(channels: Sequence[Channel]) -> list[str]:
    names = [c.name for c in channels if c.kind == "EMG" and not np.isfinite(c.full_scale)]
    if not names:
        return []
    return [
        (
            "physical ranges that do not lie about zero were fitted to the samples and do not tell "
            f"the recorder's: whether {', '.join(names)} were clipped is not told"
        )
    ]


def _rates(signals: Sequence[Signal], left_out: Sequence[str], info: StreamInfo) -> list[str]:
    fastest = max(signal.samples_per_record for signal in signals)
    held = [signal.label for signal in signals if signal.samples_per_record < fastest]
    rate = f"{info.sampling_frequency:g} Hz"
    findings = []
    if held:
        findings.append(f"slower signals {held} hold each sample up to {rate}")
    if left_out:
        findings.append(f"signals {left_out} are left out: their rates do not divide {rate}")
    return findings


def _slow_emg(info: StreamInfo) -> Iterator[str]:
    """Say which EMG has less in it than the rate of its rows promises, by its own rates."""
    slow: dict[float, list[str]] = {}
    for channel in info.channels:
        if channel.kind == "EMG" and channel.own_frequency < info.sampling_frequency:
            slow.setdefault(channel.own_frequency, []).append(channel.name)
    for rate, names in slow.items():
        yield (
            f"EMG of {', '.join(names)} was recorded at {rate:g} Hz: durations, lags and "
            "amplitudes beside other channels are no better than that rate allows"
        )


def _device(header: Header) -> str:
    words = header.recording.split()
    if len(words) < 5 or words[0] != "Startdate" or words[4] == "X":
        return ""
    return words[4].replace("_", " ")
