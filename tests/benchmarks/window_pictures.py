"""Take pictures of the live window: ``python tests/benchmarks/window_pictures.py OUT``.

A spasm and a blink of a simulated patient, and a public recording that replays: those of the
README. No display is needed. The public recording is read in place from ``../shared/data`` and
skipped where it is absent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtTest import QTest

from emgspasm.config import Config, LoadedConfig
from emgspasm.simulation import simulate
from emgspasm.storage.bdf import BdfWriter
from emgspasm.storage.montage import load_montage
from emgspasm.stream import Annotation
from emgspasm.viewer import raster
from emgspasm.viewer.application import application
from emgspasm.viewer.replay import Replay
from emgspasm.viewer.settings import Kept
from emgspasm.viewer.window import Window

ROOT = Path(__file__).parents[2]
PUBLIC = (
    ROOT.parent / "shared/data/openbci_gui_samples/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt",
    ROOT / "configs/montage_openbci_gui_sample.toml",
)
Act = Callable[[Window], None]


def simulated_patient(folder: Path) -> Path:
    """Two minutes of a simulated patient: spasms of the left side, blinks, movements on cue."""
    path = folder / "simulated_patient.bdf"
    face = simulate("hfs_mixed", side="left", sampling_frequency=2000, duration=120, seed=11)
    with BdfWriter(path, face.info) as writer:
        for chunk in face:
            writer.write(chunk)
        writer.annotate(Annotation(5.0, 0.0, "rest_open"))
        writer.annotate(Annotation(62.0, 0.0, "smile"))
    return path


def picture(out: Path, replay: Replay, kept: Kept, act: Act) -> None:
    """The window with a recording, all of it analyzed, as `act` leaves it."""
    window = Window(kept)
    window.resize(1280, 760)
    window.show()
    window.open(replay)
    window.replays.play(on=False)
    while not replay.surveyed:
        QTest.qWait(50)
    QTest.qWait(200)
    act(window)
    QTest.qWait(800)
    window.surface.notice.hide()  # what was said of mains covers the traces for a while
    window.grab().save(str(out))
    window.close()
    print(out)


def spasm(window: Window) -> None:
    """In the middle of a tonic spasm: the affected side is alight."""
    window.change(gain=200.0)
    window.go_to(75.5)


def blink(window: Window) -> None:
    """A spasm that rides on a blink, and a blink alone between the cursors."""
    window.go_to(38.3)
    window.act("freeze", True)
    window.act("cursors", True)
    window.surface.traces.show_cursors((35.6, 35.9))
    window.freeze.nudge(0, 0.0)


def clench(window: Window) -> None:
    """One side of the jaw after the other."""
    window.go_to(16.0)
    window.change(gain=200.0)


def main(out: Path) -> None:
    """Take them all."""
    out.mkdir(parents=True, exist_ok=True)
    application()
    raster.warm_up()
    dark = Kept()
    light = replace(dark, theme="light", view=replace(dark.view, seconds=5.0))
    with TemporaryDirectory() as folder:
        path = simulated_patient(Path(folder))
        picture(out / "window_spasm.png", Replay(path, LoadedConfig()), dark, spasm)
        picture(out / "window_blink.png", Replay(path, LoadedConfig()), light, blink)
    recording, montage = PUBLIC
    if recording.exists():
        config = replace(Config(), montage=load_montage(montage))
        replay = Replay(recording, LoadedConfig(config))
        slow = replace(dark, view=replace(dark.view, seconds=20.0))
        picture(out / "window_replay.png", replay, slow, clench)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
