"""Calls and their answers: what is followed, what is refused, each in one line."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import deque
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace

import pytest
from anyio import to_thread
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect

from emgspasm.service.answers import Events
from emgspasm.service.application import application
from emgspasm.service.showing import Showing
from emgspasm.storage.opening import open_recording
from emgspasm.stream import Annotation, Event
from emgspasm.system import host_time

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def service(serve, board, tmp_path_factory):
    text = '[markers]\n1 = "smile"\n'
    name = os.fsdecode(b"stud\xff" if sys.platform == "linux" else b"study")  # which is no UTF-8
    study = tmp_path_factory.mktemp("calls") / name
    with serve(text, study, board) as caller:
        yield caller


@pytest.fixture
def streaming(service):
    service.until(lambda state: state["state"] == "streaming" and state["time"] > 0.5)
    return service


def refused(answer, status):
    """The one line of a refusal."""
    assert answer[0] == status
    (line,) = answer[1].values()
    assert list(answer[1]) == ["error"]
    assert "\n" not in line
    return line


def test_a_marker_is_stored_where_it_was_set(streaming):
    before = streaming.state()["time"]
    status, marker = streaming.call("POST", "/api/markers", {"text": " smile "})
    assert (status, marker["text"]) == (201, "smile")
    began = time.monotonic()
    assert before <= marker["onset"]
    while streaming.state()["time"] < marker["onset"]:  # of a busy machine the stream may be late
        assert time.monotonic() - began < 3
        time.sleep(0.05)


def test_a_marker_is_stored_where_it_was_meant(streaming):
    _, now = streaming.call("POST", "/api/markers", {"text": "now"})
    status, meant = streaming.call("POST", "/api/markers", {"text": "meant", "ago": 0.45})
    assert status == 201
    assert 0 < meant["onset"] < now["onset"]


@pytest.mark.parametrize("ago", [-1, 1e9, 1e308, float("nan"), float("inf"), "1 s"])
def test_a_marker_of_no_time_is_refused(service, ago):
    body = {"text": "smile", "ago": ago}
    assert "ago" in refused(service.call("POST", "/api/markers", body), 422)


def test_a_marker_is_meant_when_its_call_comes_not_when_a_thread_is_free():
    meant = []

    def mark(text, at):
        meant.append(at)
        return Annotation(0.0, 0.0, text)

    async def one_after_the_other():
        to_thread.current_default_thread_limiter().total_tokens = 1
        host = SimpleNamespace(mark=mark, events=lambda: time.sleep(0.3) or Events((), ()))
        app = application(host, "127.0.0.1")
        others = asyncio.create_task(called(app, "GET", "/api/events"))
        await asyncio.sleep(0.05)
        began = host_time()
        await called(app, "POST", "/api/markers", b'{"text": "smile"}')
        await others
        return began

    began = asyncio.run(one_after_the_other())
    assert meant[0] - began < 0.2


def test_the_last_marker_is_taken_back(streaming):
    streaming.call("POST", "/api/markers", {"text": "speech"})
    status, marker = streaming.call("DELETE", "/api/markers/last")
    assert status == 200
    assert marker["text"].startswith("undo speech")


def test_a_recording_holds_its_markers_and_opens(streaming):
    asked = {"participant": "03", "task": "smile"}
    status, begun = streaming.call("POST", "/api/recording", asked)
    assert status == 202
    streaming.until(lambda state: state["recording"] and state["time"] > 0.3)
    streaming.call("POST", "/api/markers", {"text": "mine"})
    assert "under way" in refused(streaming.call("POST", "/api/recording", asked), 409)
    assert "under way" in refused(streaming.call("POST", "/api/stream"), 409)
    assert streaming.call("DELETE", "/api/recording")[0] == 200
    recording = open_recording(begun["path"])
    assert "mine" in [mark.text for mark in recording.annotations]
    assert "sub-03_task-smile" in begun["path"]


def test_onlookers_are_not_told_where_the_study_lies(streaming):
    asked = {"participant": "04", "task": "rest"}
    folder = str(streaming.service.study)
    status, begun = streaming.call("POST", "/api/recording", asked)
    assert (status, begun["path"].startswith(folder)) == (202, True)
    state = streaming.until(lambda state: state["recording"] and state["time"] > 0.3)
    assert state["path"] == str(Path("sub-04/emg/sub-04_task-rest_emg.bdf"))
    streaming.call("DELETE", "/api/recording")
    state = streaming.until(lambda state: any("live and from" in n for n in state["notices"]))
    assert folder not in str(state)


def test_onlookers_are_not_told_where_the_study_lies_by_its_name_alone():
    showing = Showing(PurePosixPath("/home/ann/study"))
    showing.fail("/home/ann/study: full. emgspasm analyze /home/ann/study; not /home/ann/study2")
    assert showing.state.error == "STUDY: full. emgspasm analyze STUDY; not /home/ann/study2"


def test_onlookers_are_not_told_where_the_study_lies_on_windows():
    showing = Showing(PureWindowsPath("C:/Users/Ann Other/study"))
    showing.fail(r"C:\Users\Ann Other\study\sub-01\x.bdf cannot be written")
    assert showing.state.error == r"sub-01\x.bdf cannot be written"


def test_what_is_not_recorded_cannot_be_ended(streaming):
    assert "nothing is recorded" in refused(streaming.call("DELETE", "/api/recording"), 409)


def test_labels_that_are_none_are_refused(streaming):
    asked = {"participant": "anna b", "task": "rest"}
    assert "letters and digits" in refused(streaming.call("POST", "/api/recording", asked), 422)


@pytest.mark.parametrize(
    ("body", "word"),
    [({}, "participant"), ({"participant": "1", "task": "rest", "nonsense": 1}, "nonsense"),
     ({"participant": 7, "task": "rest"}, "participant"), ([], "body")],
)  # fmt: skip
def test_a_call_that_says_something_else_is_refused(service, body, word):
    assert word in refused(service.call("POST", "/api/recording", body), 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nonsense", 404), ("GET", "/../pyproject.toml", 404), ("PUT", "/api/state", 405),
     ("GET", "/docs", 404), ("GET", "/openapi.json", 404), ("POST", "/", 405)],
)  # fmt: skip
def test_what_is_not_there_is_said_in_one_line(service, method, path, status):
    assert path in refused(service.call(method, path), status)


def test_another_site_is_refused(service):
    answer = service.call("POST", "/api/markers", {"text": "x"}, origin="http://evil.example")
    assert "another site" in refused(answer, 403)
    with (
        pytest.raises(InvalidStatus),
        connect(f"ws://{service.host}/api/stream", origin="http://evil.example"),
    ):
        pass


def test_another_name_is_refused(service):
    answer = service.call("GET", "/api/state", host="evil.example")
    assert "not this machine's" in refused(answer, 403)


def test_nothing_may_be_loaded_from_elsewhere(service):
    for path in ("/", "/page.js", "/api/state", "/nonsense"):
        service.call("GET", path)
        assert service.headers["content-security-policy"].startswith("default-src 'none'")
        assert service.headers["x-content-type-options"] == "nosniff"


def test_a_forwarded_address_is_not_believed(service):
    answer = service.call("POST", "/api/markers", {"text": "x"}, X_Forwarded_For="192.168.1.7")
    assert answer[0] == 201


def test_events_are_told(streaming):
    feed = streaming.service._control.live.feed
    feed.found.add((), (Event("blink", 100, 140, "B"),))
    status, told = streaming.call("GET", "/api/events")
    (event,) = told["events"]
    assert (status, told["provisional"]) == (200, [])
    assert (event["trial_type"], event["onset"], event["duration"]) == ("blink", 0.4, 0.16)


def test_while_the_stream_is_exchanged_other_calls_are_refused(service, bench):
    service.until(lambda state: state["state"] == "streaming")
    with service.service._exchanging:
        for method, path, body in (
            ("POST", "/api/markers", {"text": "x"}),
            ("POST", "/api/stream", None),
            ("DELETE", "/api/recording", None),
        ):
            assert "exchanged" in refused(service.call(method, path, body), 409)


def test_a_board_that_is_not_there_is_said_and_tried_again(service, bench):
    bench["there"] = False
    assert service.call("POST", "/api/stream")[0] == 202
    state = service.until(lambda state: state["state"] == "ended")
    assert state["error"] == "no board at /dev/ttyUSB0 (it must be plugged in). Plug it in"
    assert "nothing streams" in refused(service.call("POST", "/api/markers", {"text": "x"}), 409)
    bench["there"] = True
    service.call("POST", "/api/stream")
    state = service.until(lambda state: state["state"] == "streaming")
    assert state["error"] == ""


def test_a_recording_that_cannot_begin_leaves_no_trace_in_the_study(service, bench):
    bench["there"] = False
    asked = {"participant": "77", "task": "rest"}
    status, answer = service.call("POST", "/api/recording", asked)
    assert (status, "once the board answers" in answer["said"]) == (202, True)
    state = service.until(lambda state: state["state"] == "ended")
    assert not any("sub-77" in notice for notice in state["notices"])
    bench["there"] = True
    service.call("POST", "/api/stream")
    service.until(lambda state: state["state"] == "streaming")
    study = service.service.study
    assert not (study / "sub-77").exists()
    assert "sub-77" not in (study / "participants.tsv").read_text()


def test_a_recording_that_ends_before_the_board_has_answered_is_called_none(service, bench):
    service.until(lambda state: state["state"] == "streaming")
    bench["there"] = False
    service.call("POST", "/api/recording", {"participant": "78", "task": "rest"})
    service.until(lambda state: state["state"] == "ended")
    bench["there"] = True
    status, ended = service.call("DELETE", "/api/recording")
    assert (status, ended["said"].startswith("nothing was recorded")) == (200, True)
    service.until(lambda state: state["state"] == "streaming")


def test_a_recording_is_said_once_it_has_begun(streaming):
    streaming.call("POST", "/api/recording", {"participant": "79", "task": "rest"})
    said = f"recording to {Path('sub-79/emg/sub-79_task-rest_emg.bdf')}"
    streaming.until(lambda state: said in state["notices"])
    streaming.call("DELETE", "/api/recording")


def test_without_a_study_nothing_is_recorded(serve, board):
    with serve("", None, board) as caller:
        asked = {"participant": "01", "task": "rest"}
        assert "--study" in refused(caller.call("POST", "/api/recording", asked), 409)


def test_a_driver_that_breaks_is_said_and_tried_again(serve, board):
    broken = [RuntimeError("the driver is gone")]

    def make():
        if broken:
            raise broken.pop()
        return board()

    with serve("", None, make) as caller:
        state = caller.until(lambda state: state["state"] == "ended")
        assert state["error"].startswith("RuntimeError: the driver is gone")
        assert caller.call("POST", "/api/stream")[0] == 202
        caller.until(lambda state: state["state"] == "streaming")


MASK = bytes(4)
TALK = {
    "a long message": b"\x81\xfe\x07\xd0" + MASK + b"x" * 2000,
    "a message without end": b"\x01\x80" + MASK + (b"\x00\x80" + MASK) * 400,
    "pings": (b"\x89\x80" + MASK) * 400,
}


@pytest.mark.parametrize("talk", TALK)
def test_a_page_that_talks_at_length_is_left(service, talk):
    with connect(f"ws://{service.host}/api/stream", max_size=None) as page:
        page.socket.sendall(TALK[talk])
        with pytest.raises(ConnectionClosedError):
            deque(islice(page, 200), maxlen=0)  # some seconds of what it is told


async def called(app, method, path, body=b"{}", client="127.0.0.1"):
    """Status of a call that comes from a client, without a connection."""
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "scheme": "http", "http_version": "1.1",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "client": (client, 5000), "server": ("127.0.0.1", 80), "root_path": "",
        "asgi": {"version": "3.0"},
    }  # fmt: skip
    said = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        said.append(message)

    await app(scope, receive, send)
    return said[0]["status"]


def test_a_stranger_may_look_on_but_not_lead(service):
    app, said = application(service.service, "127.0.0.1"), []
    for method, path in (
        ("GET", "/api/state"), ("POST", "/api/markers"), ("DELETE", "/api/markers/last"),
        ("POST", "/api/recording"), ("DELETE", "/api/recording"), ("POST", "/api/stream"),
    ):  # fmt: skip
        said.append(asyncio.run(called(app, method, path, client="192.168.1.7")))
    assert said == [200, 403, 403, 403, 403, 403]
