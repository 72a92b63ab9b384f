"""The compiled loops against scipy and against loops so naive that they cannot be wrong."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import signal

from emgspasm.dsp import kernels
from emgspasm.dsp.envelope import RmsEnvelope
from emgspasm.dsp.filters import BandPass, Cascade, HighPass, Notch
from emgspasm.stream import Chunk

CASCADES = (
    Cascade(),
    Cascade((HighPass(28.0, 1),)),
    Cascade((BandPass(order=8), Notch(50.0, 30.0))),
    Cascade((Notch(60.0, 100.0, (1, 3)),)),
    Cascade(()),
)


def by_scipy(cascade, fs, samples):
    """One channel: every run between NaN filtered alone, from the steady state of its start."""
    sos = cascade.sos(fs)
    out = np.full(len(samples), np.nan)
    runs = np.ma.clump_unmasked(np.ma.masked_invalid(samples))
    for run in runs:
        x = samples[run]
        out[run], _ = signal.sosfilt(sos, x, zi=signal.sosfilt_zi(sos) * x[0])
    return out


@pytest.mark.parametrize("cascade", CASCADES, ids=lambda c: f"{len(c.filters)} filters")
@pytest.mark.parametrize("fs", [500.0, 1000.0, 4000.0])
def test_filters_are_scipy_s_restarted_after_what_is_missing(cascade, fs, stream_info):
    rng = np.random.default_rng(0)
    samples = rng.normal(2000.0, 50.0, (3000, 2))
    samples[[0, 700, 701, 2999], 0] = np.nan
    samples[1000:1500, 1] = np.nan
    chunk = Chunk(0, samples)
    state = cascade.init(stream_info(2, fs), chunk)
    _, out = cascade.step(state, chunk)
    for channel in range(2):
        expected = by_scipy(cascade, fs, samples[:, channel])
        assert out.samples[:, channel] == pytest.approx(expected, rel=1e-9, abs=1e-8, nan_ok=True)


def test_an_electrode_offset_makes_no_transient(stream_info):
    chunk = Chunk(0, np.full((2000, 1), 187_000.0))
    cascade = Cascade()
    _, out = cascade.step(cascade.init(stream_info(), chunk), chunk)
    assert np.abs(out.samples).max() < 1e-6


def rms(samples, window, fs, stream_info):
    envelope = RmsEnvelope(window / fs)
    chunk = Chunk(0, samples[:, None].copy())
    _, out = envelope.step(envelope.init(stream_info(1, fs), chunk), chunk)
    return out.samples[:, 0]


def naive_rms(samples, window):
    """RMS of the last `window` samples since the last NaN."""
    out, past = [], []
    for x in samples:
        if np.isnan(x):
            past = []
            out.append(np.nan)
            continue
        past = [*past, x][-window:]
        out.append(sqrt(sum(p * p for p in past) / len(past)))
    return np.array(out)


values = st.one_of(st.floats(-1e4, 1e4), st.just(np.nan))


@given(samples=arrays(np.float64, st.integers(1, 200), elements=values), window=st.integers(2, 40))
def test_the_moving_rms_is_the_naive_one(samples, window, stream_info):
    got = rms(samples, window, 1000.0, stream_info)
    # a running sum of squares keeps an absolute error of its largest term's rounding
    assert got == pytest.approx(naive_rms(samples, window), rel=1e-9, abs=1e-3, nan_ok=True)


def test_millivolts_leave_no_trace_in_the_quiet_after_them(stream_info):
    samples = np.random.default_rng(1).normal(0.0, 1.0, 3000)
    samples[1000:1010] = 1e5
    got = rms(samples, 20, 1000.0, stream_info)
    assert got[1050:] == pytest.approx(naive_rms(samples, 20)[1050:], rel=1e-12)


def test_a_quiet_after_millivolts_is_never_the_root_of_a_negative_number(stream_info):
    samples = np.zeros(300)
    samples[37] = 1e5 / 3
    got = rms(samples, 20, 1000.0, stream_info)
    assert np.isfinite(got).all()
    assert (got[100:] == 0.0).all()


@given(data=st.data())
def test_the_moving_rms_does_not_feel_where_chunks_end(data):
    samples = data.draw(arrays(np.float64, (1, 120), elements=values))
    edge = data.draw(st.integers(0, 120))
    window = data.draw(st.integers(2, 30))

    def state():
        return np.zeros((1, window)), np.zeros(1), np.zeros(1, np.int64)

    whole = kernels.moving_rms(samples, *state())
    past = state()
    parts = [kernels.moving_rms(s, *past) for s in (samples[:, :edge], samples[:, edge:])]
    assert np.array_equal(whole, np.hstack(parts), equal_nan=True)


def test_a_channel_is_filtered_alike_whatever_is_beside_it(stream_info):
    samples = np.random.default_rng(0).normal(size=(500, 11))  # more than one instruction takes
    samples[200:210, 3] = samples[50:100, 9] = np.nan
    cascade = Cascade()

    def filtered(some):
        chunk = Chunk(0, np.ascontiguousarray(some))
        return cascade.step(cascade.init(stream_info(some.shape[1], 1000.0), chunk), chunk)[1]

    alone = [filtered(samples[:, [k]]).samples[:, 0] for k in range(11)]
    np.testing.assert_array_equal(filtered(samples).samples.T, alone)
