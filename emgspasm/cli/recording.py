"""The command that records: from a board or any other live source into a study."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emgspasm.cli import keyboard
from emgspasm.cli.boards import configured_source
from emgspasm.cli.conclusion import by_side, conclude, require_present, spasms
from emgspasm.cli.console import (
    FILE,
    Command,
    on_terminal,
    placed,
    positive,
    read_config,
    say,
    say_when_compiling,
    tell,
)
from emgspasm.cli.interruption import come, settle
from emgspasm.cli.options import live_config_option, place_options, port_option
from emgspasm.desk.hindrances import hindrances
from emgspasm.errors import ConfigError, EmgspasmError, RecordingError
from emgspasm.grammar import percent
from emgspasm.postponement import postponed
from emgspasm.system import host_time

if TYPE_CHECKING:
    from emgspasm.session import Session, Status
    from emgspasm.storage.studies.study import Placement
    from emgspasm.stream import Channel, StreamInfo


@click.command(cls=Command)
@live_config_option
@place_options
@click.option(
    "--duration", type=float, callback=positive, help="Seconds; by default until q or Ctrl-C."
)
@click.option("--markers", type=FILE, help="File of markers, one a line: seconds, a tab, text.")
@port_option
def record(
    config: Path,
    study: Path,
    participant: str,
    session: str | None,
    task: str,
    run: int | None,
    duration: float | None,
    markers: Path | None,
    port: str | None,
) -> None:
    """Record from a board into a study, detect bursts live, and write the tables.

    Samples are written to the file before they are analyzed. In a terminal, keys 1 to 9 set
    markers, Enter begins and ends the text of one, and q or Ctrl-C ends the recording. If the port
    hangs up, the recording goes on when the board is back, and ends in time if it stays away.
    """
    from emgspasm.results.channels import channel_warnings
    from emgspasm.session import Session
    from emgspasm.session.markers import read_markers
    from emgspasm.sources.lsl.markers import LslMarkers
    from emgspasm.storage.files import refuse_existing

    loaded = read_config(config)
    source = configured_source(loaded, config, port)
    fs = source.info.sampling_frequency
    if duration is not None and round(duration * fs) == 0:
        raise ConfigError(f"--duration {duration:g} s is no sample at {fs:g} Hz. Record longer")
    known = read_markers(markers) if markers else ()
    with placed(study, participant, session, task, run) as (opened, place):
        refuse_existing(*place.files, remedy="Give another --run, --session or --task")
        stream = loaded.config.markers.lsl
        network = LslMarkers(stream) if stream else None
        say_when_compiling()
        recording = Session(
            source, place.recording, loaded, duration=duration, markers=known, network=network
        )
        with described(recording, place, task):
            opened.note_time(place, datetime.now())  # noqa: DTZ005  BIDS: the clock of the place
            say(f"recording to {place.recording}")
            if recording.refusal:
                say(f"recorded but not analyzed: {recording.refusal}")
            for limit in limits(recording.unscaled):
                say(limit)
            for warning in channel_warnings(recording.info):
                say(warning)
            for name in filter(None, asdict(loaded.config.outlets).values()):
                say(f"sent to the network (LSL) as {name}, readable by everyone in it")
            until_over(recording)
        conclude(recording, place, study, say)
        require_present(recording)


@contextmanager
def described(session: Session, place: Placement, task: str) -> Iterator[None]:
    """Run a recording, with its description beside it, whole whatever ends it.

    Raises
    ------
    EmgspasmError
        What ended it, or its analysis.
    """
    with ExitStack() as running:
        try:
            running.enter_context(session)
            describe(session, place, task)
            yield
            running.close()
            session.wait()
            with postponed():
                describe(session, place, task)
        except BaseException:
            with postponed():  # Ctrl-C, again
                running.close()
                if session.begun:
                    with suppress(EmgspasmError):  # the error that ended it is raised instead
                        describe(session, place, task)
            raise


def describe(session: Session, place: Placement, task: str) -> None:
    """Write what stands beside the recording: when it begins, and again when it is over."""
    from emgspasm import __version__
    from emgspasm.sources.protocols import Particular
    from emgspasm.storage.edf.reader import open_edf
    from emgspasm.storage.studies.sidecar import Acquisition, write_sidecars

    said = session.config.config.recording
    source = session.source
    known: dict[str, Any] = dict(source.particulars) if isinstance(source, Particular) else {}
    acquisition = Acquisition(
        reference=said.reference,
        placement=said.placement or "n/a",
        power_line_frequency=said.power_line_frequency,
        software_filters=known.pop("SoftwareFilters", None),
    )
    own = {"Version": __version__, "Config": session.config.text, **known}
    write_sidecars(
        open_edf(place.recording),
        place.sidecars,
        task=task,
        acquisition=acquisition,
        software=own,
        overwrite=True,
    )


def limits(unscaled: tuple[Channel, ...]) -> list[str]:
    """Sentences on channels of unknown full scale: within which range they are stored."""
    names: dict[tuple[float, str], list[str]] = {}
    for channel in unscaled:
        names.setdefault((channel.full_scale, channel.unit), []).append(channel.name)
    return [
        f"full scale of {' '.join(those)} is not known: stored within +-{scale:.7g} {unit}, "
        "samples beyond are cut off there"
        for (scale, unit), those in names.items()
    ]


def until_over(session: Session) -> None:
    """Show how the recording fares until it ends, or somebody ends it."""
    n_events = n_notes = 0
    with suppress(KeyboardInterrupt), _markers(session) as typed, _status_line() as show:
        while not (session.wait(1.0) or come()):  # what a signal raised may have been dropped
            for event in session.events[n_events:]:
                show(f"{event.state}: {event.text}", keep=True)
                n_events += 1
            for note in session.notes[n_notes:]:
                show(note, keep=True)
                n_notes += 1
            show(typed() or status_text(session.status, session.info))
    settle()  # Ctrl-C is one way to end a recording; what follows is still to be done


@contextmanager
def _markers(session: Session) -> Iterator[Callable[[], str]]:
    """Let the keyboard set markers and end the recording; gives the text that is being typed."""
    markers, line = session.config.config.markers, keyboard.Line()
    texts = markers.texts

    def typed() -> str:
        return "" if line.since is None else f"marker: {line.text}"

    def take(key: str) -> None:
        nonlocal line
        line, stroke = keyboard.press(line, key, host_time(), texts)
        if stroke and stroke.ends:
            session.stop()
        elif stroke:
            try:
                marker = session.mark(stroke.text, stroke.time)
            except RecordingError as error:  # it has just ended
                tell(f"\r\x1b[K{error}")
            else:
                tell(f"\r\x1b[K{marker.onset:.3f} s: {marker.text}")
        elif typed():
            tell(f"\r\x1b[K{fitted(typed())}", nl=False)

    with keyboard.listening(take) as listens:
        if listens:
            named = [f"{key} {text}" for key, text in markers.keys.items()]
            said = ", ".join(named) or f"{min(texts)} to {max(texts)} mark"
            say(f"keys: {said}; Enter begins and ends a text, q ends the recording")
        yield typed


@contextmanager
def _status_line() -> Iterator[Any]:
    """Give a function that replaces the last line of a terminal, or adds lines to a log."""
    live = on_terminal() and not click.get_current_context().meta.get("quiet")

    def show(text: str, *, keep: bool = False) -> None:
        if live:
            tell(f"\r\x1b[K{text if keep else fitted(text)}", nl=keep)
        elif keep:
            say(text)

    try:
        yield show
    finally:
        if live:
            tell()


def fitted(text: str) -> str:
    """What the terminal shows of a text in one line: of more, only the last would be replaced."""
    try:
        width = os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # no terminal, or none of the system's
        return text
    return text[: width - 1] if width else text


def status_text(status: Status, info: StreamInfo) -> str:
    """One line, what matters most first: a narrow terminal shows its beginning."""
    parts = [
        f"{status.time:.0f} s",
        status.state,
        f"lost {percent(status.lost_recently, 1)} ({percent(status.lost, 2)} in all)",
        *hindrances(status, info),
        f"spasms {by_side(spasms(status.events))}",
        f"bursts {by_side(status.bursts)}",
        noise_text(status.noise, info),
        status.room,
        f"latency {1000 * status.latency:.0f} ms",
        f"{status.dropped} dropped on screen" if status.dropped else "",
    ]
    return " | ".join(filter(None, parts))


def noise_text(noise: tuple[float, ...], info: StreamInfo) -> str:
    """The lowest and the highest noise level, and whose that is."""
    known = [
        (level, info.channels[column])
        for level, column in zip(noise, info.columns(), strict=True)
        if level == level
    ]
    if not known:
        return "noise n/a"
    (low, _), (high, worst) = (pick(known, key=itemgetter(0)) for pick in (min, max))
    return f"noise {low:.1f} to {high:.1f} {worst.unit} ({worst.name})"
