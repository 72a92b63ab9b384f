"""What BdfWriter stores, as edfio, pyedflib and MNE read it: three independent oracles."""

from fractions import Fraction
from pathlib import Path

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.layout import record_layout, require_storable, stored_info
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import Channel, Chunk, StreamInfo
from support.bdf import CYTON, TEMPORARY, noise, stream, write


def counts_by_edfio(path: Path) -> np.ndarray:
    return np.stack([signal.digital for signal in edfio.read_bdf(path).signals], axis=1)


def microvolts_by_mne(path: Path) -> np.ndarray:
    raw = mne.io.read_raw_bdf(path, preload=True, verbose="error")
    return raw.get_data(verbose="error").T * 1e6


@st.composite
def streams(draw):
    """Chunks of a stream with gaps between them, missing samples, and rails."""
    n_channels = draw(st.integers(1, 5))
    sampling_frequency = draw(st.sampled_from([20.0, 100.0, 250.0, 333.333, 512.0]))
    sizes = draw(st.lists(st.integers(0, 300), min_size=1, max_size=6))
    gaps = draw(st.lists(st.sampled_from([0, 0, 0, 1, 7, 400]), min_size=6, max_size=6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    chunks, start = [], 0
    for size, gap in zip(sizes, gaps, strict=False):
        samples = rng.normal(0, 50_000, (size, n_channels)).clip(-200_000, 200_000)
        samples[rng.random(samples.shape) < draw(st.sampled_from([0, 0, 0.02]))] = np.nan
        start += gap
        chunks.append(Chunk(start, samples))
        start += size
    labels = tuple(f"M{i:02d}_L" for i in range(n_channels))
    return stream(sampling_frequency, labels), chunks


@given(streams())
@settings(TEMPORARY, max_examples=40)
def test_every_reader_finds_the_counts_that_were_stored(tmp_path, drawn):
    info, chunks = drawn
    path = tmp_path / "x.bdf"
    with BdfWriter(path, info, overwrite=True) as writer:
        stored = [writer.write(chunk) for chunk in chunks]
        n_samples = writer.n_samples
    expected = np.full((n_samples, len(info.channels)), np.nan)
    for chunk in stored:
        expected[chunk.start : chunk.stop] = chunk.samples
    counts = np.where(np.isnan(expected), -8_388_607, np.rint(expected * 8_388_607 / CYTON))
    by_edfio = counts_by_edfio(path)
    np.testing.assert_array_equal(by_edfio[:n_samples], counts)
    by_mne = microvolts_by_mne(path)
    np.testing.assert_array_equal(np.rint(by_mne * 8_388_607 / CYTON), by_edfio)
    np.testing.assert_allclose(by_mne[:n_samples], counts * (CYTON / 8_388_607), rtol=1e-9)


@given(streams())
@settings(TEMPORARY, max_examples=40)
def test_edflib_finds_the_counts_that_edfio_finds(edflib, tmp_path, drawn):
    info, chunks = drawn
    path = tmp_path / "x.bdf"
    with BdfWriter(path, info, overwrite=True) as writer:
        for chunk in chunks:
            writer.write(chunk)
    with edflib.EdfReader(str(path)) as reader:
        counts = [reader.readSignal(i, digital=True) for i in range(reader.signals_in_file)]
    np.testing.assert_array_equal(np.stack(counts, axis=1), counts_by_edfio(path))


@given(streams())
@settings(TEMPORARY, max_examples=40)
def test_a_recording_reads_back_what_write_returned(tmp_path, drawn):
    info, chunks = drawn
    path = tmp_path / "x.bdf"
    with BdfWriter(path, info, overwrite=True) as writer:
        stored = [writer.write(chunk) for chunk in chunks]
    recording = open_edf(path)
    samples = np.full((stored[-1].stop, len(info.channels)), np.nan)
    for chunk in stored:
        samples[chunk.start : chunk.stop] = chunk.samples
    present = [chunk for chunk in stored if len(chunk.samples)]
    assert recording.n_samples == (present[-1].stop if present else 0)
    np.testing.assert_array_equal(recording.read(), samples[: recording.n_samples])
    assert recording.info.channels == writer.info.channels
    assert recording.info.sampling_frequency == writer.info.sampling_frequency
    assert recording.findings == ()
    seen = np.zeros(recording.n_samples, bool)
    for chunk in recording:
        seen[chunk.start : chunk.stop] = True
    written = np.zeros(recording.n_samples, bool)
    for chunk in stored:
        written[chunk.start : chunk.stop] = True
    np.testing.assert_array_equal(seen, written)


@given(streams(), st.data())
@settings(TEMPORARY, max_examples=40)
def test_the_partition_into_chunks_does_not_change_the_bytes(tmp_path, drawn, data):
    info, chunks = drawn
    whole, parts = tmp_path / "whole.bdf", tmp_path / "parts.bdf"
    with BdfWriter(whole, info, overwrite=True) as writer:
        for chunk in chunks:
            if len(chunk.samples):
                writer.write(chunk)
    with BdfWriter(parts, info, overwrite=True) as writer:
        for chunk in chunks:
            cut = data.draw(st.integers(0, len(chunk.samples)))
            for part in (slice(0, cut), slice(cut, None)):
                if len(chunk.samples[part]):
                    writer.write(Chunk(chunk.start + (part.start or 0), chunk.samples[part]))
    assert whole.read_bytes() == parts.read_bytes()


@pytest.mark.parametrize(
    "sampling_frequency", [125, 200, 250, 256, 500, 512, 1000, 1600, 2000, 2048, 4000, 8000, 16000]
)
def test_usual_rates_are_exact(sampling_frequency):
    layout = record_layout(sampling_frequency)
    assert Fraction(layout.n_samples) / layout.duration == sampling_frequency
    assert layout.duration == pytest.approx(0.5, abs=0.005)


@given(st.floats(1, 3) | st.floats(2, 50_000))
@settings(max_examples=200)
def test_any_rate_is_stored_within_a_millionth_in_records_of_at_most_a_second(wanted):
    layout = record_layout(wanted)
    assert layout.sampling_frequency == pytest.approx(wanted, rel=1.01e-6)
    assert 0 < layout.duration <= 1


def test_a_rate_of_a_third_is_exact():
    assert record_layout(1000 / 3).sampling_frequency == 1000 / 3


def test_an_odd_rate_is_stored_far_within_a_crystal():
    assert stored_info(stream(333.333)).sampling_frequency == pytest.approx(333.333, rel=2e-9)


def test_a_rate_below_one_sample_a_second_is_refused():
    with pytest.raises(ValueError, match=r"0\.5 Hz cannot be stored"):
        record_layout(0.5)


@given(st.floats(1e-4, 9_999_999))
@settings(max_examples=200)
def test_a_full_scale_is_rounded_up_to_what_the_header_can_say(full_scale):
    info = StreamInfo(250.0, (Channel("OOC_L", full_scale=full_scale),))
    require_storable(info)
    stored = stored_info(info).channels[0].full_scale
    assert full_scale <= stored <= full_scale * 1.0001 + 1e-5


def test_a_channel_without_full_scale_is_refused(tmp_path):
    with pytest.raises(ValueError, match="full_scale of OOC_L is unknown"):
        BdfWriter(tmp_path / "x.bdf", StreamInfo(250.0, (Channel("OOC_L"),)))
    assert not list(tmp_path.iterdir())


def test_emg_in_another_voltage_is_refused(tmp_path):
    info = StreamInfo(250.0, (Channel("OOC_L", unit="mV", full_scale=1),))
    with pytest.raises(ValueError, match="unit mV of OOC_L"):
        BdfWriter(tmp_path / "x.bdf", info)


@pytest.mark.parametrize("label", ["EDF Annotations", "BDF Annotations"])
def test_a_label_that_means_annotations_is_refused(tmp_path, label):
    with pytest.raises(ValueError, match="is a reserved label"):
        BdfWriter(tmp_path / "x.bdf", stream(labels=("OOC_L", label)))


def test_channels_of_other_kinds_survive(tmp_path):
    channels = (
        Channel("OOC_L", "left", "OOC", full_scale=CYTON),
        Channel("EOG", kind="EOG", full_scale=5000.0),
        Channel("X", kind="ACCEL", unit="g", full_scale=4.0),
        Channel("pulse", kind="MISC", unit="count", full_scale=1023.0),
        Channel("chin", "midline", "MEN", unit="count", full_scale=1023.0),
        Channel("forearm", "right", None, full_scale=1000.0),
    )
    write(tmp_path / "x.bdf", noise(300, 6), StreamInfo(250.0, channels))
    assert open_edf(tmp_path / "x.bdf").info.channels == channels


@pytest.mark.parametrize("own", [0.5, 1 / 30, 1.0, 12.5, 100 / 3])
def test_the_kind_of_a_channel_of_any_rate_survives(tmp_path, own):
    slow = Channel("warmth", kind="MISC", unit="count", full_scale=1023.0, own_frequency=own)
    channels = (Channel("OOC_L", "left", "OOC", full_scale=CYTON), slow)
    write(tmp_path / "x.bdf", noise(300, 2), StreamInfo(250.0, channels))
    (_, read) = open_edf(tmp_path / "x.bdf").info.channels
    assert (read.kind, read.own_frequency) == ("MISC", pytest.approx(own))


def test_the_header_names_nobody(tmp_path):
    write(tmp_path / "x.bdf", noise(300), stream())
    header = (tmp_path / "x.bdf").read_bytes()[:256]
    assert header[8:88].rstrip() == b"X X X X"
    assert header[88:168].rstrip() == b"Startdate X X X X"
    assert header[168:184] == b"01.01.8500.00.00"
    assert open_edf(tmp_path / "x.bdf").start is None


def test_equipment_is_kept_as_one_word_of_the_header(tmp_path):
    BdfWriter(tmp_path / "x.bdf", stream(), equipment="OpenBCI Cyton").close()
    assert open_edf(tmp_path / "x.bdf").info.device == "OpenBCI Cyton"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("LSL stream EXG of " + "x" * 60, "LSL stream EXG of " + "x" * 46),
        ("\u00b5EMG M\u00fcller\tK2", "uEMG M ller K2"),
    ],
)
def test_equipment_of_any_name_is_kept_as_far_as_its_field_holds_it(tmp_path, name, told):
    BdfWriter(tmp_path / "x.bdf", stream(), equipment=name).close()
    assert open_edf(tmp_path / "x.bdf").info.device == told


