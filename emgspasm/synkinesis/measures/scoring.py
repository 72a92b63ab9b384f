"""How well found events agree with a truth: a simulation's, or an expert's marks.

Events are matched one to one where they overlap within a collar of 50 ms (clinical facts 10):
as many pairs as possible, and among those the nearest onsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from emgspasm.synkinesis.measures.agreement import agreement

if TYPE_CHECKING:
    import pandas as pd

COLLAR = 0.050
"""Seconds by which events may miss each other and still match."""

LATEST = 1e6
"""Seconds, some eleven days: epochs up to the last event are held in memory [design]."""

Intervals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of one kind of event.

    Parameters
    ----------
    trial_type, channel : str
        What was compared; ``spasm:tonic`` is one class of it. Channel ``"all"`` joins the channels,
        ``"n/a"`` is an event of many.
    n_truth, n_found, n_matched : int
        Found bursts that match nothing and that the result itself calls cross-talk are none.
    n_crosstalk : int
        How many those are.
    sensitivity, ppv, f1 : float
        NaN where nothing was to find, nothing was found, or both.
    onset_bias_ms, onset_sd_ms, offset_bias_ms, offset_sd_ms : float
        Median and standard deviation of found minus true time over the pairs; a single one tells
        no standard deviation.
    duration_error_pct : float
        Median of found over true duration, minus 100 %.
    kappa : float
        Cohen's kappa over epochs of a second, each with such an event or without, up to the end of
        the last event of either table.
    icc : float
        ICC(2,1) of the counts in equal blocks of about 30 s.
    """

    trial_type: str
    channel: str
    n_truth: int
    n_found: int
    n_matched: int
    n_crosstalk: int
    sensitivity: float
    ppv: float
    f1: float
    onset_bias_ms: float
    onset_sd_ms: float
    offset_bias_ms: float
    offset_sd_ms: float
    duration_error_pct: float
    kappa: float
    icc: float


def match(found: Intervals, truth: Intervals) -> NDArray[np.intp]:
    """Pair found with true intervals.

    Parameters
    ----------
    found, truth : ndarray, shape (n, 2)
        Onset and offset in seconds, in order of onset.

    Returns
    -------
    ndarray of int, shape (n_pairs, 2)
        Rows of `found` and of `truth`.
    """
    pairs = [_assign(found, truth, *rows) for rows in _clusters(found, truth)]
    return np.concatenate(pairs) if pairs else np.empty((0, 2), np.intp)


