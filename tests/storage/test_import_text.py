"""Text formats: OpenBCI's GUI of every version, SD card, BrainFlow, plain tables."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.importers.rows import BLOCK_BYTES
from emgspasm.storage.opening import open_recording
from emgspasm.stream import SKIP, Source

RNG = np.random.default_rng(7)
EPOCH = 1_700_000_000.0


def samples_of(recording):
    samples = np.full((recording.n_samples, len(recording.info.channels)), np.nan)
    for chunk in recording:
        samples[chunk.start : chunk.stop] = chunk.samples
    return samples


def exg(n_rows, n_channels):
    return np.round(RNG.normal(0, 1000, (n_rows, n_channels)), 2)


def clock(seconds):
    return f"{int(seconds // 3600) % 24:02d}:{int(seconds // 60) % 60:02d}:{seconds % 60:06.3f}"


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


@pytest.fixture
def written(tmp_path):
    def write(text, name="recording.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


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
    assert recording.start == datetime.fromtimestamp(EPOCH, UTC)
    assert recording.annotations == ()


def test_a_marker_column_becomes_annotations_at_their_samples(written):
    marker = np.zeros(300, dtype=int)
    marker[[30, 200]] = 7, 9
    recording = open_recording(written(gui6(exg(300, 8), marker=marker)))
    marks = [(mark.onset, mark.text) for mark in recording.annotations]
    assert marks == [(30 / 250, "7"), (200 / 250, "9")]


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
    assert any("25 samples lost at 1 places" in finding for finding in recording.findings)


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
    assert any("1 lines are no rows (the first is line 306" in f for f in recording.findings)


def test_many_damaged_lines_are_counted(written):
    values = exg(2000, 8)
    lines = gui4(values).splitlines()
    damaged = RNG.choice(np.arange(1, 1999), 200, replace=False)
    for row in damaged:
        lines[5 + row] = lines[5 + row][:30]
    recording = open_recording(written("\n".join(lines) + "\n"))
    values[damaged] = np.nan
    assert np.array_equal(samples_of(recording)[:, :8], values, equal_nan=True)
    assert any("200 lines are no rows" in finding for finding in recording.findings)


def test_a_line_of_blanks_is_no_damage(written):
    values = exg(300, 8)
    lines = gui4(values).splitlines()
    lines.insert(100, "   ")
    recording = open_recording(written("\n".join(lines) + "\n"))
    assert np.array_equal(samples_of(recording)[:, :8], values)
    assert not any("no rows" in finding for finding in recording.findings)


def test_a_second_session_appended_with_its_header_follows_in_time(written):
    values = exg(500, 8)
    first, second = gui6(values[:300]), gui6(values[300:])
    for row in range(200):  # a minute later
        second = second.replace(f"{EPOCH + row / 250:.6f}", f"{EPOCH + 60 + row / 250:.6f}")
    recording = open_recording(written(first + second))
    samples = samples_of(recording)[:, :8]
    assert np.array_equal(samples[:300], values[:300])
    assert np.array_equal(samples[15_000:], values[300:])
    assert any("5 lines are no rows" in finding for finding in recording.findings)


def test_garbage_after_damaged_lines_ends_the_reading(written):
    lines = gui4(exg(300, 8)).splitlines()
    lines[100] = "x"
    garbage = "y\n" * 5000
    after = gui4(exg(5, 8)).splitlines()[-1]
    recording = open_recording(written("\n".join(lines) + "\n" + garbage + after + "\n"))
    assert recording.n_samples == 300
    unread = len(garbage) + len(after) + 1
    assert any(f"the last {unread} bytes are no rows" in finding for finding in recording.findings)


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
    told = [finding for finding in recording.findings if "hold 0 on every" in finding]
    assert [finding[:22] for finding in told] == ["1 rows hold 0 on every"]
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
    with pytest.raises(RecordingError, match="header says no sampling frequency"):
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
    assert recording.start == datetime.fromtimestamp(EPOCH, UTC)
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
    assert any("step backward" in finding for finding in recording.findings)
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


def sd_line(row, counts, aux=None):
    fields = [f"{row % 256:02X}", *(f"{int(count) & 0xFFFFFF:06X}" for count in counts)]
    return ",".join(fields + [f"{int(value) & 0xFFFF:04X}" for value in aux or ()])


def sd_file(counts, *, stamps=("%STOP AT", "%START AT"), pause=None, footer=True):
    lines = [stamps[0], f"{1000:08X}"]
    for row, sample in enumerate(counts):
        if pause is not None and row == pause[0]:
            ended = 1000 + 4 * row
            lines += [stamps[1], f"{ended:08X}", stamps[0], f"{ended + pause[1]:08X}"]
        number = row if pause is None or row < pause[0] else row - pause[0]
        lines.append(sd_line(number, sample, (100, -200, 8000) if row % 10 == 0 else None))
    lines += [stamps[1], f"{1000 + 4 * len(counts):08X}"]
    lines += (
        ["", "%Total time mS:", f"{4 * len(counts):08X}", "%min Write time uS:"] if footer else []
    )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("stamps", [("%STOP AT", "%START AT"), ("%START AT", "%STOP AT")])
@pytest.mark.parametrize("n_channels", [8, 16])
def test_sd_card_counts_are_scaled_by_the_gain_given(written, n_channels, stamps):
    counts = RNG.integers(-(2**23), 2**23, (700, n_channels))
    recording = open_recording(written(sd_file(counts, stamps=stamps)), gain=12)
    expected = counts * (4.5e6 / 12 / (2**23 - 1))
    assert recording.info.sampling_frequency == 250
    assert np.allclose(samples_of(recording)[:, :n_channels], expected, rtol=1e-12)
    assert recording.info.channels[0].full_scale == 375_000


def test_sd_card_acceleration_holds_between_its_rows(written):
    counts = np.zeros((20, 8), dtype=int)
    lines = sd_file(counts).splitlines(keepends=True)
    lines[12] = sd_line(10, counts[10], (300, -200, 8000)) + "\n"
    acceleration = samples_of(open_recording(written("".join(lines)), gain=24))[:, 8]
    assert np.allclose(acceleration, np.repeat([100, 300], 10) * 0.002 / 16)


def test_sd_card_without_a_gain_asks_for_it(written):
    path = written(sd_file(np.zeros((5, 8), dtype=int)))
    with pytest.raises(ConfigError, match=r"no gain is given; give .*--gain 24"):
        open_recording(path)
    with pytest.raises(ConfigError, match="gain is 7"):
        open_recording(path, gain=7)


def test_a_pause_of_the_sd_card_is_a_gap_of_its_stamped_length(written):
    counts = RNG.integers(-999, 999, (600, 8))
    recording = open_recording(written(sd_file(counts, pause=(333, 2000))), gain=24)
    assert [(chunk.start, len(chunk.samples)) for chunk in recording] == [(0, 333), (833, 267)]
    assert any("paused 1 times, 500 samples" in finding for finding in recording.findings)


def test_the_old_bytes_after_a_cut_sd_recording_are_left(written):
    counts = RNG.integers(-999, 999, (600, 8))
    text = sd_file(counts, footer=False)[:30_000]
    old = "3C,00FFEE," * 200 + "\n" + sd_line(3, counts[0]) + "\n"
    recording = open_recording(written(text + old), gain=24)
    n_whole = text.count("\n") - 2
    assert recording.n_samples == n_whole
    assert np.allclose(samples_of(recording)[:, :8], counts[:n_whole] * (187_500 / (2**23 - 1)))
    assert any("bytes left unread" in finding for finding in recording.findings)


@pytest.mark.parametrize("n_aux", [0, 1, 2, 3])
@pytest.mark.parametrize("every", [1, 1000])
def test_sd_card_lines_may_all_be_of_one_length(written, n_aux, every):
    counts = RNG.integers(-999, 999, (300, 8))
    aux = (100, -200, 300)[:n_aux]
    lines = [sd_line(i, row, None if i % every else aux) for i, row in enumerate(counts)]
    recording = open_recording(written("\n".join(lines) + "\n"), gain=24)
    assert np.allclose(samples_of(recording)[:, :8], counts * (187_500 / (2**23 - 1)))


@pytest.mark.parametrize("fill", [b"\xff", b"\0"])
def test_the_preallocated_tail_of_a_cut_sd_recording_is_left(written, fill):
    counts = RNG.integers(-999, 999, (600, 8))
    text = sd_file(counts, footer=False)[:30_000]
    recording = open_recording(written(text.encode() + fill * 200_000), gain=24)
    assert recording.n_samples == text.count("\n") - 2
    unread = 200_000 + len(text) - text.rindex("\n") - 1
    assert any(f"{unread} bytes" in finding for finding in recording.findings)


def test_a_block_of_an_sd_recording_may_hold_only_its_footer(written):
    counts = RNG.integers(-999, 999, (600, 8))
    footer = ("%" + "x" * 60_000 + "\n") * 100  # longer than a block
    recording = open_recording(written(sd_file(counts, footer=False) + footer), gain=24)
    assert recording.n_samples == 600


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
    assert any("1 lines are no rows" in finding for finding in recording.findings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " "])
@pytest.mark.parametrize("names", [True, False])
def test_plain_tables_agree_with_numpy(written, delimiter, names):
    text = io.StringIO()
    header = delimiter.join(["OOC_L", "OOC_R", "ECG"]) if names else ""
    np.savetxt(text, exg(100, 3), fmt="%.3f", delimiter=delimiter, header=header, comments="")
    path = written(text.getvalue(), "table.csv")
    recording = open_recording(path, sampling_frequency=500)
    oracle = np.loadtxt(path, delimiter=delimiter, skiprows=int(names))
    assert np.array_equal(samples_of(recording), oracle)
    expected = ("OOC_L", "OOC_R", "ECG") if names else ("Channel 1", "Channel 2", "Channel 3")
    assert recording.info.names == expected
    assert recording.info.channels[0].unit == "count"


def test_decimal_commas_are_read_where_semicolons_part_the_fields(written):
    recording = open_recording(written("a;b\n1,5;-2,25\n3,0;4,5\n"), sampling_frequency=100)
    assert samples_of(recording).tolist() == [[1.5, -2.25], [3.0, 4.5]]


TWO = exg(400, 2)


def plain(values=TWO, names="OOC_L,OOC_R", first=None, mark=","):
    """Rows of numbers, after a column of `first(row)`."""
    lines = [names] * bool(names)
    for row, sample in enumerate(values):
        lines.append(mark.join([*([first(row)] if first else []), *map(str, sample)]))
    return "\n".join(lines) + "\n"


def gaps_of(recording):
    skips = [mark for mark in recording.annotations if mark.text == SKIP]
    fs = recording.info.sampling_frequency
    return [(round(mark.onset * fs), round(mark.duration * fs)) for mark in skips]


@pytest.mark.parametrize("n_channels", [8, 16])
@pytest.mark.parametrize(
    "header", ["%OBCI Data Log - 2014-10-22_16-27-06\n", "%OBCI SD Convert - x\n%\n%Rate\n68651\n"]
)
def test_a_converted_sd_card_file_has_its_counter_and_acceleration(written, n_channels, header):
    values = exg(600, n_channels)
    lines = [
        f"{row % 256}.0," + ",".join(map(str, sample)) + ",0.1,-0.2,1.0" * (row % 10 == 0)
        for row, sample in enumerate(values)
    ]
    del lines[300:303]
    recording = open_recording(written(header + "\n".join(lines) + "\n143.0,-33.0996,0.0\n"))
    samples = samples_of(recording)
    values[300:303] = np.nan
    assert np.array_equal(samples[:, :n_channels], values, equal_nan=True)
    assert set(samples[~np.isnan(samples[:, 0]), n_channels + 1].tolist()) == {-0.2}
    assert gaps_of(recording) == [(300, 3)]
    assert recording.info.sampling_frequency == 250
    assert any("takes the gain for 24" in finding for finding in recording.findings)


def test_a_conversion_without_rows_names_the_file_it_was_made_from(written):
    with pytest.raises(RecordingError, match=r"OBCI_XX\.TXT"):
        open_recording(written("%OBCI SD Convert - 2019-03-04\n%\n68651\n"))


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("time", lambda s: f"{s:.3f}"),
        ("t_ms", lambda s: f"{1000 * s:.0f}"),
        ("Time (ms)", lambda s: f"{1000 * s:.0f}"),
        ("timestamp", lambda s: f"{EPOCH + s:.3f}"),
        ("epoch", lambda s: f"{1000 * (EPOCH + s):.0f}"),
        ("clock", lambda s: clock(43_200 + s)),
        ("date", lambda s: datetime.fromtimestamp(EPOCH + s, UTC).isoformat()),
        ("midnight", lambda s: clock(86_399.8 + s)),
    ],
)
def test_a_column_of_times_is_no_channel_and_tells_where_samples_are_missing(written, name, moment):
    text = plain(names=f"{name},OOC_L,OOC_R", first=lambda row: moment(row / 250 + 5 * (row > 99)))
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert gaps_of(recording) == [(100, 1250)]
    assert recording.n_samples == 1650
    assert [mark.text for mark in recording.annotations] == [SKIP]
    assert any(f"['{name}'] are read as times" in finding for finding in recording.findings)


def test_a_date_without_a_zone_is_of_the_place(written):
    begin = datetime(2024, 1, 2, 12, 0, 0)  # noqa: DTZ001 - as the file says it
    text = plain(
        names="Time,OOC_L,OOC_R",
        first=lambda row: (begin + timedelta(seconds=row / 250)).isoformat(),
    )
    assert open_recording(written(text), sampling_frequency=250).start == begin


def test_a_text_that_changes_in_every_row_is_no_label(written):
    text = plain(names="hash,OOC_L,OOC_R", first=lambda row: f"x{row}")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.annotations == ()
    assert "changes in 400 of 400 rows: no labels" in recording.findings[0]


@pytest.mark.parametrize(("mark", "decimal"), [(";", ","), ("\t", ","), ("  ", ","), (";", ".")])
def test_decimal_marks_are_told_by_several_rows(written, mark, decimal):
    text = "1 2\n".replace(" ", mark) + plain(names="", mark=mark).replace(".", decimal)
    recording = open_recording(written(text), sampling_frequency=250)
    assert np.array_equal(samples_of(recording), np.vstack(([1, 2], TWO)))


@pytest.mark.parametrize("mark", [",", ", "])
@pytest.mark.parametrize("n_columns", [1, 2])
def test_commas_that_part_fields_or_decimals_are_refused(written, mark, n_columns):
    rows = [[f"{value:.2f}".replace(".", ",") for value in row] for row in TWO[:, :n_columns]]
    text = "\n".join(mark.join(row) for row in rows)
    with pytest.raises(RecordingError, match="commas part its fields or its decimals, line 1"):
        open_recording(written(text), sampling_frequency=250)


def test_two_fields_below_one_name_may_be_halves_of_a_decimal(written):
    path = written("OOC_L\n12,57\n64,04\n")
    with pytest.raises(RecordingError, match="commas part its fields or its decimals, line 2"):
        open_recording(path, sampling_frequency=250)


@pytest.mark.parametrize("label", ["", "SMILE,"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_rows_with_two_fields_for_each_name_are_halves_of_decimals(written, mark, label):
    names = ["what"] * bool(label) + ["OOC_L", "OOC_R"]
    rows = [label + ",".join(f"{value:.2f}" for value in row) for row in TWO + 100]
    text = ",".join(names) + "\n" + "\n".join(rows).replace(".", ",")
    with pytest.raises(RecordingError, match="part its fields or its decimals, line 2"):
        open_recording(written(text.replace(",", mark)), sampling_frequency=250)


def test_rows_that_r_numbers_have_their_names(written):
    rows = [f'"{number}" {a} {b}' for number, (a, b) in enumerate(TWO, start=1)]
    text = '"OOC_L" "OOC_R"\n' + "\n".join(rows) + "\n"
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert np.array_equal(samples_of(recording), TWO)


def test_names_that_fit_no_row_are_left_out_and_said(written):
    text = "OOC_L,OOC_R\n1.5,2.5,3.5\n2.5,3.5,4.5\n"
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("Channel 1", "Channel 2", "Channel 3")
    assert any("names 2 columns and its rows have 3 fields" in f for f in recording.findings)


@pytest.mark.parametrize("damage", ["1.5,2.5,3.5", "torn", "1.5,x"])
def test_a_damaged_line_of_a_plain_table_is_a_missing_sample(written, damage):
    lines = plain().splitlines()
    lines[101] = damage
    recording = open_recording(written("\n".join(lines)), sampling_frequency=250)
    assert gaps_of(recording) == [(100, 1)]
    expected = TWO.copy()
    expected[100] = np.nan
    assert np.array_equal(samples_of(recording), expected, equal_nan=True)
    told = f"1 lines are no rows, a missing sample each; the first is line 102 ({damage!r})"
    assert told in recording.findings


def test_a_first_row_without_decimals_is_a_row_where_decimals_are_commas(written):
    text = "time;OOC_L;OOC_R\n0;-0,01;-0,02\n1e-3;1,5;2,5\n2e-3;3;4\n"
    recording = open_recording(written(text), sampling_frequency=1000)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert samples_of(recording).tolist() == [[-0.01, -0.02], [1.5, 2.5], [3, 4]]


@pytest.mark.parametrize("names", ["OOC_L,OOC_R,\n", "OOC_L,OOC_R\n", ""])
def test_a_mark_at_the_end_of_every_line_opens_no_channel(written, names):
    text = names + plain(names="").replace("\n", ",\n")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == (("OOC_L", "OOC_R") if names else ("Channel 1", "Channel 2"))
    assert np.array_equal(samples_of(recording), TWO)
    assert recording.findings == ()


def test_counts_at_the_limit_of_24_bits_are_railed(written):
    counts = np.round(TWO)
    counts[:100, 0], counts[100:200, 0] = -(2**23), 2**23 - 1
    recording = open_recording(written(plain(counts)), sampling_frequency=250)
    told = "OOC_L is railed for 50 % of the recording (at the limit of 8388607 counts)"
    assert any(finding.startswith(told) for finding in recording.findings)


def test_a_last_column_that_has_a_name_may_be_empty(written):
    text = plain(names="OOC_L,OOC_R,ZYG_L").replace("\n", ",\n").replace("ZYG_L,", "ZYG_L")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R", "ZYG_L")
    assert "ZYG_L lacks 400 of 400 samples (empty or NaN)" in recording.findings


@pytest.mark.parametrize(
    "text", ["[\n    [\n        1.5,\n        2.5\n    ]\n]\n", '{"EMG": [1.5, 2.5]}']
)
def test_json_is_no_table(written, text):
    with pytest.raises(RecordingError, match="no format fits"):
        open_recording(written(text), sampling_frequency=250)


@pytest.mark.parametrize("kind", ["[{}]", '{{"values": [{}]}}'])
def test_lines_that_are_lists_are_no_table_wherever_reading_is_cut(written, kind):
    text = "".join(kind.format(f"{row}, -458279, 1839912") + "\n" for row in range(5000))
    with pytest.raises(RecordingError, match="no format fits"):
        open_recording(written(text), sampling_frequency=250)


def test_columns_of_text_beyond_one_are_named_with_what_to_do(written):
    text = "Timestamp,CH1,Label,Phase\n" + "".join(
        f"{69657 + 4 * row},{1900 + row},DOWN,Covert\n" for row in range(9)
    )
    with pytest.raises(RecordingError, match=r"2 columns of text \('Label', 'Phase'\)"):
        open_recording(written(text), sampling_frequency=250)


def test_a_damaged_line_beside_times_is_not_counted_twice(written):
    lines = plain(names="time,OOC_L,OOC_R", first=lambda row: f"{row / 250:.3f}").splitlines()
    lines[101] = "torn"
    recording = open_recording(written("\n".join(lines)), sampling_frequency=250)
    assert gaps_of(recording) == [(100, 1)]
    assert recording.n_samples == 400


def test_comments_between_rows_are_no_samples(written):
    text = plain().replace("\n", "\n# begun\n", 2)
    recording = open_recording(written(text), sampling_frequency=250)
    assert np.array_equal(samples_of(recording), TWO)


def test_what_spreadsheets_write_for_nothing_is_a_missing_number(written):
    text = plain(names="OOC_L,OOC_R\n1.5,#N/A")
    samples = samples_of(open_recording(written(text), sampling_frequency=250))
    assert np.array_equal(samples, np.vstack(([1.5, np.nan], TWO)), equal_nan=True)


def test_a_table_that_is_mostly_no_rows_is_refused_with_its_first_such_line(written):
    text = plain().replace("-", "\u2212")
    with pytest.raises(RecordingError, match="more than 100 lines are no rows, the first of them"):
        open_recording(written(text), sampling_frequency=250)


@pytest.mark.parametrize(
    "said", ["# Sample_Frequency_(Hz) =,300,,,", "# SampleRate: 300", "% Sample Rate = 300 Hz"]
)
def test_a_rate_is_read_under_each_of_its_names(written, said):
    assert open_recording(written(f"{said}\n{plain()}")).info.sampling_frequency == 300


@pytest.mark.parametrize(
    ("said", "rate"),
    [("2 kHz", 2000), ("1,000 Hz", 1000), ("1000,5 Hz", 1000.5), ("2,5 kHz", 2500), ("512", 512)],
)
def test_a_rate_is_read_with_its_unit_and_its_commas(written, said, rate):
    recording = open_recording(written(f"# Sampling Rate = {said}\n{plain()}"))
    assert recording.info.sampling_frequency == rate


def test_the_numbers_pandas_gives_to_columns_are_no_sample(written):
    recording = open_recording(written(plain(names="0,1")), sampling_frequency=250)
    assert recording.info.names == ("0", "1")
    assert np.array_equal(samples_of(recording), TWO)


def test_an_index_column_counts_rows_and_is_no_channel(written):
    text = plain(names=",0,1", first=lambda row: str(row + 3 * (row > 99)))
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("0", "1")
    assert gaps_of(recording) == [(100, 3)]


def test_a_column_without_a_name_that_rises_evenly_is_times(written):
    text = plain(names="", first=lambda row: f"{row / 5000 + 2 * (row > 249)}")
    recording = open_recording(written(text), sampling_frequency=5000)
    assert recording.info.names == ("Channel 1", "Channel 2")
    assert gaps_of(recording) == [(250, 10_000)]
    assert "columns ['column 1'] are read as times, not as channels" in recording.findings


@pytest.mark.parametrize("n_columns", [1, 3])
def test_a_start_and_a_rate_above_the_rows_are_no_samples(written, n_columns):
    values = exg(300, n_columns)
    rows = [[1544027337.0] * n_columns, [32.0] * n_columns, *values]
    text = "\n".join(", ".join(f"{value:.6f}" for value in row) for row in rows)
    recording = open_recording(written(text))
    assert recording.info.sampling_frequency == 32
    assert recording.start == datetime(2018, 12, 5, 16, 28, 57, tzinfo=UTC)
    assert np.array_equal(samples_of(recording), values)
    assert any("read as its start and its sampling frequency" in f for f in recording.findings)


def test_large_numbers_above_rows_of_another_size_are_samples(written):
    recording = open_recording(written("1544027337\n1544027338\n5\n6\n"), sampling_frequency=250)
    assert recording.n_samples == 4


def test_a_lone_number_above_a_header_is_no_row(written):
    header = "Devices\n2000\n,,EMG,EMG\nFrame,Sub Frame,IM1,IM2\n,,V,V\n"
    rows = "".join(f"{row},0,{one},{two}\n" for row, (one, two) in enumerate(TWO, start=1))
    recording = open_recording(written(header + rows), sampling_frequency=2000)
    assert np.array_equal(samples_of(recording)[:, 1:], TWO)  # after the sub-frames


def test_a_column_without_a_name_leaves_the_others_theirs(written):
    text = plain(names=",OOC_L,OOC_R", first=lambda row: str(row // 9))
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("Channel 1", "OOC_L", "OOC_R")


def test_units_in_a_header_are_units(written):
    text = plain(names="OOC_L (mV),OOC_R [uV]")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert np.allclose(samples_of(recording), TWO * [1000, 1])


def test_a_plain_table_without_a_rate_asks_for_it(written):
    with pytest.raises(ConfigError, match="--sampling-frequency"):
        open_recording(written("1,2\n3,4\n"))


def test_the_rate_that_a_plain_table_says_counts_more_than_one_given(written):
    path = written("# Sampling Rate (Hz):= 1000\n1.5,2\n3,4\n")
    assert open_recording(path, sampling_frequency=500).info.sampling_frequency == 1000


def test_a_text_column_becomes_annotations_that_last_until_it_changes(written):
    words = ["rest"] * 30 + ["não"] * 20 + ["rest"] * 10
    text = "WORD,a\n" + "".join(f"{word},{i}\n" for i, word in enumerate(words))
    recording = open_recording(written(text), sampling_frequency=10)
    marks = [(mark.onset, mark.duration, mark.text) for mark in recording.annotations]
    assert marks == [(0.0, 3.0, "rest"), (3.0, 2.0, "não"), (5.0, 1.0, "rest")]


def test_a_simple_text_format_says_its_own_rate_and_labels(written):
    text = "# Simple Text Format\n# Sampling Rate (Hz):= 1000.00\n# Labels:= EMG\n2055.0\n2056.0\n"
    recording = open_recording(written(text))
    assert recording.info.sampling_frequency == 1000
    assert recording.info.names == ("EMG",)
    assert samples_of(recording).ravel().tolist() == [2055, 2056]


@pytest.mark.parametrize(("unit", "factor"), [("mV", 1e3), ("Volts", 1e6)])
def test_a_simple_text_format_says_its_own_unit(written, unit, factor):
    recording = open_recording(
        written(f"# Sampling Rate (Hz):= 1000.00\n# Units:= {unit}\n0.003\n-0.5\n")
    )
    assert recording.info.channels[0].unit == "uV"
    assert samples_of(recording).ravel() == pytest.approx([0.003 * factor, -0.5 * factor])


def test_a_table_of_acceleration_alone_is_a_recording(written):
    text = "# Sampling Rate (Hz):= 100.00\n# Labels:= acc_x\tacc_y\n1.5\t2.5\n3.5\t4.5\n"
    recording = open_recording(written(text))
    assert [channel.kind for channel in recording.info.channels] == ["ACCEL", "ACCEL"]
    assert samples_of(recording).tolist() == [[1.5, 2.5], [3.5, 4.5]]


def test_an_auxiliary_file_names_the_one_to_take(written):
    with pytest.raises(RecordingError, match="OpenBCI-RAW-"):
        open_recording(written("%OpenBCI Raw Aux Data\n%Sample Rate = 250 Hz\na,b\n1,2\n"))
