"""Markers of the network, and what becomes of their sender, poll by poll: no network."""

from types import SimpleNamespace

import pytest

from emgspasm.session import network
from emgspasm.session.network import NetworkMarkers
from emgspasm.stream import Annotation

FS = 250


class LostError(Exception):
    """The sender will not come back."""


class TimeoutError(Exception):  # noqa: A001  liblsl's name
    """The sender is not there for now."""


GARBLED = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


class Inlet:
    """What polls find: markers as (time, text), or how they fail."""

    stream = "cues"

    def __init__(self, *found):
        self.found = list(found)

    def poll(self, at, fs):
        found = self.found.pop(0)
        if isinstance(found, Exception):
            raise found
        return tuple(Annotation(at(time) / fs, 0.0, text) for time, text in found)


@pytest.fixture(autouse=True)
def liblsl(monkeypatch):
    util = SimpleNamespace(LostError=LostError, TimeoutError=TimeoutError)
    monkeypatch.setattr(network, "library", lambda: SimpleNamespace(util=util))
    arrival = lambda latest, fs: lambda time: max(0, latest + round(time * fs))  # noqa: E731
    monkeypatch.setattr(network, "by_arrival", arrival)


def polled(*found, source=None, now=500):
    said = []
    markers = NetworkMarkers(Inlet(*found), source, said.append)
    taken = [markers.take(now, FS) for _ in found]
    assert not any(marker.duration for each in taken for marker in each)
    return [[(m.onset, m.text) for m in each] for each in taken], said, markers


def test_markers_are_placed_by_when_they_came():
    assert polled([(-1.0, "smile"), (0.0, "wink")])[0] == [[(1.0, "smile"), (2.0, "wink")]]


def test_a_source_with_stamps_of_its_own_places_markers_by_them():
    source = SimpleNamespace(sample_at=lambda _: 750)
    assert polled([(-1.0, "smile")], source=source)[0] == [[(3.0, "smile")]]


def test_markers_from_before_the_first_sample_are_counted_alone():
    told, _, markers = polled([(-9.0, "a"), (-2.0, "b"), (-1.9, "c")], [(-9.0, "d")])
    assert told == [[(0.1, "c")], []]
    assert markers.early == 3


def test_an_interruption_is_said_and_stored_once_until_something_else_goes_wrong():
    told, said, markers = polled(TimeoutError(), TimeoutError(), GARBLED, [], TimeoutError())
    away = "markers of LSL stream cues: interrupted; markers sent meanwhile are lost"
    garbled = "markers of LSL stream cues: not UTF-8; a marker is lost"
    assert said == [away, garbled, away]
    assert told == [[(2.0, away)], [], [(2.0, garbled)], [], [(2.0, away)]]
    assert markers.early == 0


def test_an_interruption_after_markers_have_come_again_is_said_and_stored_again():
    told, said, _ = polled(TimeoutError(), [(-1.0, "smile")], TimeoutError())
    assert [len(notes) for notes in told] == [1, 1, 1]
    assert (len(said), told[0]) == (2, told[2])


def test_a_sender_that_is_gone_for_good_is_said_so_and_asked_no_more():
    told, said, markers = polled(LostError(), [(0.0, "never")])
    gone = "markers of LSL stream cues: gone for good: its sender gives no source id"
    assert (said, told) == ([gone], [[(2.0, gone)], []])
    assert len(markers.inlet.found) == 1
