"""Tables: what was written is read back."""

import pandas as pd
import pytest

from emgspasm.storage.columns import EVENTS, PAIRS, SUMMARY
from emgspasm.storage.tables import read_table, table, write_table


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
