"""A recording in which an EMG channel is slower than its rows: what no two channels can tell."""

from dataclasses import replace

import pytest

from emgspasm.dsp.rates import withheld
from emgspasm.results.analysis import analyze_recording
from emgspasm.results.decisions import Decision
from emgspasm.results.outputs import write_results
from emgspasm.results.review import write_review
from emgspasm.simulation import simulate
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.tables.tsv import read_table


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory):
    """Results of the same spasms, by the rate at which the last channel was recorded."""
    face = simulate("hfs_clonic", sampling_frequency=1000, duration=30, seed=3)
    *others, last = face.info.channels

    def results(own):
        path = tmp_path_factory.mktemp("slower") / "x.bdf"
        channels = (*others, replace(last, own_frequency=own))
        with BdfWriter(path, replace(face.info, channels=channels)) as writer:
            for chunk in face:
                writer.write(chunk)
        return analyze_recording(path)

    return {own: results(own) for own in (250.0, 1000.0)}


def test_no_lag_of_an_onset_is_told(analyzed):
    assert analyzed[250.0].events["onset_lag_ms"].isna().all()
    assert analyzed[1000.0].events["onset_lag_ms"].notna().any()


def test_no_pair_has_lags_or_synchrony(analyzed):
    slower, fast = analyzed[250.0].pairs, analyzed[1000.0].pairs
    assert set(slower["reason"]) == {"250 Hz: lags of pairs need 1000 Hz"}
    assert slower.isna()[["sync_pct", "lag_median_ms", "xcorr_peak"]].all(axis=None)
    assert fast.notna()[["sync_pct", "lag_median_ms", "xcorr_peak"]].any().all()


@pytest.mark.parametrize(("own", "flags"), [(250.0, {"possible"}), (1000.0, {"yes", "no"})])
def test_cross_talk_is_only_possible(analyzed, own, flags):
    for table in (analyzed[own].events, analyzed[own].pairs):
        assert set(table["crosstalk_flag"].dropna()) == flags


def test_the_provenance_says_so(analyzed):
    told = analyzed[250.0].provenance
    measures = [item["measure"] for item in told["withheld"]]
    assert measures[:4] == [output.columns for output in withheld(250.0) if output.columns]
    assert any(said.startswith("250 Hz: onset lags, synchrony") for said in told["warnings"])
    assert told["sampling_frequency"] == 1000.0


@pytest.mark.parametrize(("own", "is_told"), [(250.0, False), (1000.0, True)])
def test_a_review_tells_no_brow_lift_that_was_withheld(analyzed, own, is_told, tmp_path):
    write_results(analyzed[own], tmp_path)
    path, _ = write_review(tmp_path / "x_events.tsv", [Decision("E0001", "accepted")], "R1")
    reviewed = read_table(path.with_name("x_reviewed_summary.tsv"))
    assert reviewed["brow_lift_pct"].notna().any() == is_told


def test_all_else_is_told_as_ever(analyzed):
    slower, fast = (analyzed[own] for own in (250.0, 1000.0))
    columns = ["onset", "duration", "trial_type", "side", "class", "mean_uV"]
    assert slower.events[columns].equals(fast.events[columns])
    assert slower.summary["n_spasms"].equals(fast.summary["n_spasms"])
