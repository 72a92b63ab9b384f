"""What is compiled beforehand holds up nobody who goes before it is done."""

import threading

import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.session.warmth import Warmth


def test_work_that_is_done_lets_a_session_begin():
    done = []
    warmth = Warmth(lambda: done.append(1))
    warmth.begin()
    warmth.wait()
    assert done == [1]
    warmth.forgo()  # too late: it stays done
    warmth.wait()


def test_nobody_waits_for_work_that_was_forgone():
    going = threading.Event()
    warmth = Warmth(lambda: going.wait(30) and None)
    warmth.begin()
    threading.Timer(0.1, warmth.forgo).start()
    with pytest.raises(RecordingError, match="ended before it began"):
        warmth.wait()
    going.set()


def test_what_the_work_raises_is_raised_where_it_is_waited_for():
    def fail():
        raise ConfigError("the settings do not fit. Mend them")

    warmth = Warmth(fail)
    warmth.begin()
    with pytest.raises(ConfigError, match="do not fit"):
        warmth.wait()
