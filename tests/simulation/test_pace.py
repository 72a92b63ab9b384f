"""Real time: when chunks come, that they are the same, and that stopping does not wait."""

import threading
import time

import numpy as np
import pytest

from emgspasm.simulation import Paced, simulate
from emgspasm.stream import Source


def test_is_a_source_with_the_same_info():
    simulation = simulate("healthy_rest", duration=1)
    assert isinstance(Paced(simulation), Source)
    assert Paced(simulation).info == simulation.info


def test_chunks_are_unchanged():
    simulation = simulate("hfs_clonic", duration=2, packet_loss=0.02)
    for one, other in zip(simulation, Paced(simulation, speed=50), strict=True):
        assert one.start == other.start
        np.testing.assert_array_equal(one.samples, other.samples)


def test_no_chunk_comes_before_its_last_sample_is_due():
    begin = time.monotonic()
    for chunk in Paced(simulate("healthy_rest", duration=0.5)):
        assert time.monotonic() - begin >= chunk.stop / 1000 - 0.001


def test_a_slow_reader_gets_everything_and_the_pace_recovers():
    begin, seen = time.monotonic(), 0
    for chunk in Paced(simulate("healthy_rest", duration=0.6)):
        if chunk.start == 0:
            time.sleep(0.3)
        seen += len(chunk.samples)
    assert seen == 600
    assert time.monotonic() - begin < 3


def test_stop_ends_a_wait_at_once():
    source = Paced(simulate("healthy_rest", duration=60, chunk_size=30_000))
    threading.Timer(0.2, source.stop).start()
    begin = time.monotonic()
    assert list(source) == []
    assert time.monotonic() - begin < 20


def test_entering_again_allows_another_iteration():
    source = Paced(simulate("healthy_rest", duration=0.2), speed=100)
    with source:
        assert len(list(source)) == 5
    assert list(source) == []
    with source:
        assert len(list(source)) == 5


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_speed_must_be_positive(speed):
    with pytest.raises(ValueError, match=r"speed=.*positive"):
        Paced(simulate("healthy_rest", duration=1), speed=speed)
