"""What likelihoods of beginnings are compared with."""

import numpy as np
import pytest

from emgspasm.dsp.detection.skirts import STEPS


@pytest.fixture(scope="session")
def variances():
    """Makes the variance of every sample of noise with a burst that rises from index `k` on."""

    def made(n, k, length, noise, loud):
        variance = np.full(n, noise)
        variance[k + length :] = loud
        for step in range(STEPS if length else 0):
            first, stop = k + length * step // STEPS, k + length * (step + 1) // STEPS
            variance[first:stop] = noise + (loud - noise) * ((step + 0.5) / STEPS) ** 2
        return variance

    return made
