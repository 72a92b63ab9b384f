"""What is stored is what was sent, where it belongs; what was said live is in the file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from emgspasm.config import LoadedConfig, parse_config
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.findings import burst_rows, event_rows, part_rows
from emgspasm.results.measurement import measure
from emgspasm.session import Handover, Session
from emgspasm.simulation import simulate
from emgspasm.simulation.board_faults import fault
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import SKIP, Chunk

UV = 187500 / 8388607
EXPLORE = parse_config("exploratory = true")


def samples_of(source):
    with source:
        return np.concatenate([chunk.samples for chunk in source])


@dataclass
class Said:
    """Bursts, events and the bursts of events, as text, since they hold NaN."""

    bursts: list
    events: list
    parts: list


def said(bursts, events, parts):
    """Rows of findings made comparable."""
    return Said(*(list(map(repr, rows.tolist())) for rows in (bursts, events, parts)))


def run(source, path, config=None, **more):
    """Record all of a source; what it said live, late markers minded."""
    screen = Handover(1_000_000)
    with Session(source, path, config, handovers=(screen,), **more) as session:
        session.wait(120)
    return session, said_on(screen)


def said_on(screen):
    """What a screen was told, late markers minded."""
    assert screen.dropped == 0
    bursts, events = [], []
    for analysis, folded in screen.take():
        bursts += analysis.bursts
        for before, now in folded.amended:
            events[list(map(repr, events)).index(repr(before))] = now
        events += folded.events
    return said(burst_rows(bursts), event_rows(events), part_rows(events, 0))


def stored(path, config=None):
    """What ``analyze`` finds in the file."""
    found = measure(open_edf(path), config or LoadedConfig()).found
    return said(found.bursts, found.events, found.parts)


@pytest.fixture(scope="module")
def two_minutes():
    face = simulate("hfs_mixed", sampling_frequency=250, duration=120, seed=11)
    return face.info, samples_of(face)


FIVE_PERCENT = (
    fault("drop", rate=0.05),
    fault("burst", at=15.0, count=100),
    fault("burst", at=30.0, count=240),
    fault("burst", at=45.0, count=300),
    fault("burst", at=65.0, count=1000),
    fault("burst", at=85.0, count=5000),
)


@pytest.mark.slow
def test_two_minutes_of_loss_leave_every_sample_at_its_true_index(two_minutes, wire, tmp_path):
    info, samples = two_minutes
    source = wire(info, samples, FIVE_PERCENT, seed=7)
    session, live = run(source, tmp_path / "loss.bdf", clock=source.clock)
    recording = open_edf(tmp_path / "loss.bdf")

    rows = np.full((len(samples), 8), np.nan)
    for chunk in recording:
        rows[chunk.start : chunk.stop] = chunk.samples
    there = np.isfinite(rows[:, 0])
    counts = np.rint(rows[there] / UV).astype(int)
    np.testing.assert_array_equal(counts, source.counts[there])
    assert not (there & ~source.arrived).any()
    missed = np.count_nonzero(source.arrived & ~there)
    assert missed <= 8  # alone between two losses, firmware_notes 1.14, and the very last ones

    lost = np.flatnonzero(~source.arrived)
    runs = np.split(lost, np.flatnonzero(np.diff(lost) > 1) + 1)
    long = [int(gap[-1]) + 1 for gap in runs if len(gap) >= 256]
    noted = [a for a in recording.annotations if "estimated" in a.text]
    assert len(long) == 3
    assert len(noted) == len(long)
    for note, behind in zip(noted, long, strict=True):
        assert f"sample {behind} " in note.text
    assert live == stored(tmp_path / "loss.bdf")
    assert session.status.lost == pytest.approx(1 - source.arrived.mean(), abs=0.001)
    gaps = [a for a in recording.annotations if a.text == SKIP]
    assert round(sum(a.duration for a in gaps) * 250) == np.count_nonzero(~there[: gaps_end(there)])


def gaps_end(there):
    return int(np.flatnonzero(there)[-1]) + 1


@pytest.mark.slow
def test_bursts_and_events_said_live_are_those_of_the_file(two_minutes, wire, tmp_path):
    info, samples = two_minutes
    faults = (fault("drop", rate=0.0003), *FIVE_PERCENT[1:4])
    source = wire(info, samples, faults, seed=5)
    _, live = run(source, tmp_path / "x.bdf", clock=source.clock)
    assert len(live.bursts) > 50
    assert len(live.events) > 10
    assert live == stored(tmp_path / "x.bdf")


@pytest.mark.parametrize("mains", ["auto", "off"])
def test_a_thousand_hertz_with_mains_and_gaps_gives_the_same_live_as_from_the_file(
    script, tmp_path, mains
):
    face = simulate("hfs_clonic", sampling_frequency=1000, duration=20, seed=2)
    samples = samples_of(face)
    hum = 30 * np.sin(2 * np.pi * 50 * np.arange(len(samples)) / 1000)[:, None]
    edges = [0, 3, 700, 701, 5000, 5200, 12_000, 12_001, 20_000]
    chunks = [
        Chunk(a, (samples + hum)[a:b].copy()) for a, b in pairwise(edges) if (a, b) != (5000, 5200)
    ]
    config = parse_config(f'mains = "{mains}"')
    session, live = run(script(face.info, chunks), tmp_path / "x.bdf", config)
    batch = measure(open_edf(tmp_path / "x.bdf"), config)
    assert live == stored(tmp_path / "x.bdf", config)
    assert len(live.bursts) > 5
    assert len(live.events) > 1
    assert batch.notices == ((session.notice,) if session.notice else ())
    assert bool(session.notice) == (mains == "auto")


@pytest.mark.parametrize("lag", [0.0, 6.0])
def test_markers_without_duration_set_in_time_or_late_give_the_same_live_as_from_the_file(
    script, tmp_path, lag
):
    face = simulate("blepharospasm", sampling_frequency=250, duration=30, seed=106)
    samples, path, now = samples_of(face), tmp_path / "x.bdf", [0.0]
    cues = {1.0: "rest_open", 12.0: "speech", 16.0: "smile", 18.0: "rest_post"}

    def press(_):
        now[0] += 0.1
        for onset in [each for each in cues if each + lag <= now[0]]:
            session.mark(cues.pop(onset), onset)

    chunks = [Chunk(first, samples[first : first + 25].copy()) for first in range(0, 7500, 25)]
    screen = Handover(1_000_000)
    session = Session(
        script(face.info, [step for chunk in chunks for step in (press, chunk)]),
        path,
        handovers=(screen,),
        clock=lambda: now[0],
    )
    with session:
        session.wait(60)
    assert cues == {}
    tasks = analyze_recording(path).events["task"].dropna()
    assert {"rest_open", "speech", "rest_post"} <= set(tasks)
    assert said_on(screen) == stored(path)


def test_a_channel_that_misses_samples_alone_gives_the_same_live_as_from_the_file(script, tmp_path):
    face = simulate("hfs_clonic", sampling_frequency=250, duration=20, seed=2)
    samples = samples_of(face).copy()
    samples[1000:1100, 3] = np.nan
    samples[2000:2010] = np.nan
    source = script(face.info, [Chunk(k, samples[k : k + 10].copy()) for k in range(0, 5000, 10)])
    _, live = run(source, tmp_path / "x.bdf")
    assert live == stored(tmp_path / "x.bdf")
    assert len(live.bursts) > 5


def test_a_rate_too_low_for_emg_is_recorded_and_not_analyzed(script, tmp_path):
    face = simulate("healthy_rest", sampling_frequency=125, duration=3)
    session, live = run(script(face.info, list(face)), tmp_path / "x.bdf")
    assert "125 Hz" in session.refusal
    assert "exploratory = true" in session.refusal
    assert live == Said([], [], [])
    assert open_edf(tmp_path / "x.bdf").n_samples == 375


def test_a_rate_too_low_for_emg_is_analyzed_if_exploratory_and_its_lags_are_withheld(
    script, tmp_path
):
    face = simulate("hfs_clonic", sampling_frequency=125, duration=20)
    session, live = run(script(face.info, list(face)), tmp_path / "x.bdf", EXPLORE)
    assert session.refusal == ""
    results = analyze_recording(tmp_path / "x.bdf", EXPLORE)
    assert (results.events["trial_type"] == "burst").sum() == len(live.bursts) > 0
    assert any("lags of pairs" in each for each in results.provenance["warnings"])
