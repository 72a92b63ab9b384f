"""Kill -9 of the command itself, at a board that knows what it sent."""

from __future__ import annotations

import json
import time

import pytest

from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.storage.edf.reader import open_edf

pytestmark = pytest.mark.real_time


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.8, 1.7, 4.3])  # the last while live bursts are sought
def test_a_killed_record_lost_at_most_a_second(record_to, started, emgspasm, tmp_path, seconds):
    face = simulate("hfs_clonic", sampling_frequency=250, duration=60)
    path = tmp_path / "study/sub-01/ses-02/emg/sub-01_ses-02_task-rest_emg.bdf"
    with EmulatedBoard(face) as board, started(*record_to(board.port)) as process:
        deadline = time.monotonic() + 30
        while not (board.runs and len(board.runs[-1].fates) > 250 * seconds):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
        sent = len(board.runs[-1].fates)
        process.wait()
        assert sent - open_edf(path).n_samples <= 250
    done = emgspasm("recover", path)
    assert done.returncode == 0, done.stderr
    recording = open_edf(path)
    assert recording.findings == ()
    described = json.loads(path.with_suffix(".json").read_text())
    assert described["RecordingDuration"] == recording.n_samples / 250
    assert described["Emgspasm"]["Config"]
    table = path.with_name("sub-01_ses-02_task-rest_events.tsv").read_text()
    assert ("streaming: started at sample 0" in table) == (recording.n_samples >= 125)
