"""Two processes that write results into the same folder at the same time."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from emgspasm.batch.jobs import Job, run_job
from emgspasm.batch.joint import write_joint
from emgspasm.config import LoadedConfig
from emgspasm.results.outputs import result_paths, summary_rows
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.derivatives.names import note_path, provenance_path
from emgspasm.storage.studies.lock import exclusive
from emgspasm.stream import Channel, Chunk, StreamInfo

N_ROUNDS = 20
WRITER = """
import sys, time
from dataclasses import replace
from pathlib import Path
from emgspasm.errors import ConfigError
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.outputs import write_results

recording, out, own, other = map(Path, sys.argv[1:5])
results = analyze_recording(recording)
for number in range(int(sys.argv[5])):
    own.joinpath(str(number)).touch()
    while not other.joinpath(str(number)).exists():
        time.sleep(0.0005)
    try:
        write_results(replace(results, name=f"r{number}"), out)
    except ConfigError:
        pass  # the other one was first
"""


@pytest.fixture
def recording(tmp_path):
    info = StreamInfo(1000.0, (Channel.from_label("OOC_L", full_scale=187500.0),))
    with BdfWriter(tmp_path / "r.bdf", info) as writer:
        writer.write(Chunk(0, np.random.default_rng(1).normal(0, 2, (5000, 1))))
    return tmp_path / "r.bdf"


def test_of_two_processes_one_writes_all_of_a_result(recording, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, recording, tmp_path / "out", *order, str(N_ROUNDS)]
        )
        for order in (folders, folders[::-1])
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    for number in range(N_ROUNDS):
        tables = result_paths(tmp_path / "out", f"r{number}", ("events", "summary", "quality"))
        assert [path.name for path in tables if not path.exists()] == []
        assert not note_path(provenance_path(tmp_path / "out", f"r{number}")).exists()


def test_what_the_same_call_of_another_process_made_meanwhile_is_kept(recording, tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    assert run_job(Job(recording, elsewhere, LoadedConfig())).error is None
    out.mkdir()
    outcomes = []
    job = Job(recording, out, LoadedConfig())
    thread = threading.Thread(target=lambda: outcomes.append(run_job(job)))
    with exclusive(out):
        thread.start()
        thread.join(1)  # analyzed, it waits
        for path in elsewhere.iterdir():
            path.rename(out / path.name)
    thread.join(60)
    assert [(outcome.error, outcome.kept) for outcome in outcomes] == [(None, True)]


def test_the_joint_summary_is_written_by_one_at_a_time(recording, tmp_path):
    out = tmp_path / "out"
    outcome = run_job(Job(recording, out, LoadedConfig()))
    thread = threading.Thread(target=write_joint, args=([outcome], out))
    with exclusive(out):
        thread.start()
        thread.join(0.3)
        assert not Path(out / "summary.tsv").exists()
    thread.join(60)
    assert {row[-1] for row in summary_rows(out / "summary.tsv")} == {"r"}


def test_a_folder_is_held_by_one_at_a_time_where_it_cannot_be_locked_itself(monkeypatch, tmp_path):
    import filelock  # noqa: F401  has its own ways with systems

    monkeypatch.setitem(sys.modules, "fcntl", None)
    held = threading.Event()

    def hold():
        with exclusive(tmp_path):
            held.set()

    thread = threading.Thread(target=hold)
    with exclusive(tmp_path):
        thread.start()
        assert not held.wait(0.3)
    assert held.wait(10)
    thread.join()
