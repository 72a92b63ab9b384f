"""Evidence of a weak burst: a stretch up to now is too powerful for noise.

Two sums over the blocks of a channel. Page's CUSUM (1954) for a burst of the weakest kind tells
since when there is doubt. Within the doubt, a scan takes stretches of several lengths that end
now and asks for the generalised likelihood ratio of a raised variance, whatever its rise: half
the degrees of freedom times (r - 1 - ln r), r being the power over that of the noise.

How much evidence is needed depends on how often faint bursts come, as Bayes has it: the log of the
odds before the evidence is added to it. In a face at rest a stretch has to be very unlike noise;
where every second has its burst that hardly stands out, less will do. Bursts that the envelope
finds do not count, nor those whose evidence is far over what is needed at rest: they would have
been found anyway, and say little of faint ones.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP

LENGTHS = 2, 3, 4, 6, 8, 12, 16, 24, 32, 40
"""Blocks of 5 ms in whole samples: 10 to 200 ms; at 250 Hz of 4 ms: 8 to 160 ms [design]."""

LEAST_RISE = 1.9
"""Power, in units of the noise, under which no stretch is a burst, for noise moves that much
[design]."""

RARE = 0.0015
"""Frequency of faint bursts, per second, under which they hardly lower the evidence needed: one in
eleven minutes [sim]."""

MISSED = 1.2
"""Exponent by which the odds of a faint burst grow with the frequency of those that were found. It
is over 1 because the fainter bursts are, the more of them are missed [sim]. With 1.5, noise that is
taken for bursts makes more such bursts likely."""

SOON = 1 / 3
"""Least share of their memory (`detector.LATELY`) over which frequencies are taken: before ten
seconds have passed, counts are divided as if they had. With three seconds, the first bursts weigh
too much [sim]."""

CAUTION = 0.65
"""Standard deviations of a Poisson count that are subtracted from the count of faint bursts: a
single one, which may be noise, then counts for a third, ten count for most of ten. With 0.5, noise
taken for bursts makes more such bursts likely; with 1, dense faint bursts are missed [sim]."""

CLEAR = 2.0
"""Log-likelihood ratio, in units of the one needed at rest, from which a burst does not count as
faint. When bursts of 10 dB counted, noise and fragments of their own ends became likely [sim]."""

DOUBTFUL = 3.0
"""A window whose evidence comes within this many nats of making a burst is learnt as noise at a
lower weight: where bursts are dense, half of what is learnt would be the faintest of them. Loud
noise, which must be learnt, seldom comes so near; with 4 it would be found as bursts [sim]."""

CONFIRMED = 3.0
"""Power behind the matched filter, in units of the noise, that confirms a crossing of `on`
[design]."""

FAST, MOST = 0.03, 1.5
"""Weight of a new window in the fast mean of the noise between bursts (``lately``), and the power,
in units of the noise, at which a louder window is clipped: noise that grows is followed within a
second, weak bursts hardly raise the mean [sim]."""


@numba.njit(inline="always", **LOOP)
def needed(s, rules):
    """Log-likelihood ratio that makes a burst, given how often faint bursts have come of late."""
    surely = s.faint_rate - CAUTION * np.sqrt(s.faint_rate * rules.counting)
    return rules.evidence - MISSED * np.log(1.0 + frequency(s, max(surely, 0.0)) / RARE)


@numba.njit(inline="always", **LOOP)
def frequency(s, count):
    """Frequency per second from a fading count, whose memory may not be full yet in this run."""
    return count / max(s.filled, SOON)


@numba.njit(inline="always", **LOOP)
def is_clear(n_samples, rise, freedom, rules):
    """Whether a burst of so many samples and such a power would be found at rest, too."""
    if rise <= 1.0:
        return False
    told = 0.5 * n_samples * freedom * (rise - 1.0 - np.log(rise))
    return told > CLEAR * rules.evidence


@numba.njit(inline="always", **LOOP)
def matched_noise(s):
    """Power of the noise behind the matched filter.

    That of the learnt noise level, or the fast mean between bursts where that is larger.
    """
    return max(s.quiet * s.passed / s.raw, s.lately)


@numba.njit(**LOOP)
def confirmed(s, matched, origin, sizes):
    """Whether the last window is loud behind the matched filter too; a swinging cable is not."""
    stop, total = s.now + 1 - origin, 0.0
    for i in range(stop - sizes.window, stop):
        total += matched[i]
    return total >= CONFIRMED * sizes.window * matched_noise(s)


@numba.njit(inline="always", **LOOP)
def pass_over(s, sums, sizes):
    """Clear the evidence and skip the blocks up to now: one burst says nothing of the next."""
    s.evidence = 0.0
    s.blocks = max(s.blocks, (s.now + 1 - sizes.half - s.begin) // sizes.block)
    sums[s.blocks & (len(sums) - 1)] = s.total


@numba.njit(inline="always", **LOOP)
def _follow_noise(s, power, glow, noise):
    """Follow the noise between bursts, a window at a time."""
    s.lately += FAST * (min(power - glow, MOST * (noise - glow)) - s.lately)


@numba.njit(inline="always", **LOOP)
def _scan(total, end, n_doubted, sums, noise, freedom, sizes):
    """Largest log-likelihood ratio of the stretches up to block `end` that lie within the doubt."""
    most = -np.inf
    for n in LENGTHS:
        if n > n_doubted:
            break
        length = n * sizes.block
        power = total - sums[(end - n) & (len(sums) - 1)]
        if power < LEAST_RISE * length * noise:
            continue
        rise = power / (length * noise)
        most = max(most, 0.5 * length * freedom * (rise - 1.0 - np.log(rise)))
    return most


@numba.njit(inline="always", **LOOP)
def seek_weak(s, value, matched, origin, sums, sizes, rules):
    """Look for a weak burst in the blocks that are complete by now.

    Returns the sample after the stretch with most evidence, or 0 if none has enough, and whether
    the window is in doubt. `value` is the envelope now, `matched[0]` what came out of the matched
    filter at sample `origin`. Without evidence from before, a window that is no louder than noise
    is passed over.
    """
    glow = s.glow * s.passed / s.raw
    noise = matched_noise(s) + glow
    if s.evidence == 0.0 and value * value <= s.quiet:
        pass_over(s, sums, sizes)
        _follow_noise(s, value * value * s.passed / s.raw, glow, noise)
        return 0, False
    freedom = s.matched_weight
    slope = 0.5 * freedom * (1.0 - 1.0 / rules.rise) / noise
    burden = 0.5 * freedom * rules.log_rise * sizes.block
    # as locals they stay in registers
    mask, found, most, total, evidence, doubt = len(sums) - 1, 0, 0.0, s.total, s.evidence, s.doubt
    first = max((doubt - s.begin) // sizes.block, s.blocks - LENGTHS[-1])
    before = sums[first & mask]  # where the doubt, or the longest stretch, begins
    shortest, least = noise * LENGTHS[0] * sizes.block, 2.0 * noise * s.wanted
    complete = (s.now + 1 - sizes.half - s.begin) // sizes.block
    fresh = matched[s.begin + s.blocks * sizes.block + sizes.half - origin :]
    for block in range(complete - s.blocks):
        power = 0.0
        for i in range(sizes.block):
            power += fresh[block * sizes.block + i]
        total += power
        end = s.blocks + block + 1
        sums[end & mask] = total
        favour = power * slope - burden
        stop = s.begin + end * sizes.block
        if evidence == 0.0:
            doubt, before = stop - sizes.block, total - power
        evidence = max(0.0, evidence + favour)
        # hardly ever is all of the doubt powerful enough, given that r - 1 - ln r is under r - 1
        if freedom * (total - before - shortest) < least:
            continue
        if favour <= 0.0:  # a stretch that ends with noise was louder without it
            continue
        s.wanted = needed(s, rules)
        told = _scan(total, end, (stop - doubt) // sizes.block, sums, noise, freedom, sizes)
        if told - s.wanted >= most:
            most, found = told - s.wanted, stop
    if complete > s.blocks:
        _follow_noise(s, (total - s.total) / ((complete - s.blocks) * sizes.block), glow, noise)
    s.total, s.evidence, s.blocks = total, evidence, max(s.blocks, complete)
    s.doubt = max(doubt, s.now - sizes.doubt)
    # a little evidence comes and goes with loud noise, which is to be learnt as noise
    if evidence > 0.0 and evidence > s.wanted - DOUBTFUL:
        s.wanted = needed(s, rules)
    return found, evidence > 0.0 and evidence > s.wanted - DOUBTFUL
