"""The converter against its formula, and against the figures known for 250 Hz."""

from itertools import pairwise

import numpy as np
import pytest

from emgspasm.simulation.ads1299 import ADS1299, arrivals, quantize

RATES = [200, 250, 333, 500, 1000, 2000, 4000, 8000]


def measured_decibels(device, frequency):
    """Send a tone through the filter; compare output and input RMS over whole seconds."""
    n = 4 * round(device.simulated_frequency) + len(device.weights) - device.ratio
    seconds = (np.arange(n) - device.delay) / device.simulated_frequency
    tone = np.sin(2 * np.pi * frequency * seconds + 0.3)[:, np.newaxis]
    return 20 * np.log10(device.decimate(tone).std() * np.sqrt(2))


@pytest.mark.parametrize(
    ("frequency", "decibels"), [(20, -0.3), (50, -1.7), (80, -4.5), (110, -8.9)]
)
def test_tones_at_250_hz_lose_what_the_data_sheet_says(frequency, decibels):
    assert measured_decibels(ADS1299(250.0), frequency) == pytest.approx(decibels, abs=0.06)


@pytest.mark.parametrize("rate", RATES)
def test_half_power_lies_at_0262_of_the_rate(rate):
    assert measured_decibels(ADS1299(float(rate)), round(0.262 * rate)) == pytest.approx(
        -3, abs=0.25
    )


@pytest.mark.parametrize("rate", RATES)
def test_response_is_the_sinc_cubed_of_the_real_converter_below_nyquist(rate):
    frequencies = np.linspace(1, 0.5 * rate, 50)
    gain = ADS1299(float(rate)).gain(frequencies)
    expected = np.abs(np.sinc(frequencies / rate)) ** 3
    np.testing.assert_allclose(20 * np.log10(gain / expected), 0, atol=0.7)


def test_gain_agrees_with_the_impulse_response():
    device = ADS1299(1000.0)
    frequencies = np.array([0.0, 13.0, 262.0, 700.0, 1000.0, 3333.0])
    k = np.arange(len(device.weights))
    turns = np.exp(-2j * np.pi * np.outer(frequencies, k) / device.simulated_frequency)
    np.testing.assert_allclose(device.gain(frequencies), np.abs(turns @ device.weights), atol=1e-12)


@pytest.mark.parametrize("rate", RATES)
def test_the_world_is_simulated_at_8_khz_and_more_with_a_whole_delay(rate):
    device = ADS1299(float(rate))
    assert device.simulated_frequency >= 8000
    assert device.ratio >= 5
    assert device.delay * 2 == len(device.weights) - 1


@pytest.mark.parametrize("rate", RATES)
def test_delay_is_taken_out(rate):
    device = ADS1299(float(rate))
    world = np.zeros((40 * device.ratio + 2 * device.delay, 1))
    world[device.delay + 20 * device.ratio] = 1.0
    recorded = device.decimate(world)[:, 0]
    assert recorded.argmax() == 20
    np.testing.assert_allclose(recorded[19], recorded[21])


def test_values_become_counts_and_clip_at_the_rails():
    step = 187500 / 8388607
    assert quantize(np.array([0.0, 0.4 * step, 0.6 * step, -0.6 * step])).tolist() == [
        0.0,
        0.0,
        step,
        -step,
    ]
    assert quantize(np.array([1e9]))[0] == 8388607 * step
    assert quantize(np.array([-1e9]))[0] == -8388608 * step


def test_nothing_is_lost_without_packet_loss():
    assert list(arrivals(1000, 0.0, np.random.default_rng(0))) == [(0, 1000)]


@pytest.mark.parametrize("loss", [0.001, 0.05, 0.5, 0.95])
def test_packet_loss_is_the_share_asked_for(loss):
    n = 2_000_000
    stretches = list(arrivals(n, loss, np.random.default_rng(1)))
    kept = sum(stop - start for start, stop in stretches)
    assert 1 - kept / n == pytest.approx(loss, rel=0.1)
    assert all(before[1] < after[0] for before, after in pairwise(stretches))
