"""Plain tables: CSV, TSV, text of numbers."""

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.importers.rows import BLOCK_BYTES
from emgspasm.storage.opening import open_recording
from emgspasm.stream import SKIP
from support.text_files import EPOCH, TWO, clock, exg, gaps_of, plain, samples_of


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


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("time", lambda s: f"{s:.3f}"),
        ("t_ms", lambda s: f"{1000 * s:.0f}"),
        ("time (min)", lambda s: f"{s / 60:.9f}"),
        ("time", lambda s: f"{45_382.41 + s / 86_400:.10f}"),
        ("Time (ms)", lambda s: f"{1000 * s:.0f}"),
        ("timestamp", lambda s: f"{EPOCH + s:.3f}"),
        ("epoch", lambda s: f"{1000 * (EPOCH + s):.0f}"),
        ("time_us", lambda s: f"{1e6 * s:.0f}"),
        ("epoch", lambda s: f"{1e9 * (EPOCH + s):.0f}"),
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
    assert not any("samples a second" in finding for finding in recording.findings)


@pytest.mark.parametrize("coarse", ["date,20240331", "epoch,1700000000", "seconds,0"])
def test_of_several_columns_of_times_the_finest_tells_where_samples_are_missing(written, coarse):
    name, value = coarse.split(",")
    text = plain(
        names=f"{name},time,OOC_L,OOC_R",
        first=lambda row: f"{int(value) + row // 300},{row / 250 + 0.1 * (row > 99):.3f}",
    )
    recording = open_recording(written(text), sampling_frequency=250)
    assert gaps_of(recording) == [(100, 25)]
    expected = datetime.fromtimestamp(EPOCH, UTC) if name == "epoch" else None
    assert recording.start == expected


@pytest.mark.parametrize("unit", [1, 1e-3, 1e-6, 1e-9])
def test_times_since_1970_say_when_a_recording_began_in_any_unit(written, unit):
    text = plain(names="epoch,OOC_L,OOC_R", first=lambda row: f"{(EPOCH + row / 250) / unit:.3f}")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.start == datetime.fromtimestamp(EPOCH, UTC)


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
    with pytest.raises(RecordingError, match="commas separate its fields or its decimals, line 1"):
        open_recording(written(text), sampling_frequency=250)


def test_two_fields_below_one_name_may_be_halves_of_a_decimal(written):
    path = written("OOC_L\n12,57\n64,04\n")
    with pytest.raises(RecordingError, match="commas separate its fields or its decimals, line 2"):
        open_recording(path, sampling_frequency=250)


