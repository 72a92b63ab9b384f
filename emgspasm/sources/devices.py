"""The serial ports of this machine, and what answers on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from emgspasm.errors import SourceError
from emgspasm.sources.cyton import conversation, dongle
from emgspasm.system import port_itself

LATENCY = 1
"""Milliseconds the FTDI chip should wait, instead of 16 (firmware_notes 5.1)."""


@dataclass(frozen=True, slots=True)
class Device:
    """A serial port and what is behind it.

    Parameters
    ----------
    port : str
    description : str
        As the operating system names it.
    usb_id : str
        ``0403:6015``; ``""`` if it is none of USB.
    board : str
        Board that answered; ``""`` if none did.
    firmware : str
    radio : str
        What the dongle says of its radio; ``""`` if nothing was asked.
    latency_timer : int or None
        Milliseconds; None where the port has no such timer.
    problem : str
        What is wrong and what to do; ``""`` if nothing is.
    """

    port: str
    description: str = ""
    usb_id: str = ""
    board: str = ""
    firmware: str = ""
    radio: str = ""
    latency_timer: int | None = None
    problem: str = ""


def devices(ports: Sequence[str] = ()) -> Iterator[Device]:
    """Find serial ports and ask who is there.

    Only an OpenBCI dongle (by its USB id) is spoken to, and a port that is named: other
    instruments may not like it.

    Parameters
    ----------
    ports : sequence of str
        Ports to ask, found or not, such as an emulated board's; they keep the name given here.
    """
    named = {port_itself(port): port for port in ports}
    for found in listed():
        name = named.pop(port_itself(found.port), "")
        asked = name or found.usb_id == _dongle_id()
        yield ask(replace(found, port=name or found.port)) if asked else found
    yield from (ask(Device(port)) for port in named.values())


def listed() -> list[Device]:
    """Serial ports that the operating system knows, none of them opened."""
    from serial.tools import list_ports

    ports = sorted(list_ports.comports(), key=lambda port: str(port.device))
    return [Device(str(p.device), str(p.description or ""), _usb_id(p.vid, p.pid)) for p in ports]


def ask(device: Device) -> Device:
    """Ask the board behind a port who it is, and let the port go."""
    try:
        with dongle.open_port(device.port) as port:
            conversation.silence(port)
            conversation.check_radio(port)
            device = replace(device, radio="up")
            board = conversation.reset(port)
    except SourceError as error:
        return replace(device, problem=str(error), latency_timer=dongle.latency_timer(device.port))
    return _judged(
        replace(
            device,
            board="Cyton with Daisy" if board.daisy else "Cyton",
            firmware=board.firmware,
            latency_timer=dongle.latency_timer(device.port),
        )
    )


def _judged(device: Device) -> Device:
    """Say what is wrong with a board that answers."""
    if device.latency_timer is not None and device.latency_timer > LATENCY:
        name = port_itself(device.port).rpartition("/")[2]
        timer = f"/sys/bus/usb-serial/devices/{name}/latency_timer"
        problem = (
            f"the latency timer of {device.port} is {device.latency_timer} ms ({LATENCY} ms keeps "
            f"packets from bunching). Run: echo {LATENCY} | sudo tee {timer}"
        )
        return replace(device, problem=problem)
    if not device.firmware.startswith("v3"):
        problem = (
            f"firmware {device.firmware or 'unknown'} (tested against 3.1). Update the board's "
            "firmware if commands are refused"
        )
        return replace(device, problem=problem)
    return device


def _usb_id(vendor: int | None, product: int | None) -> str:
    return "" if vendor is None or product is None else f"{vendor:04x}:{product:04x}"


def _dongle_id() -> str:
    return _usb_id(*dongle.USB_ID)
