"""What all commands share: common flags, messages, progress, and columns for a terminal."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from emgspasm.cli.interruption import until_come
from emgspasm.errors import ConfigError
from emgspasm.system import is_reader_gone

if TYPE_CHECKING:
    from emgspasm.config import LoadedConfig
    from emgspasm.storage.montage import Montage
    from emgspasm.storage.studies.study import Placement, Study

T = TypeVar("T")
DECIMALS = 4
"""Of numbers in JSON, as of amplitudes and shares in the tables."""


class _Named(click.Path):
    """A path; an empty word would be the working folder, and all that lies in it.

    Of ``--study=~/x`` most shells leave the ``~`` as it is.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("'' names nothing. Is a variable of the shell not set?", param, ctx)
        if str(value).startswith("~/"):
            value = os.path.expanduser(value)  # noqa: PTH111  there may be no home
        return super().convert(value, param, ctx)


FILE = _Named(path_type=Path)


class Command(click.Command):
    """A command with the flags every command has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            click.Option(
                ["-q", "--quiet"], is_flag=True, expose_value=False, callback=_set("quiet"),
                help="Print nothing but results and errors.",
            ),
            click.Option(
                ["-v", "--verbose"], is_flag=True, expose_value=False, callback=_set("verbose"),
                help="Print more.",
            ),
            click.Option(
                ["--debug"], is_flag=True, expose_value=False,
                help="Show where in the code an error came from.",
            ),
        ]  # fmt: skip


def _set(key: str) -> Any:
    def callback(ctx: click.Context, param: click.Parameter, value: bool) -> bool:  # noqa: ARG001  click's signature
        ctx.meta[key] = value
        return value

    return callback


def say(text: str) -> None:
    """Tell people on stderr, unless they asked for quiet."""
    if not click.get_current_context().meta.get("quiet"):
        tell(text)


def say_more(text: str) -> None:
    """Tell people on stderr, if they asked for more."""
    if click.get_current_context().meta.get("verbose"):
        tell(text)


def tell(text: str = "", *, nl: bool = True) -> None:
    """Write a line on stderr; to nobody from now on, where its reader is gone: work goes on."""
    try:
        click.echo(text, nl=nl, err=True)
    except OSError as error:
        gone = isinstance(error, BrokenPipeError) or error.errno == errno.EIO  # of a terminal
        if not (gone or is_reader_gone(error)):
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)  # what stderr still holds goes there too
        os.close(nowhere)


class _Told:
    """Stderr for a progress bar, by way of :func:`tell`."""

    def write(self, text: str) -> None:
        tell(text, nl=False)

    def flush(self) -> None:
        pass  # told at once

    def isatty(self) -> bool:
        return on_terminal()


def say_when_compiling(patience: float = 2.0) -> None:
    """Say why it takes a minute where a command is the first on a machine: loops are compiled.

    Parameters
    ----------
    patience : float
        Seconds of compiling that are not worth a word.
    """
    from time import perf_counter

    from numba.core import event

    context = click.get_current_context()  # what compiles may be a thread, which has none
    if context.meta.get("quiet"):
        return

    class Patience(event.Listener):
        until: float | None = None

        def on_start(self, _event: object) -> None:
            now = perf_counter()
            if self.until is None:
                self.until = now + patience
            elif now > self.until:
                self.until = float("inf")
                tell("compiling for this machine, once: up to a minute")

        def on_end(self, _event: object) -> None:
            pass

    context.with_resource(event.install_listener("numba:compile", Patience()))


def progress(items: Iterable[T], label: str, length: int) -> AbstractContextManager[Iterable[T]]:
    """A progress bar on stderr, silent where that is no terminal; a signal ends it for sure."""
    hidden = not on_terminal() or bool(click.get_current_context().meta.get("quiet"))
    heeding = until_come(items)
    file: Any = _Told()
    return click.progressbar(heeding, label=label, length=length, file=file, hidden=hidden)


def on_terminal() -> bool:
    """Whether somebody reads stderr on a terminal; it may be closed."""
    return sys.stderr is not None and sys.stderr.isatty()


def read_config(path: Path | None) -> LoadedConfig:
    """The config of this file, or the defaults."""
    from emgspasm.config import LoadedConfig, load_config

    return load_config(path) if path else LoadedConfig()


def read_montage(path: Path | None) -> Montage | None:
    """The montage of this file, if there is one."""
    from emgspasm.storage.montage import load_montage

    return load_montage(path) if path else None


@contextmanager
def placed(
    study: Path, participant: str, session: str | None, task: str, run: int | None
) -> Iterator[tuple[Study, Placement]]:
    """A study, made if missing, and the place of a recording in it; undone where none comes of it.

    Raises
    ------
    ConfigError
        If a label is none.
    """
    from emgspasm.storage.studies.placement import checked_labels
    from emgspasm.storage.studies.study import Study

    with ExitStack() as stack:
        try:
            checked_labels(participant, session, task=task, run=run)
            opened = Study.open_or_create(study)
            place = stack.enter_context(opened.placing(participant, session, task=task, run=run))
        except ValueError as error:
            raise ConfigError(str(error)) from None
        yield opened, place


def positive(ctx: click.Context, param: click.Parameter, value: float | None) -> float | None:  # noqa: ARG001  click's signature
    """Callback of options which take a positive number."""
    if value is not None and not (0 < value < float("inf")):
        raise click.BadParameter(f"{value:g}; it must be positive and finite")
    return value


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text, the first of them a heading, aligned for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def shown(value: Any, digits: int = 1) -> str:
    """A cell for a terminal: numbers with these decimals, what is missing as n/a."""
    if value is None or value != value:
        return "n/a"
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row for JSON, which knows no NaN; rounded, as more decimals tell nothing."""
    return {key: _rounded(value) for key, value in row.items()}


def _rounded(value: Any) -> Any:
    if value != value:
        return None
    return round(value, DECIMALS) if isinstance(value, float) else value


def page_path(out: Path | None, usual: Path) -> Path:
    """Where a page goes: a file, or a folder that takes it under its usual name.

    Raises
    ------
    ConfigError
        If the file is no page by its name.
    """
    if out is None:
        return usual
    if out.is_dir() or not out.suffix:
        return out / usual.name
    if out.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(f"{out} is not a page (its name ends in .html). Name it FILE.html")
    return out
