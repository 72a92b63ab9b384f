"""The analysis of a stream before it begins, and where it is refused: no source and no thread."""

import numpy as np
import pytest

from emgspasm.config import parse_config
from emgspasm.session import analyzing
from emgspasm.session.analyzing import Analyzing
from emgspasm.stream import Chunk
from support.findings import stream

CONFIG = parse_config('mains = "off"')
INFO, SLOW = stream("OOC_L", "OOC_R", fs=500), stream("OOC_L", "OOC_R", fs=125)


def chunks(info, seconds=2):
    return iter([Chunk(0, np.zeros((round(seconds * info.sampling_frequency), 2)))])


def test_before_a_stream_begins_nothing_is_decided():
    told = Analyzing(CONFIG, INFO)
    assert (told.notice, told.delay, told.pipeline) == ("", 0.0, CONFIG.config.pipeline)


def test_the_delay_of_the_filters_is_known_once_a_stream_has_begun():
    told = Analyzing(CONFIG, INFO)
    next(told.ticks(INFO, chunks(INFO), []))
    assert told.delay == CONFIG.config.pipeline.delay(INFO) > 0


def test_a_stream_that_is_refused_is_taken_and_not_analyzed():
    told, waiting = Analyzing(CONFIG, SLOW), chunks(SLOW)
    assert "sampling frequency 125 Hz" in told.refusal
    assert list(told.ticks(SLOW, waiting, [])) == []
    assert list(waiting) == []


@pytest.mark.parametrize(("info", "compiled"), [(INFO, [INFO]), (SLOW, [])])
def test_only_what_is_analyzed_is_compiled_beforehand(info, compiled, monkeypatch):
    told = []
    monkeypatch.setattr(analyzing, "warm_up", lambda _, info: told.append(info))
    Analyzing(CONFIG, info).warm_up()
    assert told == compiled
