"""Recursive filters as second-order sections, as scipy.signal designs them.

scipy.signal takes a second to import, half of the start of a command; a Butterworth filter takes
these few lines. Tests hold each function against scipy's, which gives the same to the last bit.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, tan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Sos = NDArray[np.float64]
Poles = NDArray[np.complex128]
Zeros = NDArray[np.float64]
Shape = Literal["bandpass", "highpass", "lowpass"]

_RATE = 4.0  # twice the sampling frequency that the bilinear transform is taken at
_REAL = 100 * np.finfo(np.float64).eps  # a pole whose imaginary part is a smaller share is real


@lru_cache(maxsize=64)
def butterworth(order: int, corners: tuple[float, ...], kind: Shape, fs: float) -> Sos:
    """A Butterworth filter: ``scipy.signal.butter(.., output="sos")``, read-only.

    Parameters
    ----------
    order : int
    corners : tuple of float
        Hertz; two for a band-pass, else one.
    kind : {"bandpass", "highpass", "lowpass"}
    fs : float
        Sampling frequency in hertz.

    Returns
    -------
    ndarray, shape (n_sections, 6)
        The sections with poles nearest to the unit circle last; the first holds the gain.
    """
    warped = _RATE * np.tan(pi * (2 * np.asarray(corners) / fs) / 2)
    prototype = -np.exp(1j * pi * np.arange(-order + 1, order, 2) / (2 * order))
    zeros, poles, gain = _SHAPES[kind](prototype, warped)
    gain = gain * np.real(np.prod(_RATE - zeros) / np.prod(_RATE - poles))
    missing = -np.ones(len(poles) - len(zeros))
    zeros = np.concatenate(((_RATE + zeros) / (_RATE - zeros), missing))
    sos = _sections(zeros, (_RATE + poles) / (_RATE - poles))
    sos[0, :3] *= gain
    sos.flags.writeable = False
    return sos


def notch(frequency: float, quality: float, fs: float) -> Sos:
    """A notch of two poles, one section: ``scipy.signal.iirnotch`` (Orfanidis 1995, 11.3).

    Parameters
    ----------
    frequency, fs : float
        Hertz.
    quality : float
        `frequency` over the width at -3 dB.

    Returns
    -------
    ndarray, shape (6,)
    """
    at = 2 * frequency / fs
    gain = 1.0 / (1.0 + tan(at / quality * pi / 2.0))
    middle = cos(at * pi)
    b = gain * np.array([1.0, -2.0 * middle, 1.0])
    return np.concatenate((b, [1.0, -2.0 * gain * middle, 2.0 * gain - 1.0]))


def steady(sos: Sos) -> NDArray[np.float64]:
    """Memory of each section after a long step of height one: ``scipy.signal.sosfilt_zi``.

    Returns
    -------
    ndarray, shape (n_sections, 2)
    """
    memory = np.empty((len(sos), 2))
    height = 1.0
    for section, at in zip(sos, memory, strict=True):
        b, a = section[:3], section[3:]
        feedback = np.array([[1.0 + a[1], -1.0], [a[2], 1.0]])
        at[:] = height * np.linalg.solve(feedback, b[1:] - a[1:] * b[0])
        height *= np.sum(b) / np.sum(a)
    return memory


def slowest_pole(sos: Sos) -> float:
    """Largest magnitude of a pole; what rings longest."""
    return max(float(np.abs(np.roots(section[3:])).max(initial=0.0)) for section in sos)


def _lowpass(prototype: Poles, warped: Zeros) -> tuple[Zeros, Poles, float]:
    corner = float(warped[0])
    return np.empty(0), corner * prototype, corner ** len(prototype)


def _highpass(prototype: Poles, warped: Zeros) -> tuple[Zeros, Poles, float]:
    gain = float(np.real(1.0 / np.prod(-prototype)))
    return np.zeros(len(prototype)), float(warped[0]) / prototype, gain


def _bandpass(prototype: Poles, warped: Zeros) -> tuple[Zeros, Poles, float]:
    width, middle = float(warped[1] - warped[0]), float(np.sqrt(warped[0] * warped[1]))
    half = prototype * width / 2
    apart = np.sqrt(half**2 - middle**2)
    poles = np.concatenate((half + apart, half - apart))
    return np.zeros(len(prototype)), poles, width ** len(prototype)


_SHAPES = {"lowpass": _lowpass, "highpass": _highpass, "bandpass": _bandpass}


def _sections(zeros: Zeros, poles: Poles) -> Sos:
    """Pair poles with the zeros nearest to them, those nearest to the unit circle first."""
    if len(poles) % 2:
        zeros, poles = np.append(zeros, 0.0), np.append(poles, 0.0)
    left, rest = _one_of_each_pair(poles), np.sort(zeros)
    sos = np.zeros((len(poles) // 2, 6))
    for section in sos[::-1]:
        pole, left = _take(left, _nearest_the_circle(left))
        if np.isreal(pole):
            real = np.flatnonzero(np.isreal(left))
            other, left = _take(left, real[_nearest_the_circle(left[real])])
        else:
            other = pole.conjugate()
        one, rest = _take(rest, int(np.argmin(np.abs(rest - pole))))
        two, rest = _take(rest, int(np.argmin(np.abs(rest - pole))))
        section[:3] = np.poly([one, two])
        section[3:] = np.real(np.poly([pole, other]))
    return sos


def _one_of_each_pair(poles: Poles) -> Poles:
    """The upper poles of conjugate pairs in order of their real parts, then the real ones."""
    ordered = poles[np.lexsort((np.abs(poles.imag), poles.real))]
    real = np.abs(ordered.imag) <= _REAL * np.abs(ordered)
    pairs = ordered[~real]
    upper, lower = pairs[pairs.imag > 0], pairs[pairs.imag < 0]
    return np.concatenate(((upper + lower.conj()) / 2, ordered[real].real))


def _nearest_the_circle(poles: Poles) -> int:
    return int(np.argmin(np.abs(1 - np.abs(poles))))


def _take(values: NDArray[Any], at: int) -> tuple[Any, NDArray[Any]]:
    return values[at], np.delete(values, at)
