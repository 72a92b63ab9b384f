"""Markers of an LSL stream, sent by liblsl itself on this machine, in a recording under way."""

from __future__ import annotations

import threading
import time

import pytest

from emgspasm.config import parse_config
from emgspasm.errors import ConfigError, SourceNotFound
from emgspasm.session import Session
from emgspasm.simulation import simulate
from emgspasm.sources.lsl.markers import LslMarkers
from emgspasm.sources.lsl.source import open_lsl
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import Channel, StreamInfo

pytestmark = pytest.mark.real_time

try:
    import pylsl
except (ImportError, RuntimeError) as reason:
    pytest.skip(f"pylsl or its liblsl is not here: {reason}", allow_module_level=True)

FS = 250.0
OFF = parse_config('mains = "off"')


def marker_outlet(name, source_id):
    return pylsl.StreamOutlet(pylsl.StreamInfo(name, "Markers", 1, 0, "string", source_id))


class Paced:
    """A simulated face whose sample `n` is taken `n` intervals after `begun` on the LSL clock."""

    def __init__(self, seconds, delay=0.0):
        self._face = simulate("healthy_rest", sampling_frequency=FS, duration=seconds)
        self.info, self._delay = self._face.info, delay
        self.begun, self.running, self._over = None, threading.Event(), threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def __iter__(self):
        self.begun = pylsl.local_clock()
        self.running.set()
        for chunk in self._face:
            due = self.begun + chunk.stop / FS + self._delay
            if self._over.wait(max(0.0, due - pylsl.local_clock())):
                return
            yield chunk

    def stop(self):
        self._over.set()


def onsets(path, word):
    marks = open_edf(path).annotations
    return {a.text: a.onset * FS for a in marks if word in a.text}


def test_markers_sent_beside_a_simulated_source_are_in_the_file_at_their_samples(tmp_path):
    outlet, source = marker_outlet("cues", "cues-id"), Paced(3)
    expected = {}
    with Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("cues")) as session:
        assert source.running.wait(20)
        for number in range(8):
            time.sleep(0.2)
            stamp = pylsl.local_clock()
            outlet.push_sample([f"cue {number}"], stamp)
            expected[f"cue {number}"] = (stamp - source.begun) * FS
        assert session.wait(20)
    found = onsets(tmp_path / "x.bdf", "cue")
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, abs=10)
    assert (session.early, session.unreached, session.notes) == (0, 0, ())


def test_a_marker_of_the_past_goes_back_to_its_sample(tmp_path):
    outlet, source = marker_outlet("late", "late-id"), Paced(2)
    with Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("late")) as session:
        assert source.running.wait(20)
        time.sleep(1.2)
        outlet.push_sample(["late"], source.begun + 0.4)
        assert session.wait(20)
    assert onsets(tmp_path / "x.bdf", "late") == pytest.approx({"late": 0.4 * FS}, abs=10)


def test_markers_beside_an_lsl_signal_go_by_its_stamps_to_the_sample(tmp_path):
    info = pylsl.StreamInfo("ramp", "EMG", 1, FS, "double64", "ramp-id")
    signal, outlet = pylsl.StreamOutlet(info), marker_outlet("stamped", "stamped-id")
    over = threading.Event()
    begun = pylsl.local_clock() - 100.0  # a board 100 s late, say its stamps

    def send():
        number, start = 0, time.monotonic()
        while not over.wait(0.01):
            while number < (time.monotonic() - start) * FS:
                signal.push_sample([float(number)], begun + number / FS)
                number += 1

    sender = threading.Thread(target=send)
    sender.start()
    path = tmp_path / "x.bdf"
    try:
        source = open_lsl({"source_id": "ramp-id"})
        with Session(source, path, OFF, network=LslMarkers("stamped")) as session:
            deadline = time.monotonic() + 20
            while not open_edf(path).n_samples and time.monotonic() < deadline:
                assert not session.wait(0.1)
            first = round(float(open_edf(path).read(0, 1)[0, 0]))
            outlet.push_sample(["here"], begun + (first + 77) / FS)
            while not onsets(path, "here") and time.monotonic() < deadline:
                assert not session.wait(0.1)
            session.stop()
            assert session.wait(20)
    finally:
        over.set()
        sender.join()
    assert onsets(path, "here") == pytest.approx({"here": 77.0}, abs=1)


