"""Units that discharge at rest are no events, and hide none."""

import numpy as np
import pytest

from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.simulation import simulate
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.synkinesis.folding import Folding, fold
from emgspasm.synkinesis.readings.levels import quietest, steadiest

LABELS = ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R", "OOR_L", "OOR_R")
FS = 1000.0
SETTLED = 14.0
"""Seconds until the units have been seen for long enough."""


def info(fs=FS):
    sides = {"L": "left", "R": "right"}
    return StreamInfo(
        fs, tuple(Channel(name, side=sides[name[-1]], muscle=name[:3]) for name in LABELS)
    )


def rest(seconds, fs=FS, seed=1):
    """A face without any movement: noise of 1 uV."""
    noise = np.random.default_rng(seed).normal(size=(round(seconds * fs), len(LABELS)))
    return noise * np.sqrt(fs / FS)


def discharge(rows, label, moments, height):
    """Add the potential of a unit, 8 ms long, at these seconds."""
    t = np.arange(-4, 5) / 1.6
    potential = height * (1 - t**2) * np.exp(-(t**2) / 2)
    for moment in moments:
        start = round(moment * FS)
        rows[start : start + 9, LABELS.index(label)] += potential[: len(rows) - start]


def steady(seconds, seed, interval=0.1, spread=0.015):
    """Moments of a unit that discharges all the time."""
    rng = np.random.default_rng(seed)
    moments = np.cumsum(rng.normal(interval, spread, round(seconds / interval)))
    return moments[moments < seconds - 0.1]


def spasm(rows, onset, height):
    """A clonic burst of 60 ms of three muscles of the left side."""
    rng = np.random.default_rng(7)
    for label in ("OOC_L", "ZYG_L", "OOR_L"):
        discharge(rows, label, onset + rng.uniform(0.0, 0.06, 40), height)


def folded(rows, stream):
    analyses = analyze(Pipeline(), stream, [Chunk(0, rows)])
    return [f for _, f in fold(Folding(), Pipeline(), stream, analyses)]


def events(rows):
    return [e for f in folded(rows, info()) for e in f.events if e.onset > SETTLED * FS]


@pytest.mark.parametrize("labels", [("OOC_L", "ZYG_L", "OOR_L"), ("OOC_R",)])
def test_units_that_discharge_all_the_time_are_no_events(labels):
    rows = rest(60.0)
    for seed, label in enumerate(labels):
        discharge(rows, label, steady(60.0, seed), 12.0)
    found = events(rows)
    assert len(found) <= 1, found


def test_spasms_beside_units_of_the_other_side_are_all_that_is_said():
    rows = rest(60.0)
    discharge(rows, "OOC_R", steady(60.0, 3), 12.0)
    discharge(rows, "ZYG_R", steady(60.0, 4), 12.0)
    onsets = np.arange(20.0, 56.0, 2.13)
    for onset in onsets:
        spasm(rows, onset, 20.0)
    found = [(e.trial_type, e.side, e.label) for e in events(rows)]
    assert found == [("spasm", "L", "isolated")] * len(onsets)


def beside_louder_units(rows):
    """Units of two muscles of the right side, louder than the spasms of the left one."""
    discharge(rows, "ZYG_R", steady(60.0, 3, spread=0.04), 60.0)
    discharge(rows, "OOR_R", steady(60.0, 4, spread=0.04), 60.0)
    return rows


def test_spasms_are_told_beside_louder_units_of_the_other_side():
    rows = beside_louder_units(rest(60.0))
    onsets = np.arange(20.0, 56.0, 2.13)
    for onset in onsets:
        spasm(rows, onset, 20.0)
    found = [e for e in events(rows) if (e.trial_type, e.side) == ("spasm", "L")]
    assert len(found) >= 0.9 * len(onsets)


def test_a_movement_of_both_sides_is_no_spasm_beside_units_at_rest():
    rows = beside_louder_units(rest(60.0))
    for onset in np.arange(20.0, 56.0, 2.13):
        for seed, label in enumerate(LABELS[2:]):
            moments = np.random.default_rng(seed).uniform(0.0, 0.6, 400)
            discharge(rows, label, onset + moments, 40.0)
    assert [e for e in events(rows) if e.label and e.trial_type == "spasm"] == []


@pytest.mark.parametrize("fs", [250.0, 500.0, 1000.0, 2000.0])
def test_a_muscle_that_rests_has_nothing_of_its_own(fs):
    readings = [
        r
        for seed in range(4)
        for f in folded(_with_pulses(rest(40.0, fs, seed), fs), info(fs))
        for r in f.readings
    ]
    assert len(readings) > 100
    assert all(r.tonic == 0.0 for r in readings)


def test_groups_of_a_myokymia_are_told_though_they_come_all_the_time():
    rows = rest(60.0)
    for start in steady(59.0, 5, interval=0.25, spread=0.01):
        discharge(rows, "ZYG_L", start + np.arange(5) * 0.022, 12.0)
    found = [e for f in folded(rows, info()) for e in f.events]
    assert {(e.side, e.trial_type) for e in found} == {("L", "myokymia")}
    assert sum(e.offset - e.onset for e in found) > 40 * FS


def _with_pulses(rows, fs):
    """Each muscle active for 50 ms a second."""
    for second in range(len(rows) // round(fs)):
        start = round(second * fs)
        rows[start : start + round(0.05 * fs)] *= 10.0
    return rows


def test_speech_stays_a_movement():
    sim = simulate("healthy_speech", sampling_frequency=FS, duration=60.0, seed=3, snr=20.0)
    rows = np.concatenate([chunk.samples for chunk in sim])
    spoken = sum(e.offset - e.onset for e in sim.truth if e.trial_type == "voluntary")
    said = [e for f in folded(rows, sim.info) for e in f.events if e.trial_type == "voluntary"]
    share = sim.truth_sampling_frequency / FS / spoken
    assert sum(e.offset - e.onset for e in said) * share > 0.9


@pytest.mark.parametrize("guess", [np.nan, 0.0, 1.0, 4.0, 1e9])
def test_the_steadiest_is_the_quantile_of_the_strongest_of_each_stretch(guess):
    powers = np.random.default_rng(2).chisquare(4, (3, 500))
    powers[1, 17] = np.nan
    strongest = powers.reshape(3, 100, 5).max(axis=2)
    expected = [np.sort(row[~np.isnan(row)])[int(0.1 * (np.sum(~np.isnan(row)) - 1))]
                for row in strongest]  # fmt: skip
    assert steadiest(powers, 1300, np.full(3, guess)).tolist() == expected


@pytest.mark.parametrize("missing", [np.nan, -np.nan])
@pytest.mark.parametrize("power", [0.0, 1e-300, 2.0])
def test_the_quietest_of_equal_blocks_is_their_power_though_most_are_missing(power, missing):
    blocks = np.full((2, 1, 500), missing)
    blocks[:, :, ::7] = power
    limit, _ = quietest(blocks, 500, np.array([np.nan]))
    assert limit.tolist() == [power]


def test_nothing_is_quietest_where_all_blocks_are_missing():
    limit, correlation = quietest(np.full((2, 1, 500), np.nan), 500, np.ones(1))
    assert np.isnan(limit[0])
    assert correlation.tolist() == [0.0]
