"""Agreement of raters against examples that others worked out."""

import numpy as np
import pandas as pd
import pytest

from emgspasm.synkinesis.measures.agreement import (
    agreement,
    cohen_kappa,
    counts,
    epochs,
    icc_2_1,
)
from emgspasm.synkinesis.measures.scoring import score

SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
"""Six targets and four judges of Shrout & Fleiss 1979, table 2."""


def test_icc_is_that_of_shrout_and_fleiss():
    assert icc_2_1(SHROUT_FLEISS) == pytest.approx(0.29, abs=0.005)


def test_icc_of_equal_ratings_is_1_and_of_a_constant_undefined():
    assert icc_2_1([[1, 1], [2, 2], [5, 5]]) == pytest.approx(1)
    assert np.isnan(icc_2_1([[2, 2], [2, 2]]))


def test_icc_needs_two_items():
    assert icc_2_1([[1, 1], [4, 4]]) == pytest.approx(1)
    assert np.isnan(icc_2_1([[1, 4]]))


def test_kappa_of_a_worked_example():
    """50 grants: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no; observed 0.7, by chance 0.5."""
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_kappa_of_raters_of_whom_one_says_yes_more_often():
    """45 yes-yes, 15 yes-no, 25 no-yes, 15 no-no; observed 0.6, by chance 0.6 x 0.7 + 0.4 x 0.3."""
    first = ["y"] * 60 + ["n"] * 40
    second = ["y"] * 45 + ["n"] * 15 + ["y"] * 25 + ["n"] * 15
    assert cohen_kappa(first, second) == pytest.approx((0.6 - 0.54) / (1 - 0.54))


def test_kappa_of_one_category_alone_is_undefined():
    assert np.isnan(cohen_kappa([], []))
    assert np.isnan(cohen_kappa([1, 1], [1, 1]))


def test_epochs_are_those_something_goes_on_in():
    seen = epochs(np.array([[0.2, 0.4], [1.9, 2.1]]), 4.0)
    assert seen.tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("onset", "offset", "epoch"), [(2.0, 2.0, 2), (3.7, 9.0, 3), (5.0, 6.0, 3), (-2.0, -1.0, 0)]
)
def test_what_has_no_length_or_lies_outside_goes_on_in_the_nearest_epoch(onset, offset, epoch):
    assert np.flatnonzero(epochs(np.array([[onset, offset]]), 4.0)).tolist() == [epoch]


def test_events_are_counted_in_equal_blocks_of_about_30_s():
    intervals = np.array([[0.0, 1.0], [30.4, 31.0], [30.5, 31.0], [61.0, 61.0]])
    assert counts(intervals, 61.0).tolist() == [2, 2]
    assert counts(intervals[:1], 76.0).tolist() == [1, 0, 0]


def test_raters_agree_no_better_where_a_recording_is_a_little_longer():
    rng = np.random.default_rng(0)
    seen = rng.uniform(0, 90, (200, 2, 30))
    rated = [[np.stack([np.sort(onsets)] * 2, axis=1) for onsets in pair] for pair in seen]
    told = [np.nanmean([agreement([pair], s)[1] for pair in rated]) for s in (90.0, 92.0)]
    assert told[1] == pytest.approx(told[0], abs=0.05)


def test_what_is_shorter_than_a_block_is_one():
    assert counts(np.array([[0.0, 0.2], [0.5, 0.7]]), 0.7).tolist() == [2]
    assert epochs(np.array([[0.0, 0.2]]), 0.7).tolist() == [True]


def events(onsets, status="auto"):
    return pd.DataFrame(
        {"onset": onsets, "duration": 0.2, "trial_type": "spasm", "channel": None,
         "status": status}
    )  # fmt: skip


def test_two_raters_who_agree_have_kappa_1_and_rejected_events_do_not_count():
    first = pd.concat([events([1.0, 36.0, 37.5, 70.0]), events([50.0], "rejected")])
    (told,) = score(first, events([1.0, 36.0, 37.5, 70.0]))
    assert (told.kappa, told.icc) == (pytest.approx(1), pytest.approx(1))
    assert told.sensitivity == 1


def test_two_raters_who_disagree_have_less():
    (told,) = score(events([1.0, 35.0, 70.0, 71.5]), events([1.0, 20.0, 35.0, 50.0]))
    assert told.kappa < 0.6
    assert told.icc < 0.6
