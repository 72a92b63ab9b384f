"""The published detectors, each against its textbook version over the whole recording in numpy."""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, chi2

from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.envelope import RmsEnvelope
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.stage import Response
from emgspasm.dsp.textbook.detectors import Bonato, HodgesBui, Lidierth, Tkeo
from emgspasm.stream import Chunk

pytestmark = pytest.mark.slow  # their loops are compiled here

FS, N = 1000, 9000
DETECTORS = (HodgesBui(), Bonato(), Lidierth(), Tkeo(), Bonato(0.01, span=8, least=3))
IDS = ("hodges_bui", "bonato", "lidierth", "tkeo", "bonato 3 of 8")

loud = st.lists(st.tuples(st.integers(0, N - 1), st.integers(5, 700), st.floats(1.5, 30)),
                max_size=12)  # fmt: skip


def recording(seed, stretches, n_channels=1):
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (N, n_channels))
    for onset, length, gain in stretches:
        samples[onset : onset + length, onset % n_channels] *= gain
    return samples


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
def test_stretches_in_which_bursts_were_sought_hold_the_samples_that_were_counted(
    detector, stream_info
):
    samples = recording(3, [(2500, 600, 8.0)], 2)
    samples[4000:4100, 1] = np.nan
    pipeline = Pipeline(detector=detector)
    *_, last = analyze(pipeline, stream_info(2, full_scale=1e6), [Chunk(0, samples)])
    channel, start, stop = last.tally.sought.T
    assert channel.tolist() == [0, 1, 1]
    assert np.bincount(channel, stop - start).tolist() == last.tally.analyzed.tolist()


@pytest.mark.parametrize(("seconds", "analyzed"), [(-0.01, False), (0.01, True)])
@pytest.mark.parametrize("detector", [*DETECTORS, Detector()], ids=[*IDS, "hysteresis"])
def test_a_run_is_analyzed_from_the_length_on_that_a_detector_says(
    detector, stream_info, seconds, analyzed
):
    samples = recording(3, [])[: round(FS * (detector.least_run + seconds))]
    pipeline = Pipeline(detector=detector)
    *_, last = analyze(pipeline, stream_info(1), [Chunk(0, samples.copy())])
    assert bool(len(last.tally.sought)) == analyzed


def rectified(x, window):
    return np.lib.stride_tricks.sliding_window_view(np.abs(x), window).mean(axis=1), window - 1


def teager(x, window):
    energy = np.abs(x[1:-1] ** 2 - x[2:] * x[:-2])
    return np.lib.stride_tricks.sliding_window_view(energy, window).mean(axis=1), window + 1


def quietest(values, first):
    """Values of the quietest half second of the first two."""
    windows = np.lib.stride_tricks.sliding_window_view(values[first:2000], 500)
    return windows[np.argmin(windows.mean(axis=1))]


def runs(active):
    edges = np.flatnonzero(np.diff(np.r_[0, active.astype(int), 0]))
    return list(zip(edges[::2], edges[1::2], strict=True))


def lasting(above, active, silent):
    """Lidierth: stretches begun by `active` values above, ended by `silent` under."""
    found, begun, last = [], None, None
    streak = 0
    for i, is_above in enumerate(above):
        streak = streak + 1 if is_above else 0
        last = i if is_above else last
        if begun is None and streak >= active:
            begun = i - active + 1
        elif begun is not None and i - last >= silent:
            found.append((begun, last + 1))
            begun = None
    return found if begun is None else [*found, (begun, len(above))]


def by_windows(x, detector):
    """Hodges & Bui, Lidierth, Solnik: stretches of a mean over its threshold, in samples."""
    window = round(detector.window * FS)
    kind = teager if isinstance(detector, Tkeo) else rectified
    values, first = kind(x, window)
    values = np.r_[np.zeros(first), values]
    values[: window + 1] = 0.0
    rest = quietest(values, window + 2)
    above = values > rest.mean() + detector.sigmas * rest.std()
    if isinstance(detector, HodgesBui):
        stretches = runs(above)
    else:
        stretches = lasting(above, round(detector.active * FS), round(detector.silent * FS))
    shift = window // 2 + (kind is teager)
    return [(max(a - shift, 0), b if b == N else b - shift) for a, b in stretches]


