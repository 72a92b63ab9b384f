"""The whole chain without hardware: a board emulated, recorded, analyzed, scored, reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from emgspasm.cli.boards import LOOP
from emgspasm.cli.conclusion import conclude as tabulate
from emgspasm.cli.conclusion import counted, require_same, summed
from emgspasm.cli.console import (
    FILE,
    Command,
    columns,
    positive,
    say,
    say_when_compiling,
    shown,
)
from emgspasm.cli.extras import require_extra
from emgspasm.cli.pages import SUFFIX
from emgspasm.cli.recording import describe, until_over
from emgspasm.cli.reporting import write_page
from emgspasm.cli.scoring import score_table
from emgspasm.cli.simulation import write_truth
from emgspasm.cli.viewing import require_window
from emgspasm.errors import ConfigError
from emgspasm.postponement import postponed

if TYPE_CHECKING:
    from emgspasm.config import LoadedConfig
    from emgspasm.results.analysis import Results
    from emgspasm.session import Status
    from emgspasm.simulation import Simulation
    from emgspasm.simulation.board import EmulatedBoard
    from emgspasm.stream import Source

SCENARIO, SEED = "hfs_mixed", 1


@click.command(cls=Command)
@click.option(
    "--out", type=FILE, default=Path("demo"), show_default=True, help="Folder for all it makes."
)
@click.option(
    "--duration",
    type=float,
    default=40.0,
    show_default=True,
    callback=positive,
    help="Seconds to record, in real time.",
)
@click.option("--window/--no-window", default=False, help="Show the live window instead.")
@click.option("--overwrite", is_flag=True, help="Replace an earlier demo.")
def demo(out: Path, duration: float, *, window: bool, overwrite: bool) -> None:
    """Record a simulated patient from an emulated board, detect live, analyze, score and report.

    No hardware is needed: the board is emulated on a pseudo-terminal, and recorded by the driver of
    a real one. Where there are no pseudo-terminals, as on Windows, the patient streams without a
    board. The patient is simulated, and so are all numbers. With --window the patient is shown in
    the live window, which records into the study OUT when told to.
    """
    from emgspasm.results.outputs import make_folder
    from emgspasm.storage.files import refuse_existing

    say_when_compiling()
    if window:
        require_window()
        with playing(LOOP) as played:
            show(played, out)
        return
    recording, truth = out / "demo.bdf", out / "demo_truth.tsv"
    refuse_existing(recording, truth, overwrite=overwrite)
    make_folder(out)
    recording.unlink(missing_ok=True)
    say(f"simulated patient: hemifacial spasm of the left side, {duration:g} s, 8 channels, 250 Hz")
    with playing(duration) as played:
        status = record(played, recording, duration)
    conclude(recording, played.face, truth, status, overwrite=overwrite)


def patient(duration: float) -> Simulation:
    """A patient at the rate of the board."""
    from emgspasm.simulation import simulate
    from emgspasm.simulation.board import RATE

    return simulate(SCENARIO, sampling_frequency=RATE, duration=duration, seed=SEED)


class Played(NamedTuple):
    """A patient, the config to record it, and what opens its source."""

    face: Simulation
    loaded: LoadedConfig
    opened: Callable[[], Source]


@contextmanager
def playing(duration: float) -> Iterator[Played]:
    """Play a patient on an emulated board, or without one where none can be.

    The board shares this process and is kept waiting with it where the machine is busy, as no real
    board is; so its own clock is the host's, or it would seem to have lost what it did not yet
    send.
    """
    from emgspasm.simulation.board import EmulatedBoard
    from emgspasm.simulation.board_port import has_terminals
    from emgspasm.sources.cyton.settings import read_settings
    from emgspasm.sources.cyton.source import CytonSource
    from emgspasm.sources.registry import open_source

    face = patient(duration)
    if not has_terminals():
        say("no board can be emulated on this system: the patient streams without one")
        loaded, options = config_of(streamed(duration))
        yield Played(face, loaded, partial(open_source, "simulated", options))
        return
    with EmulatedBoard(face) as board:
        loaded, options = config_of(wired(board))
        yield Played(face, loaded, partial(CytonSource, read_settings(options), board.clock))


def wired(board: EmulatedBoard) -> str:
    """The source of a board, its inputs named as the patient's muscles."""
    from emgspasm.simulation import MONTAGE

    inputs = ", ".join(f'{{ label = "{label}" }}' for label in MONTAGE)
    return f'kind = "cyton"\nport = "{board.port}"\ninputs = [{inputs}]\n'


