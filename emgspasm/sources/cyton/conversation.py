"""Commands to a Cyton and its answers, before and after it streams; never while it does."""

from __future__ import annotations

import os
import re
import select
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgspasm.errors import SourceError, SourceLost, SourceNotFound
from emgspasm.sources.cyton.dongle import open_port

if TYPE_CHECKING:
    import serial

QUIET = 0.2
"""Seconds without a byte after which a stopped board counts as silent."""

TRIES = 3
"""Times that a setting is sent, while the answer says that it failed [design]."""

_END = b"$$$"  # of every answer (firmware_notes 3)
_MOST = 65_536  # bytes of one read; the kernel holds fewer
_FRESH = 7 * 33  # bytes: the end of a backlog may be cut, which takes three packets to tell
_STOPS = 3  # times that a board is told to stop, since one command may be lost

# Times in seconds, all [design]:
_WAIT = 0.02  # of one read for its first byte
_GLANCE = 0.001  # between two looks at a port that cannot be waited for
_MOMENT = 0.003  # the kernel refills its buffer faster, the board sends slower
_BACKLOG_WITHIN = 0.1
_FRESH_WITHIN = 0.3  # later than radio and USB hold packets back (firmware_notes 5.2)
_ANSWER_WITHIN = 2.0
_BANNER_WITHIN = 6.0  # the board restarts before it says who it is
_DRAIN_WITHIN = 1.0  # dongle and radio hold back less (firmware_notes 5.2)
_TOLD = 80  # characters of an answer that people are told [design]


@dataclass(frozen=True, slots=True)
class Board:
    """What a board says of itself.

    Parameters
    ----------
    firmware : str
        As in the banner, ``"v3.1.2"``; ``""`` if it names none.
    daisy : bool
        Whether a Daisy is attached.
    banner : str
        All it said.
    """

    firmware: str
    daisy: bool
    banner: str

    @property
    def simulated(self) -> bool:
        """Whether it says that it is no real one, as ``emgspasm emulate`` does."""
        return "Simulated board" in self.banner


def write(port: serial.Serial, command: bytes) -> None:
    """Send bytes.

    Raises
    ------
    SourceLost
        The port is gone.
    """
    try:
        port.write(command)
    except OSError as error:
        raise SourceLost(f"port {port.port} is gone. Plug the dongle in again") from error


def read(port: serial.Serial, wait: float = _WAIT) -> bytes:
    """Read what has arrived; wait up to `wait` seconds for the first byte.

    Two system calls, where ``port.read`` takes six: at 250 reads a second that counts.

    Raises
    ------
    SourceLost
        The port is gone.
    """
    try:
        if not hasattr(port, "fd"):
            return _polled(port, wait)
        if not select.select([port.fd], [], [], wait)[0]:
            return b""
        data = os.read(port.fd, _MOST)
    except OSError as error:
        raise SourceLost(f"port {port.port} is gone. Plug the dongle in again") from error
    if not data:
        raise SourceLost(f"port {port.port} is gone. Plug the dongle in again")
    return data


def _polled(port: serial.Serial, wait: float) -> bytes:
    """Read from a port of Windows, which has no descriptor: its ``select`` takes sockets alone."""
    deadline = time.perf_counter() + wait
    while not port.in_waiting:
        if time.perf_counter() > deadline:
            return b""
        time.sleep(_GLANCE)
    data: bytes = port.read(port.in_waiting)
    return data


def read_backlog(port: serial.Serial) -> bytes:
    """Read what piled up while this process or the system was paused, until nothing is waiting.

    It is old, and its end may be older than the pause: it is numbered together with what comes
    fresh (firmware_notes 5.6).

    Raises
    ------
    SourceLost
        The port is gone.
    """
    data, deadline = b"", time.perf_counter() + _BACKLOG_WITHIN
    while time.perf_counter() < deadline:
        more = read(port, _MOMENT)
        if not more:
            break
        data += more
    return data


def read_fresh(port: serial.Serial) -> bytes:
    """Read the next packets that come, enough to be believed; fewer if the board is silent.

    Raises
    ------
    SourceLost
        The port is gone.
    """
    data, deadline = b"", time.perf_counter() + _FRESH_WITHIN
    while len(data) < _FRESH and time.perf_counter() < deadline:
        data += read(port)
    return data