def _clusters(
    found: Intervals, truth: Intervals
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows of both that hang together in time: nothing in one cluster can match another."""
    both = np.concatenate([found, truth])
    order = np.argsort(both[:, 0], kind="stable")
    reach = np.maximum.accumulate(both[order, 1] + COLLAR)
    starts = np.flatnonzero(both[order[1:], 0] > reach[:-1]) + 1
    for members in np.split(order, starts):
        first, second = members[members < len(found)], members[members >= len(found)]
        if len(first) and len(second):
            yield first, second - len(found)


def _assign(
    found: Intervals, truth: Intervals, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.intp]:
    from scipy.optimize import linear_sum_assignment

    a, b = found[first][:, None], truth[second][None]
    touching = (a[..., 0] <= b[..., 1] + COLLAR) & (b[..., 0] <= a[..., 1] + COLLAR)
    distance = np.abs(a[..., 0] - b[..., 0])
    # a pair more always outweighs any sum of distances, so the pairing is as large as possible
    weight = np.where(touching, distance - 1 - distance.sum(), 0.0)
    rows, columns = linear_sum_assignment(weight)
    kept = touching[rows, columns]
    return np.stack([first[rows[kept]], second[columns[kept]]], axis=1)


def score(found: pd.DataFrame, truth: pd.DataFrame) -> list[Score]:
    """Compare two event tables, by kind of event, class and channel.

    Parameters
    ----------
    found, truth : DataFrame
        With the columns ``onset``, ``duration`` (s) and ``trial_type``; with ``channel`` where
        there are bursts, and ``class`` if that is to be compared.

    Returns
    -------
    list of Score
        Kinds that occur in neither table are left out; the row ``all`` of a kind pools its
        channels' pairs. An event of another class is none of a class.

    Raises
    ------
    ValueError
        If a column is missing, or an event has no time, ends before it begins, or comes later
        than :data:`LATEST`.
    """
    found, truth = _located(found), _located(truth)
    for name, frame in (("result", found), ("truth", truth)):
        lacking = {"onset", "duration", "trial_type", "channel"} - set(frame.columns)
        if lacking:
            raise ValueError(f"the {name} lacks the columns {sorted(lacking)} of an events table")
        _require_times(name, frame)
    found, truth = _standing(_named(found)), _standing(_named(truth))
    seconds = max((float((t["onset"] + t["duration"]).max()) for t in (found, truth) if len(t)),
                  default=0.0)  # fmt: skip
    scores = []
    for kind in sorted({*found["trial_type"].dropna(), *truth["trial_type"].dropna()}):
        both = found[found["trial_type"] == kind], truth[truth["trial_type"] == kind]
        scores += _score_kind(kind, *both, seconds)
        for label in _classes(*both):
            a, b = (frame[frame["class"] == label] for frame in both)
            scores += _score_kind(f"{kind}:{label}", a, b, seconds)
    return scores


def _located(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with channels: marks of events have none, as BIDS asks for none, but bursts must."""
    bursts = "trial_type" in frame and (frame["trial_type"] == "burst").any()
    return frame if bursts or "channel" in frame else frame.assign(channel=None)


def _classes(*frames: pd.DataFrame) -> list[str]:
    """Classes of a kind, where every event of it has one in both tables."""
    if not all("class" in frame and frame["class"].notna().all() for frame in frames):
        return []
    return sorted({*chain(*(frame["class"] for frame in frames))})


def _require_times(name: str, frame: pd.DataFrame) -> None:
    onset, duration = (frame[column].to_numpy(np.float64) for column in ("onset", "duration"))
    for column, values, right, rule in (
        ("onset", onset, np.abs(onset) <= LATEST, f"seconds, within {LATEST:g} of the start"),
        ("duration", duration, (duration >= 0) & (duration <= LATEST), "seconds, not negative"),
    ):
        for row in np.flatnonzero(~right):
            raise ValueError(
                f"the {name} has {column}={values[row]:g} in line {row + 2} of its file ({rule})"
            )


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Kinds, channels and classes as words, also where they look like numbers."""
    named = [c for c in ("trial_type", "channel", "class") if c in frame]
    words = {c: frame[c].astype(object).map(str, na_action="ignore") for c in named}
    return frame.assign(**words)


def _standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Events that no expert rejected."""
    return frame[frame["status"] != "rejected"] if "status" in frame else frame


def _score_kind(kind: str, found: pd.DataFrame, truth: pd.DataFrame, seconds: float) -> list[Score]:
    scores, matched, rated, crossed = [], [], [], 0
    names = sorted({*found["channel"].fillna("n/a"), *truth["channel"].fillna("n/a")})
    for name in names:
        mine = found[found["channel"].fillna("n/a") == name]
        a, b = _intervals(mine), _intervals(truth[truth["channel"].fillna("n/a") == name])
        pairs = match(a, b)
        matched.append((a[pairs[:, 0]], b[pairs[:, 1]]))
        copies = _copies(mine)
        copies[pairs[:, 0]] = False
        crossed += int(copies.sum())
        rated.append((a[~copies], b))
        agreed = agreement(rated[-1:], seconds)
        counts = int((~copies).sum()), len(b), int(copies.sum())
        scores.append(_summarize(kind, name, counts, *matched[-1], agreed))
    if len(names) > 1:
        a, b = (np.concatenate([m[i] for m in matched]) for i in (0, 1))
        agreed = agreement(rated, seconds)
        counts = len(found) - crossed, len(truth), crossed
        scores.insert(0, _summarize(kind, "all", counts, a, b, agreed))
    return scores


def _copies(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows of a channel, in order of onset, cross-talk explains by their own account."""
    if "crosstalk_flag" not in frame:
        return np.zeros(len(frame), np.bool_)
    order = np.argsort(frame["onset"].to_numpy(np.float64), kind="stable")
    flagged: NDArray[np.bool_] = frame["crosstalk_flag"].isin(["yes", "possible"]).to_numpy()[order]
    return flagged


def _intervals(frame: pd.DataFrame) -> Intervals:
    onset = frame["onset"].to_numpy(np.float64)
    intervals = np.stack([onset, onset + frame["duration"].to_numpy(np.float64)], axis=1)
    ordered: Intervals = intervals[np.argsort(onset, kind="stable")]
    return ordered


def _summarize(
    kind: str,
    channel: str,
    counts: tuple[int, int, int],
    found: Intervals,
    truth: Intervals,
    agreed: tuple[float, float],
) -> Score:
    n, (n_found, n_truth, n_crosstalk) = len(found), counts
    errors = 1000 * (found - truth)
    found_length, true_length = np.diff(found)[:, 0], np.diff(truth)[:, 0]
    lasting = true_length > 0  # an expert's mark may be a moment
    lengths = found_length[lasting] / true_length[lasting]
    return Score(
        trial_type=kind,
        channel=channel,
        n_truth=n_truth,
        n_found=n_found,
        n_matched=n,
        n_crosstalk=n_crosstalk,
        sensitivity=_share(n, n_truth),
        ppv=_share(n, n_found),
        f1=_share(2 * n, n_truth + n_found),
        onset_bias_ms=_median(errors[:, 0]),
        onset_sd_ms=_spread(errors[:, 0]),
        offset_bias_ms=_median(errors[:, 1]),
        offset_sd_ms=_spread(errors[:, 1]),
        duration_error_pct=100 * (_median(lengths) - 1),
        kappa=agreed[0],
        icc=agreed[1],
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else np.nan


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values)) if len(values) else np.nan


def _spread(values: NDArray[np.float64]) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else np.nan
