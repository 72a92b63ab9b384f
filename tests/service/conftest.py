"""A real service on a free port, and a real browser that is asked over its debugging protocol."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import shutil
import subprocess
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the service is not installed")

from websockets.sync.client import connect

from emgspasm.cli.conclusion import conclude
from emgspasm.cli.recording import describe
from emgspasm.config import parse_config
from emgspasm.desk.wiring import Wiring
from emgspasm.errors import SourceNotFound
from emgspasm.report.pdf import BROWSERS, OFFLINE
from emgspasm.service.host import Host
from emgspasm.service.server import serving
from emgspasm.sources.registry import open_source
from emgspasm.stream import Channel, Chunk, StreamInfo

SIMULATED = """
[source]
kind = "simulated"
scenario = "hfs_mixed"
duration = 600
speed = {speed}
packet_loss = {loss}

[markers]
1 = "rest_open"
6 = "smile"
"""


class Caller:
    """A program that calls the service."""

    def __init__(self, address):
        self.address = address
        self.host = urlsplit(address).netloc

    def call(self, method, path, body=None, **headers):
        """Status and answer of a call."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["content-type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        self.headers = dict(answer.getheaders())
        kind = answer.getheader("content-type", "")
        return answer.status, json.loads(text) if "json" in kind else text

    def messages(self):
        """Messages of the stream, until it is left."""
        with connect(f"ws://{self.host}/api/stream", max_size=None) as socket:
            for message in socket:
                yield message if isinstance(message, bytes) else json.loads(message)

    def state(self):
        return self.call("GET", "/api/state")[1]

    def until(self, ready, seconds=60):
        """Wait until the state is so."""
        deadline = time.monotonic() + seconds
        while not ready(state := self.state()):
            assert time.monotonic() < deadline, state
            time.sleep(0.05)
        return state


@contextmanager
def served(text, study, source=None, port=0):
    """A service of this config, or of sources that a callable makes."""
    config = parse_config(text)
    table = config.config.source
    make = source or (lambda: open_source(table.kind, table.options))
    host = Host(Wiring(config, make, describe, conclude), study)
    with serving(host, "127.0.0.1", port) as (address, _):
        host.begin()
        caller = Caller(address)
        caller.service = host
        yield caller
    host.close(print)


@pytest.fixture(scope="session")
def serve():
    return served


@pytest.fixture(scope="session")
def simulated():
    """Writes the config of a simulated patient."""

    def text(speed=8, loss=0.0):
        return SIMULATED.format(speed=speed, loss=loss)

    return text


class Board:
    """Noise of two channels until it is stopped; it can be away, and it can be slow to answer."""

    info = StreamInfo(
        250.0, tuple(Channel.from_label(n, full_scale=5e3) for n in ("OOC_L", "OOC_R"))
    )

    def __init__(self, bench):
        self.bench, self._stopped = bench, threading.Event()

    def __enter__(self):
        self.bench["answers"].wait(30)
        if not self.bench["there"]:
            raise SourceNotFound("no board at /dev/ttyUSB0 (it must be plugged in). Plug it in")
        return self

    def __exit__(self, *_):
        self.stop()

    def __iter__(self):
        rng = np.random.default_rng(1)
        for low, high in pairwise(range(0, 10**6, 10)):
            if self._stopped.wait(0.01):
                return
            yield Chunk(low, rng.normal(0, 3, (high - low, 2)))

    def stop(self):
        self._stopped.set()


@pytest.fixture(scope="module")
def bench():
    answers = threading.Event()
    answers.set()
    return {"there": True, "answers": answers}


@pytest.fixture(scope="module")
def board(bench):
    return lambda: Board(bench)


class Browser:
    """Chromium without a screen, over its debugging protocol."""

    def __init__(self, program, folder):
        flags = [flag for flag in OFFLINE if "pdf" not in flag]  # with that it prints, and ends
        command = [
            program, *flags, "--no-sandbox", "--remote-debugging-port=0",
            f"--user-data-dir={folder / 'profile'}", "about:blank",
        ]  # fmt: skip
        with (folder / "browser.log").open("w") as log:
            self._process = subprocess.Popen(command, stderr=log)
        port = folder / "profile" / "DevToolsActivePort"
        page = _soon(lambda: port.exists() and _page(port.read_text()))
        self._held = ExitStack()
        self._socket = self._held.enter_context(connect(page, max_size=None))
        self._numbers = itertools.count(1)
        self.told = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **params):
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self.told.append(message)

    def open(self, address, width=1280, height=720, scheme="dark"):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height,
                 deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.ask("Emulation.setEmulatedMedia", features=[feature])
        self.told.clear()
        self.ask("Page.navigate", url=address)

    def run(self, script):
        """Value of an expression on the page; promises are waited for."""
        found = self.ask("Runtime.evaluate", expression=script, awaitPromise=True,
                         returnByValue=True)  # fmt: skip
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script, seconds=60):
        """Wait until an expression is true on the page."""
        deadline = time.monotonic() + seconds
        asked = (
            f"(() => {{ try {{ return {script}; }} catch {{ return false; }} }})()"  # as it loads
        )
        while not self.run(asked):
            assert time.monotonic() < deadline, f"{script}: {self.run('document.body.innerText')}"
            time.sleep(0.05)

    def picture(self, path):
        shot = self.ask("Page.captureScreenshot", format="png")
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if kind == "keyDown" and len(key) == 1 else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, **text)

    @property
    def complaints(self):
        """Errors and warnings of the console, and whatever was thrown."""
        kinds = ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        return [message["params"] for message in self.told if message["method"] in kinds]

    @property
    def requested(self):
        """Addresses that were asked for."""
        self.run("1")
        asked = [m["params"] for m in self.told if m["method"] == "Network.requestWillBeSent"]
        opened = [m["params"] for m in self.told if m["method"] == "Network.webSocketCreated"]
        return [each["request"]["url"] for each in asked] + [each["url"] for each in opened]

    def close(self):
        self.ask("Browser.close")
        self._held.close()
        self._process.wait(30)


def _page(told):
    """Where the browser's page is asked, once it has one; `told` begins with the port."""
    if not told.strip():
        return None
    with closing(http.client.HTTPConnection("127.0.0.1", int(told.split()[0]))) as connection:
        connection.request("GET", "/json")
        pages = json.loads(connection.getresponse().read())
    return next((p["webSocketDebuggerUrl"] for p in pages if p["type"] == "page"), None)


def _soon(look, seconds=60):
    """What a look finds as soon as it finds anything."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("the page needs a browser (Debian: chromium)")
    opened = Browser(program, tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()
