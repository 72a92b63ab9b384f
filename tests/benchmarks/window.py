"""Cost of the live window, beside plain pyqtgraph curves in the same run.

``python tests/benchmarks/window.py [frame whole latency memory session resize start ...]``; without
names all of them. A window is drawn in memory (``QT_QPA_PLATFORM=offscreen``) unless that says
otherwise. CPU seconds of one core are what counts: a machine that others use is late, not busier.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer

from emgspasm.cli.recording import conclude, describe
from emgspasm.config import LoadedConfig, parse_config
from emgspasm.desk.request import RecordingRequest
from emgspasm.desk.wiring import Wiring
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.sources.registry import open_source
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.viewer.application import application
from emgspasm.viewer.recording.recorder import Recorder
from emgspasm.viewer.settings import Kept
from emgspasm.viewer.traces import raster
from emgspasm.viewer.window import Window

SECONDS = 12.0
FRAME = 1 / 30


def stream_info(n_channels: int, fs: float) -> StreamInfo:
    """Pairs of left and right; any muscle code will do."""
    codes = [f"{a}{b}X" for a in "ABCDEFGH" for b in "ABCDEFGH"]
    names = [f"{code}_{side}" for code in codes for side in "LR"][:n_channels]
    return StreamInfo(fs, tuple(Channel.from_label(n, full_scale=187_500.0) for n in names))


def noise(info: StreamInfo, seconds: float) -> np.ndarray:
    """Noise with a burst on every other channel each second."""
    n = round(seconds * info.sampling_frequency)
    rows = np.random.default_rng(0).normal(0, 4, (n, len(info.channels)))
    active = (np.arange(n) / info.sampling_frequency) % 1.0 < 0.1
    rows[np.ix_(active, range(0, len(info.channels), 2))] *= 15
    return rows


class Paced:
    """Chunks of an array, `speed` times as fast as real time; remembers when each was given."""

    def __init__(self, info: StreamInfo, rows: np.ndarray, size: int, speed: float = 1.0,
                 repeat: int = 1) -> None:  # fmt: skip
        self.info, self._rows, self._size, self._speed = info, rows, size, speed
        self._repeat, self._stopped, self.over = repeat, False, False
        self.arrivals: list[tuple[int, float]] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stopped = True

    def __iter__(self):
        began, start = time.perf_counter(), 0
        for _ in range(self._repeat):
            for low in range(0, len(self._rows) - self._size + 1, self._size):
                if self._stopped:
                    return
                start += self._size
                due = began + start / self.info.sampling_frequency / self._speed
                time.sleep(max(0.0, due - time.perf_counter()))
                self.arrivals.append((start, time.perf_counter()))
                yield Chunk(start - self._size, self._rows[low : low + self._size].copy())
        self.over = True
        while not self._stopped:
            time.sleep(0.05)

    def stop(self) -> None:
        self._stopped = True


def watching(make, config: LoadedConfig | None = None) -> Window:
    """A window over a source."""
    application()
    raster.warm_up()
    window = Window(Kept())
    window.resize(1440, 900)
    window.show()
    wiring = Wiring(config or LoadedConfig(), make, describe, conclude)
    window.watch(Recorder(wiring, RecordingRequest("", "", "", ""), window))
    return window


def run(seconds: float) -> float:
    """Let the window live for so many seconds, in Qt's own loop; the CPU seconds of its thread."""
    loop, before = QEventLoop(), time.thread_time()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()
    return time.thread_time() - before


def await_samples(window: Window, n: int) -> None:
    while window.desk.feed.strip.stop < n:
        run(0.02)


def frame_cost(n_channels: int, fs: float) -> None:
    info = stream_info(n_channels, fs)
    source = Paced(info, noise(info, 40), size=round(fs / 100))
    window = watching(lambda: source)
    await_samples(window, round(6 * fs))  # the first look is over, and numba has compiled
    cost, share, _ = blocks(window)
    print(f"{n_channels} channels x {fs:g} Hz, 10 s: CPU a frame {told(cost, 1000, 'ms')}; "
          f"storing, analysis and drawing {told(share, 100, '% of a core')}; dropped "
          f"{window.desk.dropped}")  # fmt: skip
    window.close()
    curves_cost(noise(info, 10), fs)


def blocks(window: Window) -> tuple[list[float], list[float], list[float]]:
    """Second by second: CPU seconds a frame, share of a core in all, and the window's."""
    cost, share, drawing = [], [], []
    for _ in range(round(SECONDS)):
        frames, used, began = window.frames, time.process_time(), time.perf_counter()
        busy = run(1.0)
        wall = time.perf_counter() - began
        cost.append(busy / max(1, window.frames - frames))
        share.append((time.process_time() - used) / wall)
        drawing.append(busy / wall)
    return cost, share, drawing


