"""The file of a recording under way: valid at every instant, also on a disk that is full."""

import errno
import os
import subprocess
import sys
import warnings
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import Chunk
from support.bdf import noise, stream, write


def test_nothing_is_overwritten_unasked(tmp_path):
    path = tmp_path / "x.bdf"
    path.write_bytes(b"precious")
    with pytest.raises(ConfigError, match="nothing is overwritten unasked"):
        BdfWriter(path, stream())
    assert path.read_bytes() == b"precious"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RecordingError, match="cannot be created"):
        BdfWriter(tmp_path / "nowhere" / "x.bdf", stream())


def test_the_file_is_valid_after_every_write(tmp_path):
    path = tmp_path / "x.bdf"
    with BdfWriter(path, stream()) as writer:
        for start in range(0, 1500, 30):
            assert start - 125 < open_edf(path).n_samples <= start
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                edfio.read_bdf(path)
            mne.io.read_raw_bdf(path, preload=True, verbose="error")
            writer.write(Chunk(start, noise(30)))


def test_a_file_without_samples_holds_one_record_of_missing_ones(tmp_path):
    BdfWriter(tmp_path / "x.bdf", stream()).close()
    for signal in edfio.read_bdf(tmp_path / "x.bdf").signals:
        np.testing.assert_array_equal(signal.digital, np.full(125, -8_388_607))
    assert open_edf(tmp_path / "x.bdf").n_samples == 0


def test_of_the_header_only_the_count_of_records_changes(tmp_path):
    path = tmp_path / "x.bdf"
    with BdfWriter(path, stream(333.333)) as writer:
        before = path.read_bytes()
        writer.write(Chunk(0, noise(1000)))
        after = path.read_bytes()[: 256 * 6]
    assert (before[236:244], after[236:244]) == (b"1       ", b"3       ")
    assert before[:236] + before[244 : 256 * 6] == after[:236] + after[244:]


def test_what_was_added_is_waited_for_while_the_file_is_open(tmp_path, monkeypatch):
    writer, waited = BdfWriter(tmp_path / "x.bdf", stream()), []
    monkeypatch.setattr(os, "fsync", waited.append)
    recording = writer.descriptor
    writer.to_disk()
    assert waited == [recording]
    writer.close()
    writer.to_disk()
    assert waited == [recording] * 2


def test_edflib_opens_the_file_after_every_write(edflib, tmp_path):
    path = tmp_path / "x.bdf"
    with BdfWriter(path, stream()) as writer:
        for start in range(0, 1500, 30):
            writer.write(Chunk(start, noise(30)))
            with edflib.EdfReader(str(path)) as reader:
                assert reader.signals_in_file == 4


def test_a_disk_that_fails_at_the_end_is_told_and_the_file_is_closed(tmp_path, monkeypatch):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    descriptor = writer.descriptor

    def fail(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RecordingError, match="did not take the last samples"):
        writer.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    writer.close()


DISK_FULL = """
import resource, signal, sys
import numpy as np
from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
info = StreamInfo(1000.0, (Channel("OOC_L", full_scale=187500.0),))
try:
    with BdfWriter(sys.argv[1], info) as writer:
        try:
            for start in range(0, 60_000, 10):
                writer.write(Chunk(start, np.full((10, 1), float(start))))
        except RecordingError as error:
            print(error)
            writer.annotate(Annotation(0.0, 0.0, "late"))
except RecordingError as error:
    print(error)
"""


def fill_disk(path: Path, n_bytes: int) -> str:
    command = [sys.executable, "-c", DISK_FULL, str(path), str(n_bytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """What a disk of 40 kB holds, and what was said when it was full."""
    path = tmp_path_factory.mktemp("full") / "x.bdf"
    return path, fill_disk(path, 40_000)


def test_a_full_disk_leaves_whole_records_and_says_how_many(full):
    path, said = full
    recording = open_edf(path)
    assert recording.findings == ()
    assert f"{recording.n_samples} samples" in said
    assert "Make room on the disk" in said
    assert recording.n_samples > 5000
    np.testing.assert_allclose(
        recording.read()[:, 0], np.arange(recording.n_samples) // 10 * 10, atol=0.02
    )


def test_edflib_opens_what_a_full_disk_left(edflib, full):
    path, _ = full
    with edflib.EdfReader(str(path)) as reader:
        assert reader.getNSamples()[0] == open_edf(path).n_samples > 5000


def test_a_marker_after_the_disk_was_full_is_refused(full):
    path, said = full
    assert "marker 'late' is not in it" in said.splitlines()[1]
    assert open_edf(path).annotations == ()


def test_a_disk_full_from_the_start_leaves_no_file(tmp_path):
    assert "no file is left" in fill_disk(tmp_path / "x.bdf", 300)
    assert not list(tmp_path.iterdir())


def test_what_a_disk_takes_in_parts_is_stored_whole(tmp_path, monkeypatch):
    write(tmp_path / "x.bdf", noise(300), stream())
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: pwrite(file, data[:700], at))
    write(tmp_path / "y.bdf", noise(300), stream())
    assert (tmp_path / "y.bdf").read_bytes() == (tmp_path / "x.bdf").read_bytes()


def test_a_file_that_could_not_be_written_is_closed(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:
        recording = writer.descriptor
        monkeypatch.setattr(os, "pwrite", refuse)
        with pytest.raises(RecordingError, match="Make room on the disk"):
            writer.write(Chunk(0, noise(1000)))
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(recording)


def test_a_network_disk_that_is_full_says_so_in_closing_too(tmp_path, monkeypatch):
    writer, close = BdfWriter(tmp_path / "x.bdf", stream()), os.close

    def refuse(descriptor, *_):
        if descriptor == recording:
            raise OSError(errno.EDQUOT, "Disk quota exceeded")
        return close(descriptor)

    recording, whole = writer.descriptor, (tmp_path / "x.bdf").read_bytes()
    for name in ("pwrite", "close"):
        monkeypatch.setattr(os, name, refuse)
    with pytest.raises(RecordingError, match=r"quota exceeded\); 0 samples"):
        writer.write(Chunk(0, noise(1000)))
    monkeypatch.undo()
    assert (tmp_path / "x.bdf").read_bytes() == whole
    writer.close()  # it is closed already
    close(recording)
