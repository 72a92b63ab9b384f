"""``record`` against ``emulate``, each in a process of its own, as a new user runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from itertools import pairwise

import click
import numpy as np
import pandas as pd
import pytest

from emgspasm.cli.conclusion import looked_at, tabled
from emgspasm.cli.recording import _status_line, noise_text, status_text
from emgspasm.config import parse_config
from emgspasm.session import Status
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.tables.tsv import read_table
from emgspasm.stream import Channel, StreamInfo

fcntl = pytest.importorskip("fcntl", reason="no pseudo-terminals")
pty = pytest.importorskip("pty", reason="no pseudo-terminals")
termios = pytest.importorskip("termios", reason="no pseudo-terminals")

pytestmark = pytest.mark.real_time

EMG = "study/sub-01/ses-02/emg/sub-01_ses-02_task-rest"
RESULTS = "study/derivatives/emgspasm/sub-01/ses-02/emg/sub-01_ses-02_task-rest_desc-bursts"


def until(condition, seconds=20.0):
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def recorded(tmp_path):
    """Samples in the recording under way; 0 before it begins."""
    path = tmp_path / f"{EMG}_emg.bdf"
    return open_edf(path).n_samples if path.exists() and path.stat().st_size else 0


def test_pull_the_plug_and_put_it_back_and_find_one_honest_recording(
    emulated, own_process, record_to, tmp_path, config
):
    with emulated("--fault", "hang-up@6", "--seed", "4", "--scenario", "hfs_clonic") as port:
        done = own_process(*record_to(port, "--duration", 13))
    assert done.returncode == 0, done.stderr
    assert "reconnecting: port" in done.stderr
    assert "Plug the dongle in again" in done.stderr

    recording = open_edf(tmp_path / f"{EMG}_emg.bdf")
    assert recording.n_samples == 13 * 250
    gaps = [a for a in recording.annotations if a.text == "BAD_ACQ_SKIP"]
    assert len(gaps) == 1
    assert 5.5 < gaps[0].onset < 6.5
    assert 0.9 < gaps[0].duration < 4
    texts = [a.text for a in recording.annotations]
    states = [text.partition(":")[0] for text in texts if text != "BAD_ACQ_SKIP"]
    assert [state for state, before in pairwise(states) if state != before][-1] != "closed"
    assert states[:3] == ["probing", "configuring", "streaming"]
    assert "reconnecting" in states
    assert any("is estimated from the clock" in text for text in texts)

    events = read_table(tmp_path / f"{RESULTS}_events.tsv")
    n_bursts = (events["trial_type"] == "burst").sum()
    said = re.search(r"(\d+) bursts? and (\d+) events? \(spasms .*\), the same live", done.stderr)
    assert [int(n) for n in said.groups()] == [n_bursts, len(events) - n_bursts]
    described = json.loads((tmp_path / f"{EMG}_emg.json").read_text())
    assert described["RecordingDuration"] == 13.0
    assert described["PowerLineFrequency"] == 50
    assert described["SoftwareFilters"] == {}
    assert described["Emgspasm"]["Config"] == config.read_text()
    assert described["Emgspasm"]["Firmware"] == "v3.1.2"
    assert described["Emgspasm"]["Gains"] == dict.fromkeys(recording.info.names, 24)
    assert (tmp_path / f"{RESULTS}_summary.tsv").exists()
    assert (tmp_path / "study/derivatives/emgspasm/summary.tsv").exists()


def test_results_are_those_that_analyze_finds_in_the_file(
    board_at, emgspasm, record_to, tmp_path, config
):
    with board_at(scenario="hfs_clonic", seed=1) as port:
        done = emgspasm(*record_to(port, "--duration", 10))
    assert done.returncode == 0, done.stderr
    again = emgspasm(
        "analyze", tmp_path / f"{EMG}_emg.bdf", "--out", tmp_path / "again", "--config", config
    )
    assert again.returncode == 0, again.stderr
    name = "sub-01_ses-02_task-rest_desc-bursts_events.tsv"
    live = (tmp_path / f"{RESULTS}_events.tsv").read_text()
    assert len(live.splitlines()) > 3
    assert (tmp_path / "again" / name).read_text() == live


def test_a_second_session_on_a_port_is_told_who_holds_it(
    board_at, emgspasm, record_to, started, tmp_path
):
    with board_at() as port, started(*record_to(port)) as first:
        until(lambda: recorded(tmp_path) > 200)
        second = emgspasm(*record_to(port, task="smile"))
        assert second.returncode == 1
        assert second.stderr.strip().count("emgspasm: error:") == 1
        assert f"port {port} is in use by process {first.pid} (" in second.stderr
        assert "End that session, or name another port" in second.stderr
        before = recorded(tmp_path)
        until(lambda: recorded(tmp_path) > before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(board_at, record_to, started, tmp_path, number):
    with board_at() as port, started(*record_to(port)) as process:
        until(lambda: recorded(tmp_path) > 300)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    recording = open_edf(tmp_path / f"{EMG}_emg.bdf")
    assert recording.findings == ()
    assert json.loads((tmp_path / f"{EMG}_emg.json").read_text())["RecordingDuration"] > 1
    assert (tmp_path / f"{RESULTS}_events.tsv").exists()


def test_a_terminal_that_is_closed_ends_it_well(board_at, record_to, tmp_path):
    ours, theirs = os.openpty()
    with board_at() as port:
        command = [sys.executable, "-m", "emgspasm", *map(str, record_to(port))]
        process = subprocess.Popen(
            ["setsid", "--ctty", *command], stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        try:
            until(lambda: recorded(tmp_path) > 300)
        finally:
            os.close(ours)
        assert process.wait(timeout=60) == 0
    assert open_edf(tmp_path / f"{EMG}_emg.bdf").findings == ()
    assert (tmp_path / f"{RESULTS}_events.tsv").exists()


def test_a_recording_in_the_background_outlives_its_terminal(board_at, record_to, tmp_path):
    ours, theirs = os.openpty()
    with board_at() as port:
        command = [sys.executable, "-m", "emgspasm", *map(str, record_to(port, "--duration", 6))]
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        try:
            until(lambda: recorded(tmp_path) > 300)
        finally:
            os.close(ours)
        assert process.wait(timeout=60) == 0
    assert open_edf(tmp_path / f"{EMG}_emg.bdf").n_samples == 6 * 250
    assert (tmp_path / f"{RESULTS}_events.tsv").exists()


def test_markers_of_a_file_and_states_stand_in_the_events_table(
    board_at, emgspasm, record_to, tmp_path
):
    markers = tmp_path / "cues.tsv"
    markers.write_text("0.5\trest_open\n1.25\tsmile\n99\tnever\n", encoding="utf-8")
    with board_at() as port:
        done = emgspasm(*record_to(port, "--duration", 3, "--markers", markers))
    assert done.returncode == 0, done.stderr
    assert "1 marker lay after the end" in done.stderr
    table = read_table(tmp_path / f"{EMG}_events.tsv")
    found = {(row.onset, row.trial_type) for row in table.itertuples()}
    assert {(0.5, "rest_open"), (1.25, "smile"), (0.0, "streaming: started at sample 0")} <= found


def test_keys_of_a_terminal_mark_and_end(board_at, record_to, tmp_path):
    ours, theirs = pty.openpty()
    with board_at() as port:
        command = [sys.executable, "-m", "emgspasm", *map(str, record_to(port))]
        with subprocess.Popen(command, stdin=theirs, stderr=theirs) as process:
            until(lambda: recorded(tmp_path) > 250)
            os.write(ours, b"1")
            time.sleep(0.5)
            os.write(ours, b"\r")
            time.sleep(0.5)
            os.write(ours, b"coughs q1\r")
            os.write(ours, b"7")
            time.sleep(1.5)
            shown = os.read(ours, 1 << 16).decode()
            os.write(ours, b"q")
            assert process.wait(timeout=30) == 0
    os.close(theirs)
    os.close(ours)
    assert "streaming | lost 0.0 %" in shown
    assert "GB free" in shown
    marks = [a for a in open_edf(tmp_path / f"{EMG}_emg.bdf").annotations if ":" not in a.text]
    assert [a.text for a in marks] == ["smile", "coughs q1", "marker 7"]
    assert (
        0.3 < marks[1].onset - marks[0].onset < 0.9
    )  # where Enter was pressed, not the text's end
    assert marks[2].onset - marks[1].onset > 0.4


def test_a_narrow_terminal_shows_one_line_that_is_replaced_and_what_is_typed(
    board_at, record_to, tmp_path
):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with board_at() as port:
        command = [sys.executable, "-m", "emgspasm", *map(str, record_to(port))]
        with subprocess.Popen(command, stdin=theirs, stderr=theirs) as process:
            until(lambda: recorded(tmp_path) > 250)
            os.write(ours, b"\rcough")
            time.sleep(1.5)
            os.write(ours, b"\r")
            time.sleep(1.5)
            shown = os.read(ours, 1 << 16).decode()
            os.write(ours, b"q")
            assert process.wait(timeout=30) == 0
    os.close(theirs)
    os.close(ours)
    assert "keys: 1 smile; Enter begins and ends a text, q ends the recording" in shown
    replaced = [line for line in shown.split("\r\x1b[K")[1:] if "\n" not in line]
    assert max(map(len, replaced)) == 39
    assert "marker: cough" in replaced


def test_what_is_said_when_it_ends_stands_on_a_line_of_its_own(monkeypatch):
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, click.Context(click.Command("record")):
        monkeypatch.setattr(sys, "stderr", terminal)
        with suppress(KeyboardInterrupt), _status_line() as show:
            show("8 s | streaming")
            raise KeyboardInterrupt
        click.echo("8.2 s recorded", err=True)
        shown = b""
        while b"recorded" not in shown:
            shown += os.read(ours, 1 << 16)
    assert b"8 s | streaming\r\n8.2 s recorded" in shown
    os.close(ours)


def test_a_loss_that_would_be_rounded_to_nothing_is_said():
    info = StreamInfo(1000.0, (Channel.from_label("OOC_L"),))
    status = Status(39.0, "streaming", 0.0, 1 / 39_000, 0.0, (1.0,), (False,), {}, {}, 10**9, 0)
    assert "lost 0.0 % (< 0.01 % in all)" in status_text(status, info)


def test_a_status_line_names_the_noisiest_channel():
    channels = (Channel.from_label("OOC_L"), Channel.from_label("ECG"), Channel.from_label("ZYG_L"))
    info = StreamInfo(250.0, channels)
    assert noise_text((1.24, 7.3), info) == "noise 1.2 to 7.3 uV (ZYG_L)"
    assert noise_text((np.nan, np.nan), info) == "noise n/a"


@pytest.mark.parametrize("end", ["emg.bdf", "events.tsv"])  # these may be of an EDF
def test_a_recording_that_exists_is_refused_before_the_board_is_touched(
    emgspasm, record_to, tmp_path, end
):
    (tmp_path / EMG).parent.mkdir(parents=True)
    (tmp_path / "study/dataset_description.json").write_text("{}")
    (tmp_path / f"{EMG}_{end}").write_bytes(b"precious")
    done = emgspasm(*record_to("/dev/none"))
    assert done.returncode == 2
    assert "exists (nothing is overwritten unasked). Give another --run" in done.stderr
    assert (tmp_path / f"{EMG}_{end}").read_bytes() == b"precious"


def test_a_recording_that_is_to_last_less_than_a_sample_is_refused(emgspasm, record_to, tmp_path):
    done = emgspasm(*record_to("/dev/none", "--duration", "0.001"))
    assert done.returncode == 2
    assert "--duration 0.001 s is no sample at 250 Hz" in done.stderr
    assert not list(tmp_path.rglob("*.bdf"))


def test_a_port_that_is_not_there_is_said_in_one_line(emgspasm, record_to):
    done = emgspasm(*record_to("/dev/none"))
    assert done.returncode == 1
    assert done.stderr == (
        "emgspasm: error: port /dev/none does not exist. Plug the dongle in, or name its port\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no [source] table"),
        ("[source]\nkind = 'cytn'", "source 'cytn' is not known. Did you mean 'cyton'?"),
        ("[source]\nkind = 'cyton'\nprot = 'x'", "unknown key prot. Did you mean port?"),
        ("[markers]\n0 = 'x'", "markers have the keys 1 to 9"),
        ("[recording]\nplacment = 'x'", "Did you mean placement?"),
    ],
)
def test_a_wrong_config_is_refused_with_the_nearest_name(emgspasm, record_to, config, text, said):
    config.write_text(text, encoding="utf-8")
    done = emgspasm(*record_to("/dev/none"))
    assert done.returncode == 2
    assert said in done.stderr


def test_a_daisy_over_radio_is_recorded_and_not_analyzed(
    board_at, emgspasm, record_to, config, tmp_path
):
    config.write_text(
        '[source]\nkind = "cyton"\nboard = "daisy"\n'
        'inputs = [{label = "OOC_L"}, {label = "OOC_R"}, {label=""}, {label=""}, {label=""},'
        ' {label=""}, {label=""}, {label=""}, {label = "ZYG_L"}]\n'
    )
    with board_at(boards="daisy") as port:
        done = emgspasm(*record_to(port, "--duration", 3))
    assert done.returncode == 0, done.stderr
    assert "not analyzed: sampling frequency 125 Hz" in done.stderr
    assert "exploratory = true" in done.stderr
    skew = json.loads((tmp_path / f"{EMG}_emg.json").read_text())["Emgspasm"]["ChannelSkew"]
    assert skew == {"OOC_L": 0.0, "OOC_R": 0.0, "ZYG_L": -0.004}
    assert open_edf(tmp_path / f"{EMG}_emg.bdf").n_samples == 375
    assert not (tmp_path / f"{RESULTS}_events.tsv").exists()


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("", "0.6 s"),
        ("[pipeline.detector.baseline]\nshortest = 1.5", "1.5 s"),
        ("[pipeline.detector]\nkind = 'tkeo'", "0.6 s"),
    ],
)
def test_the_stretch_that_carries_a_noise_level_is_the_config_s(text, needed):
    summary = pd.DataFrame({"channel": ["OOC_L"], "valid_s": [1.0], "excluded_s": [9.0]})
    assert f"needs {needed})" in looked_at(summary, parse_config(text).config.pipeline, 0.2)


def test_it_is_said_where_the_tables_count_other_spasms_than_were_told_live():
    summary = pd.DataFrame(
        {
            "task": ["rest"] * 3 + ["speech"] * 2,
            "channel": ["OOC_L", None, None, None, None],
            "side": ["L", "L", "R", "L", "R"],
            "n_spasms": [5, 6, 0, 2, 0],
        }
    )
    assert tabled(summary, {"L": 6}) == ""
    assert tabled(summary, {"L": 8}).startswith("; in the tables L 6 R 0: those that begin")


def test_a_recording_that_only_settled_is_not_said_to_have_losses():
    summary = pd.DataFrame({"channel": ["OOC_L"], "valid_s": [1.0], "excluded_s": [3.0]})
    told = looked_at(summary, parse_config("").config.pipeline, 0.0)
    assert "settling of the filters" in told
    assert "losses" not in told


def test_a_simulated_source_records_at_its_own_rate(emgspasm, record_to, config, tmp_path):
    config.write_text('[source]\nkind = "simulated"\nsampling_frequency = 1000\nspeed = 8\n')
    arguments = [a for a in record_to("x", "--duration", 16) if a not in ("--port", "x")]
    done = emgspasm(*arguments)
    assert done.returncode == 0, done.stderr
    assert open_edf(tmp_path / f"{EMG}_emg.bdf").n_samples == 16_000
    assert np.isfinite(open_edf(tmp_path / f"{EMG}_emg.bdf").read()).all()
    assert json.loads((tmp_path / f"{EMG}_emg.json").read_text())["SoftwareFilters"] == {}


def test_a_disk_that_fills_up_ends_it_with_a_clear_message_and_what_was_kept_opens(
    board_at, record_to, started, small_disk
):
    from emgspasm.session.disk import RESERVE, room

    study = small_disk / "study"
    with board_at() as port:
        arguments = list(record_to(port, "--duration", 20))
        arguments[arguments.index("--study") + 1] = study
        path = small_disk / f"{EMG}_emg.bdf"
        with started(*arguments) as process:
            until(lambda: path.exists() and open_edf(path).n_samples > 250)
            (small_disk / "big").write_bytes(b"x" * int(room(small_disk) - RESERVE + 1e6))
            _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "which are kept and open, because" in said.splitlines()[-1]
    assert "MB are left on the disk" in said.splitlines()[-1]
    recording = open_edf(path)
    assert recording.findings == ()
    described = json.loads((small_disk / f"{EMG}_emg.json").read_text())
    assert described["RecordingDuration"] == recording.n_samples / 250
