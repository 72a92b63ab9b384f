"""What a session counts, marks and hands over, step by step: no clock and no thread."""

import sys
import threading
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.session import Handover
from emgspasm.session.ending import Ending
from emgspasm.session.marking import Marking
from emgspasm.session.status import Counters, Status
from emgspasm.sources.events import SourceEvent
from emgspasm.sources.link import RECONNECT
from emgspasm.stream import Annotation, Burst, Chunk, Event
from emgspasm.synkinesis.folding import Folded
from support.findings import stream

FS = 250
INFO = stream("OOC_L", "OOC_R", "ECG", fs=FS)
RAILS = np.array([100.0, 100.0, 50.0])


def rows(start, n, fill=0.0):
    return Chunk(start, np.full((n, 3), fill))


def counters():
    return Counters(INFO, RAILS)


def analyzed(chunk, bursts=(), noise=(1.0, 2.0)):
    return SimpleNamespace(chunk=chunk, bursts=bursts, thresholds=(np.array(noise),))


def test_a_gap_and_what_channels_lack_are_lost_and_forgotten_after_five_seconds():
    told = counters()
    told.arrived(rows(0, 250), 1.0)
    told.arrived(rows(750, 250), 4.0)  # two seconds are missing
    assert (told.stop, told.lost, told.lost_recently) == (1000, 500.0, 0.5)
    told.arrived(rows(1000, 750), 7.0)
    told.second_over(7.0)
    assert told.lost_recently == pytest.approx(250 / 1250)
    told.arrived(rows(1750, 1000), 11.0)
    told.second_over(11.0)
    assert (told.lost, told.lost_recently) == (500.0, 0.0)


def test_before_any_sample_nothing_is_stored_or_lost_or_late():
    told = counters()
    assert (told.stop, told.lost, told.lost_recently, told.latency) == (0, 0.0, 0.0, 0.0)


def test_what_is_missing_before_the_first_chunk_is_lost():
    told = counters()
    told.arrived(rows(50, 50), 1.0)
    assert (told.lost, told.lost_recently) == (50.0, 0.5)


def test_before_any_analysis_no_noise_is_known():
    assert np.isnan(counters().noise).tolist() == [True, True]


def test_what_a_channel_of_another_kind_lacks_is_not_lost():
    told, chunk = counters(), rows(0, 250)
    assert INFO.columns() == (0, 1)
    samples = chunk.samples.copy()
    samples[:, 2] = np.nan
    told.arrived(Chunk(0, samples), 1.0)
    assert told.lost == 0


def test_rails_are_those_touched_in_the_last_whole_second_by_either_sign():
    told = counters()
    assert told.railed == (False, False, False)
    samples = np.zeros((250, 3))
    samples[3, 1], samples[9, 2] = -100.0, 49.0
    told.arrived(Chunk(0, samples), 1.0)
    told.arrived(rows(250, 250), 1.5)
    assert told.second_over(2.0)
    assert told.railed == (False, True, False)
    assert not told.second_over(2.5)
    assert told.railed == (False, True, False)
    assert told.second_over(3.0)
    assert told.railed == (False, False, False)


def test_the_latency_is_the_worst_of_the_last_whole_second():
    told = counters()
    told.arrived(rows(0, 250), 1.0)
    for late in (0.1, 0.4, 0.2):
        told.analyzed(analyzed(rows(0, 250)), Folded(), 1.0 + late)
    told.second_over(2.0)
    assert told.latency == pytest.approx(0.4)
    told.second_over(3.0)
    assert told.latency == 0.0


def test_the_end_of_a_segment_has_neither_noise_nor_latency():
    told = counters()
    told.arrived(rows(0, 250), 1.0)
    told.analyzed(analyzed(rows(0, 250)), Folded(), 1.0)
    told.analyzed(analyzed(rows(250, 0), noise=(np.nan, np.nan)), Folded(), 9.0)
    told.second_over(9.0)
    assert told.noise.tolist() == [1.0, 2.0]
    assert told.latency == 0.0


