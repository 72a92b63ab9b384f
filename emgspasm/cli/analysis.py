"""Commands that measure: analyze, quality, score."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emgspasm.cli.console import (
    FILE,
    Command,
    columns,
    positive,
    progress,
    read_config,
    read_montage,
    say,
    say_more,
    say_when_compiling,
    shown,
)
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError

if TYPE_CHECKING:
    from emgspasm.batch import Outcome
    from emgspasm.dsp.quality import ChannelQuality
    from emgspasm.sources.protocols import Electrode
    from emgspasm.synkinesis.scoring import Score

DECIMALS = 4
"""Of numbers in JSON, as of amplitudes and shares in the tables."""

config_option = click.option("--config", type=FILE, help="TOML file with the settings.")
montage_option = click.option("--montage", type=FILE, help="TOML file naming sides and muscles.")
rate_option = click.option(
    "--sampling-frequency", type=float, callback=positive, help="Hz, where the file does not say."
)
gain_option = click.option(
    "--gain", type=float, callback=positive, help="Amplifier gain of an SD card file."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(cls=Command)
@click.argument("sources", nargs=-1, required=True, type=FILE, metavar="SOURCE...")
@click.option("--out", type=FILE, help="Folder of the tables; a study has its own.")
@config_option
@montage_option
@rate_option
@gain_option
@click.option("--workers", type=click.IntRange(1), default=1, help="Processes side by side.")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler to use instead.")
@click.option("--overwrite", is_flag=True, help="Do all anew, replace results that exist.")
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

    For every recording X: X_events.tsv, X_summary.tsv, X_quality.tsv, X_pairs.tsv, where it has
    task markers X_trials.tsv, and X.json; for all together summary.tsv and the data dictionary
    dataset.json. The same call again goes on where it was interrupted.
    """
    from emgspasm import batch
    from emgspasm.results.outputs import require_own
    from emgspasm.storage.collection import find_recordings, joint_folder, results_folder
    from emgspasm.storage.derivatives import result_path
    from emgspasm.storage.tables import existing

    loaded, labels = read_config(config), read_montage(montage)
    jobs, joint = [], {}
    for source in sources:
        for path in find_recordings(source):
            where = results_folder(source, path, out)
            joint[where] = joint_folder(source, out)
            jobs.append(batch.Job(path, where, loaded, labels, sampling_frequency, gain, overwrite))
    for folder in dict.fromkeys(joint.values()):
        require_own(folder)  # before hours of work
    told = all(batch.is_told(job, joint[job.out]) for job in jobs)
    say_when_compiling()
    with (
        closing(batch.run(jobs, workers=workers, cluster=cluster)) as running,
        progress(running, "analyze", len(jobs)) as bar,
    ):
        outcomes = batch.in_order(bar, jobs)
    if told and all(outcome.kept for outcome in outcomes):
        made = result_path(jobs[0].out, jobs[0].path.stem, "events")
        raise existing(made, why="this very call has made all of it, nothing is left to do")
    unwritten = []
    for folder in dict.fromkeys(joint.values()):
        try:
            mine = [o for o in outcomes if joint[o.job.out] == folder]
            for sentence in batch.write_joint(mine, folder):
                say(sentence)
        except EmgspasmError as error:  # another study still gets its tables
            unwritten.append(error)
    conclude(outcomes, list(dict.fromkeys(joint.values())), unwritten)


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
    from emgspasm import batch

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
    say(f"{n_done} of {len(outcomes)} recordings analyzed into {into}{kept}{hint}")
    if len(rates := batch.rates_of(outcomes)) > 1:
        told = " and ".join(f"{fs:g}" for fs in rates)
        say(f"they were sampled at {told} Hz; numbers of different rates do not compare")
    if failed or unwritten:
        raise _together(failed, unwritten, len(outcomes))


def _together(
    failed: Sequence[Outcome], unwritten: Sequence[EmgspasmError], n_recordings: int
) -> EmgspasmError:
    """One error of all that failed: itself where nothing but one was asked for or failed."""
    errors = [*(o.error for o in failed if o.error is not None), *unwritten]
    if len(errors) == 1 and (unwritten or n_recordings == 1):
        return errors[0]
    told = [str(error) for error in unwritten]
    if failed:
        reasons = "; ".join(f"{o.job.path.name}: {o.error}" for o in failed)
        told.insert(0, f"{len(failed)} of {n_recordings} recordings failed: {reasons}")
    # where nothing was done, and that by the call, the call was wrong
    wrong = len(failed) == n_recordings and all(isinstance(e, ConfigError) for e in errors)
    whole = (ConfigError if wrong else RecordingError)("; ".join(told))
    for note in (note for error in errors for note in getattr(error, "__notes__", ())):
        whole.add_note(note)  # --debug shows them
    return whole


