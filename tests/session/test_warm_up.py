"""What is compiled beforehand holds up nobody who goes before it is done."""

import threading

import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.session.warm_up import WarmUp


def test_work_that_is_done_lets_a_session_begin():
    done = []
    warm_up = WarmUp(lambda: done.append(1))
    warm_up.begin()
    warm_up.wait()
    assert done == [1]
    warm_up.forgo()  # too late: it stays done
    warm_up.wait()


def test_nobody_waits_for_work_that_was_forgone():
    going = threading.Event()
    warm_up = WarmUp(lambda: going.wait(30) and None)
    warm_up.begin()
    threading.Timer(0.1, warm_up.forgo).start()
    with pytest.raises(RecordingError, match="ended before it began"):
        warm_up.wait()
    going.set()


def test_what_the_work_raises_is_raised_where_it_is_waited_for():
    def fail():
        raise ConfigError("the settings do not fit. Mend them")

    warm_up = WarmUp(fail)
    warm_up.begin()
    with pytest.raises(ConfigError, match="do not fit"):
        warm_up.wait()
