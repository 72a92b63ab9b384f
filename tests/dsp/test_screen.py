"""What is no signal never reaches a filter, and is counted once."""

import numpy as np
import pytest

from emgspasm.dsp.kernels import plain, screen
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.screen import Screen
from emgspasm.stream import Chunk

FULL_SCALE = 1000.0


@pytest.fixture(scope="module")
def screened(stream_info):
    def screen(samples, fs=1000.0, **parameters):
        stage = Screen(**parameters)
        chunk = Chunk(0, np.array(samples, np.float64).reshape(len(samples), -1))
        info = stream_info(chunk.samples.shape[1], fs, full_scale=FULL_SCALE)
        state, out = stage.step(stage.init(info, chunk), chunk)
        return out.samples, dict(zip(("missing", "clipped", "flat"), state.counts, strict=True))

    return screen


def test_signal_passes_unchanged(screened):
    samples = np.random.default_rng(0).normal(0.0, 100.0, (5000, 2))
    out, counts = screened(samples)
    assert np.array_equal(out, samples)
    assert all((counts[kind] == 0).all() for kind in counts)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_missing(screened, value):
    out, counts = screened([1.0, value, 2.0, value])
    assert np.array_equal(out[:, 0], [1.0, np.nan, 2.0, np.nan], equal_nan=True)
    assert counts["missing"] == 2


@pytest.mark.parametrize("value", [1e150, -np.finfo(np.float64).max])
def test_the_largest_number_there_is_is_missing_and_no_burst_after_it_is_lost(stream_info, value):
    samples = np.random.default_rng(0).normal(0.0, 2.0, (6000, 1))
    samples[4500:4600] *= 20.0
    samples[3000] = value
    analyses = list(analyze(Pipeline(), stream_info(1), [Chunk(0, samples)]))
    (burst,) = [burst for analysis in analyses for burst in analysis.bursts]
    assert 4490 <= burst.onset <= 4510
    assert analyses[-1].tally.missing == 1


@pytest.mark.parametrize("value", [900.0, -900.0, 1000.0, -1000.0, 1e9])
def test_one_sample_at_the_rail_is_clipped(screened, value):
    out, counts = screened([1.0, value, 2.0])
    assert np.array_equal(out[:, 0], [1.0, np.nan, 2.0], equal_nan=True)
    assert counts == {"missing": 0, "clipped": 1, "flat": 0}


def test_just_under_the_rail_is_signal(screened):
    out, counts = screened([1.0, 899.999, -899.999])
    assert np.isfinite(out).all()
    assert counts["clipped"] == 0


def test_a_railed_channel_is_clipped_not_flat(screened):
    _, counts = screened([FULL_SCALE] * 2000)
    assert counts == {"missing": 0, "clipped": 2000, "flat": 0}


@pytest.mark.parametrize("value", [0.0, -0.0, 12.5])
def test_the_same_value_for_half_a_second_is_flat_from_its_first_sample(screened, value):
    out, counts = screened([1.0, *[value] * 700, 2.0])
    assert counts["flat"] == 700
    assert np.isnan(out[500:701, 0]).all()
    assert out[701, 0] == 2.0


def test_the_same_value_for_less_than_half_a_second_is_signal(screened):
    out, counts = screened([1.0, *[5.0] * 499, 2.0])
    assert counts["flat"] == 0
    assert np.isfinite(out).all()


def test_zeros_of_both_signs_are_the_same_value(screened):
    _, counts = screened([0.0, -0.0] * 500)
    assert counts["flat"] == 1000


def test_how_long_is_flat_counts_in_seconds(screened):
    assert screened([5.0] * 250, fs=250.0)[1]["flat"] == 250
    assert screened([5.0] * 124, fs=250.0)[1]["flat"] == 0
    assert screened([5.0] * 30, flat_seconds=0.02)[1]["flat"] == 30


def test_channels_are_judged_alone(screened):
    samples = np.random.default_rng(1).normal(0.0, 10.0, (1000, 3))
    samples[100, 0] = np.nan
    samples[200, 1] = FULL_SCALE
    samples[:, 2] = 0.0
    out, counts = screened(samples)
    assert counts["missing"].tolist() == [1, 0, 0]
    assert counts["clipped"].tolist() == [0, 1, 0]
    assert counts["flat"].tolist() == [0, 0, 1000]
    assert np.isnan(out[:, :2]).sum() == 2


def test_without_a_known_full_scale_nothing_is_clipped(stream_info):
    stage, chunk = Screen(), Chunk(0, np.array([[1e12], [-1e12], [1.0]]))
    _, out = stage.step(stage.init(stream_info(), chunk), chunk)
    assert np.array_equal(out.samples, chunk.samples)


@pytest.mark.parametrize("wrong", [{"clip_fraction": 0.0}, {"clip_fraction": 1.1}])
def test_an_impossible_share_of_full_scale_is_refused(wrong):
    with pytest.raises(ValueError, match="clip_fraction="):
        Screen(**wrong)


@pytest.mark.parametrize("seconds", [0.0, 1e300])
def test_an_impossible_flat_time_is_refused(seconds):
    with pytest.raises(ValueError, match="flat_seconds="):
        Screen(flat_seconds=seconds)


@pytest.mark.parametrize("unit", ["uV", "count"])
@pytest.mark.parametrize("value", [0.0, 2050.3, np.nan, 187_500.0])
def test_a_dead_channel_has_no_bursts_and_no_analyzed_time(stream_info, unit, value):
    info = stream_info(1, unit=unit, full_scale=187_500.0)
    analyses = list(analyze(Pipeline(), info, [Chunk(0, np.full((10_000, 1), value))]))
    assert [b for a in analyses for b in a.bursts] == []
    tally = analyses[-1].tally
    assert tally.analyzed == 0
    assert tally.missing + tally.clipped + tally.flat == 10_000


def test_a_rail_amid_noise_makes_no_burst(stream_info):
    samples = np.random.default_rng(2).normal(0.0, 2.0, (20_000, 1))
    samples[5000:5003] = 187_500.0
    samples[12_000:14_000] = -187_500.0
    info = stream_info(1, full_scale=187_500.0)
    bursts = [b for a in analyze(Pipeline(), info, [Chunk(0, samples)]) for b in a.bursts]
    assert bursts == []


@pytest.mark.parametrize("seed", range(8))
def test_the_short_cut_for_plain_signal_remembers_what_the_loop_does(seed):
    rng = np.random.default_rng(seed)
    flat_run, limits = 6, np.array([8.0, np.inf])
    samples = np.repeat(
        rng.integers(-9, 10, (400, 2)).astype(float), rng.integers(1, 5, 400), axis=0
    )
    samples[rng.random(samples.shape) < 0.001] = np.nan
    short, whole = ((np.full(2, np.nan), np.zeros(2, np.int64)) for _ in range(2))
    start, counts, n_plain = 0, np.zeros((3, 2), np.int64), 0
    while start < len(samples):
        chunk = samples[start : start + rng.integers(1, 12)]
        start += len(chunk)
        before = counts.sum()
        expected = screen(chunk, limits, flat_run, *whole, counts)
        is_plain = plain(chunk, limits, flat_run, *short)
        assert not is_plain or (counts.sum() == before and np.array_equal(chunk, expected))
        if not is_plain:
            screen(chunk, limits, flat_run, *short, np.zeros_like(counts))
        n_plain += is_plain
        for mine, other in zip(short, whole, strict=True):
            assert np.array_equal(mine, other, equal_nan=True)
    assert n_plain > 20
