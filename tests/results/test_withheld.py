"""What a result withholds, and why, of findings made by hand."""

from dataclasses import replace

import pytest

from emgspasm.results.channels import channel_warnings
from emgspasm.results.contractions import Contraction
from emgspasm.results.provenance import spasm_provenance, withheld
from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis.markers import Marker
from support.findings import burst, findings, spasm, stream

INFO = stream("OOC_L", "ZYG_L", "OOC_R", "ZYG_R")
KNOWN = {column: Contraction(50.0, "x.bdf") for column in range(4)}
RESTS = ((0, 40_000), (50_000, 90_000))


def rests(*blocks):
    return tuple(Marker(a, b, "rest_open", n) for n, (a, b) in enumerate(blocks, start=1))


TWO_RESTS = rests(*RESTS)


def reasons(events=(), info=INFO, most=KNOWN, marked=TWO_RESTS, end=120_000, **more):
    found = findings(len(info.channels), events, marked=marked, end=end, **more)
    return {item.measure: item.reason for item in withheld(info, found, [], most, "rest")}


def spasms(n):
    return [spasm(burst(0, 1000 * k, 1000 * k + 100)) for k in range(1, n + 1)]


def right(n):
    return [spasm(burst(2, 1000 * k, 1000 * k + 100), side="R") for k in range(1, n + 1)]


def test_what_is_always_withheld_of_rest_is_trials():
    told = reasons([*spasms(20), *right(20)])
    assert list(told) == ["trials"]


@pytest.mark.parametrize(("task", "why"), [("blink30", True), ("jaw", True), ("smile", False)])
def test_without_a_cue_that_has_a_prime_muscle_there_are_no_trials(task, why):
    told = reasons(marked=[Marker(0, 3000, task, 1)])["trials"]
    assert told.startswith("no task marker of brow, close_gentle, ") is why


@pytest.mark.parametrize(
    ("n_left", "n_right", "whose"),
    [
        (19, 19, ["spasms"]),
        (10, 10, ["spasms"]),
        (20, 19, ["spasms of the right side"]),
        (19, 20, ["spasms of the left side"]),
        (20, 20, []),
    ],
)
def test_of_a_side_with_few_spasms_no_rhythm_is_told(n_left, n_right, whose):
    told = reasons([*spasms(n_left), *right(n_right)])
    said = {measure: why for measure, why in told.items() if measure.startswith("interval_cv")}
    assert said == {f"interval_cv, rhythm_hz of {each}": "under 20 spasms of a side"
                    for each in whose}  # fmt: skip


def test_of_spasms_parted_by_gaps_no_variation_of_intervals_is_told():
    sought = {column: [(0, 10_500), (10_600, 120_000)] for column in range(4)}
    told = reasons([*spasms(20), *right(21)], sought=sought)
    said = {measure: why for measure, why in told.items() if measure.startswith("interval_cv")}
    assert said == {"interval_cv of spasms of the left side": "under 19 intervals without a gap"}


def test_channels_without_a_maximum_are_named():
    most = {0: KNOWN[0], 3: KNOWN[3]}
    told = reasons(most=most)["mvc_uV, pct_mvc, si, dsi, overlap"]
    assert told.endswith("at its sampling frequency: ZYG_L, OOC_R")


def test_channels_without_one_of_the_other_side_are_named():
    info = stream("OOC_L", "ZYG_L", "OOC_R", "MEN")
    assert reasons(info=info)["li, log_ratio"] == "no channel of the other side: ZYG_L"


@pytest.mark.parametrize(
    ("blocks", "measure", "said"),
    [
        (RESTS[:1], "rate_mdc_per_min", "no two rest blocks in the recording"),
        ((RESTS[0], (110_000, 124_999)), "rate_mdc_per_min of spasms of the left side",
         "no two rest blocks of 15 s of valid time"),
        (RESTS, "rate_mdc_per_min of spasms of the left side", "none in the two rest blocks"),
    ],
)  # fmt: skip
def test_why_no_change_of_the_rate_is_told(blocks, measure, said):
    assert reasons(marked=rests(*blocks), end=130_000)[measure] == said


def test_without_two_rest_blocks_it_is_said_once_for_all():
    told = reasons(marked=rests(RESTS[0]))
    assert [measure for measure in told if measure.startswith("rate_mdc")] == ["rate_mdc_per_min"]


