"""A simulated recording as a Source: deterministic, independent of chunking, honest about gaps."""

import numpy as np
import pytest

from emgspasm.simulation import SCENARIOS, simulate
from emgspasm.stream import Source, segments


def samples(simulation):
    return np.concatenate([chunk.samples for chunk in simulation])


def test_is_a_source():
    assert isinstance(simulate("healthy_rest", duration=1), Source)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_same_seed_gives_same_bytes_and_truth(scenario):
    first, again = (simulate(scenario, duration=8, seed=5) for _ in range(2))
    assert samples(first).tobytes() == samples(again).tobytes()
    assert first.truth == again.truth
    assert first.annotations == again.annotations


def test_iterating_again_gives_the_same_samples():
    simulation = simulate("hfs_clonic", duration=3)
    assert samples(simulation).tobytes() == samples(simulation).tobytes()


def test_another_seed_gives_other_samples():
    one, other = (samples(simulate("healthy_rest", duration=2, seed=seed)) for seed in (1, 2))
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("chunk_size", [1, 7, 333, 499, 500, 501, 100_000])
def test_samples_do_not_depend_on_chunk_size(chunk_size):
    reference = samples(simulate("hfs_mixed", duration=3.3, seed=2))
    chunks = list(simulate("hfs_mixed", duration=3.3, seed=2, chunk_size=chunk_size))
    assert np.concatenate([chunk.samples for chunk in chunks]).tobytes() == reference.tobytes()
    assert max(len(chunk.samples) for chunk in chunks) <= chunk_size


def test_a_longer_recording_begins_with_the_same_noise_and_units():
    short, long = (samples(simulate("healthy_rest", duration=d, seed=3)) for d in (0.4, 5))
    np.testing.assert_array_equal(short, long[: len(short)])


@pytest.mark.parametrize("rate", [200, 250, 333, 500, 1000, 2000, 4000, 8000])
def test_every_rate_gives_its_number_of_samples(rate):
    assert samples(simulate("hfs_clonic", duration=2, sampling_frequency=rate)).shape == (
        2 * rate,
        8,
    )


def test_samples_are_whole_counts_of_the_converter():
    counts = samples(simulate("artifacts", duration=5)) * (8388607 / 187500)
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)


def test_lost_packets_are_jumps_of_start_and_the_others_stay():
    whole = samples(simulate("hfs_clonic", duration=20, seed=1))
    lossy = list(simulate("hfs_clonic", duration=20, seed=1, packet_loss=0.05))
    for chunk in lossy:
        np.testing.assert_array_equal(chunk.samples, whole[chunk.start : chunk.stop])
    arrived = sum(len(chunk.samples) for chunk in lossy)
    assert 0.03 < 1 - arrived / len(whole) < 0.07
    assert sum(begins for begins, _ in segments(lossy)) > 100


def test_stop_ends_the_iteration_and_entering_allows_another():
    simulation = simulate("healthy_rest", duration=5)
    with simulation:
        seen = 0
        for chunk in simulation:
            seen = chunk.stop
            if seen >= 1000:
                simulation.stop()
        assert seen == 1000
    assert list(simulation) == []
    with simulation:
        assert samples(simulation).shape == (5000, 8)
