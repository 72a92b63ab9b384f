"""A stream in the window: what is recorded, marked, lost on the screen only."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from emgspasm.cli.conclusion import conclude
from emgspasm.cli.recording import describe
from emgspasm.config import parse_config
from emgspasm.desk import live as live_module
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import SourceLost, SourceNotFound
from emgspasm.session.status import Status
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.sources.registry import open_source
from emgspasm.storage.opening import open_recording
from emgspasm.storage.tables.tsv import read_table
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.viewer.recording.dialog import RecordDialog
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.status_line import live_parts

pytestmark = pytest.mark.real_time

CONFIG = parse_config("")

ABSENT = {"port": "/dev/none", "inputs": [{"label": "OOC_L"}]}
"""A board that is not there."""


def record(window):
    dialog = RecordDialog(window.recorder.request, window)
    dialog.accept()
    window.recorder.record(dialog)


def shown(window):
    return window.desk.feed.strip.stop


def press(window, key):
    QTest.keyClick(window, key)
    QApplication.processEvents()


def test_traces_are_there_before_the_mains_are_known(watch, paced, qtbot):
    window = watch(paced(seconds=1.0))
    qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
    strip = window.desk.feed.strip
    assert strip.analyzed == 1000
    assert np.isfinite(strip.read("filtered", 100, 1000)).all()
    assert not window.desk.feed.found.bursts


def test_shows_events_and_replaces_the_early_look_by_the_analysis(watch, paced, qtbot):
    window = watch(paced())
    qtbot.waitUntil(lambda: shown(window) == 40_000, timeout=90_000)
    qtbot.waitUntil(lambda: len(window.desk.feed.found.events) > 5, timeout=90_000)
    assert {e.trial_type for e in window.desk.feed.found.events} >= {"spasm", "blink"}
    assert any("notch" in said for said in window.surface.notice.said)


def fails_at_once(source):
    raise RuntimeError("the driver is gone")


def fails_later(source):
    yield Chunk(0, source.samples[:500].copy())
    raise RuntimeError("the driver is gone")


@pytest.mark.parametrize(
    "part", [{"__enter__": fails_at_once}, {"__iter__": fails_later}], ids=["opens", "streams"]
)
def test_a_driver_that_fails_is_said_and_ends_the_session(watch, paced, qtbot, part):
    source = paced(seconds=1.0)
    broken = type("Broken", (type(source),), part)
    window = watch(broken(source.info, source.samples))
    qtbot.waitUntil(lambda: window.desk.state == "ended", timeout=90_000)
    assert "RuntimeError: the driver is gone" in " ".join(window.desk.notices)


def test_what_channels_of_one_side_can_never_tell_is_said(watch, paced, qtbot):
    whole = paced(seconds=1.0)
    left = [i for i, channel in enumerate(whole.info.channels) if channel.side == "left"]
    info = replace(whole.info, channels=tuple(whole.info.channels[i] for i in left))
    window = watch(type(whole)(info, np.ascontiguousarray(whole.samples[:, left])))
    told = "blinks are n/a: they are told by both eyes"
    qtbot.waitUntil(lambda: told in " ".join(window.surface.notice.said), timeout=90_000)


def test_a_marker_for_a_recording_that_has_just_ended_is_said_not_to_be_set(watch, paced, qtbot):
    window = watch(paced(seconds=1.0))
    qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
    window.desk.session._writer.close()  # as a full disk does, before a tick has told of it
    press(window, Qt.Key.Key_1)
    assert "no marker was set" in window.surface.notice.text()


def test_what_is_only_looked_at_leaves_no_file(watch, paced, qtbot):
    window = watch(paced())
    qtbot.waitUntil(lambda: shown(window) > 1000, timeout=90_000)
    path = window.desk._path
    assert path.exists()
    assert not window.desk.recording
    window.close()
    assert not path.exists()


def test_records_into_the_study_and_goes_on_looking(watch, paced, qtbot, tmp_path):
    source = paced(seconds=10.0)
    window = watch(paced(seconds=2.0), source, paced(seconds=2.0))
    qtbot.waitUntil(lambda: shown(window) == 2000, timeout=90_000)
    record(window)
    assert window.desk.recording
    qtbot.waitUntil(lambda: shown(window) == 10_000, timeout=90_000)
    window.recorder.toggle()
    assert not window.desk.recording
    stored = open_recording(tmp_path / "study/sub-01/emg/sub-01_task-rest_emg.bdf")
    assert stored.n_samples == 10_000
    np.testing.assert_allclose(stored.read(), source.samples, atol=0.03)
    assert (tmp_path / "study/sub-01/emg/sub-01_task-rest_channels.tsv").exists()


def test_writes_the_tables_of_a_recording_that_ends_and_says_what_is_in_them(
    watch, paced, qtbot, tmp_path
):
    window = watch(paced(seconds=1.0), paced(seconds=12.0), paced(seconds=1.0))
    record(window)
    qtbot.waitUntil(lambda: shown(window) == 12_000, timeout=90_000)
    window.recorder.stop()
    notice = window.surface.notice
    qtbot.waitUntil(lambda: "the same live and from the file" in notice.text(), timeout=90_000)
    window.desk.session._analyzing.notice = "mains were found"
    window._show_second(window.desk)
    assert "mains were found" in notice.text()
    study = tmp_path / "study"
    results = study / "derivatives/emgspasm/sub-01/emg"
    bursts = read_table(results / "sub-01_task-rest_desc-bursts_events.tsv")
    assert f"{(bursts['trial_type'] == 'burst').sum()} bursts" in notice.text()
    assert (study / "derivatives/emgspasm/summary.tsv").exists()
    assert "T" in read_table(study / "sub-01/sub-01_scans.tsv")["acq_time"][0]


def test_tables_that_cannot_be_written_are_said_and_looking_goes_on(
    watch, paced, qtbot, tmp_path
):  # fmt: skip
    window = watch(paced(seconds=1.0), paced(seconds=8.0), paced(seconds=2.0))
    record(window)
    qtbot.waitUntil(lambda: shown(window) == 8000, timeout=90_000)
    (tmp_path / "study/derivatives").write_text("in the way")
    window.recorder.stop()
    said = window.surface.notice.said
    qtbot.waitUntil(lambda: any(t.startswith("no tables: ") for t in said), timeout=90_000)
    assert "derivatives" in next(t for t in said if t.startswith("no tables: "))
    qtbot.waitUntil(lambda: shown(window) == 2000, timeout=90_000)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows moves no folder with open files")
def test_a_recording_whose_folder_was_moved_away_is_said_and_looking_goes_on(
    watch, paced, qtbot, tmp_path
):
    window, said = watch(paced(), paced(), paced(seconds=1.0)), []
    window.recorder.said.connect(said.append)
    record(window)
    qtbot.waitUntil(lambda: shown(window) == 40_000, timeout=90_000)
    (tmp_path / "study").rename(tmp_path / "away")
    window.recorder.stop()
    qtbot.waitUntil(lambda: any(t.startswith("no tables: ") for t in said), timeout=90_000)
    qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
    assert not window.desk.recording
    assert not (tmp_path / "study").exists()
    (kept,) = (tmp_path / "away").rglob("*_emg.bdf")
    assert open_recording(kept).n_samples == 40_000


def test_a_closed_window_leaves_the_tables_of_what_it_recorded(watch, paced, qtbot, tmp_path):
    window, said = watch(paced(seconds=1.0), paced(seconds=8.0)), []
    record(window)
    qtbot.waitUntil(lambda: shown(window) == 8000, timeout=90_000)
    window.close()
    window.recorder.finish(said.append)
    assert said[0] == "writing the tables of what was recorded"
    assert "the same live and from the file" in said[-1]
    results = tmp_path / "study/derivatives/emgspasm/sub-01/emg"
    assert (results / "sub-01_task-rest_desc-bursts_events.tsv").exists()


def test_a_second_recording_of_a_task_is_another_run(watch, paced, qtbot, tmp_path):
    window = watch(*(paced(seconds=1.0) for _ in range(5)))
    for _ in range(2):
        record(window)
        qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
        window.recorder.stop()
    names = sorted(p.name for p in (tmp_path / "study/sub-01/emg").glob("*.bdf"))
    assert names == ["sub-01_task-rest_emg.bdf", "sub-01_task-rest_run-2_emg.bdf"]


def test_keys_mark_and_the_last_marker_is_taken_back(watch, paced, qtbot, tmp_path):
    window = watch(paced(seconds=1.0), paced(seconds=20.0, real_time=True))
    record(window)
    qtbot.waitUntil(lambda: shown(window) > 300, timeout=90_000)
    press(window, Qt.Key.Key_1)
    press(window, Qt.Key.Key_2)
    press(window, Qt.Key.Key_Backspace)
    press(window, Qt.Key.Key_M)
    QTest.keyClicks(window.surface.marker_bar._line, "cough 1 x")
    QTest.keyClick(window.surface.marker_bar._line, Qt.Key.Key_Return)
    assert next(m.text for m in window.desk.feed.found.markers) == "smile"
    qtbot.waitUntil(lambda: shown(window) > 1000, timeout=90_000)
    window.close()
    stored = open_recording(tmp_path / "study/sub-01/emg/sub-01_task-rest_emg.bdf")
    texts = [mark.text for mark in stored.annotations]
    assert texts[:2] == ["smile", "marker 2"]
    assert texts[2].startswith("undo marker 2 at ")
    assert texts[3] == "cough 1 x"


def test_freezing_holds_the_picture_while_the_recording_goes_on(watch, paced, qtbot):
    window = watch(paced(seconds=1.0), paced(real_time=True))
    record(window)
    qtbot.waitUntil(lambda: shown(window) > 500, timeout=90_000)
    press(window, Qt.Key.Key_Space)
    held = window.surface.traces.stretch
    assert window.surface._banner.text().startswith("FROZEN - still recording")
    before = shown(window)
    qtbot.waitUntil(lambda: shown(window) > before + 500, timeout=90_000)
    assert window.surface.traces.stretch == held


def test_scrolls_back_into_the_file_beyond_what_the_screen_holds(
    watch, paced, qtbot
):  # fmt: skip
    source = paced()
    window = watch(source)
    qtbot.waitUntil(lambda: shown(window) == 40_000, timeout=90_000)
    qtbot.waitUntil(lambda: window.desk.feed.strip.analyzed == 40_000, timeout=90_000)
    window.desk.feed.strip.start = 30_000  # as if the ring had gone on
    press(window, Qt.Key.Key_Space)
    window.go_to(15.0)
    page = window.freeze.page.read("raw", 5000, 15_000)
    np.testing.assert_allclose(page, source.samples[5000:15_000], atol=0.03)


def test_a_blocked_window_loses_no_recorded_sample_and_says_what_it_dropped(
    watch, paced, qtbot, tmp_path
):
    many = paced(seconds=14.0, size=2)
    assert len(many.samples) / many.size > live_module.CAPACITY
    window = watch(paced(seconds=1.0), many)
    record(window)
    while many.given < 14_000:  # nobody takes anything meanwhile
        time.sleep(0.05)
    window.frame()
    assert window.desk.dropped > 0
    window._show_second(window.desk)
    assert "dropped on screen, none in the recording" in window.surface.status.text
    window.close()
    stored = open_recording(tmp_path / "study/sub-01/emg/sub-01_task-rest_emg.bdf")
    np.testing.assert_allclose(stored.read(), many.samples, atol=0.03)


@pytest.mark.parametrize("after", [0.0, 0.02, 0.3])
def test_closing_at_any_moment_leaves_a_whole_recording(watch, paced, qtbot, tmp_path, after):
    window = watch(paced(seconds=1.0), paced(real_time=True))
    record(window)
    qtbot.wait(round(1000 * after))
    live, path = window.recorder.live, tmp_path / "study/sub-01/emg/sub-01_task-rest_emg.bdf"
    window.close()
    if live.began:
        assert open_recording(path).findings == ()
    else:  # closed before its source had opened: nothing was recorded, and nothing is left
        assert not path.exists()


def test_the_dialog_says_what_is_wrong(watch, paced, tmp_path):
    window = watch(paced(seconds=1.0))
    dialog = RecordDialog(RecordingRequest("", "01", "", "rest"), window)
    dialog.accept()
    assert "folder" in dialog._wrong.text()
    dialog.study.setText("/proc/nothing")
    dialog.accept()
    assert dialog.place is None
    assert "/proc/nothing" in dialog._wrong.text()
    dialog.study.setText("~nobody-is-called-so/study")
    dialog.accept()
    assert "Write the whole path" in dialog._wrong.text()
    dialog.study.setText(str(tmp_path / "study"))
    dialog.participant.setText("not a label!")
    dialog.accept()
    assert dialog.place is None


def test_a_board_that_hangs_up_is_said_and_comes_back(open_window, qtbot, tmp_path):
    config = parse_config(
        "[source]\nkind = 'cyton'\ninputs = [{label = 'OOC_L'}, {label = 'OOC_R'}]\n"
    )
    window = open_window()
    face = simulate("healthy_rest", sampling_frequency=250, duration=20, seed=1)
    with EmulatedBoard(face, faults=(fault("hang-up", at=1.5, duration=1.0),)) as board:
        make = partial(open_source, "cyton", {**config.config.source.options, "port": board.port})
        wiring = Wiring(config, make, describe, conclude)
        recorder = Recorder(
            wiring, RecordingRequest(str(tmp_path / "study"), "01", "", "rest"), window
        )
        window.watch(recorder)
        qtbot.waitUntil(lambda: shown(window) > 50, timeout=90_000)
        window._show_second(window.desk)
        assert "OpenBCI Cyton (simulated)" in window.surface.status.text
        qtbot.waitUntil(lambda: window.desk.state == "reconnecting", timeout=90_000)
        window._show_second(window.desk)
        assert "RECONNECTING" in window.surface.status.text
        assert "Plug the dongle in" in window.surface.status.text
        qtbot.waitUntil(lambda: window.desk.state == "streaming", timeout=90_000)
        qtbot.waitUntil(lambda: bool(window.desk.feed.found.gaps), timeout=90_000)
        texts = [marker.text for marker in window.desk.feed.found.markers]
        assert any(text.startswith("reconnecting") for text in texts)
        window.close()


def test_a_source_that_is_not_there_is_said(open_window, qtbot, tmp_path):
    inputs = [{"label": "OOC_L"}, {"label": "OOC_R"}]
    window = open_window()
    make = lambda: open_source("cyton", {"port": str(tmp_path / "none"), "inputs": inputs})  # noqa: E731
    window.watch(
        Recorder(
            Wiring(CONFIG, make, describe, conclude), RecordingRequest("", "", "", "rest"), window
        )
    )
    qtbot.waitUntil(lambda: window.desk.state == "ended", timeout=90_000)
    qtbot.waitUntil(
        lambda: any("none" in said for said in window.surface.notice.said), timeout=90_000
    )
    window._show_second(window.desk)
    assert "ENDED" in window.surface.status.text
    assert "does not exist. Plug the dongle in" in window.surface.status.text  # and stays


def test_a_recording_that_no_board_answers_leaves_nobody_in_the_study_until_one_does(
    watch, paced, qtbot, tmp_path
):
    window = watch(paced(seconds=1.0), open_source("cyton", ABSENT), paced(seconds=1.0))
    record(window)
    qtbot.waitUntil(lambda: window.desk.state == "ended", timeout=90_000)
    assert not (tmp_path / "study/sub-01").exists()
    assert "sub-01" not in (tmp_path / "study/participants.tsv").read_text()
    record(window)
    qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
    assert window.desk.recording


@pytest.fixture
def gone_after(open_window, tmp_path):
    """Opens a window over sources, after which none can be made: an LSL stream that is gone."""

    def open_(*sources):
        waiting = list(sources)

        def make():
            if not waiting:
                raise SourceNotFound("no LSL stream of type EMG. Start its sender")
            return waiting.pop(0)

        window = open_window()
        wanted = RecordingRequest(str(tmp_path / "study"), "01", "", "rest")
        window.watch(Recorder(Wiring(CONFIG, make, describe, conclude), wanted, window))
        return window, waiting

    return open_


def test_no_recording_is_shown_where_no_stream_could_follow_it(gone_after, paced, qtbot):
    window, _ = gone_after(paced(seconds=1.0), paced(seconds=1.0))
    record(window)
    qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
    window.recorder.toggle()
    assert window.surface.status.text == "ENDED no LSL stream of type EMG. Start its sender"
    assert not window.actions_["record"].isChecked()


def test_a_source_that_could_not_be_made_is_looked_for_again(gone_after, paced, qtbot):
    window, waiting = gone_after(paced(seconds=1.0))
    window.recorder.look_again()  # what is under way stays
    qtbot.waitUntil(lambda: shown(window) == 1000, timeout=90_000)
    record(window)
    assert "no LSL stream" in window.surface.notice.text()
    waiting.append(paced(seconds=0.5))
    qtbot.mouseClick(window.surface.marker_bar._again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(window) == 500, timeout=90_000)


def test_a_board_that_is_there_at_last_is_looked_for_again(open_window, paced, qtbot):
    boards = [open_source("cyton", ABSENT), paced()]
    window = open_window()
    wiring = Wiring(CONFIG, lambda: boards.pop(0), describe, conclude)
    window.watch(Recorder(wiring, RecordingRequest("", "", "", "rest"), window))
    again = window.surface.marker_bar._again
    assert not again.isVisible()
    qtbot.waitUntil(lambda: window.desk.state == "ended", timeout=90_000)
    qtbot.waitUntil(again.isVisible, timeout=90_000)
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.desk.state == "streaming", timeout=90_000)
    qtbot.waitUntil(lambda: not again.isVisible(), timeout=90_000)
    looked = window.desk
    window.act("again")  # what streams is not ended by it
    assert window.desk is looked


def test_what_goes_wrong_while_a_recording_goes_on_stays_to_be_read(watch, paced, qtbot):
    window = watch(paced(real_time=True))
    qtbot.waitUntil(lambda: shown(window) > 100, timeout=90_000)
    window.desk.session._notes.append("nothing is analyzed any more, the recording goes on: why")
    window._show_second(window.desk)
    window.surface.notice.hide()
    assert "nothing is analyzed any more" in window.surface.status.text


@pytest.mark.parametrize(
    ("recently", "noise", "said"),
    [
        (0.0, (1.0,), "0.0 % in 5 s, < 0.01 % in all"),
        (0.05, (np.nan,), "nothing is analyzed between losses"),
    ],
)
def test_losses_are_said_however_small_and_what_they_hinder(recently, noise, said):
    info = StreamInfo(1000.0, (Channel.from_label("OOC_L"),))
    live = SimpleNamespace(
        feed=SimpleNamespace(sampling_frequency=1000.0),
        status=Status(
            39.0, "streaming", recently, 1 / 39_000, 0.0, noise, (False,), {}, {}, 10**9, 0
        ),
        session=SimpleNamespace(notes=(), info=info),
        error="",
        away="",
        name="live",
        dropped=0,
    )
    assert said in " ".join(live_parts(live))


def test_what_is_said_is_seen_over_the_signal_check_too(watch, paced, qtbot):
    window = watch(paced(real_time=True))
    qtbot.waitUntil(lambda: shown(window) > 100, timeout=90_000)
    notice = window.surface.notice
    for page in (window.surface.traces, window.surface.check, window.surface.traces):
        window.checkup.show(page is window.surface.check)
        notice.tell("recorded 0:10")
        assert notice.isVisible()
        place = notice.mapTo(window, notice.rect().center())
        assert abs(place.x() - page.mapTo(window, page.rect().center()).x()) < 10
        assert window.childAt(place) is notice


def test_a_recording_that_its_board_ended_gets_its_tables_and_no_fault_is_seen_in_that(
    watch, paced, qtbot, tmp_path
):
    def gone(source):
        for k in range(0, 24_900, 20):
            yield Chunk(k, source.samples[k : k + 20].copy())
        raise SourceLost("the board has gone")

    source = paced()
    window = watch(paced(seconds=1.0), type("Gone", (type(source),), {"__iter__": gone})(
        source.info, source.samples), paced(seconds=1.0))  # fmt: skip
    record(window)
    qtbot.waitUntil(lambda: window.desk.state == "ended", timeout=90_000)
    window.recorder.look_again()
    said = window.surface.notice.said
    qtbot.waitUntil(lambda: window.recorder._tables.waiting == 0, timeout=90_000)
    assert not any("no tables" in sentence for sentence in said)
    assert " R 0" in said[-1]
    results = tmp_path / "study/derivatives/emgspasm/sub-01/emg"
    assert f"from the file: {results}" in said[-1]
    assert (results / "sub-01_task-rest_desc-bursts_events.tsv").exists()
