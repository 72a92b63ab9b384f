"""Designs of filters against those of scipy, and against what a Butterworth filter is."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy import signal

from emgspasm.dsp.design import butterworth, notch, slowest_pole, steady
from emgspasm.dsp.responses import response

RATES = (200.0, 250.0, 1000.0, 2048.0, 16_000.0)
SHAPES = [("bandpass", (20.0, 95.0)), ("highpass", (20.0,)), ("lowpass", (8.0,))]


def scipys(order, corners, kind, fs):
    return signal.butter(
        order, corners if len(corners) > 1 else corners[0], kind, fs=fs, output="sos"
    )


def gain(sos, frequency, fs):
    z = np.exp(2j * np.pi * frequency / fs) ** -np.arange(3)
    return float(np.abs(np.prod((sos[:, :3] @ z) / (sos[:, 3:] @ z))))


@pytest.mark.parametrize(("kind", "corners"), SHAPES)
@pytest.mark.parametrize("order", range(1, 13))
def test_a_butterworth_filter_is_scipys(order, kind, corners):
    for fs in RATES:
        sos = butterworth(order, corners, kind, fs)
        np.testing.assert_allclose(sos, scipys(order, corners, kind, fs), rtol=1e-12, atol=0)


@pytest.mark.parametrize("order", [3, 5])
def test_real_poles_of_a_wide_band_pair_as_scipys_do(order):
    sos = butterworth(order, (5.0, 450.0), "bandpass", 1000.0)
    np.testing.assert_allclose(
        sos, scipys(order, (5.0, 450.0), "bandpass", 1000.0), rtol=1e-12, atol=0
    )


@pytest.mark.parametrize(("kind", "corners"), SHAPES)
@pytest.mark.parametrize("order", [1, 4, 7])
def test_half_the_power_passes_at_the_corners(order, kind, corners):
    sos = butterworth(order, corners, kind, 1000.0)
    for corner in corners:
        assert gain(sos, corner, 1000.0) == pytest.approx(np.sqrt(0.5), rel=1e-6)


def test_sections_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        butterworth(4, (20.0,), "highpass", 250.0)[0, 0] = 1.0


@pytest.mark.parametrize("quality", [1.0, 3.0, 30.0])
@pytest.mark.parametrize("fs", RATES)
def test_a_notch_is_scipys(fs, quality):
    expected = np.concatenate(signal.iirnotch(50.0, quality, fs))
    np.testing.assert_allclose(notch(50.0, quality, fs), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize(("kind", "corners"), SHAPES)
def test_a_steady_memory_answers_a_step_without_transient(kind, corners):
    sos = butterworth(4, corners, kind, 250.0)
    out, memory = signal.sosfilt(sos.copy(), np.ones(50), zi=steady(sos))
    np.testing.assert_allclose(memory, steady(sos), atol=1e-9)
    np.testing.assert_allclose(out, gain(sos, 0.0, 250.0), atol=1e-9)


def test_the_slowest_pole_is_the_largest():
    sos = np.concatenate([scipys(4, (20.0,), "highpass", 1000.0), [notch(50.0, 30.0, 1000.0)]])
    assert slowest_pole(sos) == pytest.approx(np.abs(signal.sos2zpk(sos)[1]).max(), rel=1e-12)


def test_sections_without_poles_ring_no_time():
    assert slowest_pole(np.array([[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])) == 0.0


def test_a_response_from_rest_is_scipys():
    sos = butterworth(4, (20.0, 95.0), "bandpass", 250.0)
    x = np.random.default_rng(1).normal(size=500)
    np.testing.assert_allclose(response(sos, x), signal.sosfilt(sos.copy(), x), rtol=1e-12)


def test_the_default_pipeline_starts_without_scipy_signal():
    code = (
        "import sys; from emgspasm.dsp.filters import Cascade; from emgspasm.dsp.design import "
        "steady; steady(Cascade().sos(1000.0)); sys.exit('scipy.signal' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
