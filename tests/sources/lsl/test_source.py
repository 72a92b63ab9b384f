"""LSL streams through liblsl itself, discovered on this machine only."""

from __future__ import annotations

import math
import sys
import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from emgspasm.errors import ConfigError, SourceError, SourceNotFound
from emgspasm.sources.lsl.markers import LslMarkers, by_arrival
from emgspasm.sources.lsl.outlets import EventOutlet, SignalOutlet, event_text
from emgspasm.sources.lsl.source import missing, open_lsl
from emgspasm.stream import Annotation, Channel, Chunk, Event, StreamInfo, segments
from emgspasm.testing import check_source
from support.streaming import index_and_samples, record, states

pytestmark = pytest.mark.real_time

try:
    import pylsl
except (ImportError, RuntimeError) as reason:
    pytest.skip(f"pylsl or its liblsl is not here: {reason}", allow_module_level=True)

FS = 250.0


class Sender:
    """A ramp, in the clothes of somebody else's program; sample `n` of channel `c` is n + 1000 c.

    Time stamps are `n` sample intervals after the start; `skip` (samples) and `jump` (seconds that
    its clock is set by) act at sample 50.
    """

    def __init__(self, name, labels=("OOC_L", "OOC_R"), units="microvolts", fs=FS, skip=0, jump=0):
        info = pylsl.StreamInfo(name, "EMG", len(labels), fs, "double64", f"{name}-id")
        info.set_channel_labels(list(labels))
        info.set_channel_types(["EMG"] * len(labels))
        info.set_channel_units([units] * len(labels))
        self.outlet, self.fs, self.skip, self.n = pylsl.StreamOutlet(info), fs, skip, len(labels)
        self.jump = jump
        self.over = threading.Event()
        self.paused = threading.Event()
        self.sent = 0
        self.begun = pylsl.local_clock()
        self.thread = threading.Thread(target=self.send)

    def send(self):
        while not self.outlet.have_consumers() and not self.over.wait(0.005):
            pass
        begun = time.monotonic()
        self.begun = pylsl.local_clock()
        while not self.over.wait(0.008):
            due = int((time.monotonic() - begun) * self.fs)
            while self.sent < due:
                if not self.paused.is_set() and not 50 <= self.sent < 50 + self.skip:
                    row = [self.sent + 1000.0 * c for c in range(self.n)]
                    ahead = self.jump * (self.sent >= 50)
                    self.outlet.push_sample(row, self.begun + self.sent / self.fs + ahead)
                self.sent += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.outlet = None


def test_a_stream_keeps_the_laws_of_a_source():
    with Sender("laws"):
        check_source(lambda: open_lsl({"source_id": "laws-id"}), n_samples=30)


def test_a_stream_comes_whole_with_labels_sides_and_units():
    with Sender("whole", units="millivolts"):
        source = open_lsl({"stream": "whole", "type": "EMG"})
        chunks = record(source, 0.6)
    assert source.info.names == ("OOC_L", "OOC_R")
    assert [(c.side, c.muscle, c.unit) for c in source.info.channels] == [
        ("left", "OOC", "uV"),
        ("right", "OOC", "uV"),
    ]
    assert source.info.sampling_frequency == FS
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(index, np.arange(len(index)))
    first = samples[0, 0] / 1000
    np.testing.assert_allclose(samples[:, 0] / 1000, first + index)
    np.testing.assert_allclose(samples[:, 1] / 1000, first + index + 1000)
    assert len(index) > 100
    assert states(source) == ["probing", "configuring", "streaming", "closed"]


def test_headers_are_not_told_the_name_of_the_senders_computer():
    with Sender("somewhere"):
        assert open_lsl({"source_id": "somewhere-id"}).info.device == "LSL stream somewhere"


def test_a_step_of_the_time_stamps_is_an_estimated_gap():
    with Sender("hole", skip=100):
        source = open_lsl({"source_id": "hole-id"})
        chunks = record(source, 1.0)
    index, samples = index_and_samples(chunks)
    np.testing.assert_array_equal(samples[:, 0] - samples[0, 0], index)
    assert np.diff(index).max() == 101
    (note,) = [event for event in source.events if "gap" in event.text]
    assert "gap of 100 " in note.text
    assert "estimated" in note.text


