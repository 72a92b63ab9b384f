"""Pictures of the live window over simulated patients.

``python tests/benchmarks/window_pictures.py OUT`` draws a spasm while recording, blinks, a frozen
replay with cursors and spectrum, the signal check, and the light window.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from emgspasm.cli.recording import conclude, describe
from emgspasm.config import LoadedConfig, parse_config
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.simulation import simulate
from emgspasm.sources.registry import open_source
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.viewer.application import application
from emgspasm.viewer.recording.dialog import RecordDialog
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.settings import Kept
from emgspasm.viewer.traces import raster
from emgspasm.viewer.traces.picture import View
from emgspasm.viewer.window import Window

SIZE = 1440, 900
TRACKS = frozenset({"filtered", "envelope"})


def live(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        application().processEvents()
        time.sleep(0.004)


def until(true) -> None:
    while not true():
        live(0.05)


def window(view: View, theme: str = "dark") -> Window:
    application()
    raster.warm_up()
    made = Window(Kept(view=view, theme=theme))
    made.resize(*SIZE)
    made.show()
    return made


def patient(scenario: str, folder: Path) -> Path:
    path = folder / f"sub-01_task-{scenario.replace('_', '')}_emg.bdf"
    options = {"side": "left", "sampling_frequency": 2000, "duration": 120, "seed": 4, "snr": 20}
    simulated = simulate(scenario, **options)
    with BdfWriter(path, simulated.info) as writer:
        for chunk in simulated:
            writer.write(chunk)
        for note in simulated.annotations:
            writer.annotate(note)
    return path


def replayed(path: Path, view: View, theme: str = "dark") -> Window:
    shown = window(view, theme)
    shown.open(Replay(path, LoadedConfig()))
    shown.replays.play(on=False)
    until(lambda: shown.desk.surveyed)
    live(0.5)
    return shown


def save(shown: Window, path: Path) -> None:
    shown.surface.notice.hide()
    live(0.2)
    shown.grab().save(str(path))
    print(path, path.stat().st_size // 1000, "kB")


def recording(folder: Path, out: Path) -> None:
    """A spasm that goes on, where rates are told already, recorded from a simulated source."""
    config = parse_config(
        Path("configs/simulated.toml").read_text().replace("sampling_frequency = 1000",
                                                           "sampling_frequency = 2000")
    )  # fmt: skip
    shown = window(View(seconds=10.0, gain=100.0, tracks=TRACKS))
    make = partial(open_source, config.config.source.kind, config.config.source.options)
    wiring = Wiring(config, make, describe, conclude)
    recorder = Recorder(wiring, RecordingRequest(str(folder / "study"), "01", "01", "rest"), shown)
    shown.watch(recorder)
    dialog = RecordDialog(recorder.request, shown)
    dialog.accept()
    recorder.record(dialog)
    until(lambda: shown.desk.feed.strip.stop > 2000 * 6)
    shown.surface.marker_bar.press("1")
    until(lambda: any(e.trial_type == "spasm" and e.onset > 2000 * 35 and e.offset - e.onset > 1300
                      for e in shown.desk.feed.found.provisional))  # fmt: skip
    save(shown, out / "view-spasm.png")
    shown.actions_["check"].trigger()
    live(6.0)
    save(shown, out / "view-check.png")
    shown.close()


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CONFIG_HOME"] = name
        recording(folder, out)
        mixed, protocol = patient("hfs_mixed", folder), patient("hfs_protocol", folder)
        shown = replayed(mixed, View(seconds=2.0, gain=50.0, tracks=TRACKS))
        blinks = [e for e in shown.desk.feed.found.events if e.trial_type == "blink"]
        spasms = [e for e in shown.desk.feed.found.events if e.trial_type == "spasm"]
        alone = [b for b in blinks if b.onset > 20_000
                 and any(0 < s.onset - b.offset < 2000 for s in spasms)]  # fmt: skip
        shown.go_to((alone or blinks)[0].offset / 2000 + 1.4)
        live(0.5)  # the counters follow
        shown.freeze.hold(True)
        save(shown, out / "view-blink.png")
        shown.close()
        shown = replayed(protocol, View(seconds=10.0, gain=200.0), "light")
        spasm = max((e for e in shown.desk.feed.found.events if e.trial_type == "spasm"),
                    key=lambda e: e.offset - e.onset)  # fmt: skip
        shown.go_to(spasm.offset / 2000 + 3.0)
        shown.freeze.measure(True)
        shown.surface.traces.show_cursors((spasm.onset / 2000 + 1.0, spasm.offset / 2000 - 1.0))
        shown.actions_["spectrum"].trigger()
        live(0.5)
        save(shown, out / "view-replay.png")
        shown.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures"))
