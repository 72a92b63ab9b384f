"""Units of samples."""

import pytest

from emgspasm.units import in_ascii, microvolts_in, on_screen


@pytest.mark.parametrize(
    ("unit", "microvolts"),
    [
        ("uV", 1.0),
        ("μV", 1.0),
        ("mV", 1e3),
        ("Volt", 1e6),
        ("nV", 1e-3),
        ("Microvolt", 1.0),
        ("NANOVOLTS", 1e-3),
    ],
)
def test_a_voltage_is_known_as_programs_spell_it(unit, microvolts):
    assert microvolts_in(unit) == microvolts


@pytest.mark.parametrize("unit", ["count", "g", "", "MV"])
def test_what_is_no_voltage_has_no_microvolts(unit):
    assert microvolts_in(unit) is None


@pytest.mark.parametrize("micro", ["µ", "μ"])
def test_either_sign_of_micro_is_a_letter_in_files(micro):
    assert in_ascii(f"{micro}V") == "uV"


def test_screens_show_microvolts_with_their_sign():
    assert on_screen("noise 6.0 uV; uVs") == "noise 6.0 µV; uVs"
    assert on_screen("g") == "g"
