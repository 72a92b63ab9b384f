"""Control of a live stream: look at a board, record it, mark, and have the tables written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from emgspasm.config import LoadedConfig, MarkerTable
from emgspasm.desk.clock import clock
from emgspasm.desk.live import Live
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import EmgspasmError
from emgspasm.session import Session
from emgspasm.storage.studies.study import Placement
from emgspasm.stream import Annotation, Source

Tables = Callable[[], tuple[str, ...]]
"""Writes the tables of a recording; gives sentences about it for people."""

WRITING = "writing the tables of what was recorded"


def _fail(error: EmgspasmError) -> tuple[str, ...]:
    raise error


class Control:
    """Begins and ends the streams of a board, one after the other: a port has one owner.

    Parameters
    ----------
    wiring : Wiring
        Of the board.
    opened : callable
        Takes the stream that is under way from now on; the one before is closed already.
    run : callable
        Takes the writing of tables, work of seconds that nobody waits for.

    Attributes
    ----------
    live : Live or None
        The stream under way.
    """

    def __init__(
        self, wiring: Wiring, opened: Callable[[Live], object], run: Callable[[Tables], object]
    ) -> None:
        self._wiring, self._opened, self._run = wiring, opened, run
        self.live: Live | None = None

    @property
    def markers(self) -> MarkerTable:
        """What the digits mark."""
        return self._wiring.config.config.markers

    def look(self) -> None:
        """Show the board without recording it.

        Raises
        ------
        EmgspasmError
            The source cannot be made, or the montage does not fit it; nothing streams then.
        """
        self._begin(lambda: Live(self._wiring))

    def record(self, place: Placement, task: str, held: ExitStack) -> None:
        """Record it; raises what :meth:`look` raises.

        Parameters
        ----------
        place : Placement
        task : str
        held : ExitStack
            Holds the place (:func:`emgspasm.desk.request.placing`) until the stream takes it over.
        """
        with held:
            self._begin(lambda: Live(self._wiring, place, task, held))

    def stop(self) -> str:
        """End the recording and go on looking; a sentence about it, ``""`` if none ran."""
        live = self.live
        if live is None:
            return ""
        seconds = live.stop / live.feed.sampling_frequency
        self.look()
        if not live.began:
            return f"nothing was recorded to {live.path}: it ended before the board had answered"
        return f"recorded {clock(seconds)} to {live.path}; its tables are being written"

    def release(self) -> Source:
        """Release the board, and make a source of it that is not entered yet."""
        self.close()
        return self._wiring.make_source()

    def retune(self, config: LoadedConfig) -> None:
        """Use another config: at once while nothing is recorded, else for the next recording."""
        self._wiring = replace(self._wiring, config=config)
        if self.live is not None and not self.live.recording:
            self.look()

    def mark(self, text: str, at: float) -> Annotation | None:
        """Mark what was taken at host time `at` (s); None where nothing streams."""
        return self.live.mark(text, at) if self.live else None

    def undo(self) -> Annotation | None:
        """Take the last marker back; None where there is none."""
        return self.live.undo() if self.live else None

    def close(self) -> None:
        """End the stream under way; if it was recorded, begin to write its tables.

        What fails in that is told where the tables would be, so that the next stream begins all
        the same.
        """
        live, self.live = self.live, None
        if live is None:
            return
        try:
            live.close()
        except EmgspasmError as error:  # its folder was moved, or its disk is gone
            self._run(partial(_fail, error))
            return
        if live.place is not None and live.began:
            self._run(partial(self._conclude, live.session, live.place))

    def _begin(self, make: Callable[[], Live]) -> None:
        self.close()
        self.live = make()
        self._opened(self.live)

    def _conclude(self, session: Session, place: Placement) -> tuple[str, ...]:
        """Write tables (another thread); gives sentences about them."""
        sentences: list[str] = []
        self._wiring.conclude(session, place, place.study, sentences.append)
        return tuple(sentences)
