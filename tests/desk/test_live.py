"""What a live session takes from its source, as far as that has got."""

import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from queue import SimpleQueue

import numpy as np
import pytest

from emgspasm.config import parse_config
from emgspasm.desk.desk import News
from emgspasm.desk.live import Live, joined
from emgspasm.desk.wiring import Wiring
from emgspasm.desk.words import lane_texts
from emgspasm.dsp.pipeline import Analysis
from emgspasm.errors import RecordingError, SourceLost
from emgspasm.sources.events import AWAY, SourceEvent
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.studies.study import Study
from emgspasm.stream import Channel, Chunk, Event, StreamInfo
from emgspasm.synkinesis.folding import Folded
from emgspasm.system import host_time

INFO = StreamInfo(
    250.0, tuple(Channel.from_label(n, full_scale=187_500.0) for n in ("OOC_L", "OOC_R")), "Board"
)


class Board:
    """Gives the chunks that a test puts into it."""

    def __init__(self, info=INFO, fault=None):
        self.info, self.events, self.particulars = info, (), {}
        self._fault, self._given = fault, SimpleQueue()

    def __enter__(self):
        if self._fault:
            raise self._fault
        return self

    def __exit__(self, *_):
        self.stop()

    def __iter__(self):
        yield from iter(self._given.get, None)

    def stop(self):
        self._given.put(None)

    def say(self, sample, state, text):
        self.events = (*self.events, SourceEvent(0.0, sample, state, text))

    def give(self, start, stop):
        """Samples, a tenth of a second at a time."""
        for k in range(start, stop, 25):
            self._given.put(Chunk(k, self.samples(k)))

    @staticmethod
    def samples(start):
        return np.random.default_rng(start).normal(0, 2, (25, 2))


class Looking:
    """A live session of a board, ticked until it is as it is waited for."""

    def __init__(self, held, board, place=None, on=True):
        self.board, self.described = board, []
        config = parse_config('mains = "off"')
        wiring = Wiring(config, lambda: board, self.describe, self.describe)
        self.live = Live(wiring, place, "rest", held)
        self.news = []
        if on:
            self.until(lambda: self.live.began)

    def describe(self, session, *about):
        self.described.append(about)
        self.size = session.path.stat().st_size

    def until(self, there, *, ticking=True):
        ends = time.monotonic() + 60  # the first session on a machine compiles
        while not there():
            assert time.monotonic() < ends
            if ticking:
                self.news.append(self.live.tick(0.0))
            time.sleep(0.002)

    def told(self, name):
        self.news.append(self.live.tick(0.0))
        return [item for news in self.news for item in getattr(news, name)]


@pytest.fixture
def look(tmp_path):
    """Makes a look at a board, or a recording of it; closes it before its folder goes."""
    with ExitStack() as ends:

        def make(board, place=None, held=None, on=True):
            looking = Looking(held, board, place, on)
            ends.callback(looking.live.close)
            return looking

        yield make


@pytest.fixture
def place(tmp_path):
    return Study.open_or_create(tmp_path / "study").place("01", task="rest")


def test_chunks_that_follow_each_other_become_one_and_a_gap_parts_them():
    samples = np.arange(24.0).reshape(12, 2)
    told = joined([Chunk(a, samples[a:b]) for a, b in ((0, 2), (2, 5), (7, 8), (8, 9), (11, 12))])
    assert [(chunk.start, chunk.samples.tolist()) for chunk in told] == [
        (a, samples[a:b].tolist()) for a, b in ((0, 5), (7, 9), (11, 12))
    ]
    assert joined([]) == []


def test_what_is_only_looked_at_bears_the_name_of_its_board_and_has_no_path(look):
    live = look(Board()).live
    assert (live.name, live.path, live.recording) == ("Board", None, False)
    assert look(Board(StreamInfo(250.0, INFO.channels))).live.name == "live"


