"""Lags between muscles that begin together, from samples whose lag is known."""

import numpy as np
import pytest

from emgspasm.stream import Chunk
from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.lags import is_at_hand, lags
from emgspasm.synkinesis.readings import history as past
from support.readings import reading

SHIFT = 30
"""Samples by which the filters delay the signal; readings are corrected for it."""


def history(fs=1000.0, stop=1500, shift=SHIFT):
    """Noise; from sample 1000 on an eye, 6 samples later a cheek, and a brow 4 before it."""
    rng = np.random.default_rng(4)
    rows = rng.normal(0.0, 1.0, (stop, 8))
    for column, onset in ((0, 1000), (1, 1006), (3, 996)):
        rows[onset + shift : onset + shift + 60, column] *= 30.0
    made = past.begin(fs, 8, 0, shift, 5.0, np.ones(10))
    past.append(made, Chunk(0, rows))
    return made


def twitch(*labels, **kind):
    bursts = tuple(reading(label, 1000, 1060) for label in labels or ("OOC_L", "ZYG_L"))
    return Act("twitch", "L", bursts, **({"together": 2} | kind))


def test_lags_are_those_of_the_second_channel_after_the_first_in_order_of_the_stream():
    told = list(lags(twitch("ZYG_L", "FRO_L", "OOC_L"), history()))
    assert [(lag.first, lag.second) for lag in told] == [(0, 1), (0, 3), (1, 3)]
    assert [lag.samples for lag in told] == pytest.approx([6, -4, -10], abs=2)
    assert all(lag.correlation > 0.9 for lag in told)


@pytest.mark.parametrize(
    ("act", "fs"),
    [
        (twitch(together=1), 1000.0),
        (twitch(), 500.0),
        (Act("movement", "B", twitch().readings, together=2), 1000.0),
    ],
    ids=["apart", "too slow a stream", "a movement"],
)
def test_no_lags_are_told_of_what_does_not_twitch_together_or_is_sampled_too_slowly(act, fs):
    assert list(lags(act, history(fs))) == []


def test_no_lag_is_told_where_little_of_the_signal_is_there():
    assert list(lags(twitch(), history(stop=1100))) == []


@pytest.mark.parametrize(("stop", "there"), [(1185, True), (1175, False)])
def test_a_lag_waits_for_what_the_filters_still_hold_back(stop, there):
    assert is_at_hand(twitch(), history(stop=stop)) == there
