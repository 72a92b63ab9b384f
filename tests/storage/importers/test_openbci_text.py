"""Text files of OpenBCI's GUI of every version."""

from datetime import datetime

import numpy as np
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.importers.rows import BLOCK_BYTES
from emgspasm.storage.opening import open_recording
from emgspasm.stream import SKIP, Source
from support.text_files import EPOCH, RNG, clock, exg, samples_of


def gui4(values, *, fs="250.0", count=True, stamps="both", cycle=256, begin=43_200.0):
    n_channels = values.shape[1]
    lines = ["%OpenBCI Raw EEG Data", f"%Number of channels = {n_channels}" if count else "%"]
    lines += [f"%Sample Rate = {fs} Hz", "%First Column = SampleIndex", "%Other Columns = EEG data"]
    for row, sample in enumerate(values):
        time = begin + row / float(fs)
        fields = [
            str(row % cycle),
            *(f"{value:.2f}" for value in sample),
            "0.040",
            "0.420",
            "0.238",
        ]
        fields += [clock(time)] if stamps in ("both", "clock") else []
        fields += [str(int((EPOCH + row / float(fs)) * 1000))] if stamps == "both" else []
        lines.append(", ".join(fields))
    return "\n".join(lines) + "\n"


def gui6(values, *, fs=250, board="CytonSerial", names=True, marker=None, counter=None):
    n_rows, n_channels = values.shape
    counter = np.arange(n_rows) % 256 if counter is None else counter
    header = ["Sample Index", *(f"EXG Channel {i}" for i in range(n_channels))]
    header += [f"Accel Channel {i}" for i in range(3)] + ["Not Used", "Analog Channel 0"]
    header += ["Timestamp"] + ([] if marker is None else ["Marker Channel"])
    lines = ["%OpenBCI Raw EXG Data", f"%Number of channels = {n_channels}"]
    lines += [f"%Sample Rate = {fs} Hz", f"%Board = OpenBCI_GUI$Board{board}"]
    zeros = ",".join(["0.0"] * (len(header) + 1))
    lines.append(", ".join([*header, "Timestamp (Formatted)"]) if names else zeros)
    for row, sample in enumerate(values):
        fields = [str(counter[row]), *(f"{value}" for value in sample), "0.1", "0.2", str(row % 9)]
        fields += ["0.0", "0.0", f"{EPOCH + row / fs:.6f}"]
        fields += [] if marker is None else [str(marker[row])]
        lines.append(", ".join([*fields, "2023-11-14 22:13:20.000"]))
    return "\r\n".join(lines) + "\r\n"


@pytest.mark.parametrize("stamps", ["both", "clock", "none"])
@pytest.mark.parametrize(("n_channels", "count"), [(8, True), (8, False), (16, True), (4, False)])
def test_gui_4_and_older_with_and_without_clocks_and_channel_count(
    written, n_channels, count, stamps
):
    values = exg(500, n_channels)
    fs = {8: "250.0", 16: "125.0", 4: "200.0"}[n_channels]
    cycle = 201 if n_channels == 4 else 256
    recording = open_recording(
        written(gui4(values, fs=fs, count=count, stamps=stamps, cycle=cycle))
    )
    assert isinstance(recording, Source)
    assert recording.info.sampling_frequency == float(fs)
    assert np.array_equal(samples_of(recording)[:, :n_channels], values)


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize(
    ("board", "n_channels", "fs"), [("CytonSerial", 8, 250), ("Ganglion", 4, 200)]
)
def test_gui_5_and_6_with_a_column_row_or_with_zeros_there(written, names, board, n_channels, fs):
    values = exg(300, n_channels)
    counter = np.arange(300) % (256 if n_channels == 8 else 201)
    recording = open_recording(
        written(gui6(values, board=board, fs=fs, names=names, counter=counter))
    )
    assert np.array_equal(samples_of(recording)[:, :n_channels], values)
    assert [recording.info.channels[i].kind for i in recording.info.columns("ACCEL")]
    assert recording.start == datetime(2023, 11, 14, 22, 13, 20)  # noqa: DTZ001  of the place
    assert recording.annotations == ()


def test_a_marker_column_becomes_annotations_at_their_samples(written):
    marker = np.zeros(300, dtype=int)
    marker[[30, 200]] = 7, 12_345_678
    recording = open_recording(written(gui6(exg(300, 8), marker=marker)))
    marks = [(mark.onset, mark.text) for mark in recording.annotations]
    assert marks == [(30 / 250, "7"), (200 / 250, "12345678")]


