"""Classes of spasms, worked out by hand."""

import pytest

from emgspasm.stream import Burst
from emgspasm.synkinesis.measures.classes import spasm_class


def burst(onset, offset, channel=0):
    return Burst(channel, onset, offset, 10.0, 5.0, 1.0)


@pytest.mark.parametrize(
    ("bursts", "label"),
    [
        ([(0, 100)], "isolated"),
        ([(0, 100), (129, 200)], "isolated"),  # 29 ms is no pause
        ([(0, 100), (130, 200)], "grouped"),
        ([(0, 100), (150, 250)], "grouped"),
        ([(0, 500)], "tonic"),
        ([(0, 100), (200, 800)], "combined"),
        ([(0, 300), (350, 650), (700, 1000)], "tonic"),  # 90 % of a second
        ([(0, 350), (650, 1000)], "grouped"),  # 70 % is not over it
    ],
)
@pytest.mark.parametrize("onset", [0, 60_000])
def test_classes_of_spasm(bursts, label, onset):
    later = [burst(onset + a, onset + b) for a, b in bursts]
    assert spasm_class(later, 1000.0) == label


def test_a_pause_of_most_muscles_counts_where_one_loses_it():
    parts = [burst(0, 300, 0)]
    parts += [burst(a, b, c) for c in (1, 2) for a, b in ((0, 100), (200, 300))]
    assert spasm_class(parts, 1000.0) == "isolated"
    assert spasm_class([burst(b.onset // 4, b.offset // 4, b.channel) for b in parts], 250.0) == (
        "grouped"
    )


@pytest.mark.parametrize(
    "bursts",
    [
        # four muscles, and then two of them
        [(0, 20, 0), (0, 20, 1), (0, 20, 2), (0, 20, 3), (40, 60, 0), (40, 60, 1)],
        # two of four muscles, and then all
        [(0, 20, 0), (0, 20, 1), (40, 60, 0), (40, 60, 1), (40, 60, 2), (40, 60, 3)],
        # of two muscles, one that shows the pause
        [(0, 20, 0), (40, 60, 0), (0, 60, 1)],
    ],
)
def test_at_a_low_rate_a_pause_that_only_some_muscles_show_is_one(bursts):
    assert spasm_class([burst(*b) for b in bursts], 250.0) == "grouped"


@pytest.mark.parametrize(
    ("bursts", "label"),
    [
        ([(0, 100)], "isolated"),
        ([(0, 48), (55, 100)], "isolated"),  # 28 ms is no pause
        ([(0, 48), (56, 100)], "grouped"),
        ([(0, 75), (80, 150)], "tonic"),
        ([(0, 50), (200, 250)], "grouped"),  # active for 40 % of a second
    ],
)
def test_at_a_low_rate_muscles_that_act_together_are_classed_as_one_is(bursts, label):
    together = [burst(a, b, muscle) for a, b in bursts for muscle in range(3)]
    assert spasm_class(together, 250.0) == label


def test_at_a_low_rate_a_muscle_that_joins_later_does_not_shorten_what_most_others_do():
    assert spasm_class([burst(0, 150, 0), burst(0, 150, 1), burst(75, 150, 2)], 250.0) == "tonic"


@pytest.mark.parametrize(
    ("fs", "gap", "length", "label"),
    [
        (250.0, 0.052, 0.5, "tonic"),
        (250.0, 0.068, 0.6, "combined"),
        (250.0, 0.052, 0.3, "grouped"),  # clonic bursts stay apart
        (500.0, 0.052, 0.6, "combined"),  # where the gap is told well
    ],
)
def test_a_short_gap_beside_a_tonic_contraction_is_a_dip_at_a_low_rate(fs, gap, length, label):
    times = [(9.0, 9.0 + length), (9.0 + length + gap, 9.2 + length + gap)]
    bursts = [burst(round(a * fs), round(b * fs)) for a, b in times]
    assert spasm_class(bursts, fs) == label


def test_a_tonic_contraction_may_have_several_dips():
    assert spasm_class([burst(0, 150), burst(163, 213), burst(226, 276)], 250.0) == "tonic"
