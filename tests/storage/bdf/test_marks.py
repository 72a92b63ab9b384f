"""Gaps and annotations of a BDF+ being written, as MNE, edfio and we read them."""

import threading

import edfio
import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.edf.reader import open_edf
from emgspasm.stream import SKIP, Annotation, Chunk
from support.bdf import TEMPORARY, noise, stream, write


def test_a_marker_after_close_is_refused(tmp_path):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    writer.close()
    with pytest.raises(RecordingError, match=r"closed; the marker 'smile' is not in it"):
        writer.annotate(Annotation(0.0, 0.0, "smile"))


def test_a_gap_is_marked_in_mne_and_its_samples_are_skipped(tmp_path):
    path = tmp_path / "x.bdf"
    samples = noise(300)
    samples[185:200, 2] = np.nan  # in rows of a record which the gap takes in the next one
    with BdfWriter(path, stream()) as writer:
        writer.write(Chunk(0, samples))
        writer.write(Chunk(1000, noise(250)))
    raw = mne.io.read_raw_bdf(path, preload=True, verbose="error")
    assert [(a["onset"], a["duration"], a["description"]) for a in raw.annotations] == [
        (0.74, 0.06, SKIP), (1.2, 2.8, SKIP)
    ]  # fmt: skip
    raw.annotations.delete(0)
    kept = raw.get_data(reject_by_annotation="omit", verbose="error")
    assert kept.shape == (4, 550)


def test_a_sample_that_one_channel_misses_is_marked_for_it_alone_in_mne(tmp_path):
    samples = noise(500)
    samples[100:110, 2] = np.nan
    write(tmp_path / "x.bdf", samples, stream())
    raw = mne.io.read_raw_bdf(tmp_path / "x.bdf", verbose="error")
    (annotation,) = raw.annotations
    assert annotation["description"] == SKIP
    assert annotation["ch_names"] == ("ZYG_L",)
    assert (annotation["onset"], annotation["duration"]) == (0.4, 0.04)


def test_a_channel_missing_over_many_records_is_one_annotation_when_read(tmp_path):
    samples = noise(2000)
    samples[100:1800, 1] = np.nan
    write(tmp_path / "x.bdf", samples, stream())
    assert open_edf(tmp_path / "x.bdf").annotations == (Annotation(0.4, 6.8, SKIP, ("OOC_R",)),)


def test_rows_that_all_channels_miss_inside_a_chunk_stay_rows(tmp_path):
    samples = noise(500)
    samples[100:110] = np.nan
    write(tmp_path / "x.bdf", samples, stream())
    (chunk,) = open_edf(tmp_path / "x.bdf")
    np.testing.assert_array_equal(np.isnan(chunk.samples), np.isnan(samples))


def test_a_first_chunk_that_starts_late_leaves_a_gap_before_it(tmp_path):
    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:
        writer.write(Chunk(100, noise(50)))
    (chunk,) = open_edf(tmp_path / "x.bdf")
    assert (chunk.start, chunk.stop) == (100, 150)


def test_markers_survive_in_order_with_their_texts(tmp_path):
    markers = [
        Annotation(0.25, 0.0, "smile"),
        Annotation(0.5, 1.25, "Lächeln 微笑"),
        Annotation(1.0, 0.5, "chews", ("OOC_L", "ZYG_R")),
        Annotation(1.5, 0.0, "me@@home"),
    ]
    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:
        for marker in markers:
            writer.annotate(marker)
        writer.write(Chunk(0, noise(500)))
    assert open_edf(tmp_path / "x.bdf").annotations == tuple(markers)
    texts = [annotation.text for annotation in edfio.read_bdf(tmp_path / "x.bdf").annotations]
    assert texts == ["smile", "Lächeln 微笑", "chews@@OOC_L", "chews@@ZYG_R", "me@@home"]


