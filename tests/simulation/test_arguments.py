"""Wrong arguments are refused with the value, the rule and what to do."""

import pytest

from emgspasm.simulation import simulate


def test_unknown_scenario_names_the_nearest():
    with pytest.raises(ValueError, match=r"'hfs_clonc' is unknown; nearest names: hfs_clonic"):
        simulate("hfs_clonc")


def test_hopeless_scenario_names_all():
    with pytest.raises(ValueError, match=r"artifacts, blepharospasm, .*synkinesis"):
        simulate("???")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"side": "both"}, "side='both'.*'left' or 'right'"),
        ({"sampling_frequency": 50}, "sampling_frequency=50 Hz.*100 to 16000"),
        ({"sampling_frequency": float("nan")}, "sampling_frequency=nan"),
        ({"duration": 0}, "duration=0 s.*positive"),
        ({"duration": float("inf")}, "duration=inf s.*a day"),
        ({"duration": 1e12}, "duration=1e\\+12 s.*a day"),
        ({"snr": -1e9}, "snr=-1e\\+09 dB; it must lie from -60 to 120, .*no config"),
        ({"snr": float("nan")}, "snr=nan dB"),
        ({"seed": -1}, "seed=-1.*not negative"),
        ({"seed": 3.0}, "seed=3.0; it must be a whole number"),
        ({"seed": float("inf")}, "seed=inf; it must be a whole number"),
        ({"montage": ()}, "montage"),
        ({"montage": ("OOC_L", "XYZ_R")}, "XYZ_R.*as OOC_L"),
        ({"montage": ("OOC_L", "OOC_L")}, "duplicate.*OOC_L"),
        ({"packet_loss": 1.0}, "packet_loss=1.0.*below 1"),
        ({"clock_drift": 5000}, "clock_drift=5000 ppm"),
        ({"power_line_frequency": 400}, "power_line_frequency=400 Hz"),
        ({"chunk_size": 0}, "chunk_size=0.*at least one"),
    ],
)
def test_each_wrong_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate("healthy_rest", **arguments)
