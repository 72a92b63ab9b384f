"""Tables of a recording whose markers say when tasks begin, not how long they last."""

from dataclasses import replace

import pytest

from emgspasm.results.analysis import analyze_recording
from emgspasm.simulation import simulate
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation

REST = (
    Annotation(0.5, 19.5, "rest_open"),
    Annotation(20.0, 3.0, "smile"),
    Annotation(28.0, 3.0, "smile"),
    Annotation(36.0, 14.0, "speech"),
    Annotation(50.0, 10.0, "rest_post"),
)
"""Until the next task, three seconds, and to the end: what a key alone would mean."""


def tables(path, info, chunks, marks):
    with BdfWriter(path, info) as writer:
        for chunk in chunks:
            writer.write(chunk)
        for mark in marks:
            writer.annotate(mark)
    results = analyze_recording(path)
    told = {name: results.provenance[name] for name in ("tasks", "withheld", "mvc_uV")}
    for name, table in results.tables().items():
        told[name] = table.drop(columns="recording", errors="ignore").astype(str).to_dict("list")
    return told


@pytest.fixture(scope="module", params=["hfs_mixed", "healthy_tasks"])
def both(request, tmp_path_factory):
    """Tables with the durations of the markers, and of the same samples without them."""
    folder = tmp_path_factory.mktemp("marks")
    face = simulate(request.param, sampling_frequency=500, duration=60, seed=3)
    chunks, timed = list(face), REST if request.param == "hfs_mixed" else face.annotations
    keys = [replace(mark, duration=0.0) for mark in timed]
    return (
        tables(folder / "timed.bdf", face.info, chunks, timed),
        tables(folder / "keys.bdf", face.info, chunks, keys),
    )


@pytest.mark.parametrize("name", ["events", "summary", "trials", "tasks", "withheld", "mvc_uV"])
def test_markers_without_duration_give_the_tables_of_those_that_have_one(both, name):
    timed, keys = both
    assert keys[name] == timed[name]