def test_a_recording_outlives_a_sender_that_cannot_come_back_and_says_so(tmp_path):
    outlet, source = marker_outlet("brief", ""), Paced(2)
    with Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("brief")) as session:
        assert source.running.wait(20)
        time.sleep(0.4)
        outlet.push_sample(["before"])
        time.sleep(0.4)
        del outlet
        assert session.wait(20)
    assert open_edf(tmp_path / "x.bdf").n_samples == 2 * FS
    (note,) = session.notes
    assert "gone for good" in note
    assert list(onsets(tmp_path / "x.bdf", "")) == ["before", note]


def test_a_sender_that_comes_back_is_heard_again(tmp_path):
    outlet, source = marker_outlet("again", "again-id"), Paced(60)
    deadline = time.monotonic() + 30
    path = tmp_path / "x.bdf"
    with Session(source, path, OFF, network=LslMarkers("again")) as session:
        assert source.running.wait(20)
        time.sleep(0.3)
        del outlet
        time.sleep(0.3)
        outlet = marker_outlet("again", "again-id")
        while "heard" not in onsets(path, "heard"):
            assert time.monotonic() < deadline, "it was not heard again"
            outlet.push_sample(["heard"])
            session.wait(0.1)
        session.stop()
        assert session.wait(20)
    assert all("interrupted" in note for note in session.notes)
    assert len(session.notes) <= 1


def test_markers_before_the_first_sample_are_counted_and_not_stored(script, tmp_path):
    outlet = marker_outlet("eager", "eager-id")
    face = simulate("healthy_rest", sampling_frequency=FS, duration=1)

    def eager(_):
        outlet.push_sample(["eager"], pylsl.local_clock() - 2.0)
        time.sleep(0.3)

    source = script(face.info, [eager, *face])
    with Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("eager")) as session:
        assert session.wait(20)
    assert session.early == 1
    assert onsets(tmp_path / "x.bdf", "eager") == {}


def test_markers_after_the_last_sample_are_counted_and_not_stored(tmp_path):
    outlet, source = marker_outlet("future", "future-id"), Paced(1)
    with Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("future")) as session:
        assert source.running.wait(20)
        outlet.push_sample(["future"], pylsl.local_clock() + 9.0)
        assert session.wait(20)
    assert session.unreached == 1
    assert onsets(tmp_path / "x.bdf", "future") == {}


def test_texts_that_no_file_can_keep_do_not_end_the_recording(tmp_path):
    outlet, source = marker_outlet("odd", "odd-id"), Paced(2)
    with Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("odd")) as session:
        assert source.running.wait(20)
        time.sleep(0.5)
        for text in ("", "a\x14b", "long" * 1000):
            outlet.push_sample([text])
        assert session.wait(20)
    found = list(onsets(tmp_path / "x.bdf", ""))
    assert found[:2] == ["?", "a b"]
    assert found[2].startswith("longlong")
    assert open_edf(tmp_path / "x.bdf").findings == ()


def test_without_the_stream_no_recording_begins(tmp_path):
    source = Paced(1)
    recording = Session(source, tmp_path / "x.bdf", OFF, network=LslMarkers("nobody", 0.2))
    with pytest.raises(SourceNotFound, match="no LSL stream with name='nobody'"), recording:
        pass
    assert source.begun is None
    assert list(tmp_path.iterdir()) == []


def test_the_config_names_the_stream_beside_the_keys():
    markers = parse_config('[markers]\n1 = "smile"\nlsl = "cues"').config.markers
    assert (markers.lsl, markers.keys) == ("cues", {"1": "smile"})


@pytest.mark.parametrize("value", ['"x\'y"', '""', "3"])
def test_a_stream_that_cannot_be_looked_for_is_refused(value):
    with pytest.raises(ConfigError, match="lsl = "):
        parse_config(f"[markers]\nlsl = {value}")


def test_channels_whose_full_scale_nobody_says_are_named_as_stored(script, tmp_path):
    channels = (Channel("A"), Channel("B", full_scale=1000.0), Channel("C", unit="mV", kind="MISC"))
    session = Session(script(StreamInfo(FS, channels), []), tmp_path / "x.bdf")
    assert [(c.name, c.full_scale) for c in session.unscaled] == [("A", 187500.0), ("C", 187500.0)]
