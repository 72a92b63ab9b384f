"""The bar of a replay: play, speed, where it is, loop."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSlider, QWidget

from emgspasm.desk.clock import clock
from emgspasm.viewer.replaying.replay import SPEEDS, Replay
from emgspasm.viewer.toolbar import button

TICKS = 10_000
"""Steps of the slider over the whole recording."""


class ReplayBar(QWidget):
    """Play and pause, slower and faster, the place in the recording."""

    jumped = Signal(float)
    speed_chosen = Signal(float)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._duration = 1.0
        self._speed = QComboBox()
        self._speed.addItems([f"{speed:g} x" for speed in SPEEDS])
        self._speed.setToolTip("Seconds of the recording in a second (< and >)")
        self._speed.setAccessibleName("Speed of the replay")
        self._speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._speed.activated.connect(lambda k: self.speed_chosen.emit(SPEEDS[k]))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, TICKS)
        self._slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._slider.setPageStep(TICKS // 20)
        self._slider.actionTriggered.connect(self._move)
        self._where = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        for name in ("play", "last_spasm", "next_spasm", "loops"):
            row.addWidget(button(actions[name], self))
        row.addWidget(self._speed)
        row.addWidget(self._slider, 1)
        row.addWidget(self._where)

    def show_replay(self, replay: Replay) -> None:
        """Show where it is, and its speed, chosen from the list or not."""
        self._duration = duration = replay.duration or 0.0
        self._where.setText(f"{clock(replay.position, 0.1)} of {clock(duration)}")
        if not self._slider.isSliderDown():
            self._slider.setValue(round(TICKS * replay.position / max(duration, 1e-9)))
        if replay.speed in SPEEDS:
            self._speed.setCurrentIndex(SPEEDS.index(replay.speed))

    def _move(self, _action: int) -> None:
        """Go where the slider was dragged, or to which a click beside it leads."""
        self.jumped.emit(self._slider.sliderPosition() / TICKS * self._duration)
