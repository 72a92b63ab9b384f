"""A WiFi shield, as BrainFlow speaks to it: over HTTP on port 80, the samples over TCP."""

from __future__ import annotations

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from emgspasm.sources.brainflow.source import open_brainflow


class Shield(HTTPServer):
    """Takes every command, and never streams."""

    def __init__(self):
        super().__init__(("127.0.0.1", 80), Request)
        self.commands, self.samples = [], None


class Request(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer()

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tcp":
            self.server.samples = socket.create_connection((asked["ip"], asked["port"]))
        else:
            self.server.commands.append(asked["command"])
        self._answer()

    def _answer(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def shield():
    try:
        server = Shield()
    except OSError as error:
        pytest.skip(f"port 80 is not to be had: {error}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    if server.samples is not None:
        server.samples.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_daisy_is_detached_or_every_other_row_would_be_its(shield):
    options = {"ip_address": "127.0.0.1", "ip_port": free_port(), "commands": ["x1060000X"]}
    with open_brainflow({"board": "cyton_wifi", **options}):
        pass
    assert shield.commands[-2:] == ["c", "x1060000X"]
