"""Other people's detectors on one muscle: intervals in seconds from samples in uV.

All are given a zero-phase band-pass of 20 Hz to min(450, 0.45 fs) Hz, a zero-phase notch where
there is mains, and the first 2.5 s, which are at rest, where they ask for a rest period.
Thresholds are those of their documentation; windows are 20 ms, for bursts of 60 ms.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from burst_signals import QUIET, Values
from scipy.signal import butter, filtfilt, iirnotch, sosfiltfilt

Intervals = Values
SHORTEST, MERGE = 0.020, 0.030


def cleaned(samples: Values, fs: int, *, has_mains: bool) -> Values:
    """What every peer is given."""
    edges = [20, min(450, 0.45 * fs)]
    values = sosfiltfilt(butter(2, edges, "bandpass", fs=fs, output="sos"), samples)
    for frequency in (50, 150, 250) if has_mains else ():
        if frequency < 0.45 * fs:
            values = filtfilt(*iirnotch(frequency, frequency / 2, fs), values)
    return np.asarray(values)


def intervals(active: Values, fs: int) -> Intervals:
    """Stretches of a mask, merged and dropped by the same rule for all."""
    edges = np.flatnonzero(np.diff(np.r_[0, np.asarray(active, np.int8), 0]))
    return merged(edges.reshape(-1, 2) / fs)


def merged(found: Intervals) -> Intervals:
    """Gaps under 30 ms closed, then what is under 20 ms dropped."""
    joined: list[list[float]] = []
    for onset, offset in found:
        if joined and onset - joined[-1][1] < MERGE:
            joined[-1][1] = float(offset)
        else:
            joined.append([float(onset), float(offset)])
    return np.array([j for j in joined if j[1] - j[0] >= SHORTEST]).reshape(-1, 2)


def neurokit2_biosppy(values: Values, fs: int) -> Intervals:
    """The mask of ``emg_activation`` by its method "biosppy", without the data frame around it.

    The frame takes 1 s a minute of signal, and the mask is the same.
    """
    from neurokit2.emg.emg_activation import _emg_activation_biosppy

    return intervals(_emg_activation_biosppy(values, sampling_rate=fs, size=0.02), fs)


def biosppy_lidierth(values: Values, fs: int, sigmas: float = 3.0, size: float = 0.02) -> Intervals:
    """``lidierth_onset_detector``: alternately onset and offset."""
    from biosppy.signals import emg

    rest = np.abs(values[: round((QUIET - 0.1) * fs)])
    width = max(2, round(size * fs))
    means = np.convolve(rest, np.ones(width) / width, "valid")
    told = emg.lidierth_onset_detector(
        values, {"mean": means.mean(), "std_dev": means.std()}, fs, width, sigmas,
        max(1, round(0.01 * fs)), max(1, round(0.01 * fs)),
    )["onsets"]  # fmt: skip
    edges = np.asarray(told, float)
    return merged(edges[: len(edges) // 2 * 2].reshape(-1, 2) / fs)


def biosppy_onsets(values: Values, fs: int) -> Intervals:
    """``find_onsets`` as documented, but with a window for bursts of 60 ms."""
    from biosppy.signals import emg

    edges = np.asarray(emg.find_onsets(values, fs, size=0.02)["onsets"], float)
    return merged(edges[: len(edges) // 2 * 2].reshape(-1, 2) / fs)


def myonset(values: Values, fs: int, sigmas: float = 3.5) -> Intervals:
    """``get_active_sections``: its single threshold on the signal and its Teager-Kaiser energy."""
    from myonset import get_active_sections

    times = np.arange(len(values)) / fs - QUIET + 0.1
    limits = {"th_raw": sigmas, "th_tkeo": sigmas * 8 / 3.5}
    return merged(get_active_sections(values, times, params=limits, sf=fs) / fs)


def mne_muscle(values: Values, fs: int) -> Intervals:
    """``annotate_muscle_zscore`` over the whole band; made for artefacts of half a second."""
    import mne

    mne.set_log_level("ERROR")
    raw = mne.io.RawArray(1e-6 * values[None], mne.create_info(["EMG"], fs, "eeg"))
    notes, _ = mne.preprocessing.annotate_muscle_zscore(
        raw, threshold=1.0, ch_type="eeg", min_length_good=0.03, filter_freq=(20, 0.45 * fs)
    )
    return merged(np.c_[notes.onset, notes.onset + notes.duration])


PEERS: dict[str, Callable[[Values, int], Intervals]] = {
    "neurokit2 biosppy": neurokit2_biosppy,
    "biosppy lidierth": biosppy_lidierth,
    "biosppy find_onsets": biosppy_onsets,
    "myonset": myonset,
    "mne muscle": mne_muscle,
}
