"""Opening another recording to replay, while the one that is shown goes on."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from emgspasm.errors import explained
from emgspasm.viewer.background import Background
from emgspasm.viewer.replaying.replay import Replay

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window


class Opening(QObject):
    """Opens recordings in a thread of its own: to read a large table takes seconds.

    Parameters
    ----------
    window : Window
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._work = Background("opening", self)
        self._work.done.connect(self._take)

    def ask(self) -> None:
        """Ask for another recording."""
        desk = self._window.desk
        if isinstance(desk, Replay):
            folder = str(desk.path.parent) if desk.path else ""
            chosen, _ = QFileDialog.getOpenFileName(self._window, "Open a recording", folder)
            if chosen:
                self.open(Path(chosen))

    def open(self, path: Path) -> None:
        """Replay another recording, once it is open, with the config of the one that is shown."""
        desk = self._window.desk
        if isinstance(desk, Replay):
            self._window.surface.notice.tell(f"opening {path.name}")
            self._work.run(partial(desk.anew, path, desk.config))

    def close(self) -> None:
        """Wait for what is being opened, and let go of it: the window is closed."""
        with suppress(Exception):  # nobody waits for it any more
            for replay in self._work.finish():
                replay.close()

    def _take(self, future: Future[Replay]) -> None:
        window, shown = self._window, self._window.desk
        try:
            replay = future.result()
        except Exception as error:  # noqa: BLE001  # top of a thread: said in the window
            window.surface.notice.tell(str(explained(error)))
            return
        if isinstance(shown, Replay) and replay.path and replay.config is not shown.config:
            replay.close()  # thresholds were dragged meanwhile
            self.open(replay.path)
        else:
            window.open(replay)
