"""The end of a recording whose source is away: in time, and with what is missing marked."""

from __future__ import annotations

import time

import numpy as np
import pytest

from emgspasm.results.analysis import analyze_recording
from emgspasm.session import Handover, Session
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.sources.brainflow.source import open_brainflow
from emgspasm.sources.cyton.settings import CytonSettings, Input
from emgspasm.sources.cyton.source import CytonSource
from emgspasm.sources.link import RECONNECT
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.opening import open_recording
from emgspasm.stream import Channel, Chunk, StreamInfo

pytestmark = pytest.mark.real_time

LABELS = ("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")
INFO = StreamInfo(250.0, tuple(Channel.from_label(n, full_scale=187500.0) for n in LABELS))
FOREVER = 1000.0
"""Seconds for which a fault lasts that outlasts every test."""


def steady(seconds, start=0):
    rng = np.random.default_rng(start)
    stops = range(start, start + round(250 * seconds), 5)
    return [Chunk(k, rng.normal(0, 2, (5, len(LABELS)))) for k in stops]


def told(state, sample=0):
    return lambda source: source.say(sample, state, "as told")


def missing(path):
    """Stretches that no channel has, as sample numbers, and samples of the file."""
    recording = open_edf(path)
    rows = np.isnan(recording.read()).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.view(np.int8), [0]))))
    return edges.reshape(-1, 2).tolist(), recording.n_samples


def cyton(board):
    return CytonSource(CytonSettings(tuple(map(Input, LABELS)), "cyton", board.port))


def brainflow(board):
    return open_brainflow({"board": "cyton", "serial_port": board.port})


@pytest.fixture(scope="module")
def face():
    return simulate("hfs_clonic", sampling_frequency=250, duration=30)


@pytest.mark.parametrize("driver", [cyton, brainflow])
@pytest.mark.parametrize(("kind", "late"), [("hang-up", 1.0), ("silence", RECONNECT)])
def test_a_board_that_stays_away_ends_in_time_and_lacks_what_it_missed(
    face, tmp_path, driver, kind, late
):
    with EmulatedBoard(face, faults=(fault(kind, at=1.0, duration=FOREVER),)) as board:
        with Session(driver(board), tmp_path / "x.bdf", duration=2.5) as session:
            begun = time.monotonic()
            assert session.wait(10)
            assert time.monotonic() - begun < 2.5 + late
        ((start, stop),), n_samples = missing(tmp_path / "x.bdf")
    assert (stop, n_samples) == (625, 625)
    assert 200 < start <= 250
    assert session.missed == pytest.approx((625 - start) / 250)
    assert session.status.time == pytest.approx(2.5)
    assert session.status.lost == pytest.approx((625 - start) / 625)


def test_a_board_that_is_opened_anew_in_vain_ends_in_time(face, tmp_path):
    silent = fault("silence", at=0.5, duration=FOREVER)
    with EmulatedBoard(face, faults=(silent,)) as board:
        with Session(cyton(board), tmp_path / "x.bdf", duration=4.5) as session:
            assert session.wait(15)
        assert len(board.runs) > 1
    assert missing(tmp_path / "x.bdf")[1] == round(4.5 * 250)


def test_a_board_that_comes_back_before_the_end_is_recorded_to_the_end(face, tmp_path):
    with (
        EmulatedBoard(face, faults=(fault("hang-up", at=0.5, duration=0.7),)) as board,
        Session(cyton(board), tmp_path / "x.bdf", duration=3.0) as session,
    ):
        assert session.wait(15)
    gaps, n_samples = missing(tmp_path / "x.bdf")
    assert (len(gaps), n_samples) == (1, 750)
    assert gaps[0][1] < 750
    assert session.missed == 0


def test_what_is_stopped_while_the_board_is_away_lacks_what_was_missed_until_then(face, tmp_path):
    with (
        EmulatedBoard(face, faults=(fault("hang-up", at=0.5, duration=FOREVER),)) as board,
        Session(cyton(board), tmp_path / "x.bdf") as session,
    ):
        assert not session.wait(2.0)
        stopped = time.monotonic()
        session.stop()
        assert session.wait(10)
        assert time.monotonic() - stopped < 1.5
    ((start, stop),), n_samples = missing(tmp_path / "x.bdf")
    assert start <= 125
    assert stop == n_samples
    assert 1.9 < n_samples / 250 < 3.5  # by the clock; a machine under load begins late
    assert session.missed == pytest.approx((stop - start) / 250)


