"""One thread that is asked by many: each of them gets an answer, also when it ends."""

from __future__ import annotations

import threading
import time

import pytest

from emgspasm.service.refusal import Refused
from emgspasm.service.turns import Turns


def test_who_asks_while_it_ends_is_answered_or_refused_and_waits_no_longer():
    answers = []

    def ask(turns):
        try:
            while True:
                answers.append(turns.ask(lambda: "done"))
        except Refused:
            answers.append("refused")

    for _ in range(50):
        turns = Turns(lambda: None, 0.001)
        turns.start()
        askers = [threading.Thread(target=ask, args=(turns,), daemon=True) for _ in range(4)]
        for asker in askers:
            asker.start()
        turns.end(lambda: None)
        for asker in askers:
            asker.join(10)
            assert not asker.is_alive()
    assert answers.count("refused") == 200


def test_what_fails_is_raised_where_it_was_asked_and_the_thread_goes_on():
    turns = Turns(lambda: None, 0.001)
    turns.start()
    with pytest.raises(ZeroDivisionError):
        turns.ask(lambda: 1 // 0)
    assert turns.ask(lambda: "done") == "done"
    turns.end(lambda: None)


def test_who_asks_before_it_has_begun_is_refused():
    with pytest.raises(Refused, match="does not run"):
        Turns(lambda: None, 0.001).ask(lambda: "done")


def test_its_own_work_goes_on_however_much_is_asked():
    ticks = []
    turns = Turns(lambda: ticks.append(time.perf_counter()), 0.01)
    turns.start()
    end = time.perf_counter() + 0.5

    def flood():
        while time.perf_counter() < end:
            turns.ask(lambda: time.sleep(0.001))

    askers = [threading.Thread(target=flood) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    turns.end(lambda: None)
    assert len(ticks) > 20
