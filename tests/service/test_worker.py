"""One thread that is asked by many: each of them gets an answer, also when it ends."""

from __future__ import annotations

import threading
import time

import pytest

from emgspasm.service.refusal import Refused
from emgspasm.service.worker import Worker


def test_who_asks_while_it_ends_is_answered_or_refused_and_waits_no_longer():
    answers = []

    def ask(worker):
        try:
            while True:
                answers.append(worker.ask(lambda: "done"))
        except Refused:
            answers.append("refused")

    for _ in range(50):
        worker = Worker(lambda: None, 0.001)
        worker.start()
        askers = [threading.Thread(target=ask, args=(worker,), daemon=True) for _ in range(4)]
        for asker in askers:
            asker.start()
        worker.end(lambda: None)
        for asker in askers:
            asker.join(10)
            assert not asker.is_alive()
    assert answers.count("refused") == 200


def test_what_fails_is_raised_where_it_was_asked_and_the_thread_goes_on():
    worker = Worker(lambda: None, 0.001)
    worker.start()
    with pytest.raises(ZeroDivisionError):
        worker.ask(lambda: 1 // 0)
    assert worker.ask(lambda: "done") == "done"
    worker.end(lambda: None)


def test_who_asks_before_it_has_begun_is_refused():
    with pytest.raises(Refused, match="does not run"):
        Worker(lambda: None, 0.001).ask(lambda: "done")


def test_its_own_work_goes_on_however_much_is_asked():
    ticks = []
    worker = Worker(lambda: ticks.append(time.perf_counter()), 0.01)
    worker.start()
    end = time.perf_counter() + 0.5

    def flood():
        while time.perf_counter() < end:
            worker.ask(lambda: time.sleep(0.001))

    askers = [threading.Thread(target=flood) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    worker.end(lambda: None)
    assert len(ticks) > 20
