"""What is no muscle's, by what its waveform is: too slow, or one in many channels."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.synkinesis.folding import Folding, fold

NAMES = [f"{muscle}_{side}" for muscle in ("OOC", "ZYG", "OOR", "FRO") for side in "LR"]


def noise(fs, seconds, seed):
    """Rows of 2 uV, and the random numbers that go on."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2.0, (round(seconds * fs), len(NAMES))), rng


def events(rows, fs):
    info = StreamInfo(fs, tuple(map(Channel.from_label, NAMES)))
    analyses = analyze(Pipeline(), info, [Chunk(0, rows)])
    return [e for _, f in fold(Folding(), Pipeline(), info, analyses) for e in f.events]


@pytest.mark.parametrize(
    ("low", "high", "kind"), [(30.0, 80.0, "spasm"), (80.0, 200.0, "spasm"), (18.0, 30.0, None)]
)
def test_muscles_of_a_low_pitch_are_muscles_and_what_is_slower_is_none(low, high, kind):
    rows, rng = noise(1000.0, 30.0, 6)
    band = butter(2, (low, high), "bandpass", fs=1000.0, output="sos")
    for onset in range(8000, 28_000, 2000):
        for column in range(0, len(NAMES), 2):  # the left side
            burst = sosfilt(band, rng.normal(size=1200))[-150:]
            rows[onset : onset + 150, column] += 40.0 * burst / burst.std()
    spasms = [e for e in events(rows, 1000.0) if e.trial_type == "spasm"]
    assert len(spasms) == (10 if kind else 0)


@pytest.mark.parametrize("fs", [1000.0, 8000.0])
def test_bursts_that_swell_and_fade_are_no_slower_at_a_high_sampling_frequency(fs):
    rows, rng = noise(fs, 30.0, 6)
    rows *= np.sqrt(fs / 1000)  # as strong in the band of EMG
    band, length = butter(2, (60.0, 120.0), "bandpass", fs=fs, output="sos"), round(0.12 * fs)
    for onset in range(round(8 * fs), round(28 * fs), round(fs)):
        for column in range(2, 6):  # cheek and mouth of both sides
            burst = sosfilt(band, rng.normal(size=round(fs)))[-length:] * np.hanning(length)
            rows[onset : onset + length, column] += 5.0 * burst / burst.std()
    found = [e for e in events(rows, fs) if e.onset > 7 * fs]
    assert {e.trial_type for e in found} == {"voluntary"}


def test_noise_of_an_electrode_that_steps_up_leaves_the_spasms_beside_it_alone():
    rows, rng = noise(1000.0, 60.0, 8)
    rows[30_000:50_000, NAMES.index("OOR_L")] *= 3.0
    for onset in range(8000, 58_000, 2000):
        for name in ("OOC_L", "ZYG_L", "FRO_L"):
            rows[onset : onset + 100, NAMES.index(name)] += rng.normal(0, 30.0, 100)
    found = events(rows, 1000.0)
    spasms = [e for e in found if e.trial_type == "spasm"]
    assert [round(e.onset, -2) for e in spasms] == list(range(8000, 58_000, 2000))
    (step,) = (e for e in found if e.trial_type == "artifact")
    assert (step.label, [b.channel for b in step.bursts]) == ("noise", [NAMES.index("OOR_L")])
    assert abs(step.onset - 30_000) < 50


@pytest.mark.parametrize("seed", [8, 9])
def test_spasms_on_top_of_mains_that_begins_are_no_long_one_and_are_told_once_it_is_known(seed):
    rows, rng = noise(1000.0, 160.0, seed)
    mains = np.arange(20_000, 160_000)
    rows[mains] += 5.0 * np.sqrt(2) * np.sin(2 * np.pi * 50 * mains[:, None] / 1000)
    onsets = range(8000, 158_000, 2000)
    for onset in onsets:
        for name in ("OOC_L", "ZYG_L", "FRO_L"):
            rows[onset : onset + 100, NAMES.index(name)] += rng.normal(0, 30.0, 100)
    found = events(rows, 1000.0)
    hum = [e for e in found if e.label == "hum"]
    assert {b.channel for e in hum for b in e.bursts if b.offset - b.onset > 12_000} == set(
        range(8)
    )
    spasms = [e for e in found if e.trial_type == "spasm"]
    assert max(e.offset - e.onset for e in spasms) < 500
    told = [round(e.onset, -3) for e in spasms if abs(e.onset - round(e.onset, -3)) < 50]
    assert [t for t in told if t >= 90_000] == [t for t in onsets if t >= 90_000]


@pytest.mark.parametrize("fs", [125.0, 200.0, 250.0])
def test_in_a_narrow_band_muscle_is_slower(fs):
    rows, rng = noise(fs, 30.0, 9)
    for onset in np.arange(8.0, 28.0, 2.0):
        burst = slice(round(onset * fs), round((onset + 0.3) * fs))
        rows[burst, ::2] += rng.normal(0, 40.0, rows[burst, ::2].shape)
    assert [e.trial_type for e in events(rows, fs)] == ["spasm"] * 10


@pytest.mark.parametrize("peak", [12.0, 20.0, 45.0])
@pytest.mark.parametrize("fs", [250.0, 1000.0])
def test_a_heart_beat_in_the_lower_face_of_one_side_is_no_spasm(fs, peak):
    rows, rng = noise(fs, 60.0, 7)
    time = np.arange(len(rows)) / fs
    width = 0.012  # seconds, of the slopes of a QRS complex that lasts 80 ms
    since = time[:, None] - np.cumsum(rng.normal(0.8, 0.03, 70))
    heart = np.sum(since * np.exp(-((since / width) ** 2)), axis=1)
    for name in ("ZYG_L", "OOR_L"):
        rows[:, NAMES.index(name)] += peak * heart / np.abs(heart).max()
    found = events(rows, fs)
    assert not [e for e in found if e.trial_type == "spasm"]
    assert found


@pytest.mark.parametrize(("n_shared", "kind"), [(3, "artifact"), (2, "spasm")])
def test_one_waveform_in_three_channels_is_no_muscle(n_shared, kind):
    rows, rng = noise(1000.0, 20.0, 8)
    burst = rng.normal(0, 40.0, 120)
    waves = [burst] * n_shared + [rng.permutation(burst)] * (3 - n_shared)
    for name, gain, wave in zip(("OOC_L", "ZYG_L", "OOR_L"), (1.0, 0.7, 0.6), waves, strict=True):
        rows[9000:9120, NAMES.index(name)] += gain * wave
    (event,) = events(rows, 1000.0)
    assert event.trial_type == kind
    assert ("one waveform in 3 channels" in event.reason) == (kind == "artifact")
