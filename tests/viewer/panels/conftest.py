"""A simulated patient through the real chain, for the panels of the live window."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

pytest.importorskip("PySide6", reason="Qt is not installed")

from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.simulation import simulate
from emgspasm.synkinesis.folding import Folding, fold


@dataclass(frozen=True)
class Watched:
    """What the window would have been given: analyses, and levels ten times a second."""

    info: object
    analyses: list
    events: list
    levels: list  # (seconds, envelope, thresholds)


def watch(scenario, **kwargs):
    simulated = simulate(scenario, **kwargs)
    info, pipeline = simulated.info, Pipeline()
    analyses, events, levels, pending = [], [], [], []
    folded = fold(Folding(), pipeline, info, analyze(pipeline, info, simulated))
    for analysis, said in folded:
        analyses.append(analysis)
        events += said.events
        pending.append(analysis.envelope.samples)
        if sum(map(len, pending)) >= info.sampling_frequency / 10:
            rows = np.concatenate(pending)
            pending.clear()
            level = np.sqrt(np.mean(rows**2, axis=0))
            seconds = analysis.chunk.stop / info.sampling_frequency
            levels.append((seconds, level, analysis.thresholds))
    return Watched(info, analyses, events, levels)


@pytest.fixture(scope="session")
def patient():
    """A minute of hemifacial spasm of the left side, eight channels at 1000 Hz."""
    return watch("hfs_clonic", side="left", sampling_frequency=1000, duration=60, seed=3)
