"""Draw public recordings with their bursts: ``python tests/benchmarks/pictures.py OUT``.

One picture a recording, for people to look at; the README shows one. Recordings are read in
place from ``../shared/data`` and skipped where they are absent.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

import emgspasm as es
from emgspasm.dsp.pipeline import Analysis
from emgspasm.results.measurement import suit

DATA = Path(__file__).parents[3] / "shared" / "data"
CONFIGS = Path(__file__).parents[2] / "configs"
GUI = "openbci_gui_samples/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"
RECORDINGS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "blinks_jaw_clench_alpha": (GUI, "openbci_gui_sample", {}),
    "facial_subvocal": (
        "cyton_facial_subvocal/Nao.csv",
        "cyton_facial_subvocal",
        {"sampling_frequency": 250.0},
    ),
    "forearm_movement": ("ganglion_forearm/OpenBCI-RAW-S02_S1R0.txt", "ganglion_forearm", {}),
    "forearm_rest": ("ganglion_forearm/OpenBCI-RAW-S02_S1REST.txt", "ganglion_forearm", {}),
    "arm": ("biosppy_examples/emg.txt", "biosppy", {}),
}


def draw(path: Path, montage: Path, options: dict[str, Any], out: Path) -> None:
    """Filtered signal of every channel, its envelope, and its bursts as bars."""
    from emgspasm.config import LoadedConfig

    recording = es.open_recording(path, montage=es.load_montage(montage), **options)
    info = recording.info
    pipeline, chunks, _ = suit(LoadedConfig(), info, recording)
    analyses = list(es.analyze(pipeline, info, chunks))
    columns = info.columns()
    figure, axes = plt.subplots(
        len(columns), 1, figsize=(12, 0.4 + 0.95 * len(columns)), sharex=True, squeeze=False
    )
    for i, column in enumerate(columns):
        draw_channel(axes[i, 0], analyses, i, column, info.sampling_frequency)
        axes[i, 0].set_ylabel(f"{info.names[column]}\nuV", rotation=0, ha="right", va="center")
    axes[-1, 0].set_xlabel(f"{path.name}: seconds")
    figure.tight_layout(h_pad=0.2)
    figure.savefig(out, dpi=90)
    plt.close(figure)


def draw_channel(
    axis: plt.Axes, analyses: list[Analysis], i: int, column: int, sampling_frequency: float
) -> None:
    """One channel; the scale leaves out the largest thousandth."""
    whole = [a for a in analyses if len(a.chunk.samples)]
    signal = np.concatenate([a.filtered.samples[:, i] for a in whole])
    envelope = np.concatenate([a.envelope.samples[:, i] for a in whole])
    seconds = (whole[0].chunk.start + np.arange(len(signal))) / sampling_frequency
    axis.plot(seconds, signal, lw=0.3, color="0.45")
    axis.plot(seconds, envelope, lw=0.6, color="tab:blue")
    for burst in (b for a in analyses for b in a.bursts if b.channel == column):
        start, stop = burst.onset / sampling_frequency, burst.offset / sampling_frequency
        axis.axvspan(start, stop, color="tab:orange", alpha=0.45, lw=0)
    heard = signal[np.isfinite(signal)]
    limit = 1.3 * float(np.percentile(np.abs(heard), 99.7)) if len(heard) else 1.0
    axis.set_ylim(-limit, limit)
    axis.set_xlim(seconds[0], seconds[-1])
    if not len(heard):
        axis.text(0.5, 0.5, "railed: not analyzed", transform=axis.transAxes, ha="center")
    axis.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Draw all that are there."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for name, (file, montage, options) in RECORDINGS.items():
        if not (DATA / file).is_file():
            print(f"skipped {name}: {DATA / file} is absent")
            continue
        draw(DATA / file, CONFIGS / f"montage_{montage}.toml", options, out / f"{name}.png")
        print(f"drew {out / name}.png")


if __name__ == "__main__":
    main()
