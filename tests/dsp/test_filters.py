"""What the filters do to a frequency, and what they say of their own delay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from emgspasm.dsp.design import butterworth
from emgspasm.dsp.envelope import LinearEnvelope, RmsEnvelope
from emgspasm.dsp.filters import BandPass, Cascade, HighPass, Notch
from emgspasm.dsp.responses import rise, settling_samples
from emgspasm.stream import Chunk


def gain(sos, frequencies, fs):
    _, response = signal.freqz_sos(sos, np.atleast_1d(frequencies), fs=fs)
    return np.abs(response)


def measured_gain(cascade, frequency, fs, stream_info):
    """Gain of a sine through the stage itself, once settled."""
    seconds = np.arange(round(8 * fs)) / fs
    chunk = Chunk(0, np.sin(2 * np.pi * frequency * seconds)[:, None])
    _, out = cascade.step(cascade.init(stream_info(1, fs), chunk), chunk)
    late = slice(round(6 * fs), None)
    return np.sqrt((out.samples[late] ** 2).mean() / (chunk.samples[late] ** 2).mean())


@pytest.mark.parametrize("order", [1, 2, 4, 8])
def test_a_band_pass_has_butterworth_s_magnitude(order):
    band, fs = BandPass(20.0, 450.0, order), 4000.0
    f = np.array([5.0, 10.0, 20.0, 60.0, 95.0, 200.0, 450.0, 900.0])
    # the bilinear transform's own frequencies, centre and width
    warped, low, high = (np.tan(np.pi * x / fs) for x in (f, 20.0, 450.0))
    offset = (warped**2 - low * high) / (warped * (high - low))
    expected = 1 / np.sqrt(1 + offset ** (2 * order))
    assert gain(band.sos(fs), f, fs) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("frequency", [8.0, 20.0, 100.0, 450.0, 480.0])
def test_the_stage_has_the_magnitude_of_its_design(frequency, stream_info):
    cascade, fs = Cascade((BandPass(), Notch(100.0, 30.0, (1,)))), 1000.0
    expected = gain(cascade.sos(fs), frequency, fs)[0]
    got = measured_gain(cascade, frequency, fs, stream_info)
    assert got == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_a_high_pass_is_3_db_down_at_its_corner():
    f = np.array([28.0, 2.8])
    assert gain(HighPass(28.0, 4).sos(1000.0), f, 1000.0) == pytest.approx(
        [0.5**0.5, 1e-4], rel=2e-2
    )


def test_a_notch_takes_out_the_mains_and_its_harmonics_alone():
    sos = Notch(50.0, 30.0).sos(1000.0)
    mains = 50.0 * np.arange(1, 9)
    assert gain(sos, mains, 1000.0) == pytest.approx(0.0, abs=1e-9)
    assert (gain(sos, mains + 10.0, 1000.0) > 0.97).all()


@pytest.mark.parametrize("multiple", [1, 2, 5])
def test_all_harmonics_of_a_notch_are_equally_wide(multiple):
    sos = Notch(50.0, 25.0, (multiple,)).sos(1000.0)
    edges = 50.0 * multiple + np.array([-1.0, 1.0])  # 50 Hz / Q 25 = 2 Hz between -3 dB points
    assert gain(sos, edges, 1000.0) == pytest.approx(0.5**0.5, rel=0.02)


def test_the_band_ends_where_the_sampling_frequency_carries_no_more():
    assert BandPass().band(2000.0) == (20.0, 450.0)
    assert BandPass().band(500.0) == (20.0, 225.0)


def test_under_200_hz_the_low_pass_is_lowered_instead():
    both = butterworth(4, (20.0, 0.45 * 125.0), "bandpass", 125.0)
    assert np.array_equal(BandPass().sos(125.0), both)


@pytest.mark.parametrize("fs", [200.0, 250.0, 500.0, 999.0])
def test_a_band_whose_end_the_rate_does_not_carry_has_no_low_pass(fs):
    assert np.array_equal(BandPass().sos(fs), HighPass().sos(fs))


def test_a_band_whose_end_the_rate_carries_has_both_slopes():
    assert np.array_equal(
        BandPass(20.0, 112.0).sos(250.0), butterworth(4, (20.0, 112.0), "bandpass", 250.0)
    )


def test_a_rate_without_any_band_left_says_which_rate_would_do():
    with pytest.raises(ValueError, match=r"40 Hz carries signals up to 18 Hz.*Record at 46 Hz"):
        BandPass().sos(40.0)
    assert BandPass().band(46.0)[1] > 20.0


@pytest.mark.parametrize(("filtering", "end"), [(HighPass(150.0), 112.5), (Notch(150.0), 122.5)])
def test_a_filter_above_the_band_is_refused_with_the_band_s_end(filtering, end):
    with pytest.raises(ValueError, match=rf"=150 Hz at 250 Hz.*up to {end} Hz"):
        filtering.sos(250.0)


@pytest.mark.parametrize("low_pass", [450.0, 600.0, np.inf])
def test_a_linear_envelope_above_the_band_is_refused_with_the_band_s_end(low_pass):
    with pytest.raises(ValueError, match=rf"low_pass={low_pass:g} Hz at 1000 Hz.*up to 450 Hz"):
        LinearEnvelope(low_pass).sos(1000.0)


@pytest.mark.parametrize(
    "narrow", [BandPass(100.0, 100.0001, 8), BandPass(0.01, 0.02, 12), Notch(0.1, 100.0)]
)
def test_filters_that_ring_for_longer_than_ten_minutes_are_refused(narrow, stream_info):
    with pytest.raises(ValueError, match=r"ring for \d+ s after a start, 600 s is the most"):
        Cascade((BandPass(), narrow)).settling(stream_info(fs=1024))


def test_mains_is_taken_out_up_to_where_the_recorder_ends_the_band():
    pipeline = Cascade((BandPass(), Notch(60.0)))
    line = gain(pipeline.sos(250.0), np.array([120.0]), 250.0)
    assert line == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (lambda: BandPass(450.0, 20.0), "band 450-20 Hz"),
        (lambda: BandPass(float("nan"), 20.0), "band nan-20 Hz"),
        (lambda: BandPass(order=0), "order=0"),
        (lambda: BandPass(1e-9), "band 1e-09-450 Hz"),
        (lambda: HighPass(-1.0), "high_pass=-1"),
        (lambda: HighPass(1e-9), "high_pass=1e-09"),
        (lambda: Notch(0.0), "frequency=0"),
        (lambda: Notch(1e-6), "frequency=1e-06 Hz; it must be 0.01 or more"),
        (lambda: Notch(50.0, 500.0), "quality=500"),
        (lambda: Notch(50.0, 30.0, ()), "multiples="),
        (lambda: RmsEnvelope(0.0), "window=0"),
        (lambda: RmsEnvelope(float("nan")), "window=nan"),
        (lambda: LinearEnvelope(0.0), "low_pass=0"),
        (lambda: LinearEnvelope(1e-6), "low_pass=1e-06 Hz; it must be 0.01 or more"),
        (lambda: LinearEnvelope(order=9), "order=9"),
    ],
)
def test_an_impossible_filter_is_refused_with_its_value(make, wrong):
    with pytest.raises(ValueError, match=wrong):
        make()


designs = st.one_of(
    st.builds(BandPass, st.floats(5.0, 40.0), st.floats(100.0, 450.0), order=st.integers(1, 6)),
    st.builds(HighPass, st.floats(5.0, 100.0), st.integers(1, 6)),
    st.builds(Notch, st.sampled_from([50.0, 60.0]), st.floats(1.0, 50.0)),
)


@given(design=designs)
def test_the_delay_is_where_half_the_power_of_switched_on_noise_has_come(design):
    sos = design.sos(1000.0)
    # variance over an ensemble of noises is the running sum of the squared impulse response
    response = signal.sosfilt(sos.copy(), np.r_[1.0, np.zeros(20_000)])
    variance = np.cumsum(response**2)
    first = int(np.argmax(variance >= variance[-1] / 2))
    assert first - 0.5 <= rise(sos) <= first + 0.5


def test_the_delay_is_that_of_an_ensemble_of_noises():
    rng, sos = np.random.default_rng(0), BandPass().sos(1000.0)  # read-only, and taken as it is
    noises = np.concatenate([np.zeros((4000, 200)), rng.normal(size=(4000, 400))], axis=1)
    power = (signal.sosfilt(sos.copy(), noises, axis=1) ** 2).mean(axis=0)[200:]
    half = power[100:].mean() / 2
    above = int(np.argmax(power >= half))
    assert above - 1 <= rise(sos) <= above + 1


@given(design=designs)
def test_after_settling_a_start_has_decayed_to_a_hundredth(design):
    """Of the slowest pole: asked of the poles of the transfer function, section by section."""
    sos = design.sos(1000.0)
    radius = max(np.abs(np.roots(section[3:])).max() for section in sos)
    n = settling_samples(sos)
    assert radius**n <= 0.01 * (1 + 1e-6)
    assert n == 1 or radius ** (n - 1) > 0.01 * (1 - 1e-6)


def test_a_filter_without_poles_settles_at_once():
    assert settling_samples(Cascade(()).sos(1000.0)) == 1
    assert rise(Cascade(()).sos(1000.0)) == 0.0


@pytest.mark.parametrize("envelope", [RmsEnvelope(0.05), LinearEnvelope(), LinearEnvelope(5.0, 1)])
def test_an_envelope_of_gaussian_noise_reads_its_rms(envelope, stream_info):
    chunk = Chunk(0, np.random.default_rng(0).normal(0.0, 7.0, (60_000, 1)))
    _, out = envelope.step(envelope.init(stream_info(), chunk), chunk)
    assert out.samples[2000:].mean() == pytest.approx(7.0, rel=0.02)


@given(samples=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=100))
def test_a_linear_envelope_is_never_negative(samples, stream_info):
    chunk = Chunk(0, np.array(samples)[:, None])
    envelope = LinearEnvelope(20.0, 4)
    _, out = envelope.step(envelope.init(stream_info(), chunk), chunk)
    assert (out.samples >= 0).all()


@pytest.mark.parametrize(
    ("envelope", "power"),
    [
        (RmsEnvelope(0.02), 2),
        (RmsEnvelope(0.05), 2),
        (LinearEnvelope(20.0, 2), 1),
        (LinearEnvelope(5.0, 1), 1),
        (LinearEnvelope(20.0, 4), 1),
    ],
)
def test_an_envelope_is_late_by_its_delay_when_noise_begins(envelope, power, stream_info):
    info = stream_info(500)
    samples = np.random.default_rng(1).normal(size=(1500, 500))
    samples[:500] *= 1e-3
    chunk = Chunk(0, samples)
    _, out = envelope.step(envelope.init(info, chunk), chunk)
    mean = (out.samples**power).mean(axis=1)
    half = int(np.argmax(mean >= 0.5 * mean[800:].mean())) - 500
    assert half == pytest.approx(1000 * envelope.delay(info), abs=1.5)


@pytest.mark.parametrize("fs", [1000, 4096, 16_000])
def test_without_filters_nothing_rings_at_any_rate(fs, stream_info):
    assert Cascade(()).ringing(stream_info(fs=fs))[0] == 0
    assert Cascade(()).decay(stream_info(fs=fs)) == ()
