"""Every scenario against the clinical facts it stands for, seen in its truth."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from emgspasm.simulation import SCENARIOS, simulate
from emgspasm.simulation.protocol import whole

pytestmark = pytest.mark.slow

MUSCLES = ("OOC", "ZYG", "OOR", "FRO", "COR", "MEN", "PLA", "MAS")
MONTAGE = tuple(f"{muscle}_{letter}" for letter in "LR" for muscle in MUSCLES)
MINUTES = 10
HEMIFACIAL = [
    "hfs_clonic", "hfs_grouped", "hfs_tonic", "hfs_mixed", "hfs_talking", "hfs_protocol"
]  # fmt: skip


@cache
def simulated(name):
    return simulate(name, duration=60.0 * MINUTES, seed=3, montage=MONTAGE)


def events(name, trial_type):
    return [event for event in simulated(name).truth if event.trial_type == trial_type]


def seconds(name, samples):
    return np.asarray(samples) / simulated(name).truth_sampling_frequency


def column(label):
    return MONTAGE.index(label)


def bursts(name, trial_type, label):
    found = events(name, trial_type)
    return [b for event in found for b in event.bursts if b.channel == column(label)]


def durations(name, found):
    return seconds(name, [burst.offset - burst.onset for burst in found])


def muscles(event):
    return {MONTAGE[burst.channel][:3] for burst in event.bursts}


def test_every_scenario_of_the_contract_is_there_with_one_line():
    assert set(SCENARIOS) == {
        "healthy_rest", "healthy_tasks", "healthy_speech", "hfs_clonic", "hfs_grouped",
        "hfs_tonic", "hfs_mixed", "hfs_talking", "hfs_protocol", "blepharospasm", "synkinesis",
        "myokymia", "artifacts",
    }  # fmt: skip
    assert all(
        0 < len(s.description) < 100 and "\n" not in s.description for s in SCENARIOS.values()
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_events_are_in_order_and_inside_the_recording(name):
    found = simulated(name).truth
    assert [event.onset for event in found] == sorted(event.onset for event in found)
    assert found[0].onset > 0
    assert seconds(name, max(event.offset for event in found)) < 60 * MINUTES
    for event in found:
        for burst in event.bursts:
            assert event.onset <= burst.onset < burst.offset <= event.offset


@pytest.mark.parametrize(
    ("name", "low", "high"), [("healthy_rest", 14, 20), ("healthy_speech", 22, 30)]
)
def test_blinks_come_at_the_rate_of_the_literature(name, low, high):
    assert low < len(events(name, "blink")) / MINUTES < high


def test_blinks_are_bilateral_brief_and_only_of_the_eyes():
    for event in events("healthy_rest", "blink"):
        assert event.side == "B"
        assert muscles(event) == {"OOC"}
        left, right = sorted(event.bursts, key=lambda burst: burst.channel)
        assert abs(seconds("healthy_rest", left.onset - right.onset)) <= 0.020
    lengths = durations("healthy_rest", bursts("healthy_rest", "blink", "OOC_L"))
    assert lengths.min() >= 0.04
    assert lengths.max() < 0.150


@pytest.mark.parametrize("name", ["healthy_rest", "healthy_tasks", "healthy_speech", "artifacts"])
def test_healthy_faces_have_no_spasm(name):
    assert events(name, "spasm") == []


@pytest.mark.parametrize("name", HEMIFACIAL)
def test_hemifacial_spasm_is_on_one_side_at_a_plausible_rate(name):
    found = events(name, "spasm")
    assert {event.side for event in found} == {"L"}
    assert 0.3 < len(found) / MINUTES < 24.7
    assert all("OOC" in muscles(event) for event in found)
    assert not any("MAS" in muscles(event) for event in found)


def test_the_affected_side_can_be_the_right_one():
    found = simulate("hfs_clonic", side="right", duration=120).truth
    assert {event.side for event in found if event.trial_type == "spasm"} == {"R"}


@pytest.mark.parametrize("name", ["hfs_clonic", "hfs_grouped"])
def test_clonic_bursts_last_60_ms_and_follow_each_other_after_120_ms(name):
    lengths = durations(name, bursts(name, "spasm", "OOC_L"))
    assert 0.050 < np.median(lengths) < 0.080
    assert lengths.max() < 0.22
    onsets = [
        seconds(name, [b.onset for b in event.bursts if b.channel == column("OOC_L")])
        for event in events(name, "spasm")
    ]
    intervals = np.concatenate([np.diff(found) for found in onsets])
    assert 0.100 < np.median(intervals) < 0.160


@pytest.mark.parametrize("name", HEMIFACIAL)
def test_bursts_of_a_muscle_are_apart_and_spasms_are_further_apart(name):
    found = events(name, "spasm")
    for event in found:
        for channel in {burst.channel for burst in event.bursts}:
            own = [burst for burst in event.bursts if burst.channel == channel]
            assert all(seconds(name, b.onset - a.offset) > 0.030 for a, b in pairwise(own))
    assert all(seconds(name, b.onset - a.offset) > 0.5 for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("muscle", "latency"), [("FRO", 0.2), ("ZYG", 0.6), ("OOR", 1.0), ("MEN", 1.8), ("PLA", 2.2)]
)
def test_muscles_start_together_in_their_order(muscle, latency):
    name, lags = "hfs_clonic", []
    for event in events(name, "spasm"):
        prime = [b.onset for b in event.bursts if b.channel == column("OOC_L")]
        own = [b.onset for b in event.bursts if b.channel == column(f"{muscle}_L")]
        lags += [1000 * seconds(name, min((o - p for p in prime), key=abs)) for o in own]
    assert np.mean(lags) == pytest.approx(latency, abs=1.2)
    assert np.mean(np.abs(lags) < 5) > 0.95
    assert np.max(np.abs(lags)) < 20


def test_spasms_spread_from_the_eye_downwards_and_to_the_brow():
    found = events("hfs_mixed", "spasm")
    share = {m: np.mean([m in muscles(event) for event in found]) for m in MUSCLES}
    assert share["OOC"] == 1
    assert share["OOC"] > share["ZYG"] > share["OOR"] > share["MEN"] > share["PLA"] > 0.2
    assert 0.68 < share["FRO"] < 0.86


def test_clonic_spasms_are_isolated_or_grouped_and_grouped_ones_grouped():
    clonic = [event.label for event in events("hfs_clonic", "spasm")]
    assert set(clonic) == {"isolated", "grouped"}
    assert 0.2 < clonic.count("isolated") / len(clonic) < 0.5
    grouped = [event.label for event in events("hfs_grouped", "spasm")]
    assert set(grouped) <= {"grouped", "tonic"}  # a long run may be fused (clinical facts 4)
    assert grouped.count("tonic") / len(grouped) < 0.02


def test_tonic_spasms_are_long_and_strong():
    found = events("hfs_tonic", "spasm")
    assert {event.label for event in found} == {"tonic", "combined"}
    lengths = seconds("hfs_tonic", [event.offset - event.onset for event in found])
    assert lengths.min() >= 0.5
    assert 0.9 < np.median(lengths) < 2.0


def test_mixed_spasm_has_every_class_and_follows_some_blinks_and_movements():
    name = "hfs_mixed"
    found = events(name, "spasm")
    assert {event.label for event in found} == {"isolated", "grouped", "tonic", "combined"}
    onsets = seconds(name, [event.onset for event in found])
    blinks = seconds(name, [event.onset for event in events(name, "blink")])
    ridden = [np.any((onsets > b + 0.02) & (onsets < b + 0.17)) for b in blinks]
    assert 0.12 < np.mean(ridden) < 0.3
    moved = seconds(name, [event.onset for event in events(name, "voluntary")])
    triggered = [np.any((onsets > m + 0.1) & (onsets < m + 1.6)) for m in moved]
    assert 0.15 < np.mean(triggered) < 0.6


def test_blepharospasm_is_of_both_eyes_alike_and_spares_the_brow():
    for event in events("blepharospasm", "blepharospasm"):
        assert event.side == "B"
        assert muscles(event) <= {"OOC", "COR"}
        left, right = (
            next(b for b in event.bursts if b.channel == column(f"OOC_{letter}")) for letter in "LR"
        )
        assert abs(seconds("blepharospasm", left.onset - right.onset)) < 0.04
        assert abs(left.mean - right.mean) / (left.mean + right.mean) < 0.4
    lengths = durations("blepharospasm", bursts("blepharospasm", "blepharospasm", "OOC_L"))
    assert lengths.min() >= 0.09
    assert lengths.max() > 2


def test_voluntary_movements_are_bilateral_slow_and_follow_their_marker():
    name = "healthy_tasks"
    found, markers = events(name, "voluntary"), simulated(name).annotations
    assert [event.label for event in found] == [marker.text for marker in markers]
    for event, marker in zip(found, markers, strict=True):
        assert event.side == "B"
        assert 0.2 < seconds(name, event.onset) - marker.onset < 0.7
        assert 0.5 < seconds(name, event.offset - event.onset) < 5
        for muscle in muscles(event):
            left, right = (
                next(b.onset for b in event.bursts if b.channel == column(f"{muscle}_{letter}"))
                for letter in "LR"
            )
            assert abs(seconds(name, left - right)) < 0.1
    assert len({event.label for event in found}) >= 6


def test_rest_and_speech_are_marked_for_the_whole_recording():
    for name, text in (("healthy_rest", "rest_open"), ("healthy_speech", "speech")):
        (marker,) = simulated(name).annotations
        assert (marker.onset, marker.duration, marker.text) == (0.0, 60.0 * MINUTES, text)


def test_who_has_spasms_is_at_rest_before_speaking_and_has_them_in_both():
    name = "hfs_talking"
    rest, speech = simulated(name).annotations
    assert [note.text for note in (rest, speech)] == ["rest_open", "speech"]
    assert speech.onset == rest.onset + rest.duration
    spoken = seconds(name, [event.onset for event in events(name, "voluntary")])
    assert spoken.min() > speech.onset
    twitched = seconds(name, [event.onset for event in events(name, "spasm")])
    assert twitched.min() < speech.onset
    within = [np.any((twitched > a) & (twitched < a + 4)) for a in spoken]
    assert np.mean(within) > 0.2


def test_speech_is_of_the_lower_face_at_3_to_7_syllables_a_second():
    name, rates = "healthy_speech", []
    for event in events(name, "voluntary"):
        assert muscles(event) <= {"OOR", "MEN", "ZYG"}
        assert event.side == "B"
        own = seconds(name, [b.onset for b in event.bursts if b.channel == column("OOR_L")])
        rates += list(1 / np.diff(own)) if len(own) > 1 else []
    assert 3 < np.median(rates) < 7
    lengths = durations(name, bursts(name, "voluntary", "OOR_L"))
    assert np.percentile(lengths, 2) > 0.03
    assert lengths.max() < 0.3


def test_synkinesis_goes_with_every_movement_of_the_eye_and_mouth():
    name = "synkinesis"
    expected = {"close_gentle": "ZYG", "smile": "OOC", "pucker": "OOC"}
    found = [event for event in events(name, "voluntary") if event.label in expected]
    assert {event.label for event in found} == set(expected)
    for event in found:
        labels = {MONTAGE[burst.channel] for burst in event.bursts}
        assert f"{expected[event.label]}_L" in labels
        assert f"{expected[event.label]}_R" not in labels


def test_synkinesis_is_weaker_and_a_little_later_than_its_prime_muscle():
    name, lags, ratios = "synkinesis", [], []
    for event in events(name, "voluntary"):
        if event.label == "close_gentle":
            prime = next(b for b in event.bursts if b.channel == column("OOC_L"))
            dragged = next(b for b in event.bursts if b.channel == column("ZYG_L"))
            lags.append(seconds(name, dragged.onset - prime.onset))
            ratios.append(dragged.mean / prime.mean)
    assert 0 < np.median(lags) < 0.06
    assert 0.02 < np.median(ratios) < 1


def test_myokymia_is_rhythmic_and_not_synchronous_across_muscles():
    name = "myokymia"
    rhythms = []
    for event in events(name, "myokymia"):
        assert len(muscles(event)) == 1
        intervals = np.diff(seconds(name, [burst.onset for burst in event.bursts]))
        rhythms.append(np.std(intervals) / np.mean(intervals))
        assert 1 <= 1 / np.mean(intervals) <= 7
    assert np.median(rhythms) < 0.2
    eye = seconds(name, [b.onset for b in bursts(name, "myokymia", "OOC_L")])
    cheek = seconds(name, [b.onset for b in bursts(name, "myokymia", "ZYG_L")])
    near = [np.abs(eye - onset).min() < 0.015 for onset in cheek]
    assert np.mean(near) < 0.2


def test_myokymic_groups_last_50_to_200_ms():
    lengths = durations("myokymia", bursts("myokymia", "myokymia", "ZYG_L"))
    assert lengths.min() >= 0.05
    assert lengths.max() <= 0.2


def test_artifacts_are_events_without_bursts():
    found = events("artifacts", "artifact")
    assert {event.label for event in found} == {"motion", "pop", "hum"}
    assert all(event.bursts == () for event in found)


def test_the_protocol_has_its_blocks_in_order_with_five_and_three_trials():
    tasks = [note.text for note in simulate("hfs_protocol", duration=whole()).annotations]
    assert list(dict.fromkeys(tasks)) == [
        "qc", "rest_open", "rest_closed", "close_gentle", "close_forced", "brow", "smile",
        "pucker", "snarl", "lip", "platysma", "speech", "suppress", "rest_post",
    ]  # fmt: skip
    assert {task: tasks.count(task) for task in ("smile", "lip", "rest_post")} == {
        "smile": 5, "lip": 3, "rest_post": 1,
    }  # fmt: skip


def test_a_short_recording_ends_within_the_protocol():
    notes = simulate("hfs_protocol", duration=60).annotations
    assert [note.text for note in notes] == ["qc"]


def test_movements_of_the_protocol_fall_into_their_trials():
    notes = [n for n in simulated("hfs_protocol").annotations if n.text == "smile"]
    onsets = seconds(
        "hfs_protocol",
        [e.onset for e in events("hfs_protocol", "voluntary") if e.label == "smile"],
    )
    assert len(onsets) == 5
    assert all(n.onset < onset < n.onset + 1 for n, onset in zip(notes, onsets, strict=True))
