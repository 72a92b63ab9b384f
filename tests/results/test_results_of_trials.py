"""What a table of trials says, and what it withholds."""

import numpy as np
import pytest

from emgspasm.results.findings import (
    LAG,
    READ,
    Findings,
    burst_rows,
    event_rows,
    part_rows,
)
from emgspasm.results.provenance import withheld
from emgspasm.results.tabulation.trials import trial_list, trials_table
from emgspasm.stream import Burst, Channel, StreamInfo
from emgspasm.synkinesis.markers import Marker

LABELS = ("ZYG_L", "OOC_L", "ZYG_R", "OOC_R")


def stream(fs, labels=LABELS):
    return StreamInfo(fs, tuple(map(Channel.from_label, labels)))


def smile(fs):
    return Marker(round(fs), round(4 * fs), "smile", 1)


def burst(fs, channel, onset, offset=3.0):
    return Burst(channel, round(onset * fs), round(offset * fs), 40.0, 20.0, 2.0)


def findings(fs, bursts, seen=((0, 10),), n_channels=4):
    return Findings(
        burst_rows(bursts),
        event_rows([]),
        part_rows([], 0),
        np.empty(0, READ),
        np.empty(0, LAG),
        np.zeros((n_channels, n_channels)),
        {c: np.round(np.array(seen) * fs).astype(np.int64) for c in range(n_channels)},
        (smile(fs),),
        {},
        fs,
    )


def left(fs, bursts, seen=((0, 10),)):
    """The row of the left eye in a smile."""
    performed = trial_list(stream(fs), findings(fs, bursts, seen), {})
    table = trials_table(performed, stream(fs), {})
    return table[(table["side"] == "L") & (table["syn_muscle"] == "OOC")].iloc[0]


@pytest.mark.parametrize(("fs", "told"), [(250.0, False), (500.0, True), (1000.0, True)])
def test_latencies_are_withheld_where_onset_lags_are(fs, told):
    row = left(fs, [burst(fs, 0, 1.2), burst(fs, 1, 1.24)])
    assert row.isna()["syn_latency_ms"] != told
    assert row["synk"]  # 150 ms are told at any rate


def test_what_begins_with_the_samples_after_a_gap_tells_no_latency():
    parts = [burst(1000.0, c, 2.5, 3.5) for c in (0, 1)]
    before = [burst(1000.0, 0, 1.2, 2.0), burst(1000.0, 1, 1.23, 2.0)]
    seen = ((0, 2.0), (2.6, 10))  # past settling
    row = left(1000.0, [*before, *parts], seen)
    assert (row["prime_onset_s"], row["syn_latency_ms"]) == (1.2, 30.0)
    row = left(1000.0, parts, seen)
    assert row.isna()[["prime_onset_s", "syn_latency_ms", "synk"]].all()


def test_why_there_are_no_trials_is_said_where_movements_were_cued():
    info = stream(1000.0, ("OOC_L", "OOC_R"))
    found = findings(1000.0, [], n_channels=2)
    told = {item.measure: item.reason for item in withheld(info, found, [], {}, None)}
    assert told["trials"] == "no side has the muscle that moves and another one"
