"""The port of a Cyton's dongle: finding it, locking it, asking the board; never while it streams.

The one door to pyserial.
"""

from __future__ import annotations

import errno
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.errors import SourceError, SourceLost, SourceNotFound

if TYPE_CHECKING:
    import serial

BAUD_RATE = 115_200
USB_ID = (0x0403, 0x6015)
"""Of the dongle's FTDI chip; unverified on a bench (firmware_notes 1.1)."""

QUIET = 0.2
"""Seconds without a byte after which a stopped board counts as silent."""

_END = b"$$$"
_ANSWER_WITHIN = 2.0
_BANNER_WITHIN = 6.0
_DRAIN_WITHIN = 3.0
_STOPS = 3


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


@dataclass(frozen=True, slots=True)
class PortFound:
    """A serial port that may lead to a dongle: device path, USB serial number, description."""

    device: str
    serial_number: str
    description: str


def dongles() -> tuple[PortFound, ...]:
    """Ports whose USB id is the dongle's."""
    from serial.tools import list_ports

    return tuple(
        PortFound(port.device, port.serial_number or "", port.description)
        for port in sorted(list_ports.comports(), key=lambda port: str(port.device))
        if (port.vid, port.pid) == USB_ID
    )


def find(serial_number: str = "") -> PortFound:
    """The one dongle that is plugged in, or the one of this USB serial number.

    Raises
    ------
    SourceNotFound
        None, or more than one.
    """
    found = [port for port in dongles() if serial_number in ("", port.serial_number)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(port.device for port in found)
        raise SourceNotFound(f"{len(found)} dongles are plugged in ({names}); name one as port")
    raise SourceNotFound(
        "no OpenBCI dongle is plugged in (no serial port has USB id "
        f"{USB_ID[0]:04x}:{USB_ID[1]:04x}). Plug it in, or name its port"
    )


def open_port(device: str) -> serial.Serial:
    """Open and lock a port, with the short latency timer where it has one.

    Raises
    ------
    SourceNotFound
        No such port.
    SourceError
        Another session holds it, or this user may not open it.
    """
    import serial

    try:
        port = serial.Serial(device, BAUD_RATE, timeout=0.02, write_timeout=2, exclusive=True)
    except OSError as error:
        raise open_error(device, error) from error
    shorten_latency(port)
    return port


def open_error(device: str, error: OSError) -> SourceError:
    """Say why a port does not open, and what to do."""
    if error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return SourceNotFound(f"port {device} does not exist. Plug the dongle in, or name its port")
    if error.errno in (errno.EACCES, errno.EPERM):
        return SourceError(
            f"port {device} may not be opened by this user. Join its group: "
            "sudo usermod -aG dialout $USER, then log in again"
        )
    if error.errno in (errno.EAGAIN, errno.EBUSY):
        return SourceError(
            f"port {device} is in use by {holder(device)}. End that session, or name another port"
        )
    return SourceError(f"port {device} does not open ({error}). Unplug the dongle and try again")


def holder(device: str) -> str:
    """The process that holds the lock of a port, as ``process 1234 (name)``."""
    node = Path(device).stat()
    place = f"{node.st_dev >> 8:02x}:{node.st_dev & 0xFF:02x}:{node.st_ino}"
    locks = Path("/proc/locks")
    for line in locks.read_text().splitlines() if locks.exists() else ():
        words = line.split()
        if words[1] == "FLOCK" and words[5] == place:
            return f"process {words[4]}{_named(words[4])}"
    return "another program"


def _named(pid: str) -> str:
    name = Path("/proc", pid, "comm")
    return f" ({name.read_text().strip()})" if name.exists() else ""


def shorten_latency(port: serial.Serial) -> bool:
    """Ask the FTDI driver for 1 ms instead of 16 ms (firmware_notes 5.1); False if it is no FTDI.

    A pseudo-terminal and other adapters have no such timer; their packets only come bunched.
    """
    try:
        port.set_low_latency_mode(True)
    except (OSError, ValueError):
        return False
    return True


def latency_timer(device: str) -> int | None:
    """Milliseconds of the FTDI latency timer of a port; None where it has none."""
    timer = Path("/sys/class/tty", Path(device).resolve().name, "device/latency_timer")
    return int(timer.read_text()) if timer.exists() else None


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


def read(port: serial.Serial) -> bytes:
    """What has arrived; waits up to 20 ms for the first byte.

    Raises
    ------
    SourceLost
        The port is gone.
    """
    try:
        first: bytes = port.read(1)
        return first + port.read(port.in_waiting) if first else first
    except OSError as error:
        raise SourceLost(f"port {port.port} is gone. Plug the dongle in again") from error


def ask(port: serial.Serial, command: bytes, within: float = _ANSWER_WITHIN) -> str:
    """Send a command and return the answer without its ``$$$``; ``""`` if none came in time.

    A multi-character command goes out in one write, because the board gives it one second
    (firmware_notes 3.3).
    """
    write(port, command)
    answer, deadline = b"", time.monotonic() + within
    while _END not in answer:
        if time.monotonic() > deadline:
            return ""
        answer += read(port)
    return answer.partition(_END)[0].decode("ascii", "replace").strip()


def silence(port: serial.Serial) -> None:
    """Stop a board that may be streaming and drain what is under way (firmware_notes 5.5).

    Raises
    ------
    SourceError
        It goes on sending.
    """
    for _ in range(_STOPS):
        write(port, b"s")
        if _drained(port):
            return
    raise SourceError(
        f"the device on {port.port} goes on sending after the stop command. Is it an OpenBCI "
        "dongle? Switch the board off and on"
    )


def _drained(port: serial.Serial) -> bool:
    """Read until :data:`QUIET` seconds bring nothing; False if that never comes."""
    heard = time.monotonic()
    deadline = heard + _DRAIN_WITHIN
    while time.monotonic() < deadline:
        if read(port):
            heard = time.monotonic()
        elif time.monotonic() - heard > QUIET:
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
            f"nothing answers on {port.port}: it is not an OpenBCI dongle, or its switch is not "
            "on GPIO6"
        )
    raise SourceNotFound(
        f"the dongle on {port.port} hears no board ({status}; {_radio_channel(port)}). Switch the "
        "board on (to PC), or set its radio channel to the dongle's"
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
            f"the board behind {device} did not introduce itself as a Cyton (it said {banner!r}). "
            "Switch it off and on, and look at its battery"
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
