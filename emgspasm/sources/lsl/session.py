"""What is asked of liblsl: find a stream, describe it, take its samples.

The one door to pylsl, which is loaded inside these functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import ConfigError, SourceError, SourceLost, SourceNotFound
from emgspasm.labels import Kind
from emgspasm.stream import Channel, StreamInfo

_BUFFER = 60  # seconds liblsl keeps for a consumer that pauses
_MOST = 65_536  # samples of one look
_KINDS: dict[str, Kind] = {"EMG": "EMG", "EEG": "EEG", "EOG": "EOG", "ECG": "ECG", "ACC": "ACCEL"}


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A stream as its sender describes it.

    Parameters
    ----------
    info : StreamInfo
        Voltages in uV.
    scales : ndarray of float64, shape (n_channels,)
        From the sender's units to those of `info`.
    """

    info: StreamInfo
    scales: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What one read brought.

    Parameters
    ----------
    samples : ndarray of float64, shape (n_samples, n_channels)
        In the sender's units; NaN for what is not finite.
    stamps : ndarray of float64, shape (n_samples,)
        Time stamps of the sender, seconds of its clock.
    correction : float
        Seconds to add to a stamp for the local LSL clock.
    """

    samples: NDArray[np.float64]
    stamps: NDArray[np.float64]
    correction: float


def library() -> Any:
    """Load pylsl.

    Raises
    ------
    ConfigError
        It or its native library is not installed.
    """
    try:
        import pylsl
    except (ImportError, RuntimeError) as error:
        raise ConfigError(
            f'LSL is not installed ({error}). Install it: pip install "emgspasm[lsl]"'
        ) from error
    return pylsl


def find(predicate: str, wait: float, second: float) -> Any:
    """Find the one stream that fits a query.

    Parameters
    ----------
    predicate : str
        In liblsl's query language.
    wait : float
        Seconds to look for it.
    second : float
        Seconds to look for a second one that fits; liblsl returns with the first answer.

    Raises
    ------
    SourceNotFound
        None.
    SourceError
        More than one.
    """
    pylsl = library()
    found = pylsl.resolve_bypred(predicate, 1, wait)
    if found and second:
        found = pylsl.resolve_bypred(predicate, 2, second) or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise SourceNotFound(
            f"no LSL stream with {predicate} within {wait:g} s. Start the sender, or look at "
            "firewalls between"
        )
    senders = ", ".join(f"{each.name()} of {each.hostname()}" for each in found)
    raise SourceError(
        f"{len(found)} LSL streams with {predicate} ({senders}). Name one by its source_id"
    )


def open_inlet(found: Any, wait: float, *, recover: bool) -> Any:
    """Connect to a stream.

    Parameters
    ----------
    found : pylsl.StreamInfo
    wait : float
        Seconds to wait for the sender.
    recover : bool
        Whether liblsl may wait for a lost sender without a word, and go on as if nothing had
        been: right for markers, wrong for a signal.

    Raises
    ------
    SourceNotFound
        The sender does not answer.
    """
    pylsl = library()
    inlet = pylsl.StreamInlet(found, max_buflen=_BUFFER, recover=recover)
    try:
        inlet.time_correction(wait)  # takes 0.6 s, in which an open stream would pile up
        inlet.open_stream(wait)
    except (pylsl.util.TimeoutError, pylsl.util.LostError) as error:
        raise _silent(found, error) from error
    return inlet


def describe(found: Any, unit: str, wait: float) -> Described:
    """Ask the sender for channels, units and rate.

    Parameters
    ----------
    found : pylsl.StreamInfo
    unit : str
        Of channels for which the sender names none.
    wait : float
        Seconds to wait for the answer.

    Raises
    ------
    SourceNotFound
        The sender does not answer.
    SourceError
        The stream has no sampling frequency, or carries text.
    """
    pylsl = library()
    if found.nominal_srate() <= 0 or found.channel_format() == pylsl.cf_string:
        raise SourceError(
            f"LSL stream {found.name()!r} has no sampling frequency or carries text; a signal is "
            "needed. Take it as a marker stream"
        )
    try:
        full = pylsl.StreamInlet(found, recover=False).info(wait)
    except (pylsl.util.TimeoutError, pylsl.util.LostError) as error:
        raise _silent(found, error) from error
    channels = _channels(full, unit)
    scales = np.array([each.microvolts or 1.0 for each in channels])
    device = f"LSL stream {full.name()}"  # names of computers are of people, often
    in_microvolts = tuple(_in_microvolts(each) for each in channels)
    return Described(StreamInfo(full.nominal_srate(), in_microvolts, device), scales)


def pull(inlet: Any, device: str) -> Taken:
    """Take all samples that have come.

    Raises
    ------
    SourceLost
        The sender is gone.
    """
    pylsl = library()
    try:
        samples, stamps = inlet.pull_chunk(0.0, _MOST, as_numpy=True)
        correction = inlet.time_correction(0.0) if len(stamps) else 0.0
    except (pylsl.util.LostError, pylsl.util.TimeoutError) as error:
        raise SourceLost(f"{device} is gone. Start its sender again") from error
    finite = samples.astype(np.float64)
    finite[np.isinf(finite)] = np.nan
    return Taken(finite, stamps, correction)


def _channels(full: Any, unit: str) -> list[Channel]:
    """Read labels, types and units, as far as the sender gives them."""
    n = full.channel_count()
    names = _unique(full.get_channel_labels() or [None] * n)
    types = full.get_channel_types() or [None] * n
    units = [given or unit for given in full.get_channel_units() or [None] * n]
    return [
        _channel(name, kind or full.type(), written)
        for name, kind, written in zip(names, types, units, strict=True)
    ]


def _unique(labels: Sequence[str | None]) -> list[str]:
    """Labels, each once; ``CH`` and a number that nobody has where one is missing or had before."""
    found: list[str] = []
    for i, label in enumerate(labels, start=1):
        numbered = (f"CH{k}" for k in count(i))
        free = next(name for name in numbered if name not in found and name not in labels)
        found.append(label if label and label not in found else free)
    return found


def _channel(name: str, kind: str, unit: str) -> Channel:
    """Read side and muscle from the label; what is no EMG by label or type is none."""
    by_label = Channel.from_label(name, unit=unit)
    by_type = _KINDS.get(kind.upper(), "MISC")
    if by_label.kind != "EMG" or by_label.muscle or by_type == "EMG":
        return by_label
    return Channel(name, kind=by_type, unit=unit)


def _in_microvolts(channel: Channel) -> Channel:
    return replace(channel, unit="uV") if channel.microvolts else channel


def _silent(found: Any, error: Exception) -> SourceNotFound:
    return SourceNotFound(
        f"LSL stream {found.name()!r} was announced but its sender does not answer ({error}). "
        "Look at the sender and at firewalls between"
    )
