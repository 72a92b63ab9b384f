"""By how much the muscles that begin a spasm together lag behind each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from emgspasm.synkinesis.acts import Act
from emgspasm.synkinesis.history import History, stretch
from emgspasm.synkinesis.pairs import ENVELOPE, RATE, REACH, envelope_lag


@dataclass(frozen=True, slots=True)
class Lag:
    """By how many samples the envelope of one channel is later than another's, in one spasm."""

    first: int
    second: int
    samples: int
    correlation: float


def lags(act: Act, history: History) -> Iterator[Lag]:
    """Lags of the envelopes of the muscles that begin a twitch together."""
    if act.kind != "twitch" or act.together < 2 or history.fs < RATE:
        return
    before, after = round(0.05 * history.fs), round(0.15 * history.fs)
    rows = stretch(history, act.onset - before, act.onset + after)
    window, reach = round(ENVELOPE * history.fs), round(REACH * history.fs)
    if rows.shape[1] < 2 * reach:
        return
    whole = set(np.flatnonzero(~np.isnan(rows).any(axis=1)).tolist())
    found = {r.site.column: r.burst.channel for r in act.readings if r.site.column in whole}
    for (i, first), (j, second) in combinations(sorted(found.items()), 2):
        yield Lag(first, second, *envelope_lag(rows[i], rows[j], window, reach))
