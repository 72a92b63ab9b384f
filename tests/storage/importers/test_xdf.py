"""XDF files, and damage that must not reach pyxdf."""

import logging
import struct
import subprocess
import sys
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.importers.gaps import describe_stamped, read_stamps
from emgspasm.storage.importers.xdf_chunks import checked_chunks
from emgspasm.storage.opening import open_recording
from support.bdf import TEMPORARY

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


def described(labels, unit, kinds=("", "")):
    entries = "".join(
        f"<channel><label>{label}</label><unit>{unit}</unit><type>{kind}</type></channel>"
        for label, kind in zip(labels, kinds, strict=True)
    )
    return f"<channels>{entries}</channels>"


def emg_file(
    n_rows=500,
    rate=250.0,
    missing=slice(0, 0),
    extra=b"",
    true_rate=None,
    jitter=0.0,
    unit="microvolts",
    gain=1.0,
    labels=("OOC_L", "OOC_R"),
    kinds=("", ""),
):
    rng = np.random.default_rng(3)
    values = (gain * rng.normal(0, 50, (n_rows, 2))).astype("f4")
    times = 1000 + np.arange(n_rows) / (true_rate or rate)
    times = np.delete(times + rng.normal(0, jitter, n_rows), np.arange(n_rows)[missing])
    kept = np.delete(values, np.arange(n_rows)[missing], axis=0)
    data = (
        b"XDF:"
        + chunk(1, HEADER)
        + stream_header(1, "board", "EMG", rate, 2, "float32", described(labels, unit, kinds))
        + stream_header(2, "cues", "Markers", 0, 1, "string")
        + samples_chunk(1, times, float_rows(kept))
        + samples_chunk(2, [1000.4, 1001.2], text_rows(["smile", "rest"]))
        + extra
    )
    return data, kept


def test_the_numeric_stream_and_its_markers_are_read(written):
    data, values = emg_file()
    recording = open_recording(written(data))
    (only,) = recording
    assert np.array_equal(only.samples, values.astype(float))
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert recording.info.channels[0].unit == "uV"
    marks = [(round(mark.onset, 6), mark.text) for mark in recording.annotations]
    assert marks == [(0.4, "smile"), (1.2, "rest")]


@pytest.mark.parametrize(
    ("unit", "microvolts"),
    [("Microvolts", 1), ("microvolt", 1), ("uV", 1), ("Millivolts", 1e3), ("mV", 1e3),
     ("Volts", 1e6), ("nanovolts", 1e-3)],
)  # fmt: skip
def test_samples_are_worth_what_their_unit_says(written, unit, microvolts):
    data, values = emg_file(unit=unit)
    recording = open_recording(written(data))
    (only,) = recording
    np.testing.assert_allclose(
        only.samples * recording.info.channels[0].microvolts, values * float(microvolts), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("labels", "names"),
    [(("OOC_L", ""), ("OOC_L", "Channel 2")), (("OOC_L",) * 2, ("OOC_L (1)", "OOC_L (2)"))],
)
def test_a_label_that_is_missing_or_stands_twice_costs_no_unit(written, labels, names):
    data, _ = emg_file(labels=labels)
    channels = open_recording(written(data)).info.channels
    assert tuple(channel.name for channel in channels) == names
    assert {channel.unit for channel in channels} == {"uV"}


def test_channels_that_their_type_calls_no_electrode_are_no_emg(written):
    data, _ = emg_file(labels=("bipolar 1", "counter"), kinds=("EMG", "AUX"))
    channels = open_recording(written(data)).info.channels
    assert [channel.kind for channel in channels] == ["EMG", "MISC"]


def test_a_stream_of_nothing_but_missing_samples_is_refused(written):
    data, _ = emg_file(gain=np.nan)
    with pytest.raises(RecordingError, match="every sample is NaN"):
        open_recording(written(data))


def test_markers_that_bdf_cannot_hold_are_shortened_and_cleaned(written, tmp_path):
    extra = samples_chunk(2, [1001.5], text_rows(["a\x14b" + "é" * 100]))
    data, _ = emg_file(extra=extra)
    import_recording(open_recording(written(data)), tmp_path / "out.bdf")
    marks = [mark for mark in open_recording(tmp_path / "out.bdf").annotations if mark.onset == 1.5]
    assert [mark.text for mark in marks] == ["a b" + "é" * 100]


def test_missing_seconds_are_a_gap(written):
    data, _ = emg_file(n_rows=3000, missing=slice(1000, 1750))
    recording = open_recording(written(data))
    assert [chunk.start for chunk in recording] == [0, 1750]
    assert recording.n_samples == 3000
    assert "750 samples missing at 1 place," in recording.findings[0]


