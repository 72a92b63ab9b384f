"""XDF files, and damage that must not reach pyxdf."""

import logging
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.importers.xdf_chunks import checked_chunks
from emgspasm.storage.opening import import_recording, open_recording

HEADER = b'<?xml version="1.0"?><info><version>1.0</version></info>'


@pytest.fixture(autouse=True)
def _quiet_pyxdf(caplog):
    caplog.set_level(logging.CRITICAL, logger="pyxdf.pyxdf")


def number(value):
    return b"\x04" + struct.pack("<I", value)


def chunk(tag, content):
    return number(len(content) + 2) + struct.pack("<H", tag) + content


def stream_header(stream, name, kind, rate, n_channels, form, described=""):
    xml = (
        f"<info><name>{name}</name><type>{kind}</type><channel_count>{n_channels}</channel_count>"
        f"<nominal_srate>{rate}</nominal_srate><channel_format>{form}</channel_format>"
        f"<desc>{described}</desc></info>"
    )
    return chunk(2, struct.pack("<I", stream) + xml.encode())


def samples_chunk(stream, times, rows):
    content = b"".join(
        b"\x08" + struct.pack("<d", time) + row for time, row in zip(times, rows, strict=True)
    )
    return chunk(3, struct.pack("<I", stream) + number(len(rows)) + content)


def float_rows(values):
    return [np.asarray(row, dtype="<f4").tobytes() for row in values]


def text_rows(words):
    return [b"\x01" + bytes([len(word.encode())]) + word.encode() for word in words]


def described(labels, unit):
    entries = "".join(
        f"<channel><label>{label}</label><unit>{unit}</unit></channel>" for label in labels
    )
    return f"<channels>{entries}</channels>"


def emg_file(n_rows=500, rate=250.0, missing=slice(0, 0), extra=b""):
    rng = np.random.default_rng(3)
    values = rng.normal(0, 50, (n_rows, 2)).astype("f4")
    times = np.delete(1000 + np.arange(n_rows) / rate, np.arange(n_rows)[missing])
    kept = np.delete(values, np.arange(n_rows)[missing], axis=0)
    labels = described(("OOC_L", "OOC_R"), "microvolts")
    data = (
        b"XDF:"
        + chunk(1, HEADER)
        + stream_header(1, "board", "EMG", rate, 2, "float32", labels)
        + stream_header(2, "cues", "Markers", 0, 1, "string")
        + samples_chunk(1, times, float_rows(kept))
        + samples_chunk(2, [1000.4, 1001.2], text_rows(["smile", "rest"]))
        + extra
    )
    return data, kept


def written(tmp_path, data):
    path = tmp_path / "recording.xdf"
    path.write_bytes(data)
    return path


def test_the_numeric_stream_and_its_markers_are_read(tmp_path):
    data, values = emg_file()
    recording = open_recording(written(tmp_path, data))
    (only,) = recording
    assert np.array_equal(only.samples, values.astype(float))
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert recording.info.channels[0].unit == "uV"
    marks = [(round(mark.onset, 6), mark.text) for mark in recording.annotations]
    assert marks == [(0.4, "smile"), (1.2, "rest")]


def test_markers_that_bdf_cannot_hold_are_shortened_and_cleaned(tmp_path):
    extra = samples_chunk(2, [1001.5], text_rows(["a\x14b" + "é" * 100]))
    data, _ = emg_file(extra=extra)
    import_recording(open_recording(written(tmp_path, data)), tmp_path / "out.bdf")
    marks = [mark for mark in open_recording(tmp_path / "out.bdf").annotations if mark.onset == 1.5]
    assert [mark.text for mark in marks] == ["a b" + "é" * 100]


def test_missing_seconds_are_a_gap(tmp_path):
    data, _ = emg_file(n_rows=3000, missing=slice(1000, 1750))
    recording = open_recording(written(tmp_path, data))
    assert [chunk.start for chunk in recording] == [0, 1750]
    assert recording.n_samples == 3000
    assert "750 samples missing at 1 places" in recording.findings[0]


def test_electrodes_are_chosen_before_other_streams(tmp_path):
    extra = stream_header(3, "motion", "ACC", 50, 1, "float32")
    extra += samples_chunk(3, [1000.0, 1000.02], float_rows([[1], [2]]))
    data, _ = emg_file(extra=extra)
    assert open_recording(written(tmp_path, data)).info.names == ("OOC_L", "OOC_R")


def test_two_streams_of_electrodes_are_refused_by_name(tmp_path):
    extra = stream_header(3, "other board", "EMG", 1000, 1, "float32")
    extra += samples_chunk(3, [1000.0, 1000.001], float_rows([[1], [2]]))
    data, _ = emg_file(extra=extra)
    with pytest.raises(RecordingError, match=r"'board' \(250.0 Hz\), 'other board' \(1000 Hz\)"):
        open_recording(written(tmp_path, data))


def test_markers_alone_are_no_recording(tmp_path):
    data = b"XDF:" + chunk(1, HEADER) + stream_header(2, "cues", "Markers", 0, 1, "string")
    with pytest.raises(RecordingError, match=r"no stream of numbers .*\['cues'\]"):
        open_recording(written(tmp_path, data))


@pytest.mark.parametrize("n_left", [1, 7, 40, 300])
def test_a_cut_file_gives_what_is_whole(tmp_path, n_left):
    extra = samples_chunk(1, 1002 + np.arange(50) / 250, float_rows(np.ones((50, 2))))
    data, values = emg_file(extra=extra)
    recording = open_recording(written(tmp_path, data[: len(data) - n_left]))
    assert recording.n_samples == len(values)
    assert any("the file is cut" in finding for finding in recording.findings)


@pytest.mark.parametrize(
    "damage",
    [
        chunk(3, struct.pack("<I", 1) + b"\x08" + struct.pack("<Q", 2**62)),
        chunk(3, struct.pack("<I", 2) + number(2**31)),
        chunk(3, struct.pack("<I", 9) + number(0)),
        chunk(2, struct.pack("<I", 1) + b"<info/>"),
        chunk(2, struct.pack("<I", 5) + b'<!DOCTYPE a [<!ENTITY b "c">]><info/>'),
        stream_header(6, "huge", "EMG", 250, 10**12, "double64"),
        chunk(4, struct.pack("<I", 1) + struct.pack("<dd", np.nan, 1.0)),
    ],
)
def test_a_damaged_chunk_is_left_out_before_pyxdf_sees_it(tmp_path, damage):
    data, values = emg_file(extra=damage)
    assert checked_chunks(data).n_dropped == 1
    recording = open_recording(written(tmp_path, data))
    assert recording.n_samples == len(values)
    assert "1 damaged chunks left out" in recording.findings


@given(
    edits=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 9), st.binary(max_size=9)),
        min_size=1,
        max_size=5,
    )
)
@settings(
    max_examples=200, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_mutated_files_give_a_recording_or_a_refusal(tmp_path, edits):
    data, _ = emg_file(n_rows=20)
    for place, length, piece in edits:
        place %= len(data) - 4
        data = data[: place + 4] + piece + data[place + 4 + length :]
    path = written(tmp_path, data)
    try:
        recording = open_recording(path)
    except RecordingError:
        return
    assert sum(len(chunk.samples) for chunk in recording) <= recording.n_samples < 10**7
