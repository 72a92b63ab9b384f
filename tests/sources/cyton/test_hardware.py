"""firmware_notes 9: what only a real board can confirm. Run with ``-m hardware``.

A dongle is found by its USB id, or named by the variable EMGSPASM_PORT.
"""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from emgspasm.sources.cyton import dongle
from emgspasm.sources.cyton.conversation import ask, check_radio, reset, silence
from emgspasm.sources.cyton.settings import CytonSettings, Input, configure
from emgspasm.sources.cyton.source import CytonSource

pytestmark = pytest.mark.hardware


@pytest.fixture
def port():
    named = os.environ.get("EMGSPASM_PORT", "")
    if not named and not dongle.dongles():
        pytest.skip("no dongle is plugged in and EMGSPASM_PORT is not set")
    return named or dongle.find().device


def test_9_1_the_latency_timer_is_one_millisecond(port):
    dongle.open_port(port).close()
    timer = dongle.latency_timer(port)
    if timer is None:
        pytest.skip(f"{port} has no FTDI latency timer")
    assert timer == 1


def test_9_5_gain_and_srb2_reach_the_converter(port):
    settings = CytonSettings((Input("A", gain=8), Input("B", gain=24)), port=port)
    with dongle.open_port(port) as link:
        silence(link)
        check_radio(link)
        list(configure(link, settings, reset(link)))
        listing = ask(link, b"?", within=15)
    assert "CH1SET, 05, 40" in listing
    assert "CH2SET, 06, 60" in listing
    assert "CH3SET, 07, E1" in listing


def test_9_6_ten_seconds_come_without_loss_at_the_nominal_rate(port):
    source = CytonSource(CytonSettings(port=port))
    with source:
        threading.Timer(10, source.stop).start()
        n_samples = sum(len(chunk.samples) for chunk in source)
    print(f"lost {source.lost_packets} packets, {source.measured_frequency:.2f} Hz")
    assert n_samples > 2400
    assert source.lost_packets == 0
    assert source.measured_frequency == pytest.approx(250, rel=0.01)
    assert not np.isnan(source.measured_frequency)
