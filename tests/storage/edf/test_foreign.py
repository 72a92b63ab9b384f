"""What open_edf makes of others' files; edfio is the oracle."""

from datetime import datetime, time
from fractions import Fraction
from pathlib import Path

import edfio
import numpy as np
import pytest

from emgspasm.errors import RecordingError
from emgspasm.storage.bdf.layout import encode_header
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.edf.header import Header, Signal
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.edf.signals import read_channel
from emgspasm.storage.exporters.formats import export_recording
from emgspasm.storage.montage import Assignment, Montage
from emgspasm.storage.opening import open_recording
from emgspasm.stream import SKIP, Annotation
from support.bdf import patch

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "edf_bdf_edge_cases"


def edf_signal(label: str, rate: float, seconds: int = 4, **more) -> edfio.EdfSignal:
    data = np.random.default_rng(len(label)).normal(0, 50, int(rate * seconds))
    options = {"physical_dimension": "uV", "physical_range": (-400, 400)} | more
    return edfio.EdfSignal(data, rate, label=label, **options)


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


@pytest.mark.parametrize(
    ("physical", "full_scale"),
    [
        ((-400, 400), 400),
        ((-3276.8, 3276.7), 3276.8),  # of 16 bits
        ((-197, 196), 197),  # of whole microvolts
        ((8711, -8711), 8711),  # inverted
        ((-812.4, 934.1), np.inf),
        ((3695, 4096), np.inf),
    ],
)
def test_a_range_fitted_to_samples_is_no_full_scale(physical, full_scale):
    signal = Signal("OOC_L", "", "uV", *physical, -32768, 32767, "", 1)
    assert read_channel(signal).full_scale == full_scale


def test_where_one_range_was_fitted_to_samples_all_were(tmp_path):
    ranges = {"OOC_L": (-201, 200), "OOC_R": (-230, 190)}
    signals = [edf_signal(name, 250, physical_range=limits) for name, limits in ranges.items()]
    edfio.Edf(signals).write(tmp_path / "x.edf")
    assert [c.full_scale for c in open_edf(tmp_path / "x.edf").info.channels] == [np.inf, np.inf]


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("mV", 1e3),
        ("V", 1e6),
        ("nV", 1e-3),
        ("uV", 1),
        ("mv", 1e3),
        ("UV", 1),
        ("uv", 1),
        ("Volt", 1e6),
        ("uVolt", 1),
        ("microV", 1),
    ],
)
def test_emg_is_read_in_microvolts(tmp_path, unit, factor):
    signal = edf_signal("OOC_L", 250, physical_dimension=unit)
    edfio.Edf([signal]).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.channels[0].unit == "uV"
    assert recording.info.channels[0].full_scale == pytest.approx(400 * factor)
    np.testing.assert_allclose(recording.read()[:, 0], signal.data * factor)


