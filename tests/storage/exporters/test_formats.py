"""What export writes, read by edfio, pyedflib, pandas, pyarrow, and by our own importer."""

import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime

import edfio
import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.adjusted import adjusted
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.exporters.formats import FORMATS, export_recording
from emgspasm.storage.opening import open_recording
from emgspasm.stream import SKIP, Annotation, Channel, Chunk, StreamInfo
from support.bdf import noise, stream, write

GAPS = [(600, 607), (1207, 2107)]
N_SAMPLES = 2907
ONE = stream(labels=("OOC_L",))
WAVE = 100 * np.sin(np.arange(1000) / 3)[:, None]


def stored(folder, samples, info=ONE):
    write(folder / "x.bdf", samples, info)
    return open_edf(folder / "x.bdf")


def of_range(full_scale):
    return StreamInfo(250.0, (Channel.from_label("OOC_L", full_scale=full_scale),))


@pytest.fixture
def recording(tmp_path):
    """Two gaps (one longer than a lap of the counter), NaN in a channel, markers, acceleration."""
    emg = tuple(Channel.from_label(n, full_scale=187_500.0) for n in ("OOC_L", "OOC_R", "ZYG_L"))
    acceleration = tuple(Channel(n, kind="ACCEL", unit="g", full_scale=4.0) for n in "XYZ")
    samples = np.random.default_rng(0).normal(0, 100, (2000, 6)) / [1, 1, 1, 1e3, 1e3, 1e3]
    samples[100:110, 1] = np.nan
    path = tmp_path / "x.bdf"
    with BdfWriter(path, StreamInfo(250.0, emg + acceleration)) as writer:
        writer.annotate(Annotation(1.0, 2.0, "smile"))
        writer.annotate(Annotation(5.0, 0.0, "in a gap"))
        writer.write(Chunk(0, samples[:600]))
        writer.write(Chunk(607, samples[600:1200]))
        writer.write(Chunk(2107, samples[1200:]))
    return open_edf(path)


def test_csv_is_a_row_a_sample_with_empty_cells_where_missing(recording, tmp_path):
    findings = export_recording(recording, "csv", tmp_path / "x.csv")
    table = pd.read_csv(tmp_path / "x.csv")
    emg = ["OOC_L (uV)", "OOC_R (uV)", "ZYG_L (uV)"]
    assert list(table.columns) == ["time", *emg, "X", "Y", "Z"]
    assert "units of X, Y, Z are not given: they are not voltages" in findings
    np.testing.assert_array_equal(table.iloc[:, 1:].to_numpy(), recording.read())
    np.testing.assert_allclose(table["time"], np.arange(N_SAMPLES) / 250)
    assert any("no markers" in finding for finding in findings)


