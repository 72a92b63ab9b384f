"""Recordings that nobody here made; where their folder is absent the tests skip and say so."""

from pathlib import Path

import numpy as np
import pytest

from emgspasm.storage.conversion import import_recording
from emgspasm.storage.montage import load_montage
from emgspasm.storage.opening import open_recording
from support.text_files import samples_of

PROJECT = Path(__file__).parents[2]
DATA = PROJECT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(),
    reason="the public recordings are not here (../shared/data beside the project)",
)

GUI = "openbci_gui_samples/"
OLD, NEW = "OpenBCI-sampleData-1-blinks-jawClench-alpha", "OpenBCI_GUI-v6-blinks-jawClench-alpha"
CASES = {
    GUI + OLD + ".txt": ("openbci_gui_sample", {}),
    GUI + NEW + ".txt": ("openbci_gui_sample", {}),
    "cyton_facial_subvocal/Nao.csv": ("cyton_facial_subvocal", {"sampling_frequency": 250}),
    "ganglion_forearm/OpenBCI-RAW-S02_S1R0.txt": ("ganglion_forearm", {}),
    "ganglion_forearm/OpenBCI-RAW-S02_S1REST.txt": ("ganglion_forearm", {}),
    "biosppy_examples/emg.txt": ("biosppy", {}),
}


def opened(name):
    montage, given = CASES[name]
    path = PROJECT / "configs" / f"montage_{montage}.toml"
    return open_recording(DATA / name, montage=load_montage(path), **given)


@pytest.mark.parametrize("name", CASES)
def test_its_montage_gives_every_emg_channel_a_side_and_a_muscle(name):
    info = opened(name).info
    emg = [info.channels[column] for column in info.columns("EMG")]
    assert emg
    assert all(channel.side and channel.muscle for channel in emg)


@pytest.mark.parametrize("name", CASES)
def test_it_survives_the_import_to_bdf(name, tmp_path):
    recording = opened(name)
    findings = import_recording(recording, tmp_path / "out.bdf")
    stored = open_recording(tmp_path / "out.bdf")
    expected, samples = samples_of(recording), samples_of(stored)[: recording.n_samples]
    step = [channel.full_scale / 2**23 for channel in stored.info.channels]
    assert np.all(np.abs(expected - samples).max(axis=0) <= np.array(step) * 1.01)
    assert findings[: len(recording.findings)] == recording.findings
    texts = [(mark.text, round(mark.onset, 4)) for mark in recording.annotations]
    assert [(mark.text, round(mark.onset, 4)) for mark in stored.annotations] == texts


def test_both_headers_of_the_gui_sample_give_the_same_samples():
    old, new = opened(GUI + OLD + ".txt"), opened(GUI + NEW + ".txt")
    before, after = samples_of(old), samples_of(new)
    assert np.array_equal(before[:, :8], after[:, :8])
    # The newer file was converted from the older one and takes x = 0 for "no new value".
    assert np.count_nonzero((before[:, 8:] != after[:, 8:]).any(axis=1)) == 10
    assert old.info.channels == new.info.channels
    assert old.start == new.start


def test_the_gui_sample_agrees_with_numpy():
    oracle = np.loadtxt(
        DATA / (GUI + OLD + ".txt"), comments="%", delimiter=",", usecols=range(1, 9)
    )
    assert np.array_equal(samples_of(opened(GUI + OLD + ".txt"))[:, :8], oracle)


def test_the_130_discontinuities_of_the_ganglion_are_wraps_and_its_clock_agrees():
    recording = opened("ganglion_forearm/OpenBCI-RAW-S02_S1R0.txt")
    assert recording.n_samples == 26_207
    assert len(list(recording)) == 1
    assert any(
        "0 to 200 in 201 rows; its 130 discontinuities are wraps to 0" in finding
        for finding in recording.findings
    )
    assert any("bunched" in finding for finding in recording.findings)
    assert not any("samples a second" in finding for finding in recording.findings)


def test_the_ganglion_loses_no_lap_between_any_two_wraps():
    lines = (DATA / "ganglion_forearm/OpenBCI-RAW-S02_S1R0.txt").read_text().splitlines()[6:]
    rows = [line.split(",") for line in lines]
    wraps = [i for i, row in enumerate(rows) if row[0] == "0"]
    seconds = [60 * int(row[-1][-9:-7]) + float(row[-1][-6:]) for row in rows]
    laps = np.diff([seconds[i] for i in wraps])
    assert len(wraps) == 131
    assert np.all(np.abs(laps - 201 / 200) < 0.2)


def test_the_railed_channels_of_the_facial_recording_are_named_and_kept():
    recording = opened("cyton_facial_subvocal/Nao.csv")
    railed = [finding for finding in recording.findings if "railed for 100 %" in finding]
    assert [finding.split()[0] for finding in railed] == [f"Channel_{i}" for i in (5, 6, 7, 8)]
    assert recording.info.channels[4].full_scale == 187_500
    assert len(recording.info.channels) == 8


def test_the_words_of_the_facial_recording_are_annotations():
    marks = opened("cyton_facial_subvocal/Nao.csv").annotations
    assert {mark.text for mark in marks} == {"não", "$SILENCE"}
    assert len(marks) == 125
    assert sum(mark.duration for mark in marks) == pytest.approx(25_067 / 250)


def test_the_biosppy_recording_says_its_rate_and_keeps_counts():
    recording = opened("biosppy_examples/emg.txt")
    assert recording.info.sampling_frequency == 1000
    assert recording.info.channels[0].unit == "count"
    assert np.array_equal(
        samples_of(recording)[:, 0], np.loadtxt(DATA / "biosppy_examples/emg.txt")
    )


@pytest.mark.parametrize(
    ("name", "rate", "n_samples"), [("minimal", 10, 9), ("empty_streams", 1, 10)]
)
def test_the_xdf_examples_open(name, rate, n_samples):
    recording = open_recording(DATA / "xdf_examples" / f"{name}.xdf")
    assert (recording.info.sampling_frequency, recording.n_samples) == (rate, n_samples)
    assert sum(len(chunk.samples) for chunk in recording) == n_samples


@pytest.mark.parametrize("name", ["short_psg.bdf", "test_subsecond.edf"])
def test_the_edf_edge_cases_open(name):
    recording = open_recording(DATA / "edf_bdf_edge_cases" / name)
    assert sum(len(chunk.samples) for chunk in recording) <= recording.n_samples
