"""BrainFlow files."""

import io

import numpy as np
import pytest

from emgspasm.storage.opening import open_recording
from support.text_files import EPOCH, RNG, samples_of


def brainflow(n_rows, n_fields, n_exg, time, *, fs, step=1):
    table = RNG.normal(0, 100, (n_rows, n_fields)).round(6)
    table[:, 0] = (np.arange(n_rows) * step) % 256
    table[:, time] = EPOCH + np.arange(n_rows) / fs
    table[:, time + 1] = 0
    table[20, time + 1] = 3
    text = io.StringIO()
    np.savetxt(text, table, fmt="%.6f", delimiter="\t")
    return text.getvalue(), table[:, 1 : 1 + n_exg]


@pytest.mark.parametrize(
    ("n_fields", "n_exg", "time", "fs", "step"),
    [(24, 8, 22, 250, 1), (24, 8, 22, 1000, 1), (32, 16, 30, 125, 2), (32, 16, 30, 250, 1)],
)
def test_brainflow_files_tell_their_board_by_columns_and_their_rate_by_stamps(
    written, n_fields, n_exg, time, fs, step
):
    text, values = brainflow(600, n_fields, n_exg, time, fs=fs, step=step)
    recording = open_recording(written(text, "brainflow.csv"))
    assert recording.info.sampling_frequency == fs
    assert np.array_equal(samples_of(recording)[:, :n_exg], values)
    assert [(mark.onset, mark.text) for mark in recording.annotations] == [(20 / fs, "3")]


@pytest.mark.parametrize(
    ("n_fields", "n_exg", "time", "fs", "acceleration"),
    [(24, 8, 22, 250, [9, 10, 11]), (32, 16, 30, 250, [17, 18, 19]), (15, 4, 13, 200, [5, 6, 7])],
)
def test_acceleration_is_read_from_where_brainflow_puts_it(
    written, n_fields, n_exg, time, fs, acceleration
):
    text, _ = brainflow(300, n_fields, n_exg, time, fs=fs)
    recording = open_recording(written(text))
    oracle = np.loadtxt(io.StringIO(text), delimiter="\t")[:, acceleration]
    assert recording.info.columns("ACCEL") == (n_exg, n_exg + 1, n_exg + 2)
    assert np.array_equal(samples_of(recording)[:100, n_exg:], oracle[:100])


def test_a_pause_between_sessions_of_a_brainflow_file_changes_no_rate(written):
    first, _ = brainflow(3000, 24, 8, 22, fs=1000)
    later = first.replace(f"{EPOCH:.0f}"[:7], f"{EPOCH + 5000:.0f}"[:7])
    recording = open_recording(written(first + later))
    assert recording.info.sampling_frequency == 1000


def test_a_ganglion_in_brainflow_counts_both_samples_of_a_packet_alike(written):
    text, _ = brainflow(600, 15, 4, 13, fs=200)
    lines = text.splitlines()
    numbers = np.repeat(np.arange(300) % 100, 2)
    lines = [f"{n:.6f}\t" + line.split("\t", 1)[1] for n, line in zip(numbers, lines, strict=True)]
    del lines[300:302]
    recording = open_recording(written("\n".join(lines) + "\n"))
    assert recording.info.sampling_frequency == 200
    assert recording.n_samples == 600
    assert np.array_equal(np.flatnonzero(np.isnan(samples_of(recording)[:, 0])), [300, 301])


def test_a_first_row_of_zeros_in_brainflow_is_no_measurement(written):
    text, values = brainflow(300, 24, 8, 22, fs=250)
    zeros = "\t".join(["0.000000"] * 22 + [f"{EPOCH - 1 / 250:.6f}", "0.000000"]) + "\n"
    recording = open_recording(written(zeros + text))
    assert np.array_equal(samples_of(recording)[:, :8], values)
    assert sum("no measurement, left out" in finding for finding in recording.findings) == 1


def test_a_killed_brainflow_writer_costs_its_last_line(written):
    text, _ = brainflow(600, 24, 8, 22, fs=250)
    recording = open_recording(written(text[:-33]))
    assert recording.n_samples == 599


def test_a_session_appended_after_a_killed_brainflow_writer_is_read(written):
    first, before = brainflow(600, 24, 8, 22, fs=250)
    second, after = brainflow(600, 24, 8, 22, fs=250)
    for row in range(600):
        second = second.replace(f"{EPOCH + row / 250:.6f}", f"{EPOCH + 100 + row / 250:.6f}")
    recording = open_recording(written(first[:-33] + second))
    samples = samples_of(recording)[:, :8]
    assert np.array_equal(samples[:599], before[:599])
    assert np.array_equal(samples[25_001:], after[1:])
    assert any("1 line is no row" in finding for finding in recording.findings)
