"""Commands that make signals: simulate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from emgspasm.cli.console import FILE, Command, placed, progress, say
from emgspasm.cli.options import bare
from emgspasm.errors import ConfigError, RecordingError

if TYPE_CHECKING:
    import pandas as pd

    from emgspasm.simulation import Simulation


def scenarios_that_begin(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """Names of scenarios for the shell, which completes what was begun."""
    from emgspasm.simulation import SCENARIOS

    return [name for name in SCENARIOS if name.startswith(begun)]


@click.command(cls=Command)
@click.argument("out", required=False, type=FILE, metavar="OUT.bdf")
@click.option(
    "--scenario",
    shell_complete=scenarios_that_begin,
    help="What happens in the face; --list names them.",
)
@click.option("--list", "listing", is_flag=True, help="Name the scenarios.")
@click.option(
    "--side",
    type=click.Choice(["left", "right"]),
    default="left",
    show_default=True,
    help="Affected side.",
)
@click.option("--sampling-frequency", type=float, default=1000.0, show_default=True, help="Hz.")
@click.option("--duration", type=float, default=60.0, show_default=True, help="Seconds.")
@click.option(
    "--snr",
    type=float,
    default=20.0,
    show_default=True,
    help="Signal-to-noise ratio of bursts, dB.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="The same seed gives the same bytes.",
)
@click.option(
    "--days-since-injection",
    type=float,
    metavar="DAYS",
    help="Days since a simulated injection of toxin.",
)
@click.option(
    "--injected",
    multiple=True,
    metavar="SITE",
    help="Injected site, such as OOC_L; may be repeated.",
)
@click.option("--study", type=FILE, help="Write into a study instead; made if missing.")
@click.option("--participant", metavar="ID", callback=bare, help="In a study: letters and digits.")
@click.option("--session", metavar="ID", callback=bare, help="In a study: session label.")
@click.option("--task", metavar="NAME", callback=bare, help="In a study: task label, such as rest.")
@click.option("--run", type=click.IntRange(1), help="In a study: run number.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
def simulate(
    out: Path | None,
    scenario: str | None,
    side: Literal["left", "right"],
    sampling_frequency: float,
    duration: float,
    snr: float,
    seed: int,
    days_since_injection: float | None,
    injected: tuple[str, ...],
    study: Path | None,
    participant: str | None,
    session: str | None,
    task: str | None,
    run: int | None,
    *,
    listing: bool,
    as_json: bool,
    overwrite: bool,
) -> None:
    """Write a simulated recording, and beside it what really happened (OUT_truth.tsv).

    With --study the recording goes where record would put it, and its truth into derivatives/truth.
    """
    from emgspasm import simulation
    from emgspasm.storage.files import refuse_existing

    if listing:
        _list_scenarios(as_json=as_json)
        return
    labels = participant, session, task, run
    if scenario is None or (out is None) == (study is None):
        raise click.UsageError("give OUT.bdf and --scenario NAME, or --study DIR (see --list)")
    _require_whole_place(out, study, labels)
    try:
        simulated = simulation.simulate(
            scenario,
            side=side,
            sampling_frequency=sampling_frequency,
            duration=duration,
            snr=snr,
            seed=seed,
            days_since_injection=days_since_injection,
            injected=injected,
        )
        if study is not None:
            out, truth = _into_study(simulated, scenario, study, labels, overwrite=overwrite)
            _say_what_was_made(out, scenario, duration, str(truth))
            return
    except ValueError as error:
        raise ConfigError(str(error)) from None
    assert out is not None  # where there is no study
    truth = out.with_name(f"{out.stem}_truth.tsv")
    refuse_existing(out, truth, overwrite=overwrite)
    write_simulation(simulated, out, truth, overwrite=overwrite)
    _say_what_was_made(out, scenario, duration, truth.name)


Labels = tuple[str | None, str | None, str | None, int | None]
"""Participant, session, task and run of a recording of a study."""


def _require_whole_place(out: Path | None, study: Path | None, labels: Labels) -> None:
    """Refuse a file that is no BDF by its name, and labels that do not make a place in a study."""
    if out is not None and out.suffix.lower() != ".bdf":
        raise ConfigError(f"{out} does not end in .bdf (recordings are BDF+). Name it OUT.bdf")
    participant, _, task, _ = labels
    if study is not None and (participant is None or task is None):
        raise click.UsageError("in a study a recording needs --participant ID and --task NAME")
    if study is None and any(label is not None for label in labels):
        raise click.UsageError(
            "--participant, --session, --task and --run are of a study. Give --study DIR, or leave "
            "them out"
        )


def _say_what_was_made(out: Path, scenario: str, duration: float, truth: str) -> None:
    from emgspasm.simulation import SCENARIOS
    from emgspasm.simulation.protocol import whole

    say(f"{out}: {scenario}, {duration:g} s, simulated; its truth is in {truth}")
    if SCENARIOS[scenario].follows_protocol and duration < whole():
        say(f"the whole session takes {whole():g} s; these are its first {duration:g} s")


def _into_study(
    simulated: Simulation,
    scenario: str,
    study: Path,
    labels: Labels,
    *,
    overwrite: bool,
) -> tuple[Path, Path]:
    """Write a recording where a study has its place, what describes it, and its truth."""
    from emgspasm.storage.edf.reader import open_edf
    from emgspasm.storage.files import refuse_existing
    from emgspasm.storage.studies.sidecar import SIMULATED, Acquisition, write_sidecars

    participant, session, task, run = labels
    assert participant is not None  # the place is whole
    assert task is not None
    with placed(study, participant, session, task, run) as (_, place):
        folder = study / "derivatives" / "truth" / place.folder.relative_to(study)
        truth = folder / f"{place.stem}_desc-truth_events.tsv"
        refuse_existing(*place.files, truth, overwrite=overwrite)
        write_simulation(simulated, place.recording, truth, overwrite=overwrite)
        write_sidecars(
            open_edf(place.recording),
            place.sidecars,
            task=task,
            acquisition=Acquisition("Bipolar", f"{SIMULATED}{scenario}", None, {}),
            overwrite=True,
        )
    return place.recording, truth


def write_simulation(simulated: Simulation, out: Path, truth: Path, *, overwrite: bool) -> None:
    """Write the recording and its truth: both, or none."""
    from emgspasm.storage.files import replacing

    try:  # both appear together, at the end: a recording is of no use without its truth
        with (
            replacing(out, overwrite=overwrite) as recording,
            replacing(truth, overwrite=overwrite) as table,
        ):
            _write_recording(simulated, recording)
            write_truth(simulated, table)
    except RecordingError as error:
        reason = error.__cause__.strerror if isinstance(error.__cause__, OSError) else error
        raise RecordingError(
            f"{out} cannot be written ({reason}), and nothing of it is kept. "
            "Make room, or write elsewhere"
        ) from error


def _write_recording(simulated: Simulation, path: Path) -> None:
    from emgspasm.storage.bdf.writer import BdfWriter

    n_chunks = -(-simulated.n_samples // simulated.chunk_size)
    with BdfWriter(path, simulated.info, equipment=simulated.info.device) as file:
        for annotation in simulated.annotations:
            file.annotate(annotation)
        with progress(simulated, "simulate", n_chunks) as chunks:
            for chunk in chunks:
                file.write(chunk)


def write_truth(simulated: Simulation, path: Path) -> pd.DataFrame:
    """Write what really happened as an events table, and return it."""
    from emgspasm.results.tabulation.truth import truth_rows, truth_table
    from emgspasm.storage.tables.tsv import write_table

    rows = truth_rows(simulated.info, simulated.truth, simulated.truth_sampling_frequency)
    table = truth_table(rows)
    write_table(table, path, overwrite=True)
    return table


def _list_scenarios(*, as_json: bool) -> None:
    from emgspasm.simulation import SCENARIOS

    if as_json:
        click.echo(json.dumps({name: s.description for name, s in SCENARIOS.items()}, indent=2))
        return
    for name, s in SCENARIOS.items():
        click.echo(f"{name:16} {s.description}")
