"""The whole chain without hardware: simulate, record, detect, analyze, score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.analysis import score_table
from emgspasm.cli.console import FILE, Command, columns, positive, progress, say, shown
from emgspasm.cli.simulation import write_truth
from emgspasm.errors import RecordingError

if TYPE_CHECKING:
    from emgspasm.results import Results
    from emgspasm.simulation import Simulation
    from emgspasm.stream import Burst


@click.command(cls=Command)
@click.option("--out", type=FILE, default=Path("demo"), show_default=True, help="Folder.")
@click.option(
    "--duration",
    type=float,
    default=60.0,
    show_default=True,
    callback=positive,
    help="Seconds to simulate.",
)
@click.option("--overwrite", is_flag=True, help="Replace an earlier demo.")
def demo(out: Path, duration: float, *, overwrite: bool) -> None:
    """Simulate a patient, record and detect live, analyze the file, and score both.

    No hardware needed. The patient is simulated; so are all numbers.
    """
    from emgspasm.batch import write_results
    from emgspasm.cli.console import refuse_existing
    from emgspasm.results import analyze_recording
    from emgspasm.simulation import simulate
    from emgspasm.synkinesis.scoring import score

    recording, truth = out / "demo.bdf", out / "demo_truth.tsv"
    refuse_existing(recording, truth, overwrite=overwrite)
    out.mkdir(parents=True, exist_ok=True)
    simulated = simulate("hfs_mixed", duration=duration, seed=1)
    say(f"simulated patient: hemifacial spasm of the left side, {duration:g} s, 8 channels")
    live = record(simulated, recording)
    true_events = write_truth(simulated, truth)
    results = analyze_recording(recording)
    require_same(live, results, simulated)
    write_results(results, out, overwrite=overwrite)
    click.echo(headline(results))
    click.echo()
    click.echo(score_table(score(results.events, true_events)))
    say(f"{len(live)} bursts live, the same from the file. Recording, truth and tables: {out}")


def record(simulated: Simulation, path: Path) -> list[Burst]:
    """Store a source while its bursts are found: what is analyzed is what was stored."""
    from emgspasm.config import LoadedConfig
    from emgspasm.dsp.pipeline import analyze
    from emgspasm.measurement import suit
    from emgspasm.storage.bdf import BdfWriter

    n_chunks = -(-simulated.n_samples // simulated.chunk_size)
    bursts: list[Burst] = []
    with BdfWriter(path, simulated.info, overwrite=True) as file:
        for annotation in simulated.annotations:
            file.annotate(annotation)
        with progress(simulated, "record", n_chunks) as chunks:
            stored = map(file.write, chunks)
            pipeline, stream, _ = suit(LoadedConfig(), simulated.info, stored)
            for analysis in analyze(pipeline, simulated.info, stream):
                bursts.extend(analysis.bursts)
    return bursts


def require_same(live: list[Burst], results: Results, simulated: Simulation) -> None:
    """Refuse to show results if the file does not give the bursts that were seen live."""
    fs = simulated.info.sampling_frequency
    seen = sorted((b.onset / fs, simulated.info.names[b.channel]) for b in live)
    bursts = results.events[results.events["trial_type"] == "burst"]
    found = sorted(zip(bursts["onset"], bursts["channel"], strict=True))
    if seen != found:
        raise RecordingError(
            f"{len(live)} bursts live but {len(bursts)} from the file (they must agree). "
            "This is a fault of emgspasm: please report it"
        )


def headline(results: Results) -> str:
    """The summary table of muscles, for a terminal."""
    muscles = results.summary[results.summary["channel"].notna()]
    heading = ["side", "muscle", "bursts", "per min", "% time", "median ms", "SNR dB", "noise uV"]
    rows = [
        [
            str(r["side"]),
            str(r["muscle"]),
            shown(int(r["n_bursts"])),
            *(shown(float(r[name])) for name in ("burst_rate_per_min", "pct_time")),
            *(shown(float(r[name])) for name in ("dur_median_ms", "snr_db", "noise_uV")),
        ]
        for _, r in muscles.sort_values(["side", "muscle"]).iterrows()
    ]
    return columns([heading, *rows])
