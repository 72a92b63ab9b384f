"""What the keys do to a replay: play, jump, speed, from spasm to spasm."""

from __future__ import annotations

from collections.abc import Callable

from emgspasm.desk.desk import Desk
from emgspasm.viewer.actions import step
from emgspasm.viewer.freeze import Freeze
from emgspasm.viewer.replaying.replay import SPEEDS, Replay
from emgspasm.viewer.traces.view import TracesView

AFTER = 0.5
"""Seconds after a spasm that are shown with it."""


class ReplayControl:
    """Leads a replay, if it is one that the window shows.

    Parameters
    ----------
    desk : callable
        What the window shows.
    freeze : Freeze
    traces : TracesView
        Where it is shown.
    """

    def __init__(self, desk: Callable[[], Desk | None], freeze: Freeze, traces: TracesView) -> None:
        self._desk, self._freeze, self._traces = desk, freeze, traces

    @property
    def replay(self) -> Replay | None:
        """The replay that is shown."""
        desk = self._desk()
        return desk if isinstance(desk, Replay) else None

    def go_to(self, seconds: float) -> None:
        """Go to a time of the recording: in the frozen picture, or with the replay."""
        replay = self.replay
        if replay is not None and not self._freeze.held:
            end = replay.duration or 0.0
            replay.jump(min(max(0.0, seconds), end), before=self._traces.view.seconds)
        elif self._desk() is not None:
            self._freeze.go_to(seconds)

    def move_by(self, screens: float) -> None:
        """Go back or forth by so many time bases."""
        if self.replay is not None and not self._freeze.held:
            self.go_to(self.replay.position + screens * self._traces.view.seconds)
        elif self._desk() is not None:
            self._freeze.move_by(screens)

    def seek_spasm(self, way: int) -> None:
        """To the next spasm (1), or the one before (-1); it is shown before the newest sample."""
        replay = self.replay
        if replay is None:
            return
        fs, now = replay.feed.sampling_frequency, replay.position
        spasms = (e for e in replay.feed.found.events if e.trial_type == "spasm")
        ends = [spasm.offset / fs + AFTER for spasm in spasms]
        if way > 0:
            there = min((end for end in ends if end > now + 0.01), default=None)
        else:
            there = max((end for end in ends if end < now - AFTER - 0.1), default=None)
        if there is not None:
            self.go_to(there)

    def play(self, on: bool) -> None:
        """Play, from the beginning if it has ended, or pause."""
        replay = self.replay
        if replay is None:
            return
        if on and replay.position >= (replay.duration or 0.0):
            replay.jump(0.0)
        replay.playing = on
        if on and self._freeze.held:
            self._freeze.hold(on=False)

    def loop(self, on: bool) -> None:
        """Begin again at the end, or stay there."""
        if self.replay is not None:
            self.replay.loops = on

    def set_speed(self, speed: float) -> None:
        """Play so many seconds in a second."""
        if self.replay is not None:
            self.replay.speed = speed

    def turn_speed(self, steps: int) -> None:
        """Play faster or slower."""
        if self.replay is not None:
            self.set_speed(step(SPEEDS, self.replay.speed, steps))
