"""Settings of a Cyton (inputs, gains, Daisy), sent before it streams, every answer checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Literal

from emgspasm.board import CYTON, DAISY, GAINS, LETTERS, full_scale
from emgspasm.errors import ConfigError, SourceError
from emgspasm.sources.cyton.conversation import TRIES, Board, insist, told
from emgspasm.sources.cyton.decoder import Layout
from emgspasm.sources.cyton.packets import PACKET_RATE
from emgspasm.stream import Channel, StreamInfo
from emgspasm.structure import structure

if TYPE_CHECKING:
    import serial

_MODELS = {"cyton": CYTON, "daisy": DAISY}


@dataclass(frozen=True, slots=True)
class Input:
    """One input of the board.

    Parameters
    ----------
    label : str
        Channel label (``OOC_L``); ``""`` switches the input off and gives no column.
    gain : int
        1, 2, 4, 6, 8, 12 or 24.
    srb2 : bool
        Join the common reference pin; False for bipolar EMG (firmware_notes 3.4).
    bias : bool
        Take part in the bias drive.
    """

    label: str
    gain: int = 24
    srb2: bool = False
    bias: bool = False

    def __post_init__(self) -> None:
        if self.gain not in GAINS:
            raise ConfigError(
                f"gain={self.gain} of input {self.label!r}; it must be one of {GAINS}"
            )


@dataclass(frozen=True, slots=True)
class CytonSettings:
    """How to record from a Cyton, or a Cyton with Daisy, over its serial dongle.

    Parameters
    ----------
    inputs : tuple of Input
        From input 1 on; at most 8, or 16 with a Daisy. Those left out are switched off.
    board : {"cyton", "daisy"}
        With a Daisy the radio leaves 125 Hz of every channel, and channels 9 to 16 are 4 ms
        ahead of 1 to 8 (firmware_notes 2.2).
    port : str
        Serial port; ``""`` finds the one dongle that is plugged in.
    sampling_frequency : float
        Hertz; ``0`` takes the only one the serial link has (250, with Daisy 125).
    """

    inputs: tuple[Input, ...] = tuple(Input(f"CH{number}") for number in range(1, 9))
    board: Literal["cyton", "daisy"] = "cyton"
    port: str = ""
    sampling_frequency: float = 0.0

    def __post_init__(self) -> None:
        if self.sampling_frequency not in (0, frequency(self.board)):
            raise ConfigError(
                f"sampling_frequency={self.sampling_frequency:g} Hz of a {self.board} on a serial "
                f"dongle; its radio carries {frequency(self.board):g} Hz only and `~n` is not "
                "sent. Leave it out, or use a WiFi shield"
            )
        if len(self.inputs) > n_inputs(self.board):
            raise ConfigError(
                f"{len(self.inputs)} inputs for a {self.board}; it has {n_inputs(self.board)}. "
                'Leave some out, or set board = "daisy"'
            )
        labels = [each.label for each in self.inputs if each.label]
        if not labels:
            raise ConfigError("no input has a label; name at least one, such as OOC_L")
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            raise ConfigError(f"label {' '.join(twice)} of two inputs; every label must be unique")


def n_inputs(board: str) -> int:
    """Count the inputs of a board."""
    return _MODELS[board].n_channels


def frequency(board: str) -> float:
    """Give the samples per second and channel that the radio leaves, in hertz."""
    return PACKET_RATE / 2 if board == "daisy" else PACKET_RATE


def all_inputs(settings: CytonSettings) -> tuple[Input, ...]:
    """Every input of the board, those left out as switched off."""
    return settings.inputs + (Input(""),) * (n_inputs(settings.board) - len(settings.inputs))


def stream_info(settings: CytonSettings) -> StreamInfo:
    """Channels, units and full scale, as the settings fix them."""
    channels = tuple(
        Channel.from_label(each.label, full_scale=full_scale(each.gain))
        for each in settings.inputs
        if each.label
    )
    return StreamInfo(frequency(settings.board), channels, _MODELS[settings.board].name)


def layout(settings: CytonSettings) -> Layout:
    """Gains of all inputs, and those that are columns."""
    inputs = all_inputs(settings)
    columns = tuple(i for i, each in enumerate(inputs) if each.label)
    return Layout(tuple(each.gain for each in inputs), columns)


def address(number: int) -> str:
    """Give the letter by which commands call input `number` (firmware_notes 3.4)."""
    return LETTERS[number - 1]


def command(number: int, each: Input) -> bytes:
    """Write the channel command of input `number` (1-16): ``x CH PWR GAIN INPUT BIAS SRB2 SRB1 X``.

    An input without label is powered down with its inputs shorted.
    """
    off = int(not each.label)
    code = GAINS.index(each.gain)
    return f"x{address(number)}{off}{code}{off}{each.bias:d}{each.srb2:d}0X".encode()


def configure(port: serial.Serial, settings: CytonSettings, board: Board) -> Iterator[int]:
    """Bring the board to the settings, each answer checked, as far as this is iterated.

    Yields
    ------
    int
        Number of the input that is set next, from 1 on.

    Raises
    ------
    SourceError
        An answer is missing or says something else.
    """
    _fit_daisy(port, settings, board)
    for number, each in enumerate(all_inputs(settings), start=1):
        yield number
        set_input(port, number, each)


def set_input(port: serial.Serial, number: int, each: Input) -> None:
    """Set one input (1-16), the answer checked.

    Raises
    ------
    SourceError
        It is missing or says something else, each time.
    """
    done, answer = insist(port, command(number, each), f"Success: Channel set for {number}")
    if not done:
        raise SourceError(
            f"input {number} of the board on {port.port} was not set: it answered "
            f"{told(answer)} to {command(number, each).decode()}, the last of {TRIES} times. Bring "
            "the board nearer, check its battery, and start again"
        )


def _fit_daisy(port: serial.Serial, settings: CytonSettings, board: Board) -> None:
    """Refuse a missing Daisy; detach one that is not wanted, for the sake of 250 Hz."""
    wanted = settings.board == "daisy"
    if wanted and not board.daisy:
        raise SourceError(
            f'board = "daisy", but the board on {port.port} names no Daisy. Seat the Daisy and '
            'switch the board off and on, or set board = "cyton"'
        )
    if board.daisy and not wanted:
        done, answer = insist(port, b"c", "daisy removed")
        if not done:
            raise SourceError(
                f"the Daisy on {port.port} was not detached: the board answered {told(answer)}. "
                'Switch the board off and on, or set board = "daisy"'
            )


def particulars(
    settings: CytonSettings, board: Board | None, skews: Mapping[str, float], measured: float
) -> dict[str, object]:
    """Gather what belongs beside a recording: firmware, gains, skews (s), rate (Hz); no filters."""
    return {
        "Firmware": board.firmware if board else "",
        "Simulated": board.simulated if board else False,
        "Gains": {each.label: each.gain for each in settings.inputs if each.label},
        "ChannelSkew": dict(skews),
        "SoftwareFilters": {},
        "MeasuredSamplingFrequency": None if isnan(measured) else round(measured, 3),
    }


def read_settings(options: Mapping[str, object]) -> CytonSettings:
    """Read settings from the table of a config file.

    Raises
    ------
    ConfigError
        An unknown key (the nearest is named), or a value of the wrong kind.
    """
    return structure(options, CytonSettings, "source")
