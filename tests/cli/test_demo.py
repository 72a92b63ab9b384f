"""``demo``: what a new user without hardware runs first."""

from __future__ import annotations

import numpy as np

from emgspasm.simulation import simulate
from emgspasm.storage.edf import open_edf
from emgspasm.storage.tables import read_table


def test_demo_records_the_patient_from_an_emulated_board_and_finds_live_what_the_file_holds(
    emgspasm, tmp_path
):
    done = emgspasm("demo", "--out", tmp_path, "--duration", 8)
    assert done.returncode == 0, done.stderr
    assert "streaming: started at sample 0" in done.stderr
    assert "bursts live, the same from the file" in done.stderr

    recording = open_edf(tmp_path / "demo.bdf")
    patient = simulate("hfs_mixed", sampling_frequency=250, duration=8, seed=1)
    sent = np.concatenate([chunk.samples for chunk in patient])
    stored = np.concatenate([chunk.samples for chunk in recording])
    assert stored.shape == sent.shape
    assert np.abs(stored - sent).max() < 0.05  # a count of the board and one of the file, uV
    bursts = read_table(tmp_path / "demo_events.tsv").query("trial_type == 'burst'")
    assert f"{len(bursts)} bursts live" in done.stderr
    assert len(bursts) > 0
    assert (tmp_path / "demo_truth.tsv").exists()
    assert "side  muscle  bursts" in done.stdout

    again = emgspasm("demo", "--out", tmp_path, "--duration", 8)
    assert again.returncode == 2
    assert "--overwrite" in again.stderr