@pytest.mark.parametrize("coding", ["latin-1", "utf-8", "shift_jis"])
def test_a_sign_of_micro_is_read_in_each_coding(tmp_path, coding):
    edfio.Edf([edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    content = (tmp_path / "x.edf").read_bytes()
    unit = ("μV" if coding == "shift_jis" else "µV").encode(coding)
    (tmp_path / "x.edf").write_bytes(content.replace(b"uV".ljust(8), unit.ljust(8), 1))
    assert open_edf(tmp_path / "x.edf").info.channels[0].unit == "uV"


def test_only_electrodes_are_rescaled(tmp_path):
    signals = [edf_signal("OOC_L", 250), edf_signal("ECG", 250)]
    signals += [edf_signal("Temp rectal", 250, physical_dimension="degC")]
    edfio.Edf(signals).write(tmp_path / "x.edf")
    (chunk,) = open_recording(tmp_path / "x.edf", rescale=2.0)
    expected = np.stack([s.data for s in signals], axis=1) * [2, 2, 1]
    np.testing.assert_allclose(chunk.samples, expected)


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


@pytest.mark.parametrize("transducer", ["EMG surface electrode", "EMG cup left", "AgAgCl"])
def test_an_electrode_named_as_transducer_is_no_muscle(transducer):
    signal = Signal("EMG ZYG_L", transducer, "uV", -400, 400, -32768, 32767, "", 1)
    channel = read_channel(signal)
    assert (channel.kind, channel.muscle, channel.side) == ("EMG", "ZYG", "left")


def test_a_plain_edf_whose_date_was_left_out_has_no_start(tmp_path):
    edfio.Edf([edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    assert (tmp_path / "x.edf").read_bytes()[88:184].split()[:2] == [b"Startdate", b"X"]
    assert open_edf(tmp_path / "x.edf").start is None


def test_the_start_is_exact_below_a_second(tmp_path):
    start = datetime.fromisoformat("2024-05-06T07:08:09.250")
    edf = edfio.Edf([edf_signal("OOC_L", 250)], annotations=[edfio.EdfAnnotation(1, None, "x")],
                    recording=edfio.Recording(startdate=start.date()),
                    starttime=start.time())  # fmt: skip
    edf.write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.start == start
    assert recording.annotations == (Annotation(1.0, 0.0, "x"),)


@pytest.mark.parametrize("year", [1884, 1921, 1984, 1985, 2084])
def test_the_century_is_that_of_the_whole_date_in_the_header(tmp_path, year):
    edf = edfio.Edf([edf_signal("OOC_L", 250)], starttime=time(7, 8, 9))
    edf.write(tmp_path / "x.edf")
    header = bytearray((tmp_path / "x.edf").read_bytes())
    header[88:168] = f"Startdate 29-MAR-{year} X X X".ljust(80).encode()
    header[168:176] = f"29.03.{year % 100:02d}".encode()
    (tmp_path / "x.edf").write_bytes(header)
    assert open_edf(tmp_path / "x.edf").start == datetime(year, 3, 29, 7, 8, 9)  # noqa: DTZ001


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


def annotated(path: Path, records: list[tuple[bytes, ...]]) -> None:
    """Write an EDF+C of records of a second, with these bytes in its annotation signals."""
    ranges = (-32_767.0, 32_767.0) * 2
    signals = (
        Signal("OOC_L", "", "uV", *ranges, "", 100),
        *(Signal("EDF Annotations", "", "", *ranges, "", 20) for _ in records[0]),
    )
    header = Header(
        2, "X X X X", "Startdate X X X X", "01.01.85", "00.00.00", "EDF+C", len(records),
        Fraction(1), signals,
    )  # fmt: skip
    rows = [bytes(200) + b"".join(raw.ljust(40, b"\0") for raw in record) for record in records]
    path.write_bytes(encode_header(header) + b"".join(rows))


def test_an_annotation_alone_in_a_second_signal_is_read(tmp_path):
    times = [f"+{record}\x14\x14\0".encode() for record in range(4)]
    marks = [b"", b"+1.25\x14alone\x14\0", b"+2.5\x14x\x14\0+2.75\x14y\x14\0", b""]
    annotated(tmp_path / "x.edf", list(zip(times, marks, strict=True)))
    read = [(mark.onset, mark.text) for mark in open_edf(tmp_path / "x.edf").annotations]
    assert read == [(1.25, "alone"), (2.5, "x"), (2.75, "y")]


@pytest.mark.parametrize("first", [b"", b"+0.75\x14first\x14\0"])
def test_annotations_of_a_file_that_keeps_no_times_are_read_at_their_own(tmp_path, first):
    annotated(tmp_path / "x.edf", [(first,), (b"+1.25\x14alone\x14\0",), (b"",)])
    read = [(mark.onset, mark.text) for mark in open_edf(tmp_path / "x.edf").annotations]
    assert read == [(0.75, "first")] * bool(first) + [(1.25, "alone")]


def test_a_file_that_calls_itself_continuous_and_is_not_says_so(tmp_path):
    annotated(tmp_path / "x.edf", [(f"+{t}\x14\x14\0".encode(),) for t in (0, 1.002, 2, 9, 10)])
    recording = open_edf(tmp_path / "x.edf")
    assert recording.n_samples == 500
    assert recording.findings[-1].startswith("1 record begins at other times")


def test_an_annotation_whose_times_have_all_digits_of_a_float_is_read(tmp_path):
    path = tmp_path / "x.edf"
    mark = edfio.EdfAnnotation(1.1 - 1.09, 1.02 - 1, "cough")  # 0.010000000000000009 s
    edfio.Edf([edf_signal("OOC_L", 250)], annotations=[mark]).write(path)
    recording = open_edf(path)
    assert recording.annotations == (Annotation(mark.onset, mark.duration, "cough"),)
    assert not any("damaged" in finding for finding in recording.findings)


def test_a_text_beside_the_time_of_a_record_is_read(tmp_path):
    annotated(tmp_path / "x.edf", [(b"+0\x14\x14\0",), (b"+1\x14\x14beside\x14\0",)])
    assert open_edf(tmp_path / "x.edf").annotations == (Annotation(1.0, 0.0, "beside"),)


@pytest.mark.parametrize("bad", ["+0.2", "+99999999999", "-1"])
def test_a_record_with_an_impossible_time_follows_the_one_before(tmp_path, bad):
    discontinuous(tmp_path / "x.bdf", ["+0", "+0.5", bad, "+1.5"])
    recording = open_edf(tmp_path / "x.bdf")
    assert "1 record has an impossible time and" in " ".join(recording.findings)
    assert [(c.start, c.stop) for c in recording] == [(0, 400)]


def test_a_record_of_a_discontinuous_file_that_lost_its_time_is_missing_samples(tmp_path):
    discontinuous(tmp_path / "x.bdf", ["+0", "+0.5", "+2", "garbage", "+3"])
    recording = open_edf(tmp_path / "x.bdf")
    assert [(c.start, c.stop) for c in recording] == [(0, 200), (400, 500), (600, 700)]
    assert any("record 4 has lost its time" in finding for finding in recording.findings)


@pytest.mark.parametrize("limit", ["1e300", "1e-99"])
def test_a_physical_range_no_recorder_can_have_gives_no_unit(tmp_path, limit):
    edfio.Edf([edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    patch(tmp_path / "x.edf", 256 + 104, f"{'-' + limit:8}{limit}", 16)
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.channels[0].unit == "count"
    assert "gives no unit; read as counts" in " ".join(recording.findings)


@pytest.mark.parametrize("limits", ["0       1e-295", "0       0.5", "9       9", "9       0"])
def test_a_digital_range_without_a_whole_count_gives_no_unit(tmp_path, limits):
    edfio.Edf([edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    patch(tmp_path / "x.edf", 256 + 120, limits, 16)
    assert open_edf(tmp_path / "x.edf").info.channels[0].unit == "count"


@pytest.mark.parametrize("said", ["1e9", "1e-9", "-1"])
def test_a_record_of_no_possible_length_lasts_a_second(tmp_path, said):
    edfio.Edf([edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    patch(tmp_path / "x.edf", 244, said, 8)
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.sampling_frequency == 250
    told = f"record duration {said!r} s in the header is not from 1e-6 to 1e6; taken as 1 s"
    assert told in recording.findings


def test_emg_that_is_slower_than_other_emg_is_said(tmp_path):
    edfio.Edf([edf_signal("OOC_L", 1000), edf_signal("OOC_R", 250)]).write(tmp_path / "x.edf")
    findings = open_edf(tmp_path / "x.edf").findings
    assert any(finding.startswith("EMG of OOC_R was recorded at 250 Hz") for finding in findings)


def test_copies_and_montages_keep_what_rate_slower_emg_was_recorded_at(tmp_path):
    edfio.Edf([edf_signal("left", 1000), edf_signal("right", 250)]).write(tmp_path / "x.edf")
    montage = Montage((Assignment("left", "OOC_L"), Assignment("right", "OOC_R")))
    original = open_recording(tmp_path / "x.edf", montage=montage)
    import_recording(original, tmp_path / "x.bdf")
    copy = open_edf(tmp_path / "x.bdf")
    for info in (original.info, copy.info):
        assert [channel.own_frequency for channel in info.channels] == [np.inf, 250.0]
        assert (info.sampling_frequency, info.emg_frequency) == (1000.0, 250.0)
    assert any(said.startswith("EMG of OOC_R was recorded at 250 Hz") for said in copy.findings)


def test_duplicate_labels_are_numbered_and_no_muscle_until_a_montage_names_them(tmp_path):
    edfio.Edf([edf_signal("EMG OOC_L", 250), edf_signal("OOC_L", 250)]).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    assert recording.info.names == ("OOC_L (1)", "OOC_L (2)")
    assert [channel.muscle for channel in recording.info.channels] == [None, None]
    assert "['OOC_L'] occur more than once" in recording.findings[0]
    montage = Montage((Assignment(1, "OOC_L"), Assignment(2, "OOC_R")))
    named = open_recording(tmp_path / "x.edf", montage=montage)
    assert named.info.names == ("OOC_L", "OOC_R")


@pytest.mark.parametrize(
    ("unit", "limit", "stored", "factor"), [("S", 5e-5, "uS", 1e6), ("Pa", 99_999_999, "MPa", 1e-6)]
)
def test_a_channel_whose_range_fits_no_header_is_stored_in_another_prefix(
    tmp_path, unit, limit, stored, factor
):
    path = tmp_path / "x.edf"
    other = edf_signal("GSR", 250, physical_dimension=unit)
    edfio.Edf([edf_signal("OOC_L", 250), other]).write(path)
    patch(path, 256 + 2 * (16 + 80 + 8) + 8, f"{-limit:.7f}".replace("0.", ".")[:8], 8)
    patch(path, 256 + 2 * (16 + 80 + 8 + 8) + 8, f"{limit:.7f}".replace("0.", ".")[:8], 8)
    before = open_recording(path)
    import_recording(before, tmp_path / "x.bdf")
    after = open_edf(tmp_path / "x.bdf")
    assert after.info.channels[1].unit == stored
    step = after.info.channels[1].full_scale / 2**23
    (chunk,) = before
    np.testing.assert_allclose(after.read()[:, 1], chunk.samples[:, 1] * factor, rtol=0, atol=step)


@pytest.mark.parametrize("kind", ["bdf", "edf"])
def test_emg_of_a_converter_of_ten_volts_is_copied(tmp_path, kind):
    path = tmp_path / "x.edf"
    samples = np.array([0.5, -2.0, 9.0, 10.0] * 250)
    volts = edfio.EdfSignal(
        samples, 250, label="OOC_L", physical_dimension="V", physical_range=(-10, 10)
    )
    edfio.Edf([volts]).write(path)
    before, copy = open_recording(path), tmp_path / f"copy.{kind}"
    if kind == "bdf":
        import_recording(before, copy)
    else:
        export_recording(before, kind, copy)
    after = open_edf(copy)
    assert after.info.channels[0].full_scale == 9_999_999
    np.testing.assert_allclose(after.read()[:, 0], samples * 1e6, atol=320)  # half a step, twice
    assert after.read().max() == 9_999_999  # at the rail still


def test_annotations_alone_are_refused(tmp_path):
    edf = edfio.Edf([edf_signal("x", 1)], annotations=[edfio.EdfAnnotation(0, None, "x")])
    edf.write(tmp_path / "x.edf")
    patch(tmp_path / "x.edf", 256, "EDF Annotations", 16)
    with pytest.raises(RecordingError, match="none of its 2 signals holds samples"):
        open_edf(tmp_path / "x.edf")


def test_a_very_long_record_is_read_in_parts(tmp_path):
    signal = edf_signal("OOC_L", 1000, seconds=100)
    slow = edf_signal("ACC_X", 100, seconds=100, physical_dimension="g")
    edfio.Edf([signal, slow], data_record_duration=100).write(tmp_path / "x.edf")
    recording = open_edf(tmp_path / "x.edf")
    expected = np.stack([signal.data, np.repeat(slow.data, 10)], axis=1)
    np.testing.assert_allclose(recording.read(), expected, atol=1e-9)
    np.testing.assert_allclose(recording.read(12_345, 54_321), expected[12_345:54_321], atol=1e-9)
    assert max(len(chunk.samples) for chunk in recording) <= 8192


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
        data = by_label[label].data
        held = np.repeat(data, len(samples) // len(data))
        np.testing.assert_allclose(samples[:, column], held, rtol=1e-9, atol=1e-9)
    assert len(recording.annotations) == len(edf.annotations)
