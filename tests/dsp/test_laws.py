"""The laws of the fold: chunks, segments, certainty, units, and numbers that are not guessed."""

from dataclasses import astuple, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.config import Config
from emgspasm.dsp.envelope import LinearEnvelope, RmsEnvelope
from emgspasm.dsp.filters import HighPass, Notch
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.stream import Burst, Channel, Chunk, StreamInfo

N_SAMPLES = 6000
FULL_SCALE = 1000.0
PIPELINES = (
    Pipeline(),
    Pipeline(filters=(HighPass(28.0, 2), Notch(50.0)), envelope=LinearEnvelope()),
)

stretch = st.tuples(st.integers(0, N_SAMPLES - 1), st.integers(1, 700))
damage = st.lists(
    st.tuples(
        st.integers(0, 2),
        stretch,
        st.sampled_from(["loud", "loud", "loud", "nan", "inf", "clipped", "flat"]),
    ),
    max_size=20,
)
partition = st.lists(st.integers(0, N_SAMPLES), max_size=40)
gaps = st.lists(stretch, max_size=3)


def damaged(seed, damages):
    """Three channels of noise, with bursts and whatever else can happen to them."""
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (N_SAMPLES, 3))
    for channel, (first, length), kind in damages:
        rows = samples[first : first + length, channel]
        if kind == "loud":
            rows *= 12.0
        else:
            rows[:] = {"nan": np.nan, "inf": -np.inf, "clipped": FULL_SCALE, "flat": 7.0}[kind]
    return samples


def chunks(samples, cuts, holes=()):
    """Chunks of the samples; the rows of holes are missing altogether."""
    present = np.ones(len(samples), np.bool_)
    for first, length in holes:
        present[first : first + length] = False
    edges = np.flatnonzero(np.diff(present)) + 1
    marks = sorted({0, len(samples), *cuts, *edges.tolist()})
    return [Chunk(a, samples[a:b].copy()) for a, b in pairwise(marks) if present[a]]


def fold(pipeline, info, stream):
    """Everything a fold says, with what belongs to chunks keyed by sample number."""
    analyses = list(analyze(pipeline, info, stream))
    return {
        "bursts": [burst for a in analyses for burst in a.bursts],
        "filtered": np.concatenate([a.filtered.samples for a in analyses]),
        "envelope": np.concatenate([a.envelope.samples for a in analyses]),
        "thresholds": {(a.chunk.stop, len(a.chunk.samples) > 0): a.thresholds for a in analyses},
        "settled": {a.chunk.start: a.settled for a in analyses if a.begins},
        "tallies": [
            [counts.tolist() for counts in astuple(a.tally)]
            for a in analyses
            if len(a.chunk.samples) == 0
        ],
    }


@pytest.fixture(scope="module")
def info(stream_info):
    return stream_info(3, full_scale=FULL_SCALE)


@pytest.mark.parametrize("pipeline", PIPELINES, ids=["default", "linear"])
@given(seed=st.integers(0, 2**32 - 1), damages=damage, cuts=partition, holes=gaps)
def test_any_partition_of_the_samples_gives_the_same_output(
    info, pipeline, seed, damages, cuts, holes
):
    samples = damaged(seed, damages)
    whole = fold(pipeline, info, chunks(samples, (), holes))
    parts = fold(pipeline, info, chunks(samples, cuts, holes))
    assert whole["bursts"] == parts["bursts"]
    assert np.array_equal(whole["filtered"], parts["filtered"], equal_nan=True)
    assert np.array_equal(whole["envelope"], parts["envelope"], equal_nan=True)
    for moment, thresholds in whole["thresholds"].items():
        assert np.array_equal(thresholds, parts["thresholds"][moment], equal_nan=True)
    assert whole["settled"] == parts["settled"]
    assert whole["tallies"] == parts["tallies"]


def test_sample_by_sample_gives_the_same_output(info):
    samples = damaged(1, [(0, (2500, 90), "loud"), (1, (3000, 5), "nan"), (2, (100, 60), "loud")])
    whole = fold(Pipeline(), info, chunks(samples, ()))
    single = fold(Pipeline(), info, chunks(samples, range(N_SAMPLES)))
    assert whole["bursts"] == single["bursts"]
    assert len(whole["bursts"]) == 2
    assert np.array_equal(whole["envelope"], single["envelope"], equal_nan=True)


@pytest.mark.parametrize("seed", [2, 12, 17, 22])
def test_what_comes_after_the_end_of_a_very_loud_burst_does_not_tell_that_end(stream_info, seed):
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (3400, 1))
    samples[3000 : 3200 + seed] *= 1e4
    pipeline = Pipeline(filters=(), envelope=RmsEnvelope(0.004))
    whole = fold(pipeline, stream_info(1), chunks(samples, ()))
    single = fold(pipeline, stream_info(1), chunks(samples, range(len(samples))))
    assert whole["bursts"] == single["bursts"]


