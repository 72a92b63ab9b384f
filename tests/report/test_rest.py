"""Rate and burden at rest of findings made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.report.course.rest import Measured, RestBlock, halves, measure_rest
from emgspasm.report.course.sessions import Session
from emgspasm.report.course.variability import repeated, variability
from emgspasm.results.findings import BURST, EVENT, LAG, PART, READ, Findings
from emgspasm.stream import Channel, StreamInfo

FS = 1000
INFO = StreamInfo(FS, tuple(map(Channel.from_label, ("OOC_L", "ZYG_L", "OOC_R", "ZYG_R"))))


def found(*bursts, valid=((0, 200_000),) * 4):
    """Findings of a left spasm for each burst (channel, onset, offset) of 5 uV over the noise."""
    events = [("spasm", a, b, "L", "isolated", 1.0, 1.0, 1, False, "", 0, "good", "")
              for _, a, b in bursts]  # fmt: skip
    rows = [(channel, a, b, 10.0, 7.0, 2.0, 0) for channel, a, b in bursts]
    parts = [(*row, number, False) for number, row in enumerate(rows)]
    told = {column: np.reshape(valid[column], (-1, 2)) for column in range(4)}
    return Findings(
        bursts=np.array(rows, BURST),
        events=np.array(events, EVENT),
        parts=np.array(parts, PART),
        readings=np.empty(0, READ),
        lags=np.empty(0, LAG),
        rho=np.zeros((4, 4)),
        sought=told,
        marked=(),
        envelopes={},
        sampling_frequency=1000.0,
    )


def block(findings, *spans):
    findings = replace(findings)  # what a test changed in its arrays is told anew
    return RestBlock(INFO, findings, np.array(spans), primary=True)


def test_what_lasts_after_the_block_is_no_burden_at_rest():
    rest = block(found((0, 99_000, 103_000)), (0, 100_000))
    told = measure_rest([rest], "L", "eye")
    assert told.spasms == 1
    assert told.burden == pytest.approx(5.0 * 1.0 / 100)


def test_a_muscle_that_was_lost_for_half_of_the_block_has_its_burden_over_the_other_half():
    valid = ((0, 200_000), (0, 50_000), (0, 200_000), (0, 200_000))
    rest = block(found((0, 1000, 3000), (1, 1000, 3000), valid=valid), (0, 100_000))
    told = measure_rest([rest], "L", "face")
    assert told.burden == pytest.approx((5 * 2 / 100 + 5 * 2 / 50) / 2)
    assert told.seconds == 100
    assert measure_rest([rest], "L", "cheek").seconds == 50


def test_a_side_that_was_lost_in_the_block_has_no_numbers():
    valid = ((0, 200_000), (0, 200_000), (150_000, 200_000), (0, 200_000))
    told = measure_rest([block(found(valid=valid), (0, 100_000))], "R", "face")
    assert (told.seconds, told.spasms, told.rate, told.burden) == (0.0, None, None, None)


def test_a_measurement_varies_by_no_less_than_counting_makes():
    spasms = [(0, 20_000 * i, 20_000 * i + 100) for i in range(10)]
    findings = found(*spasms)
    pair = [
        measure_rest([block(findings, part)], "L", "eye")
        for part in ((0, 90_000), (100_000, 190_000))
    ]
    assert [m.spasms for m in pair] == [5, 5]
    told = variability([tuple(pair)] * 3, "rate")
    assert told == pytest.approx(1.96 * np.sqrt(5 + 5) / 1.5, rel=1e-4)


@pytest.mark.parametrize("measure", ["rate", "burden", "amplitude"])
def test_blocks_without_a_spasm_do_not_tell_how_much_a_measurement_varies(measure):
    quiet = measure_rest([block(found(), (0, 90_000))], "L", "eye")
    assert variability([(quiet, quiet)] * 3, measure) is None


def test_a_block_without_a_spasm_leaves_a_rate_possible_but_tells_no_interval_of_the_burden():
    quiet = measure_rest([block(found(), (0, 120_000))], "L", "eye")
    assert quiet.rate_interval == pytest.approx((0.0, 3.6889 / 2), abs=1e-4)
    assert (quiet.burden, quiet.burden_interval) == (0.0, None)


def test_halves_of_a_block_are_of_the_same_valid_time():
    rest = block(found(), (0, 10_000), (30_000, 60_000), (70_000, 90_000))
    first, second = (half.spans.tolist() for half in halves(rest))
    assert first == [[0, 10_000], [30_000, 50_000]]
    assert second == [[50_000, 60_000], [70_000, 90_000]]
    uneven = block(found(), (0, 30_000), (40_000, 60_000), (70_000, 110_000))
    first, second = (half.spans.tolist() for half in halves(uneven))
    assert first == [[0, 30_000], [40_000, 55_000]]
    assert second == [[55_000, 60_000], [70_000, 110_000]]


def test_a_region_counts_the_spasms_of_its_side_in_which_it_takes_part_per_minute():
    findings = found((0, 1000, 1100), (1, 20_000, 20_100), (0, 40_000, 40_100), (0, 90_000, 90_100))
    findings.events["side"][2] = "R"
    findings.parts["copy"][3] = True
    rest = block(findings, (0, 120_000))
    told = {place: measure_rest([rest], "L", place).spasms for place in ("face", "eye", "cheek")}
    assert told == {"face": 2, "eye": 1, "cheek": 1}
    assert measure_rest([rest], "L", "face").rate == 1.0
    assert measure_rest([rest], "L", "mouth").spasms is None  # no such channel


def test_a_spasm_of_two_muscles_is_one_and_its_burden_the_mean_of_both():
    findings = found((0, 1000, 2000), (1, 1000, 4000))
    findings.parts["event"][:], findings.events["offset"][0] = 0, 4000
    told = measure_rest([block(findings, (0, 100_000))], "L", "face")
    assert told.spasms == 1
    assert told.burden == pytest.approx(5.0 * (1 + 3) / 2 / 100)


def test_blocks_are_pooled_by_their_valid_time():
    findings = found((0, 1000, 2000), (0, 61_000, 61_500), (0, 70_000, 70_500))
    told = measure_rest(
        [block(findings, (0, 60_000)), block(findings, (60_000, 90_000))], "L", "eye"
    )
    assert (told.seconds, told.spasms, told.rate) == (90.0, 3, 2.0)
    assert told.burden == pytest.approx(5.0 * 2 / 90)
    assert told.rate_interval is None  # of three blocks of 30 s


def test_the_amplitude_is_the_median_over_the_noise():
    findings = found((0, 1000, 2000), (0, 3000, 3100), (0, 5000, 5100))
    findings.parts["mean"][:] = 5.0, 14.0, 6.0
    told = measure_rest([block(findings, (0, 100_000))], "L", "eye")
    assert told.amplitude == 4.0
    quiet = measure_rest([block(found(), (0, 100_000))], "L", "eye")
    assert quiet.amplitude is None


@pytest.mark.parametrize("bursts", [(), ((0, 1000, 2000),)])
def test_without_microvolts_no_burden_and_no_amplitude_is_told(bursts):
    unknown = StreamInfo(FS, tuple(replace(c, unit="n/a") for c in INFO.channels))
    rest = replace(block(found(*bursts), (0, 120_000)), info=unknown)
    told = measure_rest([rest], "L", "eye")
    assert (told.burden, told.burden_interval, told.amplitude) == (None, None, None)
    assert (told.spasms, told.rate) == (len(bursts), len(bursts) / 2)


def measured(rate, seconds=60.0, burden=0.0):
    return Measured(seconds, rate, float(rate), None, burden, None, None)


def test_a_measurement_of_two_sessions_tells_no_variability_and_of_three_it_does():
    pairs = [(measured(4, burden=1.0), measured(4, burden=b)) for b in (2.0, 3.0, 1.0)]
    assert variability(pairs[:2], "burden") is None
    told = variability(pairs, "burden")
    assert told == pytest.approx(1.96 * np.sqrt(np.mean([1.0, 4.0, 0.0])), rel=1e-4)


def session(*spans):
    """Rest with a spasm of the left eye every 2 s."""
    findings = found(*((0, 2000 * k, 2000 * k + 100) for k in range(100)))
    blocks = [block(findings, span) for span in spans]
    return Session("a", None, [], blocks, [])


@pytest.mark.parametrize(
    ("spans", "compared"),
    [
        (((0, 60_000), (60_000, 62_000)), [30.0, 30.0]),
        (((0, 2000), (10_000, 70_000)), [30.0, 30.0]),
        (((0, 2000), (10_000, 70_000), (80_000, 95_000)), [60.0, 15.0]),
        (((0, 20_000), (20_000, 50_000), (50_000, 90_000), (90_000, 92_000)), [20.0, 40.0]),
    ],
)
def test_the_first_and_last_block_of_rest_that_is_no_few_seconds_are_compared(spans, compared):
    assert [m.seconds for m in repeated(session(*spans), "L", "eye")] == compared


@pytest.mark.parametrize(("seconds", "told"), [(14.9, False), (15.0, True)])
def test_of_rest_of_some_seconds_no_variability_is_told(seconds, told):
    pair = measured(4, seconds), measured(5)
    assert all((variability([pair] * 3, name) is not None) == told for name in ("rate", "burden"))


def test_a_session_in_which_a_block_was_lost_tells_nothing_of_variability():
    lost = Measured(0.0, None, None, None, None, None, None)
    pairs = [(measured(4), measured(5))] * 2 + [(measured(4), lost)]
    assert variability(pairs, "rate") is None