def test_a_clock_of_the_sender_that_was_set_is_no_gap():
    with Sender("set", jump=1e9):
        source = open_lsl({"source_id": "set-id"})
        chunks = record(source, 0.6)
    index, _ = index_and_samples(chunks)
    np.testing.assert_array_equal(index, np.arange(len(index)))
    assert len(index) > 60
    assert any("clock of the sender was set" in event.text for event in source.events)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("CH2", "CH2"), ("CH2", "CH3")),
        (("", "CH1"), ("CH2", "CH1")),
        (("OOC_L", "OOC_L"), ("OOC_L", "CH2")),
    ],
)
def test_labels_that_are_missing_or_stand_twice_are_numbered(labels, names):
    with Sender("labels", labels=labels):
        assert open_lsl({"source_id": "labels-id"}).info.names == names


def test_a_sender_that_pauses_is_told_within_half_a_second_and_its_return_too():
    with Sender("pause") as sender:
        source = open_lsl({"source_id": "pause-id"})
        threading.Timer(0.3, sender.paused.set).start()
        threading.Timer(1.1, sender.paused.clear).start()
        chunks = record(source, 1.5)
    stalled = next(event for event in source.events if event.state == "stalled")
    assert stalled.time - source.events[2].time < 0.3 + 0.5
    assert states(source)[-2:] == ["streaming", "closed"]
    index, samples = index_and_samples(chunks)
    np.testing.assert_allclose(samples[:, 0] - samples[0, 0], index, atol=1)


def test_a_sender_that_leaves_is_told_and_its_return_is_a_new_segment():
    first = Sender("again")
    with first:
        source = open_lsl({"source_id": "again-id"})
        with source:
            chunks, begun = [], time.monotonic()
            threading.Timer(2.4, source.stop).start()
            second = None
            for chunk in source:
                chunks.append(chunk)
                if second is None and time.monotonic() - begun > 0.5:
                    first.__exit__()
                    left = time.monotonic()
                    second = Sender("again").__enter__()
        second.__exit__()
    gone = next(event for event in source.events if event.state == "reconnecting")
    assert gone.time - left < 1
    starts = [chunk.start for jump, chunk in segments(chunks) if jump]
    assert len(starts) == 2
    assert any(f"sample {starts[1]} is estimated" in event.text for event in source.events)
    came = chunks[[c.start for c in chunks].index(starts[1])]
    assert came.samples[0, 0] < 250  # the ramp of the second sender, not the first one's
    assert chunks[-1].stop == pytest.approx(2.4 * FS, abs=60)


def test_a_sender_that_comes_back_with_other_channels_ends_the_recording():
    first = Sender("changed").__enter__()
    source = open_lsl({"source_id": "changed-id"})
    with source:
        chunks = iter(source)
        next(chunks)
        first.__exit__()
        with (
            Sender("changed", labels=("ZYG_L",)),
            pytest.raises(SourceError, match="came back with other channels"),
        ):
            for _ in chunks:
                pass


def test_markers_land_at_their_sample():
    info = pylsl.StreamInfo("keys", "Markers", 1, 0, "string", "keys-id")
    outlet = pylsl.StreamOutlet(info)
    with Sender("marked") as sender:
        source = open_lsl({"source_id": "marked-id"})
        with source, LslMarkers("keys") as markers:
            sent = found = None
            offset = None
            for chunk in source:
                if offset is None:
                    offset = int(chunk.samples[0, 0]) - chunk.start
                if chunk.stop > 60 and sent is None:
                    sent = sender.begun + 40 / FS
                    outlet.push_sample(["eyes closed"], sent)
                found = markers.poll(source.sample_at, FS) or found
                if found:
                    break
    (annotation,) = found
    assert annotation.text == "eyes closed"
    assert annotation.onset * FS == pytest.approx(40 - offset, abs=1)


def test_a_marker_that_a_sender_sends_as_soon_as_it_is_back_is_not_lost():
    info = pylsl.StreamInfo("back", "Markers", 1, 0, "string", "back-id")
    outlet = pylsl.StreamOutlet(info)
    with LslMarkers("back") as markers:
        heard(markers, outlet, "before")
        outlet = None
        time.sleep(0.3)
        outlet = pylsl.StreamOutlet(info)
        assert outlet.wait_for_consumers(10)
        assert heard(markers, outlet, "after") == "after"


