"""From one recording to its tables: the numbers, against numbers computed here."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from emgspasm.config import Config, LoadedConfig
from emgspasm.dsp.rates import withheld
from emgspasm.errors import ConfigError
from emgspasm.results.analysis import analyze_recording, judge_recording
from emgspasm.results.outputs import result_paths, write_results
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.montage import Assignment, Montage
from emgspasm.storage.tables.columns import QUALITY, SUMMARY
from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

FS, SECONDS, FULL_SCALE = 1000.0, 20, 187_500.0
ONSETS = np.arange(4.0, 19.0, 1.5)
OFF = LoadedConfig(Config(mains="off"))


def write(path, samples, labels, fs=FS, start=0, unit="uV", full_scale=FULL_SCALE):
    channels = tuple(Channel.from_label(x, unit=unit, full_scale=full_scale) for x in labels)
    with BdfWriter(path, StreamInfo(fs, channels)) as writer:
        writer.write(Chunk(start, samples))
    return path


def face(seed=0, fs=FS, n_channels=3):
    """Noise of 2 uV RMS; bursts of 100 ms and 20 dB in the first channel alone."""
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (round(SECONDS * fs), n_channels))
    for onset in ONSETS:
        samples[round(onset * fs) : round((onset + 0.1) * fs), 0] *= 10.0
    return samples


def bursts(results):
    return results.events[results.events["trial_type"] == "burst"].reset_index(drop=True)


def channels(results):
    return results.summary[results.summary["channel"].notna()].reset_index(drop=True)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("r") / "sub-07_ses-W4_task-rest_emg.bdf"
    return analyze_recording(write(path, face(), ("OOC_L", "OOC_R", "MEN")), OFF)


def test_the_tables_have_exactly_their_columns(results):
    for table, columns in ((results.events, EVENTS), (results.summary, SUMMARY)):
        assert list(table.columns) == [column.name for column in columns]
    assert list(results.quality.columns) == [column.name for column in QUALITY]


def test_every_file_of_a_result_is_one_that_is_looked_for_before_it_is_written(results, tmp_path):
    write_results(results, tmp_path)
    assert set(tmp_path.iterdir()) <= set(result_paths(tmp_path, results.name))


def test_the_events_are_the_bursts_in_order_of_onset(results):
    assert bursts(results)["onset"].to_numpy() == pytest.approx(ONSETS, abs=0.005)
    assert bursts(results)["duration"].to_numpy() == pytest.approx(0.1, abs=0.03)
    assert set(bursts(results)["channel"]) == {"OOC_L"}
    assert set(bursts(results)["muscle"]) == {"OOC"}
    assert set(bursts(results)["side"]) == {"L"}
    assert set(bursts(results)["task"]) == {"rest"}


def test_the_amplitudes_are_those_of_the_filtered_signal(results):
    band = np.sqrt((450 - 20) / 500)  # share of white noise in the pass-band
    assert bursts(results)["mean_uV"].median() == pytest.approx(20 * band, rel=0.1)
    assert (bursts(results)["peak_uV"] >= bursts(results)["mean_uV"]).all()
    noise = channels(results)["noise_uV"].to_numpy()
    assert noise == pytest.approx(2 * band, rel=0.05)


def test_the_summary_s_numbers_follow_from_the_events_and_the_valid_time(results):
    row = results.summary.iloc[0]
    events = bursts(results)[bursts(results)["quality"] != "settling"]
    assert row["n_bursts"] == len(events) == len(ONSETS)
    assert row["burst_rate_per_min"] == pytest.approx(60 * len(events) / row["valid_s"], abs=1e-3)
    share = 100 * events["duration"].sum() / row["valid_s"]
    assert row["pct_time"] == pytest.approx(share, abs=1e-3)
    assert row["burden_uV"] == pytest.approx(events["burden_uVs"].sum() / row["valid_s"], abs=1e-3)
    durations = 1000 * events["duration"]
    assert row["dur_median_ms"] == pytest.approx(durations.median(), abs=1e-2)
    assert row["dur_p95_ms"] == pytest.approx(np.percentile(durations, 95), abs=1e-2)
    assert row["peak_p95_uV"] == pytest.approx(np.percentile(events["peak_uV"], 95), abs=1e-2)
    noise = events["mean_uV"] - events["burden_uVs"] / events["duration"]
    ratio = 20 * np.log10((events["mean_uV"] / noise).median())
    assert row["snr_db"] == pytest.approx(ratio, abs=0.01) == pytest.approx(20.0, abs=1.5)
    assert row["valid_s"] + row["excluded_s"] == pytest.approx(SECONDS)


def test_a_quiet_channel_has_no_bursts_and_a_rate_of_zero(results):
    row = results.summary.set_index("channel").loc["OOC_R"]
    assert (row["n_bursts"], row["burst_rate_per_min"], row["pct_time"]) == (0, 0.0, 0.0)
    assert np.isnan(float(row["dur_median_ms"]))


@pytest.mark.parametrize(("fs", "said"), [(250.0, {None}), (1000.0, {"no"})])
def test_under_1000_hz_no_table_says_that_there_is_no_crosstalk(fs, said, tmp_path):
    path = write(tmp_path / "a.bdf", face(fs=fs, n_channels=2), ("OOC_L", "ZYG_L"), fs)
    told = analyze_recording(path, OFF)
    for table in (bursts(told), told.pairs):
        assert {None if flag != flag else flag for flag in table["crosstalk_flag"]} == said


def test_the_provenance_withholds_what_the_rate_does_and_no_other_numbers(tmp_path):
    path = write(tmp_path / "a.bdf", face(fs=250.0, n_channels=2), ("OOC_L", "ZYG_L"), 250.0)
    told = [item["measure"] for item in analyze_recording(path, OFF).provenance["withheld"]]
    assert told[:4] == [output.columns for output in withheld(250.0) if output.columns]
    assert not any("frequenc" in measure for measure in told)


def test_sides_are_letters_and_the_midline_is_missing(results):
    sides = results.summary["side"]
    assert list(sides[:2]) == ["L", "R"]
    assert sides.isna()[2]


def test_a_recording_without_maximal_trials_says_that_it_needs_them(results):
    reasons = {each["measure"]: each["reason"] for each in results.provenance["withheld"]}
    assert reasons["mvc_uV, pct_mvc, si, dsi, overlap"] == (
        "under 3 maximal trials without a spasm or an artifact in this recording, or in another of "
        "its session at its sampling frequency: OOC_L, OOC_R, MEN"
    )


def test_names_of_a_study_fill_their_columns(results):
    assert set(results.summary["participant"]) == {"07"}
    assert set(results.summary["session"]) == {"W4"}
    assert set(results.summary["task"]) == {"rest"}


def test_the_provenance_is_plain_json_and_says_what_was_done(results):
    said = json.loads(json.dumps(results.provenance, allow_nan=False))
    assert said["recording"] == "sub-07_ses-W4_task-rest_emg.bdf"
    assert said["duration_s"] == SECONDS
    assert said["config_sha256"] == OFF.sha256
    assert said["exploratory"] is False
    assert "BandPass" in said["pipeline"]
    assert "healthy people only" in said["validated_on"]


def test_the_same_recording_twice_gives_equal_tables(tmp_path):
    path = write(tmp_path / "x.bdf", face(1), ("OOC_L", "OOC_R", "FRO_L"))
    one, two = analyze_recording(path, OFF), analyze_recording(path, OFF)
    for name, table in one.tables().items():
        assert table.equals(two.tables()[name])


def test_missing_clipped_and_flat_stretches_are_counted_and_left_out(tmp_path):
    samples = face(2, n_channels=4)
    samples[5000:6000, 0] = np.nan
    samples[8000:10_000, 1] = FULL_SCALE
    samples[8000:9500, 2] = 3.0
    path = write(tmp_path / "x.bdf", samples, ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R"))
    results = analyze_recording(path, OFF)
    quality = results.quality.set_index("channel")
    assert quality["dropout_pct"].to_list() == pytest.approx([5.0, 0.0, 0.0, 0.0])
    assert quality["clip_pct"].to_list() == pytest.approx([0.0, 10.0, 0.0, 0.0])
    assert quality["flat_pct"].to_list() == pytest.approx([0.0, 0.0, 7.5, 0.0])
    assert quality["grade"].to_list() == ["fair", "poor", "poor", "good"]
    valid = results.summary["valid_s"].to_numpy()
    assert valid[3] - valid[0] == pytest.approx(1.0, abs=0.2)
    assert valid[3] - valid[1] == pytest.approx(2.0, abs=0.2)


def test_a_gap_at_the_start_is_missing_time(tmp_path):
    path = write(tmp_path / "x.bdf", face(3)[:10_000], ("OOC_L", "OOC_R", "MEN"), start=10_000)
    results = analyze_recording(path, OFF)
    assert results.quality["dropout_pct"].to_numpy() == pytest.approx(50.0, abs=0.1)
    assert results.summary["valid_s"].max() < 10.0
    assert bursts(results)["onset"].to_numpy() == pytest.approx(
        10 + ONSETS[ONSETS < 9.9], abs=0.005
    )


def test_a_dead_channel_is_unusable_and_its_numbers_are_missing_not_zero(tmp_path):
    samples = face(4)
    samples[:, 1] = -FULL_SCALE
    path = write(tmp_path / "x.bdf", samples, ("OOC_L", "OOC_R", "MEN"))
    results = analyze_recording(path, OFF)
    dead = results.summary.set_index("channel").loc["OOC_R"]
    assert dead["valid_s"] == 0.0
    for name in ("n_bursts", "burst_rate_per_min", "pct_time", "burden_uV", "noise_uV"):
        assert dead.isna()[name]
    quality = results.quality.set_index("channel").loc["OOC_R"]
    assert (quality["grade"], quality["clip_pct"]) == ("unusable", 100.0)
    assert (
        "channel OOC_R not analyzed: clipped for 100.0 % of the time"
        in results.provenance["warnings"]
    )


def test_a_flat_channel_tells_nothing_of_the_mains(tmp_path):
    samples = face(4)
    samples[:, 1] = 1.7  # the recorder's offset
    path = write(tmp_path / "x.bdf", samples, ("OOC_L", "OOC_R", "MEN"))
    quality = analyze_recording(path, OFF).quality.set_index("channel")
    assert quality.loc["OOC_R"].isna()[["line_ratio_db", "line_hz"]].all()
    assert not quality.loc["MEN"].isna()[["line_ratio_db", "line_hz"]].any()


def test_counts_of_bursts_are_whole_numbers_beside_a_dead_channel_too(tmp_path):
    from emgspasm.storage.tables.tsv import write_table

    samples = face(4)
    samples[:, 1] = 0.0
    path = write(tmp_path / "x.bdf", samples, ("OOC_L", "OOC_R", "MEN"))
    write_table(analyze_recording(path, OFF).summary, tmp_path / "s.tsv")
    heading, *rows = [x.split("\t") for x in (tmp_path / "s.tsv").read_text().splitlines()]
    assert [row[heading.index("n_bursts")] for row in rows[:3]] == ["10", "n/a", "0"]


def test_without_microvolts_no_amplitude_is_claimed(tmp_path):
    montage = Montage((Assignment(1, "OOC_L", unit="count"),))
    path = write(tmp_path / "x.bdf", face(5)[:, :1], ("raw",))
    results = analyze_recording(path, OFF, montage=montage)
    assert bursts(results)["onset"].to_numpy() == pytest.approx(ONSETS, abs=0.010)
    for name in ("peak_uV", "mean_uV", "burden_uVs"):
        assert bursts(results)[name].isna().all()
    for name in ("noise_uV", "burden_uV", "peak_p95_uV"):
        assert results.summary[name].isna().all()
    assert results.quality["noise_uV"].isna().all()
    assert results.summary["snr_db"][0] == pytest.approx(20.0, abs=1.5)
    assert any("OOC_L" in w and "count" in w for w in results.provenance["warnings"])
    (looked,), said = judge_recording(path, OFF, montage=montage)
    assert np.isnan(looked.noise)
    assert any("OOC_L is in count, not in volts" in sentence for sentence in said)


def test_a_channel_without_a_unit_is_said_to_have_none(tmp_path):
    path = write(tmp_path / "x.bdf", face(5)[:, :1], ("OOC_L",))
    path.write_bytes(path.read_bytes().replace(b"uV", b"  ", 1))
    said = analyze_recording(path, OFF).provenance["warnings"]
    assert any(s.startswith("OOC_L is in an unknown unit, not in volts") for s in said)


def test_labels_that_occur_twice_are_called_so_where_they_are_refused(tmp_path):
    path = write(tmp_path / "x.bdf", face(5)[:, :2], ("OOC_L", "OOC_R"))
    path.write_bytes(path.read_bytes().replace(b"OOC_R", b"OOC_L", 1))
    with pytest.raises(ConfigError, match=r"OOC_L \(1\), OOC_L \(2\) .* label that occurs twice"):
        analyze_recording(path, OFF)


def test_a_muscle_that_no_face_has_is_said(tmp_path):
    path = write(tmp_path / "x.bdf", face(5)[:, :3], ("OOC_L", "ZGY_L", "ZGY_R"))
    said = analyze_recording(path, OFF).provenance["warnings"]
    (sentence,) = (s for s in said if "of muscle" in s)
    assert sentence.startswith("ZGY_L, ZGY_R are of muscle ZGY, none of OOC, ZYG,")
    assert sentence.endswith("correct the label in a montage")


def test_mains_are_measured_and_notched_and_the_result_says_so(tmp_path):
    samples = face(6)
    samples += 20 * np.sin(2 * np.pi * 50 * np.arange(len(samples)) / FS)[:, None]
    path = write(tmp_path / "x.bdf", samples, ("OOC_L", "OOC_R", "MEN"))
    results = analyze_recording(path)
    assert results.quality["line_hz"].to_list() == [50.0] * 3
    assert (results.quality["line_ratio_db"] > 20).all()
    assert any("notch was added at 50" in w for w in results.provenance["warnings"])
    assert "Notch(frequency=50.0" in results.provenance["pipeline"]
    late = bursts(results)[bursts(results)["quality"] == "good"]["onset"].to_numpy()
    assert late == pytest.approx(ONSETS[-len(late) :], abs=0.008)
    untouched = analyze_recording(path, OFF)
    assert "Notch" not in untouched.provenance["pipeline"]


def test_what_is_stored_is_what_was_analyzed(tmp_path):
    """Bursts of the file equal bursts of the chunks its writer returned."""
    from emgspasm.dsp.pipeline import Pipeline, analyze

    channels = tuple(Channel.from_label(x, full_scale=FULL_SCALE) for x in ("OOC_L", "OOC_R"))
    info, live = StreamInfo(FS, channels), []
    samples = face(7, n_channels=2)
    with BdfWriter(tmp_path / "x.bdf", info) as writer:
        live += [writer.write(Chunk(i, samples[i : i + 137].copy())) for i in range(0, 20_000, 137)]
    said = [b for a in analyze(Pipeline(), info, live) for b in a.bursts]
    stored = bursts(analyze_recording(tmp_path / "x.bdf", OFF))
    assert len(said) == len(stored) == len(ONSETS)
    assert stored["onset"].to_list() == [round(b.onset / FS, 6) for b in said]
    assert stored["peak_uV"].to_list() == [round(b.peak, 4) for b in said]


def test_other_kinds_of_channel_are_not_analyzed(tmp_path):
    path = write(tmp_path / "x.bdf", face(8), ("OOC_L", "ECG", "OOC_R"))
    results = analyze_recording(path, OFF)
    assert channels(results)["channel"].to_list() == ["OOC_L", "OOC_R"]
    assert set(bursts(results)["channel"]) == {"OOC_L"}


def test_quality_needs_neither_side_nor_muscle(tmp_path):
    path = write(tmp_path / "x.bdf", face(9), ("x", "y", "z"))
    rows, _ = judge_recording(path, OFF)
    assert [r.channel for r in rows] == ["x", "y", "z"]
    assert [r.grade for r in rows[1:]] == ["good", "good"]  # a second of bursts may look like mains


def test_quality_and_analysis_agree(tmp_path):
    path = write(tmp_path / "x.bdf", face(10), ("OOC_L", "OOC_R", "MEN"))
    rows, _ = judge_recording(path, OFF)
    table = analyze_recording(path, OFF).quality
    assert table["noise_uV"].to_list() == [r.noise for r in rows]
    assert table["grade"].to_list() == [r.grade for r in rows]


def test_settings_change_what_is_found(tmp_path):
    path = write(tmp_path / "x.bdf", face(11), ("OOC_L", "OOC_R", "MEN"))
    detector = replace(OFF.config.pipeline.detector, floor=1000.0)
    deaf = LoadedConfig(
        replace(OFF.config, pipeline=replace(OFF.config.pipeline, detector=detector))
    )
    assert len(analyze_recording(path, deaf).events) == 0


def test_a_burst_of_no_event_has_the_task_and_trial_whose_marker_it_lies_in(tmp_path):
    path = tmp_path / "x.bdf"
    channels = tuple(Channel.from_label(x, full_scale=FULL_SCALE) for x in ("ZYG_L", "MAS_R"))
    with BdfWriter(path, StreamInfo(FS, channels)) as writer:
        writer.write(Chunk(0, face(5, n_channels=2)))
        for note in ((3.0, 6.0, "rest_open"), (9.8, 2.0, "smile"), (15.5, 2.0, "smile")):
            writer.annotate(Annotation(*note))
    told = bursts(analyze_recording(path, OFF))
    assert told["event_id"].isna().all()
    trials = {
        (round(row.onset, 1), row.task, None if pd.isna(row.trial) else row.trial)
        for row in told.itertuples()
        if isinstance(row.task, str)
    }
    assert trials == {
        (4.0, "rest_open", None),
        (5.5, "rest_open", None),
        (7.0, "rest_open", None),
        (8.5, "rest_open", None),
        (10.0, "smile", 1),
        (11.5, "smile", 1),
        (16.0, "smile", 2),
        (17.5, "smile", 2),
    }


def test_a_config_serves_as_well_as_a_loaded_one(tmp_path):
    path = write(tmp_path / "x.bdf", face(), ("OOC_L", "OOC_R", "MEN"))
    plain, loaded = (analyze_recording(path, config) for config in (OFF.config, OFF))
    assert plain.events.equals(loaded.events)
    assert plain.provenance["config_sha256"] == loaded.provenance["config_sha256"]


def test_a_path_in_place_of_a_config_is_refused_with_what_to_do(tmp_path):
    path = write(tmp_path / "x.bdf", face(), ("OOC_L", "OOC_R", "MEN"))
    with pytest.raises(TypeError, match=r"'my\.toml' .*es\.load_config\(path\)"):
        analyze_recording(path, "my.toml")


@pytest.mark.parametrize("look", [analyze_recording, judge_recording])
def test_a_rate_other_than_the_file_s_own_is_refused(tmp_path, look):
    path = write(tmp_path / "x.bdf", face(), ("OOC_L", "OOC_R", "MEN"))
    look(path, OFF, sampling_frequency=FS)
    with pytest.raises(ConfigError, match=r"recorded at 1000 Hz, not 500 Hz .*Leave it out"):
        look(path, OFF, sampling_frequency=500.0)


def test_clipping_is_missing_not_zero_where_nobody_says_the_range(tmp_path):
    np.savetxt(tmp_path / "x.csv", face()[:, :1], delimiter=",", header="OOC_L", comments="")
    (looked,), _ = judge_recording(tmp_path / "x.csv", OFF, sampling_frequency=FS)
    assert np.isnan(looked.clipped)
    results = analyze_recording(tmp_path / "x.csv", OFF, sampling_frequency=FS)
    assert results.quality["clip_pct"].isna().all()