@pytest.mark.parametrize("label", ["", "SMILE,"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_rows_with_two_fields_for_each_name_are_halves_of_decimals(written, mark, label):
    names = ["what"] * bool(label) + ["OOC_L", "OOC_R"]
    rows = [label + ",".join(f"{value:.2f}" for value in row) for row in TWO + 100]
    text = ",".join(names) + "\n" + "\n".join(rows).replace(".", ",")
    with pytest.raises(RecordingError, match="separate its fields or its decimals, line 2"):
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
    told = f"1 line is no row, a missing sample each; the first is line 102 ({damage!r})"
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
    assert "ZYG_L lacks 400 of 400 samples (empty, NaN or over 1e+12)" in recording.findings


@pytest.mark.parametrize(
    ("written_as", "read_as", "said"),
    [("1e300", np.nan, "OOC_L lacks 1 of 400 samples"), ("1e-99", 0.0, None)],
)
def test_a_number_no_recorder_can_have_measured_never_reaches_a_filter(
    written, written_as, read_as, said
):
    text = plain().replace(f"{TWO[9, 0]},", f"{written_as},")
    recording = open_recording(written(text), sampling_frequency=250)
    expected = TWO.copy()
    expected[9, 0] = read_as
    assert np.array_equal(samples_of(recording), expected, equal_nan=True)
    assert any(finding.startswith(said) for finding in recording.findings) == (said is not None)


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


def test_lines_of_numbers_that_never_go_on_alike_are_no_table(written):
    text = "1,2\n1,2,3\n4\nx,1\n1,2,3,4\n" * 1800
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


@pytest.mark.parametrize("word", ["#N/A", "#NV", "#DIV/0!", " #WERT!"])
@pytest.mark.parametrize("row", [0, 100])
def test_an_error_of_a_spreadsheet_in_the_first_column_is_no_comment(written, word, row):
    lines = plain().splitlines()
    lines[1 + row] = f"{word},2.5"
    recording = open_recording(written("\n".join(lines)), sampling_frequency=250)
    expected = TWO.copy()
    expected[row] = np.nan, 2.5
    assert np.array_equal(samples_of(recording), expected, equal_nan=True)


def test_a_table_that_is_mostly_no_rows_is_refused_with_its_first_such_line(written):
    text = plain().replace("-", "\u2212")
    with pytest.raises(RecordingError, match="more than 100 lines are not rows, the first of them"):
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


def test_numbers_may_be_names_beside_a_column_of_times(written):
    text = plain(names="time,1,2", first=lambda row: f"{row / 250:.3f}")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("1", "2")
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
    assert recording.info.names == ("Frame", "Sub Frame", "IM1", "IM2")
    assert np.allclose(samples_of(recording)[:, 2:], 1e6 * TWO)


def test_a_column_without_a_name_leaves_the_others_theirs(written):
    text = plain(names=",OOC_L,OOC_R", first=lambda row: str(row // 9))
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("Channel 1", "OOC_L", "OOC_R")


@pytest.mark.parametrize("names", ["OOC_L,OOC_L", "OOC_L (uV),OOC_L (mV)"])
def test_a_name_that_stands_twice_is_numbered_and_said(written, names):
    recording = open_recording(written(plain(names=names)), sampling_frequency=250)
    assert recording.info.names == ("OOC_L (1)", "OOC_L (2)")
    assert [channel.muscle for channel in recording.info.channels] == [None, None]
    assert any("['OOC_L'] occur more than once" in finding for finding in recording.findings)


def test_units_in_a_header_are_units(written):
    text = plain(names="OOC_L (mV),OOC_R [uV]")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert np.allclose(samples_of(recording), TWO * [1000, 1])


@pytest.mark.parametrize("units", ["s,mV,uV", "(s),(mV),(uV)", "[s],[mV],[uV]"])
def test_units_in_a_line_of_their_own_are_units(written, units):
    text = plain(names=f"When,OOC_L,OOC_R\n{units}", first=lambda row: f"{row / 250:.3f}")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert np.allclose(samples_of(recording), TWO * [1000, 1])


def test_a_column_of_seconds_is_times_in_any_language(written):
    text = plain(names="Zeit [s],OOC_L,OOC_R", first=lambda row: f"{row / 250 + 2 * (row > 99)}")
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert gaps_of(recording) == [(100, 500)]


def test_names_in_a_comment_as_numpy_writes_them_are_names(written):
    text = io.StringIO()
    np.savetxt(text, TWO, delimiter=",", header="begun at noon\nOOC_L (mV),OOC_R (mV)")
    recording = open_recording(written(text.getvalue()), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert np.allclose(samples_of(recording), 1000 * TWO)


def test_names_in_the_code_page_of_windows_are_read(written):
    text = plain(names="OOC_L (µV),OOC_R (µV)").encode("cp1252")
    recording = open_recording(written(text), sampling_frequency=250)
    assert [channel.unit for channel in recording.info.channels] == ["uV", "uV"]
    assert recording.info.names == ("OOC_L", "OOC_R")


def test_a_name_in_quotes_may_hold_the_mark_between_fields(written):
    recording = open_recording(
        written(plain(names='OOC_L,"OOC_R, rectus"')), sampling_frequency=250
    )
    assert recording.info.names == ("OOC_L", "OOC_R, rectus")


def test_a_plain_table_without_a_rate_asks_for_it(written):
    with pytest.raises(ConfigError, match="--sampling-frequency"):
        open_recording(written("1,2\n3,4\n"))


def test_what_a_column_of_times_would_say_of_the_rate_is_told_with_the_question(written):
    rows = "".join(f"{row / 500},{row % 7}\n" for row in range(30))
    with pytest.raises(ConfigError, match=r"\(time rises by 0.002 a row: 500 Hz if in seconds\)"):
        open_recording(written(f"time,OOC_L\n{rows}"))


def test_the_rate_that_a_plain_table_says_counts_more_than_one_given(written):
    path = written("# Sampling Rate (Hz):= 1000\n1.5,2\n3,4\n")
    assert open_recording(path, sampling_frequency=500).info.sampling_frequency == 1000


def test_a_text_column_becomes_annotations_that_last_until_it_changes(written):
    words = ["rest"] * 30 + ["não"] * 20 + ["rest"] * 10
    text = "WORD,a\n" + "".join(f"{word},{i}\n" for i, word in enumerate(words))
    recording = open_recording(written(text), sampling_frequency=10)
    marks = [(mark.onset, mark.duration, mark.text) for mark in recording.annotations]
    assert marks == [(0.0, 3.0, "rest"), (3.0, 2.0, "não"), (5.0, 1.0, "rest")]


def labelled(row, word):
    """Rows beside a column of text that is empty in all rows but one."""
    return plain(names="Marker,OOC_L,OOC_R", first=lambda number: word if number == row else "")


@pytest.mark.parametrize("row", [10, 300])
def test_a_label_that_stands_in_few_rows_is_a_marker_and_costs_no_sample(written, row):
    recording = open_recording(written(labelled(row, "smile")), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert np.array_equal(samples_of(recording), TWO)
    marks = [(mark.onset, mark.duration, mark.text) for mark in recording.annotations]
    assert marks == [(row / 250, 0.0, "smile")]


def test_a_column_for_labels_without_any_is_no_channel(written):
    recording = open_recording(written(labelled(0, "")), sampling_frequency=250)
    assert recording.info.names == ("OOC_L", "OOC_R")
    assert recording.annotations == ()


def test_a_label_far_down_a_table_is_found_past_a_damaged_line(written):
    text = labelled(350, "smile").replace("\n", "\ntorn\n", 250).replace("\ntorn\n", "\n", 249)
    recording = open_recording(written(text), sampling_frequency=250)
    assert [mark.text for mark in recording.annotations] == [SKIP, "smile"]


def test_a_column_whose_first_numbers_are_missing_is_a_channel(written):
    text = plain(names="OOR_L,OOC_L,OOC_R", first=lambda row: "" if row < 300 else str(row))
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.info.names == ("OOR_L", "OOC_L", "OOC_R")
    assert samples_of(recording)[300:, 0].tolist() == list(range(300, 400))


def test_columns_of_text_that_begin_late_are_named_where_there_are_several(written):
    names = "Activity,Marker,OOC_L,OOC_R"
    words = {300: "rest,", 310: ",smile"}
    text = plain(names=names, first=lambda row: words.get(row, ","))
    with pytest.raises(RecordingError, match=r"2 columns of text \('Activity', 'Marker'\)"):
        open_recording(written(text), sampling_frequency=250)


def test_a_text_above_numbers_of_its_column_is_refused_with_its_line(written):
    text = plain(names="OOR_L,OOC_L,OOC_R", first=lambda row: str(row / 7) if row else "-")
    with pytest.raises(
        RecordingError, match=r"line 2 holds '-' in the column 'OOR_L', whose other"
    ):
        open_recording(written(text), sampling_frequency=250)


def test_a_text_that_labels_nothing_is_shown(written):
    text = plain(names="when,OOC_L,OOC_R", first=lambda row: f"31.03.2024 10:00:00.{row:03d}")
    recording = open_recording(written(text.replace(",", ";")), sampling_frequency=250)
    assert any(
        "column of text ('31.03.2024 10:00:00.000' first)" in finding
        for finding in recording.findings
    )


@pytest.mark.parametrize("names", ["", "OOC_L,OOC_R\n"])
@pytest.mark.parametrize("n_settings", [1, 30])
def test_settings_above_a_table_are_no_rows(written, names, n_settings):
    settings = "Sampling Rate:,1000\n" + "Gain,24\n" * (n_settings - 1)
    recording = open_recording(written(settings + names + plain(names="")))
    assert recording.info.sampling_frequency == 1000
    assert recording.info.names == (("OOC_L", "OOC_R") if names else ("Channel 1", "Channel 2"))
    assert np.array_equal(samples_of(recording), TWO)


def test_the_description_above_a_table_of_biopac_is_no_row(written):
    header = "rest.acq\n4 msec/sample\n2 channels\nOOC_L\nmV\nOOC_R\nmV\nmsec,CH1,CH2,\n,400,400,\n"
    rows = "".join(f"{4 * row},{one},{two},\n" for row, (one, two) in enumerate(TWO))
    recording = open_recording(written(header + rows), sampling_frequency=250)
    assert recording.info.names == ("CH1", "CH2")
    assert np.array_equal(samples_of(recording), TWO)


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


def test_a_table_whose_first_row_begins_with_0_and_blanks_is_no_edf(written):
    text = "".join(f"{row:<8d}{value:.2f}\n" for row, value in enumerate(TWO[:, 0]))
    recording = open_recording(written(text), sampling_frequency=250)
    assert recording.n_samples == len(TWO)


@pytest.mark.parametrize("mark", [",", " "])
def test_lines_that_carriage_returns_end_are_all_read(written, mark):
    n_rows = BLOCK_BYTES // 4
    recording = open_recording(written(f"1.5{mark}2\r" * n_rows), sampling_frequency=250)
    assert recording.n_samples == n_rows
