"""Whether a neighbour explains what a channel shows.

Volume conduction is instantaneous: the copy is the neighbour's waveform, smaller. The rule of
clinical facts 2: raw |rho| >= 0.8 at a lag of at most one sample, amplitude ratio <= 0.3. Noise
lowers rho of a weak copy, so the share is taken of what stands out of the noise, and a channel in
which the neighbour leaves nothing but noise is explained as well.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from emgspasm.dsp.compiled import LOOP

RHO = 0.8
RATIO = 0.3

SIGNIFICANCE = 3.0
"""Standard deviations of noise power within which nothing is left [design]."""


class Explanation(NamedTuple):
    """The neighbour that explains a channel best.

    Parameters
    ----------
    column : int
        Its column; -1 if none is larger.
    explained : float
        Mean square that it explains, uV^2; 0 where that may be chance.
    copy : bool
        Whether the channel holds nothing else.
    """

    column: int
    explained: float
    copy: bool


@numba.njit(**LOOP)
def explanation(
    power: NDArray[np.float64],
    product: NDArray[np.float64],
    noise: NDArray[np.float64],
    column: int,
    freedom: float,
) -> Explanation:
    """Find the neighbour of which a channel may be a copy.

    Parameters
    ----------
    power : ndarray, shape (n_channels,)
        Mean squares over the stretch.
    product : ndarray, shape (n_channels, 3)
        See :func:`emgspasm.synkinesis.readings.kernels.survey`.
    noise : ndarray, shape (n_channels,)
        Mean squares of the noise.
    column : int
        The channel.
    freedom : float
        Independent values in the stretch.
    """
    own = max(power[column] - noise[column], 0.0)
    scatter = noise[column] * np.sqrt(2.0 / max(freedom, 1.0))
    best, most = -1, -1.0
    for k in range(len(power)):
        excess = power[k] - noise[k]
        # comparisons with the NaN of a missing channel are false
        if k != column and excess > own and excess * RATIO**2 >= own - 2.0 * scatter:
            before, here, after = product[k]
            crossing = max(abs(before), abs(here), abs(after))
            if crossing**2 / power[k] > most:
                best, most = k, crossing**2 / power[k]
    if best < 0:
        return Explanation(-1, 0.0, False)
    rho = np.sqrt(most / power[column])
    leaves_noise = power[column] - most <= noise[column] + SIGNIFICANCE * scatter
    significant = rho**2 * freedom >= SIGNIFICANCE**2
    copy = rho >= RHO or (significant and (most >= RHO**2 * own or leaves_noise))
    return Explanation(best, most if significant else 0.0, copy)
