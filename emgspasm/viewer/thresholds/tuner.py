"""Thresholds dragged in the window: applied where that can be, saved when asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from emgspasm.config import LoadedConfig
from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.textbook.detectors import AnyTextbook
from emgspasm.errors import ConfigError, EmgspasmError
from emgspasm.storage.files import write_text
from emgspasm.units import on_screen
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.thresholds.drag import Held, ThresholdDrag
from emgspasm.viewer.thresholds.tuning import tuned, with_detector, words

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window


class Tuner(QObject):
    """Keeps the config as it was dragged.

    A replay is analyzed anew at once, and so is a stream that is only looked at. A recording goes
    on with the config it began with, which is stored in it; the next one takes the new one.

    Parameters
    ----------
    window : Window

    Attributes
    ----------
    config : LoadedConfig
        As it is now.
    drag : ThresholdDrag
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.config = self._begun = LoadedConfig()
        self.drag = ThresholdDrag(window.surface.traces, window.appearance.colours)
        self.drag.held.connect(self._say)
        self.drag.dropped.connect(self.tune)

    def begin(self, config: LoadedConfig) -> None:
        """Begin with a config."""
        self.config = self._begun = config

    def _say(self, held: Held, level: float) -> None:
        if self._window.desk is None:
            return
        channel = self._window.desk.feed.emg.channels[held.channel]
        try:
            detector = tuned(self._detector, held.which, level, held.levels)
        except ConfigError as error:
            self._window.surface.notice.tell(str(error))
        else:
            changed = words(self._detector, detector)
            self._window.surface.notice.tell(
                f"{held.which} threshold of {channel.name} at {level:.1f} "
                f"{on_screen(channel.unit)}: {changed}, for all channels"
            )

    def tune(self, held: Held, level: float) -> None:
        """Let a threshold stand at a level (uV)."""
        try:
            detector = tuned(self._detector, held.which, level, held.levels)
            if detector == self._detector:
                return
            config = with_detector(self.config, detector)
        except ConfigError as error:
            self._window.surface.notice.tell(str(error))
            return
        self.config = config
        changed = words(self._begun.config.pipeline.detector, detector)
        try:
            applied = self._apply()
        except EmgspasmError as error:  # the recording went away
            applied = f"kept, but not used: {error}"
        self._window.surface.notice.tell(f"{changed}: {applied}. Ctrl+S saves the config")

    def save(self) -> None:
        """Ask where, and write the config."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save config", "emgspasm.toml", "TOML (*.toml)"
        )
        if name:
            self.write(Path(name))

    def write(self, path: Path) -> None:
        """Write the config."""
        try:
            write_text(self.config.text, path, overwrite=True)  # the dialog has asked
        except EmgspasmError as error:
            self._window.surface.notice.tell(str(error))
        else:
            self._window.surface.notice.tell(f"config saved: {path}")

    @property
    def _detector(self) -> Detector | AnyTextbook:
        return self.config.pipeline.detector

    def _apply(self) -> str:
        """Use the config; what that means, in words."""
        window = self._window
        desk = window.desk
        if isinstance(desk, Replay) and desk.path is not None:
            place, playing = desk.position, desk.playing
            again = desk.anew(desk.path, self.config)
            again.playing = playing
            window.open(again)
            window.go_to(place)
            return "analyzed anew"
        recorder = window.recorder
        if recorder is None:
            return "kept"
        recorded = recorder.live is not None and recorder.live.recording
        recorder.retune(self.config)
        if recorded:
            return "from the next recording on; this one goes on as it began"
        return "the stream begins anew with it"
