"""What an emulated Cyton knows and answers: the commands of firmware 3, byte by byte; pure.

Texts and side effects follow the firmware (firmware_notes 3); delays do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from string import digits

DEFAULTS = "060110"
"""Power, gain code, input, bias, SRB2, SRB1 of an input after reset (firmware_notes 3.4)."""

_LETTERS = "12345678QWERTYUI"
_OFF = "12345678qwertyui"
_ON = "!@#$%^&*QWERTYUI"
_TESTS = "0-=p[]"
_RATES = ("16000", "8000", "4000", "2000", "1000", "500", "250")
_MODES = ("default", "debug", "analog", "digital", "marker", "BLE")
_SD_SIZES = "ASFGHJKLa"
_LENGTHS = {"x": 9, "z": 5, "/": 2, "~": 2, "`": 2}
_COMMAND_WITHIN = 1.0  # s, firmware_notes 3.3


@dataclass(frozen=True, slots=True)
class BoardState:
    """Everything a command can change.

    Parameters
    ----------
    daisy : bool
        A Daisy is plugged on.
    attached : bool
        It is in use.
    streaming : bool
    run : int
        How often streaming has started: the counter begins at 0 in each run.
    settings : tuple of str
        Six digits an input, as in the channel command.
    lead_off : tuple of str
        ``"PN"`` an input: lead-off current on the P and N side.
    test : str
        Command of the test signal in use; ``""`` for the inputs.
    mode : int
        0 acceleration, 1 debug, 2 analog, 3 digital, 4 marker.
    rate : int
        Code 0..6 of the sampling rate; 6 is 250 Hz.
    time_stamps : bool
    marker : int
        Byte of the latest marker, for one packet; 0 for none.
    sd_file : int
        Number of the SD file, negative while none is open.
    pending : str
        Characters of a command not complete yet.
    since : float
        Seconds at which it began.
    """

    daisy: bool = False
    attached: bool = False
    streaming: bool = False
    run: int = 0
    settings: tuple[str, ...] = field(default=(DEFAULTS,) * 16)
    lead_off: tuple[str, ...] = field(default=("00",) * 16)
    test: str = ""
    mode: int = 0
    rate: int = 6
    time_stamps: bool = False
    marker: int = 0
    sd_file: int = -1
    pending: str = ""
    since: float = 0.0


def power_on(*, daisy: bool) -> BoardState:
    """Switch a board on."""
    return BoardState(daisy=daisy, attached=daisy)


def receive(state: BoardState, byte: str, time: float) -> tuple[BoardState, str]:
    """Take one character at `time` (s); the state after it and the answer."""
    late = ""
    if state.pending and time - state.since > _COMMAND_WITHIN:
        late = (
            "Timeout processing multi byte message - please send all commands at once as of v2$$$"
        )
        state = replace(state, pending="")
    state, answer = _continue(state, byte) if state.pending else _begin(state, byte, time)
    return state, late + answer


def _begin(state: BoardState, byte: str, time: float) -> tuple[BoardState, str]:
    if byte in _LENGTHS:
        return replace(state, pending=byte, since=time), ""
    if byte in _TESTS:
        answer = "" if state.streaming else "Success: Configured internal test signal.$$$"
        return _restarted(replace(state, test=byte)), answer
    if byte in _OFF or byte in _ON:
        return _power(state, byte), ""
    if byte in _SD_SIZES:
        return _open_file(state)
    return _SINGLE[byte](state) if byte in _SINGLE else (state, "")


def _continue(state: BoardState, byte: str) -> tuple[BoardState, str]:
    command = state.pending + byte
    short = byte in "XZ" and command[0] in "xz" and len(command) < _LENGTHS[command[0]]
    if not short and len(command) < _LENGTHS[command[0]]:
        return replace(state, pending=command), ""
    state = replace(state, pending="")
    if short:
        return state, _unless_streaming(state, "Failure: too few chars$$$")
    return _MULTIPLE[command[0]](state, command)


def _restarted(state: BoardState) -> BoardState:
    """Stop and start a streaming board, as every setting does (firmware_notes 3.7)."""
    return replace(state, run=state.run + 1) if state.streaming else state


def _unless_streaming(state: BoardState, answer: str) -> str:
    return "" if state.streaming else answer


def _put(values: tuple[str, ...], index: int, value: str) -> tuple[str, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _power(state: BoardState, byte: str) -> BoardState:
    turned_off = byte in _OFF
    index = (_OFF if turned_off else _ON).index(byte)
    setting = f"{turned_off:d}{state.settings[index][1:]}"
    return _restarted(replace(state, settings=_put(state.settings, index, setting)))


def _number(digit: str, last: str, default: str) -> str:
    return digit if "0" <= digit <= last else default


def _channel(state: BoardState, command: str) -> tuple[BoardState, str]:
    if command[8] != "X":
        return state, _unless_streaming(state, "Failure: Err: 9th char not X$$$")
    index = max(0, _LETTERS.find(command[1]))  # an unknown letter is channel 1, as in the firmware
    setting = [_number(digit, "9", "0") for digit in command[2:8]]
    setting[1] = _number(command[3], "6", "6")
    answer = _unless_streaming(state, f"Success: Channel set for {index + 1}$$$")
    settings = _put(state.settings, index, "".join(setting))
    return _restarted(replace(state, settings=settings, test="")), answer


def _lead_off(state: BoardState, command: str) -> tuple[BoardState, str]:
    if command[4] != "Z":
        return state, _unless_streaming(state, "Failure: Err: 5th char not Z$$$")
    index = max(0, _LETTERS.find(command[1]))
    answer = _unless_streaming(state, f"Success: Lead off set for {index + 1}$$$")
    lead_off = _put(state.lead_off, index, command[2:4])
    return _restarted(replace(state, lead_off=lead_off)), answer


def _rate(state: BoardState, command: str) -> tuple[BoardState, str]:
    if command[1] == "~":
        return state, f"Success: Sample rate is {_RATES[state.rate]}Hz$$$"
    if command[1] not in digits:
        return state, _unless_streaming(state, "Failure: invalid sample value$$$")
    if command[1] > "6":
        return state, _unless_streaming(state, "Failure: sample value out of bounds$$$")
    state = _restarted(replace(state, rate=int(command[1])))
    return state, _unless_streaming(state, f"Success: Sample rate is {_RATES[state.rate]}Hz$$$")


def _mode(state: BoardState, command: str) -> tuple[BoardState, str]:
    if command[1] == "/":
        return state, f"Success: {_MODES[state.mode]}$$$"
    if command[1] not in digits:
        return state, "Failure: invalid board mode value.$$$"
    if int(command[1]) >= len(_MODES):
        return state, "Failure: board mode value out of bounds.$$$"
    return replace(state, mode=int(command[1])), f"Success: {_MODES[int(command[1])]}$$$"


def _marker(state: BoardState, command: str) -> tuple[BoardState, str]:
    return replace(state, marker=ord(command[1])), ""


def _start(state: BoardState) -> tuple[BoardState, str]:
    return replace(state, streaming=True, run=state.run + 1, rate=6), ""  # firmware_notes 3.1


def _stop(state: BoardState) -> tuple[BoardState, str]:
    return replace(state, streaming=False), ""


def _reset(state: BoardState) -> tuple[BoardState, str]:
    fresh = BoardState(daisy=state.daisy, attached=state.daisy, run=state.run, rate=state.rate)
    daisy = "On Daisy ADS1299 Device ID: 0x3E\n" if state.daisy else ""
    return fresh, (
        "OpenBCI V3 8-16 channel\nOn Board ADS1299 Device ID: 0x3E\n"
        # no real firmware answers so: recordings of an emulated board must be known as such
        f"{daisy}LIS3DH Device ID: 0x33\nSimulated board\nFirmware: v3.1.2\n$$$"
    )


def _defaults(state: BoardState) -> tuple[BoardState, str]:
    answer = _unless_streaming(state, "updating channel settings to default$$$")
    state = replace(state, settings=(DEFAULTS,) * 16, lead_off=("00",) * 16, test="")
    return _restarted(state), answer


def _attach(state: BoardState) -> tuple[BoardState, str]:
    if state.attached:
        return state, "16$$$"
    if state.daisy:
        return replace(state, attached=True), "daisy attached16$$$"
    return state, "no daisy to attach!8$$$"


def _detach(state: BoardState) -> tuple[BoardState, str]:
    if not state.attached:
        return state, ""
    return replace(state, attached=False), _unless_streaming(state, "daisy removed$$$")


def _open_file(state: BoardState) -> tuple[BoardState, str]:
    number = abs(state.sd_file) % 256
    answer = (
        "Wiring is correct and a card is present.\r\n"
        f"Corresponding SD file OBCI_{number:02X}.TXT\r\n$$$"
    )
    return replace(state, sd_file=number), _unless_streaming(state, answer)


def _close_file(state: BoardState) -> tuple[BoardState, str]:
    """Close the file, which also stops the stream (firmware_notes 6.2)."""
    answer = "No open file to close\r\n$$$" if state.sd_file < 0 else "SamplingRate: 250Hz\r\n$$$"
    answer = _unless_streaming(state, answer)
    return replace(state, streaming=False, sd_file=-abs(state.sd_file) - 1), answer


def _registers(state: BoardState) -> tuple[BoardState, str]:
    """List the registers that settings show in: CHnSET."""
    if state.streaming:
        return state, ""
    lines = ["", "Board ADS Registers", "ADS_ID, 00, 3E, 0, 0, 1, 1, 1, 1, 1, 0"]
    for index, setting in enumerate(state.settings[: 16 if state.attached else 8]):
        if index == 8:
            lines += ["", "Daisy ADS Registers"]
        value = int(setting[0]) << 7 | int(setting[1]) << 4 | int(setting[4]) << 3 | int(setting[2])
        bits = ", ".join(f"{value:08b}")
        lines.append(f"CH{index % 8 + 1}SET, {index % 8 + 5:02X}, {value:02X}, {bits}")
    return state, "\n".join([*lines, "", "LIS3DH Registers", "0x0F 33", "$$$"])


def _stamps_on(state: BoardState) -> tuple[BoardState, str]:
    return replace(state, time_stamps=True), _unless_streaming(state, "Time stamp ON$$$")


def _stamps_off(state: BoardState) -> tuple[BoardState, str]:
    return replace(state, time_stamps=False), _unless_streaming(state, "Time stamp OFF$$$")


_SINGLE = {
    "b": _start,
    "s": _stop,
    "v": _reset,
    "V": lambda state: (state, "v3.1.5$$$"),
    "?": _registers,
    "d": _defaults,
    "D": lambda state: (state, DEFAULTS + "$$$"),
    "C": _attach,
    "c": _detach,
    "j": _close_file,
    "<": _stamps_on,
    ">": _stamps_off,
}
_MULTIPLE = {"x": _channel, "z": _lead_off, "~": _rate, "/": _mode, "`": _marker}
