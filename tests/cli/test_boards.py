"""``emulate``, ``devices`` and ``quality`` with a board."""

from __future__ import annotations

import json
import os
import signal
from typing import get_args

import pytest

from emgspasm.cli.boards import emulate
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import Kind, fault

pytestmark = pytest.mark.real_time


def test_an_emulated_board_answers_until_it_is_interrupted(started):
    with started("emulate", "--scenario", "healthy_rest", "--speed", "2") as process:
        port = process.stdout.readline().strip()
        descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
        os.write(descriptor, b"V")
        assert os.read(descriptor, 100) == b"v3.1.5$$$"
        os.close(descriptor)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert out == ""
    assert "Ctrl-C ends it" in said
    assert not os.path.lexists(port)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fault", "fire"), "fault 'fire' is unknown; the kinds are drop, burst"),
        (("--scenario", "hfs_clonik"), "nearest names: hfs_clonic"),
        (("--fault", "drop@noon"), "noon"),
        (("--speed", "0"), "must be positive"),
        (("--boards", "ganglion"), "ganglion"),
    ],
)
def test_a_wrong_wish_is_refused(emgspasm, arguments, said):
    done = emgspasm("emulate", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_the_help_names_every_kind_of_fault():
    kinds = " ".join(emulate.help.split()).partition("Their kinds: ")[2]
    assert kinds == f"{', '.join(get_args(Kind))}."


def row(done, port):
    (found,) = [each for each in json.loads(done.stdout) if each["port"] == port]
    return found


def test_devices_tells_board_firmware_and_radio_of_a_port(emulated, emgspasm):
    with emulated("--boards", "daisy") as port:
        done = emgspasm("devices", "--json", port)
        shown = emgspasm("devices", port)
    found = row(done, port)
    assert done.returncode == 0
    assert (found["board"], found["firmware"], found["radio"]) == (
        "Cyton with Daisy",
        "v3.1.2",
        "up",
    )
    assert (found["latency_timer"], found["problem"]) == (None, "")
    assert f"{port}" in shown.stdout
    assert "Cyton with Daisy  v3.1.2    up" in shown.stdout


def test_devices_tells_a_board_out_of_reach_and_what_to_do(board_at, emgspasm):
    with board_at("wrong-channel") as port:
        found = row(emgspasm("devices", "--json", port), port)
    assert found["board"] == ""
    assert "hears no board" in found["problem"]
    assert "Switch the board on" in found["problem"]


def test_devices_tells_who_holds_a_port(board_at, emgspasm, record_to, started, tmp_path):
    with board_at() as port, started(*record_to(port)) as process:
        assert any(line.startswith("recording to") for line in process.stderr)
        found = row(emgspasm("devices", "--json", port), port)
    assert f"in use by process {process.pid} (" in found["problem"]


def test_devices_tells_that_a_named_port_is_not_there(emgspasm):
    done = emgspasm("devices", "--json", "/dev/none")
    assert "does not exist" in row(done, "/dev/none")["problem"]
    assert done.returncode == 1
    assert done.stderr == (
        "emgspasm: error: no board answered on /dev/none. The list tells why and what to do\n"
    )


def test_quality_of_a_board_shows_channels_and_every_electrode(emgspasm, config, tmp_path):
    config.write_text(
        '[source]\nkind = "cyton"\ninputs = [{label = "OOC_L"}, {label = ""}, {label = "OOC_R"}]\n'
    )
    face = simulate("healthy_rest", sampling_frequency=250, duration=60)
    ohms = [[5e3] * 2, [1e3] * 2, [18e3, 60e3], *[[1e3] * 2] * 13]
    with EmulatedBoard(face, impedance=ohms) as board:
        done = emgspasm("quality", "--config", config, "--port", board.port, "--json")
        assert not board.state.streaming
        assert set(board.state.lead_off) == {"00"}
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [each["channel"] for each in told["channels"]] == ["OOC_L", "OOC_R"]
    measured = [(e["channel"], e["pole"], e["grade"]) for e in told["electrodes"]]
    assert measured == [
        ("OOC_L", "P", "good"),
        ("OOC_L", "N", "good"),
        ("OOC_R", "P", "fair"),
        ("OOC_R", "N", "unusable"),
    ]
    found = [each["ohm"] for each in told["electrodes"]]
    assert found == pytest.approx([5e3, 5e3, 18e3, 60e3], rel=0.03)


def test_quality_of_a_simulated_source_has_no_impedance(emgspasm, config):
    config.write_text('[source]\nkind = "simulated"\nsampling_frequency = 250\nspeed = 4\n')
    done = emgspasm("quality", "--config", config, "--json")
    assert done.returncode == 0, done.stderr
    assert "electrodes" not in json.loads(done.stdout)
    assert "impedance is not measured: this source cannot measure it" in done.stderr


def test_quality_needs_a_recording_or_a_board(emgspasm):
    done = emgspasm("quality")
    assert done.returncode == 2
    assert "give a recording, or --config FILE of a board" in done.stderr


def test_a_pair_that_differs_is_told(emgspasm, config):
    from emgspasm.cli.quality import impedance_table
    from emgspasm.sources.protocols import Electrode

    shown = impedance_table([Electrode("OOC_L", "P", 4e3), Electrode("OOC_L", "N", 15e3)])
    assert shown.splitlines()[1] == (
        "OOC_L    4.0     15.0    fair   electrodes differ by more than 10 kohm"
    )


def test_a_board_that_goes_silent_while_its_electrodes_are_measured_is_told(emgspasm, config):
    face = simulate("healthy_rest", sampling_frequency=250, duration=60)
    with EmulatedBoard(face, faults=(fault("silence", at=11.0, duration=60.0),)) as board:
        done = emgspasm("quality", "--config", config, "--port", board.port)
    assert done.returncode == 1
    assert "brought no 2 s without loss" in done.stderr
