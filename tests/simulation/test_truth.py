"""The truth against the signal itself: measured without any of the code that made the truth."""

from itertools import islice, pairwise

import numpy as np
import pytest
from scipy import signal

from emgspasm.simulation import SCENARIOS, simulate
from emgspasm.simulation.face import activity
from emgspasm.simulation.truth import Band, muscle_bursts, spasm_class, typical_amplitude
from emgspasm.stream import Burst, Event


def samples(simulation):
    return np.concatenate([chunk.samples for chunk in simulation])


def bursts_of(simulation, *trial_types):
    events = simulation.truth
    return [b for e in events if not trial_types or e.trial_type in trial_types for b in e.bursts]


def covered(bursts, channel, n):
    mask = np.zeros(n, bool)
    for burst in bursts:
        if burst.channel == channel:
            mask[burst.onset : burst.offset] = True
    return mask


def band_passed(x, rate):
    band = [20, min(450, 0.45 * rate)]
    return signal.sosfilt(signal.butter(4, band, "bandpass", fs=rate, output="sos"), x, axis=0)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_muscles_are_silent_outside_true_bursts_and_active_at_both_ends(scenario):
    simulation = simulate(scenario, duration=20, seed=4)
    size = 20 * round(simulation.truth_sampling_frequency)
    muscles = next(activity(simulation.face, 0, size))
    bursts = bursts_of(simulation)
    for channel in range(8):
        active = covered(bursts, channel, size)
        assert not muscles[~active, channel].any()
    for burst in bursts:
        assert muscles[burst.onset, burst.channel] != 0
        assert muscles[burst.offset - 1, burst.channel] != 0
    assert bursts


@pytest.mark.parametrize("drift", [0.0, 500.0])
@pytest.mark.parametrize("rate", [250, 1000, 4000])
def test_the_recording_moves_where_the_truth_says_and_nowhere_else(rate, drift):
    simulation = simulate(
        "hfs_clonic",
        duration=30,
        sampling_frequency=rate,
        snr=np.inf,
        montage=("ZYG_L",),
        seed=7,
        clock_drift=drift,
    )
    steps = np.abs(np.diff(samples(simulation)[:, 0])) * rate / 1000
    ratio = simulation.truth_sampling_frequency / rate
    quiet = np.ones(len(steps), bool)
    for burst in bursts_of(simulation):
        begin, end = burst.onset / ratio, burst.offset / ratio
        quiet[int(begin) - 2 : int(end) + 3] = False
        assert steps[int(begin) : int(end) + 1].max() > 1
        assert steps[int(begin) - 2 : int(begin + 0.02 * rate) + 3].max() > 0.1
    assert steps[quiet].max() < 0.2
    assert quiet.mean() > 0.8


def test_clock_drift_stretches_the_truth():
    true, fast = (
        simulate("hfs_clonic", duration=60, clock_drift=drift, seed=2).truth for drift in (0, 50)
    )
    shift = np.array([b.onset - a.onset for a, b in zip(true, fast, strict=True)])
    onsets = np.array([event.onset for event in true])
    np.testing.assert_allclose(shift, onsets * 50e-6, atol=1.01)


def test_clock_drift_stretches_the_markers_as_the_movements_they_ask_for():
    true, fast = (
        simulate("healthy_tasks", duration=60, clock_drift=drift).annotations for drift in (0, 1000)
    )
    assert [(m.onset, m.duration) for m in fast] == [
        pytest.approx((1.001 * m.onset, 1.001 * m.duration)) for m in true
    ]


def test_truth_and_markers_of_a_fast_clock_end_with_the_recording():
    fast = simulate("hfs_clonic", duration=1800, clock_drift=1000, montage=("OOC_L",))
    end = fast.n_samples * fast.device.ratio
    assert max(event.offset for event in fast.truth) <= end
    assert [(m.onset, m.duration) for m in fast.annotations] == [(0.0, 1800.0)]


@pytest.mark.parametrize("rate", [250, 500, 1000, 2000])
@pytest.mark.parametrize("snr", [20.0, 6.0, 0.0])
def test_noise_and_bursts_of_the_recording_have_the_wanted_ratio(rate, snr):
    options = {"duration": 60, "sampling_frequency": rate, "montage": ("ZYG_L",), "seed": 11}
    noisy = simulate("hfs_clonic", snr=snr, **options)
    clean = simulate("hfs_clonic", snr=np.inf, **options)
    noise = band_passed(samples(noisy) - samples(clean), rate)[rate:]
    typical = typical_amplitude(clean.face, 0, Band(clean.device))
    assert 20 * np.log10(typical / noise.std()) == pytest.approx(snr, abs=0.4)
    assert noise.std() == pytest.approx(noisy.baselines[0], rel=0.04)


@pytest.mark.parametrize("rate", [250, 1000, 2000])
def test_burst_amplitudes_are_those_of_the_noise_free_recording(rate):
    simulation = simulate(
        "hfs_clonic",
        duration=120,
        sampling_frequency=rate,
        snr=np.inf,
        montage=("ZYG_L",),
        seed=11,
    )
    x = samples(simulation)[:, 0]
    sos = signal.butter(4, [20, min(450, 0.45 * rate)], "bandpass", fs=rate, output="sos")
    power = np.cumsum(np.concatenate([[0.0], signal.sosfilt(sos, x) ** 2]))
    ratio = simulation.truth_sampling_frequency / rate
    measured, stated = [], []
    for burst in bursts_of(simulation, "spasm"):
        begin, end = burst.onset / ratio, burst.offset / ratio
        tail = 0.03 * rate
        energy = power[min(int(end + tail), len(x))] - power[int(begin)]
        measured.append(np.sqrt(energy / (end - begin)))
        stated.append(burst.mean)
    errors = 20 * np.log10(np.array(measured) / np.array(stated))
    assert abs(np.median(errors)) < 0.35
    assert np.percentile(np.abs(errors), 90) < 1.2