def ask(port: serial.Serial, command: bytes, within: float = _ANSWER_WITHIN) -> str:
    """Send a command and return the answer without its ``$$$``; ``""`` if none came in time.

    A multi-character command goes out in one write, because the board gives it one second
    (firmware_notes 3.3).
    """
    write(port, command)
    answer, deadline = b"", time.perf_counter() + within
    while _END not in answer:
        if time.perf_counter() > deadline:
            return ""
        answer += read(port)
    return answer.partition(_END)[0].decode("ascii", "replace").strip()


def insist(port: serial.Serial, command: bytes, wanted: str) -> tuple[bool, str]:
    """Send a setting again where the radio fails (firmware_notes 3.8).

    Returns
    -------
    bool
        Whether the last answer ends in `wanted`.
    str
        That answer.
    """
    for _ in range(TRIES):
        answer = ask(port, command)
        if answer.endswith(wanted):
            return True, answer
        drained(port)  # or what comes late would be taken for the next answer
    return False, answer


def told(answer: str) -> str:
    """An answer for people, cut and printable: the device may be no board."""
    if not answer:
        return "nothing whole"
    return repr(answer if len(answer) <= _TOLD else f"{answer[:_TOLD]}...")


def silence(port: serial.Serial) -> None:
    """Stop a board that may be streaming and drain what is under way (firmware_notes 5.5).

    Raises
    ------
    SourceError
        It goes on sending.
    """
    for _ in range(_STOPS):
        write(port, b"s")
        if drained(port):
            return
    raise SourceError(
        f"the device on {port.port} goes on sending after the stop command. Is it an OpenBCI "
        "dongle? Switch the board off and on"
    )


def drained(port: serial.Serial) -> bool:
    """Read until :data:`QUIET` seconds bring nothing; False if that never comes."""
    heard = time.perf_counter()
    deadline = heard + _DRAIN_WITHIN
    while time.perf_counter() < deadline:
        if read(port):
            heard = time.perf_counter()
        elif time.perf_counter() - heard > QUIET:
            return True
    return False


def check_radio(port: serial.Serial) -> None:
    """Ask the dongle whether it hears a board (``F0 07``, firmware_notes 3.6).

    Raises
    ------
    SourceNotFound
        No dongle answers, or it hears no board.
    """
    status = ask(port, b"\xf0\x07")
    if "success" in status.lower():
        return
    if not status:
        raise SourceNotFound(
            f"nothing answers on {port.port}: it is not an OpenBCI dongle, its switch is not on "
            "GPIO6, or its firmware and the board's are older than version 2. Check the switch, "
            "unplug it and plug it in again, or bring the firmware up to date"
        )
    raise SourceNotFound(
        f"the dongle on {port.port} hears no board ({told(status)}; {_radio_channel(port)}). "
        "Switch the board on (to PC), or set its radio channel to the dongle's"
    )


def _radio_channel(port: serial.Serial) -> str:
    number = re.search(r"number: (\d+)", ask(port, b"\xf0\x00"))
    return f"dongle on radio channel {number[1]}" if number else "radio channel unknown"


def reset(port: serial.Serial) -> Board:
    """Reset the board and read its banner (``v``, firmware_notes 3.2).

    Raises
    ------
    SourceNotFound
        No banner of an OpenBCI board comes.
    """
    return read_banner(ask(port, b"v", within=_BANNER_WITHIN), str(port.port))


def read_banner(banner: str, device: str) -> Board:
    """Read firmware and Daisy from a banner.

    Raises
    ------
    SourceNotFound
        It is no banner of a Cyton.
    """
    if "ADS1299" not in banner:
        raise SourceNotFound(
            f"the board behind {device} did not introduce itself as a Cyton (it said "
            f"{told(banner)}). Switch it off and on, and check its battery"
        )
    firmware = re.search(r"Firmware: *(v[\d.]+)", banner)
    return Board(firmware[1] if firmware else "", "On Daisy ADS1299" in banner, banner)


def probe(device: str) -> Board:
    """Ask the board on a port who it is, and let the port go.

    Raises
    ------
    SourceError
        As :func:`open_port`, :func:`silence`, :func:`check_radio` and :func:`reset`.
    """
    with open_port(device) as port:
        silence(port)
        check_radio(port)
        return reset(port)