def test_a_board_that_says_it_is_simulated_is_called_so(look):
    board = Board()
    board.particulars = {"Simulated": True}
    assert look(board).live.name == "Board (simulated)"


def test_a_recording_bears_the_name_of_its_file(look, place):
    live = look(Board(), place).live
    assert (live.name, live.path, live.recording) == (place.stem, place.recording, True)


def test_a_recording_is_described_as_it_begins_and_as_it_ends(look, place):
    looking = look(Board(), place)
    assert looking.described == [(place, "rest")]
    looking.live.close()
    assert looking.described == [(place, "rest")] * 2


def test_a_recording_that_ends_is_described_once_its_file_is_whole(look, place):
    looking = look(Board(), place)
    looking.board.give(0, 200)  # no whole number of records
    looking.until(lambda: looking.live.stop == 200)
    looking.live.close()
    assert looking.size == place.recording.stat().st_size


def test_what_is_only_looked_at_is_not_described(look):
    looking = look(Board())
    looking.live.close()
    assert looking.described == []


def test_the_file_of_what_is_only_looked_at_goes_with_it(look):
    live = look(Board()).live
    assert live.session.path.is_file()
    live.close()
    assert not live.session.path.parent.exists()


def test_samples_come_to_the_screen_with_their_gaps_each_told_once(look):
    looking = look(Board())
    looking.board.give(0, 250)
    looking.board.give(300, 500)
    looking.until(lambda: looking.live.stop == 500)
    looking.board.give(550, 600)
    looking.until(lambda: looking.live.stop == 600)
    assert looking.told("gaps") == [(250, 300), (500, 550)]
    assert np.isfinite(looking.live.feed.strip.read("raw", 550, 600)).all()


def test_analyses_are_those_of_the_latest_tick(look):
    looking = look(Board())
    looking.board.give(0, 100)
    looking.until(lambda: looking.live.analyses)
    looking.until(lambda: looking.live.feed.strip.analyzed == 100 and not looking.live.analyses)


def test_news_are_of_all_that_was_found_since_the_last_tick(look):
    live = look(Board()).live
    blinks = [Event("blink", onset, onset + 40, "B") for onset in (10, 60)]
    winks = [replace(blink, trial_type="voluntary") for blink in blinks]
    for start, blink, wink in zip((0, 50), blinks, winks, strict=True):
        chunk = Chunk(start, np.zeros((50, 2)))
        levels = np.full((3, 2), 2.0)
        analysis = Analysis(chunk, chunk, chunk, (), levels, (True, True), 0, start + 50)
        live._handover.put((analysis, Folded((blink,), amended=((blink, wink),))))
    news = live.tick(0.0)
    assert news.events == news.passed == tuple(blinks)
    assert news.amended == tuple(zip(blinks, winks, strict=True))
    assert {(blink.onset, blink.offset) for blink in blinks} <= set(news.stale)
    assert [analysis.chunk.start for analysis in live.analyses] == [0, 50]
    assert live.tick(0.0) == News()


def test_what_the_screen_was_too_slow_for_is_counted(look, monkeypatch):
    monkeypatch.setattr("emgspasm.desk.live.CAPACITY", 10)
    looking = look(Board())
    looking.board.give(0, 500)
    looking.until(lambda: looking.live.dropped >= 10, ticking=False)
    looking.until(lambda: looking.live.dropped == looking.live.status.dropped, ticking=False)


def test_what_the_screen_was_too_slow_for_is_no_loss(look, monkeypatch):
    monkeypatch.setattr("emgspasm.desk.live.CAPACITY", 10)
    looking = look(Board())
    looking.board.give(0, 1000)
    looking.board.give(1050, 1100)  # two chunks after a true loss
    looking.until(lambda: looking.live.status.time == 4.4, ticking=False)
    assert looking.live.status.lost > 0
    assert looking.told("gaps") == [(1000, 1050)]
    assert looking.live.stop == 1100


