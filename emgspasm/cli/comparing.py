"""The command that shows a treatment course: compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.console import FILE, Command, page_path, say
from emgspasm.cli.extras import require_extra
from emgspasm.cli.options import listed_option
from emgspasm.errors import ConfigError, RecordingError
from emgspasm.grammar import several

if TYPE_CHECKING:
    from datetime import date


@click.command(cls=Command)
@click.argument("study", type=FILE, metavar="STUDY")
@listed_option
@click.option("--out", type=FILE, metavar="FILE.html", help="The page; its table is put beside it.")
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    help="Day 0: that of a treatment; by default the last one that a session follows.",
)
@click.option("--overwrite", is_flag=True, help="Replace a page that is there.")
def compare(
    study: Path, participant: str, out: Path | None, since: str | None, *, overwrite: bool
) -> None:
    """Show the treatment course of a participant as one page, from the results of analyze.

    The page shows the rate and the burden of spasms at rest, separately and for each region,
    against days since an injection or operation, with doses and scales as people entered them.
    Sessions that were analyzed with other settings are named, not compared. Nothing is judged and
    nothing is advised.
    """
    require_extra("report")
    from emgspasm.report.course.gathering import course
    from emgspasm.report.course.page import course_page
    from emgspasm.storage.derivatives.names import RESULTS
    from emgspasm.storage.files import refuse_existing, write_text
    from emgspasm.storage.studies.study import Study
    from emgspasm.storage.tables.tsv import write_table

    opened = Study.open(study)
    compared = course(opened, participant, _day(since))
    usual = study / RESULTS / f"sub-{participant}" / f"sub-{participant}_course.html"
    page = page_path(out, usual)
    table = page.with_suffix(".tsv")
    refuse_existing(page, table, overwrite=overwrite)
    html = course_page(compared)
    write_table(compared.table, table, overwrite=overwrite)
    write_text(html, page, overwrite=overwrite)
    if not compared.sessions:
        raise RecordingError(
            f"no session of participant {participant} can be compared "
            f"({'; '.join(compared.left_out)}). Correct that and compare again with --overwrite; "
            f"{page} holds what people entered"
        )
    for reason in compared.left_out:
        say(f"session {reason}")
    say(f"{several(len(compared.sessions), 'session')} compared; the numbers are in {table.name}")
    click.echo(page)


def _day(since: str | None) -> date | None:
    from emgspasm.storage.studies.ledger import day

    if since is None:
        return None
    try:
        return day(since)
    except ValueError as error:
        raise ConfigError(f"--since: {error}") from None