def test_samples_beyond_full_scale_are_rails(tmp_path):
    samples = np.array([[2e5, -2e5, np.inf, -np.inf]])
    stored = write(tmp_path / "x.bdf", samples, stream())
    np.testing.assert_array_equal(stored, [[CYTON, -CYTON, CYTON, -CYTON]])


def test_a_rail_at_the_digital_minimum_is_not_missing(tmp_path):
    samples = np.full((500, 4), -CYTON)
    write(tmp_path / "x.bdf", samples, stream())
    np.testing.assert_array_equal(open_edf(tmp_path / "x.bdf").read(), samples)


def test_a_chunk_out_of_order_is_refused(tmp_path):
    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:
        writer.write(Chunk(0, noise(10)))
        with pytest.raises(ValueError, match="starts at sample 9, before 10"):
            writer.write(Chunk(9, noise(10)))


def test_a_chunk_of_another_width_is_refused(tmp_path):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    with writer, pytest.raises(ValueError, match="chunk of 3 channels"):
        writer.write(Chunk(0, noise(10, 3)))


def test_writing_after_close_is_refused(tmp_path):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    writer.close()
    writer.close()
    with pytest.raises(RecordingError, match="closed"):
        writer.write(Chunk(0, noise(10)))


def test_a_long_gap_takes_no_memory(tmp_path):
    import tracemalloc

    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:
        writer.write(Chunk(0, noise(10)))
        tracemalloc.start()
        writer.write(Chunk(250 * 1800, noise(10)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 1_000_000
    recording = open_edf(tmp_path / "x.bdf")
    assert [(c.start, c.stop) for c in recording] == [(0, 10), (450_000, 450_010)]