def by_pairs(x, detector):
    """Bonato: at least `least` of the last `span` pairs above the chi-squared threshold."""
    power = np.r_[np.zeros(3), (x[1:] ** 2 + x[:-1] ** 2)[2:]]
    rest = quietest(power, 4)
    false_alarm = binom.sf(detector.least - 1, detector.span, chi2.sf(detector.threshold, 2))
    assert false_alarm == pytest.approx(detector.false_alarm, rel=1e-9)
    z = power[1::2] / (rest.mean() / 2)
    above = z > detector.threshold
    found, begun = [], None
    for i in range(len(above)):
        last = np.flatnonzero(above[max(0, i + 1 - detector.span) : i + 1])
        last = last + max(0, i + 1 - detector.span)
        if begun is None and len(last) >= detector.least:
            begun = last[0]
        elif begun is not None and len(last) < detector.least:
            found.append((begun, np.flatnonzero(above[: i + 1])[-1] + 1))
            begun = None
    pairs = found if begun is None else [*found, (begun, N // 2)]
    return [(2 * a, 2 * b) for a, b in pairs]


def merged(stretches, detector):
    joined = []
    for onset, offset in stretches:
        if joined and onset - joined[-1][1] < round(detector.merge_gap * FS):
            joined[-1] = (joined[-1][0], offset)
        else:
            joined.append((onset, offset))
    return [(a, b) for a, b in joined if b - a >= round(detector.shortest * FS)]


def found(detector, samples, stream_info, cuts=(), unit="count", settling=0.0):
    """Bursts without the filters, envelope of 20 ms."""
    info = stream_info(samples.shape[1], unit=unit)
    envelope = RmsEnvelope()
    state = detector.init(info, Response(0.0, settling))
    inner = envelope.init(info, Chunk(0, samples))
    bursts = []
    for a, b in pairwise(sorted({0, N, *cuts})):
        chunk = Chunk(a, samples[a:b].copy())
        inner, levels = envelope.step(inner, chunk)
        state, some = detector.step(state, chunk, levels)
        bursts += some
    return [*bursts, *detector.finish(state, N)]


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1), stretches=loud)
def test_bursts_are_the_textbook_s(stream_info, detector, seed, stretches):
    samples = recording(seed, stretches)
    textbook = by_pairs if isinstance(detector, Bonato) else by_windows
    expected = merged(textbook(samples[:, 0], detector), detector)
    assert [(b.onset, b.offset) for b in found(detector, samples, stream_info)] == expected


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
def test_a_plain_burst_is_found_with_its_strength(stream_info, detector):
    samples = recording(1, [(5000, 300, 20.0)])
    burst = max(found(detector, samples, stream_info), key=lambda b: b.offset - b.onset)
    assert (burst.onset, burst.offset) == (pytest.approx(5000, abs=25), pytest.approx(5300, abs=25))
    stretch = samples[burst.onset : burst.offset, 0]
    assert burst.mean == pytest.approx(sqrt(np.mean(stretch**2)), rel=1e-9)
    assert burst.peak == pytest.approx(55.0, rel=0.3)
    assert burst.baseline == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
