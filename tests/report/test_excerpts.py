"""Excerpts: how large their rows are drawn, and what is named in them."""

import numpy as np
import pandas as pd
import pytest

from emgspasm.config import Config, LoadedConfig
from emgspasm.dsp.pipeline import analyze
from emgspasm.report.excerpts import Choice, Excerpt, choose, half_heights, read_excerpts
from emgspasm.report.figures_excerpt import excerpt_figure
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.opening import open_recording
from emgspasm.stream import Channel, Chunk, StreamInfo


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


def test_rows_of_all_excerpts_have_room_for_the_largest_of_them():
    shown = [excerpt("n/a", samples=(1.0, -largest)) for largest in (3.0, 1300.0, 5.0)]
    assert half_heights(shown, None) == {"n/a": 1500.0}


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
            "muscles": "OOC",
            "status": "auto",
        }
    )
    (ax,) = excerpt_figure(shown, events, {"uV": 50.0}).axes
    written = {text.get_text() for text in ax.texts}
    assert "spasm L" in written
    assert "blink" not in written


def told(*rows):
    """An events table; rows of type, class, onset, duration, laterality index, confidence."""
    names = ("trial_type", "class", "onset", "duration", "li", "confidence")
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    return frame.assign(event_id=[f"E{i}" for i in range(len(rows))], status="auto", quality="good")


SPASMS = (
    ("blink", None, 5.0, 0.2, 0.1, None),
    ("spasm", "grouped", 20.0, 0.5, 0.9, None),
    ("spasm", "grouped", 30.0, 0.6, -0.9, None),
    ("spasm", "tonic", 40.0, 9.5, 0.9, None),
    ("spasm", "grouped", 60.0, 0.4, -0.6, None),
)


def test_three_spasms_are_shown_each_for_another_reason():
    chosen = choose(told(*SPASMS), 100.0)
    assert [(c.name, c.event_id) for c in chosen] == [
        ("typical", "E1"), ("longest", "E3"), ("doubtful", "E4"),
    ]  # fmt: skip


def test_a_spasm_is_shown_once_though_it_is_the_only_one():
    (only,) = choose(told(*SPASMS[:2]), 100.0)
    assert (only.name, only.event_id) == ("typical", "E1")


def test_a_spasm_while_the_filters_settle_which_no_table_counts_is_not_shown():
    events = told(*SPASMS)
    events.loc[1, "quality"] = "settling"
    assert choose(events, 100.0)[0].event_id == "E2"


@pytest.mark.parametrize("kind", ["blepharospasm", "myokymia"])
def test_without_a_spasm_what_is_rarer_than_a_blink_is_shown(kind):
    (shown,) = choose(told(SPASMS[0], (kind, None, 20.0, 0.5, 0.1, None)), 100.0)
    assert (shown.name, shown.event_id) == (kind, "E1")


def test_a_rejected_spasm_is_not_shown():
    events = told(*SPASMS)
    events.loc[3, "status"] = "rejected"
    assert "E3" not in {choice.event_id for choice in choose(events, 100.0)}


def test_a_rejected_blink_is_not_shown():
    events = told(SPASMS[0], ("blink", None, 8.0, 0.2, 0.1, None))
    events.loc[0, "status"] = "rejected"
    assert [choice.event_id for choice in choose(events, 100.0)] == ["E1"]


def test_doubtful_is_what_the_detector_was_least_sure_of_where_it_says_so():
    rows = [(*row[:5], sure) for row, sure in zip(SPASMS, (0.1, 0.9, 0.3, 0.9, None), strict=True)]
    assert choose(told(*rows), 100.0)[-1].event_id == "E2"


def test_without_a_spasm_a_blink_is_shown_and_without_any_the_rest():
    assert [c.name for c in choose(told(SPASMS[0]), 100.0)] == ["blink"]
    nothing = told(("artifact", None, 1.0, 0.1, 0.0, None))
    assert [(c.name, c.start) for c in choose(nothing, 100.0)] == [("rest", 10.0)]
    assert [c.start for c in choose(nothing, 15.0)] == [5.0]


@pytest.mark.parametrize(
    ("onset", "length", "start"), [(20.0, 0.5, 15.0), (20.0, 9.5, 19.0), (2.0, 0.5, 0.0),
                                   (98.0, 0.5, 91.0)],
)  # fmt: skip
def test_an_event_stands_amid_its_excerpt_as_far_as_the_recording_goes(onset, length, start):
    (shown,) = choose(told(("spasm", "tonic", onset, length, 0.9, None)), 100.5)
    assert (shown.start, shown.stop) == (start, start + 10.0)


def test_an_excerpt_is_the_signal_as_it_was_analyzed_where_the_muscle_acted(tmp_path):
    info = StreamInfo(2000.0, tuple(Channel(n, full_scale=1e3) for n in ("OOC_L", "OOC_R")))
    with BdfWriter(tmp_path / "x.bdf", info) as writer:
        writer.write(Chunk(0, np.random.default_rng(0).normal(0, 20, (60_000, 2))))
    config, recording = LoadedConfig(Config(mains="off")), open_recording(tmp_path / "x.bdf")
    pipeline = config.config.pipeline
    whole = np.concatenate(
        [a.filtered.samples for a in analyze(pipeline, recording.info, recording)]
    )
    delay = round(pipeline.delay(recording.info) * 2000.0)
    assert delay > 0
    assert len(whole) == 60_000
    choices = [Choice("rest", None, start) for start in (0.0, 12.0, 20.0)]
    for excerpt in read_excerpts(recording, config, choices):
        start = round(excerpt.choice.start * 2000.0) + delay
        expected = np.full((20_000, 2), np.nan)  # the last samples of a recording come too late
        expected[: len(whole) - start] = whole[start : start + 20_000]
        np.testing.assert_allclose(excerpt.samples, expected, atol=0.5)
