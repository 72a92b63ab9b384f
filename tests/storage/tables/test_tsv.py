"""Tables: what was written is read back."""

import numpy as np
import pandas as pd
import pytest

from emgspasm.errors import RecordingError
from emgspasm.storage.tables.columns import PAIRS, SUMMARY
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.storage.tables.tsv import read_table, require_numbers, table, write_table


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (EVENTS, {"onset": 1.5, "channel": "1", "muscle": "01", "muscles": "2"}),
        (SUMMARY, {"channel": "1", "muscle": "2"}),
        (PAIRS, {"muscle_a": "1", "muscle_b": "2"}),
    ],
)
def test_labels_that_look_like_numbers_stay_words(tmp_path, columns, row):
    write_table(table([row, {}], columns), tmp_path / "x.tsv")
    read = read_table(tmp_path / "x.tsv")
    for name, value in row.items():
        assert read[name][0] == value
        assert pd.isna(read[name][1])


@pytest.mark.parametrize(("content", "why"), [(b"", "it is empty"), (b"\xff\n", "'utf-8' codec")])
def test_what_is_no_table_is_refused_whatever_table_was_looked_for(tmp_path, content, why):
    path = tmp_path / "x_summary.tsv"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=rf"not a tab-separated table \({why}") as caught:
        read_table(path)
    assert str(caught.value).endswith("). Give a table as emgspasm writes it")


def test_a_table_that_ends_inside_a_row_is_refused(tmp_path):
    path = tmp_path / "x.tsv"
    write_table(table([{"onset": 1.5, "duration": 0.5}] * 3, EVENTS), path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RecordingError, match=r"is cut: its last line holds \d+ of \d+ fields"):
        read_table(path)


def test_a_last_line_without_its_end_is_a_row(tmp_path):
    (tmp_path / "x.tsv").write_text("onset\tduration\n1.5\t0.5")
    assert read_table(tmp_path / "x.tsv").duration.tolist() == [0.5]


def test_a_word_where_a_number_belongs_is_named_with_its_line(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text("onset\tduration\n1.0\tn/a\nabc\t2\n")
    frame = read_table(path)
    require_numbers(frame, path, ["duration", "peak_uV"])
    with pytest.raises(RecordingError, match=r"x\.tsv: onset is 'abc' in line 3 .*Correct"):
        require_numbers(frame, path, ["onset", "duration"])


def test_rows_stand_as_pandas_writes_them(tmp_path):
    frame = pd.DataFrame(
        {
            "number": [1e-7, np.nan, 1e22, -0.0, 0.1, 123456.789],
            "whole": pd.array([1, None, 3, 4, 5, 6], "Int64"),
            "flag": pd.Series([True, None, False, True, None, None], dtype=object),
            "word": ["a", 'say "b"', None, "c\td", "e\nf", ""],
            "nothing": [None] * 6,
        }
    )
    for n, rows in enumerate((frame, frame.drop(index=[1, 3, 4]), frame[:0])):
        write_table(rows, tmp_path / f"{n}.tsv")
        expected = rows.to_csv(sep="\t", index=False, na_rep="n/a", lineterminator="\n")
        assert (tmp_path / f"{n}.tsv").read_bytes() == expected.encode()
