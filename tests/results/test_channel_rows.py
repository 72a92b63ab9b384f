"""What the summary says of all bursts of a channel, of findings made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.results.tabulation.summary import summary_table
from emgspasm.stream import Burst
from support.findings import findings, stream

EYE, CHIN = 0, 1
NAME = "sub-01_ses-A_task-rest_emg"


def rows(*bursts, unit="uV", most=None, **sought):
    """Rows by channel of an eye and a chin in 100 s, of noise of 2 in their unit."""
    info, found = stream("OOC_L", "MEN", unit=unit), findings(2, alone=bursts, **sought)
    tally = SimpleNamespace(analyzed=np.full(2, 80_000), noise=np.full(2, 160_000.0))
    recording = SimpleNamespace(info=info, n_samples=100_000)
    measured = SimpleNamespace(found=found, tally=tally)
    return summary_table(NAME, recording, measured, most or {}).set_index("channel")


def test_a_row_says_which_channel_of_which_recording_it_is_about():
    told = rows(most={EYE: 250.0})
    names = ["participant", "session", "recording", "task", "side", "muscle"]
    assert told.loc["OOC_L", names].tolist() == ["01", "A", NAME, "rest", "L", "OOC"]
    assert told.loc["MEN", ["side", "muscle"]].fillna("n/a").tolist() == ["n/a", "MEN"]
    assert told.loc[["OOC_L", "MEN"], "noise_uV"].tolist() == [2.0, 2.0]
    assert told.loc[["OOC_L", "MEN"], "mvc_uV"].fillna(0.0).tolist() == [250.0, 0.0]


@given(seed=st.integers(0, 10_000), n=st.integers(1, 30), unit=st.sampled_from(["uV", "mV"]))
def test_numbers_of_a_channel_are_of_its_bursts_that_begin_in_valid_time(seed, n, unit):
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.choice(90_000, (n, 2), replace=False).ravel()).reshape(-1, 2)
    peak, mean, noise = rng.uniform(1, 50, (3, n)).round(3)
    made = [
        Burst(EYE, int(a), int(b), *map(float, level))
        for (a, b), level in zip(edges, zip(peak, mean, noise, strict=True), strict=True)
    ]
    valid = int(edges[n // 2, 0])
    told = rows(
        *made, Burst(CHIN, valid, 95_000, 9.0, 5.0, 1.0), unit=unit, sought={EYE: [(valid, 95_000)]}
    ).loc["OOC_L"]
    edges, peak, mean, noise = (values[n // 2 :] for values in (edges, peak, mean, noise))
    seconds, lasting = (95_000 - valid) / 1000, np.diff(edges)[:, 0] / 1000
    scale = {"uV": 1, "mV": 1000}[unit]
    expected = {
        "valid_s": seconds,
        "excluded_s": 100 - seconds,
        "n_bursts": len(edges),
        "burst_rate_per_min": 60 * len(edges) / seconds,
        "pct_time": 100 * lasting.sum() / seconds,
        "burden_uV": scale * (np.maximum(mean - noise, 0) * lasting).sum() / seconds,
        "dur_median_ms": 1000 * np.median(lasting),
        "dur_p95_ms": 1000 * np.percentile(lasting, 95),
        "peak_p95_uV": scale * np.percentile(peak, 95),
        "snr_db": 20 * np.log10(np.median(mean / noise)),
    }
    assert told[list(expected)].astype(float).to_dict() == pytest.approx(expected, abs=0.001)


def test_a_burst_over_no_noise_has_no_ratio_to_it():
    over, silent = Burst(EYE, 1000, 1100, 9.0, 5.0, 0.5), Burst(EYE, 3000, 3100, 9.0, 5.0, 0.0)
    assert rows(over, silent).loc["OOC_L", "snr_db"] == 20.0
    assert rows(silent)["snr_db"].isna().all()


def test_without_valid_time_no_bursts_are_counted_and_not_none_either():
    told = rows(Burst(EYE, 1000, 1100, 9.0, 5.0, 1.0), sought={EYE: []}).loc["OOC_L"]
    assert (told["valid_s"], told["excluded_s"]) == (0.0, 100.0)
    assert told[["n_bursts", "burst_rate_per_min", "pct_time", "burden_uV"]].isna().all()
