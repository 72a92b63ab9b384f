"""Marker files."""

import pytest

from emgspasm.errors import ConfigError
from emgspasm.session.markers import read_markers
from emgspasm.stream import Annotation


def test_lines_of_seconds_tab_text_become_markers(tmp_path):
    path = tmp_path / "m.tsv"
    path.write_text("# cues\n0\trest_open\n\n  \n12.5\tsmile, 2nd trial\n", encoding="utf-8")
    assert read_markers(path) == (
        Annotation(0.0, 0.0, "rest_open"),
        Annotation(12.5, 0.0, "smile, 2nd trial"),
    )


def test_a_mark_of_byte_order_is_no_part_of_the_first_marker(tmp_path):
    path = tmp_path / "m.tsv"
    path.write_bytes(b"\xef\xbb\xbf0\trest_open\r\n")
    assert read_markers(path) == (Annotation(0.0, 0.0, "rest_open"),)


@pytest.mark.parametrize(
    "line", ["smile", "1.5 smile", "1.5\t", "1.5\t ", "-1\tx", "inf\tx", "nan\tx", "1,5\tx"]
)
def test_a_wrong_line_is_named(tmp_path, line):
    path = tmp_path / "m.tsv"
    path.write_text(f"0\tok\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"m\.tsv, line 2"):
        read_markers(path)


def test_a_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "m.tsv"
    path.write_bytes(b"0\tr\xe9pos\n")  # of another encoding
    with pytest.raises(ConfigError, match=r"m\.tsv cannot be read .*Give a text file"):
        read_markers(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.tsv cannot be read"):
        read_markers(tmp_path / "none.tsv")
