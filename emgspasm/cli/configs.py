"""The configs and montages that come with the package: configs."""

from __future__ import annotations

import difflib
import json
from itertools import takewhile
from pathlib import Path

import click

from emgspasm.cli.console import Command, columns
from emgspasm.cli.options import json_option
from emgspasm.errors import ConfigError


def shipped() -> dict[str, Path]:
    """Configs and montages by name: of the package where it was installed, else of its clone."""
    package = Path(__file__).parents[1]
    inside = package / "configs"
    folder = inside if inside.is_dir() else package.parent / "configs"
    return {path.stem: path for path in sorted(folder.glob("[!.]*.toml"))}


def _that_begin(_: click.Context, __: click.Parameter, text: str) -> list[str]:
    """Names that the shell may complete."""
    return [name for name in shipped() if name.startswith(text)]


@click.command(cls=Command)
@click.argument("name", required=False, shell_complete=_that_begin)
@json_option
def configs(name: str | None, *, as_json: bool) -> None:
    """List the configs and montages that come with emgspasm, or print one to start from.

    To begin one of your own: emgspasm configs cyton > my.toml
    """
    files = shipped()
    if name is not None:
        click.echo(_chosen(name, files).read_text(encoding="utf-8"), nl=False)
        return
    purposes = {stem: _purpose(path.read_text(encoding="utf-8")) for stem, path in files.items()}
    if as_json:
        rows = [
            {"name": stem, "purpose": purpose, "path": str(files[stem])}
            for stem, purpose in purposes.items()
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    click.echo(columns([("name", "for"), *purposes.items()]))


def _chosen(name: str, files: dict[str, Path]) -> Path:
    stem = name.removesuffix(".toml")
    if stem not in files:
        near = difflib.get_close_matches(stem, files, n=1)
        hint = f"Did you mean {near[0]}?" if near else "emgspasm configs lists them"
        raise ConfigError(f"no config {name} comes with emgspasm. {hint}")
    return files[stem]


def _purpose(text: str) -> str:
    """The first sentence of the comment that a file begins with."""
    lines = takewhile(lambda line: line.startswith("#"), text.splitlines())
    comment = " ".join(line.removeprefix("#").strip() for line in lines)
    return comment.split(". ")[0].removesuffix(".")
