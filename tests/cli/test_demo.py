"""The demo: a board is emulated, recorded by the driver of a real one, analyzed and scored."""

import os
import re
import sys
import time

import numpy as np
import pytest

from emgspasm.simulation import board, simulate
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.tables.tsv import read_table

pytestmark = pytest.mark.real_time


def test_the_demo_records_an_emulated_board_and_finds_live_what_is_in_the_file(emgspasm, tmp_path):
    out = tmp_path / "demo"
    done = emgspasm("demo", "--out", out, "--duration", 10)
    assert done.returncode == 0, done.stderr
    assert "part             side  spasms" in done.stdout
    assert "the same from the file; 0 % lost" in done.stderr
    recording = open_edf(out / "demo.bdf")
    assert recording.n_samples == 2500
    assert recording.info.names[0] == "OOC_L"
    assert recording.info.device == "OpenBCI Cyton (simulated)"
    page = (out / "demo_report.html").read_text(encoding="utf-8")
    assert "No person was recorded: all of this is simulated." in page
    patient = simulate("hfs_mixed", sampling_frequency=250, duration=10, seed=1)
    sent = np.concatenate([chunk.samples for chunk in patient])
    assert abs(recording.read(0) - sent).max() < 0.05  # uV: a count of the board, one of the file
    assert {a.text for a in patient.annotations} <= {a.text for a in recording.annotations}
    found = read_table(out / "demo_events.tsv")
    true = read_table(out / "demo_truth.tsv")
    blinks = found[found.trial_type == "blink"].onset.to_numpy()
    assert len(blinks)
    for onset in blinks:  # truth and recording count from the same sample
        assert abs(true[true.trial_type == "blink"].onset - onset).min() < 0.05


def test_a_demo_too_short_to_be_analyzed_says_n_a(emgspasm, tmp_path):
    done = emgspasm("demo", "--out", tmp_path / "demo", "--duration", 0.5)
    assert done.returncode == 0, done.stderr
    assert re.search(r"\nwhole recording +L +n/a +n/a", done.stdout)


def test_a_machine_too_busy_to_emulate_the_board_in_time_loses_none_of_it(
    emgspasm, monkeypatch, tmp_path
):
    quantize = board.quantize

    def slow(state, samples, number, impedance):
        time.sleep(1.5 if number == 500 else 0.003 if 500 < number < 1000 else 0)
        return quantize(state, samples, number, impedance)

    monkeypatch.setattr(board, "quantize", slow)
    out = tmp_path / "demo"
    done = emgspasm("demo", "--out", out, "--duration", 5)
    assert done.returncode == 0, done.stderr
    assert "the same from the file; 0 % lost" in done.stderr
    patient = simulate("hfs_mixed", sampling_frequency=250, duration=5, seed=1)
    sent = np.concatenate([chunk.samples for chunk in patient])
    assert abs(open_edf(out / "demo.bdf").read(0) - sent).max() < 0.05


def test_a_demo_whose_board_dies_ends_with_what_it_died_of(emgspasm, monkeypatch, tmp_path):
    quantize = board.quantize

    def failing(state, samples, number, impedance):
        if number == 500:
            raise RuntimeError("out of batteries")
        return quantize(state, samples, number, impedance)

    monkeypatch.setattr(board, "quantize", failing)
    done = emgspasm("demo", "--out", tmp_path / "demo", "--duration", 5)
    assert done.returncode != 0
    assert "out of batteries" in done.stderr


def test_without_pseudo_terminals_the_patient_streams_without_a_board(
    emgspasm, monkeypatch, tmp_path
):
    for name in ("pty", "termios", "tty"):
        monkeypatch.setitem(sys.modules, name, None)
    out = tmp_path / "demo"
    done = emgspasm("demo", "--out", out, "--duration", 10)
    assert done.returncode == 0, done.stderr
    assert "the patient streams without one" in done.stderr
    assert "the same from the file; 0 % lost" in done.stderr
    patient = simulate("hfs_mixed", sampling_frequency=250, duration=10, seed=1)
    sent = np.concatenate([chunk.samples for chunk in patient])
    assert abs(open_edf(out / "demo.bdf").read(0) - sent).max() < 0.05
    page = (out / "demo_report.html").read_text(encoding="utf-8")
    assert "No person was recorded: all of this is simulated." in page


def test_a_demo_is_not_overwritten_unasked(emgspasm, tmp_path):
    (tmp_path / "demo.bdf").write_bytes(b"mine")
    done = emgspasm("demo", "--out", tmp_path)
    assert done.returncode == 2
    assert "demo.bdf exists" in done.stderr
    assert (tmp_path / "demo.bdf").read_bytes() == b"mine"


def test_a_demo_into_a_file_is_refused(emgspasm, tmp_path):
    (tmp_path / "file").touch()
    done = emgspasm("demo", "--out", tmp_path / "file")
    assert done.returncode == 1
    assert "file cannot be written (File exists). Choose another folder" in done.stderr


def test_the_demo_in_a_window_needs_a_display(own_process, tmp_path):
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {key: value for key, value in os.environ.items() if key not in names}
    done = own_process("demo", "--window", "--out", tmp_path / "demo", env=bare)
    assert done.returncode != 0
    assert "emgspasm: error: " in done.stderr
    assert "emgspasm record" in done.stderr
