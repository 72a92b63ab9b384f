"""Evidence of a weak burst: a stretch up to now is too powerful for noise.

Two sums over the blocks of a channel. Page's CUSUM (1954) for a burst of the weakest kind tells
since when there is doubt. Within the doubt, a scan takes stretches of several lengths that end
now and asks for the generalised likelihood ratio of a raised variance, whatever its rise: half
the degrees of freedom times (r - 1 - ln r), r being the power over that of the noise.

How much evidence is needed depends on how often faint bursts come, as Bayes has it: the log of the
odds before the evidence is added to it. In a face at rest a stretch has to be very unlike noise;
where every second has its burst that hardly stands out, less will do. Bursts that the envelope
tells do not count, nor those that are far over what is asked for at rest: they would have been
found anyway, and say little of faint ones.
"""

from __future__ import annotations

import numba
import numpy as np

from emgspasm.dsp.compiled import LOOP

LENGTHS = np.array([2, 3, 4, 6, 8, 12, 16, 24, 32, 40])
"""Blocks of 5 ms in whole samples: 10 to 200 ms; at 250 Hz of 4 ms: 8 to 160 ms [design]."""

LEAST_RISE = 1.9
"""Power, in units of the noise, under which no stretch is a burst: noise moves that much."""

RARE = 0.0015
"""Faint bursts per second up to which evidence is asked for in full: one in five minutes [sim]."""

MISSED = 1.2
"""Power by which faint bursts become more often than those that are found: the fainter they are,
the fewer are found of them [sim]. With 1.5 noise is found so often that it makes itself likely."""

SOON = 1 / 3
"""Share of the time over which the frequency is told, before which it is told as if that much had
passed: ten seconds. With three, the first bursts weigh too much [sim]."""

CAUTION = 0.65
"""Standard deviations by which bursts are taken to be rarer than their count says, which is
Poisson's: one alone, which may be noise, counts for a third, ten for most. With 0.5 noise that is
found makes itself likely, with 1 dense bursts stay unheard [sim]."""

CLEAR = 2.0
"""Log-likelihood ratio, in units of the one that is asked for at rest, from which a burst is not
faint: counted, those of 10 dB made noise and their own ends likely [sim]."""

DOUBTFUL = 3.0
"""Evidence, short of what makes a burst by this much, from which a window is learnt as noise at a
lower weight: where bursts come densely, half of what is learnt is the faintest of them. Loud noise,
which is to be learnt, comes up to here and goes; 4 makes it bursts [sim]."""

CONFIRMED = 3.0
"""Power behind the matched filter, in units of the noise, that confirms a crossing of `on`."""

FAST, MOST = 0.03, 1.5
"""Share of a new window in what the noise has been of late, and power, in units of that, above
which a window does not count for more: noise that grows is followed in a second, weak bursts
hardly raise it [sim]."""


@numba.njit(inline="always", **LOOP)
def needed(s, rules):  # type: ignore[no-untyped-def]  # numba infers kernels' types
    """Log-likelihood ratio that makes a burst, as often as bursts come now."""
    surely = s.frequency - CAUTION * np.sqrt(s.frequency * rules.counting)
    return rules.evidence - MISSED * np.log(1.0 + often(s, max(surely, 0.0)) / RARE)


@numba.njit(inline="always", **LOOP)
def often(s, count):  # type: ignore[no-untyped-def]  # see needed
    """Times a second, of what was counted over a time of which not all may have passed yet."""
    return count / max(s.told, SOON)


@numba.njit(inline="always", **LOOP)
def is_clear(n_samples, rise, freedom, rules):  # type: ignore[no-untyped-def]  # see needed
    """Whether a burst of so many samples and such a power would be found at rest, too."""
    if rise <= 1.0:
        return False
    told = 0.5 * n_samples * freedom * (rise - 1.0 - np.log(rise))
    return told > CLEAR * rules.evidence


@numba.njit(inline="always", **LOOP)
def between(s):  # type: ignore[no-untyped-def]  # see needed
    """Power of the noise behind the matched filter: that of quiet, or that of late if more."""
    return max(s.quiet * s.passed / s.raw, s.lately)


@numba.njit(**LOOP)
def confirmed(s, matched, origin, sizes):  # type: ignore[no-untyped-def]  # see needed
    """Whether the last window is loud where EMG is, too: a cable that swings is not."""
    stop, total = s.now + 1 - origin, 0.0
    for i in range(stop - sizes.window, stop):
        total += matched[i]
    return total >= CONFIRMED * sizes.window * between(s)


@numba.njit(inline="always", **LOOP)
def pass_over(s, sums, sizes):  # type: ignore[no-untyped-def]  # see needed
    """Begin anew after a burst: its blocks are no evidence of the next."""
    s.evidence = 0.0
    s.blocks = max(s.blocks, (s.now + 1 - sizes.half - s.begin) // sizes.block)
    sums[s.blocks & (len(sums) - 1)] = s.total


@numba.njit(inline="always", **LOOP)
def _follow(s, power, glow, noise):  # type: ignore[no-untyped-def]  # see needed
    """Follow the noise between bursts, a window at a time."""
    s.lately += FAST * (min(power - glow, MOST * (noise - glow)) - s.lately)


@numba.njit(inline="always", **LOOP)
def weigh(s, value, matched, origin, sums, lengths, sizes, rules):  # type: ignore[no-untyped-def]  # see needed
    """Weigh the blocks that are complete; past the end of the burst found, 0 if there is none.

    `value` is the envelope now, `matched[0]` what came out of the matched filter at sample
    `origin`. Where there is no doubt, nothing is sought in a window that is no louder than noise.
    """
    glow = s.glow * s.passed / s.raw
    noise = between(s) + glow
    if s.evidence == 0.0 and value * value <= s.quiet:
        pass_over(s, sums, sizes)
        _follow(s, value * value * s.passed / s.raw, glow, noise)
        return 0
    freedom = s.behind
    slope = 0.5 * freedom * (1.0 - 1.0 / rules.rise) / noise
    burden = 0.5 * freedom * np.log(rules.rise) * sizes.block
    # as locals they stay in registers
    mask, found, most, total, evidence, doubt = len(sums) - 1, 0, 0.0, s.total, s.evidence, s.doubt
    wanted = needed(s, rules)
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
            doubt = stop - sizes.block
        evidence = max(0.0, evidence + favour)
        if favour <= 0.0:  # a stretch that ends with noise was louder without it
            continue
        n_doubted = (stop - doubt) // sizes.block
        for n in lengths:
            if n > n_doubted:
                break
            length = n * sizes.block
            power = total - sums[(end - n) & mask]
            if power < LEAST_RISE * length * noise:
                continue
            rise = power / (length * noise)
            excess = 0.5 * length * freedom * (rise - 1.0 - np.log(rise)) - wanted
            if excess >= most:
                most, found = excess, stop
    if complete > s.blocks:
        _follow(s, (total - s.total) / ((complete - s.blocks) * sizes.block), glow, noise)
    s.total, s.evidence, s.blocks = total, evidence, max(s.blocks, complete)
    s.doubt = max(doubt, s.now - sizes.doubt)
    return found
