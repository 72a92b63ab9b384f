"""Findings read back from a result's tables are those the tables were made of."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.results.findings import QUALITIES
from emgspasm.results.stored import StoredResult, stored_findings, stored_info
from emgspasm.results.tabulation.events import events_table
from emgspasm.storage.tables.columns import SUMMARY
from emgspasm.storage.tables.tsv import read_table, table, write_table
from emgspasm.stream import Burst, Channel, Event
from emgspasm.synkinesis.markers import Marker
from support.findings import burst, findings, spasm, stream

INFO = stream("OOC_L", "ZYG_L", "OOC_R", "MEN", fs=250.0)
EYE, CHEEK, OTHER_EYE, CHIN = 0, 1, 2, 3


def stored(found, tmp_path, spoil=lambda frame: frame):
    """The result of findings as it stands on the disk, its events spoilt."""
    path = tmp_path / "x_events.tsv"
    write_table(spoil(events_table(INFO, found, {}, {"task": "rest"})), path)
    rows = [
        {"channel": c.name, "side": {"left": "L", "right": "R"}.get(c.side), "muscle": c.muscle}
        for c in INFO.channels
    ]
    summary = table([*rows, {"side": "L"}], SUMMARY)
    said = {
        "sampling_frequency": 250.0,
        "tasks": [["smile", 2, 4.0, 7.0]],
        "channels_sought_s": {"OOC_L": [[1.0, 2.5], [4.0, 40.0]], "ZYG_L": []},
    }
    return StoredResult(path, read_table(path), summary, said)


def read_back(found, tmp_path, **more):
    return stored_findings(stored(found, tmp_path, **more), INFO)


def test_a_burst_that_holds_two_spasms_is_read_back_as_a_part_of_both(tmp_path):
    held = burst(EYE, 2000, 4000)
    other = burst(OTHER_EYE, 2000, 4000)
    events = [
        Event("voluntary", 2000, 4000, "B", "smile", (held, other)),
        replace(spasm(held), onset=2250, offset=2350),
        replace(spasm(held, burst(CHEEK, 3010, 3100)), onset=3000, offset=3100),
    ]
    told = read_back(findings(4, events), tmp_path).spasm_parts
    rows = [(p["event"], p["channel"], p["onset"], p["offset"]) for p in told]
    assert rows == [(1, EYE, 2250, 2350), (2, EYE, 3000, 3100), (2, CHEEK, 3010, 3100)]


@pytest.fixture(scope="module")
def face():
    """A blink with a spasm of three muscles on it, one of them a copy; a burst of none."""
    shared = Burst(EYE, 1003, 1207, 31.25, 12.5, 3.5)
    events = [
        Event("blink", 1003, 1300, "B", "", (shared, burst(OTHER_EYE, 1010, 1300)), li=0.1,
              log_ratio=0.2, reason="both eyes"),
        spasm(shared, burst(CHIN, 1100, 1200), copies=(burst(CHEEK, 1101, 1190),),
              label="grouped", li=0.75, log_ratio=1.5, spread_stage=3, blink_coincident=True,
              task="smile", trial=2, quality="cut", reason="one side"),
    ]  # fmt: skip
    return findings(4, events, [burst(CHEEK, 5000, 5100)._replace(quality="settling")])


@pytest.fixture(scope="module")
def told(face, tmp_path_factory):
    """The face read back."""
    return read_back(face, tmp_path_factory.mktemp("face"))


def test_the_channels_are_those_of_the_summary_in_microvolts(face, tmp_path):
    told = stored_info(stored(face, tmp_path))
    assert told.sampling_frequency == 250.0
    assert told.channels == (
        Channel("OOC_L", "left", "OOC"), Channel("ZYG_L", "left", "ZYG"),
        Channel("OOC_R", "right", "OOC"), Channel("MEN", None, "MEN"),
    )  # fmt: skip


def test_a_channel_of_which_bursts_but_no_amplitude_are_told_is_in_no_voltage(face, tmp_path):
    result = stored(face, tmp_path)
    result.summary.loc[[EYE, CHEEK], "n_bursts"] = 0
    result.summary.loc[EYE, "burden_uV"] = 0.0
    told = {c.name: c.microvolts for c in stored_info(result).channels}
    assert told == {"OOC_L": 1.0, "ZYG_L": None, "OOC_R": 1.0, "MEN": 1.0}


def test_bursts_are_read_back_with_their_samples_amplitudes_and_quality(face, told):
    assert len(told.bursts) == len(face.bursts)
    for row in face.bursts:
        mine = (told.bursts["channel"] == row["channel"]) & (told.bursts["onset"] == row["onset"])
        (other,) = told.bursts[mine]
        assert other["offset"] == row["offset"]
        assert other["quality"] == row["quality"]
        for name in ("peak", "mean", "baseline"):
            assert other[name] == pytest.approx(row[name], abs=1e-3)


def test_events_are_read_back_with_all_that_is_said_of_them(face, told):
    expected = face.events.copy()
    expected["task"][0] = "rest"  # that of the recording
    assert told.events.tolist() == expected.tolist()


def test_parts_are_read_back_with_their_copies_and_a_shared_burst_is_the_spasm_s(told):
    rows = {(p["event"], p["channel"], bool(p["copy"])) for p in told.parts}
    assert rows == {(0, OTHER_EYE, False), (1, EYE, False), (1, CHIN, False), (1, CHEEK, True)}
    assert np.all(np.diff(told.parts["event"]) >= 0)


def test_readings_are_read_back_in_order_of_onset_with_their_copies(told):
    rows = [(r["channel"], r["onset"], bool(r["copy"])) for r in told.readings]
    assert rows == [
        (EYE, 1003, False),
        (OTHER_EYE, 1010, False),
        (CHIN, 1100, False),
        (CHEEK, 1101, True),
        (CHEEK, 5000, False),
    ]


def test_valid_time_and_markers_are_read_back_in_samples(told):
    assert {c: spans.tolist() for c, spans in told.valid.items()} == {
        EYE: [[250, 625], [1000, 10_000]], CHEEK: [], OTHER_EYE: [], CHIN: [],
    }  # fmt: skip
    assert told.marked == (Marker(1000, 1750, "smile", 2),)


def test_a_lasting_artifact_hides_its_channel_until_a_review_calls_it_otherwise(tmp_path):
    noise = burst(EYE, 2000, 6000)  # 16 s
    found = findings(4, [Event("artifact", 2000, 6000, "L", "noise", (noise,))])

    def rename(frame):
        return frame.assign(trial_type=frame["trial_type"].replace("artifact", "spasm"))

    told = read_back(found, tmp_path)
    assert told.valid[EYE].tolist() == [[250, 625], [1000, 2000], [6000, 10_000]]
    (tmp_path / "reviewed").mkdir()
    told = read_back(found, tmp_path / "reviewed", spoil=rename)
    assert told.valid[EYE].tolist() == [[250, 625], [1000, 10_000]]


def test_a_rejected_event_is_left_out_and_its_bursts_are_of_none(face, tmp_path):
    def reject(frame):
        spasms = (frame["trial_type"] == "spasm").to_numpy()
        return frame.assign(status=np.where(spasms, "rejected", "auto"))

    told = read_back(face, tmp_path, spoil=reject)
    assert told.events["trial_type"].tolist() == ["blink"]
    assert set(told.parts["channel"]) == {OTHER_EYE}
    assert len(told.bursts) == 5


def test_of_a_blink_that_an_expert_calls_a_spasm_only_its_side_is_a_part(tmp_path):
    def rename(frame):
        blinks = (frame["trial_type"] == "blink").to_numpy()
        return frame.assign(
            trial_type=np.where(blinks, "spasm", frame["trial_type"]),
            side=np.where(blinks, "L", frame["side"]),
        )

    both = (burst(EYE, 1000, 1100), burst(OTHER_EYE, 1000, 1100), burst(CHIN, 1000, 1100))
    told = read_back(
        findings(4, [Event("blink", 1000, 1100, "B", "", both)]), tmp_path, spoil=rename
    )
    assert sorted(told.parts["channel"]) == [EYE, CHIN]


def test_a_burst_that_a_spasm_names_is_no_part_of_a_movement_at_the_same_time(tmp_path):
    held = burst(EYE, 2000, 2200)
    wink = Event("voluntary", 2000, 2200, "L", "wink", (held, burst(CHEEK, 2000, 2200)))
    told = read_back(findings(4, [wink, spasm(held)]), tmp_path)
    assert [(p["event"], p["channel"]) for p in told.parts] == [(0, CHEEK), (1, EYE)]


def test_a_burst_of_which_no_quality_is_told_is_read_back_as_good(face, tmp_path):
    told = read_back(face, tmp_path, spoil=lambda frame: frame.drop(columns="quality"))
    assert {QUALITIES[quality] for quality in told.bursts["quality"]} == {"good"}


def test_a_channel_that_the_summary_does_not_know_is_left_out(face, tmp_path):
    def rename(frame):
        return frame.assign(channel=frame["channel"].replace("MEN", "COR_L"))

    told = read_back(face, tmp_path, spoil=rename)
    assert CHIN not in told.bursts["channel"]
    assert len(told.bursts) == 4


def test_what_is_missing_of_amplitudes_stays_missing(face, tmp_path):
    def drop(frame):
        return frame.assign(peak_uV=np.nan, mean_uV=np.nan, burden_uVs=np.nan)

    told = read_back(face, tmp_path, spoil=drop).bursts
    assert np.isnan([told[name] for name in ("peak", "mean", "baseline")]).all()


def test_an_empty_result_is_read_back_empty(tmp_path):
    told = read_back(findings(4), tmp_path)
    assert [len(rows) for rows in (told.bursts, told.events, told.parts, told.readings)] == [0] * 4
