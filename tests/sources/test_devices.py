"""What is listed of ports, however they are named."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from emgspasm.sources import devices as listing
from emgspasm.sources.devices import Device, devices

pytestmark = pytest.mark.skipif(not hasattr(os, "ttyname"), reason="ports of Windows are no files")


@pytest.fixture
def linked(tmp_path):
    """A port that links to ttyUSB7."""
    link = tmp_path / "usb-FTDI_FT231X"
    link.symlink_to("/dev/ttyUSB7")
    return str(link)


def test_the_latency_timer_of_a_linked_port_is_that_of_the_port_itself(linked):
    judged = listing._judged(Device(linked, firmware="v3.1.2", latency_timer=16))
    assert judged.problem.endswith("sudo tee /sys/bus/usb-serial/devices/ttyUSB7/latency_timer")


def test_a_dongle_that_is_named_by_a_link_is_asked_once_and_keeps_that_name(linked, monkeypatch):
    dongle = Device("/dev/ttyUSB7", usb_id="0403:6015")
    monkeypatch.setattr(listing, "listed", lambda: [dongle])
    monkeypatch.setattr(listing, "ask", lambda device: device)
    assert list(devices([linked])) == [replace(dongle, port=linked)]
