"""Excerpts: how large their rows are drawn."""

import numpy as np
import pytest

from emgspasm.report.excerpts import Choice, Excerpt, half_heights
from emgspasm.stream import Channel, StreamInfo


def excerpt(*units, samples=(1.0, 1.0)):
    channels = tuple(Channel(f"{i}", unit=unit) for i, unit in enumerate(units))
    return Excerpt(
        Choice("rest", None, 0.0), StreamInfo(500.0, channels), np.tile(samples, (len(units), 1)).T
    )


@pytest.mark.parametrize(
    ("peak", "half"), [(26_000.0, 1e5), (25_000.0, 5e4), (30.0, 100.0), (0.004, 0.01), (1e9, 2e9)]
)
def test_rows_have_room_for_twice_the_peaks_of_any_magnitude(peak, half):
    assert half_heights([excerpt("uV")], peak) == {"uV": pytest.approx(half)}


def test_rows_of_a_recording_without_spasms_have_room_for_calm_muscles():
    assert half_heights([excerpt("uV")], None) == {"uV": 100.0}


def test_rows_of_another_unit_have_room_for_its_own_samples():
    counts = excerpt("uV", "n/a", samples=np.array([0.0, -1300.0, np.nan, 3.0]))
    assert half_heights([counts], 30.0) == {"uV": 100.0, "n/a": 2000.0}


def test_rows_without_any_signal_still_have_a_height():
    nothing = excerpt("n/a", samples=np.full(4, np.nan))
    assert half_heights([nothing], None) == {"n/a": 1.0}
