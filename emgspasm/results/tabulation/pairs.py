"""The table of pairs of muscles: whether they act together, and cross-talk between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.rates import SYNCHRONY
from emgspasm.labels import SIDE_LETTER
from emgspasm.results.findings import Findings
from emgspasm.results.tabulation.labels import crosstalk_flag
from emgspasm.storage.tables.columns import PAIRS
from emgspasm.storage.tables.tsv import table
from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.measures import pairs
from emgspasm.synkinesis.measures.spans import begins_in

if TYPE_CHECKING:
    import pandas as pd


def pairs_table(info: StreamInfo, found: Findings, origin: dict[str, Any]) -> pd.DataFrame:
    """One row a pair of muscles of the same side; `origin` holds what all rows share."""
    return table((origin | row for row in _rows(info, found)), PAIRS)


def _rows(info: StreamInfo, found: Findings) -> Iterator[dict[str, Any]]:
    fs, carried = info.sampling_frequency, info.emg_frequency
    own = found.readings[~found.copied(found.readings)]
    onsets = {}
    for column in info.columns():
        mine = own["onset"][own["channel"] == column]
        onsets[column] = mine[begins_in(mine, found.valid[column])]
    side = {column: info.channels[column].side for column in info.columns()}
    together = [
        (first, second)
        for first, second in combinations(info.columns(), 2)
        if side[first] == side[second] and side[first] in SIDE_LETTER
    ]
    # where the second muscle was not seen, nobody knows whether it joined the first
    seen = {(a, b): onsets[a][begins_in(onsets[a], found.valid[b])] for a, b in together}
    synchrony = _synchronies(seen, onsets, fs) if carried >= SYNCHRONY else {}
    for first, second in together:
        a, b = info.channels[first], info.channels[second]
        row = {"side": SIDE_LETTER[a.side or ""], "muscle_a": a.muscle, "muscle_b": b.muscle}
        row |= _crosstalk(info, found, first, second)
        if synchrony:
            lags = found.lags[(found.lags["first"] == first) & (found.lags["second"] == second)]
            fewest = min(len(seen[first, second]), len(onsets[second]))
            yield row | _synchrony(synchrony[first, second], fewest, lags["correlation"])
        else:
            why = f"{carried:g} Hz: lags of pairs need {SYNCHRONY:g} Hz"
            yield row | {"valid": False, "reason": why}


def _synchronies(
    seen: Mapping[tuple[int, int], NDArray[np.int64]],
    onsets: Mapping[int, NDArray[np.int64]],
    fs: float,
) -> dict[tuple[int, int], pairs.Synchrony]:
    """How far the muscles of every pair act together; see :func:`pairs.synchronies`.

    `seen` holds the onsets of the first muscle of a pair while both were seen.
    """
    firsts: dict[int, list[int]] = {}
    for first, second in seen:
        firsts.setdefault(second, []).append(first)
    return {
        (first, second): told
        for second, others in firsts.items()
        for first, told in zip(
            others,
            pairs.synchronies((seen[first, second] for first in others), onsets[second], fs),
            strict=True,
        )
    }


def _synchrony(
    synchrony: pairs.Synchrony, fewest: int, peaks: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> dict[str, Any]:
    if fewest == 0:
        return {
            "n_pairs": 0,
            "valid": False,
            "reason": "a muscle without bursts in valid time of both",
        }
    columns: dict[str, Any] = {
        "n_pairs": synchrony.pairs,
        "sync_pct": round(synchrony.share, 3),
        "sync_z": None if np.isnan(synchrony.z) else round(synchrony.z, 3),
        "valid": True,
    }
    if synchrony.pairs:
        low, middle, high = (float(x) for x in np.percentile(synchrony.lags, [25, 50, 75]))
        scatter = round(high - low, 3) if synchrony.pairs > 1 else None
        columns |= {"lag_median_ms": round(middle, 3), "lag_iqr_ms": scatter}
    if len(peaks):
        columns["xcorr_peak"] = round(float(np.median(peaks)), 4)
    return columns


def _crosstalk(info: StreamInfo, found: Findings, first: int, second: int) -> dict[str, Any]:
    """The largest raw correlation, and how many bursts of one the other explains."""
    emg = {column: i for i, column in enumerate(info.columns())}
    a, b, read = emg[first], emg[second], found.readings
    one, other = read[read["channel"] == first], read[read["channel"] == second]
    if not len(one) + len(other):
        return {"raw_rho_max": None, "n_copies": 0, "crosstalk_flag": None}
    copies = sum(
        int((mine["copy"] & (mine["neighbour"] == column)).sum())
        for mine, column in ((one, b), (other, a))
    )
    return {
        "raw_rho_max": round(float(max(found.rho[a, b], found.rho[b, a])), 4),
        "n_copies": copies,
        "crosstalk_flag": crosstalk_flag(info.emg_frequency, copy=copies > 0),
    }
