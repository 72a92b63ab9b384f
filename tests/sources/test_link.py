"""What a link says and does, by a clock that the test turns."""

from __future__ import annotations

import pytest

from emgspasm.errors import SourceLost, SourceNotFound
from emgspasm.sources.link import RECONNECT, STALL, Link


class Bench:
    """A clock, a device that fails as often as told, and a link between them; 100 samples/s."""

    def __init__(self, failures=(), **more):
        self.now, self.failures, self.released = 0.0, list(failures), 0
        self.link = Link(
            lambda: self.now,
            lambda time: round(100 * time),
            self.release,
            device="the bench",
            retry=0.0,
            **more,
        )

    def connect(self):
        if self.failures:
            raise SourceNotFound(self.failures.pop(0))
        self.link.say("streaming", "started")

    def release(self):
        self.released += 1

    def silent(self, seconds):
        self.now += seconds
        self.link.watch(self.now)

    @property
    def said(self):
        return [(event.state, event.text) for event in self.link.events]


def test_what_is_said_stands_at_its_time_and_sample():
    bench = Bench()
    bench.now = 1.5
    bench.link.say("streaming", "started")
    (event,) = bench.link.events
    assert (event.time, event.sample, event.state, event.text) == (1.5, 150, "streaming", "started")


def test_a_note_leaves_the_state():
    bench = Bench()
    bench.link.open("looking", bench.connect)
    bench.link.note("a gap")
    assert bench.said[-1] == ("streaming", "a gap")


def test_a_device_that_does_not_open_is_released_and_says_why():
    bench = Bench(["no board"])
    with pytest.raises(SourceNotFound, match="no board"):
        bench.link.open("looking", bench.connect)
    assert bench.released == 1
    assert bench.said == [("probing", "looking"), ("closed", "no board")]


def test_a_link_closes_once():
    bench = Bench()
    bench.link.open("looking", bench.connect)
    bench.link.close()
    bench.link.close()
    assert [state for state, _ in bench.said] == ["probing", "streaming", "closed"]


def test_silence_up_to_the_limit_is_no_stall():
    bench = Bench()
    bench.link.open("looking", bench.connect)
    bench.silent(STALL)
    assert bench.link.state == "streaming"


def test_a_stall_is_said_once():
    bench = Bench(carries="packet")
    bench.link.open("looking", bench.connect)
    bench.silent(STALL + 0.01)
    bench.silent(0.1)
    assert bench.said[2:] == [("stalled", "no packet for 0.4 s. Check battery and distance")]


def test_a_stall_ends_with_the_first_that_is_heard():
    bench = Bench()
    bench.link.open("looking", bench.connect)
    bench.silent(STALL + 0.01)
    bench.link.hear(bench.now)
    bench.silent(0.0)
    assert bench.said[-1] == ("streaming", "samples come again")


def test_silence_beyond_patience_is_a_loss():
    bench = Bench()
    bench.link.hear(bench.now)
    with pytest.raises(SourceLost, match=r"the bench sent nothing for 3 s\. Check its battery"):
        bench.silent(RECONNECT + 0.01)


def test_a_patient_link_never_loses_its_device():
    bench = Bench(patience=float("inf"))
    bench.link.open("looking", bench.connect)
    bench.silent(1e6)
    assert bench.link.state == "stalled"


def test_a_lost_device_is_released_before_each_attempt():
    bench = Bench(["no port", "no answer"])
    bench.link.restore("gone", bench.connect)
    assert bench.released == 3
    assert bench.link.state == "streaming"


def test_each_new_reason_is_said_once():
    bench = Bench(["gone", "no port", "no port", "no answer"])
    bench.link.restore("gone", bench.connect)
    assert [text for _, text in bench.said] == ["gone", "no port", "no answer", "started"]


def test_a_lost_device_that_answers_and_cannot_be_set_is_away_until_it_streams():
    bench = Bench(["gone", "not set", "not set", "not set"])

    def connect():
        bench.link.answered("the bench answers")
        states.append(bench.link.state)
        bench.connect()

    states = []
    bench.link.restore("gone", connect)
    assert states == ["reconnecting"] * 5
    assert [text for _, text in bench.said] == ["gone", "not set", "started"]


def test_a_device_that_answers_is_said_to_be_set_when_it_is_opened():
    bench = Bench()
    bench.link.open("looking", lambda: bench.link.answered("the bench answers"))
    assert bench.said == [("probing", "looking"), ("configuring", "the bench answers")]


def test_a_stopped_link_does_not_connect_again():
    bench = Bench()
    bench.link.stop()
    bench.link.restore("gone", bench.connect)
    assert (bench.link.state, bench.released) == ("reconnecting", 1)


def test_what_fails_because_the_link_is_stopped_is_not_said():
    bench = Bench()

    def connect():
        bench.link.stop()
        bench.link.require_wanted()

    bench.link.restore("gone", connect)
    assert [text for _, text in bench.said] == ["gone"]


def test_between_two_attempts_it_waits_until_the_stop_at_most():
    bench, waits = Bench(["no port", "no answer"]), []
    bench.link._stopping.wait = waits.append
    bench.link.restore("gone", bench.connect)
    assert waits == [0.0, 0.0]