@settings(max_examples=4)
@given(seed=st.integers(0, 2**32 - 1), stretches=loud, scale=st.sampled_from([1e-6, 1e-3, 1e3]))
def test_the_unit_does_not_change_what_is_found(stream_info, detector, seed, stretches, scale):
    samples = recording(seed, stretches)
    times = [
        [(b.onset, b.offset) for b in found(detector, x, stream_info)]
        for x in (samples, samples * scale)
    ]
    assert times[0] == times[1]


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
@settings(max_examples=4)
@given(
    seed=st.integers(0, 2**32 - 1),
    stretches=loud,
    cuts=st.lists(st.integers(0, N), max_size=30),
    missing=st.lists(st.tuples(st.integers(0, N - 1), st.integers(1, 900)), max_size=3),
)
def test_any_partition_of_the_samples_gives_the_same_output(
    stream_info, detector, seed, stretches, cuts, missing
):
    samples = recording(seed, stretches, 2)
    for onset, length in missing:
        samples[onset : onset + length, 0] = np.nan
    pipeline, info = Pipeline(detector=detector), stream_info(2)
    told = []
    for edges in (sorted({0, N, *cuts}), (0, N)):
        chunks = [Chunk(a, samples[a:b].copy()) for a, b in pairwise(edges)]
        analyses = list(analyze(pipeline, info, chunks))
        told.append(([b for a in analyses for b in a.bursts], analyses[-1].tally))
        assert_nothing_before_the_watermark(analyses)
    assert told[0][0] == told[1][0]
    assert np.array_equal(told[0][1].analyzed, told[1][1].analyzed)
    assert np.array_equal(told[0][1].noise, told[1][1].noise)


def assert_nothing_before_the_watermark(analyses):
    for before, after in pairwise(analyses):
        assert all(b.onset >= before.earliest for b in after.bursts)


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
def test_a_burst_is_said_as_soon_as_it_is_certain(stream_info, detector):
    samples = recording(2, [(t, 60, 20.0) for t in range(2500, 8500, 230)])
    pipeline, info = Pipeline(detector=detector), stream_info(1)
    waits = [
        analysis.chunk.start - burst.offset
        for analysis in analyze(pipeline, info, [Chunk(i, samples[i : i + 1]) for i in range(N)])
        for burst in analysis.bursts
        if burst.quality == "good" and burst.onset > 2000
    ]
    assert len(waits) > 10
    assert max(waits) <= FS * pipeline.certain(info)


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
def test_what_is_under_the_floor_is_dropped(stream_info, detector):
    samples = recording(3, [(5000, 300, 20.0)]) / 100
    assert found(detector, samples, stream_info, unit="uV") == []
    assert found(detector, samples, stream_info, unit="count") != []


@pytest.mark.parametrize("detector", DETECTORS, ids=IDS)
def test_a_contraction_of_a_minute_is_cut_and_rest_learnt_anew(stream_info, detector):
    samples = np.random.default_rng(4).normal(0.0, 2.0, (66_000, 1))
    samples[2500:] *= 10.0
    bursts = [
        b
        for a in analyze(Pipeline(detector=detector), stream_info(1), [Chunk(0, samples)])
        for b in a.bursts
    ]
    longest = max(bursts, key=lambda b: b.offset - b.onset)
    assert (longest.quality, longest.offset - longest.onset) == (
        "cut",
        pytest.approx(60_000, abs=9),
    )
    assert not any(b.offset - b.onset > 500 for b in bursts if b.onset > longest.offset)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: HodgesBui(window=0), "window=0; it must be positive"),
        (lambda: Lidierth(active=0.3), "active=0.3 s; it must lie in"),
        (lambda: Tkeo(sigmas=-1), "sigmas=-1; it must be positive"),
        (lambda: HodgesBui(sigmas=float("inf")), "sigmas=inf; it must be positive and finite"),
        (lambda: Lidierth(floor=float("inf")), "floor=inf; it must not be .* infinite"),
        (lambda: Bonato(false_alarm=1.0), "false_alarm=1; a probability"),
        (lambda: Bonato(least=6), "least=6, span=5; 1 <= least <= span"),
        (lambda: Bonato(merge_gap=1e5), r"merge_gap=100000 s; it must lie in \[0, 1\]"),
        (lambda: Bonato(floor=-1), "floor=-1; it must not be negative"),
    ],
)
def test_what_makes_no_detector_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()