def test_the_day_of_a_recording_is_that_of_its_place(written):
    text = gui6(exg(300, 8)).replace("2023-11-14 22:13:20", "2023-11-15 09:13:20")
    recording = open_recording(written(text))
    assert recording.start == datetime.fromisoformat("2023-11-15T09:13:20")


def test_one_damaged_time_stamp_makes_no_milliseconds_of_the_others(written):
    stamp = f"{EPOCH + 100 / 250:.6f}"
    recording = open_recording(written(gui6(exg(300, 8)).replace(stamp, f"999{stamp}")))
    assert recording.start == datetime(2023, 11, 14, 22, 13, 20)  # noqa: DTZ001  of the place


def test_a_daisy_by_radio_counts_even_numbers_and_is_told_its_skew(written):
    values = exg(400, 16)
    counter = (2 * np.arange(400)) % 256
    recording = open_recording(
        written(gui6(values, fs=125, board="CytonSerialDaisy", counter=counter))
    )
    assert recording.n_samples == 400
    assert any("4 ms" in finding for finding in recording.findings)


def test_lost_packets_are_gaps_with_their_annotation(written):
    truth = np.delete(np.arange(1000), np.arange(400, 425))
    recording = open_recording(written(gui6(exg(975, 8), counter=truth % 256)))
    assert [chunk.start for chunk in recording] == [0, 425]
    assert recording.n_samples == 1000
    skip = recording.annotations[0]
    assert (skip.onset, skip.duration, skip.text) == (1.6, 0.1, SKIP)
    assert any("25 samples lost at 1 place (" in finding for finding in recording.findings)


def test_a_cut_last_line_is_left_out_and_said(written):
    text = gui6(exg(300, 8))
    recording = open_recording(written(text[:-60]))
    assert recording.n_samples == 299
    assert any("is cut off" in finding for finding in recording.findings)


def test_a_garbage_tail_is_left_unread_and_measured(written):
    garbage = (
        bytes(RNG.integers(0, 256, 5000, dtype=np.uint8)).replace(b"\n", b"?") + b"\n" + b"x\n" * 9
    )
    recording = open_recording(written(gui4(exg(300, 8)).encode() + garbage))
    assert recording.n_samples == 300
    assert any(f"{len(garbage)} bytes left unread" in finding for finding in recording.findings)


@pytest.mark.parametrize("damage", ["227, -81.67, 887.7", "1, 2, 3" * 30, "%OpenBCI", "\0\0\0"])
def test_a_damaged_line_is_left_out_and_said_and_reading_goes_on(written, damage):
    values = exg(600, 8)
    lines = gui4(values).splitlines()
    lines[5 + 300] = damage
    recording = open_recording(written("\n".join(lines) + "\n"))
    values[300] = np.nan
    assert np.array_equal(samples_of(recording)[:, :8], values, equal_nan=True)
    assert any("1 line is no row (the first is line 306" in f for f in recording.findings)


def test_many_damaged_lines_are_counted(written):
    values = exg(2000, 8)
    lines = gui4(values).splitlines()
    damaged = RNG.choice(np.arange(1, 1999), 200, replace=False)
    for row in damaged:
        lines[5 + row] = lines[5 + row][:30]
    recording = open_recording(written("\n".join(lines) + "\n"))
    values[damaged] = np.nan
    assert np.array_equal(samples_of(recording)[:, :8], values, equal_nan=True)
    assert any("200 lines are not rows" in finding for finding in recording.findings)


def test_a_line_of_blanks_is_no_damage(written):
    values = exg(300, 8)
    lines = gui4(values).splitlines()
    lines.insert(100, "   ")
    recording = open_recording(written("\n".join(lines) + "\n"))
    assert np.array_equal(samples_of(recording)[:, :8], values)
    assert not any("no row" in finding for finding in recording.findings)


def test_a_second_session_appended_with_its_header_follows_in_time(written):
    values = exg(500, 8)
    first, second = gui6(values[:300]), gui6(values[300:])
    for row in range(200):  # a minute later
        second = second.replace(f"{EPOCH + row / 250:.6f}", f"{EPOCH + 60 + row / 250:.6f}")
    recording = open_recording(written(first + second))
    samples = samples_of(recording)[:, :8]
    assert np.array_equal(samples[:300], values[:300])
    assert np.array_equal(samples[15_000:], values[300:])
    assert any("5 lines are not rows" in finding for finding in recording.findings)


