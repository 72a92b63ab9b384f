"""Serial ports as pyserial has them on Windows and macOS, in front of the emulated board."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
import serial

from emgspasm.errors import SourceError, SourceNotFound
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.sources.brainflow.session import hung_up, lock_port
from emgspasm.sources.cyton import dongle
from emgspasm.sources.cyton.settings import CytonSettings, Input
from emgspasm.sources.cyton.source import CytonSource
from emgspasm.sources.devices import Device, ask
from support.streaming import index_and_samples, places, record, states


class WindowsPort:
    """No descriptor to wait for, no latency to set, a buffer to enlarge."""

    def __init__(self, device, baud_rate, **options):
        self._port = serial.serialposix.Serial(device, baud_rate, **options)
        self.port = device
        self.buffer = 4096

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def in_waiting(self):
        return self._port.in_waiting

    def read(self, size):
        return self._port.read(size)

    def write(self, data):
        return self._port.write(data)

    def close(self):
        self._port.close()

    def set_buffer_size(self, size):
        self.buffer = size


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(serial, "Serial", WindowsPort)


@pytest.fixture
def no_list_of_locks(monkeypatch, tmp_path):
    monkeypatch.setattr(dongle, "LOCKS", tmp_path / "locks")
    monkeypatch.delattr(os, "major")


def settings_for(board):
    return CytonSettings(tuple(Input(f"CH{i}") for i in range(1, 9)), "cyton", board.port)


@pytest.mark.real_time
def test_a_board_streams_without_loss_from_a_port_that_has_no_descriptor(windows, ramp):
    with EmulatedBoard(ramp()) as board:
        source = CytonSource(settings_for(board))
        index, samples = index_and_samples(record(source, 1.0))
    np.testing.assert_array_equal(places(samples) - board.runs[0].first, index)
    assert source.lost_packets == 0


@pytest.mark.real_time
def test_a_port_that_has_no_descriptor_is_lost_and_found_again(windows, ramp):
    with EmulatedBoard(ramp(), faults=(fault("hang-up", at=0.5, duration=0.3),)) as board:
        source = CytonSource(settings_for(board))
        record(source, 4.0)
    told = states(source)
    assert told[-3:] == ["reconnecting", "streaming", "closed"]


def test_what_waits_for_a_paused_process_finds_room(windows, ramp):
    with EmulatedBoard(ramp()) as board, dongle.open_port(board.port) as port:
        assert port.buffer == dongle.BUFFER


def test_a_board_answers_where_no_latency_can_be_set(monkeypatch, ramp):
    def refused(self, mode):
        raise NotImplementedError("Low latency not supported on this platform")  # macOS

    monkeypatch.setattr(serial.Serial, "set_low_latency_mode", refused)
    with EmulatedBoard(ramp()) as board:
        assert ask(Device(board.port)).board == "Cyton"


def test_a_port_of_windows_is_left_to_brainflow_alone(windows, ramp):
    with EmulatedBoard(ramp()) as board:
        assert lock_port(board.port, is_cyton=True) == (None, False)
        dongle.open_port(board.port).close()  # nobody holds it


def test_a_port_is_gone_when_its_board_is_pulled(ramp):
    with EmulatedBoard(ramp()) as board:
        port = dongle.open_port(board.port)
        assert not hung_up(port)
    assert hung_up(port)
    port.close()


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ("PermissionError(13, 'Zugriff verweigert', None, 5)", SourceError, "is in use by another"),
        ("FileNotFoundError(2, 'Nicht gefunden', None, 2)", SourceNotFound, "COM12 does not exist"),
        ("OSError(22, 'Zeitlimit', None, 121)", SourceError, "does not open"),
    ],
)
def test_the_text_of_an_error_tells_what_is_wrong_where_it_has_no_number(
    no_list_of_locks, error, kind, words
):
    refused = serial.SerialException(f"could not open port 'COM12': {error}")
    explained = dongle.open_error("COM12", refused)
    assert type(explained) is kind
    assert words in str(explained)
    assert "usermod" not in str(explained)


def test_a_port_in_use_is_told_where_no_list_of_locks_is(no_list_of_locks):
    assert "another program" in str(dongle.open_error("COM3", OSError(errno.EBUSY, "busy")))
