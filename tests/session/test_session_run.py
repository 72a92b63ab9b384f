"""A session: order of storing and saying, markers, states, duration, failures."""

from __future__ import annotations

import signal
import threading
import time

import numpy as np
import pytest

from emgspasm.config import LoadedConfig, parse_config
from emgspasm.errors import ConfigError, EmgspasmError, SourceLost
from emgspasm.session import Handover, Session
from emgspasm.session.preparation import labelled
from emgspasm.session.status import Counters
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import SKIP, Annotation, Channel, Chunk, StreamInfo

pytestmark = pytest.mark.real_time

INFO = StreamInfo(
    250.0, tuple(Channel.from_label(n, full_scale=187500.0) for n in ("OOC_L", "OOC_R"))
)


def noise(start, n, seed=0, width=2):
    return Chunk(start, np.random.default_rng((seed, start)).normal(0, 2, (n, width)))


def steady(seconds, start=0):
    return [noise(k, 5) for k in range(start, start + round(250 * seconds), 5)]


def texts(path):
    return [(round(a.onset * 250), a.text) for a in open_edf(path).annotations]


def test_samples_are_on_the_disk_before_they_are_analyzed(script, tmp_path):
    seen = []

    class Screen(Handover):
        def put(self, tick):
            analysis, _ = tick
            stored = open_edf(tmp_path / "x.bdf")
            whole = analysis.chunk.start - analysis.chunk.start % 125
            if whole:
                first = stored.read(whole - 125, whole)
                seen.append(np.isfinite(first).all())

    config = parse_config('mains = "off"')
    with Session(script(INFO, steady(3)), tmp_path / "x.bdf", config, handovers=(Screen(9),)) as s:
        s.wait(20)
    assert len(seen) > 100
    assert all(seen)


def test_a_signal_amid_its_beginning_ends_it_at_once(script, tmp_path, monkeypatch):
    start, names = threading.Thread.start, []

    def signalled(thread):
        start(thread)
        names.append(thread.name)
        if names.count("session") == 3:  # the last of them records
            signal.raise_signal(signal.SIGINT)

    source = script(INFO, steady(1), waits=True)
    rescue = threading.Timer(10, source.stop)
    rescue.start()
    monkeypatch.setattr(threading.Thread, "start", signalled)
    with pytest.raises(KeyboardInterrupt), Session(source, tmp_path / "x.bdf"):
        pass
    assert rescue.is_alive()  # nobody waited for the source
    rescue.cancel()


def test_it_ends_at_its_duration_to_the_sample(script, tmp_path):
    with Session(script(INFO, steady(4), waits=True), tmp_path / "x.bdf", duration=2.5) as session:
        assert session.wait(20)
    assert open_edf(tmp_path / "x.bdf").n_samples == 625


def test_it_ends_when_it_is_told_to(script, tmp_path):
    with Session(script(INFO, steady(2), waits=True), tmp_path / "x.bdf") as session:
        assert not session.wait(0.3)
        session.stop()
        assert session.wait(20)
    assert open_edf(tmp_path / "x.bdf").n_samples == 500


def test_leaving_ends_it_and_closes_the_source(script, tmp_path):
    source = script(INFO, steady(2), waits=True)
    with Session(source, tmp_path / "x.bdf"):
        pass
    assert source._stopped.is_set()
    open_edf(tmp_path / "x.bdf")


def test_states_of_the_source_become_annotations_where_they_happened(script, tmp_path):
    steps = [
        lambda source: source.say(0, "streaming", "started at sample 0"),
        *steady(1),
        lambda source: source.say(250, "reconnecting", "port gone"),
        lambda source: source.say(400, "streaming", "sample 400 is estimated from the clock"),
        *steady(1, start=400),
    ]
    with Session(script(INFO, steps), tmp_path / "x.bdf") as session:
        session.wait(20)
    marks = [mark for mark in texts(tmp_path / "x.bdf") if mark[1] != "BAD_ACQ_SKIP"]
    assert marks == [
        (0, "streaming: started at sample 0"),
        (250, "reconnecting: port gone"),
        (400, "streaming: sample 400 is estimated from the clock"),
    ]
    gaps = [a for a in open_edf(tmp_path / "x.bdf").annotations if a.text == "BAD_ACQ_SKIP"]
    assert [(round(a.onset * 250), round(a.duration * 250)) for a in gaps] == [(250, 150)]


