"""Latency, CPU and a soak of the live chain; prints what it measures.

    python tests/benchmarks/acquisition.py latency   # burst said after its last byte, 250, 1000 Hz
    python tests/benchmarks/acquisition.py cpu       # share of a core at 250 Hz, from a board
    python tests/benchmarks/acquisition.py soak      # 8 hours, as fast as they go

The board of the first two is emulated in a process of its own. Times are of this machine.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from emgspasm.config import LoadedConfig, parse_config
from emgspasm.session import Handover, Session
from emgspasm.simulation import simulate
from emgspasm.simulation.board_packets import packet, quantize
from emgspasm.simulation.board_state import power_on
from emgspasm.simulation.pace import Paced
from emgspasm.sources.cyton import decoder
from emgspasm.sources.cyton.decoder import Layout
from emgspasm.sources.cyton.source import open_cyton
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import StreamInfo

SETTLED = 5.0  # s; the first four are looked at for mains before anything is said
LABELS = ("OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R", "ZYG_R", "OOR_R", "FRO_R")
BOARD = """
import sys
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
with EmulatedBoard(simulate("hfs_clonic", sampling_frequency=250, duration=300)) as board:
    print(board.port, flush=True)
    sys.stdin.readline()
    print(board.runs[-1].time, flush=True)
"""


class Timed(Handover):
    """Notes when every burst was said."""

    def __init__(self):
        super().__init__(1)
        self.said = []

    def put(self, tick):
        now = time.monotonic()
        self.said += [(now, burst) for burst in tick[0].bursts if burst.quality == "good"]


def emulated():
    process = subprocess.Popen(
        [sys.executable, "-c", BOARD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().strip()


def cyton(port, labels=LABELS):
    return open_cyton({"port": port, "inputs": [{"label": label} for label in labels]})


def record(source, duration, **more):
    """Record for some seconds; CPU seconds and seconds it took once streaming."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Session(source, Path(folder, "x.bdf"), duration=duration, **more) as session,
    ):
        begun, used = time.monotonic(), time.process_time()
        while not session.wait(1.0):
            _ = session.status
        return session, (time.monotonic() - begun, time.process_time() - used)


def show(name, delays, certain):
    delays = 1000 * np.array(delays)
    median, p99 = np.percentile(delays, [50, 99])
    print(
        f"{name}: {len(delays)} bursts, certain {1000 * certain:.0f} ms after their end; said "
        f"{median:+.1f} ms (median), {p99:+.1f} ms (p99), {delays.max():+.1f} ms (worst) of that"
    )


def latency(seconds=60.0):
    config = LoadedConfig()
    process, port = emulated()
    screen = Timed()
    session, _ = record(cyton(port), seconds, handovers=(screen,))
    begun = float(process.communicate("end\n")[0])
    certain = config.config.pipeline.certain(session.info)
    late = [
        now - begun - burst.offset / 250 - certain
        for now, burst in screen.said
        if burst.offset > 250 * SETTLED
    ]
    show("250 Hz, emulated board", late, certain)

    face = Paced(simulate("hfs_clonic", duration=seconds, seed=3, chunk_size=4))
    screen, arrivals = Timed(), []

    class Noted:
        info, stop = face.info, face.stop

        def __enter__(self):
            face.__enter__()
            return self

        def __exit__(self, *reason):
            face.__exit__(*reason)

        def __iter__(self):
            for chunk in face:
                arrivals.append(time.monotonic())
                yield chunk

    session, _ = record(Noted(), seconds, handovers=(screen,))
    certain = config.config.pipeline.certain(session.info)
    late = []
    for now, burst in screen.said:
        if burst.offset < 1000 * SETTLED:
            continue
        moment = min((burst.offset + round(1000 * certain)) // 4, len(arrivals) - 1)
        late.append(now - arrivals[moment])
    show("1000 Hz, simulated source", late, certain)


def cpu(seconds=30.0):
    for name, labels in (("stored only", tuple("ABCDEFGH")), ("stored and analyzed", LABELS)):
        process, port = emulated()
        _, (took, used) = record(cyton(port, labels), seconds)
        process.communicate("end\n")
        print(f"250 Hz, 8 channels, {name}: {100 * used / took:.1f} % of a core")


class Soak:
    """Hours of a Cyton's bytes, a tenth of a second a read, one packet in 1000 lost."""

    def __init__(self, hours):
        face = simulate("hfs_clonic", sampling_frequency=250, duration=60, seed=1)
        with face:
            samples = np.concatenate([chunk.samples for chunk in face])
        state = power_on(daisy=False)
        self.packets = [
            packet(state, n, quantize(state, row, 0, 0.0)[:8]) for n, row in enumerate(samples)
        ]
        self.info = StreamInfo(250.0, face.info.channels, "soak")
        self.hours, self.time, self.lost, self.memory = hours, 0.0, 0, []
        self._over = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._over = True

    def clock(self):
        return self.time

    def __iter__(self):
        rng = np.random.default_rng(0)
        layout, state = Layout((24,) * 8, tuple(range(8))), decoder.start(0, 0.0)
        for read in range(round(self.hours * 36_000)):
            if self._over:
                return
            self.time = read / 10
            numbers = np.arange(25 * read, 25 * read + 25)
            kept = numbers[rng.random(25) > 0.001]
            self.lost += 25 - len(kept)
            data = b"".join(self._packet(int(n)) for n in kept)
            state, decoded = decoder.decode(layout, state, data, self.time)
            if read % 3000 == 0:
                self.memory.append(resident())
            yield from decoded.chunks

    def _packet(self, number):
        data = self.packets[number % len(self.packets)]
        return data[:1] + bytes((number % 256,)) + data[2:]


def resident():
    """Megabytes this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def soak(hours=8.0):
    source = Soak(hours)
    config = parse_config('mains = "auto"')
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.bdf")
        begun = time.process_time()
        with Session(source, path, config, clock=source.clock) as session:
            session.wait()
            bursts = session.status.bursts
        used = time.process_time() - begun
        recording = open_edf(path)
        tail = recording.read(recording.n_samples - 1000)
        counts = np.rint(tail[:, 0] / (187500 / 8388607))
        expected = [
            int.from_bytes(source.packets[n % len(source.packets)][2:5], "big", signed=True)
            for n in range(recording.n_samples - 1000, recording.n_samples)
        ]
        there = np.isfinite(counts)
        in_place = bool((counts[there] == np.array(expected)[there]).all())
    early, late = source.memory[6], source.memory[-1]  # after half an hour, at the end
    print(
        f"{hours:g} h: {recording.n_samples} samples of {round(hours * 900_000)}, the last 1000 in "
        f"place: {in_place}; {bursts} bursts; memory {early:.1f} MB after "
        f"{6 / 12:g} h, {late:.1f} MB at the end; CPU {used:.0f} s, "
        f"{100 * used / (3600 * hours):.2f} % of a core in real time"
    )
    return in_place, late - early


if __name__ == "__main__":
    {"latency": latency, "cpu": cpu, "soak": soak}[sys.argv[1]](*map(float, sys.argv[2:3]))
