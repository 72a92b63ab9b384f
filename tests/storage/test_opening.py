"""One door to every recording, and what it refuses."""

import gzip
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.edf.reader import open_edf
from emgspasm.storage.importers.rows import HEAD_BYTES
from emgspasm.storage.importers.sd_card import sd_card_board
from emgspasm.storage.montage import Assignment, Montage
from emgspasm.storage.opening import open_recording
from emgspasm.storage.stored import StoredRecording
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo
from support.bdf import TEMPORARY
from support.text_files import samples_of

RNG = np.random.default_rng(11)
MONTAGE = Montage((Assignment(2, "OOC_R", unit="mV"), Assignment(1, "OOC_L", unit="mV")))


def table(n_rows=200, n_columns=2):
    values = RNG.normal(0, 2, (n_rows, n_columns)).round(4)
    return "\n".join(",".join(map(str, row)) for row in values) + "\n", values


@pytest.fixture
def csv(tmp_path):
    text, values = table()
    path = tmp_path / "no_suffix_tells_it"
    path.write_text(text)
    return path, values


def test_a_montage_orders_labels_and_turns_voltages_into_microvolts(csv):
    path, values = csv
    recording = open_recording(path, montage=MONTAGE, sampling_frequency=500)
    assert isinstance(recording, StoredRecording)
    assert recording.info.names == ("OOC_R", "OOC_L")
    assert {channel.unit for channel in recording.info.channels} == {"uV"}
    assert np.allclose(samples_of(recording), values[:, ::-1] * 1000)


def test_a_recording_can_be_read_again_and_stopped(csv):
    csv[0].write_text(csv[0].read_text() + "torn\n1,2\n")
    with open_recording(csv[0], sampling_frequency=500) as recording:
        assert np.array_equal(samples_of(recording), samples_of(recording), equal_nan=True)
        seen = []
        for chunk in recording:
            seen.append(chunk.start)
            recording.stop()
        assert seen == [0]
        assert len(list(recording)) > 1


def test_annotations_follow_their_channels_through_a_montage(tmp_path):
    info = StreamInfo(100, (Channel("a", full_scale=100), Channel("b", full_scale=100)))
    with BdfWriter(tmp_path / "a.bdf", info) as writer:
        writer.annotate(Annotation(0.1, 0.0, "cue", ("b",)))
        writer.annotate(Annotation(0.2, 0.0, "other", ("a",)))
        writer.write(Chunk(0, np.zeros((100, 2))))
    montage = Montage((Assignment("b", "OOC_L"),), ignore=("a",))
    (mark,) = open_recording(tmp_path / "a.bdf", montage=montage).annotations
    assert (mark.text, mark.channels) == ("cue", ("OOC_L",))


def test_an_import_keeps_samples_gaps_annotations_and_other_channels(tmp_path):
    truth = np.delete(np.arange(1000), np.arange(300, 350))
    values = RNG.normal(0, 500, (950, 8)).round(2)
    rows = [
        f"{n % 256}, "
        + ", ".join(map(str, row))
        + f", {n % 7 / 10}, 0.2, 0.3, {1.7e9 + n / 250:.4f}"
        f", {4 if n == 500 else 0}, x"
        for n, row in zip(truth, values, strict=True)
    ]
    names = [f"EXG Channel {i}" for i in range(8)] + [f"Accel Channel {i}" for i in range(3)]
    head = "%OpenBCI Raw EXG Data\n%Number of channels = 8\n%Sample Rate = 250 Hz\n"
    head += "%Board = x$BoardCyton\n"
    head += ", ".join(["Sample Index", *names, "Timestamp", "Marker Channel", "T"]) + "\n"
    source = tmp_path / "gui.txt"
    source.write_text(head + "\n".join(rows) + "\n")
    findings = import_recording(open_recording(source), tmp_path / "out.bdf")
    stored = open_recording(tmp_path / "out.bdf")
    samples = samples_of(stored)
    assert stored.n_samples == 1000
    assert np.isnan(samples[300:350]).all()
    assert np.allclose(samples[truth, :8], values, atol=0.012)
    assert stored.info.channels[8].kind == "ACCEL"
    marks = {(mark.onset, mark.text) for mark in stored.annotations}
    assert marks == {(1.2, "BAD_ACQ_SKIP"), (2.0, "4")}
    assert any("50 samples lost" in finding for finding in findings)
    assert {path.name for path in tmp_path.iterdir()} == {"gui.txt", "out.bdf"}


def test_where_full_scale_is_unknown_it_is_twice_the_largest_magnitude(csv, tmp_path):
    recording = open_recording(csv[0], sampling_frequency=500)
    findings = import_recording(recording, tmp_path / "out.bdf")
    assert "nothing in it is called clipped" in findings[-1]
    scales = [c.full_scale for c in open_recording(tmp_path / "out.bdf").info.channels]
    assert np.allclose(scales, 2 * np.abs(csv[1]).max(axis=0), rtol=1e-3)


