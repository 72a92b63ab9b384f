"""What a feed remembers of a stream: findings in order of onset, thresholds as they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.desk.feed import Feed, Found, Levels
from emgspasm.desk.strip import BURST, CLIPPED, EVENTS, PROVISIONAL, SPASM, VOLUNTARY
from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.stream import Burst, Channel, Chunk, Event, StreamInfo
from emgspasm.synkinesis.folding import Folded

FS = 500.0
INFO = StreamInfo(FS, tuple(Channel.from_label(x, full_scale=1000.0) for x in ("OOC_L", "OOC_R")))


def analysis(start, stop, settled=0, height=5.0):
    chunk = Chunk(start, np.full((stop - start, 2), height))
    return Analysis(chunk, chunk, chunk, (), np.full((3, 2), 2.0), (True, True), settled, stop)


def burst(channel, onset, offset):
    return Burst(channel, onset, offset, 9.0, 5.0, 1.0)


def test_bursts_of_all_channels_stand_in_order_of_onset():
    found = Found(100)
    found.add((burst(1, 100, 900), burst(0, 300, 400), burst(0, 200, 250)), ())
    assert [b.onset for b in found.bursts] == [100, 200, 300]


def test_what_touches_a_stretch_is_found_as_far_back_as_it_is_sought():
    found = Found(100)
    bursts = [burst(0, 100, 200), burst(0, 150, 320), burst(0, 300, 310), burst(0, 400, 500)]
    found.add(tuple(bursts), ())
    assert list(found.bursts_in(200, 400)) == bursts[1:3]
    events = [Event("blink", b.onset, b.offset, "B") for b in bursts]
    found.add((), tuple(events))
    assert list(found.events_in(200, 400)) == events[1:3]
    found.slack = 49
    assert list(found.bursts_in(200, 401)) == bursts[2:]


def test_an_event_that_is_called_otherwise_takes_its_place_and_no_other_one_s():
    left, right = Event("blink", 100, 200, "L"), Event("blink", 100, 200, "R")
    found = Found(100)
    found.add((), (left, right))
    now = Event("voluntary", 100, 200, "L", "wink")
    found.amend(left, now)
    assert found.events == [now, right]


def test_an_event_that_is_called_otherwise_leaves_another_one_of_the_same_time_alone():
    blink, smile = Event("blink", 100, 200, "B"), Event("voluntary", 100, 200, "B", "smile")
    found = Found(100)
    found.add((), (blink, smile))
    now = Event("voluntary", 100, 200, "B", "kiss")
    found.amend(smile, now)
    assert found.events == [blink, now]


def test_thresholds_are_those_of_the_step_a_sample_lies_in_and_none_beyond_the_last():
    levels = Levels(1, spacing=100)
    for stop in (100, 150, 250, 260):
        levels.add(stop, np.full((3, 1), float(stop)), valid=stop)
    levels.add(260, np.full((3, 1), np.nan), valid=260)  # the end of a stream comes once more
    told = [levels.at(sample)[0, 0] for sample in (0, 99, 100, 249, 255, 260, 261)]
    np.testing.assert_equal(told, [100, 100, 250, 250, 260, 260, np.nan])


def test_thresholds_are_remembered_that_come_exactly_a_spacing_after_the_last_remembered():
    levels = Levels(1, spacing=100)
    for stop in (100, 200, 290):
        levels.add(stop, np.full((3, 1), float(stop)), valid=stop)
    assert [levels.at(sample)[0, 0] for sample in (150, 250)] == [200, 290]


def test_before_any_analysis_no_threshold_is_known():
    assert np.isnan(Feed(INFO, Pipeline()).thresholds).all()


def test_an_analysis_is_kept_with_its_signal_and_thresholds():
    feed = Feed(INFO, Pipeline())
    filtered, envelope = (Chunk(0, np.full((100, 2), height)) for height in (3.0, 4.0))
    feed.take(replace(analysis(0, 100), filtered=filtered, envelope=envelope), Folded())
    held = {name: set(feed.strip.read(name, 0, 100).ravel()) for name in feed.strip.tracks}
    assert held == {"raw": {5.0}, "filtered": {3.0}, "envelope": {4.0}}
    assert (feed.thresholds == 2.0).all()
    assert (feed.levels_log.at(99) == 2.0).all()


def test_samples_are_shown_filtered_before_the_first_analysis_which_then_replaces_all_of_them():
    feed = Feed(INFO, Pipeline())
    feed.stored(Chunk(0, np.random.default_rng(1).normal(0, 9, (500, 2))))
    raw, filtered, envelope = (
        feed.strip.read(name, 0, 500) for name in ("raw", "filtered", "envelope")
    )
    assert np.isfinite(filtered).all()
    assert (envelope >= 0).all()
    assert not np.allclose(raw, filtered)
    assert (filtered < 0).any()
    assert feed.take(analysis(0, 100), Folded()) == [(0, 500)]
    assert feed.take(analysis(100, 200), Folded()) == []


def test_what_was_found_is_marked_in_a_strip_that_shows_it_again():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 200), Folded())
    spasm = Event("spasm", 40, 160, "L", "isolated", (burst(0, 40, 160),))
    feed.take(replace(analysis(200, 200), bursts=spasm.bursts), Folded((spasm,)))
    again = feed.new_strip(1.0)
    again.begin(100)
    again.reach_blank(200)
    assert feed.mark(again, 100, 200) == (100, 200)
    held = again.marks[:, 100:200] & (BURST | SPASM)
    assert held.tolist() == [[BURST | SPASM] * 60 + [0] * 40, [0] * 100]


def test_provisional_events_that_stay_the_same_change_nothing():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100), Folded())
    spasm = Event("spasm", 40, 60, "L", "", (burst(0, 40, 60),))
    assert feed.take(analysis(100, 100), Folded(provisional=(spasm,))) == [(40, 60)]
    assert feed.take(analysis(100, 100), Folded(provisional=(spasm,))) == []
    assert feed.take(analysis(100, 100), Folded(provisional=())) == [(40, 60)]


def test_settling_is_no_valid_time():
    feed = Feed(INFO, Pipeline())
    for start, stop in ((0, 100), (100, 200), (200, 300)):
        feed.take(analysis(start, stop, settled=150), Folded())
    assert feed.valid == 150


@pytest.mark.parametrize(
    ("kind", "spans", "valid"),
    [
        ("artifact", [(0, 100, 7500), (1, 120, 7400)], 9000 - 7280),
        ("artifact", [(0, 100, 7500)], 9000),  # the other channel tells
        ("artifact", [(0, 100, 7500), (1, 120, 6100)], 9000),  # under 12 s
        ("voluntary", [(0, 100, 7500), (1, 120, 7400)], 9000),
    ],
)
def test_what_a_lasting_artifact_hides_in_all_channels_is_no_valid_time(kind, spans, valid):
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 9000), Folded())
    event = Event(kind, 100, 7500, "B", "", tuple(burst(*span) for span in spans))
    feed.take(analysis(9000, 9000), Folded((event,)))
    assert feed.valid == valid


@pytest.mark.parametrize("offset", [400, 7500])
def test_an_artifact_in_the_first_chunk_hides_nothing_before_any_channel_is_told(offset):
    feed = Feed(INFO, Pipeline())
    event = Event("artifact", 100, offset, "L", "pop", (burst(0, 100, offset),))
    feed.take(analysis(0, 9000), Folded((event,)))
    assert feed.valid == 9000


def test_the_end_of_a_stream_takes_no_threshold_away():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100), Folded())
    end = replace(analysis(100, 100), thresholds=np.full((3, 2), np.nan))
    feed.take(end, Folded())
    assert (feed.thresholds == 2.0).all()


def test_a_gap_is_told_where_the_analysis_came_before_the_samples():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100), Folded())
    feed.take(analysis(150, 200), Folded())
    assert feed.found.gaps == [(100, 150)]


def test_a_sample_near_the_full_scale_is_marked_as_clipped():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100, height=899.0), Folded())
    feed.take(analysis(100, 200, height=901.0), Folded())
    assert (feed.strip.marks[:, :200] & CLIPPED > 0).tolist() == [[False] * 100 + [True] * 100] * 2


def test_what_is_stored_is_held_before_it_is_analyzed_and_tells_its_gaps():
    feed = Feed(INFO, Pipeline())
    feed.stored(Chunk(0, np.full((100, 2), 3.0)))
    feed.stored(Chunk(150, np.full((50, 2), 4.0)))
    assert feed.found.gaps == [(100, 150)]
    held = feed.strip.read("raw", 0, 200)[:, 0]
    np.testing.assert_equal(held, [3.0] * 100 + [np.nan] * 50 + [4.0] * 50)


def test_a_burst_is_marked_in_its_channel():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100), Folded())
    feed.take(replace(analysis(100, 100), bursts=(burst(1, 40, 60),)), Folded())
    assert np.argwhere(feed.strip.marks & BURST).tolist() == [[1, k] for k in range(40, 60)]


def marks(feed):
    """Marks of events at sample 50 of the left eye."""
    return int(feed.strip.marks[0, 50]) & (EVENTS | PROVISIONAL)


def test_an_event_is_marked_in_the_channels_of_its_bursts():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100), Folded())
    feed.take(analysis(100, 100), Folded((Event("spasm", 40, 60, "L", "", (burst(0, 40, 60),)),)))
    assert np.argwhere(feed.strip.marks & SPASM).tolist() == [[0, k] for k in range(40, 60)]


def test_marks_follow_what_an_event_is_called():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 100), Folded())
    spasm = Event("spasm", 40, 60, "L", "isolated", (burst(0, 40, 60),))
    wink = replace(spasm, trial_type="voluntary", label="wink")
    told = []
    for folded in (
        Folded(provisional=(spasm,)),
        Folded(events=(spasm,), provisional=()),
        Folded(amended=((spasm, wink),)),
    ):
        feed.take(analysis(100, 100), folded)
        told.append(marks(feed))
    assert told == [SPASM | PROVISIONAL, SPASM, VOLUNTARY]


def test_the_level_is_the_power_of_the_latest_samples_as_far_as_they_are_known():
    feed = Feed(INFO, Pipeline())
    assert np.isnan(feed.levels(0.1)).all()
    feed.take(analysis(0, 100, height=90.0), Folded())
    feed.take(analysis(100, 125, height=3.0), Folded())
    feed.take(analysis(135, 150, height=5.0), Folded())
    np.testing.assert_allclose(feed.levels(0.1), np.sqrt((25 * 9 + 15 * 25) / 40))


def test_what_became_known_makes_all_of_its_samples_look_different():
    feed = Feed(INFO, Pipeline())
    feed.take(analysis(0, 1000), Folded())
    bursts = (burst(0, 300, 310), burst(1, 200, 500))
    spasm = Event("spasm", 250, 400, "L", "isolated", bursts[:1])
    end = replace(analysis(1000, 1000), bursts=bursts)
    assert feed.take(end, Folded(events=(spasm,))) == [(200, 500)]