@pytest.mark.parametrize("unit", ["uV", "count"])
def test_csv_is_read_back_with_the_units_of_its_channels(tmp_path, unit):
    names = ("OOC_L", "cheek (left)")
    channels = tuple(Channel.from_label(n, unit=unit, full_scale=5000.0) for n in names)
    before = stored(tmp_path, noise(500, 2), StreamInfo(250.0, channels))
    export_recording(before, "csv", tmp_path / "x.csv")
    after = open_recording(tmp_path / "x.csv", sampling_frequency=250.0)
    read = [(c.name, c.muscle, c.unit) for c in after.info.channels]
    assert read == [(c.name, c.muscle, c.unit) for c in before.info.channels]
    np.testing.assert_array_equal(np.concatenate([c.samples for c in after]), before.read())


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_a_channel_called_as_the_column_of_times_is_refused(tmp_path, name):
    channels = (
        Channel.from_label("OOC_L", full_scale=1e3),
        Channel("time", "left", full_scale=1e3),
    )
    recording = stored(tmp_path, np.zeros((250, 2)), StreamInfo(250.0, channels))
    with pytest.raises(RecordingError, match="a channel is called time"):
        export_recording(recording, name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_parquet_keeps_samples_units_and_annotations(recording, tmp_path):
    assert export_recording(recording, "parquet", tmp_path / "x.parquet") == ()
    table = pyarrow.parquet.read_table(tmp_path / "x.parquet")
    np.testing.assert_array_equal(table.to_pandas().iloc[:, 1:].to_numpy(), recording.read())
    assert table["OOC_R"].null_count == 907 + 10
    assert table.schema.field("time").metadata == {b"unit": b"s"}
    assert table.schema.field("X").metadata == {b"unit": b"g", b"kind": b"ACCEL"}
    assert float(table.schema.metadata[b"sampling_frequency"]) == 250
    marks = json.loads(table.schema.metadata[b"annotations"])
    assert {"onset": 1.0, "duration": 2.0, "text": "smile", "channels": []} in marks


def test_edf_is_read_back_within_half_a_step(recording, tmp_path):
    assert export_recording(recording, "edf", tmp_path / "x.edf") == ()
    again = open_edf(tmp_path / "x.edf")
    assert again.info.names == recording.info.names
    assert [channel.kind for channel in again.info.channels][3:] == ["ACCEL"] * 3
    assert again.annotations == recording.annotations
    expected = recording.read()
    np.testing.assert_array_equal(np.isnan(again.read()), np.isnan(expected))
    np.testing.assert_allclose(again.read()[:, :3], expected[:, :3], atol=0.01)
    by_edfio = edfio.read_edf(tmp_path / "x.edf").signals[0].data[:600]
    np.testing.assert_allclose(by_edfio, expected[:600, 0], atol=0.01)


def test_edf_is_read_back_by_edflib_within_half_a_step(edflib, recording, tmp_path):
    export_recording(recording, "edf", tmp_path / "x.edf")
    with edflib.EdfReader(str(tmp_path / "x.edf")) as reader:
        np.testing.assert_allclose(
            reader.readSignal(0)[:600], recording.read(0, 600)[:, 0], atol=0.01
        )


@pytest.mark.parametrize("rate", [125.0, 256.41, 1000 / 3, 1925.93])
def test_edf_of_any_rate_is_opened_by_edflib(edflib, tmp_path, rate):
    before = stored(tmp_path, noise(int(60 * rate), 1), stream(rate, ("OOC_L",)))
    export_recording(before, "edf", tmp_path / "x.edf")
    with edflib.EdfReader(str(tmp_path / "x.edf")) as reader:
        assert reader.getSampleFrequency(0) == pytest.approx(rate, rel=1e-6)
    after = open_edf(tmp_path / "x.edf")
    assert (after.n_samples, after.annotations) == (before.n_samples, before.annotations)


def test_edf_keeps_fine_steps_of_small_numbers(tmp_path):
    volts = np.random.default_rng(0).normal(0, 50e-6, (500, 1))
    (tmp_path / "x.csv").write_text("OOC_L\n" + "\n".join(f"{v[0]:.9f}" for v in volts) + "\n")
    recording = open_recording(tmp_path / "x.csv", sampling_frequency=250.0)
    export_recording(recording, "edf", tmp_path / "x.edf")
    np.testing.assert_allclose(open_edf(tmp_path / "x.edf").read(), volts, atol=1e-8)


def test_edf_keeps_every_marker_of_a_crowded_moment(recording, tmp_path):
    marks = tuple(Annotation(1.0, 0.0, f"marker {i}" + "x" * (i % 50)) for i in range(500))
    crowded = replace(adjusted_as_is(recording), annotations=marks)
    export_recording(crowded, "edf", tmp_path / "x.edf")
    again = open_edf(tmp_path / "x.edf").annotations
    assert tuple(mark for mark in again if mark.text != SKIP) == marks


def test_a_label_that_edf_cannot_hold_is_told_with_a_remedy(tmp_path):
    (tmp_path / "x.csv").write_text("orbicularis oculi left\n" + "1\n2\n" * 50)
    recording = open_recording(tmp_path / "x.csv", sampling_frequency=250.0)
    with pytest.raises(RecordingError, match="give the channel another in a montage"):
        export_recording(recording, "edf", tmp_path / "x.edf")


@pytest.mark.parametrize(
    ("sample", "held"), [(99_999_998, True), (-9_999_998, True), (2e8, False), (-2e7, False)]
)
def test_numbers_that_no_header_of_edf_can_hold_are_told_with_their_channel(tmp_path, sample, held):
    (tmp_path / "x.csv").write_text(f"OOC_L,pulse\n1,2\n2,{sample:.0f}\n" * 50)
    recording = open_recording(tmp_path / "x.csv", sampling_frequency=250.0)
    if held:
        export_recording(recording, "edf", tmp_path / "x.edf")
        return
    with pytest.raises(RecordingError, match=r"pulse holds .* leave the channel out"):
        export_recording(recording, "edf", tmp_path / "x.edf")


@pytest.mark.parametrize("offset", [0.0, 4000.0])
def test_nothing_that_edf_holds_looks_clipped_when_it_is_read_back(tmp_path, offset):
    samples = offset + WAVE  # even about zero without offset
    export_recording(stored(tmp_path, samples), "edf", tmp_path / "x.edf")
    again = open_edf(tmp_path / "x.edf")
    assert (np.abs(again.read()) < 0.9 * again.info.channels[0].full_scale).all()
    assert any("OOC_L were clipped is not told" in finding for finding in again.findings)


def test_a_range_that_is_widened_costs_little_of_the_steps(tmp_path):
    export_recording(stored(tmp_path, WAVE), "edf", tmp_path / "x.edf")
    low, high = edfio.read_edf(tmp_path / "x.edf").signals[0].physical_range
    assert high - low < 1.05 * 200


@pytest.mark.parametrize("offset", [-0.6, 0.6])
def test_samples_at_either_end_of_a_range_that_is_widened_are_kept(tmp_path, offset):
    export_recording(stored(tmp_path, offset + WAVE), "edf", tmp_path / "x.edf")
    np.testing.assert_allclose(open_edf(tmp_path / "x.edf").read(), offset + WAVE, atol=0.02)


@pytest.mark.parametrize(("full_scale", "told"), [(187_500.0, 187_500.0), (1000.4, 1001.0)])
def test_edf_keeps_the_range_of_a_channel_that_was_clipped(tmp_path, full_scale, told):
    samples = np.repeat([[20.0], [-full_scale]], 250, axis=0)
    export_recording(stored(tmp_path, samples, of_range(full_scale)), "edf", tmp_path / "x.edf")
    assert edfio.read_edf(tmp_path / "x.edf").signals[0].physical_range == (-told, told)


def test_what_lies_a_little_beyond_the_recorders_range_is_at_its_end_in_edf(tmp_path):
    samples = np.repeat([[187_505.0], [-187_505.0]], 250, axis=0)
    wide = stored(tmp_path, samples, of_range(187_510.0))
    railed = adjusted(wide, (0,), ONE, (1.0,), ())
    export_recording(railed, "edf", tmp_path / "x.edf")
    read = open_edf(tmp_path / "x.edf").read()[:, 0]
    np.testing.assert_allclose(read, np.repeat([187_500.0, -187_500.0], 250))


def test_edf_keeps_the_units_of_its_channels(recording, tmp_path):
    export_recording(recording, "edf", tmp_path / "x.edf")
    units = [signal.physical_dimension for signal in edfio.read_edf(tmp_path / "x.edf").signals]
    assert units == ["uV"] * 3 + ["g"] * 3


def test_edf_says_what_sixteen_bits_cost(tmp_path):
    recording = stored(tmp_path, np.linspace(-187_500, 187_500, 500)[:, None])
    (finding,) = export_recording(recording, "edf", tmp_path / "x.edf")
    assert "OOC_L: EDF keeps 16 bits, a step of 5.7 uV" in finding


def test_edf_for_which_there_is_no_room_is_told_of_as_the_system_says_it(recording, tmp_path):
    resource = pytest.importorskip("resource")  # Windows has none
    out = tmp_path / "x.edf"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))  # 30 kB are wanted
    try:
        with pytest.raises(RecordingError, match="File too large"):
            export_recording(recording, "edf", out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not out.exists()


def test_openbci_text_is_read_back_with_its_gaps(recording, tmp_path):
    findings = export_recording(recording, "openbci", tmp_path / "x.txt")
    again = open_recording(tmp_path / "x.txt")
    assert again.n_samples == N_SAMPLES
    gaps = [(a.onset * 250, a.duration * 250) for a in again.annotations if a.text == SKIP]
    np.testing.assert_allclose(gaps, [(start, stop - start) for start, stop in GAPS])
    expected = recording.read()
    for chunk in again:
        rows = expected[chunk.start : chunk.stop]
        np.testing.assert_array_equal(chunk.samples[:, :3], rows[:, :3])
        np.testing.assert_array_equal(chunk.samples[:, 8:11], rows[:, 3:])
    marks = [(a.onset, a.text) for a in again.annotations if a.text != SKIP]
    assert marks == [(1.0, "smile"), (2107 / 250, "in a gap")]
    assert again.start is None
    assert "OOC_L, OOC_R, ZYG_L" in findings[0]
    assert any("5 electrode channels of the board are filled" in finding for finding in findings)


def test_markers_of_one_sample_or_one_gap_are_all_kept_in_openbci_text(tmp_path):
    with BdfWriter(tmp_path / "x.bdf", ONE) as writer:
        for onset, text in ((0.4, "a"), (0.4, "b"), (0.404, "c"), (1.5, "d"), (1.6, "e")):
            writer.annotate(Annotation(onset, 0.0, text))
        writer.write(Chunk(0, noise(250, 1)))
        writer.write(Chunk(500, noise(250, 1)))
    findings = export_recording(open_edf(tmp_path / "x.bdf"), "openbci", tmp_path / "x.txt")
    marks = [m for m in open_recording(tmp_path / "x.txt").annotations if m.text != SKIP]
    assert [(m.onset * 250, m.text) for m in marks] == [
        (100, "a"), (101, "b"), (102, "c"), (500, "d"), (501, "e"),
    ]  # fmt: skip
    assert any(finding.startswith("4 markers in gaps or on a sample") for finding in findings)


def test_more_texts_of_markers_than_other_headers_hold_are_read_back_from_openbci_text(tmp_path):
    marks = tuple(Annotation(i / 250, 0.0, f"trial {i:040}") for i in range(1500))
    recording = replace(adjusted_as_is(stored(tmp_path, noise(1500, 1))), annotations=marks)
    export_recording(recording, "openbci", tmp_path / "x.txt")
    assert open_recording(tmp_path / "x.txt").annotations == marks


def test_markers_after_the_end_are_counted_where_openbci_text_has_no_row(tmp_path):
    recording = marked(tmp_path, Annotation(1.5, 0.0, "late"))
    findings = export_recording(recording, "openbci", tmp_path / "x.txt")
    assert "1 marker after the last sample is left out" in findings


def test_channels_without_a_place_in_openbci_text_are_named(tmp_path):
    kinds = ("EMG", "TRIG", "ACCEL", "ACCEL", "ACCEL", "ACCEL", "MISC")
    channels = tuple(Channel(f"{kind} {i}", kind=kind) for i, kind in enumerate(kinds))
    info = StreamInfo(250.0, tuple(replace(c, full_scale=10.0) for c in channels))
    samples = np.random.default_rng(0).normal(0, 1, (250, 7))
    findings = export_recording(stored(tmp_path, samples, info), "openbci", tmp_path / "x.txt")
    left_out = "channels ['TRIG 1', 'ACCEL 5', 'MISC 6'] have no place in OpenBCI's text"
    assert any(finding.startswith(left_out) for finding in findings)
    (chunk,) = open_recording(tmp_path / "x.txt")
    np.testing.assert_allclose(chunk.samples[:, 8:], samples[:, 2:5], atol=1e-3)


def test_a_row_of_openbci_text_has_a_cell_for_every_name(recording, tmp_path):
    export_recording(recording, "openbci", tmp_path / "x.txt")
    lines = (tmp_path / "x.txt").read_text().splitlines()
    names, *rows = (line.split(", ") for line in lines if not line.startswith("%"))
    assert {len(row) for row in rows} == {len(names)}


def test_a_row_of_openbci_text_says_its_time_twice_as_the_gui_does(recording, tmp_path):
    export_recording(recording, "openbci", tmp_path / "x.txt")
    *_, row = (tmp_path / "x.txt").read_text().splitlines()
    *_, stamp, _, clock = row.split(", ")
    told = datetime.fromtimestamp(float(stamp), UTC)
    assert clock == told.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")


@pytest.mark.parametrize("mark", [Annotation(0.4, 0.2, "a"), Annotation(0.4, 0, "a", ("OOC_L",))])
def test_openbci_text_says_that_markers_keep_their_onset_alone(tmp_path, mark):
    findings = export_recording(marked(tmp_path, mark), "openbci", tmp_path / "x.txt")
    assert "markers keep their onset alone; their texts are in the header" in findings


def test_of_markers_that_openbci_text_holds_nothing_is_said(tmp_path):
    recording = marked(tmp_path, Annotation(0.4, 0.0, "a"))
    findings = export_recording(recording, "openbci", tmp_path / "x.txt")
    assert not any("markers" in finding for finding in findings)


def marked(folder, mark):
    """A second with this marker in it."""
    with BdfWriter(folder / "x.bdf", ONE) as writer:
        writer.annotate(mark)
        writer.write(Chunk(0, noise(250, 1)))
    return open_edf(folder / "x.bdf")


def test_the_counter_of_openbci_text_steps_over_gaps(recording, tmp_path):
    export_recording(recording, "openbci", tmp_path / "x.txt")
    lines = (tmp_path / "x.txt").read_text().splitlines()
    counter = [int(line.split(",")[0]) for line in lines if line[0].isdigit()]
    present = [i for i in range(N_SAMPLES) if not any(a <= i < b for a, b in GAPS)]
    assert counter == [i % 256 for i in present]


@pytest.mark.parametrize(
    ("rate", "n_channels", "said"), [(250.5, 1, "whole numbers"), (250.0, 17, "boards of 8 and 16")]
)
def test_what_openbci_text_cannot_hold_is_refused(tmp_path, rate, n_channels, said):
    channels = tuple(Channel(f"M{i}", full_scale=1.0) for i in range(n_channels))
    BdfWriter(tmp_path / "x.bdf", StreamInfo(rate, channels)).close()
    with pytest.raises(RecordingError, match=said):
        export_recording(open_edf(tmp_path / "x.bdf"), "openbci", tmp_path / "x.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["x.bdf"]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_overwritten_unasked(recording, tmp_path, name):
    (tmp_path / "out").write_bytes(b"precious")
    with pytest.raises(ConfigError, match="exists"):
        export_recording(recording, name, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"precious"
    export_recording(recording, name, tmp_path / "out", overwrite=True)
    assert (tmp_path / "out").stat().st_size > 10_000


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_that_is_no_utf_8_is_written(recording, tmp_path, name):
    export_recording(recording, name, tmp_path / "n\udce4me")
    assert (tmp_path / "n\udce4me").stat().st_size > 0


def test_an_unknown_format_is_refused(recording, tmp_path):
    with pytest.raises(ValueError, match="known are edf, csv, parquet, openbci"):
        export_recording(recording, "xlsx", tmp_path / "x")


@pytest.mark.parametrize("name", ["csv", "parquet", "openbci"])
def test_a_failed_export_leaves_nothing(recording, tmp_path, name):
    (tmp_path / "x.bdf").write_bytes((tmp_path / "x.bdf").read_bytes()[:5000])
    with pytest.raises(RecordingError, match="became shorter"):
        export_recording(recording, name, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["x.bdf"]


@pytest.mark.parametrize("name", ["edf", "csv", "parquet", "openbci"])
def test_an_hour_of_gap_takes_no_memory(tmp_path, name):
    with BdfWriter(tmp_path / "x.bdf", ONE) as writer:
        writer.write(Chunk(0, np.ones((100, 1))))
        writer.write(Chunk(900_000, np.ones((100, 1))))
    recording = open_edf(tmp_path / "x.bdf")
    export_recording(recording, name, tmp_path / "warm")
    tracemalloc.start()
    export_recording(recording, name, tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize("name", ["edf", "csv", "parquet"])
def test_what_holds_no_date_says_that_it_is_left_out(recording, tmp_path, name):
    dated = replace(adjusted_as_is(recording), start=datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001
    findings = export_recording(dated, name, tmp_path / "out")
    assert "its date is left out: 2026-03-02, files are anonymous" in findings


def adjusted_as_is(recording):
    n = len(recording.info.channels)
    return adjusted(recording, tuple(range(n)), recording.info, (1.0,) * n, findings=())