def test_bursts_are_counted_by_side_and_events_by_kind_amended_ones_anew():
    told = Counters(stream("OOC_L", "OOC_R", "MEN", fs=FS), RAILS)
    bursts = [Burst(column, 0, 9, 1.0, 1.0, 1.0) for column in (0, 0, 1, 2)]
    tonic, blink = Event("spasm", 0, 9, "L", "tonic"), Event("blink", 0, 9, "B")
    told.analyzed(analyzed(rows(0, 9), bursts), Folded((tonic, blink, blink)), 0.0)
    smile = Event("voluntary", 0, 9, "B", "smile")
    told.analyzed(analyzed(rows(9, 9)), Folded(amended=((blink, smile),)), 0.0)
    assert told.bursts == {"L": 2, "R": 1, "": 1}
    assert +told.events == Counter(
        {("spasm", "L", "tonic"): 1, ("blink", "B", ""): 1, ("voluntary", "B", "smile"): 1}
    )


@pytest.mark.parametrize(
    ("put", "take", "stored"),
    [(Handover.put, Handover.take, 0), (Handover.put_stored, Handover.take_stored, 2)],
)
def test_a_handover_drops_and_counts_the_oldest_and_is_empty_once_taken(put, take, stored):
    screen = Handover(2, stored)
    for number in range(2):
        put(screen, number)
    assert screen.dropped == 0
    put(screen, 2)
    assert (screen.dropped, take(screen), take(screen)) == (1, [1, 2], [])


@pytest.mark.parametrize(
    ("put", "take"),
    [(Handover.put, Handover.take), (Handover.put_stored, Handover.take_stored)],
)
def test_what_is_handed_over_while_something_is_taken_is_not_lost(put, take):
    screen, taken, n = Handover(50_000, 50_000), [], 50_000
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        thread = threading.Thread(target=lambda: [put(screen, k) for k in range(n)])
        thread.start()
        while thread.is_alive():
            taken += take(screen)
        thread.join()
    finally:
        sys.setswitchinterval(before)
    assert taken + take(screen) == list(range(n))


def test_a_handover_without_room_for_stored_chunks_keeps_and_counts_none():
    screen = Handover(1)
    screen.put_stored(rows(0, 5))
    assert (screen.take_stored(), screen.dropped) == ([], 0)


@pytest.mark.parametrize(("capacity", "stored"), [(0, 0), (1, -1)])
def test_a_handover_without_room_is_refused(capacity, stored):
    with pytest.raises(ValueError, match=r"=(0|-1); "):
        Handover(capacity, stored)


class Writer:
    """Keeps what is stored."""

    def __init__(self):
        self.info, self.n_samples, self.stored = INFO, 0, []

    def annotate(self, annotation):
        assert annotation.duration == 0
        self.stored.append((annotation.onset, annotation.text))


def marking(*known, network=None):
    told = Marking([Annotation(onset, 0.0, text) for onset, text in known], network, lambda: 7)
    writer = Writer()
    told.begin(writer)
    return told, writer


def test_known_markers_are_stored_in_order_once_their_sample_is_there():
    told, writer = marking((1.0, "rest_open"), (2.0, "late"), (1.0, "note"))
    writer.n_samples = 250
    told.catch_up(())
    assert (writer.stored, told.unreached) == ([], 3)
    writer.n_samples = 251
    told.catch_up(())
    assert sorted(writer.stored) == [(1.0, "note"), (1.0, "rest_open")]
    assert [note.text for note in told.tasks] == ["rest_open"]
    assert told.unreached == 1


def test_markers_of_the_network_wait_for_their_samples_among_those_that_are_known():
    sent = [[(1.5, "b\x14b"), (3.0, "d")], [(0.5, "late a")], []]

    def take(now, fs):
        assert (now, fs) == (7, FS)
        return tuple(Annotation(at, 0.0, text) for at, text in sent.pop(0))

    told, writer = marking((2.0, "c"), network=SimpleNamespace(take=take))
    for n_samples in (10, 600, 600):
        writer.n_samples = n_samples
        told.catch_up(())
    assert writer.stored == [(0.5, "late a"), (1.5, "b b"), (2.0, "c")]
    assert told.unreached == 1


def test_a_task_that_is_marked_has_the_time_that_the_file_keeps():
    told, writer = marking()
    told.store(Annotation(1.23456789, 0.0, "smile"))
    told.store(Annotation(2.0, 0.0, "a cough"))
    assert [text for _, text in writer.stored] == ["smile", "a cough"]
    assert told.tasks == [Annotation(1.234568, 0.0, "smile")]


def test_what_a_source_says_is_stored_once_and_within_the_recording():
    told, writer = marking()
    writer.n_samples = 500
    said = [SourceEvent(0.0, 250, "streaming", "a\x14b"), SourceEvent(0.0, 9000, "lost", "c")]
    told.catch_up(said[:1])
    told.catch_up(said)
    told.catch_up(said)
    assert writer.stored == [(1.0, "streaming: a b"), (2.0, "lost: c")]


