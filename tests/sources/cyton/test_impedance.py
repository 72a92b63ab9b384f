"""Impedance: 31.2 Hz, 6 nA, one electrode at a time; numbers are firmware_notes paragraphs."""

from __future__ import annotations

import signal

import numpy as np
import pytest

from emgspasm.errors import SourceError
from emgspasm.simulation import simulate
from emgspasm.simulation.board import EmulatedBoard
from emgspasm.simulation.board_faults import fault
from emgspasm.simulation.board_state import receive
from emgspasm.sources import protocols
from emgspasm.sources.cyton import conversation
from emgspasm.sources.cyton.impedance import measure_impedances, ohm
from emgspasm.sources.cyton.settings import CytonSettings, Input
from emgspasm.sources.cyton.source import CytonSource
from emgspasm.sources.protocols import Electrode


def tone(impedance, seconds=2.0, fs=250.0, phase=0.0):
    t = np.arange(round(seconds * fs)) / fs
    return 6e-9 * (impedance + 2200) * 1e6 * np.sin(2 * np.pi * 31.2 * t + phase)


@pytest.mark.parametrize("impedance", [0.0, 500.0, 5e3, 20e3, 100e3])
@pytest.mark.parametrize("phase", [0.0, 1.0, 2.5])
def test_4_1_the_formula_gives_the_impedance_back(impedance, phase):
    assert ohm(tone(impedance, phase=phase), 250.0) == pytest.approx(impedance, rel=0.01, abs=40)


@pytest.mark.parametrize("level", [0.0, 4.5e6])
def test_an_input_without_test_current_has_no_impedance_and_is_not_good(level):
    noise = np.random.default_rng(2).normal(level, 2, 500)
    electrode = Electrode("OOC_L", "P", ohm(noise, 250.0))
    assert np.isnan(electrode.ohm)
    assert (electrode.grade, electrode.told()) == ("unusable", "no test current")


def test_mains_wander_and_quiet_muscle_do_not_enter():
    rng = np.random.default_rng(1)
    t = np.arange(500) / 250
    rest = 200 * np.sin(2 * np.pi * 50 * t) + 40_000 + 500 * t + rng.normal(0, 3, 500)
    assert ohm(tone(8e3) + rest, 250.0) == pytest.approx(8e3, rel=0.03)


def test_4_1_the_converters_true_tone_of_31_25_hz_reads_the_same():
    t = np.arange(500) / 250
    wave = 6e-9 * (8e3 + 2200) * 1e6 * np.sin(2 * np.pi * 31.25 * t)
    assert ohm(wave, 250.0) == pytest.approx(8e3, rel=0.01)


@pytest.mark.real_time
@pytest.mark.parametrize("daisy", [False, True])
def test_every_electrode_comes_back_within_three_percent_from_the_board(daisy):
    face = simulate("healthy_rest", sampling_frequency=250, duration=30)
    place = 8 if daisy else 1
    ohms = np.full((16, 2), 1e6)
    ohms[place] = 11e3, 52e3
    inputs = (*[Input("")] * place, Input("OOC_L", gain=12))
    with EmulatedBoard(face, daisy=daisy, impedance=ohms) as board:
        settings = CytonSettings(inputs, "daisy" if daisy else "cyton", board.port)
        found = list(CytonSource(settings).impedances())
    assert [(each.channel, each.pole) for each in found] == [("OOC_L", "P"), ("OOC_L", "N")]
    assert [each.ohm for each in found] == pytest.approx(ohms[place], rel=0.03)


@pytest.mark.real_time
def test_a_lost_half_of_a_daisy_breaks_the_tone_as_a_lost_packet_does():
    face = simulate("healthy_rest", sampling_frequency=250, duration=30)
    losses = fault("daisy-half", rate=0.2)
    with EmulatedBoard(face, daisy=True, impedance=20e3, faults=(losses,)) as board:
        settings = CytonSettings((*[Input("")] * 8, Input("OOC_L")), "daisy", board.port)
        with pytest.raises(SourceError, match="no 2 s without loss"):
            next(measure_impedances(settings))


@pytest.mark.real_time
def test_4_3_one_electrode_at_a_time_with_gain_1_and_all_is_set_back():
    class Watched(EmulatedBoard):
        seen = ()

        def _hear(self, byte):
            before = self.state.streaming
            super()._hear(byte)
            if self.state.streaming and not before:
                self.seen = (*self.seen, (self.state.lead_off, self.state.settings[:2]))

    face = simulate("healthy_rest", sampling_frequency=250, duration=30)
    with Watched(face) as board:
        settings = CytonSettings((Input("A", gain=8), Input("B")), port=board.port)
        list(measure_impedances(settings))
        assert set(board.state.lead_off) == {"00"}
    on = [[(k, pole) for k, pole in enumerate(state) if pole != "00"] for state, _ in board.seen]
    assert on == [[(0, "10")], [(0, "01")], [(1, "10")], [(1, "01")]]
    assert [channels for _, channels in board.seen] == [("000000", "060000")] * 2 + [
        ("040000", "000000")
    ] * 2
    assert b"z" not in board.received_while_streaming
    assert b"x" not in board.received_while_streaming


@pytest.mark.real_time
def test_4_4_an_interrupted_measurement_leaves_no_current_on():
    face = simulate("healthy_rest", sampling_frequency=250, duration=30)
    with EmulatedBoard(face) as board:
        measuring = measure_impedances(CytonSettings((Input("A"), Input("B")), port=board.port))
        next(measuring)
        board.state, _ = receive_all(board.state, "z110Z")
        measuring.close()
        assert set(board.state.lead_off) == {"00"}
        assert not board.state.streaming


@pytest.mark.real_time
def test_4_4_ctrl_c_while_the_current_is_switched_off_waits_until_it_is(monkeypatch):
    def interrupted(port, silence=conversation.silence):
        signal.raise_signal(signal.SIGINT)
        silence(port)

    with EmulatedBoard(simulate("healthy_rest", sampling_frequency=250, duration=30)) as board:
        measuring = measure_impedances(CytonSettings((Input("A"),), port=board.port))
        next(measuring)
        board.state, _ = receive_all(board.state, "z110Z")
        monkeypatch.setattr(conversation, "silence", interrupted)
        with pytest.raises(KeyboardInterrupt):
            measuring.close()
        assert set(board.state.lead_off) == {"00"}


def receive_all(state, text):
    for letter in text:
        state, answer = receive(state, letter, 0.0)
    return state, answer


def test_a_board_that_is_not_there_is_told():
    with pytest.raises(SourceError, match="/dev/none does not exist"):
        next(measure_impedances(CytonSettings(port="/dev/none")))


@pytest.mark.parametrize(
    ("value", "grade"), [(9e3, "good"), (12e3, "fair"), (30e3, "poor"), (80e3, "unusable")]
)
def test_limits_are_those_of_the_face(value, grade):
    assert Electrode("A", "P", value).grade == grade
    assert protocols.MISMATCH == 10e3
