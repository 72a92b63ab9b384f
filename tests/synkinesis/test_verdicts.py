"""What one burst is, by what its own samples say."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.stream import Burst
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.verdicts import (
    alone,
    is_beyond_chance,
    is_evident,
    is_of_both,
    is_slow,
    leaps_along,
    remainder,
    sides_with,
    spills,
    verdict,
)
from emgspasm.synkinesis.readings.reading import Site
from support.readings import FS, alike, reading

RULES = Rules()
CHEEK = ("ZYG_L", 1000, 1100)
SILENT = {"opposite_silent": True}


@pytest.mark.parametrize(
    ("li", "kind", "by_itself", "with_one"),
    [
        (0.9, {}, "one", "one"),
        (0.5, {}, "both", "both"),
        (0.5, SILENT, "one", "both"),
        (0.2, SILENT, "unknown", "both"),
        (0.2, {}, "both", "both"),
        (-0.5, {}, "both", "both"),
        (-0.9, {}, "minor", "minor"),
        (1.0, {"opposite": np.nan}, "unknown", "unknown"),
        (0.9, {"opposite_silent": True, "least_li": -0.1}, "unknown", "unknown"),
        (0.9, {"opposite_silent": True, "least_li": 0.1}, "one", "one"),
        (1.0, {"site": Site(8, "", "MEN", -1)}, "unknown", "unknown"),
        (1.0, {"copy": True, "hum": 0.2}, "copy", "copy"),
        (1.0, {"copy": True, "hum": 0.9}, "artifact", "artifact"),
        (1.0, {"hum": 0.6}, "artifact", "artifact"),
        (1.0, {"steps": 0.9}, "artifact", "artifact"),
        (1.0, {"shared": 2}, "artifact", "artifact"),
        (1.0, {"hum": 0.2, "steps": 0.5, "shared": 1}, "one", "one"),
        (1.0, {"frequency": 14.0}, "artifact", "artifact"),
    ],
)
def test_a_burst_is_of_one_side_by_its_index_alone_or_beside_one_of_the_other(
    li, kind, by_itself, with_one
):
    told = reading(*CHEEK, li=li, **kind)
    assert verdict(told, [], RULES, FS) == by_itself
    assert verdict(told, [reading("ZYG_R", 1020, 1090, -0.5)], RULES, FS) == with_one


def lasting(*, opposite=8.0, most=9.0):
    """A second of the left cheek at 10 uV; the right one has so much on the whole."""
    return reading(
        "ZYG_L", 1000, 2000, amplitude=10.0, opposite=opposite, opposite_most=most, li=0.1
    )


def beside(onset, offset, *, amplitude, meanwhile=10.0):
    """What the right cheek does, while the left one goes on at so many uV."""
    return reading("ZYG_R", onset, offset, -0.1, amplitude=amplitude, opposite=meanwhile)


def test_what_is_left_of_a_burst_without_the_other_side_s_has_the_energy_that_is_left():
    # the right cheek has all of its energy in six tenths of the time
    loud = 8.0 * np.sqrt(10 / 6)
    told = remainder(lasting(), [beside(1000, 1600, amplitude=loud)], FS)
    assert (told.amplitude, told.opposite) == (pytest.approx(10.0), pytest.approx(0.0, abs=1e-5))
    assert told.li == pytest.approx(1.0)
    most = np.sqrt((9.0**2 - 8.0**2) * 10 / 4)  # of which nobody knows that it is not there
    assert told.least_li == pytest.approx((10 - most) / (10 + most))


def test_what_is_left_counts_every_burst_of_the_other_side():
    loud = 8.0 * np.sqrt(10 / 6)
    parts = [beside(a, a + 300, amplitude=loud, meanwhile=5.0) for a in (1000, 1400)]
    told = remainder(lasting(), parts, FS)
    assert (told.amplitude, told.opposite) == (
        pytest.approx(np.sqrt((10.0**2 - 0.6 * 5.0**2) / 0.4)), pytest.approx(0.0, abs=1e-5),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("burst", "partner", "share"),
    [
        (lasting(), (1400, 2600), 0.6),
        (lasting(), (700, 1590), 0.6),
        (replace(lasting(), offset=9000), (1000, 7390), 0.6),
    ],
    ids=["outlasts it", "begins before it, whose ends are weak", "long before what is compared"],
)
def test_of_a_burst_of_the_other_side_counts_what_lies_in_the_time_that_is_compared(
    burst, partner, share
):
    told = remainder(burst, [beside(*partner, amplitude=8.0 / np.sqrt(share))], FS)
    assert (told.amplitude, told.opposite) == (pytest.approx(10.0), pytest.approx(0.0, abs=1e-5))


@pytest.mark.parametrize(
    ("burst", "partners"),
    [
        (lasting(), []),
        (lasting(), [beside(1000, 1700, amplitude=8.0 * np.sqrt(10 / 7))]),
        (lasting(opposite=10.0), [beside(1000, 1500, amplitude=10.0)]),
        (replace(lasting(), onset=1800), [beside(1800, 1920, amplitude=8.0 * np.sqrt(10 / 6))]),
    ],
    ids=["nothing beside it", "little is left", "even in what is left", "too brief"],
)
def test_a_burst_is_taken_whole_unless_enough_of_one_side_is_left_of_it(burst, partners):
    assert remainder(burst, partners, FS) is burst


def leaping(label, onset=1000, **kind):
    return reading(label, onset, onset + 100, **({"li": 0.0, "leaps": True} | kind))


@pytest.mark.parametrize(
    ("burst", "others", "along"),
    [
        (leaping("ZYG_L"), [leaping("OOC_L", 1010)], True),
        (leaping("ZYG_L"), [leaping("OOC_L", 1010, leaps=False, li=1.0)], True),
        (leaping("ZYG_L"), [leaping("OOC_L", 1010, leaps=False)], False),
        (leaping("ZYG_L"), [leaping("OOC_L", 1010, copy=True)], False),
        (leaping("ZYG_L"), [leaping("OOC_R", 1010)], False),
        (leaping("ZYG_L"), [leaping("OOC_L", 1010), leaping("ZYG_R", 1010)], True),
        (leaping("OOC_L"), [leaping("ZYG_L", 1010), leaping("OOC_R", 1050)], False),
        (leaping("OOC_L"), [leaping("ZYG_L", 1010), leaping("OOC_R", 950)], False),
        (leaping("OOC_L"), [leaping("ZYG_L", 1010), leaping("OOC_R", 700)], True),
        (leaping("OOC_L"), [leaping("ZYG_L", 1010), leaping("ZYG_R", 1010)], True),
        (leaping("ZYG_L", leaps=False), [leaping("OOC_L", 1010)], False),
    ],
)
def test_a_burst_leaps_with_another_muscle_of_its_side_unless_both_eyes_blink(burst, others, along):
    assert leaps_along(burst, [burst, *others], RULES, FS) == along


def test_a_burst_of_which_the_other_side_does_nothing_is_of_one_side():
    told = alone(leaping("ZYG_L"))
    assert (told.li, told.opposite, told.amplitude) == (1.0, 0.0, 20.0)


@pytest.mark.parametrize(
    ("fs", "frequency", "seconds", "mean", "slow"),
    [
        (1000.0, 60.0, 2.0, 20.0, False),
        (1000.0, 40.0, 2.0, 20.0, True),
        (1000.0, 40.0, 0.05, 20.0, False),
        (1000.0, 20.0, 0.01, 20.0, True),
        (1000.0, np.nan, 2.0, 20.0, False),
        (200.0, 45.0, 8.0, 20.0, False),
        (200.0, 20.0, 2.0, 20.0, True),
        (125.0, 22.0, 0.1, 20.0, False),
        (1000.0, 40.0, 2.0, 2.5, True),
        (1000.0, 20.0, 0.05, 2.5, False),
        (1000.0, 60.0, 2.0, 1.0, False),
    ],
    ids=["muscle", "slow for certain", "perhaps", "slowest", "unknown", "narrow band", "there too",
         "perhaps in a narrow band", "faint and lasts", "faint", "fainter than noise"],
)  # fmt: skip
def test_a_burst_is_too_slow_for_a_muscle_by_its_frequency_and_how_sure_that_is(
    fs, frequency, seconds, mean, slow
):
    length = round(seconds * fs)
    told = reading("ZYG_L", 1000, 1000 + length, frequency=frequency, mean=mean)
    assert is_slow(told, RULES, fs) == slow


@pytest.mark.parametrize(
    ("mean", "length", "certain"), [(3.3, 20, True), (2.5, 20, False), (2.5, 900, True)]
)
def test_a_burst_is_beyond_chance_if_it_stands_out_or_lasts(mean, length, certain):
    assert is_beyond_chance(reading("ZYG_L", 1000, 1000 + length, mean=mean), FS) == certain


@pytest.mark.parametrize(
    ("label", "onset", "rho", "crossed"),
    [("ZYG_R", 1050, 0.6, True), ("ZYG_R", 1050, 0.2, False), ("ZYG_R", 1150, 0.6, False),
     ("OOR_R", 1050, 0.6, False), ("ZYG_L", 1050, 0.6, False)],
)  # fmt: skip
def test_what_crosses_over_is_of_the_same_muscle_waveform_and_time(label, onset, rho, crossed):
    onto = reading(label, onset, 1200, -0.8, rho=alike("ZYG_L", rho))
    assert spills(reading(*CHEEK), onto) == crossed


@pytest.mark.parametrize(
    ("li", "other", "onset", "sides"),
    [(0.35, "ZYG_L", 1010, True), (0.25, "ZYG_L", 1010, False), (0.35, "ZYG_L", 1050, False),
     (0.35, "ZYG_R", 1010, False), (0.35, "FRO_L", 1010, False)],
    ids=["leans with it", "hardly leans", "later", "over there", "the same muscle"],
)  # fmt: skip
def test_a_burst_that_leans_sides_with_another_muscle_of_its_side(li, other, onset, sides):
    one = [reading(other, onset, 1200)]
    assert sides_with(reading("FRO_L", 1000, 1100, li), one, RULES, FS) == sides


EYE = ("OOC_L", 1000, 1200)


@pytest.mark.parametrize(
    ("burst", "partners", "of_both"),
    [
        ((*EYE, 0.8), [("OOC_R", 1020, 1210)], True),
        ((*EYE, 0.8), [("OOC_R", 980, 1190)], True),
        ((*EYE, 0.8), [("OOC_R", 930, 1200)], False),
        ((*EYE, 0.8), [("OOC_R", 1000, 1100)], False),
        ((*EYE, 0.8), [("OOC_R", 900, 950), ("OOC_R", 1000, 1200)], True),
        ((*EYE, 0.95), [("OOC_R", 1000, 1200)], False),
        (("OOR_L", 1000, 1900, 0.8), [("OOR_R", 950, 1950)], True),
        (("OOR_L", 1000, 1900, 0.8), [("OOR_R", 800, 1900)], False),
        (("OOR_L", 1000, 1200, 0.8), [("OOR_R", 1000, 1200)], False),
    ],
)
def test_an_uneven_burst_is_of_both_sides_where_the_other_begins_and_ends_with_it(
    burst, partners, of_both
):
    one = reading(*burst)
    others = [reading(*partner, -0.8) for partner in partners]
    assert is_of_both(one, [one], others, RULES, FS) == of_both
    joined = [one, reading("ZYG_L", 1005, 1190)]  # another muscle of its side begins with it
    assert not is_of_both(one, joined, others, RULES, FS)
    over_there = [one, reading("ZYG_R", 1005, 1190)]
    assert is_of_both(one, over_there, others, RULES, FS) == of_both
    crossed = [replace(other, rho=alike(burst[0], 0.6)) for other in others]
    assert is_of_both(one, [one], crossed, RULES, FS) == (of_both and burst[0] == "OOC_L")


@pytest.mark.parametrize(
    ("label", "length", "kind", "evident"),
    [
        ("ZYG_L", 150, {}, True),
        ("ZYG_L", 20, {"mean": 2.5}, False),
        ("ZYG_L", 900, {"mean": 2.5}, True),
        ("ZYG_L", 900, {"mean": 1.9}, False),
        ("ZYG_L", 900, {"mean": 0.5}, False),
        ("ZYG_L", 20, {"burst": Burst(1, 1000, 1020, 30.0, 20.0, 0.0)}, True),
        ("ZYG_L", 150, {"li": 0.5, **SILENT}, True),
        ("OOC_L", 150, {"li": 0.5, **SILENT}, False),
        ("OOC_L", 150, {"li": 0.7, **SILENT}, True),
        ("ZYG_L", 150, {"li": 0.3, **SILENT}, False),
        ("ZYG_L", 150, {"li": 0.9, "opposite_silent": False}, False),
    ],
)
def test_a_burst_is_evident_if_it_is_strong_or_lasts_while_the_other_side_is_silent(
    label, length, kind, evident
):
    assert is_evident(reading(label, 1000, 1000 + length, **kind), FS) == evident