def test_garbage_after_damaged_lines_ends_the_reading(written):
    lines = gui4(exg(300, 8)).splitlines()
    lines[100] = "x"
    garbage = "y\n" * 5000
    after = gui4(exg(5, 8)).splitlines()[-1]
    recording = open_recording(written("\n".join(lines) + "\n" + garbage + after + "\n"))
    assert recording.n_samples == 300
    unread = len(garbage) + len(after) + 1
    assert any(f"the last {unread} bytes are not rows" in finding for finding in recording.findings)


def test_a_last_line_cut_inside_its_last_field_is_left_out_and_said(written):
    recording = open_recording(written(gui4(exg(300, 8))[:-8]))
    assert recording.n_samples == 299
    assert any("the last line (305" in finding for finding in recording.findings)
    assert not any("clock" in finding for finding in recording.findings)


@pytest.mark.parametrize("text", [gui4, gui6])
def test_a_first_row_of_zeros_is_no_measurement(written, text):
    values = exg(300, 8)
    values[0] = 0
    values[1, :7] = 0
    recording = open_recording(written(text(values)))
    assert np.array_equal(samples_of(recording)[:, :8], values[1:])
    assert sum("no measurement, left out" in finding for finding in recording.findings) == 1


@pytest.mark.parametrize("flat", [0, 6])
def test_a_first_row_of_halves_of_a_daisy_is_no_measurement(written, flat):
    values = exg(300, 16) + 20_000
    values[:, :flat] = 0
    values[0] = np.round(values[1] / 2, 2)
    recording = open_recording(written(gui6(values, fs=125, counter=2 * np.arange(300) % 256)))
    assert np.array_equal(samples_of(recording)[:, :16], values[1:])
    assert sum("is half of the second" in finding for finding in recording.findings) == 1


def test_a_first_row_of_a_daisy_that_is_like_the_others_stays(written):
    values = exg(300, 16) + 20_000
    recording = open_recording(written(gui6(values, fs=125, counter=2 * np.arange(300) % 256)))
    assert np.array_equal(samples_of(recording)[:, :16], values)


def test_a_row_of_zeros_where_the_counter_begins_anew_is_a_missing_sample(written):
    values, counter = exg(300, 8), np.concatenate((np.arange(162, 178), np.arange(284)))
    values[16] = values[200] = 0
    text = gui6(values, counter=counter % 256)
    for row in range(16, 300):
        text = text.replace(f"{EPOCH + row / 250:.6f}", f"{EPOCH + 9 + row / 250:.6f}")
    recording = open_recording(written(text))
    kept = samples_of(recording)[-284:, :8]
    values[16] = np.nan
    assert np.array_equal(kept, values[16:], equal_nan=True)
    told = [finding for finding in recording.findings if "0 on every electrode" in finding]
    assert [finding[:22] for finding in told] == ["1 row holds 0 on every"]
    assert not any("lacks" in finding for finding in recording.findings)


def test_a_row_of_zeros_at_the_end_of_a_block_of_reading_is_a_missing_sample(written):
    values = exg(300, 8)
    values[256] = 0
    lines = gui4(values).splitlines(keepends=True)
    block = sum(map(len, lines[5 : 5 + 257]))  # ends with the row of zeros, filled up by blanks
    lines.insert(6, "\n" * (BLOCK_BYTES - block))
    recording = open_recording(written("".join(lines)))
    values[256] = np.nan
    assert np.array_equal(samples_of(recording)[:, :8], values, equal_nan=True)


def test_a_recording_of_zeros_keeps_its_first_row(written):
    recording = open_recording(written(gui4(np.zeros((300, 8)))))
    assert recording.n_samples == 300
    assert not any("no measurement" in finding for finding in recording.findings)


def test_empty_and_nan_cells_are_nan_samples(written):
    values = exg(50, 8)
    text = (
        gui6(values).replace(f", {values[20, 3]},", ", nan,").replace(f", {values[30, 4]},", ", ,")
    )
    recording = open_recording(written(text))
    values[20, 3] = values[30, 4] = np.nan
    assert np.array_equal(samples_of(recording)[:, :8], values, equal_nan=True)
    assert any("EXG Channel 3 lacks 1 of 50 samples" in finding for finding in recording.findings)


