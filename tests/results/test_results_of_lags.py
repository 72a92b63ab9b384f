"""How long after its event a muscle begins."""

import numpy as np

from emgspasm.results.findings import (
    LAG,
    READ,
    Findings,
    burst_rows,
    event_rows,
    part_rows,
)
from emgspasm.results.tabulation.events import events_table
from emgspasm.stream import Burst, Channel, Event, StreamInfo

INFO = StreamInfo(1000.0, tuple(map(Channel.from_label, ("OOC_L", "ZYG_L", "FRO_L"))))


def burst(channel, onset, offset):
    return Burst(channel, onset, offset, 40.0, 20.0, 2.0)


def lags(kind, onset, own, copies=()):
    """Lags of the bursts of one event, in order of their onset; None where none is told."""
    side = "B" if kind == "blink" else "L"
    event = Event(kind, onset, 2000, side, "isolated", own, copies, 1.0, 5.0, 2, False)
    bursts = sorted([*own, *copies], key=lambda b: b.onset)
    found = Findings(
        burst_rows(bursts),
        event_rows([event]),
        part_rows([event], 0),
        np.empty(0, READ),
        np.empty(0, LAG),
        np.zeros((3, 3)),
        {},
        (),
        {},
        1000.0,
    )
    table = events_table(INFO, found, {}, {})
    told = table[table["trial_type"] == "burst"].sort_values("onset")["onset_lag_ms"]
    return [None if np.isnan(lag) else lag for lag in told]


def test_a_muscle_is_told_where_it_begins_first():
    own = (burst(0, 1000, 1100), burst(1, 1005, 1100), burst(1, 1200, 1300))
    assert lags("spasm", 1000, own) == [0.0, 5.0, None]


def test_what_a_blink_began_before_the_spasm_on_it_has_no_lag():
    own = (burst(0, 976, 1200), burst(1, 1000, 1100), burst(2, 1003, 1100))
    assert lags("spasm", 1000, own) == [None, 0.0, 3.0]


def test_of_a_blink_a_muscle_may_begin_before_the_eyes():
    assert lags("blink", 1000, (burst(2, 990, 1100), burst(0, 1000, 1100))) == [-10.0, 0.0]


def test_the_first_burst_of_a_muscle_is_one_that_no_cross_talk_explains():
    own = (burst(0, 1000, 1100), burst(1, 1198, 1300))
    assert lags("spasm", 1000, own, (burst(1, 1001, 1100),)) == [0.0, None, 198.0]
