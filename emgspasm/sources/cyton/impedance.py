"""Electrode impedance with a Cyton: 6 nA at 31.2 Hz, at rest, one electrode at a time.

The current lies inside the EMG band, so this is done before a recording and never during one
(firmware_notes 4.3).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from math import cos, nan, pi, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from emgspasm.errors import SourceError
from emgspasm.postponement import postponed
from emgspasm.sources.cyton import conversation, decoder, dongle
from emgspasm.sources.cyton.settings import (
    CytonSettings,
    Input,
    address,
    all_inputs,
    configure,
    frequency,
    layout,
    set_input,
)
from emgspasm.sources.protocols import Electrode

if TYPE_CHECKING:
    import serial

CURRENT = 6e-9
"""Ampere (firmware_notes 4.1)."""

TONE = 31.2
"""Hertz (firmware_notes 4.1)."""

SERIES = 2200.0
"""Ohm of the board's own resistor, in every reading (firmware_notes 4.1)."""

_SECONDS = 2.0  # that are measured [design]
_SETTLING = 0.5  # seconds that are left out before [design]
_WITHIN = 4.0  # seconds more that these may take, where packets are lost [design]
_BAND = 2.5  # Hz on both sides of the tone [design]


def measure_impedances(settings: CytonSettings) -> Iterator[Electrode]:
    """Measure every electrode of the labelled inputs, in turn; about 4 s each.

    Each input is measured with gain 1 and SRB2 off (firmware_notes 4.2), and set back.

    Parameters
    ----------
    settings : CytonSettings

    Yields
    ------
    Electrode
        P, then N of each input. The participant must be at rest.

    Raises
    ------
    SourceError
        No board, or it refuses a setting, or too few packets arrive.
    """
    device = settings.port or dongle.find().device
    with dongle.open_port(device) as port:
        conversation.silence(port)
        conversation.check_radio(port)
        list(configure(port, settings, conversation.reset(port)))
        try:
            for number, each in enumerate(all_inputs(settings), start=1):
                if each.label:
                    yield from _measure_input(port, settings, number, each)
        finally:
            with postponed():  # Ctrl-C, again: the current would stay on
                _current_off(port)


def _measure_input(
    port: serial.Serial, settings: CytonSettings, number: int, each: Input
) -> Iterator[Electrode]:
    set_input(port, number, Input(each.label, gain=1))
    poles: tuple[Literal["P", "N"], ...] = ("P", "N")
    for pole in poles:
        _lead_off(port, number, pole)
        samples = _listen(port, settings, number)
        _lead_off(port, number, "")
        yield Electrode(each.label, pole, ohm(samples, frequency(settings.board)))
    set_input(port, number, each)


def _lead_off(port: serial.Serial, number: int, pole: str) -> None:
    """Switch the current to one electrode of an input, or off (firmware_notes 4.1, 4.4)."""
    command = f"z{address(number)}{pole == 'P':d}{pole == 'N':d}Z"
    wanted = f"Success: Lead off set for {number}"
    done, answer = conversation.insist(port, command.encode(), wanted)
    if not done:
        raise SourceError(
            f"the test current of input {number} on {port.port} was not set: the board answered "
            f"{conversation.told(answer)} to {command}. Bring the board nearer and try again"
        )


def _current_off(port: serial.Serial) -> None:
    """Leave the board at rest, without current, however the measurement ended."""
    with suppress(SourceError):  # a board out of reach cannot be told; why it is was said already
        conversation.silence(port)
        conversation.insist(port, b"d", "default")


def _listen(port: serial.Serial, settings: CytonSettings, number: int) -> NDArray[np.float64]:
    """Stream until one input has brought two whole seconds after settling; in uV at gain 1."""
    inputs = (Input(""),) * (number - 1) + (Input("tone", gain=1),)
    only = CytonSettings(inputs, settings.board)
    state, fs = decoder.start(0, time.perf_counter()), frequency(settings.board)
    n_settling, n_wanted = round(_SETTLING * fs), round(_SECONDS * fs)
    pieces: list[NDArray[np.float64]] = []
    stop = n_settling
    conversation.write(port, b"b")
    deadline = time.perf_counter() + _WITHIN + _SECONDS
    while sum(map(len, pieces)) < n_wanted and time.perf_counter() < deadline:
        data = conversation.read(port)
        state, decoded = decoder.decode(layout(only), state, data, time.perf_counter())
        for chunk in decoded.chunks:
            if chunk.start > stop:  # a gap breaks the tone's phase
                pieces.clear()
            rows = chunk.samples[max(0, n_settling - chunk.start) :, 0]
            lost = np.flatnonzero(np.isnan(rows))
            if len(lost):  # a half of a Daisy's row breaks it as well
                pieces.clear()
                rows = rows[lost[-1] + 1 :]
            pieces.append(rows)
            stop = max(stop, chunk.stop)
    conversation.silence(port)
    samples = np.concatenate([np.empty(0), *pieces])
    if len(samples) < n_wanted:
        raise SourceError(
            f"input {number} on {port.port} brought no {_SECONDS:g} s without loss within "
            f"{_WITHIN + _SECONDS:g} s. Bring the board nearer and try again"
        )
    return samples[:n_wanted]


def ohm(samples: NDArray[np.float64], sampling_frequency: float) -> float:
    """Impedance from the test current's voltage (firmware_notes 4.1).

    Z = sqrt(2) * std(V) / 6 nA - 2200 ohm, the standard deviation taken of what lies within
    2.5 Hz of the tone, so that mains, wander and most EMG stay out.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        In uV, without a gap; some seconds.
    sampling_frequency : float
        Hertz; at 125 Hz the Daisy's mean of two samples is allowed for (firmware_notes 2.1).

    Returns
    -------
    float
        NaN where less is read than half of the board's own resistor: no test current came through,
        as on an input at its rail, so nothing is known of the electrode.
    """
    window = np.hanning(len(samples))
    spectrum = np.fft.rfft((samples - samples.mean()) * window)
    frequencies = np.fft.rfftfreq(len(samples), 1 / sampling_frequency)
    near = np.abs(frequencies - TONE) <= _BAND
    power = 2 * np.sum(np.abs(spectrum[near]) ** 2) / (len(samples) * np.sum(window**2))
    averaging = cos(pi * TONE / 250) if sampling_frequency < 250 else 1.0
    whole = sqrt(2 * power) * 1e-6 / averaging / CURRENT
    return max(0.0, whole - SERIES) if whole > SERIES / 2 else nan
