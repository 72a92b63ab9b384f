"""A Recording of our own files: chunks, slices, long files, MNE."""

import os
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.digest import Digest
from emgspasm.storage.edf.header import parse_header
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import SKIP, Annotation, Channel, Chunk, Source, StreamInfo
from support.bdf import CYTON, TEMPORARY, native


def test_a_recording_is_a_source(tmp_path):
    native(tmp_path / "x.bdf")
    with open_edf(tmp_path / "x.bdf") as recording:
        assert isinstance(recording, Source)
        assert recording.duration == 4.0
        assert "2 channels, 250 Hz, 4.000 s" in repr(recording)


def test_a_gap_is_a_jump_and_nan_when_read(tmp_path):
    expected = native(tmp_path / "x.bdf", gap=333)
    recording = open_edf(tmp_path / "x.bdf")
    assert [(c.start, c.stop) for c in recording] == [(0, 400), (733, 1333)]
    np.testing.assert_array_equal(recording.read(), expected)
    assert recording.annotations == (
        Annotation(0.5, 0, "smile"),
        Annotation(1.6, 1.332, SKIP),
    )


@given(st.integers(0, 1333), st.integers(0, 1333))
@settings(TEMPORARY, max_examples=60)
def test_a_slice_is_a_slice_of_the_whole(tmp_path, a, b):
    path = tmp_path / "x.bdf"
    if not path.exists():
        native(path, gap=333)
    start, stop = sorted((a, b))
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read(start, stop), recording.read()[start:stop])


@pytest.mark.parametrize("limits", [(-1, 5), (5, 4), (0, 1001)])
def test_limits_outside_are_refused(tmp_path, limits):
    native(tmp_path / "x.bdf")
    with pytest.raises(ValueError, match="of a recording of 1000"):
        open_edf(tmp_path / "x.bdf").read(*limits)


def test_a_recording_can_be_iterated_again_after_stop(tmp_path):
    native(tmp_path / "x.bdf", n_samples=20_000)
    recording = open_edf(tmp_path / "x.bdf")
    seen = []
    for chunk in recording:
        seen.append(chunk.start)
        recording.stop()
    assert seen == [0]
    assert sum(len(chunk.samples) for chunk in recording) == 20_000


def test_chunks_are_of_about_8192_rows(tmp_path):
    native(tmp_path / "x.bdf", n_samples=30_000)
    sizes = [len(chunk.samples) for chunk in open_edf(tmp_path / "x.bdf")]
    assert sizes == [8125, 8125, 8125, 5625]


def test_a_recording_survives_pickling(tmp_path):
    import pickle

    expected = native(tmp_path / "x.bdf")
    recording = pickle.loads(pickle.dumps(open_edf(tmp_path / "x.bdf")))
    np.testing.assert_array_equal(recording.read(), expected)


def test_twelve_hours_take_the_memory_of_a_minute(tmp_path):
    """A sparse file: twelve hours of 8 channels at 1 kHz, zeros but for its header."""
    path = tmp_path / "x.bdf"
    info = StreamInfo(1000.0, tuple(Channel(f"M{i}", full_scale=CYTON) for i in range(8)))
    BdfWriter(path, info).close()
    header = parse_header(path.read_bytes(), "x")
    os.truncate(path, header.n_bytes + 2 * 3600 * 12 * header.record_bytes)
    patch_count = str(2 * 3600 * 12).ljust(8).encode()
    with path.open("r+b") as file:
        file.seek(236)
        file.write(patch_count)
        file.seek(header.n_bytes)
        file.write(bytes(header.record_bytes))
    tracemalloc.start()
    recording = open_edf(path)
    assert recording.duration == 12 * 3600
    recording.read(40_000_000, 40_001_000)
    for _ in recording.chunks(20_000_000, 21_000_000):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_to_mne_gives_volts_kinds_and_marks(tmp_path):
    path = tmp_path / "x.bdf"
    channels = (
        Channel.from_label("OOC_L", full_scale=CYTON),
        Channel.from_label("ACC_X", unit="g", full_scale=4.0),
    )
    samples = np.random.default_rng(0).normal(0, 1, (500, 2))
    with BdfWriter(path, StreamInfo(250.0, channels)) as writer:
        stored = writer.write(Chunk(0, samples)).samples
        writer.write(Chunk(600, samples))
    raw = open_edf(path).to_mne()
    np.testing.assert_allclose(raw.get_data()[:, :500].T, stored * [1e-6, 1], rtol=1e-12)
    assert raw.get_channel_types() == ["emg", "misc"]
    assert list(raw.annotations.description) == [SKIP]
    assert not raw.get_data()[:, 500:600].any()
    assert raw.n_times == 1100


def test_stop_ends_a_replay_but_no_reading(tmp_path):
    native(tmp_path / "x.bdf", n_samples=20_000)
    recording = open_edf(tmp_path / "x.bdf")
    replay = iter(recording)
    next(replay)
    recording.stop()
    assert not np.isnan(recording.read()).any()
    assert list(replay) == []


def test_what_is_read_of_samples_is_in_the_digest(tmp_path):
    path, digest = tmp_path / "x.bdf", Digest()
    native(path, gap=20_000, n_samples=50_000)
    whole = Digest().of(path)
    for _ in open_edf(path, digest):
        pass
    path.write_bytes(bytes(path.stat().st_size))  # not to be read again
    assert digest.of(path) == whole