def test_the_tail_is_missing_in_live_and_stored_results_alike(face, tmp_path):
    ticks = Handover(100_000)
    with EmulatedBoard(face, faults=(fault("hang-up", at=4.0, duration=FOREVER),)) as board:
        source = cyton(board)
        with Session(source, tmp_path / "x.bdf", duration=5.0, handovers=[ticks]) as session:
            assert session.wait(15)
    live = [b for analysis, _ in ticks.take() for b in analysis.bursts]
    results = analyze_recording(tmp_path / "x.bdf")
    rows = results.events[results.events["trial_type"] == "burst"]
    assert len(live) > 0
    assert sorted(round(b.onset / 250, 6) for b in live) == sorted(rows["onset"])
    assert results.provenance["duration_s"] == 5.0


def test_a_copy_of_the_recording_is_as_long(script, tmp_path):
    steps = [told("streaming"), *steady(1), told("reconnecting", 250)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=1.2) as session:
        assert session.wait(10)
    import_recording(open_recording(tmp_path / "x.bdf"), tmp_path / "copy.bdf")
    assert missing(tmp_path / "x.bdf") == ([[250, 300]], 300)
    assert missing(tmp_path / "copy.bdf") == ([[250, 300]], 300)


def test_a_tail_within_the_last_record_of_a_file_is_no_padding(script, tmp_path):
    steps = [told("streaming"), *steady(0.9), told("reconnecting", 225)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=1.0) as session:
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([[225, 250]], 250)


def test_a_source_that_streams_is_waited_for_however_late(script, tmp_path):
    def dawdle(_):
        time.sleep(1.0)

    steps = [told("streaming"), *steady(0.5), dawdle, *steady(0.5, start=125)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=1.0) as session:
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([], 250)
    assert session.missed == 0


def test_a_source_that_sends_once_a_second_is_not_away_in_between(script, tmp_path):
    def dawdle(source):
        source.say(125, "stalled", "between two bunches")
        time.sleep(1.0)
        source.say(125, "streaming", "as told")

    steps = [told("streaming"), *steady(0.5), dawdle, *steady(0.5, start=125)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=1.0) as session:
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([], 250)


def test_what_is_stopped_in_a_short_stall_misses_nothing(script, tmp_path):
    steps = [told("streaming"), *steady(1), told("stalled", 250)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf") as session:
        assert not session.wait(0.5)
        session.stop()
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([], 250)
    assert session.missed == 0


def test_a_source_that_goes_on_behind_the_planned_end_was_away_until_there(script, tmp_path):
    steps = [told("streaming"), *steady(1), told("streaming", 700), *steady(1, start=700)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=2.0) as session:
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([[250, 500]], 500)
    assert session.missed == 1.0


def test_the_last_packets_before_the_planned_end_are_lost_like_any_other(script, tmp_path):
    steps = [told("streaming"), *steady(1.98), *steady(1, start=503)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=2.0) as session:
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([[495, 500]], 500)
    assert session.missed == 0


def test_a_source_of_which_no_sample_came_is_missing_altogether(script, tmp_path):
    steps = [told("streaming"), told("stalled")]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=1.0) as session:
        assert session.wait(10)
    assert missing(tmp_path / "x.bdf") == ([[0, 250]], 250)
    assert session.missed == 1.0


def test_markers_are_stored_while_the_source_is_away(script, tmp_path):
    steps = [told("streaming"), *steady(0.5), told("reconnecting", 125)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf", duration=1.5) as session:
        time.sleep(0.8)
        marker = session.mark("smile")
        assert session.wait(10)
    assert 0.6 < marker.onset < 1.5
    assert "smile" in [mark.text for mark in open_edf(tmp_path / "x.bdf").annotations]


def test_what_is_stopped_before_it_streams_misses_nothing(script, tmp_path):
    steps = [told("configuring"), lambda _: time.sleep(0.3)]
    with Session(script(INFO, steps, waits=True), tmp_path / "x.bdf") as session:
        time.sleep(0.1)
        session.stop()
        assert session.wait(10)
    assert session.missed == 0
