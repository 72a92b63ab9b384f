"""The command quality: of a recording, or of a board before one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emgspasm.cli.console import (
    FILE,
    Command,
    columns,
    plain,
    read_config,
    read_montage,
    say,
    say_when_compiling,
    shown,
)
from emgspasm.cli.options import (
    config_option,
    gain_option,
    json_option,
    montage_option,
    rate_option,
)

if TYPE_CHECKING:
    from emgspasm.dsp.quality import ChannelQuality
    from emgspasm.sources.protocols import Electrode


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

    SOURCE is a recording. Without it the board of --config is checked: some seconds of streaming,
    then the impedance of every electrode where the board can measure it. The participant sits
    still; nothing is kept.
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
        from emgspasm.results.tabulation.quality import quality_row

        content = {"channels": [plain(quality_row(r)) for r in rows], "findings": list(findings)}
        if electrodes:
            content["electrodes"] = [plain(asdict(e)) | {"grade": e.grade} for e in electrodes]
        click.echo(json.dumps(content))
        return
    heading = ["channel", "noise uV", "mains dB", "clipped %", "missing %", "flat %", "grade", ""]
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
