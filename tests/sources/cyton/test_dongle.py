"""The port of a dongle that is plugged in again."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.sources.brainflow.source import open_brainflow
from emgspasm.sources.cyton.dongle import USB_ID, PortFound, latency_timer, named
from emgspasm.sources.cyton.settings import CytonSettings, Input
from emgspasm.sources.cyton.source import CytonSource

OLD, NEW = "/dev/ttyUSB0", "/dev/ttyUSB1"


@pytest.fixture
def plugged(monkeypatch):
    """Plugs dongles in: device and USB serial number of each."""

    def plug(*dongles):
        ports = [
            SimpleNamespace(
                device=device, serial_number=number, description="", vid=USB_ID[0], pid=USB_ID[1]
            )
            for device, number in dongles
        ]
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)

    return plug


@pytest.mark.parametrize(
    ("before", "now", "device"),
    [
        (PortFound(OLD, "", ""), [], OLD),  # an emulated board's
        (PortFound(OLD, "", ""), [(OLD, "A"), (NEW, "B")], OLD),
        (PortFound(OLD, "A", ""), [(NEW, "A")], NEW),
        (PortFound(NEW, "A", ""), [(OLD, "A")], OLD),
        (PortFound(OLD, "A", ""), [(OLD, "B"), (NEW, "A")], NEW),  # another has its name now
        (PortFound(OLD, "A", ""), [(NEW, "B")], OLD),
        (PortFound(OLD, "A", ""), [], OLD),
    ],
)
def test_a_named_port_is_the_dongle_that_had_it(plugged, before, now, device):
    plugged(*now)
    assert named(OLD, before).device == device


def test_a_link_to_a_port_keeps_its_name(plugged, tmp_path):
    link, port = tmp_path / "by-id", tmp_path / "port"
    port.touch()
    link.symlink_to(port)
    plugged((str(port), "A"))
    assert named(str(link), PortFound(str(link), "", "")) == PortFound(str(link), "A", "")


@pytest.mark.real_time
def test_a_port_is_not_looked_at_as_a_file_where_ports_are_no_files(plugged, monkeypatch):
    monkeypatch.delattr(os, "ttyname", raising=False)
    monkeypatch.delattr(os.path, "realpath")
    plugged(("COM3", "A"))
    assert named("com3", PortFound("com3", "", "")) == PortFound("com3", "A", "")
    assert named("com3", PortFound("com3", "A", "")).device == "com3"
    assert latency_timer("COM3") is None


def by_itself(port):
    return CytonSource(CytonSettings((Input("OOC_L"),), port=port))


def by_brainflow(port):
    pytest.importorskip("brainflow", reason="BrainFlow is not installed")
    return open_brainflow({"board": "cyton", "serial_port": port})


@pytest.mark.parametrize("driver", [by_itself, by_brainflow])
def test_5_8_a_dongle_that_comes_back_under_another_name_is_found(plugged, ramp, tmp_path, driver):
    name = tmp_path / "ttyUSB0"
    with EmulatedBoard(ramp(), faults=(fault("hang-up", at=0.5, duration=0.7),)) as board:
        name.symlink_to(board.port)
        plugged((str(name), "A"))
        source = driver(str(name))
        with source:
            plugged((board.port, "A"))
            name.unlink()
            chunks = []
            for chunk in source:
                chunks.append(chunk)
                if len(board.runs) > 1 and len(board.runs[1].fates) > 100:
                    source.stop()
    assert len(board.runs) == 2
    assert chunks[-1].stop > 400