def test_what_the_board_says_is_a_marker_once(look):
    looking = look(Board())
    looking.board.say(0, "streaming", "started")
    looking.until(lambda: looking.told("markers"))
    looking.board.say(100, "stalled", "nothing comes")
    looking.until(lambda: len(looking.told("markers")) > 1)
    told = [(marker.onset, marker.text) for marker in looking.told("markers")]
    assert told == [(0.0, "streaming: started"), (0.4, "stalled: nothing comes")]
    assert looking.live.feed.found.markers == looking.told("markers")


def test_why_nothing_comes_is_told_until_it_comes_again(look):
    looking = look(Board())
    assert looking.live.away == ""
    for state in ("configuring", "streaming", "stalled", "reconnecting", "streaming"):
        looking.board.say(0, state, f"why {state}")
        away = f"why {state}" if state in AWAY else ""
        assert (looking.live.state, looking.live.away) == (state, away)


def test_markers_are_taken_back_from_the_last_on_and_the_file_keeps_all(look, place):
    looking = look(Board(), place)
    live = looking.live
    assert live.undo() is None
    smile, wink = live.mark("smile", host_time()), live.mark("wink", host_time())
    undone = [live.undo(), live.undo()]
    assert looking.told("markers") == [smile, wink, *undone]
    assert looking.told("undone") == [wink, smile]
    assert live.feed.found.markers == undone
    assert live.undo() is None
    looking.board.give(0, 250)
    live.close()
    texts = {annotation.text for annotation in open_edf(place.recording).annotations}
    assert {"smile", "wink", "undo wink at 0.000 s", "undo smile at 0.000 s"} <= texts


def test_a_marker_lands_where_the_stream_was_at_its_time(look):
    looking = look(Board())
    looking.board.give(0, 500)
    looking.until(lambda: looking.live.stop == 500)
    now = host_time()
    later, earlier = looking.live.mark("now", now), looking.live.mark("before", now - 1.0)
    assert later.onset - earlier.onset == pytest.approx(1.0, abs=0.005)


def test_while_nothing_comes_nothing_is_known_of_the_present(look):
    looking = look(Board())
    looking.board.give(0, 500)
    looking.until(lambda: looking.live.feed.strip.analyzed == 500)
    feed = looking.live.feed
    assert np.isfinite(feed.levels(0.1)).all()
    for state, silent in (("stalled", True), ("streaming", False), ("reconnecting", True)):
        looking.board.say(500, state, "why")
        looking.live.tick(0.0)
        assert np.isnan(feed.levels(0.1)).all() == silent
        assert {text.warning == "NO DATA" for text in lane_texts(feed).values()} == {silent}


def test_of_a_source_that_has_ended_nothing_is_known_of_the_present(look):
    looking = look(Board())
    looking.board.give(0, 500)
    looking.board.stop()
    looking.until(lambda: looking.live.error)
    looking.live.tick(0.0)
    assert np.isnan(looking.live.feed.levels(0.1)).all()


def test_before_its_board_answers_a_stream_is_connecting_and_takes_no_marker(look, monkeypatch):
    monkeypatch.setattr(Live, "_enter", lambda _: None)
    live = look(Board(), on=False).live
    live.tick(0.0)
    assert (live.began, live.state, live.status, live.error) == (False, "connecting", None, "")
    assert (live.refusal, live.away, live.mark("smile", host_time())) == ("", "", None)
    assert live.page(-100, 100).stop == 100


def test_a_source_that_ends_is_said_and_takes_no_marker_any_more(look, place):
    looking = look(Board(), place)
    looking.board.give(0, 50)
    looking.board.stop()
    looking.until(lambda: looking.live.error)
    assert looking.live.error == "the source has ended; what came is kept"
    assert looking.live.notices[0] == looking.live.error
    assert (looking.live.state, looking.live.recording) == ("ended", False)
    assert looking.live.mark("smile", host_time()) is None


