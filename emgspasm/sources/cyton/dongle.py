"""The port of a Cyton's dongle: found, opened, locked. The one door to pyserial."""

from __future__ import annotations

import errno
import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from emgspasm.errors import SourceError, SourceNotFound
from emgspasm.system import PORT_ERRORS, port_itself

if TYPE_CHECKING:
    import serial

BAUD_RATE = 115_200
BUFFER = 65_536
"""Bytes that wait for a process which was paused."""

EXAMPLE = "/dev/ttyUSB0 (Windows: COM3, macOS: /dev/cu.usbserial-1)"
"""How ports are named."""

LOCKS = Path("/proc/locks")
"""Where Linux lists who holds what."""

USB_ID = (0x0403, 0x6015)
"""Of the dongle's FTDI chip; unverified on a bench (firmware_notes 1.1)."""


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
    """Find the one dongle that is plugged in, or the one of this USB serial number.

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


def named(device: str, before: PortFound) -> PortFound:
    """Take the port of this name; where the dongle that had it was plugged in again, its new name.

    Linux gives the next free number to a dongle whose old port is still open (firmware_notes 5.8).

    Parameters
    ----------
    device : str
    before : PortFound
        What was found there the last time.
    """
    found, known = dongles(), before.serial_number
    moved = [port for port in found if known and port.serial_number == known]
    itself = port_itself(device)
    if moved and itself != moved[0].device:
        return moved[0]
    here = [port for port in found if port.device in (device, itself)]
    return replace((moved + here + [before])[0], device=device)


def located(device: str, before: PortFound) -> PortFound:
    """Find what a source shall open: the port of this name, or the one dongle where none is named.

    Parameters
    ----------
    device : str
        ``""`` where no port is named.
    before : PortFound
        What was found the last time.

    Raises
    ------
    SourceNotFound
        As :func:`find`.
    """
    return named(device, before) if device else find(before.serial_number)


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
    except PORT_ERRORS as error:
        known = error if isinstance(error, OSError) else OSError(*error.args)
        raise open_error(device, known) from error
    shorten_latency(port)
    if hasattr(port, "set_buffer_size"):  # Windows' holds half a second otherwise
        port.set_buffer_size(BUFFER)
    return port


def open_error(device: str, error: OSError) -> SourceError:
    """Say why a port does not open, and what to do."""
    number = _number(error)
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return SourceNotFound(f"port {device} does not exist. Plug the dongle in, or name its port")
    if number in (errno.EACCES, errno.EPERM):
        return SourceError(
            f"port {device} may not be opened by this user. Join its group: "
            "sudo usermod -aG dialout $USER, then log in again"
        )
    if number in (errno.EAGAIN, errno.EBUSY):
        return SourceError(
            f"port {device} is in use by {holder(device)}. End that session, or name another port"
        )
    place = Path(device)
    if os.strerror(errno.ENOTTY) in str(error) or place.is_dir() or place.is_file():
        return SourceError(f"{device} is not a serial port. Name one, such as {EXAMPLE}")
    return SourceError(f"port {device} does not open ({error}). Unplug the dongle and try again")


def _number(error: OSError) -> int | None:
    """The system's number of an error, which on Windows pyserial tells in its text alone.

    There whoever is refused a port finds it in use: one program at a time may open it.
    """
    if error.errno is not None:
        return error.errno
    told = re.search(r"Error\((\d+),", str(error))
    number = int(told[1]) if told else None
    return errno.EBUSY if number == errno.EACCES else number


def holder(device: str) -> str:
    """Name the process that holds the lock of a port, as ``process 1234 (name)``."""
    try:
        node, locks = Path(device).stat(), LOCKS.read_text(encoding="utf-8")
    except OSError:  # the port is gone by now, or this is no Linux
        return "another program"
    place = f"{os.major(node.st_dev):02x}:{os.minor(node.st_dev):02x}:{node.st_ino}"
    for line in locks.splitlines():
        words = line.split()
        if words[1] == "FLOCK" and words[5] == place:
            return f"process {words[4]}{_named(words[4])}"
    return "another program"


def _named(pid: str) -> str:
    with suppress(OSError):  # it is over by now, or lives in another container
        name = Path("/proc", pid, "comm").read_text(encoding="utf-8", errors="replace")
        return f" ({name.strip()})"
    return ""


def shorten_latency(port: serial.Serial) -> bool:
    """Ask the FTDI driver for 1 ms instead of 16 ms (firmware_notes 5.1); False if it is no FTDI.

    A pseudo-terminal and other adapters have no such timer, and Windows and macOS let nobody ask
    (firmware_notes 5.1); packets then only come bunched.
    """
    try:
        port.set_low_latency_mode(True)
    except (AttributeError, NotImplementedError, OSError, ValueError):
        return False
    return True


def latency_timer(device: str) -> int | None:
    """Milliseconds of the FTDI latency timer of a port; None where it has none."""
    timer = Path("/sys/class/tty", Path(port_itself(device)).name, "device/latency_timer")
    return int(timer.read_text(encoding="ascii")) if timer.exists() else None