def test_a_table_in_volts_without_a_unit_keeps_its_fine_steps(tmp_path):
    values = RNG.normal(0, 1e-6, (200, 2))
    np.savetxt(tmp_path / "volts.csv", values, delimiter=",")
    recording = open_recording(tmp_path / "volts.csv", sampling_frequency=500)
    import_recording(recording, tmp_path / "out.bdf")
    stored = samples_of(open_recording(tmp_path / "out.bdf"))
    np.testing.assert_allclose(stored, values, rtol=0, atol=1e-9)


def test_an_import_never_overwrites_unasked(csv, tmp_path):
    out = tmp_path / "out.bdf"
    out.write_bytes(b"precious")
    recording = open_recording(csv[0], sampling_frequency=500)
    with pytest.raises(ConfigError, match="nothing is overwritten unasked"):
        import_recording(recording, out)
    assert out.read_bytes() == b"precious"
    import_recording(recording, out, overwrite=True)
    assert open_recording(out).n_samples >= 200


def test_what_bdf_cannot_hold_is_refused_and_nothing_is_left(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a label far too long for a BDF,b\n1,2\n3,4\n")
    recording = open_recording(path, sampling_frequency=500)
    with pytest.raises(RecordingError, match="BDF\\+ cannot hold this recording"):
        import_recording(recording, tmp_path / "out.bdf")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["long.csv"]


FULL = """
import resource, sys
from emgspasm.errors import RecordingError
from emgspasm.storage.conversion import import_recording
from emgspasm.storage.opening import open_recording

recording = open_recording(sys.argv[1], sampling_frequency=500)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000,) * 2)
try:
    import_recording(recording, sys.argv[2])
except RecordingError as error:
    print(error)
"""


def test_a_full_disk_is_told_of_the_file_and_no_part_of_it_claimed_to_be_kept(tmp_path):
    (tmp_path / "long.csv").write_text(table(5000)[0])
    out = tmp_path / "out.bdf"
    command = [sys.executable, "-c", FULL, tmp_path / "long.csv", out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out} cannot be written (File too large). Check the folder")
    assert [path.name for path in tmp_path.iterdir()] == ["long.csv"]


def test_a_place_that_is_no_folder_is_refused(csv, tmp_path):
    recording = open_recording(csv[0], sampling_frequency=500)
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match=r"file/out\.bdf cannot be written"):
        import_recording(recording, tmp_path / "file" / "out.bdf")


def test_an_endless_line_is_left_unread_and_measured(tmp_path):
    path = tmp_path / "endless.csv"
    path.write_bytes(b"1,2,3\n" + ENDLESS)
    recording = open_recording(path, sampling_frequency=250)
    assert recording.n_samples == 1
    assert any("2400000 bytes" in finding for finding in recording.findings)


ENDLESS = b"1,2,3," * 400_000
BAD = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \r\n\n \t", "the file is empty"),
    "random": (bytes(RNG.integers(0, 256, 10_000_000, dtype=np.uint8)), "no format fits"),
    "endless": (ENDLESS, ""),
    "prose": (b"Dear colleague,\nplease find attached\n", "no format fits"),
    "unicode": ("é 測試 \u202e\n".encode() * 99 + b"\xff\xfe", "no format fits"),
    "utf-16": ("1,2\n3,4\n".encode("utf-16"), "text in UTF-16 (understood is UTF-8)"),
    "gzip": (gzip.compress(b"1,2\n"), "packed with gzip; unpack it first"),
    "xlsx": (b"PK\x03\x04rest", "packed with zip"),
    "header alone": (b"%OpenBCI Raw EXG Data\n%Sample Rate = 250 Hz\n", "no row follows it"),
    "absurd rate": (b"%OpenBCI Raw EXG Data\n%Sample Rate = 0 Hz\n0,1,2,3,4,5\n", "is 0.0"),
    "no channel": (b"%OpenBCI Raw EXG Data\n%Sample Rate = 250 Hz\n0\n1\n", "hold no channel"),
    "all nan": (b"a,b\n" + b"nan,nan\n" * 50, "are empty in all 50 rows"),
    "bdf header cut": (b"\xffBIOSEMI" + b" " * 90, ""),
    "xdf magic alone": (b"XDF:", "no stream"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_bad_files_are_refused_with_what_they_are(tmp_path, content, message):
    path = tmp_path / "bad"
    path.write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        open_recording(path, sampling_frequency=250)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(RecordingError, match="No such file"):
        open_recording(tmp_path / "none.txt")
    with pytest.raises(RecordingError, match="Is a directory"):
        open_recording(tmp_path)


@pytest.mark.parametrize("opened", [open_recording, open_edf])
def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path, opened):
    os.mkfifo(tmp_path / "x.bdf")
    with pytest.raises(RecordingError, match="a pipe or a device, not a file"):
        opened(tmp_path / "x.bdf")


