"""The whole chain without hardware: an emulated board recorded, analyzed live and after, scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.analysis import score_table
from emgspasm.cli.console import FILE, Command, columns, positive, refuse_existing, say, shown
from emgspasm.cli.simulation import write_truth
from emgspasm.cli.viewing import require_window

if TYPE_CHECKING:
    from emgspasm.results import Results
    from emgspasm.session import Session
    from emgspasm.simulation import Simulation


@click.command(cls=Command)
@click.option("--out", type=FILE, default=Path("demo"), show_default=True, help="Folder.")
@click.option(
    "--duration",
    type=float,
    default=30.0,
    show_default=True,
    callback=positive,
    help="Seconds to record; they pass in real time.",
)
@click.option("--window/--no-window", default=False, help="Replay it in the live window after.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier demo.")
def demo(out: Path, duration: float, *, window: bool, overwrite: bool) -> None:
    """Record a simulated patient from an emulated board, detect live, analyze the file, score.

    No hardware needed: a Cyton is emulated on a pseudo-terminal, and everything behind it is what
    a real board would meet. The patient is simulated; so are all numbers.
    """
    from emgspasm.batch import write_results
    from emgspasm.cli.recording import live_counts, require_same, table_counts
    from emgspasm.results import analyze_recording
    from emgspasm.simulation import simulate
    from emgspasm.simulation.board import RATE
    from emgspasm.synkinesis.scoring import score

    if window:
        require_window()
    recording, truth = out / "demo.bdf", out / "demo_truth.tsv"
    refuse_existing(recording, truth, overwrite=overwrite)
    out.mkdir(parents=True, exist_ok=True)
    recording.unlink(missing_ok=True)
    patient = simulate("hfs_mixed", sampling_frequency=RATE, duration=duration, seed=1)
    session = record(patient, recording, duration)
    status = session.status
    true_events = write_truth(patient, truth)
    results = analyze_recording(recording)
    require_same(live_counts(status), table_counts(results.events))
    write_results(results, out, overwrite=overwrite)
    click.echo(headline(results))
    click.echo()
    reached = true_events[true_events["onset"] < status.time]
    click.echo(score_table(score(results.events, reached)))
    say(
        f"{status.time:.1f} s, {100 * status.lost:.2f} % lost; {sum(status.bursts.values())} "
        f"bursts live, the same from the file. Recording, truth and tables: {out}"
    )
    if window:
        replay(recording)


def replay(recording: Path) -> None:
    """Show a recording in the live window until it is closed."""
    from emgspasm.config import LoadedConfig
    from emgspasm.viewer import application

    application.replay(recording, LoadedConfig(), 1.0)


def record(patient: Simulation, path: Path, duration: float) -> Session:
    """Record a patient from an emulated board; the session, over."""
    from emgspasm.cli.recording import until_over
    from emgspasm.session import Session
    from emgspasm.simulation.board import EmulatedBoard
    from emgspasm.sources.registry import open_source

    inputs = [{"label": channel.name} for channel in patient.info.channels]
    with EmulatedBoard(patient) as board:
        say(
            f"simulated patient (hemifacial spasm of the left side), emulated Cyton at {board.port}"
        )
        source = open_source("cyton", {"port": board.port, "inputs": inputs})
        with Session(source, path, duration=duration, markers=patient.annotations) as session:
            say(f"recording {duration:g} s to {path}; q or Ctrl-C ends it before")
            until_over(session)
        session.wait()
    return session


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
