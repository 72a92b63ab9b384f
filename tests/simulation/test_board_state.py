"""firmware_notes 3: what the emulated board answers."""

from __future__ import annotations

import pytest

from emgspasm.simulation.board_state import DEFAULTS, power_on, receive


def talk(commands, *, daisy=False, state=None, seconds=0.0):
    """Send characters, `seconds` apart; the state and all answers."""
    state, answers = state or power_on(daisy=daisy), ""
    for place, byte in enumerate(commands):
        state, answer = receive(state, byte, place * seconds)
        answers += answer
    return state, answers


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        ("V", "v3.1.5$$$"),
        ("D", "060110$$$"),
        ("d", "updating channel settings to default$$$"),
        ("x1060000X", "Success: Channel set for 1$$$"),
        ("xQ060000X", "Success: Channel set for 9$$$"),
        ("x10600X", "Failure: too few chars$$$"),
        ("x10600000", "Failure: Err: 9th char not X$$$"),
        ("z410Z", "Success: Lead off set for 4$$$"),
        ("z4100", "Failure: Err: 5th char not Z$$$"),
        ("~~", "Success: Sample rate is 250Hz$$$"),
        ("~4", "Success: Sample rate is 1000Hz$$$"),
        ("~9", "Failure: sample value out of bounds$$$"),
        ("//", "Success: default$$$"),
        ("/2", "Success: analog$$$"),
        ("/9", "Failure: board mode value out of bounds.$$$"),
        ("/\xb2", "Failure: invalid board mode value.$$$"),
        ("~\xb2", "Failure: invalid sample value$$$"),
        ("-", "Success: Configured internal test signal.$$$"),
        ("<>", "Time stamp ON$$$Time stamp OFF$$$"),
        ("C", "no daisy to attach!8$$$"),
        ("j", "No open file to close\r\n$$$"),
        ("bs1!", ""),
    ],
)
def test_answers_are_those_of_the_firmware(commands, answer):
    assert talk(commands)[1] == answer


def test_2_5_a_daisy_is_detached_and_attached_again():
    assert talk("CcCc", daisy=True)[1] == "16$$$daisy removed$$$daisy attached16$$$daisy removed$$$"


def test_3_2_the_banner_names_converters_and_firmware():
    assert "On Daisy ADS1299" not in talk("v")[1]
    _, banner = talk("v", daisy=True)
    assert banner.startswith("OpenBCI V3 8-16 channel\nOn Board ADS1299 Device ID: 0x3E\n")
    assert banner.endswith("Firmware: v3.1.2\n$$$")
    assert "On Daisy ADS1299" in banner


def test_3_2_a_reset_brings_the_defaults_back_and_stops():
    state, _ = talk("x1000000Xbv")
    assert state.settings[0] == DEFAULTS
    assert not state.streaming


def test_3_1_starting_over_the_dongle_sets_the_rate_back_to_250_hz():
    assert talk("~4bs~~")[1].endswith("Success: Sample rate is 250Hz$$$")


def test_3_3_a_command_that_takes_too_long_is_given_up():
    state, answers = talk("x1", seconds=1.5)
    assert answers.startswith("Timeout processing multi byte message")
    assert state.settings[0][0] == "1"  # the late 1 switched channel 1 off


def test_3_4_an_unknown_channel_is_channel_1_and_an_unknown_gain_24():
    state, answers = talk("x?090000X")
    assert answers == "Success: Channel set for 1$$$"
    assert state.settings[0] == "060000"


def test_3_7_a_setting_restarts_a_streaming_board_without_an_answer():
    state, _ = talk("b")
    after, answer = talk("x1060000X", state=state)
    assert answer == ""
    assert after.streaming
    assert after.run == state.run + 1


def test_6_1_sd_files_are_counted_and_6_2_closing_one_stops_the_stream():
    state, answers = talk("Aj")
    assert "Corresponding SD file OBCI_01.TXT" in answers
    assert "OBCI_02.TXT" in talk("S", state=state)[1]
    assert not talk("Abj")[0].streaming


def test_the_register_listing_shows_gain_and_srb2():
    _, listing = talk("x2040010X?")
    assert "CH1SET, 05, 68, 0, 1, 1, 0, 1, 0, 0, 0" in listing
    assert "CH2SET, 06, 48" in listing
