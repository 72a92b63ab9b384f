"""Whatever bursts there are, and whatever their samples say, the second fold tells events."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.dsp.pipeline import Pipeline
from emgspasm.stream import Burst, Channel, StreamInfo
from emgspasm.synkinesis.folding import Folding, Saying
from emgspasm.synkinesis.memory import fresh
from emgspasm.synkinesis.readings.reading import Reading, sites

MONTAGES = {
    "face": [f"{muscle}_{side}" for side in "LR" for muscle in ("OOC", "ZYG", "OOR", "FRO", "MAS")],
    "eyes": ["OOC_L", "OOC_R"],
    "one side": ["OOC_L", "ZYG_L", "FRO_L"],
}


def read_at_random(rng, site, n_channels):
    """Reading of a burst of this site: often with others, of any strength, side and kind."""
    onset = int(rng.integers(0, 40) * 300 + rng.choice([5, 25, 300]) * rng.uniform())
    offset = onset + int(rng.choice([15, 40, 80, 150, 600, 3000]) * rng.uniform(0.5, 1.5))
    noise, amplitude = rng.choice([0.0, 2.0]), 20.0 * 10 ** rng.uniform(-1.5, 0.5)
    opposite = (
        amplitude * rng.choice([0.0, 0.0, 0.0, 0.1, 0.5, 1.0, 3.0])
        if site.opposite >= 0
        else np.nan
    )
    li = (amplitude - opposite) / (amplitude + opposite)
    return Reading(
        Burst(site.column, onset, offset, 2 * amplitude, np.hypot(amplitude, noise), noise),
        site,
        onset,
        offset,
        rng.choice([0.0, 0.0, 0.0, 0.3, 0.8, 1.0], n_channels),
        copy=bool(rng.random() < 0.1),
        neighbour=int(rng.integers(-1, n_channels)),
        amplitude=amplitude,
        opposite=opposite,
        opposite_most=opposite,
        opposite_silent=bool(opposite == 0.0),
        li=li,
        least_li=li - rng.choice([0.0, 0.1, 0.5]),
        frequency=rng.choice([np.nan, 20.0, 120.0, 120.0, 120.0]),
        hum=rng.choice([0.0] * 9 + [0.5]),
        steps=rng.choice([0.0] * 9 + [0.9]),
        shared=int(rng.choice([0] * 9 + [2])),
        tonic=rng.choice([0.0, 0.0, 0.5, 1.0]) * amplitude,
        leaps=bool(rng.random() < 0.2),
    )


@pytest.mark.parametrize("fs", [250.0, 1000.0])
@pytest.mark.parametrize("montage", MONTAGES)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 120))
@settings(max_examples=40, deadline=None)
def test_any_bursts_become_events_within_their_time(montage, fs, seed, n):
    rng = np.random.default_rng(seed)
    info = StreamInfo(fs, tuple(map(Channel.from_label, MONTAGES[montage])))
    places = list(sites(info).values())
    state, folding, said = fresh(Pipeline(), info, 0, ()), Folding(), Saying()
    drawn = (read_at_random(rng, places[rng.integers(len(places))], len(places)) for _ in range(n))
    state.waiting = sorted(drawn, key=lambda r: (r.onset, r.burst.channel, r.offset))
    first, last = state.waiting[0].onset, max(r.offset for r in state.waiting)
    folding._take(state, None, said)
    folding._advance(state, None, said)
    assert all(first <= e.onset < e.offset <= last and e.reason for e in said.events)
