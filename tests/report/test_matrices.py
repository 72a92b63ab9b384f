"""The matrix of a side: which muscle of a pair a share and a lag are of."""

import pandas as pd

from emgspasm.report.together import Notes, is_copied, matrices
from emgspasm.results.analysis import Results
from emgspasm.storage.tables.columns import PAIRS
from emgspasm.storage.tables.tsv import table

NOTHING = pd.DataFrame()


def cells(order, notes=None, **more):
    """Cells of a side by row and column; of each pair the table says its second after its first."""
    rows = [
        {"side": "L", "muscle_a": a, "muscle_b": b, "sync_pct": 10.0 * k, "lag_median_ms": float(k),
         "valid": True, "crosstalk_flag": "no"} | more
        for k, (a, b) in enumerate(
            ((a, b) for i, a in enumerate(order) for b in order[i + 1 :]), start=1
        )
    ]  # fmt: skip
    results = Results("x", NOTHING, NOTHING, NOTHING, table(rows, PAIRS), NOTHING, {})
    lines = matrices(results, notes or Notes())["L"]
    return {
        (row, column): cell
        for row, line in lines
        for (column, _), cell in zip(lines, line, strict=True)
    }


def test_a_share_is_of_the_row_s_muscle_and_a_lag_of_it_after_the_column_s():
    told = cells(("OOC", "ZYG", "FRO"))  # the order of the channels, not that of the face
    for k, (first, second) in enumerate((("OOC", "ZYG"), ("OOC", "FRO"), ("ZYG", "FRO")), start=1):
        assert (told[first, second]["kind"], told[first, second]["value"].exact) == (
            "synchrony",
            str(10.0 * k),
        )
        assert (told[second, first]["kind"], told[second, first]["value"].exact) == (
            "lag",
            str(float(k)),
        )


def test_what_a_pair_withholds_is_a_letter_in_both_of_its_cells():
    notes = Notes()
    told = cells(("OOC", "ZYG"), notes, valid=False, reason="a muscle without bursts")
    assert [told[pair] for pair in (("OOC", "ZYG"), ("ZYG", "OOC"))] == [
        {"kind": "withheld", "letter": "a"}
    ] * 2
    assert [(letter, reason.exact) for letter, reason in notes.listed()] == [
        ("a", "a muscle without bursts")
    ]


def test_a_darker_tone_is_a_larger_share_and_cross_talk_is_marked_in_both_cells():
    tones = [
        cells(("OOC", "ZYG"), sync_pct=share, crosstalk_flag="yes")["OOC", "ZYG"]["tone"]
        for share in (0.0, 19.9, 20.0, 79.0, 80.0, 100.0)
    ]
    assert tones == [0, 0, 1, 3, 4, 4]
    for flag in ("possible", "yes", "no"):
        told = cells(("OOC", "ZYG"), crosstalk_flag=flag)
        assert told["OOC", "ZYG"]["copied"] == told["ZYG", "OOC"]["copied"] == (flag != "no")
        assert is_copied({"L": [("OOC", list(told.values()))]}) == (flag != "no")


def test_a_share_is_told_in_whole_percent_a_lag_to_a_tenth_and_nothing_of_a_muscle_with_itself():
    told = cells(("OOC", "ZYG"), sync_pct=66.67, lag_median_ms=2.34)
    assert told["OOC", "ZYG"]["value"].shown == "67"
    assert told["ZYG", "OOC"]["value"].shown == "2.3"
    assert told["OOC", "OOC"] == told["ZYG", "ZYG"] == {"kind": "self"}