def told(values: list[float], factor: float, unit: str) -> str:
    """The least, which others on the machine disturbed least, and the median of some values."""
    least, middle = factor * min(values), factor * float(np.median(values))
    return f"{least:.1f} {unit} at best, median {middle:.1f}"


def curves_cost(rows: np.ndarray, fs: float) -> None:
    """The same picture with pyqtgraph's curves: every frame sets all data of 10 s."""
    app = application()
    times = np.arange(len(rows)) / fs
    for name, options in (("", {}), (", peak downsampling", {"autoDownsample": True,
                          "downsampleMethod": "peak"})):  # fmt: skip
        plot = pg.PlotWidget()
        plot.resize(1100, 800)
        plot.show()
        plot.setYRange(-100, 200 * rows.shape[1])
        curves = [plot.plot(pen="c", **options) for _ in range(rows.shape[1])]
        busy, n = time.thread_time(), 40
        for k in range(n):
            shift = round(k * fs * FRAME)
            for i, curve in enumerate(curves):
                curve.setData(times, np.roll(rows[:, i], -shift) + 200 * i)
            app.processEvents()
        print(f"   plain pyqtgraph curves{name}: "
              f"{1000 * (time.thread_time() - busy) / n:.1f} ms CPU a frame")  # fmt: skip
        plot.close()


def frame() -> None:
    frame_cost(16, 2000.0)
    frame_cost(64, 2000.0)


LABELS = ("OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R", "ZYG_R", "OOR_R", "FRO_R")
INPUTS = ", ".join(f"{{label = '{label}'}}" for label in LABELS)
CYTON = f"[source]\nkind = 'cyton'\ninputs = [{INPUTS}]\n"


