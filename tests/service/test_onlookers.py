"""What is told of a stream is what is in its file, and nobody who looks on holds it up."""

from __future__ import annotations

import socket
import threading
import time
from itertools import pairwise

import numpy as np
import pytest
from websockets.sync.client import connect

from emgspasm.config import parse_config
from emgspasm.results.measurement import measure
from emgspasm.storage.edf.reader import open_edf

pytestmark = pytest.mark.real_time

RECORDING = {"participant": "01", "session": "02", "task": "rest"}


@pytest.fixture(scope="module")
def service(serve, simulated, tmp_path_factory):
    with serve(simulated(speed=16), tmp_path_factory.mktemp("service") / "study") as caller:
        caller.until(lambda state: state["state"] == "streaming")
        yield caller


class Heard(threading.Thread):
    """What a page is told, until it has been told of so many streams."""

    def __init__(self, caller, streams):
        super().__init__(daemon=True)
        self.caller, self.streams = caller, streams
        self.news, self.frames = {}, {}
        self.start()

    def run(self):
        number = 0
        for message in self.caller.messages():
            if isinstance(message, bytes):
                self.frames.setdefault(number, []).append(message)
            elif message["kind"] == "stream":
                number = message["number"]
                self.streams -= 1
                if self.streams == 0:
                    return
            elif message["kind"] == "news":
                self.news.setdefault(number, []).append(message)


def event_key(event):
    return event["trial_type"], event["label"], event["side"], event["onset"]


@pytest.fixture(scope="module")
def recorded(service, simulated):
    """A recording over HTTP: its file, and what a page was told meanwhile."""
    heard = Heard(service, streams=3)  # the look before, the recording, the look after
    service.until(lambda state: state["onlookers"] == 1)
    status, begun = service.call("POST", "/api/recording", RECORDING)
    assert status == 202
    service.until(lambda state: state["recording"] and state["time"] > 40)
    status, ended = service.call("DELETE", "/api/recording")
    assert (status, ended["path"]) == (200, begun["path"])
    heard.join(30)
    numbers = sorted(heard.news)
    service.until(lambda state: any("the same live" in said for said in state["notices"]))
    return begun["path"], heard, numbers[1] if len(numbers) > 2 else numbers[-1]


def told(heard, number, kind):
    return [one for news in heard.news[number] for one in news[kind]]


def test_live_bursts_are_those_of_the_file(recorded, simulated):
    path, heard, number = recorded
    recording = open_edf(path)
    found = measure(recording, parse_config(simulated())).found.bursts
    fs, names = recording.info.sampling_frequency, recording.info.names
    expected = [
        (names[row["channel"]], row["onset"] / fs, (row["offset"] - row["onset"]) / fs)
        for row in found
    ]
    live = [(b["channel"], b["onset"], b["duration"]) for b in told(heard, number, "bursts")]
    assert len(live) > 20
    assert sorted(live) == sorted(expected)


def test_live_events_are_those_of_the_file(recorded, simulated):
    path, heard, number = recorded
    recording = open_edf(path)
    rows = measure(recording, parse_config(simulated())).found.events
    fs = recording.info.sampling_frequency
    expected = [(str(r["trial_type"]), str(r["label"]), str(r["side"]), r["onset"] / fs)
                for r in rows]  # fmt: skip
    live = list(map(event_key, told(heard, number, "events")))
    for before, now in told(heard, number, "amended"):
        live[live.index(event_key(before))] = event_key(now)
    assert len(live) > 5
    assert sorted(live) == sorted(expected)


def test_frames_are_the_extremes_of_every_sample_in_turn(recorded):
    _, heard, number = recorded
    stops = []
    for frame in heard.frames[number]:
        told, channels, buckets = np.frombuffer(frame, "<u4", 3)
        first = np.frombuffer(frame, "<f8", 1, offset=12)[0]
        low, high = np.frombuffer(frame, "<f4", offset=24).reshape(2, channels, buckets)
        assert told == number
        assert (np.isnan(low) | (low <= high)).all()
        stops.append((first, first + buckets))
    assert stops[-1][1] > 9000  # 40 s of 250 buckets
    assert all(b[0] in (a[1], max(0, b[1] - 3000)) for a, b in pairwise(stops))


def test_a_recording_has_its_place_in_the_study(recorded, service):
    path, _, _ = recorded
    study = service.service.study
    assert path == str(study / "sub-01/ses-02/emg/sub-01_ses-02_task-rest_emg.bdf")
    assert (study / "sub-01/ses-02/emg/sub-01_ses-02_task-rest_channels.tsv").exists()
    assert list((study / "derivatives").rglob("*desc-bursts_events.tsv"))


def test_a_slow_page_drops_what_it_misses_is_told_so_and_holds_up_nothing(service):
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", int(service.host.rpartition(":")[2])))
    with connect(f"ws://{service.host}/api/stream", sock=slow, max_queue=1, max_size=None,
                 ping_interval=None) as page:  # fmt: skip
        service.until(lambda state: state["onlookers"] == 1)
        (onlooker,) = service.service.broadcast._onlookers
        began, deadline = service.state(), time.monotonic() + 60
        while not onlooker.behind:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        now = service.state()
        assert now["lost"] == 0
        assert now["latency"] < 1
        assert now["time"] > began["time"]
        kinds = set()
        while kinds < {"dropped", "stream", "found"}:
            message = page.recv(timeout=10)
            if isinstance(message, str) and onlooker.dropped:
                kind = message.split('"')[3]
                kinds |= {kind} if kind in ("dropped", "stream", "found") else set()
    assert onlooker.dropped > 0


def test_a_page_that_goes_is_forgotten(service):
    with connect(f"ws://{service.host}/api/stream") as page:
        page.recv()
        service.until(lambda state: state["onlookers"] == 1)
    service.until(lambda state: state["onlookers"] == 0)
