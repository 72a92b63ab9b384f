"""Host time stamps: reported, never used as sample times, for the sample count is time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from emgspasm.grammar import several

DAY = 86400.0
"""Seconds."""

EPOCH = (1e8, 1e10)
"""Times between these are seconds since 1970 (1973 to 2286), not those of a clock or a stream."""

LATE = 1.0
"""Seconds. The first packets after a start come half a second late: no sign of another rate."""

ZONES = timedelta(hours=-12.01), timedelta(hours=14.01)
"""How far clocks of the world are ahead of universal time."""
ZONES_BY_CLOCK = timedelta(hours=-10.01), timedelta(hours=12.01)
"""The same where the day is not told: further ahead could be further behind."""

CLOCK_WIDTH = len("HH:mm:ss.SSS")
_WEIGHTS = np.array([36000, 3600, 0, 600, 60, 0, 10, 1, 0, 0.1, 0.01, 0.001])


@dataclass(frozen=True, slots=True)
class StampScan:
    """What was seen of the time stamps, in seconds.

    Parameters
    ----------
    first, last : float
        First and last stamp; NaN before any.
    n_stamps : int
        How many.
    n_same : int
        Stamps equal to the one before: packets that arrived together.
    n_backward : int
        Stamps earlier than the one before.
    longest : float
        Longest step between two stamps.
    """

    first: float = np.nan
    last: float = np.nan
    n_stamps: int = 0
    n_same: int = 0
    n_backward: int = 0
    longest: float = 0.0


def is_epoch(seconds: float) -> bool:
    """Whether a time counts from 1970 and so is a date; NaN is not."""
    return EPOCH[0] < seconds < EPOCH[1]


def take_stamps(seen: StampScan, times: NDArray[np.float64]) -> StampScan:
    """Take in the next time stamps, shape (n_rows,)."""
    times = times[np.isfinite(times)]
    if not len(times):
        return seen
    steps = np.diff(times, prepend=seen.last if seen.n_stamps else times[0])
    return StampScan(
        first=seen.first if seen.n_stamps else float(times[0]),
        last=float(times[-1]),
        n_stamps=seen.n_stamps + len(times),
        n_same=seen.n_same + int(np.count_nonzero(steps == 0)) - (seen.n_stamps == 0),
        n_backward=seen.n_backward + int(np.count_nonzero(steps < 0)),
        longest=max(seen.longest, float(steps.max())),
    )


def clock_seconds(clocks: NDArray[np.bytes_], last: float) -> NDArray[np.float64]:
    """Read clocks ``HH:mm:ss.SSS`` as seconds, past midnight on from `last`; others are NaN.

    Parameters
    ----------
    clocks : ndarray of bytes, shape (n_rows,)
        Clock texts.
    last : float
        Seconds of the row before; NaN if there is none.
    """
    fixed = clocks.astype(f"S{CLOCK_WIDTH}")
    digits = fixed.view(np.uint8).reshape(-1, CLOCK_WIDTH).astype(np.int64) - ord("0")
    places = _WEIGHTS > 0
    good = ((digits[:, places] >= 0) & (digits[:, places] <= 9)).all(axis=1)
    seconds = np.where(good, digits @ _WEIGHTS, np.nan)
    return _past_midnight(seconds, last)


def moment_seconds(texts: NDArray[np.bytes_], last: float) -> NDArray[np.float64]:
    """Read dates with times (ISO 8601) or clocks as seconds; other texts are NaN.

    Dates without a zone count as universal time, clocks past midnight on from `last`.
    """
    seconds = np.array([_moment(text.decode(errors="replace")) for text in texts.tolist()])
    if np.nanmax(seconds, initial=0.0) >= DAY:
        return seconds
    return _past_midnight(seconds, last)


def _past_midnight(clocks: NDArray[np.float64], last: float) -> NDArray[np.float64]:
    """Clocks in seconds that go on from `last` where a day ends; NaN stays NaN."""
    good, before = np.isfinite(clocks), float(np.nan_to_num(last))
    steps = np.diff(clocks[good], prepend=before % DAY)
    seconds = np.full(len(clocks), np.nan)
    seconds[good] = clocks[good] + DAY * (before // DAY + np.cumsum(steps < -DAY / 2))
    return seconds


def _moment(text: str) -> float:
    text = text.strip().strip('"')
    try:
        if "-" in text[1:]:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if ":" in text:
            clock = time.fromisoformat(text)
            return 3600 * clock.hour + 60 * clock.minute + clock.second + clock.microsecond / 1e6
    except ValueError:
        pass
    return np.nan


def is_moment(text: str) -> bool:
    """Whether a text is a date with a time, or a clock."""
    return bool(np.isfinite(_moment(text)))


def is_local(text: str) -> bool:
    """Whether a text that :func:`is_moment` is of the place's clock: it names no zone."""
    try:
        return datetime.fromisoformat(text.strip()).tzinfo is None
    except ValueError:
        return True


def of_place(moment: datetime, told: str) -> datetime:
    """A moment of universal time by the clock of its place, whose day a study counts from.

    Parameters
    ----------
    moment : datetime
    told : str
        What that clock showed, ``yyyy-MM-dd HH:mm:ss.SSS``, or without the day.

    Returns
    -------
    datetime
        Without a zone; `moment` itself where no zone is as far off.
    """
    universal = moment.replace(tzinfo=None)
    try:
        dated = "-" in told
        shown = datetime.fromisoformat(told if dated else f"{universal.date()} {told}")
    except ValueError:
        return moment
    days = (0,) if dated else (0, -1, 1)
    least, most = ZONES if dated else ZONES_BY_CLOCK
    for local in (shown + timedelta(days=day) for day in days):
        if least <= local - universal <= most:
            return local
    return moment


def describe_stamps(seen: StampScan, sampling_frequency: float, n_samples: int) -> list[str]:
    """Say how far the time stamps are from a clock."""
    if seen.n_stamps < 2:
        return []
    findings = []
    if seen.n_backward:
        steps = several(seen.n_backward, "time stamp steps", "time stamps step")
        findings.append(f"{steps} backward: not used as sample times")
    bunched = 100 * seen.n_same / seen.n_stamps
    if bunched > 1:
        findings.append(
            f"time stamps are bunched: {bunched:.0f} % repeat the one before, the longest step is "
            f"{1000 * seen.longest:.0f} ms; not used as sample times"
        )
    span = seen.last - seen.first
    measured = (n_samples - 1) / span if span > 0 else np.nan
    late = abs(span - (n_samples - 1) / sampling_frequency)
    if late > LATE and abs(measured / sampling_frequency - 1) > 0.02:
        findings.append(
            f"the time stamps say {measured:.1f} samples a second where the sampling frequency is "
            f"{sampling_frequency:g} Hz: {n_samples} samples in {span:.1f} s"
        )
    return findings
