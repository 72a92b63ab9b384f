"""Readings of bursts made by hand, for rules without a signal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from emgspasm.stream import Burst
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.acts.judging import acts
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.readings.reading import Reading, Site

FS = 1000.0
MONTAGE = [f"{muscle}_{side}" for side in "LR" for muscle in ("OOC", "ZYG", "OOR", "FRO")]


def reading(
    label: str,
    onset: int,
    offset: int,
    li: float = 1.0,
    *,
    mean: float = 20.0,
    amplitude: float = 20.0,
    **kind: object,
) -> Reading:
    """Reading of a burst, of the left or right side alone unless told otherwise."""
    muscle, side = label.split("_")
    column = MONTAGE.index(label)
    site = Site(column, side, muscle, (column + 4) % 8)
    opposite = amplitude * (1 - li) / (1 + li)
    told = Reading(
        Burst(column, onset, offset, 30.0, mean, 2.0), site, onset, offset, np.zeros(8),
        copy=False, neighbour=-1, amplitude=amplitude, opposite=opposite, opposite_most=opposite,
        opposite_silent=li == 1.0, li=li, least_li=li - 0.1, frequency=120.0, hum=0.0, steps=0.0,
        shared=0, tonic=0.0, leaps=False,
    )  # fmt: skip
    return replace(told, **kind)


def alike(label: str, rho: float) -> NDArray[np.float64]:
    """Correlations of a burst that goes along with this channel."""
    values = np.zeros(8)
    values[MONTAGE.index(label)] = rho
    return values


def judged(
    *readings: Reading, eyed: Collection[str] = (), blinks: BlinkHistory | None = None
) -> list[Act]:
    """Acts of a cluster; on the `eyed` sides the eye is known to take part in spasms."""
    cluster = sorted(readings, key=lambda r: r.onset)
    return acts(cluster, Rules(), blinks or BlinkHistory(), FS, eyed.__contains__)
