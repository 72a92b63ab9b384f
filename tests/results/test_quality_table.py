"""How far each channel is to be trusted, of counts made by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.dsp.pipeline import Pipeline, Tally
from emgspasm.results.measurement import Measurement
from emgspasm.results.tabulation.quality import channel_quality, quality_table
from emgspasm.storage.tables.columns import QUALITY
from emgspasm.stream import Channel, StreamInfo
from support.findings import findings


def told(n_samples=10_000, present=None, unit="uV", full_scale=187_500.0, **counts):
    """Row of the second of two channels, after one that is no EMG."""
    said = {"missing": 0, "clipped": 0, "flat": 0, "analyzed": 9000, "noise": 2.5 * 9000} | counts
    arrays = {
        name: np.array([0, value], float if name == "noise" else int)
        for name, value in said.items()
    }
    channels = [
        Channel.from_label(label, unit=unit, full_scale=full_scale)
        for label in ("ECG", "ZYG_L", "OOC_L")
    ]
    measured = Measurement(
        Pipeline(), (), findings(2), Tally(**arrays, sought=np.empty((0, 3), np.int64)),
        n_samples if present is None else present, np.array([60.0, 50.0]), np.array([9.0, 3.456]),
    )  # fmt: skip
    recording = SimpleNamespace(info=StreamInfo(1000.0, tuple(channels)), n_samples=n_samples)
    table = quality_table("x", channel_quality(recording, measured))
    assert list(table.columns) == [column.name for column in QUALITY]
    assert table["channel"].tolist() == ["ZYG_L", "OOC_L"]
    return table.iloc[1]


def test_noise_is_the_mean_over_what_was_analyzed():
    row = told()
    assert (row["noise_uV"], row["grade"], row["recording"]) == (2.5, "good", "x")
    assert (row["line_hz"], row["line_ratio_db"]) == (50.0, 3.46)
    assert row.isna()["reason"]


def test_shares_are_percent_of_all_samples():
    row = told(present=9700, missing=100, clipped=20, flat=10, analyzed=8000)
    shares = row[["dropout_pct", "clip_pct", "flat_pct"]].tolist()
    assert shares == pytest.approx([4.0, 0.2, 0.1])
    assert row["grade"] == "fair"


def test_noise_is_in_microvolts_or_not_told():
    assert told(unit="mV", noise=0.002 * 9000)["noise_uV"] == 2.0
    assert np.isnan(told(unit="count")["noise_uV"])


def test_of_what_was_never_analyzed_no_noise_is_told():
    row = told(analyzed=0, noise=0.0)
    assert np.isnan(row["noise_uV"])
    assert row["grade"] == "unusable"


def test_clipping_is_not_told_where_nobody_says_the_range():
    row = told(full_scale=np.inf)
    assert np.isnan(row["clip_pct"])
    assert row["grade"] == "good"


@pytest.mark.parametrize(
    "counts",
    [{"flat": 10_000}, {"clipped": 6000, "flat": 4000}, {"present": 4000, "missing": 4000}],
)
def test_a_channel_without_any_signal_has_no_mains(counts):
    assert told(**counts, analyzed=0).isna()[["line_hz", "line_ratio_db"]].all()


def test_a_channel_with_some_signal_has_mains():
    assert told(flat=9999, analyzed=0)["line_hz"] == 50.0


def test_what_can_be_analyzed_is_percent_of_all_samples():
    row = told(analyzed=4000, noise=2.5 * 4000)
    assert (row["grade"], row["reason"]) == ("fair", "only 40.0 % can be analyzed")
    assert told(analyzed=5000, noise=2.5 * 5000)["grade"] == "good"
    assert told(analyzed=999)["grade"] == "unusable"


def test_a_recording_without_samples_is_unusable_and_no_fault():
    assert told(n_samples=0, analyzed=0, noise=0.0)["grade"] == "unusable"
