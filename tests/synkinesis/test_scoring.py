"""Agreement with a truth, against every pairing there is and against numbers made by hand."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.synkinesis.measures.scoring import COLLAR, match, score


def table(*rows):
    """Rows of onset and duration, and if need be channel and kind."""
    ordinary = ("OOC_L", "burst")
    full = [(*row, *ordinary[len(row) - 2 :]) for row in rows]
    return pd.DataFrame(full, columns=["onset", "duration", "channel", "trial_type"])


def touch(a, b):
    return a[0] <= b[1] + COLLAR and b[0] <= a[1] + COLLAR


def best_pairing(found, truth):
    """Most pairs, then least sum of onset distances, by trying every pairing."""
    short, long = sorted((found, truth), key=len)
    best = (0, 0.0)
    for chosen in permutations(range(len(long)), len(short)):
        pairs = [(long[i], s) for i, s in zip(chosen, short, strict=True) if touch(long[i], s)]
        distance = sum(abs(a[0] - b[0]) for a, b in pairs)
        best = max(best, (len(pairs), -distance))
    return best


intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 25)).map(
        lambda pair: (pair[0] / 50, (pair[0] + pair[1]) / 50)
    ),
    max_size=5,
).map(sorted)


def array(rows):
    return np.array(rows, np.float64).reshape(-1, 2)


@given(found=intervals, truth=intervals)
def test_the_pairing_is_the_best_of_all(found, truth):
    pairs = match(array(found), array(truth))
    distance = sum(abs(found[i][0] - truth[j][0]) for i, j in pairs)
    n_best, best_distance = best_pairing(found, truth)
    assert len(pairs) == n_best
    assert distance == pytest.approx(-best_distance, abs=1e-9)


@given(found=intervals, truth=intervals)
def test_pairs_are_one_to_one_and_touch(found, truth):
    pairs = match(array(found), array(truth))
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    assert all(touch(found[i], truth[j]) for i, j in pairs)


@given(found=intervals, truth=intervals)
def test_matching_is_symmetric(found, truth):
    assert len(match(array(found), array(truth))) == len(match(array(truth), array(found)))


@pytest.mark.parametrize(("gap", "n"), [(0.049, 1), (0.051, 0)])
def test_events_within_the_collar_match(gap, n):
    assert len(match(array([(1.0, 1.1)]), array([(1.1 + gap, 1.5)]))) == n


def test_identical_tables_agree_perfectly():
    events = table((0.5, 0.1), (1.0, 0.2), (5.0, 0.05), (1.0, 0.2, "ZYG_R"))
    scores = score(events, events)
    assert [(s.trial_type, s.channel) for s in scores] == [
        ("burst", "all"),
        ("burst", "OOC_L"),
        ("burst", "ZYG_R"),
    ]
    for s in scores:
        assert (s.sensitivity, s.ppv, s.f1) == (1.0, 1.0, 1.0)
        assert (s.onset_bias_ms, s.duration_error_pct) == (0.0, 0.0)
    assert [s.onset_sd_ms for s in scores[:2]] == [0.0, 0.0]


def test_a_hand_computed_example():
    truth = table((1.0, 0.1), (2.0, 0.1), (3.0, 0.2), (9.0, 0.1))
    # 10 ms late, 20 ms early and twice as long, missed, missed, one false
    found = table((1.01, 0.1), (1.98, 0.2), (6.0, 0.1))
    (s,) = score(found, truth)
    assert (s.n_truth, s.n_found, s.n_matched) == (4, 3, 2)
    assert s.sensitivity == pytest.approx(2 / 4)
    assert s.ppv == pytest.approx(2 / 3)
    assert s.f1 == pytest.approx(4 / 7)
    assert s.onset_bias_ms == pytest.approx(-5.0)
    assert s.onset_sd_ms == pytest.approx(30.0 / np.sqrt(2))
    assert s.offset_bias_ms == pytest.approx((10 + 80) / 2)
    assert s.offset_sd_ms == pytest.approx(70.0 / np.sqrt(2))
    assert s.duration_error_pct == pytest.approx(50.0)


def test_channels_and_kinds_are_scored_apart():
    truth = table((1.0, 0.1, "OOC_L"), (1.0, 0.1, "ZYG_L"), (1.0, 0.1, np.nan, "spasm"))
    found = table((1.0, 0.1, "OOC_L"), (1.0, 0.1, "OOC_R"), (1.0, 0.1, np.nan, "blink"))
    by_name = {
        (s.trial_type, s.channel): (s.n_truth, s.n_found, s.n_matched) for s in score(found, truth)
    }
    assert by_name == {
        ("blink", "n/a"): (0, 1, 0),
        ("burst", "all"): (2, 2, 1),
        ("burst", "OOC_L"): (1, 1, 1),
        ("burst", "OOC_R"): (0, 1, 0),
        ("burst", "ZYG_L"): (1, 0, 0),
        ("spasm", "n/a"): (1, 0, 0),
    }


def test_what_has_no_denominator_is_no_number():
    (s,) = score(table(), table((1.0, 0.1)))
    assert (s.sensitivity, s.f1) == (0.0, 0.0)
    assert np.isnan([s.ppv, s.onset_bias_ms, s.onset_sd_ms, s.duration_error_pct]).all()
    assert score(table(), table()) == []


def test_a_mark_without_length_matches_and_leaves_the_length_error_unknown():
    (s,) = score(table((1.0, 0.1)), table((1.02, 0.0)))
    assert s.n_matched == 1
    assert s.onset_bias_ms == pytest.approx(-20.0)
    assert np.isnan(s.duration_error_pct)


def test_one_pair_tells_no_scatter():
    (s,) = score(table((1.01, 0.1)), table((1.0, 0.1)))
    assert s.onset_bias_ms == pytest.approx(10.0)
    assert np.isnan([s.onset_sd_ms, s.offset_sd_ms]).all()


def test_the_order_of_the_rows_does_not_matter():
    rng = np.random.default_rng(0)
    truth = table(*zip(np.sort(rng.uniform(0, 60, 80)), rng.uniform(0.02, 0.3, 80), strict=True))
    found = truth.assign(onset=truth["onset"] + rng.normal(0, 0.02, 80))[5:]
    (ordered,) = score(found, truth)
    (mixed,) = score(found.sample(frac=1, random_state=1), truth.sample(frac=1, random_state=2))
    assert ordered == mixed
    assert ordered.sensitivity > 0.9


def test_an_hour_of_dense_events_is_matched_in_clusters():
    onsets = np.arange(0, 3600, 0.3)
    truth = np.stack([onsets, onsets + 0.1], axis=1)
    assert len(match(truth + 0.01, truth)) == len(truth)


def test_kappa_is_over_the_seconds_up_to_the_end_of_the_last_event():
    (s,) = score(table((0.0, 1.0), (8.0, 4.0)), table((8.0, 4.0)))
    chance = (5 * 4 + 7 * 8) / 12**2
    assert s.kappa == pytest.approx((11 / 12 - chance) / (1 - chance))


@pytest.mark.parametrize("lacking", ["onset", "duration", "trial_type", "channel"])
def test_a_table_without_a_column_is_refused_by_name(lacking):
    events = table((1.0, 0.1))
    with pytest.raises(ValueError, match=rf"the truth lacks the columns \['{lacking}'\]"):
        score(events, events.drop(columns=lacking))


def test_false_bursts_that_the_result_calls_cross_talk_do_not_count():
    truth = table((1.0, 0.1), (3.0, 0.1))
    found = table((1.0, 0.1), (2.0, 0.1), (3.0, 0.1), (4.0, 0.1))
    plain = score(found, truth)[0]
    assert (plain.n_found, plain.ppv, plain.n_crosstalk) == (4, 0.5, 0)
    flagged = score(found.assign(crosstalk_flag=["no", "yes", "yes", "no"]), truth)[0]
    assert (flagged.n_found, flagged.n_crosstalk) == (3, 1)
    assert flagged.ppv == pytest.approx(2 / 3)
    assert flagged.sensitivity == 1.0  # one that matches counts, whatever it is called


def test_all_channels_together_count_the_cross_talk_of_each():
    truth = table((1.0, 0.1), (1.0, 0.1, "ZYG_L"))
    found = table((1.0, 0.1), (3.0, 0.1), (1.0, 0.1, "ZYG_L"), (2.0, 0.1, "ZYG_L"))
    everything, *_ = score(found.assign(crosstalk_flag=["no", "yes", "no", "possible"]), truth)
    assert (everything.channel, everything.n_found, everything.n_crosstalk) == ("all", 2, 2)


def test_all_channels_together_agree_by_the_epochs_and_blocks_of_each():
    same = [(1.0, 0.1), (35.0, 0.1), (36.5, 0.1)]
    found = table(*same, (2.0, 0.1, "ZYG_L"), (3.0, 0.1, "ZYG_L"), (61.0, 0.1, "ZYG_L"))
    truth = table(*same, (40.0, 0.1, "ZYG_L"), (61.0, 0.1, "ZYG_L"))
    everything, eye, cheek = score(found, truth)
    assert cheek.kappa < everything.kappa < eye.kappa == pytest.approx(1.0)
    assert cheek.icc < everything.icc < eye.icc == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((1e12, 0.1), r"the truth has onset=1e\+12 in line 3"),
        ((np.inf, 0.1), "onset=inf in line 3"),
        ((np.nan, 0.1), "onset=nan in line 3"),
        ((1.0, -0.1), r"duration=-0\.1 in line 3"),
        ((1.0, 1e12), r"duration=1e\+12 in line 3"),
    ],
)
def test_an_event_whose_time_is_none_is_refused_by_line_and_column(row, said):
    with pytest.raises(ValueError, match=said):
        score(table((1.0, 0.1)), table((1.0, 0.1), row))


def test_channels_and_kinds_that_look_like_numbers_are_words():
    (one,) = score(table((1.0, 0.1, "1", "3")), table((1.0, 0.1, 1, 3)))
    assert (one.trial_type, one.channel, one.n_matched) == ("3", "1", 1)


def spasms(*classes):
    rows = [(10.0 * i, 1.0, None, "spasm") for i in range(len(classes))]
    return table(*rows).assign(**{"class": classes})


def told(found, truth):
    return {s.trial_type: (s.n_truth, s.n_found, s.n_matched) for s in score(found, truth)}


def test_each_class_is_compared_by_itself():
    found = spasms("tonic", "grouped", "grouped")
    assert told(found, spasms("tonic", "tonic", "grouped")) == {
        "spasm": (3, 3, 3),
        "spasm:grouped": (1, 2, 1),
        "spasm:tonic": (2, 1, 1),
    }


def test_classes_that_only_one_table_names_are_not_compared():
    found = spasms("tonic", "grouped")
    assert told(found, spasms(None, None)) == {"spasm": (2, 2, 2)}
    assert told(found, found.drop(columns="class")) == {"spasm": (2, 2, 2)}
    assert told(found, spasms("tonic", None)) == {"spasm": (2, 2, 2)}


def test_where_nothing_is_found_the_classes_of_the_truth_are_missed():
    assert told(spasms(), spasms("tonic")) == {"spasm": (1, 0, 0), "spasm:tonic": (1, 0, 0)}


def test_marks_of_events_need_no_channel():
    marks = spasms("tonic", "grouped").drop(columns=["channel", "class"])
    assert told(spasms("tonic", "grouped"), marks) == {"spasm": (2, 2, 2)}
