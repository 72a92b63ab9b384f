"""The serial port of an emulated board: a pseudo-terminal that comes and goes as a dongle does."""

from __future__ import annotations

import os
import select
import time
from collections import deque
from importlib.util import find_spec
from pathlib import Path

from emgspasm.errors import ConfigError


def has_terminals() -> bool:
    """Whether there are pseudo-terminals on this system."""
    return find_spec("termios") is not None


def require_terminals() -> None:
    """Refuse to emulate a board where it would have no port.

    Raises
    ------
    ConfigError
        There are no pseudo-terminals, as on Windows.
    """
    if not has_terminals():
        raise ConfigError(
            "no board can be emulated here (this system has no pseudo-terminals, Windows for one). "
            "Let a simulated patient stream instead, emgspasm configs simulated; or write a "
            "recording: emgspasm simulate"
        )


class BoardPort:
    """A port with a lasting name, and the bytes that wait to go out.

    Parameters
    ----------
    link : Path
        The name, the same before and after a hang-up; its folder must exist.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self._out: deque[tuple[float, bytes]] = deque()
        self._master = self._slave = -1

    @property
    def plugged(self) -> bool:
        """Whether it is there."""
        return self._master >= 0

    @property
    def n_waiting(self) -> int:
        """Bytes that nobody has read yet."""
        return sum(len(part) for _, part in self._out)

    def plug(self) -> None:
        """Come, under the name."""
        import pty
        import tty

        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        new = self.link.with_suffix(".new")
        new.symlink_to(os.ttyname(self._slave))
        new.replace(self.link)

    def unplug(self) -> None:
        """Go, with all that waits; harmless when repeated."""
        if self.plugged:
            self.link.unlink()
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1
            self._out.clear()

    def hear(self, patience: float) -> bytes:
        """What was written to it, waited for so many seconds."""
        if not self.plugged:
            time.sleep(patience)
            return b""
        if not select.select([self._master], [], [], patience)[0]:
            return b""
        return os.read(self._master, 4096)

    def put(self, data: bytes, due: float = 0.0) -> None:
        """Let bytes go out at a time of ``time.perf_counter``, after those before them."""
        self._out.append((due, data))

    def send(self) -> None:
        """Send what is due, as far as there is room."""
        while self._out and self.plugged and self._out[0][0] <= time.perf_counter():
            due, data = self._out.popleft()
            try:
                sent = os.write(self._master, data)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                self._out.appendleft((due, data[sent:]))
                return
