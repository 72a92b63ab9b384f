"""Description, channels and markers beside a recording."""

import json

import numpy as np
import pandas as pd
import pytest

from emgspasm.errors import ConfigError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.studies.placement import Placement
from emgspasm.storage.studies.sidecar import (
    Acquisition,
    bring_up_to_date,
    write_rows,
    write_sidecars,
)
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

REQUIRED_BY_BIDS = {
    "EMGPlacementScheme",
    "EMGPlacementSchemeDescription",
    "EMGReference",
    "SamplingFrequency",
    "PowerLineFrequency",
    "RecordingType",
    "SoftwareFilters",
    "TaskName",
}


@pytest.fixture
def recording(tmp_path):
    channels = (
        Channel.from_label("OOC_L", full_scale=187_500.0),
        Channel.from_label("ZYG_R", full_scale=187_500.0),
        Channel("X", kind="ACCEL", unit="g", full_scale=4.0),
    )
    with BdfWriter(tmp_path / "x.bdf", StreamInfo(250.0, channels), equipment="Cyton") as writer:
        writer.annotate(Annotation(0.5, 1.25, "smile\tbroad"))
        writer.annotate(Annotation(1.0, 0.0, "chews", ("OOC_L", "ZYG_R")))
        writer.write(Chunk(0, np.zeros((300, 3))))
        writer.write(Chunk(400, np.zeros((600, 3))))
    return open_edf(tmp_path / "x.bdf")


@pytest.fixture
def paths(tmp_path):
    return Placement(tmp_path, "x").sidecars


def read(path):
    return pd.read_csv(path, sep="\t", keep_default_na=False, dtype=str)


def test_the_description_holds_what_bids_demands(recording, paths):
    filters = {"high-pass": {"cutoff (Hz)": 20}}
    acquisition = Acquisition("Bipolar", "10 mm along the fibres", 50, filters)
    write_sidecars(recording, paths, task="rest", acquisition=acquisition)
    described = json.loads(paths.description.read_text())
    assert described.keys() >= REQUIRED_BY_BIDS
    assert described["SamplingFrequency"] == 250
    assert described["RecordingDuration"] == 4
    assert described["EMGReference"] == "Bipolar"
    assert described["PowerLineFrequency"] == 50
    assert described["SoftwareFilters"] == filters
    assert described["EMGChannelCount"] == 2
    assert described["ManufacturersModelName"] == "Cyton"


def test_what_nobody_said_is_not_available(recording, paths):
    write_sidecars(recording, paths, task="rest")
    described = json.loads(paths.description.read_text())
    for field in ("EMGReference", "PowerLineFrequency", "SoftwareFilters"):
        assert described[field] == "n/a"


def test_channels_say_kind_unit_and_muscle(recording, paths):
    write_sidecars(recording, paths, task="rest")
    assert paths.channels.name == "x_channels.tsv"
    table = read(paths.channels)
    assert list(table["name"]) == ["OOC_L", "ZYG_R", "X"]
    assert list(table["type"]) == ["EMG", "EMG", "ACCEL"]
    assert list(table["units"]) == ["uV", "uV", "g"]
    assert list(table["target_muscle"]) == ["left orbicularis oculi", "right zygomaticus", "n/a"]


def test_events_are_the_markers_and_no_gaps(recording, paths):
    write_sidecars(recording, paths, task="rest")
    table = read(paths.events)
    assert table.to_numpy().tolist() == [
        ["0.5", "1.25", "smile broad", "n/a"],
        ["1", "0", "chews", "OOC_L,ZYG_R"],
    ]


def test_nothing_is_overwritten_unasked(recording, paths):
    write_sidecars(recording, paths, task="rest")
    with pytest.raises(ConfigError, match="exists"):
        write_sidecars(recording, paths, task="smile")
    write_sidecars(recording, paths, task="smile", overwrite=True)
    assert json.loads(paths.description.read_text())["TaskName"] == "smile"


def test_the_events_of_a_recording_that_is_replaced_do_not_stay(recording, paths, tmp_path):
    write_sidecars(recording, paths, task="rest")
    with BdfWriter(tmp_path / "y.bdf", recording.info) as writer:
        writer.write(Chunk(0, np.zeros((300, 3))))
    write_sidecars(open_edf(tmp_path / "y.bdf"), paths, task="rest", overwrite=True)
    assert not paths.events.exists()


def test_events_that_only_the_table_holds_stay_when_the_recording_is_made_whole(recording, paths):
    write_sidecars(recording, paths, task="rest")
    written = paths.events.read_text()
    paths.events.unlink()  # as after a recorder that was killed
    assert bring_up_to_date(recording, paths) == []
    assert paths.events.read_text() == written
    paths.events.write_text(f"{written}2.0\t0\tseen on the video\tn/a\n")
    kept = paths.events.read_bytes()
    assert bring_up_to_date(recording, paths) == [
        f"{paths.events.name} holds what the recording does not: left as it is"
    ]
    assert paths.events.read_bytes() == kept


def test_cells_never_break_a_table(tmp_path):
    rows = [["a\tb", "c\nd"], ["", None], [" ", 0]]
    write_rows(tmp_path / "x.tsv", ("one", "two"), rows)
    assert (tmp_path / "x.tsv").read_text() == "one\ttwo\na b\tc d\nn/a\tn/a\nn/a\t0\n"
