"""The processes of a call: how many, what they leave alone, and what comes of one that is gone."""

import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from emgspasm.batch import running
from emgspasm.batch.jobs import Job
from emgspasm.config import LoadedConfig
from emgspasm.errors import RecordingError


def test_one_recording_needs_no_process_of_its_own(tmp_path):
    unsendable = Job(tmp_path / "x.bdf", tmp_path, LoadedConfig(), montage=lambda: None)
    (outcome,) = running.run([unsendable], workers=2)
    assert isinstance(outcome.error, RecordingError)
    assert "x.bdf" in str(outcome.error)
    assert "process" not in str(outcome.error)


def test_a_job_that_comes_after_the_death_of_a_process_fails_by_itself(tmp_path):
    def die():
        raise MemoryError

    job = Job(tmp_path / "x.bdf", tmp_path, LoadedConfig())
    with ThreadPoolExecutor(1, initializer=die) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(len, "x").result()
        outcome = running._end(running._begin(pool, job), job)
    assert "x.bdf: no result came back from its process (BrokenThreadPool" in str(outcome.error)


def test_ending_its_processes_leaves_those_of_the_caller_alone():
    other = get_context("spawn").Process(target=time.sleep, args=(60,))
    other.start()
    try:
        with pytest.raises(KeyboardInterrupt), running._executor([], 1, None):
            raise KeyboardInterrupt
        other.join(0.2)
        assert other.is_alive()
    finally:
        other.kill()
        other.join()


def test_no_more_processes_are_asked_for_than_the_system_can_wait_for(monkeypatch):
    monkeypatch.setattr(running, "MOST_PROCESSES", 61)
    for wanted, given in ((60, 60), (61, 61), (62, 61)):
        with running._executor([], wanted, None) as pool:
            assert pool._max_workers == given
