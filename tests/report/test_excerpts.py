"""Excerpts: how large their rows are drawn, and what is named in them."""

import numpy as np
import pandas as pd
import pytest

from emgspasm.report.excerpts import Choice, Excerpt, half_heights
from emgspasm.report.figures_excerpt import excerpt_figure
from emgspasm.stream import Channel, StreamInfo


def excerpt(*units, samples=(1.0, 1.0)):
    channels = tuple(Channel(f"{i}", unit=unit) for i, unit in enumerate(units))
    return Excerpt(
        Choice("rest", None, 0.0), StreamInfo(500.0, channels), np.tile(samples, (len(units), 1)).T
    )


@pytest.mark.parametrize(
    ("peak", "half"), [(26_000.0, 6e4), (25_000.0, 5e4), (30.0, 60.0), (0.004, 0.008), (1e9, 2e9)]
)
def test_rows_have_room_for_twice_the_peaks_of_any_magnitude(peak, half):
    artifact = excerpt("uV", samples=(1.0, -1e12))
    assert half_heights([artifact], peak) == {"uV": pytest.approx(half)}


@pytest.mark.parametrize(("shown", "half"), [(48.0, 50.0), (59.0, 60.0), (1.0, 30.0)])
def test_rows_are_no_higher_than_what_they_show_needs(shown, half):
    assert half_heights([excerpt("uV", samples=(1.0, -shown))], 30.0) == {"uV": half}


def test_rows_of_a_recording_without_spasms_have_room_for_calm_muscles():
    assert half_heights([excerpt("uV")], None) == {"uV": 100.0}


def test_rows_of_another_unit_have_room_for_its_own_samples():
    counts = excerpt("uV", "n/a", samples=np.array([0.0, -1300.0, np.nan, 3.0]))  # uV: cut off
    assert half_heights([counts], 30.0) == {"uV": 60.0, "n/a": 1500.0}


def test_rows_without_any_signal_still_have_a_height():
    nothing = excerpt("n/a", samples=np.full(4, np.nan))
    assert half_heights([nothing], None) == {"n/a": 1.0}


def test_the_event_an_excerpt_is_about_is_named_though_another_begins_just_before():
    channels = tuple(map(Channel.from_label, ("OOC_L", "OOC_R")))
    shown = Excerpt(Choice("doubtful", "E2", 0.0), StreamInfo(250.0, channels), np.zeros((2500, 2)))
    events = pd.DataFrame(
        {
            "event_id": ["E1", "E2", "E3"],
            "trial_type": ["blink", "spasm", "blink"],
            "class": [None, "grouped", None],
            "side": ["B", "L", "B"],
            "onset": [5.0, 5.2, 5.4],
            "duration": [0.1, 0.3, 0.1],
            "channel": None,
        }
    )
    (ax,) = excerpt_figure(shown, events, {"uV": 50.0}).axes
    written = {text.get_text() for text in ax.texts}
    assert "spasm L" in written
    assert "blink" not in written