@given(seed=st.integers(0, 2**32 - 1), damages=damage, cuts=partition, holes=gaps)
def test_stretches_in_which_bursts_were_sought_hold_the_samples_that_were_counted(
    info, seed, damages, cuts, holes
):
    for analysis in analyze(Pipeline(), info, chunks(damaged(seed, damages), cuts, holes)):
        if analysis.tally is not None:
            channel, start, stop = analysis.tally.sought.T
            told = np.bincount(channel, stop - start, minlength=3)
            assert told.tolist() == analysis.tally.analyzed.tolist()
            same = channel[1:] == channel[:-1]
            assert (start[1:] > stop[:-1])[same].all()


def test_chunks_without_samples_change_nothing(info):
    samples = damaged(2, [(0, (2500, 90), "loud")])
    plain = fold(Pipeline(), info, chunks(samples, (1000, 2550)))
    stream = []
    for chunk in chunks(samples, (1000, 2550)):
        stream += [Chunk(chunk.start, np.empty((0, 3))), chunk]
    assert fold(Pipeline(), info, stream)["bursts"] == plain["bursts"] != []


@given(
    seed=st.integers(0, 2**32 - 1),
    damages=damage,
    cuts=partition,
    end=st.integers(0, N_SAMPLES),
    gap=st.integers(1, 5000),
)
def test_a_gap_makes_two_analyses_of_one(info, seed, damages, cuts, end, gap):
    samples = damaged(seed, damages)
    one = [c for c in chunks(samples, (*cuts, end)) if c.stop <= end]
    other = [
        Chunk(c.start + gap, c.samples.copy())
        for c in chunks(samples, (*cuts, end))
        if c.start >= end
    ]
    joint = list(analyze(Pipeline(), info, [*one, *other]))
    apart = [*analyze(Pipeline(), info, one), *analyze(Pipeline(), info, other)]
    assert [a.bursts for a in joint] == [a.bursts for a in apart]
    assert [a.begins for a in joint] == [a.begins for a in apart]
    for a, b in zip(joint, apart, strict=True):
        assert np.array_equal(a.envelope.samples, b.envelope.samples, equal_nan=True)


@given(seed=st.integers(0, 2**32 - 1), damages=damage, end=st.integers(0, N_SAMPLES))
def test_what_follows_never_changes_a_burst_already_said(info, seed, damages, end):
    samples = damaged(seed, damages)
    said = [b for a in analyze(Pipeline(), info, chunks(samples[:end], ())) for b in a.bursts]
    at_the_end = [
        b
        for a in analyze(Pipeline(), info, chunks(samples[:end], ()))
        if len(a.chunk.samples) == 0
        for b in a.bursts
    ]
    certain = said[: len(said) - len(at_the_end)]
    whole = [b for a in analyze(Pipeline(), info, chunks(samples, ())) for b in a.bursts]
    assert whole[: len(certain)] == certain


def test_bursts_of_one_moment_come_by_channel(info):
    samples = damaged(1, [(0, (2500, 90), "loud"), (0, (4000, 200), "loud")])
    samples[:] = samples[:, :1]
    analyses = analyze(Pipeline(), info, chunks(samples, range(N_SAMPLES)))
    said = [[burst.channel for burst in a.bursts] for a in analyses if a.bursts]
    assert said == [[0, 1, 2], [0, 1, 2]]


@pytest.mark.parametrize("merge_gap", [0.0, 0.01, 0.03, 0.2])
def test_a_burst_is_said_as_soon_as_it_is_certain(stream_info, merge_gap):
    info, rng = stream_info(1), np.random.default_rng(3)
    pipeline = Pipeline()
    pipeline = replace(pipeline, detector=replace(pipeline.detector, merge_gap=merge_gap))
    samples = rng.normal(0.0, 2.0, (20_000, 1))
    first = 2500
    while first < 19_500:
        length = rng.integers(20, 90)
        samples[first : first + length] *= rng.choice([4.0, 10.0, 30.0])
        first += length + rng.integers(5, 250)
    waits = [
        analysis.chunk.start - burst.offset
        for analysis in analyze(pipeline, info, chunks(samples, range(20_000)))
        for burst in analysis.bursts
        if burst.quality == "good" and analysis.chunk.start > 2500
    ]
    assert len(waits) > 10
    assert max(waits) <= 1000 * pipeline.certain(info)


@pytest.mark.parametrize("pipeline", PIPELINES, ids=["default", "linear"])
@given(seed=st.integers(0, 2**32 - 1), damages=damage)
def test_missing_samples_come_out_missing_and_no_others(info, pipeline, seed, damages):
    samples = damaged(seed, damages)
    out = fold(pipeline, info, chunks(samples, ()))
    unusable = ~np.isfinite(samples) | (np.abs(samples) >= 0.9 * FULL_SCALE)
    flat = np.isnan(out["filtered"]) & ~unusable
    assert np.isnan(out["filtered"][unusable]).all()
    assert np.isin(samples[flat], (7.0, 84.0)).all()  # at rest, or at rest and loud
    assert np.array_equal(np.isnan(out["envelope"]), np.isnan(out["filtered"]))