@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf")])
def test_numbers_that_are_not_positive_are_misuse(csv, number):
    with pytest.raises(ValueError, match="must be positive and finite"):
        open_recording(csv[0], sampling_frequency=number)


def test_a_gain_is_refused_where_there_are_no_counts_to_scale(csv):
    with pytest.raises(ConfigError, match=r"gain of 24 has nothing to scale .* Leave it out"):
        open_recording(csv[0], sampling_frequency=250, gain=24)


def read_whole(path):
    """Open and read; only the refusals of the project may come out."""
    try:
        gain = 24 if sd_card_board(path.read_bytes()[:HEAD_BYTES]) else None
        recording = open_recording(path, sampling_frequency=250, gain=gain)
        n_rows = sum(len(chunk.samples) for chunk in recording)
    except (RecordingError, ConfigError):
        return
    assert 0 < n_rows <= recording.n_samples < 10_000_000
    assert all(len(finding) < 1000 for finding in recording.findings)


def seeds():
    """A small valid file of every format."""
    gui = "%OpenBCI Raw EEG Data\n%Number of channels = 4\n%Sample Rate = 200.0 Hz\n"
    rows = range(30)
    gui4 = gui + "".join(
        f"{i}, 1.5, -2.5, {i}.0, 4.0, 0.0, 0.1, 0.2, 11:02:46.{i:03d}\n" for i in rows
    )
    names = "Sample Index, EXG Channel 0, Accel Channel 0, Timestamp, Marker Channel, T\n"
    gui6 = gui.replace("EEG", "EXG") + "%Board = x$BoardCyton\n" + names
    gui6 += "".join(f"{i}, 1.5, 0.1, {1.7e9 + i / 200}, {i % 9}, x\n" for i in rows)
    sd = "%STOP AT\n00001000\n" + "".join(
        f"{i:02X}" + ",00A0F0,FFFFFE" * 4 + (",0001,0002,FFFF" if i % 5 == 0 else "") + "\n"
        for i in rows
    )
    brainflow = "".join(
        "\t".join(f"{1.7e9 if j == 13 else i + j:.6f}" for j in range(15)) + "\n" for i in rows
    )
    words = "WORD;a;b\n" + "".join(f"w{i // 10};{i},5;{-i}\n" for i in rows)
    timed = "time,a,b\n" + "".join(f"{i / 250},{i}.5,{-i}\n" for i in rows)
    clocks = "when,a,b\n" + "".join(f"12:00:00.{4 * i:03d},{i}.5,{-i}\n" for i in rows)
    bare = gui4.removeprefix(gui)
    begun = "1544027337,1544027337\n250,250\n" + "".join(f"{i}.5,{-i}\n" for i in rows)
    texts = (gui4, gui6, sd, brainflow, words, timed, clocks, bare, begun)
    return [text.encode() for text in texts]


SEEDS = seeds()
FUZZ = settings(TEMPORARY, max_examples=150, deadline=2000)
PIECES = st.sampled_from(
    [
        b"",
        b",",
        b"\n",
        b"\0",
        b"nan",
        b"-1",
        b"1e300",
        b"inf",
        b"%",
        b"\xff",
        b'"',
        b"999999999999999",
    ]
)


@given(
    data=st.binary(max_size=2000),
    start=st.sampled_from([b"", b"%OpenBCI", b"XDF:", b"\xffBIOSEMI", b"0       "]),
)
@FUZZ
def test_random_bytes_never_crash_a_reader(tmp_path, data, start):
    path = tmp_path / "fuzz"
    path.write_bytes(start + data)
    read_whole(path)


@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(
        st.tuples(st.integers(0, 5000), st.integers(0, 12), PIECES), min_size=1, max_size=6
    ),
)
@FUZZ
def test_mutated_files_of_every_text_format_never_crash_a_reader(tmp_path, seed, edits):
    data = seed
    for place, length, piece in edits:
        place %= len(data) + 1
        data = data[:place] + piece + data[place + length :]
    path = tmp_path / "fuzz"
    path.write_bytes(data)
    read_whole(path)


@pytest.mark.parametrize("largest", [7_000_000, 8_371_541])
def test_counts_of_24_bits_fit_the_header_of_a_bdf(tmp_path, largest):
    table = tmp_path / "counts.csv"
    table.write_text("OOC_L,OOC_R\n" + f"{largest},-12345\n-{largest},7\n" * 100)
    import_recording(open_recording(table, sampling_frequency=250), tmp_path / "counts.bdf")
    (chunk,) = open_recording(tmp_path / "counts.bdf")
    assert np.allclose(chunk.samples[:2], [[largest, -12345], [-largest, 7]], atol=1)
