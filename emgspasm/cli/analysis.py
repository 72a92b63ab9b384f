"""The command analyze: recordings, folders or a study to tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.console import (
    FILE,
    Command,
    progress,
    read_config,
    read_montage,
    say,
    say_more,
    say_when_compiling,
)
from emgspasm.cli.options import config_option, gain_option, montage_option, rate_option
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError

if TYPE_CHECKING:
    from emgspasm.batch.jobs import Outcome


@click.command(cls=Command)
@click.argument("sources", nargs=-1, required=True, type=FILE, metavar="SOURCE...")
@click.option("--out", type=FILE, help="Folder for the tables; a study has its own.")
@config_option
@montage_option
@rate_option
@gain_option
@click.option("--workers", type=click.IntRange(1), default=1, help="Processes side by side.")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler to use instead.")
@click.option(
    "--overwrite", is_flag=True, help="Analyze everything again and replace results that exist."
)
def analyze(
    sources: tuple[Path, ...],
    out: Path | None,
    config: Path | None,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    workers: int,
    cluster: str | None,
    *,
    overwrite: bool,
) -> None:
    """Find bursts in recordings, folders or a study, and write the tables.

    Writes X_events.tsv, X_summary.tsv, X_quality.tsv, X_pairs.tsv, X_trials.tsv (where markers ask
    for movements) and X.json for every recording X, and summary.tsv and the data dictionary
    dataset.json for all of them together; for a study also group_summary.tsv, group_summary.parquet
    and methods.md. An interrupted call continues when it is made again.
    """
    from emgspasm.batch.jobs import Job, in_order
    from emgspasm.batch.joint import summarized
    from emgspasm.batch.running import run
    from emgspasm.results.outputs import require_own
    from emgspasm.storage.derivatives.names import result_path
    from emgspasm.storage.files import existing

    loaded, labels = read_config(config), read_montage(montage)
    joint: dict[Path, Path] = {}
    jobs = [
        Job(path, where, loaded, labels, sampling_frequency, gain, overwrite)
        for path, where in _places(sources, out, joint)
    ]
    named = {}
    for folder in dict.fromkeys(joint.values()):
        require_own(folder)  # before hours of work
        named[folder] = summarized(folder)
    told = all(job.path.stem in named[joint[job.out]] for job in jobs)
    say_when_compiling()
    with (
        closing(run(jobs, workers=workers, cluster=cluster)) as running,
        progress(running, "analyze", len(jobs)) as bar,
    ):
        outcomes = in_order(bar, jobs)
    if told and all(outcome.kept for outcome in outcomes):
        made = result_path(jobs[0].out, jobs[0].path.stem, "events")
        raise existing(made, why="this very call has made all of it, nothing is left to do")
    unwritten = _write_joint(outcomes, joint)
    conclude(outcomes, list(dict.fromkeys(joint.values())), unwritten)


def _places(
    sources: Sequence[Path], out: Path | None, joint: dict[Path, Path]
) -> list[tuple[Path, Path]]:
    """Recordings that sources stand for, and the folder of each one's results.

    What is named twice is meant once. `joint` takes, by folder of results, that of joint tables.
    """
    from emgspasm.storage.studies.collection import (
        deeper_folder,
        find_recordings,
        joint_folder,
        results_folder,
    )

    places: dict[tuple[Path, Path], tuple[Path, Path]] = {}
    for source in sources:
        found = find_recordings(source)
        if (deeper := deeper_folder(source)) is not None:
            say(f"{source}: recordings in folders within it are left out, as {deeper}; name those")
        for path in found:
            where = results_folder(source, path, out)
            if (named := (path.absolute(), where.absolute())) not in places:
                joint[where] = joint_folder(source, path, out)
                places[named] = (path, where)
    return list(places.values())


def _write_joint(outcomes: Sequence[Outcome], joint: Mapping[Path, Path]) -> list[EmgspasmError]:
    """Write the joint tables of every study or folder; why some could not be written."""
    from emgspasm.batch.joint import write_joint

    unwritten = []
    for folder in dict.fromkeys(joint.values()):
        try:
            mine = [o for o in outcomes if joint[o.job.out] == folder]
            for sentence in write_joint(mine, folder):
                say(sentence)
        except EmgspasmError as error:  # another study still gets its tables
            unwritten.append(error)
    return unwritten


def conclude(
    outcomes: Sequence[Outcome], folders: Sequence[Path], unwritten: Sequence[EmgspasmError] = ()
) -> None:
    """Say what was done.

    Parameters
    ----------
    outcomes : sequence of Outcome
    folders : sequence of Path
        Where the joint tables lie.
    unwritten : sequence of EmgspasmError
        Why some of these could not be written.

    Raises
    ------
    EmgspasmError
        If a recording or joint tables failed, naming each.
    """
    from emgspasm.batch.joint import rates_of

    failed = [o for o in outcomes if o.error is not None]
    tell = say if len(outcomes) == 1 else say_more  # of many, -v shows them
    for outcome in outcomes:
        for warning in outcome.warnings:
            tell(f"{outcome.job.path.name}: {warning}")
    warned = sum(bool(outcome.warnings) for outcome in outcomes)
    hint = f"; {warned} with warnings (-v shows them)" if tell is say_more and warned else ""
    into = " and ".join(map(str, folders))
    n_kept = sum(outcome.kept for outcome in outcomes)
    kept = f" ({n_kept} done before, kept)" if n_kept else ""
    n_done = len(outcomes) - len(failed)
    if n_done:  # else the error says it
        say(f"{n_done} of {len(outcomes)} recordings analyzed into {into}{kept}{hint}")
    if len(rates := rates_of(outcomes)) > 1:
        said = " and ".join(f"{fs:g}" for fs in rates)
        say(f"they were sampled at {said} Hz; numbers at different rates cannot be compared")
    if failed or unwritten:
        raise _together(failed, unwritten, len(outcomes))


def _together(
    failed: Sequence[Outcome], unwritten: Sequence[EmgspasmError], n_recordings: int
) -> EmgspasmError:
    """One error of all that failed: itself where nothing but one was asked for or failed."""
    errors = [*(o.error for o in failed if o.error is not None), *unwritten]
    if len(errors) == 1 and (unwritten or n_recordings == 1):
        return errors[0]
    sentences = [str(error) for error in unwritten]
    if failed:
        reasons = "; ".join(f"{o.job.path.name}: {o.error}" for o in failed)
        sentences.insert(0, f"{len(failed)} of {n_recordings} recordings failed: {reasons}")
    # where nothing was done, and that by the call, the call was wrong
    wrong = len(failed) == n_recordings and all(isinstance(e, ConfigError) for e in errors)
    whole = (ConfigError if wrong else RecordingError)("; ".join(sentences))
    for note in (note for error in errors for note in getattr(error, "__notes__", ())):
        whole.add_note(note)  # --debug shows them
    return whole
