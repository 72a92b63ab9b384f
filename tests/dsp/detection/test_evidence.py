"""Faint bursts: the more of them are found, the less evidence the next one needs."""

import numpy as np
import pytest
from scipy import signal

from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.detection.evidence import LEAST_RISE, LENGTHS, _scan, seek_weak
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.stage import Response
from emgspasm.stream import Chunk

FS, LENGTH, SECONDS, NOISE = 1000, 80, 120, 20.0
EMG = signal.butter(2, [50, 200], "bandpass", fs=FS, output="sos")


@pytest.fixture(scope="module")
def found(stream_info):
    """Bursts of EMG's band in white noise; `strength` is their amplitude in units of the noise."""

    def run(onsets, strength, seed, noise=NOISE):
        generator = np.random.default_rng(seed)
        samples = generator.normal(0.0, noise, SECONDS * FS)
        emg = signal.sosfilt(EMG, generator.normal(size=len(samples)))
        emg *= strength * noise / emg.std()
        for onset in onsets:
            samples[onset : onset + LENGTH] += emg[onset : onset + LENGTH]
        steps = analyze(Pipeline(), stream_info(), [Chunk(0, samples[:, None])])
        return [burst for analysis in steps for burst in analysis.bursts]

    return run


def are_hit(onsets, bursts):
    return [any(b.onset < o + LENGTH and o < b.offset for b in bursts) for o in onsets]


def count_between(found, onsets, strength, seeds):
    """Bursts that are none of the true ones, which are all but found."""
    n_between = 0
    for seed in seeds:
        bursts = found(onsets, strength, seed)
        assert np.mean(are_hit(onsets, bursts)) > 0.99
        n_between += sum(
            not any(b.onset < o + LENGTH and o < b.offset for o in onsets) for b in bursts
        )
    return n_between


def test_faint_bursts_are_found_the_more_surely_the_more_of_them_come(found):
    often, seldom = range(20_000, 118_000, 700), range(5_000, 118_000, 12_000)
    many = [hit for seed in range(3) for hit in are_hit(often, found(often, 0.8, seed))]
    few = [hit for seed in range(15) for hit in are_hit(seldom, found(seldom, 0.8, seed))]
    assert np.mean(many) > np.mean(few) + 0.2


def test_bursts_that_the_envelope_tells_make_noise_between_them_no_burst(found):
    assert count_between(found, range(4_000, 118_000, 1_000), 2.5, range(8)) <= 6


def test_bursts_of_3_db_over_the_noise_of_a_good_electrode_are_found_as_over_a_loud_one(found):
    onsets = range(4_000, 118_000, 1_000)
    quiet, loud = found(onsets, 1.4, 0, noise=1.0), found(onsets, 1.4, 0)
    assert np.mean(are_hit(onsets, quiet)) > 0.9
    assert [(b.onset, b.offset) for b in quiet] == [(b.onset, b.offset) for b in loud]


def test_half_of_the_faint_bursts_are_found_where_they_come_densely(found):
    dense = range(5_000, 118_000, 400)
    hits = [hit for seed in range(4) for hit in are_hit(dense, found(dense, 0.8, seed))]
    assert np.mean(hits) > 0.52


def test_clear_bursts_in_a_train_make_no_pause_between_them_a_burst(found):
    assert count_between(found, range(4_000, 118_000, 300), 2.0, range(4)) <= 2


def test_a_scan_tells_the_largest_likelihood_ratio_of_the_stretches_in_doubt(stream_info):
    sizes = Detector().init(stream_info(), Response(0.0, 0.0)).sizes
    powers = np.random.default_rng(3).gamma(2.0, 4.0, 50)
    sums = np.zeros(64)
    sums[1:51] = np.cumsum(powers)
    for n_doubted in (1, 2, 5, 17, 40):
        ratios = []
        for n in (n for n in LENGTHS if n <= n_doubted):
            rise = powers[50 - n :].mean() / (2.0 * sizes.block) * 3.0
            if rise >= LEAST_RISE:
                ratios.append(0.5 * 0.4 * n * sizes.block * (rise - 1 - np.log(rise)))
        told = _scan(3 * sums[50], 50, n_doubted, 3 * sums, 2.0, 0.4, sizes)
        assert told == pytest.approx(max(ratios, default=-np.inf))


@pytest.mark.parametrize("fs", [250.0, 350.0, 1000.0])
def test_a_doubt_is_not_scanned_only_where_that_would_tell_nothing(stream_info, fs):
    generator = np.random.default_rng(5)
    state = Detector().init(stream_info(1, fs), Response(0.0, 0.0))
    sizes, rules, past = state.sizes, state.rules, state.memory
    s = past.channels.view(np.recarray)[0]
    s.quiet = s.raw = s.passed = s.lately = s.filled = 1.0
    s.matched_weight, s.faint_rate = 0.5, 0.02
    louder, told = generator.choice([0.9, 1.3, 4.0], 100), []
    for window in range(600):
        s.now = sizes.half + (window + 1) * sizes.window - 1
        matched = louder[window // 6] * generator.chisquare(4, 4 * sizes.window) / 4
        before, sums = s.copy(), past.sums[0].copy()
        origin = s.now + 1 - 3 * sizes.window
        told.append(seek_weak.py_func(s, 1.1, matched, origin, past.sums[0], sizes, rules))
        before.wanted = -np.inf  # nothing is skipped
        assert seek_weak.py_func(before, 1.1, matched, origin, sums, sizes, rules) == told[-1]
        assert s.evidence == before.evidence
    assert {bool(found) for found, _ in told} == {doubted for _, doubted in told} == {True, False}
