"""The window: what comes from a stream is shown thirty times a second, and keys are obeyed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from emgspasm.desk.desk import Desk, News
from emgspasm.desk.feed import LONGEST_BASE
from emgspasm.desk.live import Live
from emgspasm.desk.scales import GAINS, TIME_BASES
from emgspasm.desk.strip import TRACKS
from emgspasm.desk.words import labels, lane_texts
from emgspasm.results.provenance import PURPOSE
from emgspasm.viewer import settings, shortcuts
from emgspasm.viewer.actions import step
from emgspasm.viewer.appearance import Appearance
from emgspasm.viewer.checking.checkup import Checkup
from emgspasm.viewer.freeze import Freeze
from emgspasm.viewer.handlers import SWITCHES, handlers
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.replaying.control import ReplayControl
from emgspasm.viewer.replaying.opening import Opening
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.replaying.reviewing import Reviewing
from emgspasm.viewer.selection import SelectionSpectrum
from emgspasm.viewer.surface import Surface
from emgspasm.viewer.thresholds.tuner import Tuner
from emgspasm.viewer.traces.picture import View

FRAMES = 30
"""Frames in a second."""

LONGEST_FRAME = 0.25
"""Seconds that a replay goes on in one frame: a window that was held up does not leap."""


class Window(QMainWindow):
    """The window around one stream at a time.

    Parameters
    ----------
    kept : Kept
        How it looked last time.

    Attributes
    ----------
    desk : Desk or None
        What is shown.
    surface : Surface
        Everything in it.
    appearance : Appearance
    tuner : Tuner
    freeze : Freeze
    review : Reviewing
    opening : Opening
    recorder : Recorder or None
        Of the board, if there is one.
    snapshots : Path
        Folder of snapshots; not beside recordings, for a study holds nothing but BIDS.
    frames : int
        Drawn so far.
    """

    def __init__(self, kept: settings.Kept) -> None:
        super().__init__()
        self.kept = kept
        self.appearance = Appearance(self)
        self.desk: Desk | None = None
        self.recorder: Recorder | None = None
        self.snapshots = Path.cwd() / "snapshots"
        self.actions_ = shortcuts.acts(self, self.act)
        self.surface = Surface(self.actions_, self.appearance.colours)
        self._marks = shortcuts.digits(self, self.surface.marker_bar.press)
        self.setCentralWidget(self.surface)
        self.surface.setFocus()  # until Tab says otherwise all keys are the window's
        self.freeze = Freeze(self.surface.traces)
        self.replays = ReplayControl(lambda: self.desk, self.freeze, self.surface.traces)
        self.spectrum = SelectionSpectrum(self.freeze, lambda: self.surface.spectrum)
        self.freeze.changed.connect(self._show_freeze)  # once the spectrum knows of it
        self.checkup = Checkup(self)
        self.tuner = Tuner(self)
        self.review = Reviewing(self)
        self.opening = Opening(self)
        self._acts = handlers(self)
        self._connect()
        self.appearance.begin()
        self._show_view(kept.view)
        if not (kept.geometry and self.restoreGeometry(QByteArray(kept.geometry))):
            self.resize(1440, 900)
        self.appearance.fit_screen()
        self._told: tuple[str, ...] = ()
        self._last = self._slow = self._second = time.perf_counter()
        self.frames = 0
        self._timer = QTimer(self, interval=1000 // FRAMES, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.frame)

    def open(self, desk: Desk) -> None:
        """Show this stream from now on, and let go of the one before."""
        if self.desk is not None and not isinstance(self.desk, Live):  # the recorder closes those
            self.desk.close()
        self.desk, self._told = desk, ()
        self.setWindowTitle(f"{desk.name} - emgspasm - {PURPOSE}")
        live = isinstance(desk, Live)
        self.surface.show_desk(desk, live=live, mirrored=self.view.mirrored)
        self.freeze.show_desk(desk)
        self.surface.traces.show_feed(desk.feed)
        self._show_view(self.view)
        shortcuts.offer(self.actions_, self._marks, "l" if live else "r")
        self.checkup.open(desk)
        self.review.open(desk)
        self._timer.start()

    def rest(self, state: str) -> None:
        """Show no stream for a while: its source is measured, as `state` says."""
        self._let_go(state, self.appearance.colours.accent)
        self.actions_["check"].setEnabled(True)  # where it is cancelled

    def fail(self, why: str) -> None:
        """Show that no stream could begin, and offer to look for one again."""
        self._let_go("ENDED", self.appearance.colours.bad)
        self.surface.status.show_parts([why])
        self.surface.notice.add(why)
        self._show_recording(on=False)
        self.actions_["again"].setEnabled(True)
        self.surface.marker_bar.offer_again(ended=True)

    def _let_go(self, state: str, colour: str) -> None:
        self.desk = None
        self.freeze.hold(on=False)
        self.surface.status.show_state(state, colour)
        shortcuts.offer(self.actions_, self._marks, "")

    def watch(self, recorder: Recorder) -> None:
        """Show the streams of a board."""
        self.recorder = recorder
        self.surface.marker_bar.show_markers(recorder.markers)
        self.surface.marker_bar.show()
        self.surface.marker_bar.marked.connect(recorder.mark)
        recorder.opened.connect(self.open)
        recorder.said.connect(self.surface.notice.add)
        recorder.failed.connect(self.fail)
        recorder.look()

    @property
    def view(self) -> View:
        """How traces are shown."""
        return self.kept.view

    def frame(self) -> None:
        """Take what has come and draw it: thirty times a second."""
        desk, now = self.desk, time.perf_counter()
        if desk is None:
            return
        news = desk.tick(min(now - self._last, LONGEST_FRAME))
        self._last = now
        self.frames += 1
        self._draw(news)
        self.surface.take(desk, news)
        self.checkup.take(desk)
        if now - self._slow >= 0.1:
            self._slow = now
            self._show_slow(desk)
        if now - self._second >= 0.5:
            self._second = now
            self._show_second(desk)

    def _draw(self, news: News) -> None:
        traces = self.surface.traces
        if news.jumped:
            traces.redraw()
        else:
            traces.advance()
            for start, stop in news.stale:
                traces.refresh(start, stop)
        if news.jumped or news.stale or news.markers:
            self.show_labels()

    def show_labels(self) -> None:
        """Write events and markers on the traces."""
        desk, strip = self.desk, self.surface.traces.strip
        if desk is not None and strip is not None:
            reach = round(LONGEST_BASE * desk.feed.sampling_frequency)
            span = strip.stop - reach, strip.stop + reach
            self.surface.traces.show_labels(labels(desk.feed, *span, self.appearance.colours))

    def _show_slow(self, desk: Desk) -> None:
        self.surface.show_now(desk)
        if isinstance(desk, Replay):
            self.surface.replay_bar.show_replay(desk)
            self.actions_["play"].setChecked(desk.playing)
            self.surface.status.show_replay(desk, self.appearance.colours)

    def _show_second(self, desk: Desk) -> None:
        """What changes slowly: noise levels, the state of the board, what there is to say."""
        self.surface.traces.show_texts(lane_texts(desk.feed))
        self.surface.show_counts(desk)
        self.checkup.refresh()
        if isinstance(desk, Live):
            self._show_recording(on=desk.recording)
            self.surface.marker_bar.offer_again(ended=bool(desk.error))
            self.surface.status.show_live(desk, self.appearance.colours)
        for notice in desk.notices:
            if notice not in self._told:
                self._told = (*self._told, notice)
                self.surface.notice.add(notice)

    def _show_recording(self, *, on: bool) -> None:
        record = self.actions_["record"]
        record.setChecked(on)
        record.setText("Stop" if on else "Record")

    def _connect(self) -> None:
        surface = self.surface
        surface.tool_bar.gain_chosen.connect(lambda gain: self.change(gain=gain))
        surface.tool_bar.time_chosen.connect(lambda seconds: self.change(seconds=seconds))
        surface.traces.gain_turned.connect(lambda n: self.turn_gain(-n))
        surface.traces.time_turned.connect(lambda n: self.turn_time(-n))
        surface.traces.moved.connect(self.replays.move_by)
        surface.help.closed.connect(self.actions_["help"].trigger)
        surface.picked.connect(lambda seconds: self.go_to(seconds + self.view.seconds / 2))
        surface.replay_bar.jumped.connect(self.go_to)
        surface.replay_bar.speed_chosen.connect(self.replays.set_speed)

    def act(self, name: str, checked: bool = False) -> None:
        """Do what an action says."""
        self._acts[name](checked)

    def change(self, **changes: object) -> None:
        """Show traces otherwise: fields of the view."""
        self._show_view(replace(self.view, **changes))  # type: ignore[arg-type]  # fields of the view

    def turn_gain(self, steps: int) -> None:
        """Draw traces larger (-1) or smaller (1)."""
        self.change(gain=step(GAINS, self.view.gain, steps))

    def turn_time(self, steps: int) -> None:
        """Show more (1) or fewer (-1) seconds."""
        self.change(seconds=step(TIME_BASES, self.view.seconds, steps))

    def _show_view(self, view: View) -> None:
        self.kept = replace(self.kept, view=view)
        self.surface.tool_bar.show_view(view.seconds, view.gain)
        for name in TRACKS:
            self.actions_[name].setChecked(name in view.tracks)
        for name in SWITCHES:
            self.actions_[name].setChecked(getattr(view, name))
        self.surface.traces.show_view(view)
        self.surface.set_mirrored(view.mirrored)
        if self.freeze.held:
            self.freeze.again()

    def go_to(self, seconds: float) -> None:
        """Go to a time of the recording."""
        self.replays.go_to(seconds)

    def _show_freeze(self) -> None:
        self.actions_["freeze"].setChecked(self.freeze.held)
        self.actions_["cursors"].setChecked(self.freeze.measuring)
        self.actions_["spectrum"].setChecked(self.spectrum.shown)
        recording = self.desk is not None and self.desk.recording
        text = self.freeze.text(recording=recording) if self.freeze.held else ""
        self.surface.say_frozen(text)
        self.show_labels()

    def event(self, event: QEvent) -> bool:
        """Leave keys to what has the keyboard and needs them."""
        if shortcuts.is_own(event, self.focusWidget()):
            event.accept()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Say whether it fills the screen, whoever has changed that: it may have begun so."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.actions_["full"].setChecked(self.isFullScreen())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of everything, and keep how it looked."""
        self._timer.stop()
        self.checkup.close()
        self.opening.close()
        if self.recorder is not None:
            self.recorder.close()
        elif self.desk is not None:
            self.desk.close()
        self.desk = None
        kept = replace(self.kept, geometry=bytes(self.saveGeometry().data()))
        if self.recorder is not None:
            request = self.recorder.request
            kept = replace(kept, study=request.study, task=request.task)
        settings.save(kept)
        self.appearance.end()
        super().closeEvent(event)
