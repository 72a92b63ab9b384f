"""The command score: found events against a truth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.console import FILE, Command, columns, plain, shown
from emgspasm.cli.options import json_option
from emgspasm.errors import RecordingError

if TYPE_CHECKING:
    from emgspasm.synkinesis.measures.scoring import Score


@click.command(cls=Command)
@click.argument("result", type=FILE)
@click.argument("truth", type=FILE)
@json_option
def score(result: Path, truth: Path, *, as_json: bool) -> None:
    """Compare events that were found with the truth, or one rater with another.

    RESULT is a table X_events.tsv, TRUTH a table of the truth or of the other rater. Events that an
    expert rejected do not count. Prints sensitivity, PPV and errors of the boundaries, Cohen's
    kappa over epochs of a second, and ICC(2,1) of the counts in equal blocks of about 30 s; also of
    each class (spasm:tonic), where both tables name it.
    """
    from emgspasm.storage.tables.tsv import read_table, require_numbers
    from emgspasm.synkinesis.measures.scoring import score as compare

    tables = [read_table(path) for path in (result, truth)]
    for path, table in zip((result, truth), tables, strict=True):
        require_numbers(table, path, ("onset", "duration"))
    try:
        scores = compare(*tables)
    except ValueError as error:
        raise RecordingError(f"{result} against {truth}: {error}. Give events tables") from None
    if as_json:
        click.echo(json.dumps([plain(asdict(s)) for s in scores]))
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
