"""recover: what was cut becomes whole, and nothing that was recorded is lost."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import warnings

import edfio
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.recovery import recover
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import Annotation, Chunk
from support.bdf import CYTON, TEMPORARY, stream, write

PAIR = ("OOC_L", "OOC_R")
RECORD = 125
SAMPLES = np.random.default_rng(5).normal(0, 300, (1000, 2))


def record(path, samples=SAMPLES, fs=250.0):
    return write(path, samples, stream(fs, PAIR))


def length_by_edfio(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return len(edfio.read_bdf(path).signals[0].digital)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "x.bdf"
    record(path)
    return path


def test_a_whole_recording_is_not_touched(tmp_path):
    path = tmp_path / "x.bdf"
    record(path)
    before = path.read_bytes()
    recovery = recover(path)
    assert path.read_bytes() == before
    assert not recovery.changed
    assert recovery.findings == ("whole; nothing was changed",)
    assert (recovery.n_samples, recovery.lost_samples, recovery.tail) == (1000, 0, None)


@given(n_cut=st.integers(1, 7000))
@settings(TEMPORARY, max_examples=50)
def test_a_cut_recording_opens_in_edfio_and_every_byte_is_kept(tmp_path, whole, n_cut):
    path, tail = tmp_path / "x.bdf", tmp_path / "x.bdf.tail"
    tail.unlink(missing_ok=True)
    shutil.copy(whole, path)
    os.truncate(path, path.stat().st_size - n_cut)
    before, expected = path.read_bytes(), open_edf(path).read()
    recovery = recover(path)
    kept = path.read_bytes() + (tail.read_bytes() if tail.exists() else b"")
    assert kept[:236] + kept[244:] == before[:236] + before[244:]
    assert (recovery.tail == tail) == tail.exists()
    assert recovery.changed
    assert recovery.n_samples + recovery.lost_samples == 1000
    assert length_by_edfio(path) == recovery.n_samples
    np.testing.assert_array_equal(open_edf(path).read(), expected)
    assert not recover(path).changed


@pytest.mark.parametrize("n_cut", [1, 700, 2000, 6500])
def test_a_cut_recording_opens_in_edflib(edflib, tmp_path, whole, n_cut):
    path = tmp_path / "x.bdf"
    shutil.copy(whole, path)
    os.truncate(path, path.stat().st_size - n_cut)
    n_samples = recover(path).n_samples
    with edflib.EdfReader(str(path)) as reader:
        assert reader.getNSamples()[0] == n_samples


def test_what_was_lost_is_said(tmp_path):
    path = tmp_path / "x.bdf"
    record(path)
    os.truncate(path, path.stat().st_size - 2000)
    recovery = recover(path)
    assert recovery.lost_samples == 2 * RECORD
    said = " ".join(recovery.findings)
    assert "counts 8 records, but the file ends after 6" in said
    assert "are kept in x.bdf.tail" in said


def test_damaged_records_amid_a_recording_are_said_and_left_as_they_are(tmp_path):
    path = tmp_path / "x.bdf"
    record(path)
    data = bytearray(path.read_bytes())
    n_record = (len(data) - 1024) // 8
    data[1024 + 3 * n_record : 1024 + 5 * n_record] = bytes(2 * n_record)
    path.write_bytes(data)
    recovery = recover(path)
    assert path.read_bytes() == bytes(data)
    assert (recovery.changed, recovery.lost_samples) == (False, 2 * RECORD)
    damage, done = recovery.findings
    assert "have lost their time" in damage
    assert done == "nothing was changed"


def test_of_a_recording_both_damaged_and_cut_all_that_is_lost_is_counted(tmp_path):
    path = tmp_path / "x.bdf"
    record(path)
    data = bytearray(path.read_bytes())
    n_record = (len(data) - 1024) // 8
    data[1024 + 3 * n_record : 1024 + 4 * n_record] = bytes(n_record)
    path.write_bytes(data[:-10])
    recovery = recover(path)
    assert (recovery.changed, recovery.lost_samples) == (True, 2 * RECORD)
    assert "record 4 has lost its time" in recovery.findings[0]
    assert "the file ends after 7" in recovery.findings[1]


def test_a_record_that_was_not_counted_is_counted(tmp_path):
    path = tmp_path / "x.bdf"
    expected = record(path)
    data = bytearray(path.read_bytes())
    data[236:244] = b"7       "
    path.write_bytes(data)
    recovery = recover(path)
    assert (recovery.changed, recovery.lost_samples, recovery.tail) == (True, 0, None)
    assert length_by_edfio(path) == 1000
    np.testing.assert_array_equal(open_edf(path).read(), expected)


def test_a_recording_of_another_writer_that_never_closed_is_mended(tmp_path):
    path = tmp_path / "x.edf"
    signals = [edfio.EdfSignal(SAMPLES[:, 0], 250, label="OOC_L", physical_range=(-2e3, 2e3))]
    edfio.Edf(signals, data_record_duration=1).write(path)
    data = bytearray(path.read_bytes())
    data[236:244] = b"-1      "
    path.write_bytes(data[:-100])
    recovery = recover(path)
    assert recovery.n_samples == 750
    assert recovery.lost_samples == 250
    assert len(edfio.read_edf(path).signals[0].digital) == 750


def kill_with_a_backlog(path):
    """Lose every second packet for 3 s, then stop without closing: marks still wait."""
    writer = BdfWriter(path, stream(1000.0, PAIR))
    rows = np.tile([-CYTON, 0.0], (5, 1))  # a rail of one channel is no missing sample
    for start in range(0, 3000, 10):
        writer.write(Chunk(start, rows))
    shutil.copy(path, path.with_suffix(".killed"))
    writer.close()
    shutil.move(path.with_suffix(".killed"), path)


def test_marks_that_waited_when_the_writer_was_killed_are_made_again(tmp_path):
    path = tmp_path / "x.bdf"
    kill_with_a_backlog(path)
    before = open_edf(path)
    assert not np.isnan(before.read(2400, 2500)).any()
    recovery = recover(path)
    after = open_edf(path)
    expected = np.arange(after.n_samples) % 10 >= 5
    np.testing.assert_array_equal(np.isnan(after.read()).all(axis=1), expected)
    assert abs(after.n_samples - before.n_samples) <= 5
    unmarked = ~np.isnan(before.read()).all(axis=1) & (np.arange(before.n_samples) % 10 >= 5)
    assert (
        f"({unmarked.sum() / 1000:.3f} s) held missing samples whose annot" in recovery.findings[0]
    )
    assert length_by_edfio(path) > after.n_samples
    assert not recover(path).changed


@pytest.mark.parametrize("fs", [250.0, 1000.0])
def test_rails_of_all_channels_are_not_taken_for_missing(tmp_path, fs):
    path = tmp_path / "x.bdf"
    samples = SAMPLES.copy()
    samples[300:400] = -CYTON
    stored = record(path, samples, fs)
    assert not recover(path).changed
    np.testing.assert_array_equal(open_edf(path).read(), stored)


def test_rails_are_not_taken_for_missing_once_all_that_waited_was_written(tmp_path):
    path, samples = tmp_path / "x.bdf", SAMPLES.copy()
    samples[300:400] = -CYTON
    with BdfWriter(path, stream(labels=PAIR)) as writer:
        writer.write(Chunk(0, samples[: 6 * RECORD]))
        for number in range(45):  # more than the record before the last one holds
            writer.annotate(Annotation(2.0, 0.0, f"{number:030}"))
        writer.write(Chunk(6 * RECORD, samples[6 * RECORD :]))
    assert not recover(path).changed
    assert len(open_edf(path).annotations) == 45


@pytest.mark.parametrize(
    ("kind", "lowest", "n_letters"),
    [("edf", -32_768, 40), ("bdf", -8_388_607, 40), ("bdf", -8_388_608, 395)],
)
def test_rails_of_a_file_of_another_writer_are_not_taken_for_missing(
    tmp_path, kind, lowest, n_letters
):
    """Its last record is full of text, as one of ours is where marks of lost packets waited."""
    path, samples = tmp_path / f"x.{kind}", SAMPLES.clip(-2e3, 2e3)
    samples[300:400] = -2e3
    signal, file = {"edf": (edfio.EdfSignal, edfio.Edf), "bdf": (edfio.BdfSignal, edfio.Bdf)}[kind]
    ranges = {"physical_range": (-2e3, 2e3), "digital_range": (lowest, 32_767)}
    signals = [signal(column, 250, label="a", **ranges) for column in samples.T]
    marks = [edfio.EdfAnnotation(3.5, None, "x" * n_letters)]
    file(signals, annotations=marks, data_record_duration=1).write(path)
    before = path.read_bytes()
    assert not recover(path).changed
    assert path.read_bytes() == before


def test_an_older_tail_is_never_overwritten(tmp_path):
    path = tmp_path / "x.bdf"
    record(path)
    os.truncate(path, path.stat().st_size - 2000)
    (tmp_path / "x.bdf.tail").write_bytes(b"precious")
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="Move it away"):
        recover(path)
    assert path.read_bytes() == before
    assert (tmp_path / "x.bdf.tail").read_bytes() == b"precious"
    (tmp_path / "x.bdf.tail").unlink()
    (tmp_path / "x.bdf.tail").symlink_to("moved away")
    with pytest.raises(RecordingError, match="Move it away"):
        recover(path)


DISK_FULL = """
import resource, signal, sys
from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.recovery import recover

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
try:
    recover(sys.argv[1])