def test_what_a_source_says_after_its_last_sample_is_kept_within_the_recording(script, tmp_path):
    steps = [*steady(1), lambda source: source.say(9000, "reconnecting", "port\x14gone")]
    with Session(script(INFO, steps), tmp_path / "x.bdf") as session:
        session.wait(20)
    assert (250, "reconnecting: port gone") in texts(tmp_path / "x.bdf")


def test_a_marker_lands_on_the_sample_that_was_being_taken(script, tmp_path):
    now = [100.0]
    marks = []

    def mark(_):
        marks.append(session.mark("smile"))
        marks.append(session.mark("earlier", now[0] - 0.5))

    def later(chunk):
        def wait(_):
            now[0] = 100.0 + chunk.stop / 250 + 0.05 * (chunk.start % 2)  # a jitter of 50 ms

        return wait

    chunks = steady(2)
    steps = [step for chunk in chunks for step in (later(chunk), chunk)]
    steps.append(lambda _: now.__setitem__(0, 102.2))  # 0.2 s after the newest sample
    session = Session(script(INFO, [*steps, mark]), tmp_path / "x.bdf", clock=lambda: now[0])
    with session:
        session.wait(20)
    assert [round(each.onset * 250) for each in marks] == [550, 425]
    assert (425, "earlier") in texts(tmp_path / "x.bdf")
    assert (550, "smile") in texts(tmp_path / "x.bdf")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("smile\x14wide", "smile wide"), (SKIP, f"marker {SKIP}")],
)
def test_a_marker_is_a_moment_and_has_a_text_that_a_file_can_keep(script, tmp_path, typed, kept):
    with Session(script(INFO, steady(2), waits=True), tmp_path / "x.bdf") as session:
        marker = session.mark(typed)
    (stored,) = open_edf(tmp_path / "x.bdf").annotations
    assert (marker.duration, marker.text) == (stored.duration, stored.text) == (0.0, kept)


def test_before_any_sample_came_the_one_that_is_taken_is_counted_from_the_start(script, tmp_path):
    now = [100.0]
    source = script(INFO, [], waits=True)
    with Session(source, tmp_path / "x.bdf", clock=lambda: now[0]) as session:
        now[0] += 2.0
        assert session._now() == 500


def test_markers_of_a_file_are_stored_when_the_recording_gets_there(script, tmp_path):
    known = (Annotation(1.5, 0, "late"), Annotation(0.2, 0, "early"), Annotation(60, 0, "never"))
    with Session(script(INFO, steady(2)), tmp_path / "x.bdf", markers=known) as session:
        session.wait(20)
    assert texts(tmp_path / "x.bdf") == [(50, "early"), (375, "late")]
    assert session.unreached == 1


def test_a_source_that_fails_ends_the_recording_and_says_why(script, tmp_path):
    def fail(_):
        raise SourceLost("the board is gone. Charge it")

    said = pytest.raises(SourceLost, match="the board is gone")
    with Session(script(INFO, [*steady(2), fail]), tmp_path / "x.bdf") as session, said:
        session.wait(20)
    assert open_edf(tmp_path / "x.bdf").n_samples == 500


def test_an_analysis_that_fails_does_not_end_the_recording(script, tmp_path):
    class Broken(Handover):
        def put(self, tick):
            if tick[0].chunk.start > 300:
                raise ZeroDivisionError("a fault of a screen")

    config = parse_config('mains = "off"')
    recording = Session(script(INFO, steady(4)), tmp_path / "x.bdf", config, handovers=[Broken(9)])
    with recording as session, pytest.raises(EmgspasmError, match="a fault of a screen"):
        session.wait(20)
    assert open_edf(tmp_path / "x.bdf").n_samples == 1000
    (note,) = session.notes
    assert note.startswith("nothing is analyzed any more, the recording goes on: ZeroDivisionError")


