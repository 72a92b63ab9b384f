"""Commands that make pages: report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
)
from emgspasm.cli.extras import require_extra
from emgspasm.cli.options import config_option, gain_option, montage_option, rate_option
from emgspasm.cli.pages import Task, index_path, plan, require_folder
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError
from emgspasm.grammar import several

if TYPE_CHECKING:
    from emgspasm.batch.jobs import Job
    from emgspasm.config import LoadedConfig
    from emgspasm.results.analysis import Results
    from emgspasm.storage.montage import Montage
    from emgspasm.storage.stored import StoredRecording


@click.command(cls=Command)
@click.argument("source", type=FILE, metavar="SOURCE_OR_RESULTS")
@click.option("--out", type=FILE, metavar="FILE.html", help="The page; a folder if there are many.")
@click.option("--pdf", is_flag=True, help="Print a PDF beside it, where a browser is installed.")
@config_option
@montage_option
@rate_option
@gain_option
@click.option("--overwrite", is_flag=True, help="Replace pages that exist.")
def report(
    source: Path,
    out: Path | None,
    config: Path | None,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    *,
    pdf: bool,
    overwrite: bool,
) -> None:
    """Make one self-contained page of a recording, to read, to print on two sheets, to sign.

    SOURCE_OR_RESULTS is a recording, which is analyzed first; a result of analyze (X_events.tsv);
    or a folder of either. Of a folder, every recording gets a page of its own, and index.html lists
    them. Recordings of a study that have no results yet are analyzed first, into its derivatives.
    Excerpts of the signal are shown where the recording lies beside its results, one folder up, or
    in its study.
    """
    from emgspasm.report.pdf import find_converter, print_pdf
    from emgspasm.storage.files import refuse_existing

    require_extra("report")
    settings = {"--config": config, "--montage": montage, "--gain": gain,
                "--sampling-frequency": sampling_frequency}  # fmt: skip
    refuse_settings(source, [name for name, value in settings.items() if value is not None])
    converter = find_converter() if pdf else None
    reading = Reading(read_config(config), read_montage(montage), sampling_frequency, gain)
    unanalyzed = analyze_rest(source, out, reading)
    tasks = plan(source, out)
    written = [task.page for task in tasks]
    written += [page.with_suffix(".pdf") for page in written if converter]
    index = index_path(source, out, written) if len(tasks) > 1 else None
    refuse_existing(*written, *([index] if index else []), overwrite=overwrite)
    made: list[tuple[Results, Path]] = []
    failed: list[EmgspasmError] = []
    with progress(tasks, "report", len(tasks)) as bar:
        for task in bar:
            try:
                made.append((make_page(task, reading, overwrite=overwrite), task.page))
                if converter:
                    target = task.page.with_suffix(".pdf")
                    print_pdf(task.page, target, converter, overwrite=overwrite)
            except EmgspasmError as error:
                failed.append(error)
    if index and made:
        write_index(index, source, made, overwrite=overwrite)
    _conclude([page for _, page in made], [*unanalyzed, *failed], len(unanalyzed) + len(tasks))


@dataclass(frozen=True, slots=True)
class Reading:
    """How recordings are read that have no results yet."""

    config: LoadedConfig
    montage: Montage | None
    sampling_frequency: float | None
    gain: float | None


def refuse_settings(source: Path, given: Sequence[str]) -> None:
    """Refuse what says how a recording is read and analyzed, where results are reported.

    Raises
    ------
    ConfigError
        If `source` is a result or a folder of results.
    """
    from emgspasm.report.stored import is_result, stored_results
    from emgspasm.storage.studies.collection import is_study

    if not given or is_study(source):
        return
    if is_result(source) if source.is_file() else source.is_dir() and stored_results(source):
        raise ConfigError(
            f"{given[0]} changes nothing of {source}: results keep the settings they were made "
            "with. Leave it out, or report the recording"
        )


def analyze_rest(source: Path, out: Path | None, reading: Reading) -> list[EmgspasmError]:
    """Analyze the recordings of a study that have no whole results; why some still have none."""
    from emgspasm.batch.jobs import Job
    from emgspasm.batch.joint import write_joint
    from emgspasm.batch.running import run
    from emgspasm.storage.derivatives.names import RESULTS
    from emgspasm.storage.studies.collection import find_recordings, is_study, results_folder

    if not is_study(source):
        return []
    recordings = find_recordings(source)
    require_folder(out, len(recordings))  # before minutes of work
    jobs = [
        Job(
            path,
            results_folder(source, path, None),
            reading.config,
            reading.montage,
            reading.sampling_frequency,
            reading.gain,
        )
        for path in recordings
    ]
    jobs = [job for job in jobs if lacks_results(job)]
    if not jobs:
        return []
    with progress(run(jobs), "analyze", len(jobs)) as bar:
        outcomes = list(bar)
    for sentence in write_joint(outcomes, source / RESULTS):
        say(sentence)
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def lacks_results(job: Job) -> bool:
    """Whether a recording was not analyzed yet, or not to the end."""
    from emgspasm.storage.derivatives.names import note_path, provenance_path, result_path

    begun = note_path(provenance_path(job.out, job.path.stem))
    return begun.exists() or not result_path(job.out, job.path.stem, "events").exists()


def make_page(task: Task, reading: Reading, *, overwrite: bool = False) -> Results:
    """Make one page, and return what it tells.

    Raises
    ------
    RecordingError, ConfigError
        If something cannot be read, analyzed or written.
    """
    results, recording, without = _stored(task) if task.stored else _analyzed(task, reading)
    write_page(task.page, results, recording, without=without, overwrite=overwrite)
    return results


def write_page(
    page: Path,
    results: Results,
    recording: StoredRecording | None,
    *,
    without: str = "",
    overwrite: bool = False,
) -> None:
    """Write the page of a recording, whole or not at all; see ``report.document.report_page``.

    Raises
    ------
    ConfigError
        If it exists and `overwrite` is False.
    RecordingError
        If it cannot be written.
    """
    from emgspasm.report.document import report_page
    from emgspasm.storage.files import write_text

    text = report_page(results, recording, without=without)
    write_text(text, page, overwrite=overwrite)


def _analyzed(task: Task, reading: Reading) -> tuple[Results, StoredRecording, str]:
    from emgspasm.results.analysis import analyze_recording
    from emgspasm.storage.opening import open_recording

    rate, gain = reading.sampling_frequency, reading.gain
    results = analyze_recording(
        task.source, reading.config, montage=reading.montage, sampling_frequency=rate, gain=gain
    )
    recording = open_recording(
        task.source, montage=reading.montage, sampling_frequency=rate, gain=gain
    )
    return results, recording, ""


def _stored(task: Task) -> tuple[Results, StoredRecording | None, str]:
    from emgspasm.report.document import signal_of
    from emgspasm.report.stored import read_results

    results = read_results(task.source)
    return results, *signal_of(results, task.source)


def write_index(
    index: Path, source: Path, made: Sequence[tuple[Results, Path]], *, overwrite: bool
) -> None:
    """Write the list of pages."""
    from emgspasm.report.document import index_page
    from emgspasm.storage.files import write_text

    listed = [(results, page.relative_to(index.parent).as_posix()) for results, page in made]
    write_text(index_page(source.resolve().name, listed), index, overwrite=overwrite)
    say(f"{several(len(made), 'page')} listed in {index}")


def _conclude(pages: Sequence[Path], failed: Sequence[EmgspasmError], n_wanted: int) -> None:
    """Say what was made; fail if a page failed, naming each."""
    if n_wanted == len(failed) == 1:
        raise failed[0]
    for page in pages:
        click.echo(page)
    if failed:
        reasons = "; ".join(map(str, failed))
        raise RecordingError(f"{len(failed)} of {n_wanted} pages failed: {reasons}")
