"""The course of botulinum toxin: amplitudes of injected muscles, nothing else."""

import numpy as np
import pytest

from emgspasm.simulation import simulate
from emgspasm.simulation.toxin import remaining_amplitude


@pytest.mark.parametrize(
    ("day", "share"),
    [(-7, 1), (0, 1), (7, 0.575), (14, 0.15), (28, 0.15), (54, 0.325), (80, 0.5), (95, 0.75),
     (110, 1), (400, 1)],
)  # fmt: skip
def test_the_course_of_the_amplitude_has_the_published_knots(day, share):
    assert remaining_amplitude(day) == pytest.approx(share)


def samples(**course):
    return np.concatenate([chunk.samples for chunk in simulate("hfs_clonic", **COMMON, **course)])


COMMON = {"duration": 6.0, "snr": float("inf"), "seed": 4, "montage": ("OOC_L", "FRO_R")}


def test_an_injected_muscle_is_weaker_by_its_share_and_the_other_side_as_before():
    # the two sites lie too far apart for cross-talk
    before, after = samples(), samples(days_since_injection=21, injected=("OOC_L",))
    lively = np.abs(before[:, 0]) > 5
    assert lively.sum() > 100
    ratio = np.std(np.diff(after[lively, 0])) / np.std(np.diff(before[lively, 0]))
    assert ratio == pytest.approx(0.15, rel=0.05)
    np.testing.assert_array_equal(after[:, 1], before[:, 1])


def test_events_come_when_they_came_before():
    before = simulate("hfs_clonic", **COMMON)
    after = simulate("hfs_clonic", **COMMON, days_since_injection=21, injected=("OOC_L",))
    assert [(e.trial_type, e.onset, e.offset) for e in after.truth] == [
        (e.trial_type, e.onset, e.offset) for e in before.truth
    ]
    peaks = [
        [b.peak for e in told.truth for b in e.bursts if b.channel == 0] for told in (before, after)
    ]
    np.testing.assert_allclose(peaks[1], 0.15 * np.array(peaks[0]), rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"days_since_injection": 3.0}, "give both or neither"),
        ({"injected": ("OOC_L",)}, "give both or neither"),
        ({"days_since_injection": np.nan, "injected": ("OOC_L",)}, "days_since_injection=nan"),
        ({"days_since_injection": 3.0, "injected": ("PLA_L",)}, "PLA_L.*not recorded"),
    ],
)
def test_an_injection_told_in_part_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate("hfs_clonic", **arguments)