def test_a_burst_does_not_span_missing_samples(info):
    samples = damaged(4, [(0, (2500, 600), "loud"), (0, (2700, 20), "nan")])
    bursts = fold(Pipeline(), info, chunks(samples, ()))["bursts"]
    assert bursts[0].quality == "cut"
    assert bursts[0].offset <= 2700
    assert all(b.onset >= 2720 for b in bursts[1:])


def test_the_other_channels_do_not_notice_what_one_is_missing(info):
    loud = [(0, (2500, 90), "loud"), (2, (3500, 90), "loud")]
    whole = fold(Pipeline(), info, chunks(damaged(5, loud), ()))
    hurt = fold(Pipeline(), info, chunks(damaged(5, [*loud, (1, (2000, 900), "nan")]), ()))
    assert np.array_equal(whole["envelope"][:, [0, 2]], hurt["envelope"][:, [0, 2]])
    assert whole["bursts"] == hurt["bursts"] != []


@pytest.mark.parametrize(("unit", "microvolts"), [("mV", 1e3), ("V", 1e6), ("nV", 1e-3)])
@given(seed=st.integers(0, 2**32 - 1), damages=damage)
def test_the_unit_does_not_change_what_is_found(stream_info, unit, microvolts, seed, damages):
    samples = damaged(seed, damages)
    expected = fold(Pipeline(), stream_info(3, full_scale=FULL_SCALE), chunks(samples, ()))
    other = stream_info(3, unit=unit, full_scale=FULL_SCALE / microvolts)
    found = fold(Pipeline(), other, chunks(samples / microvolts, ()))
    assert len(found["bursts"]) == len(expected["bursts"])
    for a, b in zip(found["bursts"], expected["bursts"], strict=True):
        assert (a.channel, a.onset, a.offset, a.quality) == (
            b.channel,
            b.onset,
            b.offset,
            b.quality,
        )
        scaled = np.array([a.peak, a.mean, a.baseline]) * microvolts
        assert scaled == pytest.approx([b.peak, b.mean, b.baseline], rel=1e-9)


def test_a_burst_under_the_floor_is_none_in_microvolts_and_one_in_counts(stream_info):
    samples = np.random.default_rng(6).normal(0.0, 0.05, (5000, 1))
    samples[2500:2700] *= 10.0  # 0.5 uV RMS: 20 dB over the noise, under the floor of 1 uV
    assert fold(Pipeline(), stream_info(), chunks(samples, ()))["bursts"] == []
    found = fold(Pipeline(), stream_info(unit="count"), chunks(samples, ()))["bursts"]
    assert [(b.onset, b.offset) for b in found] == [
        (pytest.approx(2500, abs=10), pytest.approx(2700, abs=10))
    ]


def test_the_columns_of_other_kinds_are_left_out_and_bursts_name_the_stream_s():
    channels = (Channel("ECG", kind="ECG"), Channel("c0"), Channel("ACC", kind="ACCEL", unit="g"))
    samples = np.random.default_rng(7).normal(0.0, 2.0, (5000, 3))
    samples[2500:2600, 1] *= 10.0
    out = fold(Pipeline(), StreamInfo(1000.0, channels), chunks(samples, (2550,)))
    assert [b.channel for b in out["bursts"]] == [1]
    assert out["envelope"].shape == (5000, 1)


def test_a_stream_without_emg_is_refused():
    info = StreamInfo(1000.0, (Channel("ECG", kind="ECG"),))
    with pytest.raises(ValueError, match="no EMG channel among ECG"):
        next(analyze(Pipeline(), info, [Chunk(0, np.zeros((10, 1)))]))


def test_the_same_samples_give_equal_bursts_not_only_close_ones(info):
    samples = damaged(8, [(0, (2500, 90), "loud")])
    one, two = (fold(Pipeline(), info, chunks(samples, ()))["bursts"] for _ in range(2))
    assert isinstance(one[0], Burst)
    assert one == two


def test_a_chunk_of_another_width_is_refused_with_both(stream_info):
    chunks = [Chunk(0, np.zeros((10, 2))), Chunk(10, np.zeros((10, 3)))]
    with pytest.raises(ValueError, match="3 channels at sample 10; the stream has 2: c0, c1"):
        list(analyze(Pipeline(), stream_info(2), chunks))


def test_a_config_in_place_of_its_pipeline_is_refused_with_what_to_do():
    info = StreamInfo(1000.0, (Channel("c0"),))
    with pytest.raises(TypeError, match=r"a Config \(it is a Pipeline\).*config\.pipeline"):
        list(analyze(Config(), info, []))