def test_two_blocks_that_are_called_rest_tell_a_change():
    marked = [replace(marker, task="rest") for marker in rests(*RESTS)]
    told = reasons([spasm(burst(0, 20_000, 20_100))], marked=marked)
    assert "rate_mdc_per_min" not in told
    assert "rate_mdc_per_min of spasms of the left side" not in told


def test_a_spasm_in_either_rest_block_tells_a_change():
    for onsets in ((20_000,), (60_000,), (20_000, 60_000)):
        told = reasons([spasm(burst(0, onset, onset + 100)) for onset in onsets])
        assert "rate_mdc_per_min of spasms of the left side" not in told
        assert told["rate_mdc_per_min of spasms of the right side"] == "none in the two rest blocks"


def test_in_a_short_recording_no_interval_is_told_of_each_side_and_of_blinks():
    told = reasons(end=80_000, marked=())
    said = {k: v for k, v in told.items() if k.startswith("rate_ci")}
    why = "under 4 blocks of 30 s of valid time"
    assert said == {
        f"rate_ci of {whose}": why
        for whose in ("spasms of the left side", "spasms of the right side", "blinks")
    }


def test_a_side_without_its_eye_is_not_told_and_in_a_task_that_lost_it_neither():
    told = reasons(sought={0: []})
    assert {"spasms of the left side", "blinks"} <= told.keys()
    assert "spasms of the right side" not in told
    told = reasons(sought={0: [(0, 45_000)]}, marked=(*rests((0, 40_000)),
                   Marker(50_000, 90_000, "speech", 1)))  # fmt: skip
    assert {"spasms of the left side in speech", "blinks in speech"} <= told.keys()
    assert "spasms of the left side in rest_open" not in told


def test_the_provenance_tells_valid_time_tasks_and_maxima_in_their_units():
    info = stream("OOC_L", "ZYG_L", "OOC_R", "MEN", unit="mV")
    found = findings(4, end=60_000, sought={1: [(1000, 2500)]}, marked=rests((500, 1500)))
    most = {0: Contraction(0.05, "x.bdf"), 2: Contraction(0.07, "y.bdf")}
    told = spasm_provenance(info, found, [], most, None)
    assert told["valid_s"] == [[0.0, 60.0]]
    assert told["channels_valid_s"]["ZYG_L"] == [[1.0, 2.5]]
    assert told["tasks"] == [["rest_open", 1, 0.5, 1.5]]
    assert told["mvc_uV"] == {"OOC_L": 50.0, "OOC_R": 70.0}
    assert told["mvc_of"] == {"OOC_L": "x.bdf", "OOC_R": "y.bdf"}


def test_channels_of_no_voltage_or_of_no_face_are_named_together():
    info = stream("OOC_L", "FCR_L", "FCR_R", unit="count")
    units, muscles, *_ = channel_warnings(info)
    assert units.startswith("OOC_L, FCR_L, FCR_R are in count, not in volts")
    assert muscles.startswith("FCR_L, FCR_R are of muscle FCR, none of ")
    assert channel_warnings(INFO) == []


def test_channels_of_several_units_are_said_to_be_incomparable():
    channels = (Channel.from_label("OOC_L"), Channel.from_label("OOC_R", unit="count"))
    unit, several = channel_warnings(StreamInfo(1000.0, channels))
    assert unit.startswith("OOC_R is in count, not in volts")
    assert several.startswith("channels are in uV and count: their amplitudes cannot be compared")


@pytest.mark.parametrize(
    ("names", "whose"),
    [
        (("OOC_L", "ZYG_L"), ["spasms of the left side and spasms of the right side", "blinks"]),
        (("OOC_L", "ZYG_L", "ZYG_R"), ["spasms of the right side", "blinks"]),
        (("ZYG_L", "ZYG_R", "FRO_L", "FRO_R"), ["blinks"]),
        (("OOC_L", "OOC_R"), []),
        (("MAS_L", "MAS_R"), []),
    ],
    ids=["one side", "one eye", "no eye", "eyes", "no face"],
)
def test_what_the_channels_can_never_tell_is_said_at_once(names, whose):
    told = channel_warnings(stream(*names))
    assert [text.split(" are n/a: they are told by ")[0] for text in told] == whose


def test_channels_without_emg_are_named():
    (told,) = channel_warnings(stream("ECG", "ACC_X"))
    assert told == "no EMG channel among ECG, ACC_X. Give --montage to say which are EMG"
