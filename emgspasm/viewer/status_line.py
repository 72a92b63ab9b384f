"""The line below: time, rate, loss, latency, disk, state, and what the rate cannot carry."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from emgspasm.desk.clock import clock
from emgspasm.desk.hindrances import hindrances
from emgspasm.desk.live import Live
from emgspasm.desk.palette import Palette
from emgspasm.desk.words import limits
from emgspasm.grammar import percent
from emgspasm.results.provenance import PURPOSE
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.style import styled


def replay_state(replay: Replay) -> str:
    """What a replay does."""
    return f"REPLAY {replay.speed:g} x" if replay.playing else "REPLAY paused"


def replay_parts(replay: Replay) -> list[str]:
    """What there is to say of a replay."""
    info = replay.feed.info
    analyzed, told = "" if replay.surveyed else "analyzing", limits(info.emg_frequency)
    return [replay.name, clock(replay.position), f"{info.sampling_frequency:g} Hz", analyzed, told]


def live_state(live: Live) -> tuple[str, str]:
    """What a live stream does, and how that is: ``recording``, ``bad`` or ``""``."""
    state = live.state
    if state == "connecting":
        return "CONNECTING", ""
    if state != "streaming":
        return state.upper() + " - still recording" * bool(live.away and live.recording), "bad"
    return ("● RECORDING", "recording") if live.recording else ("LIVE - not recorded", "")


def live_parts(live: Live) -> list[str]:
    """What there is to say of a live stream."""
    fs, status = live.feed.sampling_frequency, live.status
    wrong = live.error or live.away or "".join(live.session.notes[-1:])
    name = wrong or live.name  # what is wrong stays to be read
    if status is None:
        return [name, limits(fs)]
    lost = f"lost {percent(status.lost_recently, 1)} in 5 s, {percent(status.lost, 2)} in all"
    return [
        name,
        clock(status.time),
        f"{fs:g} Hz",
        lost,
        *hindrances(status, live.session.info),
        f"latency {1000 * status.latency:.0f} ms",
        status.room,
        f"{live.dropped} chunks dropped on screen, none in the recording" if live.dropped else "",
        limits(fs),
    ]


class StatusLine(QWidget):
    """Parts of a line, the purpose at its right end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = ""
        self._state = styled(QLabel(), "state")
        self._text = styled(QLabel(textFormat=Qt.TextFormat.PlainText), "status")
        self._text.setMinimumWidth(1)  # long words never widen the window
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 10, 4)
        row.addWidget(self._state)
        row.addSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(styled(QLabel(PURPOSE), "faint"))

    def show_replay(self, replay: Replay, palette: Palette) -> None:
        """Say what a replay does, and what there is to say of it."""
        self.show_state(replay_state(replay), palette.accent)
        self.show_parts(replay_parts(replay))

    def show_live(self, live: Live, palette: Palette) -> None:
        """Say what a live stream does, and what there is to say of it."""
        text, grade = live_state(live)
        hues = {"recording": palette.recording, "bad": palette.bad}
        self.show_state(text, hues.get(grade, palette.accent))
        self.show_parts(live_parts(live))

    def show_state(self, text: str, colour: str) -> None:
        """Say what is under way."""
        self._state.setText(text)
        self._state.setStyleSheet(f"color: {colour}")

    def show_parts(self, parts: list[str]) -> None:
        """Say these, leaving empty ones out."""
        self._parts = "   ·   ".join(filter(None, parts))
        self._text.setToolTip(self._parts)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        """Show what there is room for, and that there is more; all of it stands in the tip."""
        room, metrics = self._text.contentsRect().width(), self._text.fontMetrics()
        self._text.setText(metrics.elidedText(self._parts, Qt.TextElideMode.ElideRight, room))

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._state.text()} {self._parts}"
