"""What the service tells of a stream, message by message, without a board or a page."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the service is not installed")

from emgspasm.desk.desk import News
from emgspasm.desk.feed import Feed
from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.service.telling import LEVELS, NEWEST, STATE, Telling, is_simulated
from emgspasm.stream import Annotation, Burst, Channel, Chunk, Event, StreamInfo
from emgspasm.synkinesis.folding import Folded

FS = 500.0
INFO = StreamInfo(FS, tuple(map(Channel.from_label, ("OOC_L", "OOC_R"))))
HELD = Burst(1, 1000, 1050, 31.256, 12.0, 2.0)
SPASM = Event("spasm", 1000, 1100, "R", "isolated", (HELD,), reason="one side")
WINK = Event("voluntary", 1000, 1100, "R", "wink", (HELD,))


class Stream:
    """What a telling asks of a live stream; a test puts into it what has come."""

    def __init__(self, device="OpenBCI Cyton", kind="cyton"):
        source = SimpleNamespace(info=StreamInfo(FS, INFO.channels, device))
        table = SimpleNamespace(source=SimpleNamespace(kind=kind))
        self.session = SimpleNamespace(source=source, config=SimpleNamespace(config=table))
        self.feed = Feed(INFO, Pipeline())
        self.name, self.path, self.recording, self.away = "live", None, False, ""
        self.state, self.status, self.notices = "streaming", None, ()
        self.analyses = []
        self.news = News()

    @property
    def stop(self):
        return self.feed.strip.stop

    def tick(self, _):
        news, self.news = self.news, News()
        return news


def flow(stream, start, stop):
    """Let samples come, and what was made of them."""
    chunk = Chunk(start, np.ones((stop - start, 2)))
    levels = np.full((3, 2), 2.0)
    analysis = Analysis(chunk, chunk, chunk, (), levels, (True, True), 0, start)
    stream.feed.take(analysis, Folded())
    stream.analyses = [analysis]


def told(messages):
    """The answers among messages, by their kind."""
    texts = [json.loads(m.payload) for m in messages if isinstance(m.payload, str)]
    return {text.pop("kind"): text for text in texts}


def test_nothing_is_told_where_nothing_has_come():
    telling = Telling(Stream(), 1)
    list(telling.tick())
    assert list(telling.tick()) == []


def test_news_are_told_in_seconds_by_names_of_channels():
    stream = Stream()
    marker = Annotation(1.5, 0.0, "smile")
    stream.news = News((SPASM,), gaps=((500, 750),), markers=(marker,), amended=((SPASM, WINK),))
    news = told(Telling(stream, 1).tick())["news"]
    (event,) = news["events"]
    assert (event["onset"], event["duration"], event["channels"]) == (2.0, 0.2, ["OOC_R"])
    assert [e["label"] for e in news["amended"][0]] == ["isolated", "wink"]
    assert news["gaps"] == [{"onset": 1.0, "duration": 0.5}]
    assert news["markers"] == [{"onset": 1.5, "text": "smile"}]


def test_a_burst_is_told_with_its_peak():
    stream = Stream()
    flow(stream, 0, 100)
    stream.analyses = [replace(stream.analyses[0], bursts=(HELD,))]
    (burst,) = told(Telling(stream, 1).tick())["news"]["bursts"]
    assert burst == {"channel": "OOC_R", "onset": 2.0, "duration": 0.1, "peak": 31.26}


def test_news_are_missed_for_good_and_levels_are_not():
    stream = Stream()
    stream.news = News((SPASM,))
    lasting = {m.lasting: json.loads(m.payload)["kind"] for m in Telling(stream, 1).tick()}
    assert lasting == {True: "news", False: "levels"}


def test_events_that_may_still_change_are_told_once_and_when_they_are_none_any_more():
    stream, said = Stream(), []
    telling = Telling(stream, 1)
    for provisional in ((), (SPASM,), (SPASM,), ()):
        stream.feed.found.provisional = provisional
        said.append(told(telling.tick()).get("news", {"provisional": None})["provisional"])
    assert [s if s is None else len(s) for s in said] == [None, 1, None, 0]


def test_amplitudes_and_state_are_told_now_and_then():
    telling = Telling(Stream(), 1)
    levels, due = [], []
    for _ in range(2 * STATE):
        levels.append("levels" in told(telling.tick()))
        due.append(telling.state_is_due)
    assert levels == [True, False] * STATE
    assert LEVELS == 2
    assert [k for k, is_due in enumerate(due) if is_due] == [0, STATE]


def test_traces_are_told_again_once_the_analysis_has_begun():
    stream = Stream()
    telling = Telling(stream, 1)
    flow(stream, 0, 100)
    stream.analyses = []  # what is shown is a preview yet
    frames = []
    for begin in (None, 100, 200):
        if begin is not None:
            flow(stream, begin, begin + 100)
        frames.append([m.payload for m in telling.tick() if isinstance(m.payload, bytes)])
    n_buckets = [int.from_bytes(frame[8:12], "little") for (frame,) in frames]
    assert n_buckets == [50, 100, 50]


def test_who_comes_late_is_told_the_newest_events_and_the_bursts_of_the_last_seconds():
    stream = Stream()
    found = stream.feed.found
    events = [Event("blink", k, k + 1, "B") for k in range(NEWEST + 1)]
    late = HELD._replace(onset=9000, offset=9050)
    found.add((HELD, late), tuple(events))
    flow(stream, 0, 10_000)
    introduced = told(Telling(stream, 1).introduction())
    assert list(introduced) == ["stream", "found"]
    assert introduced["found"]["events"][0]["onset"] == 1 / FS
    assert len(introduced["found"]["events"]) == NEWEST
    assert [b["onset"] for b in introduced["found"]["bursts"]] == [18.0]


def test_counts_follow_what_was_amended():
    stream = Stream()
    telling = Telling(stream, 1)
    flow(stream, 0, 2000)
    stream.news = News((SPASM,))
    list(telling.tick())
    assert telling.state(0, (), "").counts.right.count == 1
    stream.news = News(amended=((SPASM, WINK),))
    list(telling.tick())
    counts = telling.state(0, (), "").counts
    assert (counts.right.count, counts.others) == (0, {"voluntary": 1})
    assert (counts.seconds, counts.valid_seconds) == (4.0, 4.0)


@pytest.mark.parametrize(
    ("dead", "others"), [([], {"blink": 1, "artifact": 1}), ([1], {"artifact": 1})]
)
def test_blinks_are_not_counted_where_none_can_be_told(dead, others):
    stream = Stream()
    levels = np.ones((3, 2))
    levels[:, dead] = np.nan
    stream.feed.levels_log.add(100, levels, 100)
    stream.news = News((Event("blink", 0, 50, "B"), Event("artifact", 60, 90, "L")))
    telling = Telling(stream, 1)
    list(telling.tick())
    assert telling.state(0, (), "").counts.others == others


def test_samples_a_second_are_told_once_a_second_has_passed(monkeypatch):
    now = iter((10.0, 10.9, 12.0))
    monkeypatch.setattr("emgspasm.service.telling.time.perf_counter", lambda: next(now))
    stream, rates = Stream(), []
    stream.status = SimpleNamespace(
        time=0.0, lost_recently=0.0, lost=0.0, latency=0.0, disk_left=None
    )
    telling = Telling(stream, 1)
    for stop in (100, 500, 1100):
        flow(stream, stream.stop, stop)
        list(telling.tick())
        rates.append(telling.state(0, (), "").samples_per_second)
    assert rates == [None, None, 500.0]


@pytest.mark.parametrize(
    ("state", "beside", "error", "notices"),
    [
        ("streaming", "", "", ("gone", "low", "said")),
        ("ended", "", "gone", ("low", "said")),
        ("ended", "no study", "no study", ("low", "said")),
    ],
)
def test_why_a_stream_has_ended_is_its_error_and_no_notice(state, beside, error, notices):
    stream = Stream()
    stream.state, stream.notices = state, ("gone", "low")
    answer = Telling(stream, 1).state(0, ("said",), beside)
    assert (answer.error, answer.notices) == (error, notices)


@pytest.mark.parametrize(
    ("device", "kind", "simulated"),
    [
        ("OpenBCI Cyton", "cyton", False),
        ("ADS1299 (Simulated)", "cyton", True),
        ("x", "simulated", True),
    ],
)
def test_a_simulated_stream_is_called_so_by_its_device_or_its_config(device, kind, simulated):
    assert is_simulated(Stream(device, kind)) == simulated
