"""Files appear whole or not at all, whatever becomes of who writes them."""

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.files import replacing, write_json

KILLED = """
import os, signal, sys
from pathlib import Path
from emgspasm.storage.files import replacing
with replacing(Path(sys.argv[1]), overwrite=True) as temporary:
    temporary.write_text("new, but not all of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_leaves_the_old_file(tmp_path):
    path = tmp_path / "scales.tsv"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -9
    assert path.read_text() == "old"


def write_in_part(path):
    with replacing(path, overwrite=True) as temporary:
        temporary.write_text("new, but not")
        raise KeyboardInterrupt


def test_an_interrupted_writer_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "scales.tsv"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_in_part(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_file_takes_the_place_of_a_pipe_or_a_device(tmp_path):
    os.mkfifo(tmp_path / "x.tsv")
    with pytest.raises(ConfigError, match="nothing but a file is replaced"):
        write_json({}, tmp_path / "x.tsv", overwrite=True)
    assert (tmp_path / "x.tsv").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["x.tsv"]


def test_what_another_process_wrote_meanwhile_is_not_replaced_unasked(tmp_path):
    with ExitStack() as stack:
        stack.enter_context(replacing(tmp_path / "x.tsv", overwrite=False)).write_text("mine")
        (tmp_path / "x.tsv").write_text("theirs")
        with pytest.raises(ConfigError, match="nothing is overwritten unasked"):
            stack.close()
    assert (tmp_path / "x.tsv").read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["x.tsv"]


def test_a_failure_without_a_number_of_the_system_is_told_in_its_own_words(tmp_path):
    with (
        pytest.raises(RecordingError, match=r"x\.edf cannot be written \(9 requested, 4 written\)"),
        replacing(tmp_path / "x.edf", overwrite=False),
    ):
        raise OSError("9 requested, 4 written")  # as numpy says that a disk is full
