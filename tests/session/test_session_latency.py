"""How long after its last byte a burst is said: within what the pipeline states, and slack."""

from __future__ import annotations

import time

import numpy as np
import pytest

from emgspasm.session import Handover, Session
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.sources.cyton.source import open_cyton

pytestmark = pytest.mark.real_time

LABELS = ("OOC_L", "ZYG_L", "OOR_L", "FRO_L", "OOC_R", "ZYG_R", "OOR_R", "FRO_R")
SLACK = 0.25  # s for a loaded machine; tests/benchmarks/acquisition.py measures without


def test_a_burst_is_said_when_the_pipeline_says_it_is_certain(tmp_path):
    said = []

    class Listener(Handover):
        def put(self, tick):
            now = time.monotonic()
            said.extend((now, burst) for burst in tick[0].bursts if burst.quality == "good")

    face = simulate("hfs_clonic", sampling_frequency=250, duration=60, seed=5)
    with EmulatedBoard(face) as board:
        source = open_cyton({"port": board.port, "inputs": [{"label": name} for name in LABELS]})
        recording = Session(source, tmp_path / "x.bdf", duration=12, handovers=[Listener(1)])
        with recording as session:
            session.wait(30)
    begun, certain = board.runs[0].time, session.config.config.pipeline.certain(session.info)
    delays = [t - begun - b.offset / 250 for t, b in said if b.offset > 5 * 250]
    assert len(delays) > 5
    assert 0.03 < np.median(delays) < certain + SLACK