@click.command(cls=Command)
@click.argument("source", required=False, type=FILE)
@config_option
@montage_option
@rate_option
@gain_option
@click.option("--port", metavar="PORT", help="Serial port of the board.")
@json_option
def quality(
    source: Path | None,
    config: Path | None,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    port: str | None,
    *,
    as_json: bool,
) -> None:
    """Show noise, mains, clipping and losses of each channel of a recording or a board.

    SOURCE is a recording. Without it the board of --config is looked at: some seconds of
    streaming, then the impedance of every electrode where the board can tell. The participant
    sits still; nothing is recorded.
    """
    if source is None and (montage or sampling_frequency or gain):
        raise click.UsageError(
            "--montage, --sampling-frequency and --gain are for a recording (a board has them from "
            "its config). Name the recording, or leave them out"
        )
    if source is not None and port is not None:
        raise click.UsageError(f"--port is for a board, {source} is a recording. Leave one out")
    say_when_compiling()
    if source is None:
        _board_quality(config, port, as_json=as_json)
        return
    from emgspasm.results.analysis import judge_recording

    rows, findings = judge_recording(
        source,
        read_config(config),
        montage=read_montage(montage),
        sampling_frequency=sampling_frequency,
        gain=gain,
    )
    _show_quality(rows, findings, (), as_json=as_json)


def _board_quality(config: Path | None, port: str | None, *, as_json: bool) -> None:
    from emgspasm.cli.boards import configured_source, electrodes, look

    if config is None:
        raise click.UsageError("give a recording, or --config FILE of a board")
    loaded = read_config(config)
    rows, findings = look(configured_source(loaded, config, port), loaded)
    measured = electrodes(configured_source(loaded, config, port))
    _show_quality(rows, findings, measured, as_json=as_json)


def _show_quality(
    rows: Sequence[ChannelQuality],
    findings: Sequence[str],
    electrodes: Sequence[Electrode],
    *,
    as_json: bool,
) -> None:
    if as_json:
        told = {"channels": [_plain(r) for r in rows], "findings": list(findings)}
        if electrodes:
            told["electrodes"] = [_plain(e) | {"grade": e.grade} for e in electrodes]
        click.echo(json.dumps(told))
        return
    heading = ["channel", "noise", "mains dB", "clipped %", "missing %", "flat %", "grade", ""]
    cells = [
        [
            r.channel,
            shown(r.noise),
            shown(r.line_ratio),
            shown(r.clipped, 2),
            shown(r.dropped, 2),
            shown(r.flat, 2),
            r.grade,
            r.reason,
        ]
        for r in rows
    ]
    click.echo(columns([heading, *cells]))
    if electrodes:
        click.echo()
        click.echo(impedance_table(electrodes))
    for finding in findings:
        say(finding)


def impedance_table(electrodes: Sequence[Electrode]) -> str:
    """Impedances for a terminal: both electrodes of a channel in a row."""
    from emgspasm.sources.protocols import MISMATCH

    rows = [["channel", "P kohm", "N kohm", "grade", ""]]
    for p, n in zip(electrodes[::2], electrodes[1::2], strict=True):
        worst = max(p, n, key=lambda each: (each.ohm != each.ohm, each.ohm))
        mismatch = abs(p.ohm - n.ohm) > MISMATCH
        words = f"electrodes differ by more than {MISMATCH / 1000:g} kohm" if mismatch else ""
        if worst.ohm != worst.ohm:
            words = "no test current came through: the input is at its rail, or dead"
        rows.append([p.channel, shown(p.ohm / 1000), shown(n.ohm / 1000), worst.grade, words])
    return columns(rows)


@click.command(cls=Command)
@click.argument("result", type=FILE)
@click.argument("truth", type=FILE)
@json_option
def score(result: Path, truth: Path, *, as_json: bool) -> None:
    """Compare found events with a truth, or two raters: RESULT_events.tsv against TRUTH.tsv.

    Events that an expert rejected do not count. Beside sensitivity, PPV and errors: Cohen's kappa
    over epochs of a second, and ICC(2,1) of the counts in blocks of 30 s.
    """
    from emgspasm.storage.tables import read_table, require_numbers
    from emgspasm.synkinesis.scoring import score as compare

    tables = [read_table(path) for path in (result, truth)]
    for path, table in zip((result, truth), tables, strict=True):
        require_numbers(table, path, ("onset", "duration"))
    try:
        scores = compare(*tables)
    except ValueError as error:
        raise RecordingError(f"{result} against {truth}: {error}. Give events tables") from None
    if as_json:
        click.echo(json.dumps([_plain(s) for s in scores]))
    else:
        click.echo(score_table(scores))


def score_table(scores: Sequence[Score]) -> str:
    """Scores for a terminal."""
    heading = ["event", "channel", "true", "found", "sens", "PPV", "F1"]
    heading += ["onset ms", "SD", "offset ms", "SD", "length %", "kappa", "ICC"]
    return columns(
        [
            heading,
            *(
                [
                    s.trial_type,
                    s.channel,
                    str(s.n_truth),
                    str(s.n_found),
                    *(shown(v, 3) for v in (s.sensitivity, s.ppv, s.f1)),
                    *(shown(v) for v in (s.onset_bias_ms, s.onset_sd_ms)),
                    *(shown(v) for v in (s.offset_bias_ms, s.offset_sd_ms)),
                    shown(s.duration_error_pct),
                    *(shown(v, 3) for v in (s.kappa, s.icc)),
                ]
                for s in scores
            ),
        ]
    )


def _plain(row: Any) -> dict[str, Any]:
    """A dataclass for JSON, which knows no NaN; rounded, as more decimals tell nothing."""
    return {key: _rounded(value) for key, value in asdict(row).items()}


def _rounded(value: Any) -> Any:
    if value != value:
        return None
    return round(value, DECIMALS) if isinstance(value, float) else value
