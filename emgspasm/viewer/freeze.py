"""The frozen picture: any stretch of the session, two cursors, what lies between them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from emgspasm.desk.clock import clock
from emgspasm.desk.desk import Desk
from emgspasm.desk.strip import Strip
from emgspasm.errors import RecordingError
from emgspasm.units import on_screen
from emgspasm.viewer.measuring import measure
from emgspasm.viewer.traces.view import TracesView


class Freeze(QObject):
    """Holds a stretch of a stream on the screen while the stream goes on.

    Parameters
    ----------
    traces : TracesView
        Where it is shown.

    Attributes
    ----------
    changed : Signal
        Whether it holds, what it shows or where the cursors are has changed.
    held, measuring : bool
    """

    changed = Signal()

    def __init__(self, traces: TracesView) -> None:
        super().__init__(traces)
        self._traces = traces
        self._desk: Desk | None = None
        self._page: Strip | None = None
        self._stop = 0
        self.held = self.measuring = False
        traces.cursors_moved.connect(self._moved)

    def show_desk(self, desk: Desk) -> None:
        """Freeze this stream from now on."""
        self._desk = desk
        self.held = self.measuring = False
        self._traces.show_cursors(None)
        self.changed.emit()

    def hold(self, on: bool) -> None:
        """Hold what is newest, or go on with the stream."""
        if self._desk is None or on == self.held:
            return
        self.held = on
        if on:
            self._stop = self._desk.feed.strip.stop
            self.again()
            return
        self.measuring = False
        self._traces.show_cursors(None)
        self._traces.show_notes({})
        self._page = None
        self._traces.show_page(None)
        self.changed.emit()

    def again(self) -> None:
        """Show the held stretch anew: the time base or what is known of it has changed.

        Raises
        ------
        RecordingError
            The file went away; the picture goes on with the stream.
        """
        if self._desk is None or not self.held:
            return
        samples = round(self._traces.view.seconds * self._desk.feed.sampling_frequency)
        try:
            self._page = self._desk.page(self._stop - samples, self._stop)
        except RecordingError:
            self.hold(on=False)
            raise
        self._traces.show_page(self._page)
        self._note()
        self.changed.emit()

    def move_by(self, screens: float) -> None:
        """Show a stretch so many time bases on."""
        if self._desk is not None:
            feed = self._desk.feed
            stop = self._stop if self.held else feed.strip.stop
            self.go_to(stop / feed.sampling_frequency + screens * self._traces.view.seconds)

    def go_to(self, seconds: float) -> None:
        """Show the stretch that ends at a time of the recording, as near as there is one."""
        if self._desk is None:
            return
        self.held = True
        feed = self._desk.feed
        least = round(self._traces.view.seconds * feed.sampling_frequency)
        most = self._desk.stop
        wanted = most if seconds == float("inf") else round(seconds * feed.sampling_frequency)
        before, self._stop = self._stop, max(min(wanted, most), min(least, most))
        shift = (self._stop - before) / feed.sampling_frequency
        cursors = self._traces.cursors
        self.again()
        if cursors and self.measuring:
            self._traces.show_cursors((cursors[0] + shift, cursors[1] + shift))

    def measure(self, on: bool) -> None:
        """Show the cursors, freezing the picture if it is not, or hide them."""
        if on and not self.held:
            self.hold(True)
        self.measuring = on and self.held
        low, high = self._traces.stretch
        wide = high - low
        self._traces.show_cursors(
            (low + wide / 3, low + 2 * wide / 3) if self.measuring else None
        )  # fmt: skip
        self._note()
        self.changed.emit()

    def nudge(self, which: int, screens: float) -> None:
        """Move a cursor by a share of the screen."""
        times = self._traces.cursors
        if times is None:
            return
        low, high = self._traces.stretch
        moved = list(times)
        moved[which] = min(max(times[which] + screens * self._traces.view.seconds, low), high)
        self._traces.show_cursors((moved[0], moved[1]))

    @property
    def page(self) -> Strip | None:
        """What is held."""
        return self._page

    @property
    def selection(self) -> tuple[int, int] | None:
        """Samples between the cursors, half open; None without cursors."""
        times = self._traces.cursors
        if times is None or self._desk is None:
            return None
        fs = self._desk.feed.sampling_frequency
        return round(min(times) * fs), round(max(times) * fs) + 1

    def text(self, *, recording: bool) -> str:
        """What is said over the picture."""
        words = "FROZEN - still recording" if recording else "FROZEN"
        times = self._traces.cursors
        if times is None:
            return words
        span = abs(times[1] - times[0])
        rate = f" = {1 / span:.1f}/s" if span > 0 else ""
        return (
            f"{words}     A {clock(times[0], 0.01)}   B {clock(times[1], 0.01)}   "
            f"B-A {1000 * span:.0f} ms{rate}"
        )

    def _moved(self) -> None:
        if self.measuring:
            self._note()
            self.changed.emit()

    def _note(self) -> None:
        """Write what lies between the cursors beside every line."""
        between = self.selection
        if between is None or self._page is None or self._desk is None or not self.measuring:
            self._traces.show_notes({})
            return
        found = measure(self._page, self._traces.main_track, *between)
        channels = self._desk.feed.emg.channels
        told = {i: one.told(on_screen(channels[i].unit)) for i, one in enumerate(found)}
        self._traces.show_notes(told)