def test_a_long_text_about_every_channel_is_kept(tmp_path):
    names = tuple(f"M{i:02d}_L" for i in range(16))
    marker = Annotation(0.25, 0.0, "x" * 300, names)
    with BdfWriter(tmp_path / "x.bdf", stream(250.0, names)) as writer:
        writer.annotate(marker)
        writer.write(Chunk(0, noise(500, 16)))
    assert set(open_edf(tmp_path / "x.bdf").annotations) == {marker}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**10),
            st.integers(0, 10**9),
            st.text(st.characters(exclude_characters="\0\x14\x15@", codec="utf-8"), min_size=1)
            .filter(lambda text: text != SKIP and len(text.encode()) < 300),
        ),
        max_size=60,
    )
)  # fmt: skip
@settings(TEMPORARY, max_examples=40)
def test_any_text_survives_and_a_backlog_is_never_lost(tmp_path, drawn):
    path = tmp_path / "x.bdf"
    markers = [Annotation(a / 1e6, b / 1e6, text) for a, b, text in drawn]
    with BdfWriter(path, stream(), overwrite=True) as writer:
        writer.write(Chunk(0, noise(140)))
        for marker in markers:
            writer.annotate(marker)
    recording = open_edf(path)
    assert sorted(recording.annotations, key=str) == sorted(markers, key=str)
    assert recording.n_samples == 140


def test_lost_packets_at_forty_a_second_are_marked_in_time(tmp_path):
    """None waits for a later record: what a kill leaves is marked."""
    path = tmp_path / "x.bdf"
    writer = BdfWriter(path, stream())
    for start in range(0, 5000, 6):
        writer.write(Chunk(start, noise(5)))
    recording = open_edf(path)
    assert recording.n_samples == pytest.approx(5000, abs=126)
    missing = np.isnan(recording.read()).all(axis=1)
    np.testing.assert_array_equal(np.flatnonzero(missing), np.arange(5, len(missing), 6))
    writer.close()


def test_annotations_may_come_from_another_thread(tmp_path):
    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:

        def mark() -> None:
            for i in range(500):
                writer.annotate(Annotation(i / 100, 0, f"m{i}"))

        thread = threading.Thread(target=mark)
        thread.start()
        for start in range(0, 2500, 10):
            writer.write(Chunk(start, noise(10)))
        thread.join()
    texts = [a.text for a in open_edf(tmp_path / "x.bdf").annotations]
    assert texts == [f"m{i}" for i in range(500)]


@pytest.mark.parametrize("text", ["", "a\x14b", "a\x15b", "a\0b", "x" * 500])
def test_a_text_that_cannot_be_stored_is_refused(tmp_path, text):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    with writer, pytest.raises(ValueError, match="annotation text"):
        writer.annotate(Annotation(0, 0, text))


@pytest.mark.parametrize("times", [(np.nan, 0), (0, -1), (np.inf, 0), (0, np.inf)])
def test_times_that_cannot_be_stored_are_refused(tmp_path, times):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    with writer, pytest.raises(ValueError, match="onset must be finite"):
        writer.annotate(Annotation(*times, "x"))


def test_an_annotation_of_an_unknown_channel_is_refused(tmp_path):
    writer = BdfWriter(tmp_path / "x.bdf", stream())
    with writer, pytest.raises(ValueError, match="FRO_L"):
        writer.annotate(Annotation(0, 0, "x", ("FRO_L",)))


@pytest.mark.parametrize("text", ["x@@OOC_L", "x@@", "a@@b@@ZYG_R"])
@pytest.mark.parametrize("channels", [(), ("OOC_R",)])
def test_a_text_that_looks_like_that_of_a_channel_stays_a_text(tmp_path, text, channels):
    with BdfWriter(tmp_path / "x.bdf", stream()) as writer:
        writer.annotate(Annotation(0.5, 0.0, text, channels))
        writer.write(Chunk(0, noise(300)))
    assert open_edf(tmp_path / "x.bdf").annotations == (Annotation(0.5, 0.0, text, channels),)