@pytest.mark.parametrize("jitter", [0, 0.002])
def test_losses_shorter_than_half_a_second_are_gaps_at_their_rows(written, jitter):
    missing = (np.arange(15_000) % 500 < 20) & (np.arange(15_000) >= 500)
    data, _ = emg_file(n_rows=15_000, missing=missing, jitter=jitter)
    recording = open_recording(written(data))
    gaps = [(before.stop, after.start) for before, after in pairwise(recording)]
    assert gaps == [(begin, begin + 20) for begin in range(500, 15_000, 500)]
    assert recording.n_samples == 15_000
    assert recording.findings == (
        "580 samples missing at 29 places, estimated from time stamps: gaps",
    )


def test_a_single_lost_sample_is_a_gap(written):
    data, _ = emg_file(n_rows=5000, missing=[2500], jitter=0.0005)
    recording = open_recording(written(data))
    assert [(chunk.start, chunk.stop) for chunk in recording] == [(0, 2500), (2501, 5000)]


def test_a_marker_lies_at_the_sample_of_its_time_where_the_clock_is_slower_than_said(written):
    extra = samples_chunk(2, [1050.0], text_rows(["late"]))
    data, _ = emg_file(n_rows=15_000, true_rate=249.0, jitter=0.002, extra=extra)
    recording = open_recording(written(data))
    late = next(mark.onset for mark in recording.annotations if mark.text == "late")
    assert late * 250 == pytest.approx(50 * 249, abs=0.5)
    assert len(list(recording)) == 1
    assert (
        "the time stamps say 249.00 samples a second where the sampling frequency is 250 Hz"
        in " ".join(recording.findings)
    )


@pytest.mark.parametrize("seed", range(4))
def test_jitter_bunches_and_stalls_that_catch_up_are_no_gaps(seed):
    rng = np.random.default_rng(seed)
    rows = np.arange(15_000)
    times = 1000 + rows // 13 * 13 / 250 + rng.gamma(1.5, 0.004, len(rows))[rows // 13]
    for begin in (2000, 6000, 10_000):
        late = slice(begin, begin + rng.integers(20, 500))
        times[late] = times[late.stop]
    assert not read_stamps(times, 250.0).losses


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rate", [500, 1000])
def test_delays_of_a_host_that_stamps_each_sample_are_no_gaps(rate, seed):
    rng, rows = np.random.default_rng(seed), np.arange(20 * rate)
    stamps = np.maximum.accumulate(rows / rate + rng.exponential(1 / rate, len(rows)))
    assert not read_stamps(stamps, rate).losses
    kept = (rows < 8 * rate) | (rows >= 8.4 * rate)
    stamps = np.maximum.accumulate((rows / rate + rng.exponential(1 / rate, len(rows)))[kept])
    ((row, lost),) = read_stamps(stamps, rate).losses
    assert (row, lost) == pytest.approx((8 * rate, 0.4 * rate), abs=0.01 * rate)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("rate", "size"), [(1000, 5), (500, 10)])