@contextmanager
def emulated() -> Iterator[str]:
    """The port of an emulated board in a process of its own."""
    command = [sys.executable, "-m", "emgspasm", "emulate", "--scenario", "hfs_mixed"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as board:
        yield board.stdout.readline().strip()
        board.terminate()


def whole() -> None:
    """The whole window with acquisition from an emulated board."""
    with emulated() as port:
        config = parse_config(CYTON)
        make = partial(open_source, "cyton", {**config.config.source.options, "port": port})
        window = watching(make, config)
        await_samples(window, 2000)
        _, share, drawing = blocks(window)
        print(f"emulated Cyton, 8 channels x 250 Hz: in all {told(share, 100, '% of a core')}, "
              f"the window's part {told(drawing, 100, '%')}; "
              f"loss {100 * window.desk.status.lost:.2f} %")  # fmt: skip
        window.close()


class Painted(QObject):
    """Notes when the canvas was painted, and up to which sample."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self.times = window, []
        window.surface.traces.canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: ARG002  Qt gives it
        if event.type() == QEvent.Type.Paint:
            sweep = self._window.surface.traces.columns[0].sweep
            self.times.append((sweep._stop, time.perf_counter()))
        return False


def latency() -> None:
    """From arrival to paint; and through the whole chain, from when a sample was due."""
    info = stream_info(16, 2000.0)
    source = Paced(info, noise(info, 60), size=20)
    window = watching(lambda: source)
    await_samples(window, 12_000)
    tell_waits("arrival to paint, 16 x 2 kHz", painted(window), source.arrivals)
    window.close()
    config = parse_config(CYTON)
    face = simulate("hfs_clonic", sampling_frequency=250, duration=60, seed=5)
    with EmulatedBoard(face) as board:
        options = {**config.config.source.options, "port": board.port}
        window = watching(partial(open_source, "cyton", options), config)
        await_samples(window, 2000)
        times = painted(window)
        began = board.runs[-1].time
        due = [(stop, began + stop / 250) for stop in range(2000, window.desk.stop)]
        tell_waits("due to paint, emulated Cyton", times, due)
        window.close()


def painted(window: Window) -> list[tuple[int, float]]:
    """Up to which sample was painted, and when, for some seconds."""
    watcher = Painted(window)
    run(SECONDS)
    return watcher.times


def tell_waits(
    name: str, times: list[tuple[int, float]], arrivals: list[tuple[int, float]]
) -> None:
    """How long samples waited for their paint."""
    stops = np.array([stop for stop, _ in times])
    waits = []
    for stop, arrived in list(arrivals):
        k = np.searchsorted(stops, stop)
        if stops[0] <= stop and k < len(stops):
            waits.append(times[k][1] - arrived)
    p50, p95, worst = 1000 * np.quantile(waits, (0.5, 0.95, 1.0))
    print(f"{name}: median {p50:.0f} ms, p95 {p95:.0f} ms, worst {worst:.0f} ms")


def resident() -> float:
    """Megabytes of memory held."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory() -> None:
    """10 000 frames."""
    info = stream_info(16, 1000.0)
    source = Paced(info, noise(info, 20), size=40, speed=4.0, repeat=1000)
    window = watching(lambda: source)
    await_samples(window, 70_000)  # the ring is full
    window._timer.stop()
    app, held = application(), []
    for k in range(10_000):
        window.frame()
        app.processEvents()
        if k % 2000 == 0:
            held.append(resident())
    held.append(resident())
    print("10 000 frames, MB after every 2000: " + ", ".join(f"{mb:.0f}" for mb in held))
    window.close()


def session(hours: float = 8.0) -> None:
    """A long session, as fast as analysis and screen go together."""
    info = stream_info(8, 250.0)
    rows = noise(info, 600)
    source = Paced(info, rows, size=250, speed=400.0, repeat=round(6 * hours))
    window = watching(lambda: source)
    began, before = time.perf_counter(), 0.0
    while not source.over or window.desk.feed.strip.analyzed < window.desk.feed.strip.stop:
        run(1.0)
        if window.desk.feed.strip.stop > 250 * 3600 and not before:
            before = resident()
    window.freeze.hold(True)
    start = time.perf_counter()
    window.go_to(60.0)
    jump = time.perf_counter() - start
    stop = window.desk.feed.strip.stop / 250 / 3600
    found = window.desk.feed.found
    print(f"{stop:.2f} h in {time.perf_counter() - began:.0f} s: {len(found.bursts)} bursts, "
          f"{len(found.events)} events; memory {before:.0f} MB after 1 h, {resident():.0f} at the "
          f"end; dropped {window.desk.dropped}; scrolled back to the first minute in "
          f"{1000 * jump:.0f} ms")  # fmt: skip
    window.close()


def resize() -> None:
    info = stream_info(16, 2000.0)
    source = Paced(info, noise(info, 60), size=20)
    window = watching(lambda: source)
    await_samples(window, 12_000)
    before, busy = resident(), time.thread_time()
    rng = np.random.default_rng(0)
    for _ in range(1000):
        window.resize(int(rng.integers(640, 1900)), int(rng.integers(420, 1100)))
        application().processEvents()
    print(f"1000 resizes: {(time.thread_time() - busy):.1f} ms CPU each, "
          f"{resident() - before:+.0f} MB")  # fmt: skip
    window.close()


WATCHED = """
import os, sys, threading, time
def age():
    began = int(open('/proc/self/stat').read().rsplit(')', 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf('SC_CLK_TCK')
def watch():
    while True:
        time.sleep(0.004)
        qt, window = map(sys.modules.get, ('PySide6.QtWidgets', 'emgspasm.viewer.window'))
        app = qt.QApplication.instance() if qt and hasattr(window, 'Window') else None
        for shown in app.topLevelWidgets() if app else ():
            surface = getattr(shown, 'surface', None)
            if surface and surface.traces.columns[0].sweep._stop > 0:
                print(age(), time.process_time(), flush=True)
                os.kill(os.getpid(), 2)
                return
threading.Thread(target=watch, daemon=True).start()
from emgspasm.cli import main
main()
"""


def start() -> None:
    """From the start of the process to the first samples on the screen."""
    with tempfile.TemporaryDirectory() as folder, emulated() as port:
        config, stored = Path(folder) / "board.toml", Path(folder) / "stored.bdf"
        config.write_text(CYTON)
        command = [sys.executable, "-m", "emgspasm", "simulate", str(stored), "--scenario",
                   "hfs_mixed", "--duration", "60", "--quiet"]  # fmt: skip
        subprocess.run(command, check=True)
        live = ("--config", str(config), "--port", port)
        for name, arguments in (("emulated Cyton", live), ("replay", (str(stored),))):
            tries = [begun("view", *arguments) for _ in range(5)]
            clock, cpu = (sorted(values) for values in zip(*tries, strict=True))
            print(f"start to first trace, {name}: {clock[0]:.2f} s on the clock at best, median "
                  f"{clock[2]:.2f}; CPU {cpu[0]:.2f} s at best, median {cpu[2]:.2f}")  # fmt: skip


def begun(*arguments: str) -> tuple[float, float]:
    """Seconds of the clock and of CPU until the window shows samples."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *arguments], capture_output=True, text=True, check=True
    )
    clock, cpu = done.stdout.split()
    return float(clock), float(cpu)


PARTS = {f.__name__: f for f in (frame, whole, latency, memory, session, resize, start)}


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = folder
        for name in names or PARTS:
            PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
