"""Commands about a study as a whole: its treatments, scales and dates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emgspasm.cli.console import FILE, Command, columns, say, shown
from emgspasm.cli.options import bare, json_option, listed_option
from emgspasm.errors import ConfigError
from emgspasm.grammar import several

if TYPE_CHECKING:
    from emgspasm.storage.studies.scales import ScaleScore
    from emgspasm.storage.studies.study import Study
    from emgspasm.storage.studies.treatments import Treatment

date_option = click.option("--date", "day", required=True, metavar="YYYY-MM-DD", help="Day.")


@contextmanager
def _nothing_written() -> Iterator[None]:
    """Refuse a cell that breaks its rule; so far nothing was written."""
    try:
        yield
    except ValueError as error:
        raise ConfigError(f"{error}. Nothing was written") from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def study() -> None:
    """Treatments, scales and dates of a study, and a list of what it holds.

    What people enter here is kept and shown. The software computes no scale, advises no treatment
    and suggests no dose.
    """


@study.command("add-treatment", cls=Command)
@click.argument("path", type=FILE, metavar="STUDY")
@listed_option
@date_option
@click.option("--kind", required=True, help="botulinum toxin, mvd (decompression), or other.")
@click.option("--product", help="Product name.")
@click.option("--site", help="Muscle code as in channel labels (OOC), or another site in words.")
@click.option("--side", help="left, right or both.")
@click.option("--units", help="Units of the product at this site.")
def add_treatment(
    path: Path,
    participant: str,
    day: str,
    kind: str,
    product: str | None,
    site: str | None,
    side: str | None,
    units: str | None,
) -> None:
    """Enter a treatment into treatments.tsv: a row for each injected site."""
    from emgspasm.storage.studies.study import Study
    from emgspasm.storage.studies.treatments import treatment

    opened = Study.open(path)
    row = {"participant_id": participant, "date": day, "kind": kind, "product": product}
    row |= {"site": site, "side": side, "units": units}
    with _nothing_written():
        entered = treatment(row)
    opened.add_treatment(entered)
    say(f"{path}: treatment of {entered.participant} on {entered.date} entered")


@study.command("add-score", cls=Command)
@click.argument("path", type=FILE, metavar="STUDY")
@listed_option
@date_option
@click.option("--scale", required=True, help="Jankovic, Cohen-Albert, SMC, Sunnybrook, ...")
@click.option("--value", required=True, help="The score that a person gave.")
@click.option("--rater", required=True, metavar="ID", help="Pseudonym of that person.")
@click.option("--version", help="Version or publication of the scale.")
def add_score(
    path: Path,
    participant: str,
    day: str,
    scale: str,
    value: str,
    rater: str,
    version: str | None,
) -> None:
    """Enter the score of a clinical scale into scales.tsv; scores are never computed."""
    from emgspasm.storage.studies.scales import scale_score
    from emgspasm.storage.studies.study import Study

    opened = Study.open(path)
    row = {"participant_id": participant, "date": day, "scale": scale, "version": version}
    row |= {"rater": rater, "value": value}
    with _nothing_written():
        entered = scale_score(row)
    opened.add_score(entered)
    say(f"{path}: {entered.scale} of {entered.participant} on {entered.date} entered")


@study.command("set-date", cls=Command)
@click.argument("path", type=FILE, metavar="STUDY")
@listed_option
@click.option(
    "--session", metavar="ID", callback=bare, help="Session label, where there are sessions."
)
@date_option
@click.option("--overwrite", is_flag=True, help="Replace a date that was entered before.")
def set_date(
    path: Path, participant: str, session: str | None, day: str, *, overwrite: bool
) -> None:
    """Enter the day of a session, which imported recordings do not always know.

    The date goes into the _scans.tsv of the session. The recordings themselves stay anonymous.
    """
    from emgspasm.storage.studies.ledger import day as parsed
    from emgspasm.storage.studies.placement import Placement, bids_entities
    from emgspasm.storage.studies.scans import read_time
    from emgspasm.storage.studies.study import Study

    opened = Study.open(path)
    with _nothing_written():
        wanted = parsed(day)
    opened.require(participant)
    mine = [
        place
        for place in map(Placement.of, opened.recordings())
        if place is not None
        and bids_entities(place.stem).get("sub") == participant
        and bids_entities(place.stem).get("ses") == session
    ]
    if not mine:
        raise ConfigError(
            f"participant {participant} has no recording of session {session or 'n/a'} in {path}. "
            "emgspasm study list names the sessions"
        )
    dated = {place: moment.date() for place in mine if (moment := read_time(place)) is not None}
    other = next((place for place in dated if dated[place] != wanted), None)
    if other is not None and not overwrite:
        raise ConfigError(
            f"{other.recording.name} is dated {dated[other]} already (nothing is overwritten "
            "unasked). Use --overwrite if that is wrong"
        )
    for place in mine:
        if dated.get(place) == wanted:
            continue  # the time of day is known
        opened.note_time(place, datetime.combine(wanted, datetime.min.time()))
    say(f"{path}: {several(len(mine), 'recording')} of {participant} dated {wanted}")


@study.command("list", cls=Command)
@click.argument("path", type=FILE, metavar="STUDY")
@click.option("--participant", metavar="ID", callback=bare, help="This one only.")
@json_option
def list_(path: Path, participant: str | None, *, as_json: bool) -> None:
    """List participants, sessions, treatments and scores of a study."""
    from emgspasm.storage.studies.study import Study

    opened = Study.open(path)
    if participant is not None:
        opened.require(participant)
    tables = contents(opened, participant)
    if as_json:
        click.echo(json.dumps(tables, default=str))
        return
    for title, rows in tables.items():
        click.echo(f"{title}: {len(rows)}")
        if rows:
            click.echo(columns([list(rows[0]), *([shown(v) for v in r.values()] for r in rows)]))
        click.echo()


def contents(opened: Study, participant: str | None) -> dict[str, list[dict[str, Any]]]:
    """What a study holds, a list of rows by title."""
    from emgspasm.storage.studies.frames import session_row
    from emgspasm.storage.studies.scales import read_scores
    from emgspasm.storage.studies.treatments import read_treatments

    path = opened.path
    wanted = [p for p in opened.participants if participant in (None, p)]
    recordings = [session_row(path, recording) for recording in opened.recordings()]
    return {
        "participants": [{"participant": p} for p in wanted],
        "recordings": [row for row in recordings if row["participant"] in wanted],
        "treatments": _rows([t for t in read_treatments(path) if t.participant in wanted]),
        "scores": _rows([s for s in read_scores(path) if s.participant in wanted]),
    }


def _rows(entries: Sequence[Treatment | ScaleScore]) -> list[dict[str, Any]]:
    return [
        {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(row).items()}
        for row in entries
    ]