def test_rows_of_a_bunch_that_are_stamped_one_by_one_are_no_gaps(rate, size, seed):
    rng, rows = np.random.default_rng(seed), np.arange(60 * rate)
    delays = rng.exponential(0.0003, len(rows) // size)
    stamps = (rows // size + 1) * size / rate + delays[rows // size] + rows % size * 20e-6
    assert not read_stamps(stamps, rate).losses
    kept = (rows < 20 * rate) | (rows >= 20.4 * rate)
    ((row, lost),) = read_stamps(stamps[kept], rate).losses
    assert (row, lost) == pytest.approx((20 * rate, 0.4 * rate), abs=size)


@pytest.mark.parametrize("seed", range(4))
def test_losses_of_a_recording_of_seconds_are_gaps(seed):
    losses = [(168, 100), (357, 38)]
    samples = np.arange(362)
    for row, lost in losses:
        samples[row:] += lost
    times = samples / 200 + np.random.default_rng(seed).normal(0, 0.001, len(samples))
    assert read_stamps(times, 200.0).losses == losses


@pytest.mark.parametrize(("rate", "decimals"), [(200, 2), (250, 2), (512, 3), (900, 3), (2000, 3)])
def test_a_coarse_clock_feigns_no_gaps_and_hides_no_long_one(rate, decimals):
    rows = np.arange(60 * rate)
    stamps = np.round(rows / rate, decimals)
    assert not read_stamps(stamps, rate).losses
    kept = (rows < 20 * rate) | (rows >= 25 * rate)
    ((row, lost),) = read_stamps(stamps[kept], rate).losses
    assert (row, lost) == pytest.approx((20 * rate, 5 * rate), abs=2)


def test_a_clock_that_was_set_is_a_gap_of_one_sample_and_said():
    times = 1000 + np.arange(3000) / 250
    times[2000:] -= 30
    stamped = read_stamps(times, 250.0)
    assert (stamped.losses, stamped.jumps) == ([(2000, 1)], [2000])
    assert "was set 1 time:" in describe_stamped(stamped, 250.0)[0]


def test_numbers_of_a_marker_stream_are_markers(written):
    extra = stream_header(3, "triggers", "Markers", 0, 1, "int32")
    extra += samples_chunk(3, [1000.1, 1000.6], [struct.pack("<i", n) for n in (12_345_678, 0)])
    data, _ = emg_file(extra=extra)
    marks = [(round(m.onset, 6), m.text) for m in open_recording(written(data)).annotations]
    assert marks == [(0.1, "12345678"), (0.4, "smile"), (0.6, "0"), (1.2, "rest")]


@pytest.mark.parametrize(
    ("told", "start"),
    [
        ("2024-03-31T00:30:00+0100", "2024-03-31T00:30:00"),
        ("2024-03-31T00:30:00+0000", "2024-03-31T00:30:00+00:00"),
        ("2024-03-31T00:30:00", "2024-03-31T00:30:00"),
    ],
)
def test_the_day_of_a_recording_is_that_of_its_place(written, told, start):
    data, _ = emg_file()
    header = HEADER.replace(b"</info>", f"<datetime>{told}</datetime></info>".encode())
    path = written(data.replace(chunk(1, HEADER), chunk(1, header)))
    assert open_recording(path).start == datetime.fromisoformat(start)


def test_streams_left_out_are_named(written):
    extra = stream_header(3, "motion", "ACC", 50, 1, "float32")
    extra += samples_chunk(3, [1000.0, 1000.02], float_rows([[1], [2]]))
    extra += stream_header(4, "gaze", "Gaze", 0, 2, "float32")
    extra += samples_chunk(4, [1000.0], float_rows([[1, 2]]))
    data, _ = emg_file(extra=extra)
    assert open_recording(written(data)).findings == (
        "streams ['motion', 'gaze'] are left out: only one is the recording",
    )


def test_what_pyxdf_logs_does_not_reach_the_user(tmp_path):
    (tmp_path / "recording.xdf").write_bytes(emg_file()[0][:-40])
    code = "import sys; from emgspasm.storage.opening import open_recording as o; o(sys.argv[1])"
    call = [sys.executable, "-c", code, str(tmp_path / "recording.xdf")]
    assert subprocess.run(call, capture_output=True, check=True).stderr == b""


def test_stamps_that_are_all_the_same_warn_of_nothing(written):
    data, values = emg_file(true_rate=np.inf)
    recording = open_recording(written(data))
    assert recording.n_samples == len(values)


def test_two_streams_of_electrodes_are_refused_by_name(written):
    extra = stream_header(3, "other board", "EMG", 1000, 1, "float32")
    extra += samples_chunk(3, [1000.0, 1000.001], float_rows([[1], [2]]))
    data, _ = emg_file(extra=extra)
    with pytest.raises(RecordingError, match=r"'board' \(250.0 Hz\), 'other board' \(1000 Hz\)"):
        open_recording(written(data))


def test_markers_alone_are_no_recording(written):
    data = b"XDF:" + chunk(1, HEADER) + stream_header(2, "cues", "Markers", 0, 1, "string")
    with pytest.raises(RecordingError, match=r"no stream of numbers .*\['cues'\]"):
        open_recording(written(data))


@pytest.mark.parametrize("n_left", [1, 7, 40, 300])
def test_a_cut_file_gives_what_is_whole(written, n_left):
    extra = samples_chunk(1, 1002 + np.arange(50) / 250, float_rows(np.ones((50, 2))))
    data, values = emg_file(extra=extra)
    recording = open_recording(written(data[: len(data) - n_left]))
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
def test_a_damaged_chunk_is_left_out_before_pyxdf_sees_it(written, damage):
    data, values = emg_file(extra=damage)
    assert checked_chunks(data).n_dropped == 1
    recording = open_recording(written(data))
    assert recording.n_samples == len(values)
    assert "1 damaged chunk left out" in recording.findings


@given(
    edits=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 9), st.binary(max_size=9)),
        min_size=1,
        max_size=5,
    )
)
@settings(TEMPORARY, max_examples=200, deadline=2000)
def test_mutated_files_give_a_recording_or_a_refusal(written, edits):
    data, _ = emg_file(n_rows=20)
    for place, length, piece in edits:
        place %= len(data) - 4
        data = data[: place + 4] + piece + data[place + 4 + length :]
    path = written(data)
    try:
        recording = open_recording(path)
    except RecordingError:
        return
    assert sum(len(chunk.samples) for chunk in recording) <= recording.n_samples < 10**7
