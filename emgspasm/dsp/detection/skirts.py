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
"""Prior probability that a burst begins at once, and that it ends at once; the rest is shared
equally by ramps of the lengths weighed. Units of a common discharge begin together and fall silent
one by one [sim]."""

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
def skirt_begin(power, core, inside, abrupt, noise, weight, window, room):
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
    n_likely, most = min(core + inside + 1, n), -np.inf
    odds = rising_odds(noise, loud, 0.5 * weight)
    for kind in range(KINDS):
        length, likely = (window << kind) >> 2 if kind else 0, room[kind][:n_likely]
        if 0 < length < SHORTEST:
            likely[:] = -np.inf
            continue
        prior = np.log((1.0 - abrupt) / (KINDS - 1) if kind else abrupt)
        weigh(sums[: n + 1], length, odds, prior, likely)
        most = max(most, highest(likely))
    return median(room[:KINDS], n_likely, most)


@numba.njit(**LOOP)
def weigh(sums, length, odds, prior, likely):
    """Fill in how much likelier than noise a ramp of `length` is that begins at each index.

    The amplitude rises in a few steps, over which the power is known from its `sums`; `odds` are
    those of :func:`rising_odds`, `prior` is the log-likelihood before any sample.
    """
    n = len(sums) - 1
    whole = min(max(n + 1 - length, 0), len(likely))  # beginnings of which the ramp is at hand
    if length:
        _weigh_ramp(sums, length, odds, prior, likely[:whole])
        likely[whole:] = prior
        for step in range(STEPS if whole < len(likely) else 0):
            _weigh_cut(sums[whole:], length, step, odds, likely[whole:])
    else:
        slope, cost = odds[STEPS]
        for k in range(whole):
            likely[k] = prior + ((sums[-1] - sums[k]) * slope - (n - k) * cost)


@numba.njit(inline="always", **LOOP)
def _weigh_ramp(sums, length, odds, prior, likely):
    """Fill in how likely a ramp is that is at hand whole, and loud from its end on.

    All :data:`STEPS` in one pass, which takes half as long: the power of a step lies between two
    sums, so it is the sums that are weighed.
    """
    a, b, c, d = length // 5, 2 * length // 5, 3 * length // 5, 4 * length // 5
    (slope_a, cost_a), (slope_b, cost_b), (slope_c, cost_c) = odds[0], odds[1], odds[2]
    (slope_d, cost_d), (slope_e, cost_e), (slope, cost) = odds[3], odds[4], odds[5]
    rising = a * cost_a + (b - a) * cost_b + (c - b) * cost_c + (d - c) * cost_d
    rising += (length - d) * cost_e
    constant = sums[-1] * slope - rising - (len(sums) - 1 - length) * cost
    at, at_a, at_b, at_c = sums, sums[a:], sums[b:], sums[c:]
    at_d, at_e = sums[d:], sums[length:]
    for k in range(len(likely)):
        told = at_a[k] * (slope_a - slope_b) + at_b[k] * (slope_b - slope_c) - at[k] * slope_a
        told += at_c[k] * (slope_c - slope_d) + at_d[k] * (slope_d - slope_e)
        likely[k] = prior + (told + at_e[k] * (slope_e - slope) + (constant + k * cost))


@numba.njit(inline="always", **LOOP)
def _weigh_cut(sums, length, step, odds, likely):
    """Add how likely a step is of ramps within which the samples at hand end."""
    first, stop = length * step // STEPS, length * (step + 1) // STEPS
    (slope, cost), n = odds[step], len(sums) - 1
    whole = max(min(len(likely), n + 1 - stop), 0)
    early, late = sums[first:], sums[stop:]
    for k in range(whole):
        likely[k] += (late[k] - early[k]) * slope - (stop - first) * cost
    for k in range(whole, min(len(likely), n - first)):
        likely[k] += (sums[-1] - early[k]) * slope - (n - first - k) * cost


@numba.njit(inline="always", **LOOP)
def rising_odds(noise, loud, weight):
    """The odds of a sample in each of :data:`STEPS` of a ramp to `loud`, and, last, behind it."""
    return (
        _odds(noise, _grown(0, noise, loud), weight),
        _odds(noise, _grown(1, noise, loud), weight),
        _odds(noise, _grown(2, noise, loud), weight),
        _odds(noise, _grown(3, noise, loud), weight),
        _odds(noise, _grown(4, noise, loud), weight),
        _odds(noise, loud, weight),
    )


@numba.njit(inline="always", **LOOP)
def _grown(step, noise, loud):
    """Power in a step of a ramp."""
    return noise + (loud - noise) * ((step + 0.5) / STEPS) ** 2


@numba.njit(inline="always", **LOOP)
def _odds(noise, power, weight):
    """What a sample's power adds to the log-likelihood of this power, and what a sample costs."""
    return weight * (1.0 / noise - 1.0 / power), weight * np.log(power / noise)


@numba.njit(**LOOP, fastmath={"nnan", "nsz", "reassoc"})  # several at once
def highest(values):
    """Largest of them."""
    most = values[0]
    for i in range(len(values)):
        most = max(most, values[i])
    return most


@numba.njit(**LOOP)
def median(likely, n, most):
    """First of `n` indices at which half of the posterior is reached, all kinds together."""
    posterior = likely[0][:n]
    for kind in range(len(likely)):
        for k in range(n):
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
