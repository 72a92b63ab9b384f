"""``record`` from a board that goes away and is not back when the recording ends."""

from __future__ import annotations

import signal
import time

import pytest

from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.storage.edf.reader import open_edf

pytestmark = pytest.mark.real_time

EMG = "study/sub-01/ses-02/emg/sub-01_ses-02_task-rest_emg.bdf"
SUMMARY = (
    "study/derivatives/emgspasm/sub-01/ses-02/emg/sub-01_ses-02_task-rest_desc-bursts_summary.tsv"
)


@pytest.fixture(scope="module")
def face():
    return simulate("hfs_clonic", sampling_frequency=250, duration=30)


def leaving(face, at):
    return EmulatedBoard(face, faults=(fault("hang-up", at=at, duration=1000.0),))


def skipped(path):
    """Seconds marked as missing of all channels."""
    skips = [a for a in open_edf(path).annotations if a.text == "BAD_ACQ_SKIP" and not a.channels]
    return sum(skip.duration for skip in skips)


def test_it_ends_in_time_with_its_tables_and_one_line_that_says_what_is_missing(
    face, emgspasm, record_to, tmp_path
):
    with leaving(face, 3.0) as board:
        done = emgspasm(*record_to(board.port, "--duration", 6))
    assert done.returncode == 1
    assert "6.0 s recorded, 5" in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("emgspasm: error: OpenBCI Cyton was away at the end: the last 3.")
    assert "of 6.0 s are missing" in last
    assert last.endswith("is gone. Plug the dongle in again")
    assert open_edf(tmp_path / EMG).n_samples == 6 * 250
    assert 2.8 < skipped(tmp_path / EMG) < 3.3
    assert (tmp_path / SUMMARY).exists()


def test_one_that_is_back_too_late_is_told_by_why_it_was_away(face, emgspasm, record_to):
    with EmulatedBoard(face, faults=(fault("silence", at=3.0, duration=1.5),)) as board:
        done = emgspasm(*record_to(board.port, "--duration", 4))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("no packet for 0.4 s. Check battery and distance")


def test_ctrl_c_ends_it_at_once_and_what_was_missed_is_marked(face, record_to, started, tmp_path):
    path = tmp_path / EMG
    with leaving(face, 2.0) as board, started(*record_to(board.port)) as process:
        deadline = time.monotonic() + 30
        while not (board.runs and time.monotonic() - board.runs[0].time > 4.0):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1, said
    assert "was away at the end" in said.splitlines()[-1]
    assert 1.5 < skipped(path) < 4.0
    assert open_edf(path).n_samples / 250 == pytest.approx(4.0, abs=0.7)
    assert (tmp_path / SUMMARY).exists()


def test_a_board_that_gives_no_sample_at_all_leaves_a_file_that_opens(
    face, emgspasm, record_to, tmp_path
):
    with EmulatedBoard(face, faults=(fault("silence", at=0.0, duration=1000.0),)) as board:
        done = emgspasm(*record_to(board.port, "--duration", 2))
    assert done.returncode == 1
    assert "the last 2.0 of 2.0 s are missing" in done.stderr.splitlines()[-1]
    assert open_edf(tmp_path / EMG).n_samples == 2 * 250
