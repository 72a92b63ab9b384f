"""Markers of a live session: set, taken back, and what of that is news."""

from __future__ import annotations

from collections.abc import Callable

from emgspasm.stream import Annotation
from emgspasm.synkinesis.markers import undoing


class Marks:
    """Sets markers and takes the last one back.

    Parameters
    ----------
    store : callable
        Stores a text, meant at a host time (s; None is now); None where nothing is recorded.
    shown : list of Annotation
        All that the screen shows; kept up to date.
    """

    def __init__(
        self,
        store: Callable[[str, float | None], Annotation | None],
        shown: list[Annotation],
    ) -> None:
        self._store, self._shown = store, shown
        self._set: list[Annotation] = []
        self._added: list[Annotation] = []
        self._undone: list[Annotation] = []

    def set(self, text: str, at: float) -> Annotation | None:
        """Mark what was taken at host time `at` (s); None where that cannot be stored."""
        marker = self._store(text, at)
        if marker is not None:
            self._set.append(marker)
            self.add(marker)
        return marker

    def undo(self) -> Annotation | None:
        """Take the last marker back; the recording keeps it, and that it was undone."""
        undone = self._store(undoing(self._set[-1]), None) if self._set else None
        if undone is not None:
            marker = self._set.pop()
            self._shown.remove(marker)
            self._undone.append(marker)
            self.add(undone)
        return undone

    def add(self, marker: Annotation) -> None:
        """Show a marker that is stored already and that nobody takes back."""
        self._shown.append(marker)
        self._added.append(marker)

    def news(self) -> tuple[tuple[Annotation, ...], tuple[Annotation, ...]]:
        """Markers set and taken back since the last call."""
        added, undone = tuple(self._added), tuple(self._undone)
        self._added.clear()
        self._undone.clear()
        return added, undone