def streamed(duration: float) -> str:
    """The source of the patient alone."""
    from emgspasm.simulation.board import RATE

    return (
        f'kind = "simulated"\nscenario = "{SCENARIO}"\nseed = {SEED}\n'
        f"sampling_frequency = {RATE}\nduration = {duration}\n"
    )


def config_of(source: str) -> tuple[LoadedConfig, Mapping[str, object]]:
    """Config of a recording from a source, and the options of that."""
    from emgspasm.config import parse_config

    told = 'reference = "Bipolar"\nplacement = "simulated"\n'
    loaded = parse_config(f"[source]\n{source}[recording]\n{told}")
    assert loaded.config.source is not None  # it was just given
    return loaded, loaded.config.source.options


def record(played: Played, path: Path, duration: float) -> Status:
    """Record from the board as ``record`` does, the cues of trials as markers; how it went."""
    from emgspasm.session import Session

    source, cues = played.opened(), played.face.annotations
    with Session(source, path, played.loaded, duration=duration, markers=cues) as session:
        until_over(session)
    session.wait()
    return session.status


def conclude(
    recording: Path, face: Simulation, truth: Path, status: Status, *, overwrite: bool
) -> None:
    """Analyze the recording, compare it with the live events and with the truth, report it."""
    from emgspasm.results.analysis import analyze_recording
    from emgspasm.results.outputs import write_results
    from emgspasm.storage.opening import open_recording
    from emgspasm.synkinesis.measures.scoring import score

    true_events = write_truth(face, truth)
    results = analyze_recording(recording)
    found = counted(results.events)
    require_same(status, found)
    write_results(results, recording.parent, overwrite=overwrite)
    click.echo(headline(results))
    click.echo()
    reached = true_events[true_events["onset"] < status.time]  # Ctrl-C ends it before
    click.echo(score_table(score(results.events, reached)))
    say(
        f"{summed(found)} live, the same from the file; "
        f"{100 * status.lost:.2g} % lost. Recording, truth and tables: {recording.parent}"
    )
    page = recording.with_name(f"{recording.stem}{SUFFIX}")
    try:
        require_extra("report")
    except ConfigError as error:
        say(f"no report: {error}")
        return
    write_page(page, results, open_recording(recording), overwrite=overwrite)
    click.echo(page)


def show(played: Played, out: Path) -> None:
    """Open the live window on the board."""
    from emgspasm.desk.wiring import Wiring

    with postponed():  # Qt's bindings abort the process when their import is cut short
        from emgspasm.viewer import application

    wiring = Wiring(played.loaded, played.opened, describe, tabulate)
    application.live(wiring, out, say)


def headline(results: Results) -> str:
    """The summary tables of sides and muscles, for a terminal."""
    from emgspasm.storage.tables.tsv import table_rows

    whole = results.summary["channel"].isna()
    sides = [
        [r["task"] or "whole recording", str(r["side"]), *(shown(r[name]) for name in _OF_A_SIDE)]
        for r in table_rows(results.summary[whole & (results.summary["side"] != "B")])
    ]
    muscles = [
        [
            str(r["side"]),
            str(r["muscle"]),
            shown(r["n_bursts"]),
            *(shown(r[name]) for name in _OF_A_MUSCLE),
        ]
        for r in table_rows(results.summary[~whole].sort_values(["side", "muscle"]))
    ]
    return "\n\n".join(
        (
            columns([["part", "side", "spasms", "per min", "from", "to", "% time"], *sides]),
            columns([_MUSCLE_HEADING, *muscles]),
        )
    )


_OF_A_SIDE = ("n_spasms", "spasm_rate_per_min", "rate_ci_lo", "rate_ci_hi", "spasm_pct_time")
_OF_A_MUSCLE = ("burst_rate_per_min", "pct_time", "dur_median_ms", "snr_db", "noise_uV")
_MUSCLE_HEADING = [
    "side", "muscle", "bursts", "per min", "% time", "median ms", "SNR dB", "noise uV"
]  # fmt: skip
