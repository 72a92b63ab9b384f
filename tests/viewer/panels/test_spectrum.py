"""The spectrum of a selection: its numbers against known signals, and what it withholds."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt
from scipy.signal import welch

from emgspasm.desk.palette import DARK, LIGHT
from emgspasm.stream import Channel, StreamInfo
from emgspasm.viewer.panels.density import density, longest_whole
from emgspasm.viewer.panels.spectrum import Spectrum

LABELS = ("ECG", "OOC_L", "OOC_R", "ZYG_L", "ZYG_R", "odd")


def info(sampling_frequency):
    return StreamInfo(sampling_frequency, tuple(map(Channel.from_label, LABELS)))


@pytest.fixture
def panel(qtbot):
    made = Spectrum(info(2000.0), DARK)
    qtbot.addWidget(made)
    made.resize(700, 260)
    return made


def signal(seconds=3.0, fs=2000.0, n_channels=5):
    """Noise of 5 uV, and 50 Hz of 20 uV on the second channel."""
    rng, t = np.random.default_rng(1), np.arange(round(seconds * fs)) / fs
    samples = rng.normal(0, 5, (len(t), n_channels))
    samples[:, 1] += 20 * np.sin(2 * np.pi * 50 * t)
    return samples


def test_the_power_of_a_sine_is_half_its_amplitude_squared_at_its_frequency():
    t = np.arange(4000) / 2000.0
    found = density(30 * np.sin(2 * np.pi * 120 * t), 2000.0)
    assert found.frequencies[np.argmax(found.power)] == 120.0
    assert np.sum(found.power) * found.frequencies[1] == pytest.approx(450.0, rel=0.01)
    assert found.median_frequency(524.0) == 120.0


def test_white_noise_halves_its_power_in_the_middle_of_the_band():
    noise = np.random.default_rng(0).normal(0, 10, 60_000)
    found = density(noise, 2000.0)
    assert found.median_frequency(520.0) == pytest.approx(270.0, abs=6)
    assert np.median(found.power) == pytest.approx(100 / 1000, rel=0.1)


@pytest.mark.parametrize("n_samples", [3333, 250, 101])
def test_the_spectrum_is_that_of_welch(n_samples):
    samples = np.random.default_rng(3).normal(2, 10, n_samples)
    found = density(samples, 1000.0)
    frequencies, power = welch(samples, 1000.0, nperseg=min(n_samples, 500))
    assert found.frequencies == pytest.approx(frequencies)
    assert found.power == pytest.approx(power)


def test_the_first_spectrum_waits_for_no_import():
    code = (
        "import sys, numpy as np; from emgspasm.viewer.panels.density import density\n"
        "density(np.ones(500), 1000.0); sys.exit('scipy.signal' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_numbers_stand_at_decades_alone_so_that_they_never_overlap(panel):
    panel.show_selection(signal())
    numbered = panel.plot.getAxis("left").tickValues(-2, 1, 100)[0][1]
    assert len(numbered) >= 3
    assert np.allclose(np.diff(numbered), 1)


def test_missing_samples_are_left_out_and_never_filled():
    samples = np.arange(100.0)
    samples[[0, 30, 31, 95]] = np.nan
    assert np.array_equal(longest_whole(samples), np.arange(32.0, 95.0))
    assert density(samples, 1000.0) is None
    assert density(np.full(1000, np.nan), 1000.0) is None
    samples = np.arange(260.0)
    samples[[99, 200]] = np.nan
    assert density(samples, 1000.0).seconds == 0.1


@pytest.mark.parametrize(("height", "highest"), [(0.0, 262.0), (5.0, 10.0)])
def test_without_power_in_the_band_no_median_frequency_is_told(height, highest):
    found = density(height * signal(fs=1000.0)[:, 0], 1000.0)
    assert np.isnan(found.median_frequency(highest))


def test_both_sides_of_the_chosen_muscle_are_drawn_left_solid_right_dashed(panel):
    panel.show_selection(signal())
    left, right = panel._curves["left"], panel._curves["right"]
    assert left.xData[-1] == right.xData[-1] == 1000.0
    peak = right.xData[np.argmax(right.yData)]
    assert peak == 50.0
    assert left.opts["pen"].style() == Qt.PenStyle.SolidLine
    assert right.opts["pen"].style() == Qt.PenStyle.DashLine


def test_the_words_tell_median_usable_band_and_mains_of_each_side(panel):
    panel.show_selection(signal())
    words = panel.words.text()
    assert "L median" in words
    assert "grey: above the usable 524 Hz" in words
    assert "R mains 50 Hz +" in words
    assert "L mains" not in words


def test_another_muscle_is_chosen_by_keyboard(panel, qtbot):
    panel.show_selection(signal())
    qtbot.keyClick(panel.chooser, Qt.Key.Key_Down)
    assert panel.chooser.currentText() == "zygomaticus (ZYG)"
    assert "mains" not in panel.words.text()
    qtbot.keyClick(panel.chooser, Qt.Key.Key_End)
    assert panel.chooser.currentText() == "odd"
    assert len(panel._curves["midline"].xData) > 100


def test_under_2000_hz_numbers_of_muscle_are_withheld_in_words_and_all_is_grey(qtbot):
    panel = Spectrum(info(250.0), DARK)
    qtbot.addWidget(panel)
    panel.show_selection(signal(fs=250.0))
    assert "250 Hz: median frequencies withheld (2000 Hz needed)" in panel.words.text()
    assert "R median" not in panel.words.text()
    assert "R mains 50 Hz +" in panel.words.text()
    assert panel._unusable.getRegion() == (0.0, 125.0)


def test_what_is_missing_is_said_and_nothing_is_drawn(panel):
    assert "freeze (Space)" in panel.words.text()
    panel.show_selection(signal(seconds=0.05))
    assert "too short" in panel.words.text()
    panel.show_selection(signal())
    panel.clear()
    assert panel._curves["left"].xData is None or not len(panel._curves["left"].xData)


def test_it_paints_in_both_palettes_without_complaint(panel):
    panel.show_selection(signal())
    dark = panel.grab().toImage()
    panel.dress(LIGHT)
    assert panel.grab().toImage() != dark
