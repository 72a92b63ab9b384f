"""What pages are shown: one stream after the other, and how it fares."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from pathlib import Path

from emgspasm.desk.live import Live
from emgspasm.service import answers
from emgspasm.service.answers import text_of
from emgspasm.service.broadcast import Broadcast, Message, Onlooker
from emgspasm.service.messages import Messages

REMEMBERED = 8
"""Sentences of the service that are still shown [design]."""


class Showing:
    """Shows streams to all pages that are open; to be called in the one thread that owns them.

    Parameters
    ----------
    study : Path or None
        Folder that is recorded into.

    Attributes
    ----------
    broadcast : Broadcast
    state : State
        How the stream fared when it was last told; safe from any thread.
    """

    def __init__(self, study: Path | None) -> None:
        self.broadcast, self.state = Broadcast(), answers.State("connecting")
        self._folder = _paths_within(study) if study else None
        self._said = deque[str](maxlen=REMEMBERED)
        self._messages: Messages | None = None
        self._n_streams, self._failed = 0, ""

    def open(self, live: Live) -> None:
        """Show another stream; the one before was ended."""
        self._n_streams += 1
        self._messages, self._failed = Messages(live, self._n_streams), ""
        for message in self._messages.introduction():
            self.broadcast.tell(message)
        self._tell_state()

    def tick(self) -> bool:
        """Show what has come; whether there is a stream."""
        if self._messages is None:
            return False
        for message in self._messages.tick():
            self.broadcast.tell(message)
        if self._messages.state_is_due:
            self._tell_state()
        return True

    def end(self) -> None:
        """Show the stream no more."""
        self._messages = None

    def fail(self, why: str) -> None:
        """Show no stream, and say why."""
        self._messages, self._failed = None, why
        self._tell_state()

    def say(self, sentence: str) -> None:
        """Show a sentence of the service at once."""
        self.note(sentence)
        self._tell_state()

    def note(self, sentence: str) -> None:
        """Show a sentence of the service with the next state; from any thread."""
        self._said.append(sentence)

    def welcome(self, onlooker: Onlooker) -> None:
        """Tell a page all there is to know, and then what comes."""
        onlooker.begin_anew()
        for message in self._messages.introduction() if self._messages else ():
            onlooker.put(message)
        onlooker.put(Message(text_of(self.state)))
        self.broadcast.add(onlooker)

    def events(self) -> answers.Events:
        """All that was found in the stream so far."""
        return self._messages.events() if self._messages else answers.Events((), ())

    def _tell_state(self) -> None:
        said, n = tuple(self._said), len(self.broadcast)
        if self._messages is not None:
            state = self._messages.state(n, said, self._failed)
        else:
            state = answers.State("ended", notices=said, error=self._failed, onlookers=n)
        self.state = replace(
            state,
            path=self._within(state.path),
            notices=tuple(map(self._within, state.notices)),
            error=self._within(state.error),
        )
        self.broadcast.tell(Message(text_of(self.state)))

    def _within(self, text: str) -> str:
        """The text with paths as they are in the study: where it lies may hold names."""
        return self._folder.sub(_shortened, text) if self._folder else text


def _paths_within(study: Path) -> re.Pattern[str]:
    """Where a text names the folder of a study, or the beginning of a path within it."""
    return re.compile(rf"(?<![^\s('\"]){re.escape(str(study))}([/\\]|(?![\w-]|\.\w))")


def _shortened(named: re.Match[str]) -> str:
    return "" if named[1] else "STUDY"
