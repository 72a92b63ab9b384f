"""Sources by name, and the laws a plug-in has to keep."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

from emgspasm.errors import ConfigError
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.sources.cyton.settings import CytonSettings, Input
from emgspasm.sources.cyton.source import CytonSource
from emgspasm.sources.registry import names, open_source
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.testing import check_source

PLUG_IN = """
from emgspasm.stream import Channel, StreamInfo

class Lamp:
    def __init__(self, options):
        self.info = StreamInfo(options["rate"], (Channel("A"),))
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def __iter__(self): return iter(())
    def stop(self): pass

def no_source(options):
    return options
"""


@pytest.fixture
def plug_in(tmp_path, monkeypatch):
    """A package of somebody else, installed as pip does it."""
    (tmp_path / "lamp.py").write_text(PLUG_IN)
    info = tmp_path / "lamp-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lamp\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[emgspasm.sources]\nlamp = lamp:Lamp\nbroken = lamp:no_source\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("lamp", None)


def test_a_plug_in_is_found_by_its_entry_point(plug_in):
    assert "lamp" in names()
    assert open_source("lamp", {"rate": 500.0}).info.sampling_frequency == 500.0


def test_an_unknown_source_names_the_nearest(plug_in):
    with pytest.raises(ConfigError, match=r"'lamq' is not known. Did you mean 'lamp'"):
        open_source("lamq", {})


def test_a_plug_in_that_makes_no_source_is_refused(plug_in):
    with pytest.raises(ConfigError, match="returned a dict, which is not a Source"):
        open_source("broken", {})


def test_two_plug_ins_of_one_name_are_refused(plug_in, tmp_path):
    info = tmp_path / "lantern-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lantern\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[emgspasm.sources]\nlamp = lantern:Lamp\n")
    with pytest.raises(ConfigError, match="offered by lamp:Lamp and lantern:Lamp"):
        open_source("lamp", {})


@pytest.mark.parametrize(
    ("kind", "options", "setting"),
    [("cyton", {}, "port"), ("brainflow", {"board": "ganglion_native"}, "serial_port")],
)
def test_a_port_goes_to_the_option_a_source_has_for_it(kind, options, setting):
    source = open_source(kind, {**options, setting: "/dev/old"}, "/dev/new")
    assert getattr(source.settings, setting) == "/dev/new"


def test_a_port_is_refused_where_a_source_has_none():
    with pytest.raises(ConfigError, match="serial port does not apply to source 'simulated'"):
        open_source("simulated", {}, "/dev/new")


def test_the_project_registers_its_cyton():
    import tomllib
    from importlib import import_module
    from pathlib import Path

    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())
    module, factory = project["project"]["entry-points"]["emgspasm.sources"]["cyton"].split(":")
    source = getattr(import_module(module), factory)({"port": "/dev/x"})
    assert isinstance(source, CytonSource)


@pytest.mark.real_time
def test_the_cyton_driver_keeps_the_laws_of_a_source(ramp):
    with EmulatedBoard(ramp()) as board:
        settings = CytonSettings((Input("A"), Input("B")), port=board.port)
        check_source(lambda: CytonSource(settings), n_samples=50)


class Lawful:
    """Three chunks with a gap."""

    info = StreamInfo(250.0, (Channel("A"), Channel("B")))
    starts = (0, 10, 30)
    columns = 2

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __iter__(self):
        for start in self.starts:
            yield Chunk(start, np.zeros((10, self.columns)))

    def stop(self):
        pass


def broken(**changes):
    return type("Broken", (Lawful,), changes)


def test_a_lawful_source_passes():
    check_source(Lawful)


@pytest.mark.parametrize(
    ("changes", "error", "law"),
    [
        ({"columns": 3}, AssertionError, "a column per channel: 2, not 3"),
        ({"starts": (0, 5)}, ValueError, "in order"),
        ({"starts": (-10,)}, AssertionError, "begin at 0"),
        ({"starts": ()}, AssertionError, "at least one sample"),
        ({"__enter__": lambda _: None}, AssertionError, "gives the source itself"),
        ({"__iter__": lambda _: iter([1])}, AssertionError, "yields chunks, not int"),
        ({"stop": None}, AssertionError, "a source has info, stop"),
        ({"info": 3}, AssertionError, "StreamInfo before entering"),
    ],
)
def test_a_broken_law_is_named(changes, error, law):
    with pytest.raises(error, match=law):
        check_source(broken(**changes))


def test_a_source_that_does_not_stop_is_named():
    over = threading.Event()

    def forever(self):
        start = 0
        while not over.wait(0.01):
            yield Chunk(start, np.zeros((1, 2)))
            start += 1

    try:
        with pytest.raises(AssertionError, match="stop\\(\\) ends the iteration"):
            check_source(broken(__iter__=forever), n_samples=5, stop_within=0.3)
    finally:
        over.set()
