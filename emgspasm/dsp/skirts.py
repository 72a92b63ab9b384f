"""The skirts of a burst: how far outside its steps of variance it began to swell and had faded.

A muscle may contract at once, or swell. Where the variance steps is where the change is strongest:
of a burst that swells that is half-way up, and late. So beginnings of several kinds are weighed
against each other, each at every sample: the burst steps to its power, or its amplitude grows to
it in a straight line, over one of a few lengths. Noise of known power on one side and the burst's
on the other, each kind is a Gaussian process with a variance for every sample, whose likelihood
is known. The median of the posterior is taken: the moment before and after which the burst is as
likely to have begun. A fade is a beginning seen backwards in time.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP

AT_ONCE, CUT_OFF = 0.65, 0.4
"""How likely a burst begins at once, and ends so; else ramps of the lengths weighed are alike
likely. A common discharge sets in together, and dies out unit by unit [sim]."""

SHORTEST = 12
"""Samples; the filters' own rise looks like a ramp shorter than this: at 250 Hz, of ramps of 10
samples, bursts that begin at once would begin 7 ms early [sim]."""

NEGLIGIBLE = -12.0
"""Log-likelihood, from the largest on, under which a beginning counts for nothing [design]."""

KINDS = 4
"""Beginnings weighed: at once, and ramps of half a window, one, and two."""

STEPS = 5
"""Steps in which a ramp is taken to rise; more make no difference [sim]."""


@numba.njit(**LOOP)
def begun(power, core, inside, abrupt, noise, weight, window, room):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Index at which a burst began to swell: before `core`, or `inside` after it at most.

    `power` is that of the samples from the earliest at which it may have begun into the burst,
    whose variance steps at index `core`; `noise` is its mean before. `abrupt` is how likely it has
    no skirt, `weight` how many independent values a sample has. `room` is for the posterior: a row
    a kind and one more, each longer than `power`.
    """
    n, sums = len(power), room[KINDS]
    if n - core < max(window >> 2, 1):  # too little of the burst to know how loud it is
        return core
    sums[0] = 0.0
    for k in range(n):
        sums[k + 1] = sums[k] + power[k]
    loud = (sums[n] - sums[core]) / (n - core)
    if loud <= 1.2 * noise:
        return core
    likely, most = room[:KINDS, : min(core + inside + 1, n)], -np.inf
    for kind in range(KINDS):
        length = (window << kind) >> 2 if kind else 0
        if 0 < length < SHORTEST:
            likely[kind] = -np.inf
            continue
        likely[kind] = np.log((1.0 - abrupt) / (KINDS - 1) if kind else abrupt)
        weigh(sums[: n + 1], length, noise, loud, 0.5 * weight, likely[kind])
        most = max(most, highest(likely[kind]))
    return median(likely, most)


@numba.njit(**LOOP)
def weigh(sums, length, noise, loud, weight, likely):  # type: ignore[no-untyped-def]  # see begun
    """Add to `likely` how much likelier than noise a ramp of `length` is that begins at each index.

    The amplitude rises in a few steps, over which the power is known from its `sums`.
    """
    for step in range(STEPS if length else 0):
        first, stop = length * step // STEPS, length * (step + 1) // STEPS
        grown = noise + (loud - noise) * ((step + 0.5) / STEPS) ** 2
        _weigh_stretch(sums, first, stop, noise, grown, weight, likely)
    # and is loud from then on
    slope, cost = weight * (1.0 / noise - 1.0 / loud), weight * np.log(loud / noise)
    before, n = sums[length : length + len(likely)], len(sums) - 1 - length
    for k in range(len(before)):
        likely[k] += (sums[-1] - before[k]) * slope - (n - k) * cost


@numba.njit(inline="always", **LOOP)
def _weigh_stretch(sums, first, stop, noise, power, weight, likely):  # type: ignore[no-untyped-def]  # see begun
    """Add how much likelier samples `first` to `stop` after each index are at this power."""
    slope, cost = weight * (1.0 / noise - 1.0 / power), weight * np.log(power / noise)
    whole = max(min(len(likely), len(sums) - stop), 0)
    early, late = sums[first : first + whole], sums[stop : stop + whole]
    for k in range(whole):
        likely[k] += (late[k] - early[k]) * slope - (stop - first) * cost
    for k in range(whole, len(likely)):  # the samples at hand end within it
        n_samples = max(len(sums) - 1 - k - first, 0)
        likely[k] += (sums[-1] - sums[len(sums) - 1 - n_samples]) * slope - n_samples * cost


@numba.njit(**LOOP, fastmath={"nnan", "nsz", "reassoc"})  # several at once
def highest(values):  # type: ignore[no-untyped-def]  # see begun
    """Largest of them."""
    most = values[0]
    for i in range(len(values)):
        most = max(most, values[i])
    return most


@numba.njit(**LOOP)
def median(likely, most):  # type: ignore[no-untyped-def]  # see begun
    """First index at which half of the posterior is reached, all kinds together."""
    posterior = likely[0]
    for kind in range(len(likely)):
        for k in range(len(posterior)):
            less = likely[kind, k] - most
            share = np.exp(less) if less > NEGLIGIBLE else 0.0
            posterior[k] = share if kind == 0 else posterior[k] + share
    whole = 0.0
    for k in range(len(posterior)):
        whole += posterior[k]
    reached, k = 0.0, -1
    while reached < 0.5 * whole:
        k += 1
        reached += posterior[k]
    return k