def test_a_sample_that_half_of_the_channels_lack_is_half_lost():
    samples = np.zeros((1000, len(INFO.channels)))
    samples[500:, : len(INFO.channels) // 2] = np.nan
    counters = Counters(INFO, np.full(len(INFO.channels), 1e5))
    counters.arrived(Chunk(0, samples[:500]), 0.0)
    counters.arrived(Chunk(500, samples[500:]), 0.0)
    counters.second_over(2.0)
    share = (len(INFO.channels) // 2) / len(INFO.channels)
    assert counters.lost == pytest.approx(500 * share)
    assert counters.lost_recently == pytest.approx(0.5 * share)


def test_a_loss_is_told_at_once_and_not_when_the_second_is_over():
    samples = np.zeros((250, len(INFO.channels)))
    counters = Counters(INFO, np.full(len(INFO.channels), 1e5))
    counters.arrived(Chunk(0, samples), 1.0)
    counters.arrived(Chunk(750, samples), 4.0)
    assert counters.lost_recently == pytest.approx(0.5)


def test_while_nothing_comes_the_latency_is_the_age_of_the_newest_sample(script, tmp_path):
    now = [0.0]
    session = Session(script(INFO, steady(2)), tmp_path / "x.bdf", clock=lambda: now[0])
    with session:
        session.wait(20)
        session._counters.latency = 4.0  # the first seconds wait until mains is decided on
        before = session.status.latency
        now[0] += 1.5
        assert (before, session.status.latency) == (4.0, 1.5)


def test_a_railed_channel_is_told_although_a_sample_of_it_is_missing():
    samples = np.zeros((500, len(INFO.channels)))
    samples[:, 0] = INFO.channels[0].full_scale
    samples[7, 0] = np.nan
    counters = Counters(INFO, np.full(len(INFO.channels), 0.9 * INFO.channels[0].full_scale))
    counters.arrived(Chunk(0, samples), 0.0)
    counters.second_over(2.0)
    assert counters.railed[0]
    assert not any(counters.railed[1:])


def test_a_recording_is_never_overwritten(script, tmp_path):
    (tmp_path / "x.bdf").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="nothing is overwritten unasked"):
        Session(script(INFO, steady(1)), tmp_path / "x.bdf").__enter__()
    assert (tmp_path / "x.bdf").read_bytes() == b"precious"


def test_a_source_that_does_not_open_leaves_no_file(script, tmp_path):
    class Absent(script):
        def __enter__(self):
            raise SourceLost("no board")

    with pytest.raises(SourceLost):
        Session(Absent(INFO, []), tmp_path / "x.bdf").__enter__()
    assert list(tmp_path.iterdir()) == []


def test_a_session_has_begun_once_it_has_made_its_file(script, tmp_path):
    session = Session(script(INFO, steady(1)), tmp_path / "x.bdf")
    assert not session.begun
    with session:
        assert session.begun
    again = Session(script(INFO, steady(1)), tmp_path / "x.bdf")
    with pytest.raises(ConfigError):
        again.__enter__()
    assert not again.begun


def test_a_slow_screen_drops_the_oldest_and_counts_them(script, tmp_path):
    screen = Handover(10)
    config = parse_config('mains = "off"')
    with Session(script(INFO, steady(2)), tmp_path / "x.bdf", config, handovers=(screen,)) as s:
        s.wait(20)
    kept = screen.take()
    assert len(kept) == 10
    assert screen.dropped == s.status.dropped == 101 - 10  # chunks, and the segment's end
    assert kept[-2][0].chunk.stop == 500
    assert screen.take() == []


def test_a_screen_gets_chunks_as_they_are_stored_before_any_is_analyzed(script, tmp_path):
    screen, seen = Handover(1000, stored=10), []

    def look(source):
        seen.extend([*screen.take_stored(), *screen.take()])

    steps = [*steady(1), look, *steady(1, start=250)]  # mains are looked for in the first 4 s
    with Session(script(INFO, steps), tmp_path / "x.bdf", handovers=(screen,)) as session:
        session.wait(20)
    assert [chunk.start for chunk in seen] == list(range(200, 250, 5))
    assert [chunk.start for chunk in screen.take_stored()] == list(range(450, 500, 5))
    assert screen.dropped == 2 * (50 - 10)


def test_status_tells_time_state_loss_noise_rails_and_bursts(script, tmp_path):
    now = [0.0]

    def tick(source):
        now[0] += 1.001

    railed = noise(2500, 250)
    samples = railed.samples.copy()
    samples[:, 1] = 187_500.0
    steps = [
        tick,
        lambda source: source.say(0, "streaming", "started"),
        *steady(8),
        noise(2250, 250),
        tick,
        Chunk(2500, samples),
    ]
    session = Session(script(INFO, steps), tmp_path / "x.bdf", clock=lambda: now[0])
    with session:
        session.wait(20)
        status = session.status
    assert status.state == "streaming"
    assert status.time == pytest.approx(11.0)
    assert status.lost == pytest.approx(250 / 2750)
    assert status.lost_recently == pytest.approx(250 / 1250)
    assert status.railed == (False, True)
    assert status.noise[0] == pytest.approx(1.7, rel=0.3)  # 2 uV, less what the band-pass takes
    assert status.disk_left > 0


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("ZYGOMATICUS_RIGHT", "does not fit a header field"),
        ("ZÜG_R", "does not fit a header field"),
        ("BDF Annotations", "is a reserved label"),
    ],
)
def test_a_label_that_no_file_can_hold_is_refused_before_the_board_is_opened(
    script, tmp_path, label, why
):
    source = script(StreamInfo(250.0, (Channel(label, full_scale=1000.0),)), [])
    with pytest.raises(ConfigError, match=why):
        Session(source, tmp_path / "x.bdf")
    assert source.entered == 0