def test_a_marker_for_a_recording_that_has_just_ended_is_none(look, monkeypatch):
    live = look(Board()).live

    def ended(*_):
        raise RecordingError("it has ended")

    monkeypatch.setattr(live.session, "mark", ended)
    assert live.mark("smile", host_time()) is None
    assert live.feed.found.markers == []


def test_a_stream_that_is_closed_has_not_ended_by_itself(look):
    looking = look(Board())
    looking.live.close()
    looking.live.tick(0.0)
    assert looking.live.error == ""


def test_why_it_ended_is_said_though_its_place_cannot_be_undone(look, place):
    def deny():
        raise PermissionError(13, "Permission denied")

    held = ExitStack()
    held.callback(deny)
    looking = look(Board(fault=SourceLost("no board")), place, held, on=False)
    looking.until(lambda: looking.live.state == "ended")
    assert looking.live.error == "no board"


def test_a_board_that_does_not_open_is_said_and_leaves_its_place(look, place):
    held, left = ExitStack(), []
    held.callback(left.append, "left")
    looking = look(Board(fault=SourceLost("no board")), place, held, on=False)
    looking.until(lambda: looking.live.error)
    assert (looking.live.error, looking.live.state) == ("no board", "ended")
    assert (looking.live.began, looking.live.recording, left) == (False, False, ["left"])


def test_a_place_is_held_until_the_recording_is_closed(look, place):
    held, left = ExitStack(), []
    held.callback(left.append, "left")
    with held:
        live = look(Board(), place, held).live
    assert left == []
    live.close()
    assert left == ["left"]


def test_a_stream_that_is_not_analyzed_says_why(look):
    slow = StreamInfo(125.0, INFO.channels, "Board")
    live = look(Board(slow)).live
    assert "sampling frequency 125 Hz" in live.refusal
    assert f"not analyzed: {live.refusal}" in live.notices


def test_of_a_stream_that_is_analyzed_nothing_need_be_said(look):
    live = look(Board()).live
    assert (live.refusal, live.notices) == ("", ())


def test_a_page_of_what_is_held_opens_no_file(look):
    looking = look(Board())
    looking.board.give(0, 500)
    looking.until(lambda: looking.live.stop == 500)
    for start in (-100, 0, 100):
        assert looking.live.page(start, 400).stop == 400
    assert looking.live._opened is None


def test_a_board_that_answers_while_its_stream_is_being_closed_is_let_go(look):
    class Late(Board):
        def __enter__(self):
            answers.wait(20)
            return self

        def stop(self):
            left.append("left")
            super().stop()

    answers, left = threading.Event(), []
    live = look(Late(), on=False).live
    threading.Timer(0.1, answers.set).start()
    live.close()
    assert left
    assert not live.session.path.exists()


def test_a_page_reaches_into_the_file_beyond_what_is_held(look):
    looking, end = look(Board()), 250 * 70
    looking.board.give(0, end)
    looking.until(lambda: looking.live.feed.strip.analyzed == end)
    live, first = looking.live, looking.live.feed.strip.start
    assert 250 < first < end
    opened = []
    for start in (first - 250, first, first - 250):
        told = live.page(start, first + 250).read("raw", start, first + 250)
        given = np.concatenate([Board.samples(k) for k in range(0, end, 25)])[start : first + 250]
        np.testing.assert_allclose(told, given, atol=0.03)
        opened.append(live._opened)
    assert opened[0] is opened[2]


def test_a_page_of_what_was_written_since_the_file_was_opened_opens_it_anew(look):
    looking = look(Board())
    for end in (250 * 70, 250 * 140):
        looking.board.give(end - 250 * 70, end)
        looking.until(lambda end=end: looking.live.feed.strip.analyzed == end)
        first = looking.live.feed.strip.start
        told = looking.live.page(first - 250, first).read("raw", first - 250, first)
        assert np.isfinite(told).all()