def heard(markers, outlet, text):
    outlet.push_sample([text])
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        time.sleep(0.1)
        with suppress(pylsl.util.TimeoutError):  # the clock of the sender is not measured yet
            for annotation in markers.poll(lambda _: 0, FS):
                return annotation.text
    return None


def test_markers_beside_another_source_are_placed_by_arrival():
    at = by_arrival(1000, FS)
    assert at(pylsl.local_clock() - 0.4) == pytest.approx(900, abs=5)
    assert at(pylsl.local_clock() - 10.0) == 0


def test_a_signal_outlet_is_a_source_again_with_its_age_in_the_stamps():
    info = StreamInfo(FS, (Channel.from_label("ZYG_L"), Channel("ACCEL_X", kind="ACCEL", unit="g")))
    outlet = SignalOutlet(info, "filtered")
    over = threading.Event()

    def push():
        start = 0
        while not over.wait(0.02):
            rows = np.arange(start, start + 5)[:, None] * np.array([1.0, -1.0])
            outlet.push(Chunk(start, rows), age=0.5)
            start += 5

    pusher = threading.Thread(target=push)
    pusher.start()
    source = open_lsl({"source_id": "filtered-signal"})
    assert source.info.channels == info.channels
    with source:
        stream = iter(source)
        chunk = next(stream)
        assert source.sample_at(pylsl.local_clock() - 0.5) - chunk.stop == pytest.approx(0, abs=15)
        source.stop()
        stream.close()
    over.set()
    pusher.join()
    outlet.close()
    np.testing.assert_array_equal(chunk.samples[:, 0], -chunk.samples[:, 1])


def test_an_event_outlet_says_type_side_and_class():
    outlet = EventOutlet("said")
    with LslMarkers("said") as markers:
        event = Event("spasm", 100, 150, "L", "tonic")
        outlet.push(event_text(event), age=0.4)
        found, deadline = (), time.monotonic() + 3
        now = pylsl.local_clock()
        while not found and time.monotonic() < deadline:
            found = markers.poll(lambda at: round((at - now) * 1000), 1000.0)
            time.sleep(0.01)
    outlet.close()
    (annotation,) = found
    assert annotation.text == "spasm/L/tonic"
    assert annotation.onset == pytest.approx(-0.4, abs=0.05)
    assert isinstance(annotation, Annotation)
    assert event_text(Event("blink", 0, 1, "B")) == "blink/B"


def test_a_stream_that_is_not_there_is_not_found():
    with pytest.raises(SourceNotFound, match=r"no LSL stream with name='nobody' within 0.2 s"):
        open_lsl({"stream": "nobody", "wait": 0.2})


def test_without_pylsl_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(ConfigError, match=r'not installed .*pip install "emgspasm\[lsl\]"'):
        open_lsl({"stream": "any"})


def test_a_marker_stream_is_no_signal():
    info = pylsl.StreamInfo("text", "Markers", 1, 0, "string", "text-id")
    outlet = pylsl.StreamOutlet(info)
    with pytest.raises(SourceError, match="no sampling frequency or carries text"):
        open_lsl({"source_id": "text-id"})
    assert not outlet.have_consumers()


def test_two_streams_of_one_name_are_refused():
    refused = pytest.raises(SourceError, match="2 LSL streams")
    with Sender("twin"), Sender("twin"), refused:
        open_lsl({"stream": "twin"})


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "no LSL stream is named"),
        ({"stream": "x' or '1"}, "apostrophe"),
        ({"streem": "x"}, r"Did you mean stream\?"),
        ({"stream": "x", "wait": math.inf}, "wait: inf is not a finite number"),
        ({"stream": "x", "wait": math.nan}, "wait: nan is not a finite number"),
        ({"stream": "x", "wait": "long"}, "wait"),
    ],
)
def test_a_wrong_option_is_named(options, text):
    with pytest.raises(ConfigError, match=text):
        open_lsl(options)


def test_steps_of_stamps_that_are_late_samples_are_no_loss():
    steps = np.array([np.nan, 0.004, 0.1, 0.0001, 0.25, 0.264, 0.504, -1.0])
    np.testing.assert_array_equal(missing(steps, FS), [0, 0, 0, 0, 0, 65, 125, 0])
