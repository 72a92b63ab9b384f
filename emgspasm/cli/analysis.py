"""Commands that measure: analyze, quality, score."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    shown,
)
from emgspasm.errors import RecordingError

if TYPE_CHECKING:
    from emgspasm.batch import Outcome
    from emgspasm.synkinesis.scoring import Score

config_option = click.option("--config", type=FILE, help="TOML file with the settings.")
montage_option = click.option("--montage", type=FILE, help="TOML file naming sides and muscles.")
rate_option = click.option(
    "--sampling-frequency", type=float, callback=positive, help="Hz, where the file does not say."
)
gain_option = click.option(
    "--gain", type=float, callback=positive, help="Amplifier gain, where the file holds counts."
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
@click.option("--overwrite", is_flag=True, help="Replace results that exist.")
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

    For every recording X: X_events.tsv, X_summary.tsv, X_quality.tsv and X.json; for all together
    summary.tsv and the data dictionary dataset.json.
    """
    from emgspasm import batch

    loaded, labels = read_config(config), read_montage(montage)
    jobs = [
        batch.Job(
            path,
            batch.results_folder(source, path, out),
            loaded,
            labels,
            sampling_frequency,
            gain,
            overwrite,
        )
        for source in sources
        for path in batch.find_recordings(source)
    ]
    with progress(batch.run(jobs, workers=workers, cluster=cluster), "analyze", len(jobs)) as bar:
        outcomes = list(bar)
    joint = out or sources[0] / "derivatives" / "emgspasm"
    batch.write_joint(outcomes, joint, overwrite=overwrite)
    _report(outcomes, joint)


def _report(outcomes: Sequence[Outcome], out: Path) -> None:
    """Say what was done; fail if a recording failed, naming each."""
    failed = [o for o in outcomes if o.error is not None]
    for outcome in outcomes:
        for warning in outcome.warnings:
            say_more(f"{outcome.job.path.name}: {warning}")
    say(f"{len(outcomes) - len(failed)} of {len(outcomes)} recordings analyzed into {out}")
    if len(failed) == len(outcomes) == 1 and failed[0].error is not None:
        raise failed[0].error
    if failed:
        reasons = "; ".join(f"{o.job.path.name}: {o.error}" for o in failed)
        raise RecordingError(f"{len(failed)} of {len(outcomes)} recordings failed: {reasons}")


@click.command(cls=Command)
@click.argument("source", type=FILE)
@config_option
@montage_option
@rate_option
@gain_option
@json_option
def quality(
    source: Path,
    config: Path | None,
    montage: Path | None,
    sampling_frequency: float | None,
    gain: float | None,
    *,
    as_json: bool,
) -> None:
    """Show noise, mains, clipping and losses of each channel of a recording."""
    from emgspasm.results import judge_recording

    rows, findings = judge_recording(
        source,
        read_config(config),
        montage=read_montage(montage),
        sampling_frequency=sampling_frequency,
        gain=gain,
    )
    if as_json:
        click.echo(json.dumps({"channels": [_plain(r) for r in rows], "findings": findings}))
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
    for finding in findings:
        say(finding)


@click.command(cls=Command)
@click.argument("result", type=FILE)
@click.argument("truth", type=FILE)
@json_option
def score(result: Path, truth: Path, *, as_json: bool) -> None:
    """Compare found events with a truth: RESULT_events.tsv against TRUTH.tsv."""
    from emgspasm.storage.tables import read_table
    from emgspasm.synkinesis.scoring import score as compare

    try:
        scores = compare(read_table(result), read_table(truth))
    except ValueError as error:
        raise RecordingError(f"{result} against {truth}: {error}. Give events tables") from None
    if as_json:
        click.echo(json.dumps([_plain(s) for s in scores]))
    else:
        click.echo(score_table(scores))


def score_table(scores: Sequence[Score]) -> str:
    """Scores for a terminal."""
    heading = ["event", "channel", "true", "found", "sens", "PPV", "F1"]
    heading += ["onset ms", "SD", "offset ms", "SD", "length %"]
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
                ]
                for s in scores
            ),
        ]
    )


def _plain(row: Any) -> dict[str, Any]:
    """A dataclass for JSON, which knows no NaN."""
    return {key: None if value != value else value for key, value in asdict(row).items()}
