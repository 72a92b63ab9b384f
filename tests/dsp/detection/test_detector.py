"""Crossing, merging and dropping, against the textbook's double threshold in plain Python.

The signal is a square wave of two amplitudes, so that noise level and thresholds stand still and
every boundary is exactly known.
"""

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.dsp.detection.baseline import Baseline
from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.stage import Response
from emgspasm.stream import Chunk

LEAD, TAIL, WINDOW = 2500, 400, 20
DETECTOR = Detector()


def square_wave(stretches, n_samples, loud=20.0):
    samples = np.where(np.arange(n_samples) // 2 % 2, 1.0, -1.0)  # 250 Hz: where EMG is
    for onset, offset in stretches:
        samples[onset:offset] *= loud
    return samples


def envelope_of(samples):
    return np.array(
        [sqrt(np.mean(samples[max(0, i + 1 - WINDOW) : i + 1] ** 2)) for i in range(len(samples))]
    )


@pytest.fixture(scope="module")
def detect(stream_info):
    def run(samples, detector=DETECTOR, unit="count", delay=0.0, settling=0.0):
        state = detector.init(stream_info(unit=unit), Response(delay, settling))
        filtered, envelope = (Chunk(0, x[:, None]) for x in (samples.copy(), envelope_of(samples)))
        state, bursts = detector.step(state, filtered, envelope)
        return [*bursts, *detector.finish(state, len(samples))]

    return run


def textbook(stretches, merge, shortest):
    """Stretches above threshold, those closer than `merge` joined, then the short ones dropped."""
    joined = []
    for onset, offset in stretches:
        if joined and onset - joined[-1][1] < merge:
            joined[-1] = (joined[-1][0], offset)
        else:
            joined.append((onset, offset))
    return [(onset, offset) for onset, offset in joined if offset - onset >= shortest]


@st.composite
def bursts_and_gaps(draw, shortest_gap=1):
    """Bursts of two samples and more: the end of a single one is not sought to the sample."""
    pairs = draw(
        st.lists(st.tuples(st.integers(shortest_gap, 120), st.integers(2, 150)), max_size=8)
    )
    stretches, position = [], LEAD
    for gap, length in pairs:
        stretches.append((position + gap, position + gap + length))
        position += gap + length
    return stretches, position + TAIL


@given(case=bursts_and_gaps())
def test_merging_and_dropping_are_the_textbook_s(detect, case):
    stretches, n_samples = case
    found = detect(square_wave(stretches, n_samples))
    assert [(b.onset, b.offset) for b in found] == textbook(stretches, 30, 20)


@given(case=bursts_and_gaps(), merge=st.integers(21, 100), shortest=st.integers(0, 100))
def test_merging_and_dropping_follow_their_parameters(detect, case, merge, shortest):
    stretches, n_samples = case
    detector = replace(DETECTOR, merge_gap=merge / 1000, shortest=shortest / 1000)
    found = detect(square_wave(stretches, n_samples), detector)
    assert [(b.onset, b.offset) for b in found] == textbook(stretches, merge, shortest)


@given(case=bursts_and_gaps(), delay=st.integers(0, 20))
def test_a_burst_may_be_shorter_by_what_filters_hide_of_it(detect, case, delay):
    stretches, n_samples = case
    found = detect(square_wave(stretches, n_samples), delay=delay / 1000)
    expected = textbook(stretches, 30, 20 - round(delay / 2))
    assert [(b.onset + delay, b.offset + delay) for b in found] == expected


@given(length=st.integers(20, 500), loud=st.floats(5.0, 1000.0))
def test_peak_mean_and_baseline_are_those_of_the_signal(detect, length, loud):
    (burst,) = detect(square_wave([(LEAD, LEAD + length)], LEAD + length + TAIL, loud))
    assert burst.peak == pytest.approx(loud, rel=1e-9)
    assert burst.mean == pytest.approx(loud, rel=1e-9)
    assert burst.baseline == pytest.approx(1.0, rel=1e-6)
    assert burst.quality == "good"


def uneven_bursts(seed):
    """Samples with bursts of uneven loudness, many of them weak, and pauses of every length."""
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal(60_000)
    onset = 3000
    while onset < 59_000:
        length, loud = rng.integers(20, 200), np.exp(rng.uniform(0.4, 2.0))
        samples[onset : onset + length] *= loud * np.exp(rng.uniform(-0.5, 0.5))
        onset += length + rng.integers(20, 400)
    return samples


def test_the_peak_of_a_burst_is_the_largest_of_all_windows_within_it(detect):
    samples = uneven_bursts(1)
    envelope = envelope_of(samples)
    bursts = detect(samples)
    largest = [envelope[b.onset + WINDOW - 1 : b.offset].max(initial=0.0) for b in bursts]
    assert len(bursts) > 100
    assert all(b.peak >= most * (1 - 1e-9) for b, most in zip(bursts, largest, strict=True))


@pytest.mark.parametrize("seed", [0, 5])
def test_a_burst_is_as_loud_as_its_samples_or_louder_by_the_pauses_in_it(detect, seed):
    samples = uneven_bursts(seed)
    bursts = detect(samples)
    assert len(bursts) > 100
    for b in bursts:
        whole = sqrt(np.mean(samples[b.onset : b.offset] ** 2))
        assert b.mean >= whole * (1 - 1e-9)


def test_what_does_not_reach_the_threshold_is_no_burst(detect):
    assert detect(square_wave([(LEAD, LEAD + 100)], 4000, loud=1.15)) == []


@pytest.mark.parametrize(("peak", "n"), [(0.99, 0), (1.01, 1)])
def test_the_floor_is_in_microvolts(detect, peak, n):
    samples = square_wave([(LEAD, LEAD + 100)], 4000, loud=peak / 0.1) * 0.1
    assert len(detect(samples, unit="uV")) == n
    assert len(detect(samples / 1000, unit="mV")) == n


@pytest.mark.parametrize("length", [200, 700])
def test_a_burst_under_way_at_the_end_is_cut_there(detect, length):
    (burst,) = detect(square_wave([(LEAD, LEAD + length)], LEAD + length))
    assert (burst.onset, burst.offset, burst.quality) == (LEAD, LEAD + length, "cut")


@pytest.mark.parametrize("end", [25, 40])
def test_a_burst_that_ended_just_before_the_end_is_whole(detect, end):
    (burst,) = detect(square_wave([(LEAD, LEAD + 100)], LEAD + 100 + end))
    assert (burst.onset, burst.offset, burst.quality) == (LEAD, LEAD + 100, "good")


def test_a_burst_that_begins_while_the_start_settles_is_marked(detect):
    stretches = [(400, 500), (700, 800)]
    first, second = detect(square_wave(stretches, 3000), settling=0.6)
    assert (first.quality, second.quality) == ("settling", "good")


def test_a_burst_longer_than_the_longest_is_cut_and_the_level_learnt_anew(detect):
    detector = Detector(baseline=Baseline(memory=2.0, longest_burst=3.0))
    samples = square_wave([(LEAD, 20_000)], 20_000)
    samples[15_000:15_100] *= 20.0
    first, second = detect(samples, detector)
    assert (first.onset, first.offset, first.quality) == (LEAD, LEAD + 3001, "cut")
    assert (second.onset, second.offset, second.quality) == (15_000, 15_100, "good")
    assert second.baseline == pytest.approx(20.0, rel=1e-6)


def test_what_is_learnt_anew_is_another_stretch_in_which_bursts_are_sought(stream_info):
    detector = Detector(baseline=Baseline(memory=2.0, longest_burst=3.0))
    state = detector.init(stream_info(unit="count"), Response(0.010, 0.5))
    samples = square_wave([(LEAD, 20_000)], 20_000)
    parts = [Chunk(0, x[:, None].copy()) for x in (samples, envelope_of(samples))]
    state, _ = detector.step(state, *parts)
    detector.finish(state, 20_000)
    first, second = state.stretches().tolist()
    anew = first[2] + 10  # the delay, of which times are corrected
    assert first[:2] == [0, 490]
    assert LEAD + 3000 <= anew <= LEAD + 3030
    assert second == [0, anew + 490, 19_990]


def test_thresholds_are_unknown_until_the_level_is_known_and_while_it_is_learnt_anew(stream_info):
    detector = Detector(baseline=Baseline(memory=2.0, longest_burst=3.0))
    state = detector.init(stream_info(unit="count"), Response(0.0, 0.0))
    samples = square_wave([(LEAD, 9000)], 9000)
    envelope, known = envelope_of(samples), []
    for i in range(0, 9000, 100):
        part = [Chunk(i, x[i : i + 100, None].copy()) for x in (samples, envelope)]
        state, _ = detector.step(state, *part)
        known.append(bool(np.isfinite(state.thresholds()).all()))
    assert [100 * i for i in range(1, 90) if known[i] != known[i - 1]] == [1900, 5500, 7500]


def test_a_run_shorter_than_the_shortest_gives_nothing_and_is_not_counted(stream_info):
    detector, info = Detector(), stream_info(unit="count")
    for n_samples, analyzed in ((599, 0), (600, 600)):
        state = detector.init(info, Response(0.0, 0.0))
        samples = square_wave([(300, 400)], n_samples)
        parts = [Chunk(0, x[:, None]) for x in (samples, envelope_of(samples))]
        state, bursts = detector.step(state, *parts)
        bursts += detector.finish(state, n_samples)
        assert state.counted()[0] == analyzed
        assert len(bursts) == (1 if analyzed else 0)


def test_analyzed_time_leaves_settling_out(stream_info):
    detector = Detector()
    state = detector.init(stream_info(unit="count"), Response(0.0, 0.5))
    samples = square_wave([], 5000)
    parts = [Chunk(0, x[:, None]) for x in (samples, envelope_of(samples))]
    state, _ = detector.step(state, *parts)
    detector.finish(state, 5000)
    analyzed, noise = state.counted()
    assert analyzed == 4500
    assert noise / analyzed == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on_sigma": 3.0}, "off_sigma=3, on_sigma=3; 0 < off_sigma < on_sigma"),
        ({"off_sigma": 0.0}, "off_sigma=0"),
        ({"on_sigma": float("inf")}, "on_sigma=inf; .* both finite"),
        ({"floor": float("inf")}, "floor=inf; it must not be .* infinite"),
        ({"floor": -1.0}, "floor=-1.0; it must not be negative"),
        ({"merge_gap": 1e5}, r"merge_gap=100000 s; it must lie in \[0, 1\]"),
        ({"shortest": 1.5}, r"shortest=1.5 s; it must lie in \[0, 1\]"),
        ({"merge_gap": float("nan")}, "merge_gap=nan"),
        ({"refine": 0.0}, "refine=0 s"),
        ({"rise": 1.0}, "rise=1"),
        ({"evidence": 0.0}, "evidence=0"),
        ({"relief": float("nan")}, "relief=nan"),
    ],
)
def test_impossible_parameters_are_refused_with_their_values(wrong, said):
    with pytest.raises(ValueError, match=said):
        Detector(**wrong)