def test_median_burst_of_clonic_spasm_has_the_snr_within_a_decibel_and_a_half():
    simulation = simulate("hfs_clonic", duration=600, snr=20.0, seed=1)
    for channel in range(4):
        ratios = [
            20 * np.log10(b.mean / b.baseline)
            for b in bursts_of(simulation, "spasm")
            if b.channel == channel
        ]
        assert np.median(ratios) == pytest.approx(20, abs=1.5)


def test_snr_moves_the_noise_and_neither_events_nor_amplitudes():
    one, other = (simulate("hfs_mixed", duration=60, snr=snr, seed=9) for snr in (20.0, 3.0))
    for first, second in zip(one.truth, other.truth, strict=True):
        assert (first.onset, first.offset, first.label) == (
            second.onset,
            second.offset,
            second.label,
        )
        assert [b.mean for b in first.bursts] == [b.mean for b in second.bursts]
    np.testing.assert_allclose(other.baselines / one.baselines, 10 ** (17 / 20))


def test_sampling_frequency_does_not_move_events():
    slow, fast = (
        simulate("hfs_clonic", duration=60, seed=3, sampling_frequency=rate) for rate in (250, 2000)
    )
    assert len(slow.truth) == len(fast.truth)
    for one, other in zip(slow.truth, fast.truth, strict=True):
        difference = (
            one.onset / slow.truth_sampling_frequency - other.onset / fast.truth_sampling_frequency
        )
        assert abs(difference) < 0.0005


def test_montage_does_not_change_a_muscle():
    one = simulate("hfs_mixed", duration=30, montage=("OOC_L",), seed=6)
    eight = simulate("hfs_mixed", duration=30, seed=6)
    alone = [(b.onset, b.offset, b.mean) for b in bursts_of(one) if b.channel == 0]
    among = [(b.onset, b.offset, b.mean) for b in bursts_of(eight) if b.channel == 0]
    assert alone == among


def test_blocks_of_another_size_give_the_same_activity():
    face = simulate("hfs_tonic", duration=6, seed=1).face
    whole = next(activity(face, -12, 50_000))
    parts = np.concatenate(list(islice(activity(face, -12, 1000), 50)))
    np.testing.assert_allclose(parts, whole, atol=1e-10)


@pytest.mark.parametrize(
    ("spans", "label"),
    [
        ([(0, 60)], "isolated"),
        ([(0, 60), (80, 140)], "isolated"),
        ([(0, 60), (120, 180)], "grouped"),
        ([(0, 700)], "tonic"),
        ([(0, 700), (800, 850)], "combined"),
        ([(0, 300), (350, 650), (700, 1000)], "tonic"),
        ([(0, 300), (350, 650), (700, 999)], "grouped"),
        ([(0, 200), (300, 550), (750, 1000)], "grouped"),
    ],
)
def test_a_spasm_is_classed_by_the_length_and_pauses_of_its_bursts(spans, label):
    bursts = tuple(Burst(0, onset, offset, 1.0, 1.0, 0.1) for onset, offset in spans)
    assert spasm_class(bursts, 1000.0) == label


def test_blinks_and_movements_have_no_spasm_class():
    labels = {
        e.label for e in simulate("healthy_tasks", duration=60).truth if e.trial_type != "voluntary"
    }
    assert labels == {""}


def events_of(*parts):
    """Events of one burst each: kind, channel, onset, offset, mean."""
    return [
        Event(kind, onset, offset, "L", "", (Burst(channel, onset, offset, mean, mean, 1.0),))
        for kind, channel, onset, offset, mean in parts
    ]


def test_a_muscle_that_blinks_and_twitches_at_once_makes_one_burst_of_the_spasm():
    events = events_of(("spasm", 1, 100, 200, 8.0), ("blink", 1, 150, 250, 4.0))
    ((burst, number),) = muscle_bursts(events, 1000)
    assert (burst.onset, burst.offset, burst.peak, number) == (100, 250, 8.0, 0)
    assert burst.mean == pytest.approx(np.sqrt((100 * 64 + 100 * 16) / 150))


def test_bursts_of_a_muscle_are_one_under_30_ms_and_two_from_then_on():
    for gap, n in ((29, 1), (30, 2)):
        events = events_of(("blink", 0, 0, 100, 1.0), ("spasm", 0, 100 + gap, 300, 1.0))
        assert len(list(muscle_bursts(events, 1000))) == n


def test_bursts_of_two_muscles_stay_two():
    events = events_of(("spasm", 0, 0, 100, 1.0), ("spasm", 1, 50, 150, 1.0))
    assert [burst.channel for burst, _ in muscle_bursts(events, 1000)] == [0, 1]


def test_no_two_bursts_of_a_muscle_lie_closer_than_30_ms_in_a_simulated_face():
    simulation = simulate("hfs_mixed", duration=120, seed=4)
    rate = simulation.truth_sampling_frequency
    bursts = [burst for burst, _ in muscle_bursts(simulation.truth, rate)]
    gaps = [b.onset - a.offset for a, b in pairwise(bursts) if a.channel == b.channel]
    assert min(gaps) >= 0.030 * rate
    size = round(120 * rate)
    for channel in range(8):
        own = covered(bursts_of(simulation), channel, size)
        assert (covered(bursts, channel, size) >= own).all()
