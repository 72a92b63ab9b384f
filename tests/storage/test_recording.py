"""What open_edf makes of our own files, of others' files, and of damage; edfio is the oracle."""

import contextlib
import os
import tracemalloc
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import edfio
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf import BdfWriter
from emgspasm.storage.bdf_layout import encode_header
from emgspasm.storage.edf import open_edf
from emgspasm.storage.edf_header import Header, Signal, parse_header
from emgspasm.stream import SKIP, Annotation, Channel, Chunk, Source, StreamInfo

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "edf_bdf_edge_cases"
TEMPORARY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CYTON = 187_500.0


def native(path: Path, n_samples: int = 1000, gap: int = 0) -> np.ndarray:
    channels = tuple(Channel.from_label(name, full_scale=CYTON) for name in ("OOC_L", "OOC_R"))
    samples = np.random.default_rng(3).normal(0, 300, (n_samples, 2))
    with BdfWriter(path, StreamInfo(250.0, channels)) as writer:
        first = writer.write(Chunk(0, samples[:400]))
        writer.annotate(Annotation(0.5, 0.0, "smile"))
        rest = writer.write(Chunk(400 + gap, samples[400:]))
    return np.concatenate((first.samples, np.full((gap, 2), np.nan), rest.samples))


def edf_signal(label: str, rate: float, seconds: int = 4, **more) -> edfio.EdfSignal:
    data = np.random.default_rng(len(label)).normal(0, 50, int(rate * seconds))
    options = {"physical_dimension": "uV", "physical_range": (-400, 400)} | more
    return edfio.EdfSignal(data, rate, label=label, **options)


def patch(path: Path, offset: int, text: str, width: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset : offset + width] = text.encode().ljust(width)
    path.write_bytes(data)


def signal_field(n_signals: int, before: int, width: int, index: int) -> int:
    """Offset of one signal's field in a header; `before` bytes of each signal precede it."""
    return 256 + n_signals * before + width * index


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
@TEMPORARY
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