def decimal_commas(text, separator):
    """As a GUI under a locale with decimal commas wrote it; header and clocks keep their points."""
    lines = []
    for line in text.splitlines():
        fields = line.split(", ")
        written = [field if ":" in field else field.replace(".", ",") for field in fields]
        lines.append(line if line.startswith("%") else separator.join(written))
    return "\n".join(lines) + "\n"


def full_width(text):
    """As many auxiliary columns as a Cyton has, also in the row of zeros."""
    return text.replace("0.0,", 9 * "0.0,", 1).replace(", 0.0, 0.0, 17", 10 * ", 0.0" + ", 17")


def without_header(text):
    return "".join(line for line in text.splitlines(keepends=True) if line[0] != "%")


@pytest.mark.parametrize(
    "text",
    [
        gui4(exg(300, 8)),
        gui4(exg(300, 8), stamps="none"),
        gui4(exg(300, 4), cycle=201),
        full_width(gui6(exg(300, 8), names=False, marker=np.zeros(300))),
        gui6(exg(300, 16), counter=2 * np.arange(300) % 256),
    ],
    ids=["4", "4 without clocks", "4 Ganglion", "6 without names", "6 Daisy with names"],
)
def test_rows_of_the_gui_that_lost_their_header_are_read_alike_and_said(written, text):
    whole = open_recording(written(text))
    bare = open_recording(written(without_header(text), "bare.txt"), sampling_frequency=250)
    assert np.array_equal(samples_of(bare)[:, :4], samples_of(whole)[:, :4])
    assert bare.info.names[:4] == whole.info.names[:4]
    assert {channel.unit for channel in bare.info.channels[:4]} == {"uV"}
    assert any("header of OpenBCI's GUI is missing" in finding for finding in bare.findings)


def test_losses_are_told_by_the_counter_of_rows_that_lost_their_header(written):
    lines = without_header(gui4(exg(300, 8))).splitlines(keepends=True)
    recording = open_recording(written("".join(lines[:90] + lines[100:])), sampling_frequency=250)
    assert recording.n_samples == 300


def test_rows_of_the_gui_that_lost_their_header_ask_for_the_rate(written):
    with pytest.raises(ConfigError, match=r"without its header .* give it \(--sampling-freq"):
        open_recording(written(without_header(gui4(exg(300, 8)))))


def test_rows_of_the_gui_in_quotes_are_rows(written):
    values = exg(300, 8)
    lines = gui4(values).splitlines()
    quoted = [line if line[0] == "%" else '"' + line.replace(", ", '","') + '"' for line in lines]
    recording = open_recording(written("\n".join(quoted) + "\n"))
    assert np.array_equal(samples_of(recording)[:, :8], values)


def test_a_rate_with_an_exponent_is_read_whole(written):
    assert open_recording(written(gui4(exg(99, 8), fs="2.5E+02"))).info.sampling_frequency == 250
    plain = written("# Sampling Rate (Hz):= 1.000000e+03\n1.5,2\n3,4\n")
    assert open_recording(plain).info.sampling_frequency == 1000


def test_a_header_of_the_gui_without_a_rate_asks_for_it_and_takes_the_one_given(written):
    path = written(gui4(exg(300, 8)).replace("%Sample Rate", "%"))
    with pytest.raises(RecordingError, match="header gives no sampling frequency"):
        open_recording(path)
    assert open_recording(path, sampling_frequency=250).info.sampling_frequency == 250


def test_a_table_as_wide_as_the_rows_of_the_gui_is_none(written):
    rows = np.column_stack((np.arange(300), exg(300, 11)))
    text = "\n".join(", ".join(f"{value:g}" for value in row) for row in rows)
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == tuple(f"Channel {i}" for i in range(1, 13))


@pytest.mark.parametrize("separator", [", ", "; ", ";"])
@pytest.mark.parametrize("text", [gui4, gui6])
def test_decimal_commas_of_the_gui_are_read_where_they_do_not_part_the_fields(
    written, text, separator
):
    values = exg(300, 8)
    recording = open_recording(written(decimal_commas(text(values), separator)))
    samples = samples_of(recording)
    assert np.array_equal(samples[:, :8], values)
    acceleration = {gui4: (0.04, 0.42, 0.238), gui6: (0.1, 0.2, 8.0)}[text]
    assert recording.start.replace(tzinfo=None) == datetime(2023, 11, 14, 22, 13, 20)  # noqa: DTZ001  of the place
    assert recording.n_samples == 300
    kept = [i for i, c in enumerate(recording.info.channels) if c.kind == "ACCEL"]
    assert set(samples[-1, kept]) <= {*acceleration, (299 % 9)}


