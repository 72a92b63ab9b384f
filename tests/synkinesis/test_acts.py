"""How bursts lie in time, and what acts of them are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.synkinesis.acts.act import Act, connected, meet, overlap, side_of, together
from emgspasm.synkinesis.acts.clusters import Cluster
from support.readings import FS, reading

SPANS = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(lambda s: (s[0], sum(s)))


def spans(*stretches, label="OOC_L"):
    return [reading(label, onset, offset) for onset, offset in stretches]


@given(SPANS, SPANS)
def test_bursts_meet_where_they_have_a_sample_in_common_and_that_many_overlap(a, b):
    one, other = spans(a, b)
    common = len({*range(*a)} & {*range(*b)})
    assert meet(one, other) == meet(other, one) == (common > 0)
    assert max(overlap(one, other), 0) == common


@pytest.mark.parametrize(("b", "gap"), [((120, 130), 20), ((100, 130), 0)])
def test_what_does_not_overlap_is_apart_by_the_gap_between(b, gap):
    one, other = spans((50, 100), b)
    assert overlap(one, other) == overlap(other, one) == -gap


@pytest.mark.parametrize(
    ("apart", "label", "n"), [(25, "ZYG_L", 1), (26, "ZYG_L", 0), (9, "OOC_R", 0)]
)
def test_two_muscles_begin_together_within_the_window_whichever_is_named_first(apart, label, n):
    one, other = reading("OOC_L", 100, 200), reading(label, 100 + apart, 200)
    assert len(together([one, other], 25)) == len(together([other, one], 25)) == n


@given(st.lists(SPANS, max_size=8))
def test_connected_bursts_are_those_without_a_sample_of_silence_between_them(stretches):
    active = np.zeros(50, bool)
    for onset, offset in stretches:
        active[onset + 1 : offset] = True  # silence between two samples parts them
    group = np.cumsum(~active)  # of what begins there
    found = connected(spans(*stretches))
    expected = [sorted(s for s in stretches if group[s[0]] == g) for g in np.unique(group)]
    assert [sorted((r.onset, r.offset) for r in part) for part in found] == [
        e for e in expected if e
    ]


@pytest.mark.parametrize(
    ("labels", "side"),
    [("OOC_L ZYG_L", "L"), ("OOC_R", "R"), ("OOC_L ZYG_R", "B"), ("OOC_R ZYG_L", "B")],
)
def test_what_is_of_more_than_one_side_is_of_both(labels, side):
    assert side_of([reading(label, 0, 9) for label in labels.split()]) == side


def test_an_act_lasts_from_its_first_burst_to_the_end_of_its_last():
    act = Act("twitch", "L", tuple(spans((20, 90), (10, 40), (30, 50))))
    assert (act.onset, act.offset) == (10, 90)


@pytest.mark.parametrize(
    ("labels", "carried", "alone"),
    [
        ("ZYG OOR", "", True),
        ("ZYG OOC", "", False),
        ("OOR FRO", "", False),
        ("OOR", "OOC", False),
        ("OOC", "OOR", False),
        ("OOC FRO", "", False),
    ],
)
def test_an_act_is_of_the_lower_face_without_eye_and_brow_those_on_a_blink_included(
    labels, carried, alone
):
    mine, on_blink = (
        tuple(reading(f"{muscle}_L", 0, 9) for muscle in names.split())
        for names in (labels, carried)
    )
    act = Act("twitch", "L", mine, carried=on_blink)
    assert act.of_lower_face == alone
    assert act.muscles == {*labels.split(), *carried.split()}


def test_a_cluster_waits_for_its_gap_after_the_burst_that_ends_last():
    cluster = Cluster.at(FS)
    for burst in spans((1000, 1500), (1100, 1200)):
        cluster.add(burst)
    assert cluster.closing == 1510


def test_a_cluster_that_never_pauses_is_full_after_its_longest_time():
    cluster = Cluster.at(FS)
    assert cluster.latest > 90_000
    cluster.add(*spans((1000, 90_000)))
    cluster.add(*spans((5000, 91_000)))
    assert cluster.latest == 21_000