except RecordingError as error:
    print(error)
"""


def test_a_disk_too_full_for_the_tail_leaves_the_recording_for_another_try(tmp_path):
    path = tmp_path / "x.bdf"
    record(path)
    os.truncate(path, path.stat().st_size - 100)
    before = path.read_bytes()
    command = [sys.executable, "-c", DISK_FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "cannot be changed (File too large)" in done.stdout
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["x.bdf"]
    assert recover(path).changed


def test_a_signal_ends_it_once_the_recording_is_whole(tmp_path, monkeypatch):
    path = tmp_path / "x.bdf"
    record(path)
    os.truncate(path, path.stat().st_size - 100)
    copy = shutil.copyfileobj

    def signalled(*files):
        signal.raise_signal(signal.SIGINT)
        copy(*files)

    monkeypatch.setattr(shutil, "copyfileobj", signalled)
    with pytest.raises(KeyboardInterrupt):
        recover(path)
    assert not recover(path).changed


@pytest.mark.parametrize("content", [b"", b"garbage" * 100])
def test_what_is_no_recording_cannot_be_recovered(tmp_path, content):
    (tmp_path / "x.bdf").write_bytes(content)
    with pytest.raises(RecordingError):
        recover(tmp_path / "x.bdf")
    assert (tmp_path / "x.bdf").read_bytes() == content


FIELDS = {"samples": 256 + 3 * 216, "digital": 256 + 3 * 120, "count": 236, "kind": 192}
"""Offsets of header fields in a file of three signals, the third one being annotations."""


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(sorted(FIELDS.values())), st.integers(0, 1100)),
            st.one_of(
                st.sampled_from([b"0       ", b"x       ", b"-1      "]), st.binary(max_size=8)
            ),
        ),
        max_size=5,
    ),
    st.integers(0, 8000),
)
@example([(FIELDS["samples"] + 16, b"-1      ")], 8000)  # no room for annotations
@example([(FIELDS["digital"], b"x       ")], 8000)
@example([(FIELDS["samples"], b"0       0       0       ")], 8000)
@settings(TEMPORARY, max_examples=80)
def test_a_damaged_recording_is_recovered_or_refused_and_keeps_its_bytes(
    tmp_path, whole, changes, n_bytes
):
    path, tail = tmp_path / "x.bdf", tmp_path / "x.bdf.tail"
    tail.unlink(missing_ok=True)
    data = bytearray(whole.read_bytes())
    for offset, patch in changes:
        data[offset : offset + len(patch)] = patch
    data = bytes(data[:n_bytes])
    path.write_bytes(data)
    with contextlib.suppress(RecordingError):
        recover(path)
        assert not recover(path).changed
    kept = path.read_bytes() + (tail.read_bytes() if tail.exists() else b"")
    assert kept[:236] == data[:236]
    assert kept[244:] == data[244:]
