"""By how much the muscles that begin a spasm together lag behind each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from emgspasm.synkinesis.acts import Act
from emgspasm.synkinesis.history import History, stretch
from emgspasm.synkinesis.pairs import ENVELOPE, RATE, REACH, envelope_lags


@dataclass(frozen=True, slots=True)
class Lag:
    """By how many samples the envelope of one channel is later than another's, in one spasm."""

    first: int
    second: int
    samples: int
    correlation: float


def lags(act: Act, history: History) -> Iterable[Lag]:
    """Lags of the envelopes of the muscles that begin a twitch together."""
    if act.kind != "twitch" or act.together < 2 or history.fs < RATE:
        return ()
    before, after = round(0.05 * history.fs), round(0.15 * history.fs)
    samples = stretch(history, act.onset - before, act.onset + after)
    window, reach = round(ENVELOPE * history.fs), round(REACH * history.fs)
    if samples.shape[1] < 2 * reach:
        return ()
    channels = {r.site.column: r.burst.channel for r in act.readings}
    columns = np.array(sorted(channels))
    samples = samples[columns]
    whole = ~np.isnan(samples).any(axis=1)
    lagging, correlations = envelope_lags(samples[whole], window, reach)
    pairs = combinations([channels[column] for column in columns[whole].tolist()], 2)
    return [
        Lag(first, second, later, correlation)
        for (first, second), later, correlation in zip(
            pairs, lagging.tolist(), correlations.tolist(), strict=True
        )
    ]
