"""Microvolts to the bytes an emulated Cyton sends; pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emgspasm.simulation.board_state import BoardState

GAINS = (1, 2, 4, 6, 8, 12, 24)
_LARGEST = 2**23 - 1
_RATE = 250.0
_ONE_G = 8000  # counts at 0.002 / 16 g, firmware_notes 1.8
_LEAD_OFF = 6e-9, 31.2  # A, Hz: firmware_notes 4.1
_SERIES = 2200.0  # ohm, firmware_notes 4.1

Counts = NDArray[np.int64]


def quantize(
    state: BoardState, samples: NDArray[np.float64], number: int, impedance: ArrayLike
) -> Counts:
    """Convert one 250 Hz sample of the sixteen inputs to counts.

    Parameters
    ----------
    state : BoardState
        Gains, inputs that are off, test signal, lead-off current.
    samples : ndarray of float64, shape (n_channels,)
        In uV, at most sixteen; NaN and missing channels give zero.
    number : int
        Sample number within the run, for test and lead-off signals.
    impedance : array_like of float, broadcast to (16, 2)
        Of the P and the N electrode of every input, in ohm.
    """
    volts = np.zeros(16)
    volts[: len(samples)] = np.nan_to_num(samples)
    if state.test:
        volts[:] = _test_signal(state.test, number)
    if any("1" in lead_off for lead_off in state.lead_off):
        volts += _lead_off_drop(state, number, impedance)
    gains = np.array([GAINS[int(setting[1])] for setting in state.settings])
    volts[[setting[0] == "1" or setting[2] == "1" for setting in state.settings]] = 0.0
    counts: Counts = np.rint(volts * gains * (_LARGEST / 4.5e6)).astype(np.int64)
    return np.clip(counts, -_LARGEST - 1, _LARGEST)


def _lead_off_drop(state: BoardState, number: int, impedance: ArrayLike) -> NDArray[np.float64]:
    """Voltage of the test current over the electrodes it flows through (firmware_notes 4.1)."""
    current, frequency = _LEAD_OFF
    on = np.array([[pole == "1" for pole in lead_off] for lead_off in state.lead_off])
    ohms = np.sum(on * (np.broadcast_to(np.asarray(impedance, np.float64), (16, 2)) + _SERIES), 1)
    sine = np.sin(2 * np.pi * frequency * number / _RATE)
    drop: NDArray[np.float64] = current * ohms * 1e6 * sine
    return drop


def _test_signal(command: str, number: int) -> float:
    """Square waves of the converter, in uV: 4.5 V / 2400, clock / 2^21 and / 2^20 (SBAS499)."""
    amplitude = 1875.0 if command in "-=" else 3750.0
    if command == "0":
        return 0.0
    if command == "p":
        return amplitude
    frequency = 2.048e6 / 2 ** (21 if command in "-[" else 20)
    return amplitude if number * frequency / _RATE % 1 < 0.5 else -amplitude


def mean(before: Counts, now: Counts) -> Counts:
    """Average two samples as the Daisy firmware does, cut towards zero (firmware_notes 2.1)."""
    both = before + now
    halves: Counts = np.sign(both) * (np.abs(both) // 2)
    return halves


def packet(state: BoardState, number: int, counts: Counts) -> bytes:
    """Write the 33 bytes of packet `number` of a run with eight counts (firmware_notes 1.2)."""
    samples = (counts & 0xFFFFFF).astype(">u4").view(np.uint8).reshape(8, 4)[:, 1:].tobytes()
    auxiliary, end = _auxiliary(state, number)
    return bytes((0xA0, number % 256)) + samples + auxiliary + bytes((end,))


def _auxiliary(state: BoardState, number: int) -> tuple[bytes, int]:
    """Six bytes and the end byte, by mode and time stamps (firmware_notes 1.7 to 1.9)."""
    if not state.time_stamps:
        words = _acceleration(number) if state.mode < 2 else _analog(state, number)
        return _words(words), 0xC0 if state.mode < 2 else 0xC1
    clock = (4 * number & 0xFFFFFFFF).to_bytes(4, "big")
    first = number == 0
    if state.mode < 2:
        axis = number % 256 % 10 - 7
        return _words((0, 0, _ONE_G)[axis : axis + 1] if axis >= 0 else (0,)) + clock, (
            0xC3 if first else 0xC4
        )
    return _words(_analog(state, number)[:1]) + clock, 0xC5 if first else 0xC6


def _acceleration(number: int) -> tuple[int, ...]:
    """One g downwards, in every tenth packet."""
    return (0, 0, _ONE_G) if number % 10 == 0 else (0, 0, 0)


def _analog(state: BoardState, number: int) -> tuple[int, ...]:
    return (state.marker, 0, 0) if state.mode == 4 else (number % 1024, 512, 0)


def _words(values: tuple[int, ...]) -> bytes:
    return b"".join(value.to_bytes(2, "big", signed=True) for value in values)
