"""What the service tells of a stream, message by message, without a board or a page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the service is not installed")

from emgspasm.desk.desk import News
from emgspasm.desk.feed import Feed
from emgspasm.dsp.pipeline import Analysis, Pipeline
from emgspasm.service.answers import Levels, text_of
from emgspasm.service.messages import BEHIND, LEVELS, NEWEST, STATE, Messages, is_simulated
from emgspasm.service.traces import RATE
from emgspasm.session import Status
from emgspasm.stream import Annotation, Burst, Channel, Chunk, Event, StreamInfo
from emgspasm.synkinesis.folding import Folded

FS = 500.0
HELD = Burst(1, 1000, 1050, 31.256, 12.0, 2.0)
SPASM = Event("spasm", 1000, 1100, "R", "isolated", (HELD,), reason="one side")
STATUS = Status(0.0, "streaming", 0.0, 0.0, 0.0, (1.0, 1.0), (False, False), {}, {}, 0, 0)
WINK = Event("voluntary", 1000, 1100, "R", "wink", (HELD,))


class Stream:
    """What messages ask of a live stream; a test puts into it what has come."""

    def __init__(
        self, device="OpenBCI Cyton", kind="cyton", labels=("OOC_L", "OOC_R"), units=("uV", "uV")
    ):
        channels = map(Channel.from_label, labels)
        channels = tuple(replace(c, unit=unit) for c, unit in zip(channels, units, strict=False))
        info = StreamInfo(FS, channels, device)
        source = SimpleNamespace(info=info)
        table = SimpleNamespace(source=kind and SimpleNamespace(kind=kind))
        config = SimpleNamespace(config=table)
        self.session = SimpleNamespace(source=source, config=config, info=info)
        self.feed = Feed(info, Pipeline())
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


def flow(stream, start, stop, heights=(1.0, 1.0)):
    """Let samples come, and what was made of them."""
    chunk = Chunk(start, np.tile(heights, (stop - start, 1)))
    levels = np.full((3, len(heights)), 2.0)
    analysis = Analysis(chunk, chunk, chunk, (), levels, (True, True), 0, start)
    stream.feed.take(analysis, Folded())
    stream.analyses = [analysis]


def told(messages):
    """The answers among messages, by their kind."""
    texts = [json.loads(m.payload) for m in messages if isinstance(m.payload, str)]
    return {text.pop("kind"): text for text in texts}


def test_a_message_that_a_page_could_not_read_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        text_of(Levels(float("nan"), ()))


def test_nothing_is_told_where_nothing_has_come():
    messages = Messages(Stream(), 1)
    list(messages.tick())
    assert list(messages.tick()) == []


@pytest.mark.parametrize(
    ("units", "unit"),
    [(("uV", "uV"), "µV"), (("count", "count"), "count"), (("uV", "count"), "units")],
)
def test_a_stream_tells_the_unit_of_its_amplitudes(units, unit):
    assert Messages(Stream(units=units), 1).stream().unit == unit


def test_news_are_told_in_seconds_by_names_of_channels():
    stream = Stream()
    marker = Annotation(1.5, 0.0, "smile")
    stream.news = News((SPASM,), gaps=((500, 750),), markers=(marker,), amended=((SPASM, WINK),))
    news = told(Messages(stream, 1).tick())["news"]
    (event,) = news["events"]
    assert (event["onset"], event["duration"], event["channels"]) == (2.0, 0.2, ["OOC_R"])
    assert [e["label"] for e in news["amended"][0]] == ["isolated", "wink"]
    assert news["gaps"] == [{"onset": 1.0, "duration": 0.5}]
    assert news["markers"] == [{"onset": 1.5, "text": "smile"}]


def test_a_burst_is_told_with_its_peak():
    stream = Stream()
    flow(stream, 0, 100)
    stream.analyses = [replace(stream.analyses[0], bursts=(HELD,))]
    (burst,) = told(Messages(stream, 1).tick())["news"]["bursts"]
    assert burst == {"channel": "OOC_R", "onset": 2.0, "duration": 0.1, "peak": 31.26}


def test_news_are_missed_for_good_and_levels_are_not():
    stream = Stream()
    stream.news = News((SPASM,))
    lasting = {m.lasting: json.loads(m.payload)["kind"] for m in Messages(stream, 1).tick()}
    assert lasting == {True: "news", False: "levels"}


def test_events_that_may_still_change_are_told_once_and_when_they_are_none_any_more():
    stream, said = Stream(), []
    messages = Messages(stream, 1)
    for provisional in ((), (SPASM,), (SPASM,), ()):
        stream.feed.found.provisional = provisional
        said.append(told(messages.tick()).get("news", {"provisional": None})["provisional"])
    assert [s if s is None else len(s) for s in said] == [None, 1, None, 0]


def test_amplitudes_and_state_are_told_now_and_then():
    messages = Messages(Stream(), 1)
    levels, due = [], []
    for _ in range(2 * STATE):
        levels.append("levels" in told(messages.tick()))
        due.append(messages.state_is_due)
    assert levels == [True, False] * STATE
    assert LEVELS == 2
    assert [k for k, is_due in enumerate(due) if is_due] == [0, STATE]


def test_amplitudes_of_a_muscle_are_told_side_by_side():
    stream = Stream()
    flow(stream, 0, 100, heights=(10.0, 30.04))
    stream.feed.thresholds = np.zeros((3, 2))
    (balance,) = told(Messages(stream, 1).tick())["levels"]["balances"]
    told_of = [balance[name] for name in ("left", "left_peak", "right", "right_peak")]
    assert (balance["muscle"], *told_of) == ("OOC", 10.0, 10.0, 30.0, 30.0)
    assert (balance["index"], balance["verdict"][:8]) == (pytest.approx(0.5, abs=0.01), "doubtful")


def test_of_a_side_that_is_not_recorded_no_amplitude_is_told():
    stream = Stream(labels=("OOC_R",))
    flow(stream, 0, 100, heights=(30.0,))
    (balance,) = told(Messages(stream, 1).tick())["levels"]["balances"]
    assert (balance["left"], balance["left_peak"], balance["index"]) == (None, None, None)


def test_traces_are_told_again_once_the_analysis_has_begun():
    stream = Stream()
    messages = Messages(stream, 1)
    flow(stream, 0, 100)
    stream.analyses = []  # what is shown is a preview yet
    frames = []
    for begin in (None, 100, 200):
        if begin is not None:
            flow(stream, begin, begin + 100)
        frames.append([m.payload for m in messages.tick() if isinstance(m.payload, bytes)])
    n_buckets = [int.from_bytes(frame[8:12], "little") for (frame,) in frames]
    assert n_buckets == [50, 100, 50]


def test_who_comes_late_is_told_the_newest_events_and_the_bursts_of_the_last_seconds():
    stream = Stream()
    found = stream.feed.found
    events = [Event("blink", k, k + 1, "B") for k in range(NEWEST + 1)]
    found.gaps += [(k, k + 1) for k in range(NEWEST + 1)]
    found.markers += [Annotation(float(k), 0.0, "smile") for k in range(NEWEST + 1)]
    late = HELD._replace(onset=9000, offset=9050)
    found.add((HELD, late), tuple(events))
    flow(stream, 0, 10_000)
    newest = told(Messages(stream, 1).introduction())["found"]
    assert [len(newest[kind]) for kind in ("events", "gaps", "markers")] == [NEWEST] * 3
    first = [newest[kind][0]["onset"] for kind in ("events", "gaps", "markers")]
    assert first == [1 / FS, 1 / FS, 1.0]
    assert [b["onset"] for b in newest["bursts"]] == [18.0]


def test_who_comes_late_is_told_a_burst_that_began_long_before():
    stream = Stream()
    stream.feed.found.add((HELD._replace(onset=1000, offset=29_000),), ())
    flow(stream, 0, 30_000)
    assert len(told(Messages(stream, 1).introduction())["found"]["bursts"]) == 1


def test_who_comes_late_gets_the_last_seconds_of_the_traces_that_others_have():
    stream = Stream()
    messages = Messages(stream, 1)
    assert all(message.lasting for message in messages.introduction())
    flow(stream, 0, 10_000)
    list(messages.tick())
    *_, traces = messages.introduction()
    assert int.from_bytes(traces.payload[8:12], "little") == BEHIND * RATE


def test_who_misses_an_introduction_knows_less_for_good():
    assert [m.lasting for m in Messages(Stream(), 1).introduction()] == [True, True]


def test_channels_are_told_with_their_muscle_in_words():
    (left, _) = Messages(Stream(), 1).stream().channels
    assert (left.name, left.side, left.muscle) == ("OOC_L", "left", "orbicularis oculi")


def test_the_state_says_what_the_stream_says_of_itself():
    stream = Stream()
    stream.path, stream.away, stream.feed.thresholds = Path("x.bdf"), "asleep", np.full((3, 2), 2.5)
    answer = Messages(stream, 1).state(3, (), "")
    assert (answer.path, answer.away, answer.device) == ("x.bdf", "asleep", "OpenBCI Cyton")
    assert [lane.noise for lane in answer.lanes] == [2.5, 2.5]
    assert answer.onlookers == 3


def test_the_state_says_that_scattered_losses_keep_all_from_being_analyzed():
    stream = Stream()
    stream.status = replace(STATUS, lost_recently=0.05, noise=(np.nan, np.nan))
    answer = Messages(stream, 1).state(0, (), "")
    assert answer.hindrances == ("nothing is analyzed between losses",)


def test_counts_follow_what_was_amended():
    stream = Stream()
    messages = Messages(stream, 1)
    flow(stream, 0, 2000)
    stream.news = News((SPASM,))
    list(messages.tick())
    assert messages.state(0, (), "").counts.right.count == 1
    stream.news = News(amended=((SPASM, WINK),))
    list(messages.tick())
    counts = messages.state(0, (), "").counts
    assert (counts.right.count, counts.others) == (0, {"voluntary": 1})
    assert (counts.seconds, counts.valid_seconds, counts.rated_from) == (4.0, 4.0, 30.0)


@pytest.mark.parametrize(
    ("dead", "others"), [([], {"blink": 1, "artifact": 1}), ([1], {"artifact": 1})]
)
def test_blinks_are_not_counted_where_none_can_be_told(dead, others):
    stream = Stream()
    levels = np.ones((3, 2))
    levels[:, dead] = np.nan
    stream.feed.levels_log.add(100, levels, 100)
    stream.news = News((Event("blink", 0, 50, "B"), Event("artifact", 60, 90, "L")))
    messages = Messages(stream, 1)
    list(messages.tick())
    assert messages.state(0, (), "").counts.others == others


def test_samples_a_second_are_told_once_a_second_has_passed(monkeypatch):
    now = iter((10.0, 10.9, 12.0))
    clock = SimpleNamespace(perf_counter=lambda: next(now))
    monkeypatch.setattr("emgspasm.service.messages.time", clock)
    stream, rates = Stream(), []
    stream.status = STATUS
    messages = Messages(stream, 1)
    for stop in (100, 500, 1100):
        flow(stream, stream.stop, stop)
        list(messages.tick())
        rates.append(messages.state(0, (), "").samples_per_second)
    assert rates == [None, None, 500.0]


def test_samples_a_second_are_those_of_the_latest_ticks(monkeypatch):
    now = iter([*range(10), *range(100, 200)])
    clock = SimpleNamespace(perf_counter=lambda: next(now))
    monkeypatch.setattr("emgspasm.service.messages.time", clock)
    stream = Stream()
    stream.status = STATUS
    messages = Messages(stream, 1)
    assert messages.state(0, (), "").samples_per_second is None
    for _ in range(60):
        flow(stream, stream.stop, stream.stop + 100)
        list(messages.tick())
    assert messages.state(0, (), "").samples_per_second == 100.0


@pytest.mark.parametrize(
    ("state", "said", "beside", "error", "notices"),
    [
        ("streaming", ("gone", "low"), "", "", ("gone", "low", "said")),
        ("ended", ("gone", "low"), "", "gone", ("low", "said")),
        ("ended", ("gone", "low"), "no study", "no study", ("low", "said")),
        ("ended", (), "", "", ("said",)),
    ],
)
def test_why_a_stream_has_ended_is_its_error_and_no_notice(state, said, beside, error, notices):
    stream = Stream()
    stream.state, stream.notices = state, said
    answer = Messages(stream, 1).state(0, ("said",), beside)
    assert (answer.error, answer.notices) == (error, notices)


@pytest.mark.parametrize(
    ("device", "kind", "simulated"),
    [
        ("OpenBCI Cyton", "cyton", False),
        ("OpenBCI Cyton", None, False),
        ("ADS1299 (Simulated)", "cyton", True),
        ("x", "simulated", True),
    ],
)
def test_a_simulated_stream_is_called_so_by_its_device_or_its_config(device, kind, simulated):
    assert is_simulated(Stream(device, kind)) == simulated
