"""The command: what it prints, how it ends, and what is kept."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from emgspasm.cli.serving import serve
from emgspasm.errors import ConfigError, SourceError
from emgspasm.service.server import serving
from emgspasm.storage.opening import open_recording
from emgspasm.storage.studies.study import Study

HEEDING = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("emgspasm", run_name="__main__", alter_sys=True)
"""
"""Runs a command that heeds Ctrl-C also where a shell in the background ignores it."""


@pytest.fixture
def config(tmp_path, simulated):
    path = tmp_path / "simulated.toml"
    path.write_text(simulated(speed=16), encoding="utf-8")
    return path


@contextmanager
def running(*arguments):
    """A service that runs until it is left; its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", HEEDING, "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def ask(address, method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, method=method)
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


@pytest.mark.real_time
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_while_recording_keeps_the_recording_and_its_tables(config, tmp_path, number):
    study = tmp_path / "study"
    with running("--config", config, "--study", study, "--port", "0") as (process, address):
        assert address.startswith("http://127.0.0.1:")
        asked = {"participant": "01", "task": "rest"}
        path = ask(address, "POST", "api/recording", asked)["path"]
        deadline = time.monotonic() + 60
        while not ((state := ask(address, "GET", "api/state"))["recording"] and state["time"] > 8):
            assert time.monotonic() < deadline, state
            time.sleep(0.1)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert "the same live and from the file" in said
    recording = open_recording(path)
    assert recording.n_samples > 8_000
    assert list((study / "derivatives").rglob("*_desc-bursts_events.tsv"))


def test_a_port_in_use_is_said_with_what_to_do(emgspasm, config):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = emgspasm("serve", "--config", config, "--port", port)
    (said,) = done.stderr.splitlines()
    assert done.returncode == 1
    assert said.startswith(f"emgspasm: error: port {port} of 127.0.0.1 is in use")
    assert said.endswith("give another --port")


@pytest.mark.parametrize(
    ("arguments", "error", "word"),
    [
        (("--host", "192.0.2.1"), ConfigError, "not an address of this machine"),
        (("--host", "no such name"), ConfigError, "not a name or address of this machine"),
        (("--host", "fe80::1"), ConfigError, "not an address of this machine.*Invalid argument"),
        (("--port", "70000"), click.UsageError, "70000"),
        (("--port", "0", "--nonsense"), click.UsageError, "--nonsense"),
    ],
)
def test_a_wrong_call_is_refused(config, arguments, error, word):
    with pytest.raises(error, match=word):
        serve.main(["--config", str(config), *arguments], standalone_mode=False)


def test_the_board_is_sought_on_the_port_that_is_named(tmp_path):
    path = tmp_path / "cyton.toml"
    path.write_text('[source]\nkind = "cyton"\ninputs = [{ label = "OOC_L" }]\n', encoding="utf-8")
    named = ["--config", path, "--port", "0", "--board-port", tmp_path / "no-such-port"]
    with running(*named) as (_, address):
        deadline = time.monotonic() + 60
        while (state := ask(address, "GET", "api/state"))["state"] != "ended":
            assert time.monotonic() < deadline, state
            time.sleep(0.1)
    assert "no-such-port" in state["error"]


def unwritable(small_disk):
    Study.open_or_create(small_disk / "study")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    return small_disk / "study"


@pytest.mark.parametrize("within", ["a file", "a disk that is read only"])
def test_a_study_that_cannot_be_written_is_refused_at_the_start(
    emgspasm, config, tmp_path, request, within
):
    if within == "a file":
        study, why = config / "study", "cannot be made (Not a directory)"
    else:
        study, why = unwritable(request.getfixturevalue("small_disk")), "cannot be written"
    with socket.create_server(("127.0.0.1", 0)) as taken:  # or it would serve without end
        port = taken.getsockname()[1]
        done = emgspasm("serve", "--config", config, "--study", study, "--port", port)
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith(f"emgspasm: error: {study}")
    assert why in said


def test_a_config_without_a_source_is_refused(tmp_path):
    path = tmp_path / "empty.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[source\]"):
        serve.main(["--config", str(path)], standalone_mode=False)


def test_without_its_libraries_the_command_says_what_to_install(config):
    code = (
        "import sys; sys.modules['fastapi'] = None\n"
        f"sys.argv = ['emgspasm', 'serve', '--config', {str(config)!r}]\n"
        "from emgspasm.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'pip install "emgspasm[service]"' in done.stderr


@pytest.mark.real_time
def test_who_lets_the_network_look_on_is_told_that_nobody_is_asked_for_a_password(config):
    with running("--config", config, "--host", "0.0.0.0", "--port", "0") as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert ask(address, "GET", "api/state")["state"]
        process.terminate()
        _, said = process.communicate(timeout=60)
    assert "without a password" in said
    assert "only browsers on this machine may record and mark" in said


@pytest.mark.parametrize(
    ("name", "is_open"), [("LOCALHOST", False), ("127.0.0.2", False), ("0.0.0.0", True)]
)
def test_whether_others_can_look_on_is_told_by_the_address_not_by_its_name(name, is_open):
    with serving(None, name, 0) as (_, told):
        assert told is is_open


def test_a_port_is_taken_alone_where_others_could_share_it(monkeypatch):
    from emgspasm.service.server import listen

    # Linux has no such option; one that can be asked for stands in its place
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_KEEPALIVE, raising=False)
    with listen("127.0.0.1", 0) as first:
        assert first.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        with pytest.raises(SourceError, match="is in use"):
            listen("127.0.0.1", first.getsockname()[1])


def test_an_address_of_one_network_alone_is_listened_at():
    from emgspasm.service.server import listen

    known = Path("/proc/net/if_inet6")
    rows = map(str.split, known.read_text().splitlines()) if known.exists() else ()
    near = next((row for row in rows if row[3] == "20"), None)  # of its network alone
    if near is None:
        pytest.skip("no network here has such an address")
    place = ":".join(near[0][k : k + 4] for k in range(0, 32, 4))
    with listen(f"{place}%{near[5]}", 0) as listening:
        assert listening.getsockname()[3] == socket.if_nametoindex(near[5])
