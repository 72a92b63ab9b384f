"""The link of a source to its device: its state, what it says, its silence and its return."""

from __future__ import annotations

import threading
from collections.abc import Callable

from emgspasm.errors import SourceError, SourceLost
from emgspasm.sources.events import SourceEvent, State

STALL = 0.4
"""Seconds of silence that are called a stall; the radio gives up after 0.27 s
(firmware_notes 5.2)."""

RECONNECT = 3.0
"""Seconds of silence after which a board is taken for lost and opened anew."""


class Link:
    """What a source knows of its connection, from :meth:`open` to :meth:`close`.

    It owns neither device nor thread: the source connects, and lets go, when the link asks it to.

    Parameters
    ----------
    clock : callable
        Host time in seconds, never running backwards.
    sample_at : callable
        Sample number that is being taken at a host time.
    release : callable
        Lets the device go, open, half open or closed.
    device : str
        Its name in errors.
    carries : str
        What comes over the link, in the singular.
    remedy : str
        What to do about silence, as it ends a sentence.
    patience : float
        Seconds of silence after which the device is taken for lost.
    retry : float
        Seconds between two attempts to connect again.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        sample_at: Callable[[float], int],
        release: Callable[[], None],
        *,
        device: str,
        carries: str = "sample",
        remedy: str = "battery and distance",
        patience: float = RECONNECT,
        retry: float = 0.5,
    ) -> None:
        self.state: State = "closed"
        self._clock, self._sample_at, self._release = clock, sample_at, release
        self._device, self._carries, self._remedy = device, carries, remedy
        self._patience, self._retry = patience, retry
        self._events: list[SourceEvent] = []
        self._stopping = threading.Event()
        self._heard = clock()

    @property
    def events(self) -> tuple[SourceEvent, ...]:
        """All changes of state and notes so far, in order of time."""
        return tuple(self._events)

    @property
    def stopping(self) -> bool:
        """Whether the stream shall end."""
        return self._stopping.is_set()

    def say(self, state: State, text: str) -> None:
        """Take a state, and keep why and at which sample."""
        self.state = state
        now = self._clock()
        self._events.append(SourceEvent(now, self._sample_at(now), state, text))

    def note(self, text: str) -> None:
        """Keep what is worth knowing while the state stays."""
        self.say(self.state, text)

    def answered(self, text: str) -> None:
        """Say, while it connects for the first time, that the device answers and is set.

        While it connects again, why it has to stays to be read until the device streams.
        """
        if self.state == "probing":
            self.say("configuring", text)

    def open(self, text: str, connect: Callable[[], None]) -> None:
        """Connect for the first time.

        Raises
        ------
        SourceError
            As `connect` does; the link is closed then.
        """
        self.say("probing", text)
        try:
            connect()
        except SourceError as error:
            self.close(str(error))
            raise

    def close(self, text: str = "closed") -> None:
        """Let the device go."""
        self._release()
        if self.state != "closed":
            self.say("closed", text)

    def stop(self) -> None:
        """Ask the stream to end; safe from any thread and signal handler."""
        self._stopping.set()

    def require_wanted(self) -> None:
        """Give up what takes long once the stream shall end.

        Raises
        ------
        SourceLost
            It shall.
        """
        if self.stopping:
            raise SourceLost("ended before it began (nothing was recorded). Begin again")

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until :meth:`stop`."""
        self._stopping.wait(seconds)

    def hear(self, now: float) -> None:
        """Note that the device was heard, or that listening begins."""
        self._heard = now

    def silence(self, now: float) -> float:
        """Seconds since the device was heard."""
        return now - self._heard

    def watch(self, now: float) -> None:
        """Say a stall and its end.

        Raises
        ------
        SourceLost
            The silence outlasts the patience.
        """
        silent = self.silence(now)
        if silent > self._patience:
            raise SourceLost(
                f"{self._device} sent nothing for {self._patience:g} s. Check its {self._remedy}"
            )
        if silent > STALL and self.state == "streaming":
            self.say("stalled", f"no {self._carries} for {STALL:g} s. Check {self._remedy}")
        elif silent == 0 and self.state == "stalled":
            self.say("streaming", f"{self._carries}s come again")

    def restore(self, lost: str, connect: Callable[[], None]) -> None:
        """Let the device go and connect again until that works or the link is stopped.

        Parameters
        ----------
        lost : str
            Why it is needed.
        connect : callable
            Raises SourceError as long as it does not work; each new reason is said once.
        """
        said = lost
        self.say("reconnecting", lost)
        self._release()
        while not self.stopping:
            try:
                connect()
            except SourceError as error:
                self._release()
                if str(error) != said and not self.stopping:
                    said = str(error)
                    self.say("reconnecting", said)
                self.wait(self._retry)
            else:
                return
