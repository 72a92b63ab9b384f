"""What Windows and macOS lack is done without, as far as Linux can show it."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from emgspasm import system
from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.recovery import recover
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.files import replacing, write_json
from emgspasm.stream import Chunk

LACKING = ("pread", "pwrite", "O_DIRECTORY")


@pytest.fixture
def no_offsets(monkeypatch):
    """Files without reading and writing at an offset, folders that cannot be opened."""
    opening = os.open

    def opened(path, flags, *more):
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied", path)
        return opening(path, flags, *more)

    for name in LACKING:
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(os, "open", opened)


def write(path, stream_info, n_samples=2500):
    samples = np.random.default_rng(0).normal(0, 50, (n_samples, 2))
    with BdfWriter(path, stream_info(2, full_scale=200.0)) as writer:
        return writer.write(Chunk(0, samples)).samples


def test_recordings_are_written_read_and_mended_without_access_at_an_offset(
    no_offsets, stream_info, tmp_path
):
    path = tmp_path / "x.bdf"
    stored = write(path, stream_info)
    assert np.array_equal(open_edf(path).read(), stored)
    os.truncate(path, path.stat().st_size - 7)
    assert recover(path).changed
    assert open_edf(path).n_samples == 2000


def test_a_recording_is_opened_for_bytes_not_for_text(monkeypatch, stream_info, tmp_path):
    opening, seen = os.open, []
    monkeypatch.setattr("emgspasm.storage.bdf.writer.BINARY", 0o10000000)  # O_PATH-like, unused

    def opened(path, flags, *more):
        seen.append(flags)
        return opening(path, flags & ~0o10000000, *more)

    monkeypatch.setattr(os, "open", opened)
    write(tmp_path / "x.bdf", stream_info)
    assert seen[0] & 0o10000000


def test_a_file_is_replaced_where_folders_cannot_be_opened(no_offsets, tmp_path):
    write_json({"a": 1}, tmp_path / "x.json")
    assert (tmp_path / "x.json").is_file()


def test_a_file_goes_to_the_disk_for_who_may_write_to_it_as_windows_wants(monkeypatch, tmp_path):
    (tmp_path / "x").touch()
    opening, seen = os.open, []
    monkeypatch.setattr(os, "open", lambda path, flags: seen.append(flags) or opening(path, flags))
    system.to_disk(tmp_path / "x")
    assert seen == [os.O_RDWR]


def held_for(n_times, monkeypatch):
    """Let so many renames fail as Windows' do while somebody has the file open."""
    rename, failures = Path.replace, iter(range(n_times))

    def replace(self, target):
        if next(failures, None) is not None:
            error = PermissionError(13, "Access is denied")
            error.winerror = 5
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)


def test_a_file_that_a_scanner_has_open_is_replaced_when_it_is_done(monkeypatch, tmp_path):
    held_for(3, monkeypatch)
    write_json({"a": 1}, tmp_path / "x.json")
    assert (tmp_path / "x.json").is_file()


def test_a_table_that_is_open_in_another_program_is_said_to_be_so(monkeypatch, tmp_path):
    held_for(10**6, monkeypatch)
    monkeypatch.setattr(system, "PATIENCE", 0.1)
    with (
        pytest.raises(RecordingError, match=r"another program has it open.*Close it there"),
        replacing(tmp_path / "x.tsv", overwrite=False) as temporary,
    ):
        temporary.touch()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_may_not_be_written_is_not_waited_for(monkeypatch, tmp_path):
    def refused(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    begun = time.perf_counter()
    with pytest.raises(RecordingError, match="Check the folder"):
        write_json({}, tmp_path / "x.json")
    assert time.perf_counter() - begun < system.PATIENCE / 2
