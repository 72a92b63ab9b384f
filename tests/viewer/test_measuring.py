"""What lies between two cursors, in numbers."""

import numpy as np
import pytest

from emgspasm.desk.strip import Strip
from emgspasm.stream import Chunk
from emgspasm.viewer.measuring import measure


@pytest.fixture
def strip():
    """A second of 10 uV of 50 Hz on an electrode's 20 mV; its filtered signal has none of these."""
    sine = 10 * np.sin(2 * np.pi * 50 * np.arange(1000) / 1000)[:, np.newaxis]
    made = Strip(1000.0, 1, 2.0)
    raw, filtered = Chunk(0, sine + 20_000), Chunk(0, sine)
    made.write(raw, filtered, Chunk(0, np.full((1000, 1), 7.0)), np.full((3, 1), np.nan))
    return made


@pytest.mark.parametrize(
    ("track", "peak_to_peak", "rms"),
    [("raw", 20.0, 50**0.5), ("filtered", 20.0, 50**0.5), ("envelope", 0.0, 7.0)],
)
def test_a_raw_signal_is_measured_about_its_mean_and_others_as_they_are(
    strip, track, peak_to_peak, rms
):
    (found,) = measure(strip, track, 0, 1000)
    assert found.peak_to_peak == pytest.approx(peak_to_peak, abs=0.01)
    assert found.rms == pytest.approx(rms, rel=1e-3)


def test_where_there_is_no_signal_nothing_is_measured(strip):
    (found,) = measure(strip, "raw", 2000, 3000)
    assert found.told("uV") == "p-p n/a   RMS n/a"