@pytest.mark.parametrize("text", [gui4, gui6])
@pytest.mark.parametrize("said", [True, False])
def test_decimal_commas_that_also_part_the_fields_are_refused(written, text, said):
    commas = decimal_commas(text(exg(300, 8)), ",")
    path = written(commas if said else commas.replace("%Number of channels = 8", "%"))
    with pytest.raises(RecordingError, match="the comma that also parts the fields"):
        open_recording(path)


def test_railed_and_dead_channels_are_named_with_their_share(written):
    values = exg(400, 8)
    values[100:300, 2] = -187500.02
    values[:, 5] = 12.5
    recording = open_recording(written(gui6(values)))
    assert any("EXG Channel 2 is railed for 50 %" in finding for finding in recording.findings)
    assert any("EXG Channel 5 never changes" in finding for finding in recording.findings)
    assert recording.info.channels[2].full_scale == 187_500


def test_a_lower_gain_has_a_larger_full_scale(written):
    values = exg(400, 8)
    values[7, 2] = 300_000
    assert open_recording(written(gui6(values))).info.channels[0].full_scale == 375_000


def test_all_zero_acceleration_means_no_news(written):
    text = gui4(exg(10, 8)).replace("0.040, 0.420, 0.238", "0.000, 0.000, 0.000")
    lines = text.splitlines(keepends=True)
    lines[8] = lines[8].replace("0.000, 0.000, 0.000", "0.500, 0.000, -0.250")
    acceleration = samples_of(open_recording(written("".join(lines))))[:, 8:]
    assert acceleration.T.tolist() == [[0] * 3 + [0.5] * 7, [0] * 3 + [-0.25] * 7]


def test_backward_and_bunched_time_stamps_are_reported_and_not_used(written):
    text = gui4(exg(500, 8))
    for row in range(100, 500):
        text = text.replace(
            f", {int((EPOCH + row / 250) * 1000)}\n", f", {int(EPOCH * 1000) + 390}\n"
        )
    recording = open_recording(written(text))
    assert recording.n_samples == 500
    assert any("1 time stamp steps backward" in finding for finding in recording.findings)
    assert any("bunched" in finding for finding in recording.findings)


@pytest.mark.parametrize(("late", "is_said"), [(0.5, False), (1.5, True)])
def test_packets_late_at_the_start_tell_of_no_other_rate(written, late, is_said):
    text = gui6(exg(2500, 8))
    for row in range(50):
        text = text.replace(f"{EPOCH + row / 250:.6f}", f"{EPOCH + late + row / 250:.6f}", 1)
    findings = open_recording(written(text)).findings
    assert any("samples a second" in finding for finding in findings) is is_said


def test_a_clock_past_midnight_goes_on(written):
    text = gui4(exg(1000, 8), stamps="clock", begin=86_398.0)
    recording = open_recording(written(text))
    assert recording.n_samples == 1000
    assert not [finding for finding in recording.findings if "time stamps" in finding]


def test_an_auxiliary_file_names_the_one_to_take(written):
    with pytest.raises(RecordingError, match="OpenBCI-RAW-"):
        open_recording(written("%OpenBCI Raw Aux Data\n%Sample Rate = 250 Hz\na,b\n1,2\n"))


@pytest.mark.parametrize("said", [0, 4, 16])
def test_a_header_that_counts_other_channels_than_the_columns_is_reported(written, said):
    text = gui6(exg(300, 8)).replace("channels = 8", f"channels = {said}")
    recording = open_recording(written(text))
    assert sum(channel.kind == "EMG" for channel in recording.info.channels) == 8
    told = f"the header counts {said} channels, its columns are of 8: these are read"
    assert told in recording.findings


def test_a_header_that_counts_more_channels_than_a_row_holds_is_reported(written):
    text = gui4(exg(300, 8)).replace("channels = 8", "channels = 16")
    recording = open_recording(written(text))
    assert "the header counts 16 channels, its columns are of 8: these are read" in (
        recording.findings
    )
