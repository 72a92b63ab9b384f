"""Handlers: what the window does when a key is pressed, by the name of the action."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from emgspasm.desk.strip import TRACKS
from emgspasm.results.decisions import TYPES
from emgspasm.stream import EventType
from emgspasm.viewer.snapshot import snap

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window

Handler = Callable[[bool], object]
"""Called with whether the action is on now, if it toggles."""

SWITCHES = ("scrolls", "levels", "mirrored")
"""Fields of the view that are on or off."""


def handlers(window: Window) -> dict[str, Handler]:
    """Those of every action of :data:`emgspasm.viewer.actions.ACTS`."""
    return {**_looking(window), **_measuring(window), **_leading(window), **_window(window)}


def _looking(window: Window) -> dict[str, Handler]:
    tracks: dict[str, Handler] = {name: partial(_track, window, name) for name in TRACKS}
    switches: dict[str, Handler] = {name: partial(_switch, window, name) for name in SWITCHES}
    return {
        **tracks,
        **switches,
        "freeze": window.freeze.hold,
        "back": lambda _: window.replays.move_by(-0.25),
        "forth": lambda _: window.replays.move_by(0.25),
        "page_back": lambda _: window.replays.move_by(-1.0),
        "page_forth": lambda _: window.replays.move_by(1.0),
        "first": lambda _: window.replays.go_to(0.0),
        "last": lambda _: window.replays.go_to(float("inf")),
        "gain_up": lambda _: window.turn_gain(-1),
        "gain_down": lambda _: window.turn_gain(1),
        "time_up": lambda _: window.turn_time(1),
        "time_down": lambda _: window.turn_time(-1),
        "center": lambda _: window.surface.traces.redraw(),
    }


def _measuring(window: Window) -> dict[str, Handler]:
    freeze = window.freeze
    return {
        "cursors": freeze.measure,
        "cursor_a_back": lambda _: freeze.nudge(0, -0.01),
        "cursor_a_forth": lambda _: freeze.nudge(0, 0.01),
        "cursor_b_back": lambda _: freeze.nudge(1, -0.01),
        "cursor_b_forth": lambda _: freeze.nudge(1, 0.01),
        "spectrum": window.spectrum.show,
        "snapshot": lambda _: snap(window),
    }


def _leading(window: Window) -> dict[str, Handler]:
    """Of a live stream, and of a replay."""
    replays = window.replays
    return {
        "record": lambda _: window.recorder.toggle() if window.recorder else None,
        "again": lambda _: window.recorder.look_again() if window.recorder else None,
        "text": lambda _: window.surface.marker_bar.type(),
        "check": window.checkup.show,
        "undo": lambda _: window.recorder.undo() if window.recorder else None,
        "play": replays.play,
        "loops": replays.loop,
        "faster": lambda _: replays.turn_speed(1),
        "slower": lambda _: replays.turn_speed(-1),
        "next_event": lambda _: window.review.step(1),
        "last_event": lambda _: window.review.step(-1),
        "accept": lambda _: window.review.decide("accepted"),
        "reject": lambda _: window.review.decide("rejected"),
        **{f"call_{kind}": partial(_call, window, kind) for kind in TYPES},
        "next_spasm": lambda _: replays.seek_spasm(1),
        "last_spasm": lambda _: replays.seek_spasm(-1),
    }


def _window(window: Window) -> dict[str, Handler]:
    return {
        "save_config": lambda _: window.tuner.save(),
        "open": lambda _: window.opening.ask(),
        "theme": lambda _: window.appearance.turn_theme(),
        "larger": lambda _: window.appearance.turn_font(1.1),
        "smaller": lambda _: window.appearance.turn_font(1 / 1.1),
        "full": partial(_fill_screen, window),
        "help": window.surface.help.setVisible,
        "quit": lambda _: window.close(),
    }


def _track(window: Window, name: str, _: bool) -> None:
    """Draw a track, or not; one of them is always drawn."""
    window.change(tracks=window.view.tracks ^ {name} or frozenset({name}))


def _call(window: Window, kind: EventType, _: bool) -> None:
    window.review.decide("accepted", kind)


def _fill_screen(window: Window, on: bool) -> None:
    """Use the whole screen, or be as before: maximized or not."""
    state, full = window.windowState(), Qt.WindowState.WindowFullScreen
    window.setWindowState(state | full if on else state & ~full)


def _switch(window: Window, name: str, on: bool) -> None:
    window.change(**{name: on})
