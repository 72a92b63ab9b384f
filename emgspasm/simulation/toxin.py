"""Botulinum toxin: injected muscles weaken and recover, and spasms come as often as before.

Model of clinical facts 9: the amplitude of an injected muscle is multiplied by r(t), its rate is
left alone (spasms can persist electrically when toxin has removed them from view, clinical facts 2
[lit: Geller 1989]).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from emgspasm.simulation.units import Pool

DAYS = (0.0, 14.0, 28.0, 80.0, 110.0)
AMPLITUDES = (1.0, 0.15, 0.15, 0.5, 1.0)
"""Knots of r(t) against days since the injection, clinical facts 9 [sim]; straight between them."""


def remaining_amplitude(days: float) -> float:
    """Share r of its amplitude that an injected muscle has `days` after the injection.

    1 before the injection and from day 110 on.
    """
    return float(np.interp(days, DAYS, AMPLITUDES))


def weakened(
    pools: Sequence[Pool], sites: Sequence[str], injected: Sequence[str], days: float
) -> tuple[Pool, ...]:
    """Motor units of every site, those of injected sites with smaller potentials.

    Parameters
    ----------
    pools : sequence of Pool
    sites : sequence of str
        Their sites, as in ``OOC_L``.
    injected : sequence of str
        Sites that were injected.
    days : float
        Since the injection; negative is before it.
    """
    share = remaining_amplitude(days)
    return tuple(
        replace(pool, shapes=pool.shapes * share) if site in injected else pool
        for pool, site in zip(pools, sites, strict=True)
    )


def check_toxin(days: float | None, injected: Sequence[str], montage: Sequence[str]) -> None:
    """Refuse an incomplete injection, or one into a muscle that is not recorded."""
    if (days is None) == bool(injected):
        raise ValueError(
            f"days_since_injection={days}, injected={tuple(injected)!r}; give both or neither"
        )
    if days is not None and not np.isfinite(days):
        raise ValueError(f"days_since_injection={days}; it must be finite, as 21")
    unknown = [site for site in injected if site not in montage]
    if unknown:
        raise ValueError(
            f"injected={unknown} is not recorded; the montage has {', '.join(montage)}"
        )
