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
"""Samples; the filters' own rise looks like a ramp shorter than this [design]."""

KINDS = 4
"""Beginnings weighed: at once, and ramps of half a window, one, and two."""


@numba.njit(**LOOP)
def begun(power, core, inside, abrupt, noise, weight, window, likely):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Index at which a burst began to swell: before `core`, or `inside` after it at most.

    `power` is that of the samples from the earliest at which it may have begun into the burst,
    whose variance steps at index `core`; `noise` is its mean before. `abrupt` is how likely it has
    no skirt. `weight` is how many
    independent values a sample has. `likely` is room for the posterior: a row a kind and one more,
    each longer than `power`.
    """
    loud = _mean(power[core:])
    if loud <= 1.2 * noise:
        return core
    stop = min(core + inside + 1, len(power))
    _weigh_steps(power, noise, loud, likely[KINDS])
    most = -np.inf
    for kind in range(KINDS):
        length = (window << kind) >> 2 if kind else 0
        if 0 < length < SHORTEST:
            likely[kind, :stop] = -np.inf
            continue
        prior = np.log((1.0 - abrupt) / (KINDS - 1) if kind else abrupt)
        _weigh(power, length, noise, loud, likely[KINDS], likely[kind, :stop])
        for k in range(stop):
            likely[kind, k] = 0.5 * weight * likely[kind, k] + prior
            most = max(most, likely[kind, k])
    return _median(likely[:KINDS, :stop], most)


@numba.njit(**LOOP)
def _weigh_steps(power, noise, loud, likely):  # type: ignore[no-untyped-def]  # see begun
    """Fill `likely` with twice the log-likelihood ratio to noise of a step at each index."""
    slope, cost = 1.0 / noise - 1.0 / loud, np.log(loud / noise)
    likely[len(power)] = 0.0
    for k in range(len(power) - 1, -1, -1):
        likely[k] = likely[k + 1] + power[k] * slope - cost


@numba.njit(**LOOP)
def _weigh(power, length, noise, loud, steps, likely):  # type: ignore[no-untyped-def]  # see begun
    """Fill `likely` with the same of a ramp of `length`, after which it is a step."""
    for k in range(len(likely)):
        likely[k] = steps[min(k + length, len(power))]
    for i in range(length):
        grown = noise + (loud - noise) * ((i + 0.5) / length) ** 2
        slope, cost = 1.0 / noise - 1.0 / grown, np.log(grown / noise)
        for k in range(min(len(likely), len(power) - i)):
            likely[k] += power[k + i] * slope - cost


@numba.njit(**LOOP)
def _mean(power):  # type: ignore[no-untyped-def]  # see begun
    total = 0.0
    for k in range(len(power)):
        total += power[k]
    return total / len(power)


@numba.njit(**LOOP)
def _median(likely, most):  # type: ignore[no-untyped-def]  # see begun
    """First index at which half of the posterior is reached, all kinds together."""
    whole = 0.0
    for kind in range(KINDS):
        for k in range(likely.shape[1]):
            likely[kind, k] = np.exp(likely[kind, k] - most)
            whole += likely[kind, k]
    reached, k = 0.0, -1
    while reached < 0.5 * whole:
        k += 1
        for kind in range(KINDS):
            reached += likely[kind, k]
    return k
