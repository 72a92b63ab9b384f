"""The anchor of the sample count in host time."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.session.anchor import Anchor


def test_before_the_first_sample_nothing_is_late():
    assert Anchor(250.0).age(0, 5.0) == 0
    assert Anchor(250.0).sample_at(5.0) == 0


@given(st.lists(st.floats(0, 0.1), min_size=50, max_size=400), st.integers(0, 2**31))
def test_late_samples_do_not_move_it(delays, seed):
    rng = np.random.default_rng(seed)
    delays = [0.0, *delays]
    anchor, zero = Anchor(250.0), float(rng.uniform(0, 1e6))
    for number, delay in enumerate(delays, start=1):
        anchor = anchor.seen(number, zero + number / 250 + delay)
    assert math.isclose(anchor.zero, zero, abs_tol=1e-6)
    assert anchor.sample_at(zero + 3.0) == 750


def test_one_sample_in_time_every_seven_seconds_is_enough():
    anchor = Anchor(250.0)
    for number in range(1, 40 * 250):
        late = 0.0 if number % 1750 == 500 else 0.08
        anchor = anchor.seen(number, 100.0 + number / 250 + late)
        if number >= 500:
            assert math.isclose(anchor.zero, 100.0, abs_tol=1e-9)


def test_the_age_of_a_sample_is_the_time_since_it_was_due():
    anchor = Anchor(250.0).seen(250, 8.0)
    assert math.isclose(anchor.age(250, 8.5), 0.5)
    assert math.isclose(anchor.age(300, 8.5), 0.3)
    assert anchor.age(500, 8.5) == 0


def test_before_its_first_sample_a_stream_is_at_sample_0():
    assert Anchor(250.0).seen(250, 8.0).sample_at(6.0) == 0


def test_it_follows_a_drifting_crystal_within_two_spans():
    anchor = Anchor(250.0)
    for number in range(1, 60 * 250, 5):
        anchor = anchor.seen(number, number / 250 * (1 + 200e-6))
    assert abs(anchor.sample_at(60 * (1 + 200e-6)) - 60 * 250) <= 1 + 250 * 20 * 200e-6


def test_it_forgets_an_early_start_after_a_jump_of_the_count():
    anchor = Anchor(250.0).seen(250, 1.0)
    for second in range(1, 40):
        anchor = anchor.seen(250 * second, second + 2.0)
    assert anchor.sample_at(41.0) == 39 * 250
