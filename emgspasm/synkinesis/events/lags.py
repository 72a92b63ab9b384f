"""By how much the muscles that begin a spasm together lag behind each other."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from emgspasm.dsp.rates import SYNCHRONY
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.measures.pairs import ENVELOPE, REACH, envelope_lags
from emgspasm.synkinesis.readings.history import History, stretch


class Lag(NamedTuple):
    """By how many samples the envelope of one channel is later than another's, in one spasm."""

    first: int
    second: int
    samples: int
    correlation: float


BEFORE, AFTER = 0.05, 0.15
"""Seconds before and after the onset of a twitch that are compared [design]."""


def is_at_hand(act: Act, history: History) -> bool:
    """Whether all that :func:`lags` compares has come."""
    return act.onset + round(AFTER * history.fs) + history.shift <= history.stop


def lags(act: Act, history: History) -> Iterable[Lag]:
    """Lags of the envelopes of the muscles of a twitch that several begin, if all is there."""
    if act.kind != "twitch" or act.together < 2 or history.fs < SYNCHRONY:
        return ()
    before, after = round(BEFORE * history.fs), round(AFTER * history.fs)
    samples = stretch(history, act.onset - before, act.onset + after)
    window, reach = round(ENVELOPE * history.fs), round(REACH * history.fs)
    if samples.shape[1] < 2 * reach:
        return ()
    channels = dict(sorted((r.site.column, r.burst.channel) for r in act.readings))
    told = envelope_lags(samples[list(channels)], window, reach)
    return [
        Lag(first, second, later, correlation)
        for (first, second), later, correlation in zip(
            combinations(channels.values(), 2), *(values.tolist() for values in told), strict=True
        )
        if correlation == correlation
    ]
