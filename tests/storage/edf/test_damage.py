"""What open_edf makes of cut, damaged and random files: findings or RecordingError."""

import contextlib
import os
from fractions import Fraction
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.layout import encode_header
from emgspasm.storage.edf.header import Header, Signal
from emgspasm.storage.edf.reader import open_edf
from support.bdf import TEMPORARY, native, patch


def signal_field(n_signals: int, before: int, width: int, index: int) -> int:
    """Offset of one signal's field in a header; `before` bytes of each signal precede it."""
    return 256 + n_signals * before + width * index


def test_a_file_cut_inside_a_record_keeps_the_whole_ones(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    os.truncate(path, path.stat().st_size - 100)
    recording = open_edf(path)
    assert recording.n_samples == 875
    np.testing.assert_array_equal(recording.read(), expected[:875])
    assert "the header counts 8 records, but the file ends after 7" in recording.findings


def test_a_record_that_was_not_counted_is_read(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    patch(path, 236, "6", 8)
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read(), expected)
    assert "2 more are whole and read" in recording.findings[0]


@pytest.mark.parametrize("damage", ["put in", "overwritten", "taken out"])
def test_records_that_lost_their_time_are_missing_samples(tmp_path, damage):
    path = tmp_path / "x.bdf"
    expected = native(path)
    data = path.read_bytes()
    n_record = (len(data) - 1024) // 8
    begin, end = 1024 + 2 * n_record, 1024 + 4 * n_record
    path.write_bytes(
        {
            "put in": data[:begin] + bytes(100) + data[begin:],
            "overwritten": data[:begin] + bytes(end - begin) + data[end:],
            "taken out": data[:begin] + data[begin + 100 :],
        }[damage]
    )
    recording = open_edf(path)
    expected[250:500] = np.nan
    n_good = 1000 if damage == "overwritten" else 250
    np.testing.assert_array_equal(recording.read(), expected[:n_good])
    assert any("the first of them number 3, have lost their time" in f for f in recording.findings)


def test_garbage_after_the_last_record_is_not_read(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    path.write_bytes(path.read_bytes() + b"garbage " * 1000)
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read(), expected)
    assert "the rest is ignored" in recording.findings[0]


def test_a_header_that_was_never_completed_is_counted(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    patch(path, 236, "-1", 8)
    np.testing.assert_array_equal(open_edf(path).read(), expected)
    assert "never completed" in open_edf(path).findings[0]


@pytest.mark.parametrize("value", ["187500", "nan", "x", "1e400"])
def test_a_physical_range_without_meaning_is_read_as_counts(tmp_path, value):
    path = tmp_path / "x.bdf"
    native(path)
    counts = edfio.read_bdf(path).signals[0].digital
    patch(path, signal_field(3, 104, 8, 0), value, 8)
    recording = open_edf(path)
    assert recording.info.channels[0].unit == "count"
    np.testing.assert_array_equal(recording.read()[:, 0], counts)
    assert "OOC_L: physical range" in recording.findings[0]


def test_an_inverted_physical_range_is_kept_and_told(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    patch(path, signal_field(3, 104, 8, 0), "187500", 8)
    patch(path, signal_field(3, 112, 8, 0), "-187500", 8)
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read()[:, 0], -expected[:, 0])
    assert recording.findings == ("OOC_L: physical range 187500..-187500 is inverted; kept so",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"0", "is cut"),
        (b"%OpenBCI Raw EXG Data\n" * 40, "is not an EDF or BDF file"),
        (b"\xffBIOSEMI" + b" " * 100, "is cut"),
        (b"0".ljust(256), "'' signals in the header"),
        (b"0".ljust(252) + b"0   ", "'0' signals in the header"),
        (b"0".ljust(252) + b"8   ", "header of 256 bytes is cut"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path, content, said):
    path = tmp_path / "x.edf"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=said) as caught:
        open_edf(path)
    assert str(path) in str(caught.value)


def test_a_recording_without_a_whole_record_is_refused(tmp_path):
    native(tmp_path / "x.bdf")
    os.truncate(tmp_path / "x.bdf", 256 * 4 + 10)
    with pytest.raises(RecordingError, match=r"no whole data record \(10 bytes after the"):
        open_edf(tmp_path / "x.bdf")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(RecordingError, match="No such file"):
        open_edf(tmp_path / "x.bdf")
    with pytest.raises(RecordingError, match="Is a directory"):
        open_edf(tmp_path)


def test_a_file_that_shrinks_while_it_is_read_is_said(tmp_path):
    native(tmp_path / "x.bdf", n_samples=20_000)
    recording = open_edf(tmp_path / "x.bdf")
    chunks = iter(recording)
    next(chunks)
    os.truncate(tmp_path / "x.bdf", 60_000)
    with pytest.raises(RecordingError, match="became shorter"):
        list(chunks)


HEADERS = st.builds(
    Header,
    sample_bytes=st.sampled_from([2, 3]),
    patient=st.just("X X X X"),
    recording=st.sampled_from(["Startdate X X X X", "", "Startdate 02-MAY-2024 X X Cyton"]),
    start_date=st.sampled_from(["01.01.85", "29.02.21", "xx"]),
    start_time=st.just("00.00.00"),
    reserved=st.sampled_from(["", "EDF+C", "BDF+C", "BDF+D", "24BIT"]),
    n_records=st.integers(-1, 30),
    record_duration=st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 1000), Fraction(0)]),
    signals=st.lists(
        st.builds(
            Signal,
            label=st.sampled_from(["OOC_L", "ZYG_R", "EMG x", "BDF Annotations", "ECG", ""]),
            transducer=st.sampled_from(["", "EMG OOC left", "ACCEL", "EMG n/a up"]),
            unit=st.sampled_from(["uV", "mV", "", "g"]),
            physical_min=st.sampled_from([-1.0, 0.0, 1.0]),
            physical_max=st.sampled_from([1.0, 0.0]),
            digital_min=st.sampled_from([-8_388_607, 0]),
            digital_max=st.sampled_from([8_388_607, 0, 32_767]),
            prefiltering=st.just(""),
            samples_per_record=st.sampled_from([0, 1, 2, 3, 40, 20_000]),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)


TALS = st.lists(
    st.sampled_from([b"+0\x14\x14\0", b"+9\x14\x14\0", b"+1\x152\x14BAD_ACQ_SKIP\x14\0", b"\x14",
                     b"-5\x15999999\x14BAD_ACQ_SKIP@@OOC_L\x14\0", b"\xff\xfe\0", b"\0" * 50])
).map(b"".join)  # fmt: skip


def survey(path: Path) -> None:
    """Open and read what is there; only RecordingError may come out."""
    with contextlib.suppress(RecordingError):
        recording = open_edf(path)
        stop = min(recording.n_samples, 5000)
        assert recording.read(0, stop).shape == (stop, len(recording.info.channels))
        last = 0
        for chunk in recording.chunks():
            assert chunk.start >= last
            assert len(chunk.samples) > 0
            last = chunk.stop
        assert last <= recording.n_samples


@given(HEADERS, TALS, st.binary(max_size=300), st.integers(0, 60_000))
@settings(TEMPORARY, max_examples=60)
def test_any_header_over_any_data_reads_or_is_refused(tmp_path, header, tals, noise, n_bytes):
    path = tmp_path / "x.edf"
    filling = (tals + noise) * (n_bytes // (len(tals + noise) + 1) + 1)
    path.write_bytes(encode_header(header) + filling[:n_bytes])
    survey(path)


@pytest.fixture(scope="module")
def valid(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("valid") / "x.bdf"
    native(path, gap=100)
    return path.read_bytes()


@given(
    st.lists(st.tuples(st.integers(0, 1200), st.binary(min_size=1, max_size=8)), max_size=8),
    st.integers(0, 10_000),
)
@example([(236, b"99999999")], 10_000)
@example([(244, b"1E-6    ")], 10_000)
@example([(244, b"9E99    ")], 10_000)
@example([(1024 - 3 * 40, b"99999999")], 10_000)
@settings(TEMPORARY, max_examples=150)
def test_a_damaged_recording_reads_or_is_refused(tmp_path, valid, changes, n_bytes):
    data = bytearray(valid)
    for offset, patch_bytes in changes:
        data[offset : offset + len(patch_bytes)] = patch_bytes
    path = tmp_path / "x.bdf"
    path.write_bytes(data[:n_bytes])
    survey(path)
