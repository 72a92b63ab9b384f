"""A whole recording in memory: an array, or an MNE object."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import RecordingError

if TYPE_CHECKING:
    from emgspasm.storage.stored import StoredRecording

_MNE_TYPES = {"EMG": "emg", "EOG": "eog", "ECG": "ecg", "EEG": "eeg", "TRIG": "stim"}
"""MNE's words for kinds of channels; any other is ``misc``."""


def to_array(recording: StoredRecording) -> NDArray[np.float64]:
    """All samples, shape (n_samples, n_channels), NaN where missing."""
    samples = np.full((recording.n_samples, len(recording.info.channels)), np.nan)
    for chunk in recording:
        samples[chunk.start : chunk.stop] = chunk.samples
    return samples


def to_mne(recording: StoredRecording) -> Any:
    """Load a whole recording as an ``mne.io.RawArray``, voltages in volts.

    Missing samples are 0 under their ``BAD_ACQ_SKIP`` annotation, which MNE's filters and
    epochs skip (a NaN would spread over everything).

    Raises
    ------
    RecordingError
        If MNE is not installed.
    """
    try:
        import mne
    except ImportError as error:
        raise RecordingError(
            "MNE is not installed, and a recording becomes an MNE object only with it. "
            "Install it: pip install mne"
        ) from error
    channels = recording.info.channels
    volts = np.array([(channel.microvolts or 1e6) * 1e-6 for channel in channels])
    types = [_MNE_TYPES.get(channel.kind, "misc") for channel in channels]
    info = mne.create_info(list(recording.info.names), recording.info.sampling_frequency, types)
    data = np.nan_to_num(to_array(recording) * volts).T
    raw = mne.io.RawArray(data, info, verbose="error")
    if recording.start is not None:
        raw.set_meas_date(recording.start.replace(tzinfo=UTC))
    marks = [(a.onset, a.duration, a.text, a.channels) for a in recording.annotations]
    onsets, durations, texts, names = zip(*marks, strict=True) if marks else ((),) * 4
    return raw.set_annotations(mne.Annotations(onsets, durations, texts, ch_names=names))
