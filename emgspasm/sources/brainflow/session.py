"""A session with BrainFlow: open, send commands, read, release; its errors explained.

The one door to BrainFlow, whose library is loaded inside these functions.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import SourceError, SourceLost, SourceNotFound
from emgspasm.sources.cyton import conversation, dongle
from emgspasm.stream import StreamInfo

if TYPE_CHECKING:
    import serial

_NOT_FOUND = {
    "UNABLE_TO_OPEN_PORT_ERROR": "Plug the dongle in, or name its port",
    "BOARD_NOT_READY_ERROR": "Switch the board off and on, and check its battery",
    "SYNC_TIMEOUT_ERROR": "Bring the board nearer, and check its battery",
    "GENERAL_ERROR": "Look up what this board needs in BrainFlow's manual",
    "INVALID_ARGUMENTS_ERROR": "Look up which options this board needs in BrainFlow's manual",
    "UNSUPPORTED_BOARD_ERROR": "BrainFlow cannot reach this board from this system",
}
_REFUSED = {
    "ANOTHER_BOARD_IS_CREATED_ERROR": "End the other session with this board",
}


def library() -> Any:  # BrainFlow ships no types
    """Give BrainFlow's board module, its log switched off.

    BrainFlow logs from native code to stderr, and about a dead port without end (72 MB in 4 s
    were seen), so its log stays off in the whole process; errors come as exit codes.
    """
    from brainflow import board_shim

    board_shim.BoardShim.disable_board_logger()
    return board_shim


def description(board_id: int) -> dict[str, Any]:
    """Read BrainFlow's own description of a board; empty for a board it does not describe."""
    from brainflow.exit_codes import BrainFlowError

    try:
        table: dict[str, Any] = library().BoardShim.get_board_descr(board_id)
    except BrainFlowError:
        return {}
    return table


def open_session(board_id: int, parameters: dict[str, object], device: str) -> Any:
    """Open a board.

    Parameters
    ----------
    board_id : int
    parameters : dict
        Fields of BrainFlow's input parameters.
    device : str
        Name of the board, for messages.

    Raises
    ------
    SourceNotFound
        It cannot be reached.
    SourceError
        It is held by another session of this process.
    """
    from brainflow.exit_codes import BrainFlowError

    module = library()
    given = module.BrainFlowInputParams()
    for name, value in parameters.items():
        setattr(given, name, value)
    shim = module.BoardShim(board_id, given)
    try:
        shim.prepare_session()
    except BrainFlowError as error:
        raise _explain(error, device) from error
    return shim


def tell(shim: Any, command: str, device: str, *, answers: bool) -> None:
    """Send a command to a board that is not streaming, and check its answer.

    Parameters
    ----------
    shim : BoardShim
    command : str
    device : str
        Name of the board, for messages.
    answers : bool
        Whether the board answers every command that it takes.

    Raises
    ------
    SourceError
        BrainFlow or the board refuses it.
    """
    from brainflow.exit_codes import BrainFlowError

    try:
        answer = shim.config_board(command)
    except BrainFlowError as error:
        raise SourceError(
            f"{device} did not take the command {command!r} ({error}). Correct or leave it out"
        ) from error
    said = answer.lower()
    if "failure" in said or "timeout" in said or (answers and not said):
        raise SourceError(
            f"{device} refused the command {command!r} (it answered {answer!r}). Correct or leave "
            "it out"
        )


def check_rate(shim: Any, info: StreamInfo) -> None:
    """Verify that the board runs at the rate of its stream.

    Raises
    ------
    SourceError
        It does not.
    """
    rate = shim.get_board_sampling_rate()
    if rate != info.sampling_frequency:
        raise SourceError(
            f"{info.device} runs at {rate:g} Hz, not {info.sampling_frequency:g} Hz. Correct the "
            "commands that set its rate"
        )


def start(shim: Any, n_buffered: int, device: str) -> None:
    """Begin to stream into a buffer of so many samples; the oldest are overwritten.

    Raises
    ------
    SourceError
        The board does not start.
    """
    from brainflow.exit_codes import BrainFlowError

    try:
        shim.start_stream(n_buffered)
    except BrainFlowError as error:
        raise _explain(error, device) from error


def read(shim: Any, device: str) -> NDArray[np.float64]:
    """Take all samples that have come, shape (n_rows, n_samples).

    Raises
    ------
    SourceLost
        The session is over.
    """
    from brainflow.exit_codes import BrainFlowError

    try:
        data: NDArray[np.float64] = shim.get_board_data()
    except BrainFlowError as error:
        raise SourceLost(f"{device} is gone ({error}). Switch the board off and on") from error
    return data


def release(shim: Any) -> None:
    """Stop streaming, end BrainFlow's thread and let the board go."""
    from brainflow.exit_codes import BrainFlowError

    with suppress(BrainFlowError):  # a board that is gone cannot be told to stop
        shim.release_session()


def lock_port(device: str, *, is_cyton: bool) -> tuple[serial.Serial | None, bool]:
    """Hold a serial port against other sessions; behind it a Cyton must be silent and in reach.

    BrainFlow takes no lock, leaves the FTDI latency at 16 ms, and fails on a board that is still
    streaming (firmware_notes 5.1, 5.5). It opens the port beside this one, which never reads once
    the board streams. Windows lets one program alone open a port, once: it is left to BrainFlow.

    Returns
    -------
    serial.Serial or None
        The port; None where it is left to BrainFlow.
    bool
        Whether the Cyton behind it has a Daisy.

    Raises
    ------
    SourceError
        As :func:`dongle.open_port`, :func:`conversation.silence`, :func:`conversation.check_radio`,
        :func:`conversation.reset`.
    """
    port, has_daisy = dongle.open_port(device), False
    if is_cyton:
        try:
            conversation.silence(port)
            conversation.check_radio(port)
            has_daisy = conversation.reset(port).daisy
        except SourceError:
            port.close()
            raise
    if not hasattr(port, "fd"):
        port.close()
        return None, has_daisy
    return port, has_daisy


def hung_up(port: serial.Serial) -> bool:
    """Whether a port is gone; nothing is read from it."""
    try:
        port.in_waiting  # noqa: B018  it asks the system, as macOS' poll cannot
    except OSError:
        return True
    return False


def playable_rows(file: Path, n_rows: int) -> int:
    """Count the lines of a file that BrainFlow will play: those with a value for every row.

    Raises
    ------
    SourceNotFound
        No such file, or no such line.
    """
    try:
        with file.open("rb") as lines:
            played = sum(
                len(line.strip().split(b"\t" if b"\t" in line else b",")) == n_rows
                for line in lines
            )
    except OSError as error:
        raise SourceNotFound(
            f"file {file} cannot be played ({error.strerror}). Check the path"
        ) from error
    if not played:
        raise SourceNotFound(
            f"file {file} has no line of {n_rows} values. Correct master_board, or choose a file "
            "that BrainFlow wrote"
        )
    return played


def _explain(error: Exception, device: str) -> SourceError:
    """Say which board did not answer, why, and what to do."""
    code = str(error).partition(":")[0]
    if code in _REFUSED:
        return SourceError(f"{device} is in use ({error}). {_REFUSED[code]}")
    remedy = _NOT_FOUND.get(code, "Switch the board off and on")
    return SourceNotFound(f"{device} does not answer ({error}). {remedy}")
