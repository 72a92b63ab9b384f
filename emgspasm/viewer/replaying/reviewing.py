"""An expert's decisions in the window: from event to event of a replay, stored as they are made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog

from emgspasm.desk.desk import Desk
from emgspasm.errors import EmgspasmError, explained
from emgspasm.results.decisions import Decision
from emgspasm.storage.studies.scales import rater as pseudonym
from emgspasm.stream import EventType
from emgspasm.viewer.actions import ACTS
from emgspasm.viewer.background import Background
from emgspasm.viewer.replaying.control import AFTER
from emgspasm.viewer.replaying.replay import Replay
from emgspasm.viewer.replaying.review_sheet import Reviewed, events_table, read_sheet, sheet

if TYPE_CHECKING:
    from emgspasm.viewer.window import Window

CONTEXT = 0.3
"""Share of the screen that shows what came after an event [design]."""

KEYS = ", ".join(f"{act.keys[0]} {act.text.lower()}" for act in ACTS if act.group == "Review")


class Reviewing(QObject):
    """Leads an expert through the events table of a replayed recording.

    What is decided goes into the review beside the table, as ``emgspasm review`` writes it, in a
    thread of its own: the picture does not wait for it.

    Parameters
    ----------
    window : Window

    Attributes
    ----------
    rater : str
        Pseudonym of the expert, asked for once; it is not kept.
    events : list of Reviewed
        In order of onset; empty before a review begins.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.rater = ""
        self.events: list[Reviewed] = []
        self._table: Path | None = None
        self._at: int | None = None
        self._storing = Background("review", self)
        self._storing.done.connect(self._take)
        self._touched: set[Path] = set()

    def open(self, desk: Desk) -> None:
        """Review this stream from now on, once it is asked for."""
        table = events_table(desk.path) if isinstance(desk, Replay) and desk.path else None
        if table != self._table:
            self._table, self.events, self._at = table, [], None
        self._show()

    def step(self, way: int) -> None:
        """Go to the next event (1), or the one before (-1)."""
        if not self._begin():
            return
        if self._at is None:
            left = self._window.surface.traces.stretch[0]
            later = [k for k, event in enumerate(self.events) if event.onset >= left]
            self._select(later[0] if later else len(self.events) - 1)
        else:
            self._select(min(max(self._at + way, 0), len(self.events) - 1))

    def decide(
        self, status: Literal["accepted", "rejected"], kind: EventType | None = None
    ) -> None:
        """Accept, reject or rename the event at hand, and go to the next that is not decided."""
        if not self._begin():
            return
        if self._at is None:
            self.step(1)
            return
        event = self.events[self._at]
        start, stop = self._window.surface.traces.stretch
        if event.offset < start or event.onset > stop:
            self._window.surface.notice.tell(
                f"{event.name} is not on the screen: nothing was decided. J goes to the next event"
            )
            return
        decision = Decision(event.name, status, kind)
        self.events[self._at] = event.decided(decision)
        assert self._table is not None  # the review has begun
        self._touched.add(self._table)
        self._storing.run(partial(store, self._table, decision, self.rater))
        after = range(self._at + 1, len(self.events))
        self._select(next((k for k in after if self.events[k].status == "auto"), self._at))

    def finish(self, say: Callable[[str], None]) -> None:
        """Wait until all is stored, and compute the tables of the study anew.

        Parameters
        ----------
        say : callable
            Takes what there is to say of these.

        Raises
        ------
        EmgspasmError
            Something could not be stored.
        """
        from emgspasm.results.group.results import study_of
        from emgspasm.results.outputs import write_group
        from emgspasm.storage.derivatives.names import RESULTS

        self._storing.finish()
        for study in {study_of(path) for path in self._touched} - {None}:
            assert study is not None  # taken out
            for sentence in write_group(study, study / RESULTS):
                say(sentence)
        self._touched.clear()

    def _begin(self) -> bool:
        """Whether a review is under way; begins one if it can."""
        if self.events:
            return True
        notice, desk = self._window.surface.notice, self._window.desk
        if not isinstance(desk, Replay):
            return False
        if self._table is None:
            notice.tell(
                f"{desk.name} has no tables to review. emgspasm analyze makes them, in the "
                "study's results or beside the recording"
            )
            return False
        try:
            if not self.rater and not self._ask():
                return False
            self.events = read_sheet(self._table)
        except (ValueError, EmgspasmError) as error:
            notice.tell(f"no review: {error}")
        else:
            if not self.events:
                notice.tell(f"{self._table.name} holds no event to review")
        return bool(self.events)

    def _ask(self) -> bool:
        """Ask who decides; whether it was said."""
        text, said = QInputDialog.getText(
            self._window, "Review", "Who decides? A pseudonym: letters and digits."
        )
        self.rater = pseudonym(text.strip()) if said else ""
        return said

    def _select(self, k: int) -> None:
        self._at = k
        self._window.replays.play(on=False)
        after = max(AFTER, CONTEXT * self._window.view.seconds)
        self._window.go_to(self.events[k].offset + after)
        self._show()

    def _take(self, future: Future[tuple[Path, list[Reviewed]]]) -> None:
        try:
            table, events = future.result()
        except Exception as error:  # noqa: BLE001  # top of a thread: said in the window
            self._window.surface.notice.tell(f"not stored: {explained(error)}")
            self.events, self._at = [], None
        else:
            if table == self._table and self.events and not self._storing.waiting:
                self.events = events
        self._show()

    def _show(self) -> None:
        """Say where the review is, and write decisions on the traces."""
        window, desk = self._window, self._window.desk
        if desk is not None:
            fs = desk.feed.sampling_frequency
            desk.feed.found.remarks = {
                (round(e.onset * fs), round(e.offset * fs)): self._remark(k, e)
                for k, e in enumerate(self.events)
            }
            window.show_labels()
        window.surface.say_review(self.words)

    def _remark(self, k: int, event: Reviewed) -> str:
        pointer = "\N{BLACK LEFT-POINTING TRIANGLE}" if k == self._at else ""
        return f"{event.remark} {pointer}".strip()

    @property
    def words(self) -> str:
        """Where the review is; ``""`` before it begins."""
        if self._at is None or not self.events:
            return ""
        n_decided = sum(event.status != "auto" for event in self.events)
        return (
            f"REVIEW of {self.rater}   ·   {n_decided} of {len(self.events)} decided   ·   "
            f"{self.events[self._at].words}   ·   {KEYS}"
        )


def store(table: Path, decision: Decision, rater: str) -> tuple[Path, list[Reviewed]]:
    """Store a decision; the table it is of, and its events as they are called since."""
    from emgspasm.results.review import write_review

    return table, sheet(write_review(table, [decision], rater)[1])
