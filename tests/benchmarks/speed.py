"""How fast, and in how much memory: ``python tests/benchmarks/speed.py [PEERS_PYTHON]``.

One simulated recording (1 h, 8 channels, 1000 Hz, BDF) is analyzed from file to tables; start-up
and compiling are done before. The same signal is given to other packages, where the interpreter
PEERS_PYTHON (by default this one) has them: neurokit2, biosppy, myonset. They get ten minutes
of one channel, scaled to the hour of eight, since some of them take half an hour for it. Numbers
are CPU seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

FS, HOUR, SHORT = 1000, 3600, 600
TARGETS = {"1 h, CPU s": 1.0, "1 h, peak MB": 400.0, "10 h, peak MB": 400.0, "tick, us": 60.0,
           "tick with events, us": 100.0}  # fmt: skip


def cpu(work: Callable[[], Any], repeats: int = 1) -> float:
    """Least CPU seconds of some runs."""
    spent = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


def write_recordings(folder: Path) -> tuple[Path, Path, Path]:
    """The simulated ten minutes as they are, tiled to one hour, and tiled to ten."""
    from emgspasm.simulation import simulate
    from emgspasm.storage.bdf.writer import BdfWriter
    from emgspasm.stream import Chunk

    simulation = simulate("hfs_mixed", sampling_frequency=FS, duration=SHORT)
    samples = np.concatenate([chunk.samples for chunk in simulation])
    np.save(folder / "ten_minutes.npy", samples)
    paths = []
    for name, tiles in (("short", 1), ("hour", HOUR // SHORT), ("ten_hours", 10 * HOUR // SHORT)):
        paths.append(folder / f"{name}.bdf")
        with BdfWriter(paths[-1], simulation.info) as writer:
            for tile in range(tiles):
                writer.write(Chunk(tile * len(samples), samples.copy()))
    return paths[0], paths[1], paths[2]


def stages(path: Path) -> dict[str, float]:
    """CPU seconds of each stage over a recording, one after the other."""
    from emgspasm.config import LoadedConfig
    from emgspasm.dsp.quality import MeanSpectrum
    from emgspasm.results.measurement import suit
    from emgspasm.storage.opening import open_recording

    recording = open_recording(path)
    info = recording.info
    pipeline, _, _ = suit(LoadedConfig(), info, recording)
    spectrum, detector = MeanSpectrum(), pipeline.detector
    walk = {"screen": pipeline.screen, "filters": pipeline.cascade, "envelope": pipeline.envelope}
    spent = dict.fromkeys(("reading", "mains", *walk, "detector"), 0.0)
    states: dict[str, Any] = {"detector": detector.init(info, pipeline.response(info))}
    states["mains"] = spectrum.init(info)
    clock = time.process_time()

    def took(name: str) -> None:
        nonlocal clock
        spent[name] += time.process_time() - clock
        clock = time.process_time()

    for chunk in recording:
        took("reading")
        for name, stage in walk.items():
            states[name] = states.get(name) or stage.init(info, chunk)
        spectrum.step(states["mains"], chunk)
        took("mains")
        passed = {"": chunk}
        for name, stage in walk.items():
            _, passed[name] = stage.step(states[name], list(passed.values())[-1])
            took(name)
        detector.step(states["detector"], passed["filters"], passed["envelope"])
        took("detector")
    return spent


def tick(*, events: bool) -> float:
    """CPU microseconds of one live step: 8 channels, 10 samples; with provisional events or not."""
    from emgspasm.dsp.pipeline import Pipeline, analyze
    from emgspasm.simulation import simulate
    from emgspasm.synkinesis.folding import Folding, fold

    simulation = simulate("hfs_mixed", sampling_frequency=FS, duration=60, chunk_size=10)
    chunks = list(simulation)

    def step_through() -> None:
        steps: Iterable[Any] = analyze(Pipeline(), simulation.info, chunks)
        if events:
            notes = simulation.annotations
            steps = fold(Folding(), Pipeline(), simulation.info, steps, notes, provisional=0.1)
        for _ in steps:
            pass

    return 1e6 * cpu(step_through, repeats=3) / len(chunks)


def in_process(*args: Any, python: str = sys.executable) -> dict[str, Any]:
    """Run a part of this script in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [python, __file__, *map(str, args)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"skipped": done.stderr.strip().splitlines()[-1]}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def memory(path: str) -> dict[str, float]:
    """Peak memory, in MB, of a process that analyzes a recording."""
    from emgspasm import analyze_recording

    analyze_recording(path)
    # not ru_maxrss, which a process inherits from the one that started it
    status = Path("/proc/self/status").read_text()
    return {"MB": int(status.split("VmHWM:")[1].split()[0]) / 1024}


def neurokit2(signal: Any) -> None:
    """Its clean, envelope and activation."""
    import neurokit2 as nk

    nk.emg_process(signal, sampling_rate=FS)


def biosppy(signal: Any) -> None:
    """Its filter and onsets."""
    from biosppy.signals import emg

    emg.emg(signal, sampling_rate=FS, show=False)


def myonset(signal: Any) -> None:
    """Its high-pass and onsets; its baseline lies before time 0."""
    import myonset as mo

    mo.get_onsets(mo.hpfilter(signal, sf=FS), np.arange(len(signal)) / FS - 3.0, sf=FS)


PEERS = {f.__name__: f for f in (biosppy, myonset, neurokit2)}


def peer(name: str, path: str) -> dict[str, float]:
    """CPU seconds of another package, scaled from ten minutes of a channel to an hour of eight."""
    signal = np.ascontiguousarray(np.load(path)[:, 0])
    PEERS[name](signal[: 20 * FS])
    return {"CPU s": 8 * HOUR / SHORT * cpu(lambda: PEERS[name](signal))}


def main(python: str) -> None:
    """Measure everything and print one table."""
    from emgspasm import analyze_recording

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        short, hour, ten_hours = write_recordings(folder)
        analyze_recording(short)
        measured = {"1 h, CPU s": cpu(lambda: analyze_recording(hour), repeats=3)}
        parts = stages(hour)
        measured["tick, us"] = tick(events=False)
        measured["tick with events, us"] = tick(events=True)
        measured["1 h, peak MB"] = in_process("memory", hour)["MB"]
        measured["10 h, peak MB"] = in_process("memory", ten_hours)["MB"]
        ten_hours.unlink()
        signal = folder / "ten_minutes.npy"
        others = {name: in_process("peer", name, signal, python=python) for name in PEERS}
    ours = measured["1 h, CPU s"]
    print(f"{'emgspasm':16}{'measured':>10}{'target':>10}{'ratio':>8}")
    for name, target in TARGETS.items():
        print(f"{name:16}{measured[name]:10.2f}{target:10.1f}{measured[name] / target:8.2f}")
    print(f"\n{'of that hour':16}{'CPU s':>10}")
    for name, spent in {**parts, "tables, hash": ours - sum(parts.values())}.items():
        print(f"{name:16}{spent:10.2f}")
    print(f"\n{'1 h of 8':16}{'CPU s':>10}{'ratio':>8}")
    for name, answer in {"emgspasm": {"CPU s": ours}, **others}.items():
        if "skipped" in answer:
            print(f"{name:16}   skipped: {answer['skipped']}")
        else:
            print(f"{name:16}{answer['CPU s']:10.1f}{answer['CPU s'] / ours:8.1f}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["memory"]:
        print(json.dumps(memory(arguments[1])))
    elif arguments[:1] == ["peer"]:
        print(json.dumps(peer(arguments[1], arguments[2])))
    else:
        main(arguments[0] if arguments else sys.executable)
