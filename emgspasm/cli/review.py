"""The command by which an expert decides about events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emgspasm.cli.console import FILE, Command, columns, say, shown
from emgspasm.cli.options import json_option
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.grammar import several

if TYPE_CHECKING:
    import pandas as pd

    from emgspasm.results.decisions import Decision

LISTED = ("event_id", "onset", "duration", "trial_type", "side", "class", "muscles", "status")


@click.command(cls=Command)
@click.argument("events", type=FILE, metavar="RESULT_events.tsv")
@click.option("--rater", metavar="ID", help="Pseudonym of the expert: letters and digits.")
@click.option("--accept", multiple=True, metavar="EVENT", help="Such as E0003; may be repeated.")
@click.option("--reject", multiple=True, metavar="EVENT", help="Such as E0007; may be repeated.")
@click.option(
    "--relabel",
    multiple=True,
    metavar="EVENT=TYPE",
    help="Such as E0009=blink or E0009=spasm:tonic.",
)
@click.option(
    "--from",
    "edited",
    type=FILE,
    help="An edited copy of the table: its status, trial_type, class.",
)
@click.option("--out", type=FILE, metavar="FILE", help="The review, if not beside the events.")
@json_option
def review(
    events: Path,
    rater: str | None,
    accept: tuple[str, ...],
    reject: tuple[str, ...],
    relabel: tuple[str, ...],
    edited: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Accept, reject or relabel events; without a decision, list them.

    The table of the detector stays as it is. The review is a table of its own beside it, to which
    decisions are added with the rater and the time. Its summary is computed again without what was
    rejected, and so are the tables of its study.
    """
    from emgspasm.results.decisions import decisions_of_copy
    from emgspasm.results.group.results import study_of
    from emgspasm.results.outputs import write_group
    from emgspasm.results.review import write_review
    from emgspasm.results.stored import read_result
    from emgspasm.storage.derivatives.names import RESULTS
    from emgspasm.storage.derivatives.reviews import counted_path, detected_path
    from emgspasm.storage.studies.scales import rater as pseudonym
    from emgspasm.storage.tables.tsv import read_table

    if edited is not None and (accept or reject or relabel):
        raise click.UsageError("give decisions, or an edited copy with --from, not both")
    if edited is None and not (accept or reject or relabel):
        path = counted_path(events)
        _list(read_table(path), path, as_json=as_json)
        return
    if rater is None:
        raise click.UsageError("say who decides: --rater ID")
    try:
        rater = pseudonym(rater)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if edited is not None:
        original = read_result(detected_path(events))
        decisions = decisions_of_copy(read_table(edited), original)
    else:
        decisions = _decisions(accept, reject, relabel)
    path, frame = write_review(events, decisions, rater, out=out)
    study = study_of(path)
    if study is not None:
        for sentence in write_group(study, study / RESULTS):
            say(sentence)
    rows = frame[frame["trial_type"] != "burst"]
    counts = {name: int((rows["status"] == name).sum()) for name in ("accepted", "rejected")}
    open_ = len(rows) - sum(counts.values())
    say(
        f"{path}: {several(len(decisions), 'decision')} of {rater}; {counts['accepted']} events "
        f"accepted, {counts['rejected']} rejected, {open_} not decided"
    )


def _decisions(
    accept: tuple[str, ...], reject: tuple[str, ...], relabel: tuple[str, ...]
) -> list[Decision]:
    from emgspasm.results.decisions import Decision, relabelling

    decisions = [Decision(name, "accepted") for name in accept]
    decisions += [Decision(name, "rejected") for name in reject]
    decisions += [relabelling(text) for text in relabel]
    names = [d.event_id for d in decisions]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"{', '.join(doubles)}: decided twice in one call. Decide it once")
    return decisions


def _list(frame: pd.DataFrame, path: Path, *, as_json: bool) -> None:
    from emgspasm.storage.tables.tsv import table_rows

    if lacking := sorted(set(LISTED) - set(frame.columns)):
        raise RecordingError(
            f"{path} lacks the columns {lacking} of an events table. Give RESULT_events.tsv"
        )
    rows: list[dict[str, Any]] = [
        {name: row.get(name) for name in LISTED}
        for row in table_rows(frame[frame["trial_type"] != "burst"])
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    click.echo(columns([LISTED, *([shown(v, 3) for v in row.values()] for row in rows)]))
