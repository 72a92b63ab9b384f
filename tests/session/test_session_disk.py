"""The disk: room before, room during, and what is left when it is full all the same."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading

import pytest

from emgspasm.errors import RecordingError
from emgspasm.session import disk
from emgspasm.session.disk import RESERVE, bytes_per_second, require_room, room
from emgspasm.simulation import simulate
from emgspasm.storage.edf.reader import open_edf

pytestmark = pytest.mark.real_time


def test_a_recording_that_will_not_fit_is_refused_with_what_is_needed(tmp_path):
    info = simulate("healthy_rest", sampling_frequency=250, duration=1).info
    seconds = 2 * room(tmp_path) / bytes_per_second(info)
    with pytest.raises(RecordingError, match=r"MB are free \(\d+ MB are needed for"):
        require_room(tmp_path, info, seconds)
    assert require_room(tmp_path, info, 1.0) == pytest.approx(room(tmp_path), rel=0.1)


def test_the_rate_of_bytes_is_what_a_file_really_takes(tmp_path):
    from emgspasm.session import Session

    face = simulate("healthy_rest", sampling_frequency=1000, duration=30)
    with Session(face, tmp_path / "x.bdf") as session:
        session.wait(60)
    taken = (tmp_path / "x.bdf").stat().st_size / 30
    assert taken <= bytes_per_second(face.info) <= 1.15 * taken


def test_a_recording_ends_before_the_disk_is_full_and_opens(small_disk, script):
    from itertools import count

    from emgspasm.session import Session

    face = simulate("healthy_rest", sampling_frequency=250, duration=8)
    now = count(0.0, 0.04).__next__

    def fill(_):
        (small_disk / "big").write_bytes(b"x" * int(room(small_disk) - RESERVE + 2e6))

    chunks = list(face)
    source = script(face.info, [*chunks[:100], fill, *chunks[100:]])
    said = pytest.raises(RecordingError, match=r"ended after \d\.\d s, which are kept and open")
    with Session(source, small_disk / "x.bdf", duration=10, clock=now) as session, said:
        session.wait(30)
    assert 3.5 < open_edf(small_disk / "x.bdf").duration < 7


def test_a_recording_under_way_is_taken_to_the_disk(tmp_path, script, monkeypatch):
    from emgspasm.session import Session

    taken, fsync = threading.Event(), os.fsync

    def count(descriptor):
        fsync(descriptor)
        taken.set()

    face = simulate("healthy_rest", sampling_frequency=250, duration=2)
    monkeypatch.setattr(disk, "TO_DISK", 0.05)
    with Session(script(face.info, face, waits=True), tmp_path / "x.bdf") as session:
        monkeypatch.setattr(os, "fsync", count)
        assert taken.wait(20)
    assert session.notes == ()


def test_a_disk_that_does_not_take_a_recording_is_told_while_it_goes_on(monkeypatch):
    said, over = [], threading.Event()

    def fail():
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def say(text):
        said.append(text)
        over.set()

    monkeypatch.setattr(disk, "TO_DISK", 0.01)
    disk.take_to_disk(fail, over, say)
    (told,) = said
    assert told.startswith("the disk did not take what was recorded lately (Input/output error).")


def recorded_while(act, path, script):
    """Record eight seconds while something is done after four; the session, which is over."""
    from itertools import count

    from emgspasm.session import Session

    face = simulate("healthy_rest", sampling_frequency=250, duration=8)
    now = count(0.0, 0.04).__next__
    chunks = list(face)
    source = script(face.info, [*chunks[:100], act, *chunks[100:]])
    with Session(source, path, duration=8, clock=now) as session:
        session.wait(30)
    session.wait()
    return session


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows moves no folder with open files")
def test_a_folder_that_is_moved_does_not_end_the_recording_and_that_is_said(tmp_path, script):
    path, away = tmp_path / "study" / "x.bdf", tmp_path / "away"
    path.parent.mkdir()
    session = recorded_while(lambda _: path.parent.rename(away), path, script)
    (told,) = session.notes
    assert told.startswith(f"{path} was moved or renamed: the recording goes on in it. Bring it")
    assert session.status.disk_left > RESERVE
    assert open_edf(away / "x.bdf").n_samples == 2000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows removes no open file")
def test_a_file_that_is_removed_ends_the_recording_and_that_is_said(tmp_path, script):
    path = tmp_path / "x.bdf"
    with pytest.raises(RecordingError, match=r"after \d\.\d s because its file was removed"):
        recorded_while(lambda _: path.unlink(), path, script)


def test_a_disk_that_does_not_tell_how_full_it_is_does_not_end_the_recording(
    tmp_path, script, monkeypatch
):
    def refuse(*_):
        raise OSError(errno.ESTALE, "Stale file handle")

    def lose(_):
        monkeypatch.setattr(os, "fstatvfs", refuse, raising=False)

    session = recorded_while(lose, tmp_path / "x.bdf", script)
    (told,) = session.notes
    assert "does not answer (Stale file handle)" in told
    assert open_edf(tmp_path / "x.bdf").n_samples == 2000


def test_a_recording_that_stays_where_it_is_has_nothing_to_say(tmp_path, script):
    assert recorded_while(lambda _: None, tmp_path / "x.bdf", script).notes == ()


FULL = """
import resource, sys
from pathlib import Path
from emgspasm.config import LoadedConfig
from emgspasm.session import Session
from emgspasm.session.analyzing import warm_up
from emgspasm.simulation import simulate
face = simulate("healthy_rest", sampling_frequency=250, duration=30)
warm_up(LoadedConfig(), face.info)  # compiled kernels are files too
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
with Session(face, Path(sys.argv[1])) as session:
    session.wait(60)
"""


def test_a_disk_that_is_full_all_the_same_leaves_a_valid_file_and_a_clear_message(tmp_path):
    path = tmp_path / "x.bdf"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "writing failed (File too large)" in done.stderr.splitlines()[-1]
    assert "kept in it and it opens" in done.stderr.splitlines()[-1]
    assert path.stat().st_size <= 60_000
    recording = open_edf(path)
    assert 1000 < recording.n_samples < 60_000 / (8 * 3)
    assert f"{recording.n_samples} samples" in done.stderr.splitlines()[-1]
    assert recording.findings == ()
