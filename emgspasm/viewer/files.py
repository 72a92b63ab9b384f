"""Files of the window: snapshots of what it shows, and recordings to replay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from emgspasm.errors import EmgspasmError
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.snapshot import save_snapshot

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window


def snap(window: Window) -> None:
    """Save what is on the screen."""
    traces, notice = window.surface.traces, window.surface.notice
    desk, strip = window.desk, traces.strip
    if desk is None or strip is None:
        return
    try:
        paths = save_snapshot(
            window.snapshots, window.grab(), desk, strip, window.view, traces.cursors
        )
    except EmgspasmError as error:
        notice.tell(str(error))
    else:
        notice.tell(f"snapshot: {paths[0]}, and its settings and samples")


def ask_file(window: Window) -> None:
    """Ask for another recording to replay."""
    if isinstance(window.desk, Replay):
        folder = str(window.desk.path.parent) if window.desk.path else ""
        chosen, _ = QFileDialog.getOpenFileName(window, "Open a recording", folder)
        if chosen:
            replay(window, Path(chosen))


def replay(window: Window, path: Path) -> None:
    """Replay another recording with the config of the one that is shown."""
    if not isinstance(window.desk, Replay):
        return
    try:
        desk = window.desk.anew(path, window.desk.config)
    except EmgspasmError as error:
        window.surface.notice.tell(str(error))
        return
    window.open(desk)