class Source:
    """Says its states, and yields chunks until it is stopped."""

    def __init__(self, *chunks, states=()):
        self.info, self.chunks, self.stopped, self.taken = INFO, chunks, False, 0
        self.events = tuple(SourceEvent(0.0, 0, state, "") for state in states)

    def __iter__(self):
        for chunk in self.chunks:
            if not self.stopped:
                self.taken += 1
                yield chunk

    def stop(self):
        self.stopped = True


def ended(source, planned, now=0, *, stops=False):
    ending = Ending(source, planned, lambda: now)
    told = []
    for chunk in ending.chunks():
        told.append((chunk.start, chunk.stop, bool(np.isnan(chunk.samples).all())))
        if stops:
            ending.stop()
    return told, ending.missed


def test_a_recording_ends_at_its_planned_sample_amid_a_chunk():
    source = Source(rows(0, 100), rows(100, 100), rows(200, 100))
    assert ended(source, 150) == ([(0, 100, False), (100, 150, False)], 0)
    assert source.stopped
    assert ended(Source(rows(0, 100), rows(100, 100)), None)[0][-1] == (100, 200, False)


def test_a_recording_that_is_complete_waits_for_no_other_chunk():
    source = Source(rows(0, 100), rows(100, 100))
    assert ended(source, 100) == ([(0, 100, False)], 0)
    assert (source.taken, source.stopped) == (1, True)


@pytest.mark.parametrize(
    ("states", "now", "stopped"),
    [
        (("streaming", "reconnecting"), 150, True),
        (("streaming", "reconnecting"), 149, False),
        (("streaming",), 900, False),
    ],
)
def test_the_planned_end_stops_a_recording_whose_source_is_away(states, now, stopped):
    source, over = Source(states=states), iter([False, False, True])
    Ending(source, 150, lambda: now).watch(SimpleNamespace(wait=lambda _: next(over)))
    assert source.stopped == stopped
    assert list(over) == ([False, True] if stopped else [])


def test_without_a_planned_end_nothing_is_watched():
    Ending(Source(), None, lambda: 0).watch(SimpleNamespace())


def test_what_a_source_jumps_over_at_the_planned_end_is_missing_there():
    told, missed = ended(Source(rows(0, 100), rows(400, 100)), 300)
    assert (told, missed) == ([(0, 100, False), (299, 300, True)], 200)


@pytest.mark.parametrize(
    ("states", "now", "planned", "missed"),
    [
        (("streaming", "reconnecting"), 180, None, 80),
        (("streaming", "reconnecting"), 180, 150, 50),
        (("streaming",), 180, None, 0),
        (("configuring",), 180, None, 0),
        ((), 180, None, 0),
        (("streaming", "stalled"), 50 + round(RECONNECT * FS), None, 0),
        (("streaming", "stalled"), 101 + round(RECONNECT * FS), None, 1 + round(RECONNECT * FS)),
    ],
    ids=["away", "beyond the plan", "there", "not yet", "silent", "stalled", "stalled for long"],
)
def test_what_is_stopped_misses_what_its_source_was_away_for(states, now, planned, missed):
    source = Source(rows(0, 100), rows(100, 100), states=states)
    told, lacking = ended(source, planned, now, stops=True)
    assert lacking == missed
    assert told[0] == (0, 100, False)
    assert told[1:] == ([(99 + missed, 100 + missed, True)] if missed else [])


def test_what_is_stopped_twice_misses_what_it_lacked_the_first_time():
    source, now = Source(rows(0, 100), states=("streaming", "reconnecting")), [150]
    ending = Ending(source, None, lambda: now[0])
    for _ in ending.chunks():
        ending.stop()
        now[0] = 900
        ending.stop()
    assert ending.missed == 50


def test_a_source_that_tells_no_states_is_never_away():
    source = Source(rows(0, 100))
    del source.events
    assert ended(source, None, 180, stops=True) == ([(0, 100, False)], 0)


@pytest.mark.parametrize(("left", "told"), [(75_520_000_000, "75.5 GB"), (31_400_000, "31 MB")])
def test_a_disk_that_is_nearly_full_is_told_in_megabytes(left, told):
    status = Status(0.0, "streaming", 0.0, 0.0, 0.0, (), (), {}, {}, left, 0)
    assert status.room == f"{told} free"
