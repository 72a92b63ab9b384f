"""Mean spectrum, mains ratio, grades, and what a sampling frequency can carry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.dsp.quality import MeanSpectrum, grade, line_ratio, peak_ratio
from emgspasm.dsp.rates import rate_warnings, withheld
from emgspasm.storage.tables.columns import PAIRS, SUMMARY, TRIALS
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.stream import Chunk

FINE = {"analyzed": 95.0, "noise": 1.0, "line": 0.0, "clipped": 0.0, "dropped": 0.0, "flat": 0.0}


def spectrum_of(chunks, info, every=1):
    stage = MeanSpectrum(every)
    state = stage.init(info)
    for chunk in chunks:
        stage.step(state, chunk)
    return state


def signal(seconds, seed=0, fs=1000):
    return np.random.default_rng(seed).normal(size=(round(seconds * fs), 2))


def test_the_spectrum_is_the_sum_over_whole_seconds(stream_info, cut):
    samples = signal(3.7)
    state = spectrum_of(cut(samples), stream_info(2))
    seconds = samples[:3000].reshape(3, 1000, 2)
    windowed = (seconds - seconds.mean(axis=1, keepdims=True)) * np.hanning(1000)[:, None]
    expected = (np.abs(np.fft.rfft(windowed, axis=1)) ** 2).sum(axis=0)
    assert state.power == pytest.approx(expected, rel=1e-9)
    assert state.count.tolist() == [3, 3]


def test_the_first_ten_seconds_and_some_after_are_looked_at(stream_info, cut):
    assert spectrum_of(cut(signal(25)), stream_info(2), every=4).count.tolist() == [14, 14]


@given(cuts=st.lists(st.integers(0, 5000), max_size=30))
def test_the_spectrum_does_not_feel_where_chunks_end(stream_info, cut, cuts):
    samples = signal(5)
    whole = spectrum_of(cut(samples), stream_info(2))
    parts = spectrum_of(cut(samples, cuts), stream_info(2))
    assert np.array_equal(whole.power, parts.power)
    assert np.array_equal(whole.count, parts.count)


def test_a_second_cut_by_a_gap_is_left_out_and_never_mended_with_another(stream_info):
    samples = signal(4)
    chunks = [Chunk(0, samples[:600].copy()), Chunk(10_600, samples[600:].copy())]
    state = spectrum_of(chunks, stream_info(2), every=10)
    assert state.count.tolist() == [0, 0]
    assert (state.power == 0).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_second_with_a_missing_sample_counts_for_the_other_channels(stream_info, cut, value):
    samples = signal(3)
    samples[1500, 0] = value
    state = spectrum_of(cut(samples), stream_info(2))
    assert state.count.tolist() == [2, 3]
    assert np.isfinite(state.power).all()


def test_the_line_ratio_is_that_of_a_sine_in_noise(stream_info, cut):
    """A sine's power in its bin over the noise's median power, by the formula of the window."""
    samples, seconds = signal(200), np.arange(200_000) / 1000
    samples[:, 1] += 0.5 * np.sin(2 * np.pi * 60 * seconds)
    frequency, height = line_ratio(spectrum_of(cut(samples), stream_info(2)))
    window = np.hanning(1000)
    expected = 10 * np.log10((0.5 * window.sum() / 2) ** 2 / (window**2).sum())
    assert frequency[1] == 60.0
    assert height[1] == pytest.approx(expected, abs=0.5)
    assert height[0] < 3.0


def test_a_line_outside_the_band_or_never_seen_is_no_number(stream_info, cut):
    state = spectrum_of(cut(signal(2, fs=100)), stream_info(2, 100.0))
    assert np.isnan(peak_ratio(state, 60)).all()
    unseen = spectrum_of([], stream_info(2))
    assert np.isnan(line_ratio(unseen)).all()


@pytest.mark.parametrize(
    ("change", "expected", "said"),
    [
        ({}, "good", ""),
        ({"noise": np.nan}, "good", ""),
        ({"noise": 3.5}, "fair", "noise 3.5 uV"),
        ({"noise": 5.5}, "poor", "noise 5.5 uV"),
        ({"line": 7.0}, "fair", "mains 7 dB"),
        ({"line": np.nan}, "good", ""),
        ({"dropped": 0.6}, "fair", "0.6 % missing"),
        ({"clipped": 0.1}, "fair", "clipped or flat for 0.10 %"),
        ({"flat": 0.0002}, "fair", "clipped or flat for under 0.01 %"),
        ({"clipped": 0.005}, "fair", "clipped or flat for 0.01 %"),
        ({"clipped": 4.0, "flat": 2.0}, "poor", "clipped or flat for 6.0 %"),
        ({"clipped": 4.0, "flat": 1.0}, "fair", "clipped or flat for 5.00 %"),
        ({"clipped": 95.0, "analyzed": 5.0}, "unusable", "clipped for 95.0 % of the time"),
        ({"dropped": 51.0, "flat": 45.0, "analyzed": 4.0}, "unusable", "missing for 51.0 % of the"),
        ({"flat": 100.0, "analyzed": 0.0}, "unusable", "flat for 100.0 % of the time"),
        ({"dropped": 5.0, "analyzed": 0.0}, "unusable", "too short, or gaps too close"),
        (
            {"clipped": 50.0, "analyzed": 5.0},
            "unusable",
            "clipped for 50.0 % of the time, too close",
        ),
        ({"analyzed": 10.0}, "fair", "only 10.0 % can be analyzed"),
        ({"analyzed": 50.0}, "good", ""),
        ({"noise": 3.0}, "good", ""),
        ({"line": 6.0}, "good", ""),
        ({"dropped": 0.5}, "good", ""),
        ({"clipped": 43.5, "analyzed": 0.0}, "unusable", "clipped for 43.5 % of the time, too"),
        ({"analyzed": 40.0}, "fair", "only 40.0 % can be analyzed"),
    ],
)
def test_a_grade_follows_its_limits_and_says_why(change, expected, said):
    graded, reason = grade(**(FINE | change))
    assert graded == expected
    assert said in reason
    assert bool(reason) == (expected != "good")


def test_what_is_clipped_is_said_once():
    assert grade(**(FINE | {"clipped": 41.67}))[1] == "clipped or flat for 41.7 %"


def test_all_reasons_are_given_the_worst_first():
    graded, reason = grade(**(FINE | {"noise": 9.0, "line": 20.0, "dropped": 2.0}))
    assert graded == "poor"
    assert reason == "noise 9.0 uV; mains 20 dB over its neighbours; 2.0 % missing"


@pytest.mark.parametrize(("fs", "outputs"), [(250.0, 5), (500.0, 4), (1000.0, 1), (2000.0, 0)])
def test_a_rate_withholds_what_it_cannot_carry(fs, outputs):
    assert len(withheld(fs)) == outputs


def test_what_a_rate_withholds_of_a_result_are_columns_of_its_tables():
    columns = {column.name for column in (*EVENTS, *SUMMARY, *PAIRS, *TRIALS)}
    named = [output.columns.split(", ") for output in withheld(125.0) if output.columns]
    assert named
    assert {name.split()[0] for names in named for name in names} - {"no"} <= columns


def test_tables_at_1000_hz_lack_nothing():
    assert rate_warnings(1000.0) == ()
    assert rate_warnings(500.0) == (
        "500 Hz: synchrony and lags of pairs, verdicts on cross-talk, brow-lift indices withheld",
    )


def test_no_precision_of_durations_is_claimed_at_a_rate_too_low_for_emg():
    assert any("durations are good to about 20 ms" in said for said in rate_warnings(200.0))
    assert not any("durations" in said for said in rate_warnings(199.0))


def test_a_rate_too_low_for_emg_is_called_exploratory():
    assert rate_warnings(125.0)[0].startswith("exploratory: 125 Hz is under")
    assert not any(w.startswith("exploratory") for w in rate_warnings(250.0))