@pytest.mark.parametrize("suffix", ["edf", "bdf"])
def test_a_file_of_edfio_reads_as_edfio_reads_it(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    make = edfio.EdfSignal if suffix == "edf" else edfio.BdfSignal
    rng = np.random.default_rng(0)
    signals = [
        make(rng.normal(0, 50, 2000), 500, label=label, physical_dimension="uV",
             physical_range=(-300.5, 400))
        for label in ("EMG OOC_L", "EMG ZYG_R")
    ]  # fmt: skip
    marks = [edfio.EdfAnnotation(1.5, 0.25, "smile"), edfio.EdfAnnotation(2, None, "rest")]
    whole = (edfio.Edf if suffix == "edf" else edfio.Bdf)(signals, annotations=marks)
    whole.write(path)
    recording = open_edf(path)
    np.testing.assert_allclose(
        recording.read(), np.stack([s.data for s in signals], axis=1), rtol=0, atol=1e-9
    )
    assert recording.info.names == ("OOC_L", "ZYG_R")
    assert recording.info.channels[1].side == "right"
    assert recording.annotations == (Annotation(1.5, 0.25, "smile"), Annotation(2, 0, "rest"))


@pytest.mark.parametrize(("unit", "factor"), [("mV", 1e3), ("V", 1e6), ("nV", 1e-3), ("uV", 1)])
def test_emg_is_read_in_microvolts(tmp_path, unit, factor):
    signal = edf_signal("OOC_L", 250, physical_dimension=unit)
    edfio.Edf([signal]).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.channels[0].unit == "uV"
    assert recording.info.channels[0].full_scale == pytest.approx(400 * factor)
    np.testing.assert_allclose(recording.read()[:, 0], signal.data * factor)


def test_a_slower_signal_holds_its_samples(tmp_path):
    slow = edf_signal("ACC_X", 50, physical_dimension="g")
    edfio.Edf([edf_signal("OOC_L", 500), slow]).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.sampling_frequency == 500
    np.testing.assert_allclose(recording.read()[:, 1], np.repeat(slow.data, 10), atol=1e-9)
    assert recording.findings == ("slower signals ['ACC_X'] hold each sample up to 500 Hz",)


def test_a_signal_of_another_rate_is_left_out(tmp_path):
    signals = [edf_signal("OOC_L", 500), edf_signal("ECG", 300), edf_signal("EOG", 1000)]
    edfio.Edf(signals).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.names == ("OOC_L",)
    assert any("['ECG', 'EOG'] are left out" in finding for finding in recording.findings)


def test_signals_which_no_muscle_makes_are_not_emg(tmp_path):
    labels = ("Resp chest", "SaO2 finger", "EOG left", "ECG", "EEG Fpz-Cz", "EMG chin", "Status")
    edfio.Edf([edf_signal(label, 100) for label in labels]).write(tmp_path / "x.edf")
    kinds = [channel.kind for channel in open_edf(tmp_path / "x.edf").info.channels]
    assert kinds == ["MISC", "MISC", "EOG", "ECG", "EEG", "EMG", "TRIG"]


def test_the_start_is_exact_below_a_second(tmp_path):
    start = datetime.fromisoformat("2024-05-06T07:08:09.250")
    edf = edfio.Edf([edf_signal("OOC_L", 250)], annotations=[edfio.EdfAnnotation(1, None, "x")],
                    recording=edfio.Recording(startdate=start.date()),
                    starttime=start.time())  # fmt: skip
    edf.write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.start == start
    assert recording.annotations == (Annotation(1.0, 0.0, "x"),)


def discontinuous(path: Path, onsets: list[str]) -> np.ndarray:
    """Write a BDF+D whose records of 0.5 s begin at `onsets`."""
    ranges = (-8_388_607.0, 8_388_607.0) * 2
    header = Header(
        3, "X X X X", "Startdate X X X X", "01.01.85", "00.00.00", "BDF+D", len(onsets),
        Fraction(1, 2),
        (Signal("OOC_L", "", "uV", *ranges, "", 100),
         Signal("BDF Annotations", "", "", *ranges, "", 30)),
    )  # fmt: skip
    samples = np.arange(100 * len(onsets))
    records = [
        b"".join(int(x).to_bytes(3, "little") for x in row)
        + f"{onset}\x14\x14\0".encode().ljust(90, b"\0")
        for row, onset in zip(samples.reshape(-1, 100), onsets, strict=True)
    ]
    path.write_bytes(encode_header(header) + b"".join(records))
    return samples.astype(float)


def test_a_discontinuous_file_has_gaps(tmp_path):
    samples = discontinuous(tmp_path / "x.bdf", ["+10", "+10.5", "+12", "+12.5", "+20.255"])
    recording = open_edf(tmp_path / "x.bdf")
    chunks = [(c.start, c.stop) for c in recording]
    assert chunks == [(0, 200), (400, 600), (2051, 2151)]
    np.testing.assert_array_equal(np.concatenate([c.samples[:, 0] for c in recording]), samples)
    assert recording.annotations == (Annotation(1.0, 1.0, SKIP), Annotation(3.0, 7.255, SKIP))
    assert recording.findings == ("2 interruptions between records are read as gaps",)
    assert recording.n_samples == 2151
    np.testing.assert_array_equal(recording.read(390, 410)[10:, 0], samples[200:210])


@pytest.mark.parametrize("bad", ["+0.2", "+99999999999", "garbage", "-1"])
def test_a_record_with_an_impossible_time_follows_the_one_before(tmp_path, bad):
    discontinuous(tmp_path / "x.bdf", ["+0", "+0.5", bad, "+1.5"])
    recording = open_edf(tmp_path / "x.bdf")
    assert "1 records have impossible times" in " ".join(recording.findings)
    assert [(c.start, c.stop) for c in recording] == [(0, 400)]


def test_a_file_cut_inside_a_record_keeps_the_whole_ones(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    os.truncate(path, path.stat().st_size - 100)
    recording = open_edf(path)
    assert recording.n_samples == 875
    np.testing.assert_array_equal(recording.read(), expected[:875])
    assert "the header counts 8 records, but the file ends after 7" in recording.findings


def test_a_record_that_was_not_counted_is_read(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    patch(path, 236, "6", 8)
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read(), expected)
    assert "2 more are whole and read" in recording.findings[0]


def test_garbage_after_the_last_record_is_not_read(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    path.write_bytes(path.read_bytes() + b"garbage " * 1000)
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read(), expected)
    assert "the rest is ignored" in recording.findings[0]


def test_a_header_that_was_never_completed_is_counted(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    patch(path, 236, "-1", 8)
    np.testing.assert_array_equal(open_edf(path).read(), expected)
    assert "never completed" in open_edf(path).findings[0]


@pytest.mark.parametrize("value", ["187500", "nan", "x", "1e400"])
def test_a_physical_range_without_meaning_is_read_as_counts(tmp_path, value):
    path = tmp_path / "x.bdf"
    native(path)
    counts = edfio.read_bdf(path).signals[0].digital
    patch(path, signal_field(3, 104, 8, 0), value, 8)
    recording = open_edf(path)
    assert recording.info.channels[0].unit == "count"
    np.testing.assert_array_equal(recording.read()[:, 0], counts)
    assert "OOC_L: physical range" in recording.findings[0]


def test_an_inverted_physical_range_is_kept_and_told(tmp_path):
    path = tmp_path / "x.bdf"
    expected = native(path)
    patch(path, signal_field(3, 104, 8, 0), "187500", 8)
    patch(path, signal_field(3, 112, 8, 0), "-187500", 8)
    recording = open_edf(path)
    np.testing.assert_array_equal(recording.read()[:, 0], -expected[:, 0])
    assert recording.findings == ("OOC_L: physical range 187500..-187500 is inverted; kept so",)


def test_duplicate_labels_are_refused_by_name(tmp_path):
    edfio.Edf([edf_signal("EMG OOC_L", 250), edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    with pytest.raises(RecordingError, match=r"\['OOC_L'\] occur more than once"):
        open_edf(tmp_path / "x.edf")


def test_annotations_alone_are_refused(tmp_path):
    edf = edfio.Edf([edf_signal("x", 1)], annotations=[edfio.EdfAnnotation(0, None, "x")])
    edf.write(tmp_path / "x.edf")
    patch(tmp_path / "x.edf", 256, "EDF Annotations", 16)
    with pytest.raises(RecordingError, match="none of its 2 signals holds samples"):
        open_edf(tmp_path / "x.edf")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"0", "is cut"),
        (b"%OpenBCI Raw EXG Data\n" * 40, "is no EDF or BDF file"),
        (b"\xffBIOSEMI" + b" " * 100, "is cut"),
        (b"0".ljust(256), "'' signals in the header"),
        (b"0".ljust(252) + b"0   ", "'0' signals in the header"),
        (b"0".ljust(252) + b"8   ", "header of 256 bytes is cut"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path, content, said):
    path = tmp_path / "x.edf"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=said) as caught:
        open_edf(path)
    assert str(path) in str(caught.value)


def test_a_recording_without_a_whole_record_is_refused(tmp_path):
    native(tmp_path / "x.bdf")
    os.truncate(tmp_path / "x.bdf", 256 * 4 + 10)
    with pytest.raises(RecordingError, match=r"no whole data record \(10 bytes after the"):
        open_edf(tmp_path / "x.bdf")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(RecordingError, match="No such file"):
        open_edf(tmp_path / "x.bdf")
    with pytest.raises(RecordingError, match="Is a directory"):
        open_edf(tmp_path)


def test_a_file_that_shrinks_while_it_is_read_is_said(tmp_path):
    native(tmp_path / "x.bdf", n_samples=20_000)
    recording = open_edf(tmp_path / "x.bdf")
    chunks = iter(recording)
    next(chunks)
    os.truncate(tmp_path / "x.bdf", 60_000)
    with pytest.raises(RecordingError, match="became shorter"):
        list(chunks)


HEADERS = st.builds(
    Header,
    sample_bytes=st.sampled_from([2, 3]),
    patient=st.just("X X X X"),
    recording=st.sampled_from(["Startdate X X X X", "", "Startdate 02-MAY-2024 X X Cyton"]),
    start_date=st.sampled_from(["01.01.85", "29.02.21", "xx"]),
    start_time=st.just("00.00.00"),
    reserved=st.sampled_from(["", "EDF+C", "BDF+C", "BDF+D", "24BIT"]),
    n_records=st.integers(-1, 30),
    record_duration=st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 1000), Fraction(0)]),
    signals=st.lists(
        st.builds(
            Signal,
            label=st.sampled_from(["OOC_L", "ZYG_R", "EMG x", "BDF Annotations", "ECG", ""]),
            transducer=st.sampled_from(["", "EMG OOC left", "ACCEL", "EMG n/a up"]),
            unit=st.sampled_from(["uV", "mV", "", "g"]),
            physical_min=st.sampled_from([-1.0, 0.0, 1.0]),
            physical_max=st.sampled_from([1.0, 0.0]),
            digital_min=st.sampled_from([-8_388_607, 0]),
            digital_max=st.sampled_from([8_388_607, 0, 32_767]),
            prefiltering=st.just(""),
            samples_per_record=st.sampled_from([0, 1, 2, 3, 40, 20_000]),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
)
TALS = st.lists(
    st.sampled_from([b"+0\x14\x14\0", b"+9\x14\x14\0", b"+1\x152\x14BAD_ACQ_SKIP\x14\0", b"\x14",
                     b"-5\x15999999\x14BAD_ACQ_SKIP@@OOC_L\x14\0", b"\xff\xfe\0", b"\0" * 50])
).map(b"".join)  # fmt: skip


def survey(path: Path) -> None:
    """Open and read what is there; only RecordingError may come out."""
    with contextlib.suppress(RecordingError):
        recording = open_edf(path)
        stop = min(recording.n_samples, 5000)
        assert recording.read(0, stop).shape == (stop, len(recording.info.channels))
        last = 0
        for chunk in recording.chunks():
            assert chunk.start >= last
            assert len(chunk.samples) > 0
            last = chunk.stop
        assert last <= recording.n_samples


@given(HEADERS, TALS, st.binary(max_size=300), st.integers(0, 60_000))
@TEMPORARY
def test_any_header_over_any_data_reads_or_is_refused(tmp_path, header, tals, noise, n_bytes):
    path = tmp_path / "x.edf"
    filling = (tals + noise) * (n_bytes // (len(tals + noise) + 1) + 1)
    path.write_bytes(encode_header(header) + filling[:n_bytes])
    survey(path)


@given(st.binary(max_size=2000), st.sampled_from([b"", b"0       ", b"\xffBIOSEMI"]))
@TEMPORARY
def test_random_bytes_read_or_are_refused(tmp_path, data, magic):
    path = tmp_path / "x.edf"
    path.write_bytes(magic + data)
    survey(path)


@pytest.fixture(scope="module")
def valid(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("valid") / "x.bdf"
    native(path, gap=100)
    return path.read_bytes()


@given(
    st.lists(st.tuples(st.integers(0, 1200), st.binary(min_size=1, max_size=8)), max_size=8),
    st.integers(0, 10_000),
)
@example([(236, b"99999999")], 10_000)
@example([(244, b"1E-6    ")], 10_000)
@example([(244, b"9E99    ")], 10_000)
@example([(1024 - 3 * 40, b"99999999")], 10_000)
@settings(parent=TEMPORARY, max_examples=150)
def test_a_damaged_recording_reads_or_is_refused(tmp_path, valid, changes, n_bytes):
    data = bytearray(valid)
    for offset, patch_bytes in changes:
        data[offset : offset + len(patch_bytes)] = patch_bytes
    path = tmp_path / "x.bdf"
    path.write_bytes(data[:n_bytes])
    survey(path)


@given(HEADERS.filter(lambda header: header.record_duration > 0))
@TEMPORARY
def test_a_header_reads_back_as_written(header):
    parsed = parse_header(encode_header(header), "x")
    assert replace(parsed, findings=()) == header


def test_a_very_long_record_is_read_in_parts(tmp_path):
    signal = edf_signal("OOC_L", 1000, seconds=100)
    slow = edf_signal("ACC_X", 100, seconds=100, physical_dimension="g")
    edfio.Edf([signal, slow], data_record_duration=100).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    expected = np.stack([signal.data, np.repeat(slow.data, 10)], axis=1)
    np.testing.assert_allclose(recording.read(), expected, atol=1e-9)
    np.testing.assert_allclose(recording.read(12_345, 54_321), expected[12_345:54_321], atol=1e-9)
    assert max(len(chunk.samples) for chunk in recording) <= 8192


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


@pytest.mark.skipif(not SHARED.exists(), reason=f"no third-party recordings at {SHARED}")
@pytest.mark.parametrize(
    ("name", "read"),
    [("short_psg.bdf", edfio.read_bdf), ("test_subsecond.edf", edfio.read_edf)],
)
def test_recordings_of_others_read_as_edfio_reads_them(name, read):
    recording, edf = open_edf(SHARED / name), read(SHARED / name)
    by_label = {signal.label.removeprefix("EMG "): signal for signal in edf.signals}
    samples = recording.read()
    for column, label in enumerate(recording.info.names):
        np.testing.assert_allclose(samples[:, column], by_label[label].data, rtol=1e-9, atol=1e-9)
    assert len(recording.annotations) == len(edf.annotations)
