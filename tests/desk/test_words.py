"""What stands beside and on the traces, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.desk.feed import Feed
from emgspasm.desk.palette import DARK
from emgspasm.desk.strip import CLIPPED, FLAT, GAP
from emgspasm.desk.words import event_text, labels, lane_texts, limits, unit_of, warning
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.stream import Annotation, Burst, Channel, Event, StreamInfo

FS = 100.0
EMG = tuple(map(Channel.from_label, ("OOC_L", "ZYG_R")))
INFO = StreamInfo(FS, (Channel.from_label("ECG"), *EMG))
SPASM = Event("spasm", 100, 150, "R", "tonic", bursts=(Burst(2, 100, 150, 9.0, 5.0, 1.0),))
BLINK = Event("blink", 300, 320, "B", bursts=(Burst(1, 300, 320, 9.0, 5.0, 1.0),))


@pytest.mark.parametrize(
    ("n_clipped", "n_flat", "n_missing", "noise", "said"),
    [
        (0, 0, 0, 5.0, ""),
        (0, 0, 0, 5.1, "NOISY"),
        (0, 0, 0, np.nan, ""),
        (0, 0, 50, 9.0, "NOISY"),
        (0, 0, 51, 9.0, "NO DATA"),
        (0, 1, 51, 9.0, "FLAT: lead off?"),
        (10, 1, 51, 9.0, "FLAT: lead off?"),
        (11, 1, 51, 9.0, "RAILED"),
    ],
)
def test_the_worst_of_the_last_second_is_said_of_a_channel(
    n_clipped, n_flat, n_missing, noise, said
):
    marks = np.zeros(100, np.uint16)
    for mark, count in ((CLIPPED, n_clipped), (FLAT, n_flat), (GAP, n_missing)):
        marks[:count] |= mark
    assert warning(marks, noise) == said


def test_of_a_channel_of_which_nothing_has_come_nothing_is_said():
    assert warning(np.zeros(0, np.uint16), 9.0) == ""


def test_an_event_is_called_by_its_class_and_a_spasm_by_both():
    smile = Event("voluntary", 0, 1, "B", "smile")
    events = (SPASM, replace(SPASM, label=""), BLINK, smile)
    assert list(map(event_text, events)) == ["spasm tonic", "spasm", "blink", "smile"]


def test_events_stand_on_their_channels_with_what_an_expert_says_of_them():
    feed = Feed(INFO, Pipeline())
    feed.found.add((), (SPASM, BLINK))
    feed.found.remarks[100, 150] = "rejected"
    written = [(frozenset({1}), 100, "spasm tonic rejected", DARK.spasm)]
    assert labels(feed, 0, 300, DARK) == written
    assert labels(feed, 0, 301, DARK)[1:] == [(frozenset({0}), 300, "blink", DARK.blink)]


def test_an_event_that_may_still_change_is_asked_and_not_said():
    feed = Feed(INFO, Pipeline())
    feed.found.provisional = (SPASM,)
    assert labels(feed, 0, 400, DARK) == [(frozenset({1}), 100, "spasm?", DARK.faint)]


def test_of_markers_at_one_place_the_last_is_written_over_all_channels():
    feed = Feed(INFO, Pipeline())
    feed.found.markers += [Annotation(at, 0.0, text) for at, text in ((1.0, "a"), (1.0, "b"))]
    assert labels(feed, 100, 101, DARK) == [(None, 100, "b", DARK.accent)]
    assert labels(feed, 0, 100, DARK) == labels(feed, 101, 200, DARK) == []


def test_a_line_has_its_muscle_side_and_noise_beside_it():
    feed = Feed(INFO, Pipeline())
    feed.thresholds = np.array([[np.nan, 1.26]] * 3)
    told = [(text.name, text.muscle, text.side, text.level) for text in lane_texts(feed).values()]
    assert told == [
        ("OOC_L", "orbicularis oculi", "left", ""),
        ("ZYG_R", "zygomaticus", "right", "noise 1.3 µV"),
    ]


@pytest.mark.parametrize(
    ("units", "shown"),
    [(("uV", "uV"), "µV"), (("count", "count"), "count"), (("uV", "count"), "units"),
     (("", ""), "units")],
)  # fmt: skip
def test_a_unit_is_told_where_all_channels_share_it(units, shown):
    channels = tuple(replace(c, unit=unit) for c, unit in zip(EMG, units, strict=True))
    assert unit_of(StreamInfo(FS, (INFO.channels[0], *channels))) == shown


def test_what_a_rate_cannot_carry_is_named_with_it():
    assert limits(250.0).startswith("250 Hz: ")
    assert limits(250.0).endswith(" withheld")
    assert limits(20_000.0) == ""
