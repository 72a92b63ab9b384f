"""Amplitudes of bars, their scale, and the laterality index: its floor, dead band and words."""

from __future__ import annotations

import numpy as np
import pytest

from emgspasm.desk.meter import AVERAGED, HELD, PATIENCE, Meter, short, verdict
from emgspasm.desk.muscles import Pair, full_name, pairs, title
from emgspasm.stream import Channel, StreamInfo

EYE = Pair("OOC", 0, 1)


def after(*envelopes, noise=(2.0, 2.0)):
    meter = Meter(2)
    for envelope in envelopes:
        meter.take(np.array(envelope, float), np.array(noise))
    return meter


def test_the_noise_is_taken_out_in_power():
    meter = after(*[(5.0, 2.0)] * AVERAGED, noise=(3.0, 3.0))
    np.testing.assert_allclose(meter.amplitude, (4.0, 0.0))


def test_an_amplitude_is_the_mean_power_of_the_latest_updates():
    meter = after(*[(100.0, 100.0)] * 5, *[(0.0, 30.0)] * AVERAGED, noise=(0.0, 0.0))
    np.testing.assert_allclose(meter.amplitude, (0.0, 30.0))
    meter.take(np.array([np.sqrt(AVERAGED) * 10, 30.0]), np.zeros(2))
    assert meter.amplitude[0] == pytest.approx(10.0)


@pytest.mark.parametrize(("left", "right", "li"), [(10, 90, 0.8), (90, 10, -0.8), (40, 40, 0.0)])
def test_the_index_leans_to_the_stronger_side(left, right, li):
    meter = after(*[(left, right)] * AVERAGED, noise=(0.0, 0.0))
    assert meter.index(EYE) == pytest.approx(li)


@pytest.mark.parametrize(
    ("left", "right", "noise", "defined"),
    [(3.9, 3.9, 0.0, False), (4.1, 0.0, 0.0, True), (12, 12, 5.0, False), (15, 12, 5.0, True)],
)
def test_under_the_floor_of_4_uv_or_two_and_a_half_times_the_noise_there_is_no_index(
    left, right, noise, defined
):
    meter = after(*[(left, right)] * AVERAGED, noise=(noise, noise))
    assert np.isfinite(meter.index(EYE)) == defined


def test_one_side_alone_or_an_unknown_level_gives_no_index():
    meter = after((50.0, np.nan))
    assert np.isnan(meter.index(EYE))
    assert np.isnan(meter.index(Pair("OOC", 0, None)))


@pytest.mark.parametrize(
    ("li", "words"),
    [
        (0.61, "one-sided, right"),
        (-0.61, "one-sided, left"),
        (0.5, "doubtful"),
        (0.39, "both sides"),
        (np.nan, "under the noise floor"),
    ],
)
def test_the_index_in_words_has_a_dead_band_and_a_doubtful_one(li, words):
    assert words in verdict(li)


@pytest.mark.parametrize(
    ("li", "known", "told"),
    [
        (0.6, True, "R 0.60"),
        (-1.0, True, "L 1.00"),
        (-0.59, True, "L 0.59?"),
        (0.4, True, "R 0.40?"),
        (-0.39, True, "0.39"),
        (np.nan, True, "floor"),
        (np.nan, False, "n/a"),
    ],
)
def test_the_index_in_a_column_names_a_side_from_where_it_is_doubtful_on(li, known, told):
    assert short(li, known=known) == told


def test_an_index_of_what_is_not_known_is_not_said_to_be_under_the_floor():
    silent, unknown = after((1.0, 1.0)), after((1.0, np.nan))
    assert "under the noise floor" in silent.verdict(EYE)
    assert unknown.verdict(EYE) == "no index: no signal, or noise not known"
    assert after((80.0, 2.0)).verdict(EYE).startswith("one-sided, left")


def test_a_peak_is_held_for_a_while():
    meter = after((80.0, 0.0), *[(0.0, 0.0)] * HELD, noise=(0.0, 0.0))
    assert meter.peak[0] == pytest.approx(80.0)
    meter.take(np.zeros(2), np.zeros(2))
    assert meter.peak[0] == 0.0


def test_the_scale_is_one_for_all_grows_at_once_and_shrinks_late():
    meter = after((10.0, 10.0), noise=(0.0, 0.0))
    assert meter.range == 50.0
    meter.take(np.array([10.0, 900.0]), np.zeros(2))
    assert meter.range == 1000.0
    for _ in range(HELD + PATIENCE):
        meter.take(np.array([10.0, 10.0]), np.zeros(2))
    assert meter.range == 1000.0
    for _ in range(2):
        meter.take(np.array([10.0, 10.0]), np.zeros(2))
    assert meter.range == 500.0


def test_channels_are_paired_by_muscle_from_brow_to_neck_whatever_their_order():
    labels = ("PLA_R", "ECG", "OOC_R", "FRO_L", "c1", "OOC_L", "PLA_L", "FCR_L")
    info = StreamInfo(1000.0, tuple(map(Channel.from_label, labels)))
    assert pairs(info) == (
        Pair("FRO", 2, None), Pair("OOC", 4, 1), Pair("PLA", 5, 0), Pair("FCR", 6, None),
    )  # fmt: skip


def test_what_lacks_a_side_or_a_muscle_is_of_no_pair():
    channels = (Channel("a", "left"), Channel("b", None, "MEN"), Channel.from_label("OOC_R"))
    assert pairs(StreamInfo(1000.0, channels)) == (Pair("OOC", None, 2),)


def test_a_pair_tells_its_columns_by_side():
    assert [Pair("OOC", 3, 5).column(side) for side in ("left", "right")] == [3, 5]


def test_a_channel_is_called_by_muscle_and_side():
    assert title(Channel.from_label("OOC_L")) == "OOC left"
    assert {title(Channel("c1", *told)) for told in ((), ("left",), (None, "OOC"))} == {"c1"}


def test_a_muscle_that_no_face_has_is_called_by_its_code():
    assert [full_name(code) for code in ("OOC", "XYZ")] == ["orbicularis oculi (OOC)", "XYZ"]