def test_a_montage_of_the_config_names_the_columns_of_a_nameless_source(script, tmp_path):
    bare = StreamInfo(250.0, tuple(Channel(f"CH{k}") for k in (1, 2, 3)))
    config = parse_config(
        "[montage]\nignore = [3]\n[[montage.channel]]\nsource = 2\nlabel = 'OOC_L'\n"
        "[[montage.channel]]\nsource = 'CH1'\nlabel = 'OOC_R'\n"
    )
    chunk = noise(0, 500, width=3)
    with Session(script(bare, [chunk]), tmp_path / "x.bdf", config) as session:
        session.wait(20)
    assert session.refusal == ""
    recording = open_edf(tmp_path / "x.bdf")
    assert recording.info.names == ("OOC_L", "OOC_R")
    np.testing.assert_allclose(recording.read()[:, :2], chunk.samples[:, [1, 0]], atol=0.012)
    with pytest.raises(ConfigError, match="no channel"):
        Session(script(INFO, []), tmp_path / "y.bdf", config)


def test_many_threads_may_mark_while_it_records(script, tmp_path):
    def pause(_):
        time.sleep(0.005)

    steps = [step for chunk in steady(4) for step in (chunk, pause)]
    with Session(script(INFO, steps), tmp_path / "x.bdf") as session:
        threads = [
            threading.Thread(target=lambda k=k: [session.mark(f"{k}-{i}") for i in range(20)])
            for k in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.wait(20)
    found = {text for _, text in texts(tmp_path / "x.bdf")}
    assert {f"{k}-{i}" for k in range(4) for i in range(20)} <= found


def test_an_acceleration_of_unknown_scale_is_stored_in_fine_steps():
    channels = (Channel.from_label("OOC_L"), Channel("ACCEL_X", kind="ACCEL", unit="g"))
    _, info = labelled(LoadedConfig(), StreamInfo(250.0, channels))
    assert info.channels[1].full_scale / 2**23 < 1e-3
    assert info.channels[1].full_scale > 100
