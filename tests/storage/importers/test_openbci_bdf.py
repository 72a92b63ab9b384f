"""BDF files of OpenBCI's GUI: amplitudes that read 44.7 times too small."""

import numpy as np
import pytest

from emgspasm.storage.edf.header import parse_header
from emgspasm.storage.importers.openbci_bdf import RESCALE, is_openbci_bdf
from emgspasm.storage.opening import open_recording
from support.text_files import samples_of

FS, N_CHANNELS, N_RECORDS = 250, 8, 3


def padded(words, width):
    return b"".join(str(word).encode().ljust(width) for word in words)


def gui_bdf(microvolts):
    """As DataWriterBDF of OpenBCI's GUI 5 and 6 writes it: whole uV under a header of counts."""
    n_signals = N_CHANNELS + 4
    header = b"\xffBIOSEMI" + padded(["X X X X", "X X X X X"], 80)
    header += b"14.11.2322.13.20" + padded([256 * (n_signals + 1)], 8) + padded(["24BIT"], 44)
    header += padded([N_RECORDS, 1], 8) + padded([n_signals], 4)
    labels = [f"EEG {i}" for i in range(1, 9)] + ["Accel X", "Accel Y", "Accel Z"]
    header += padded([*labels, "BDF Annotations"], 16)
    header += padded(["AgAgCl electrode"] * 8 + ["MEMS"] * 3 + [""], 80)
    header += padded(["uV"] * 8 + ["g"] * 3 + [""], 8)
    header += padded([-187500] * 8 + [-4] * 3 + [-187500], 8)
    header += padded([187500] * 8 + [4] * 3 + [187500], 8)
    header += padded([-8388608] * 8 + [-2048] * 3 + [-8388608], 8)
    header += padded([8388607] * 8 + [2047] * 3 + [8388607], 8)
    header += (
        padded([""] * n_signals, 80) + padded([FS] * 11 + [20], 8) + padded([""] * n_signals, 32)
    )
    body = b""
    for record in range(N_RECORDS):
        rows = microvolts[record * FS : (record + 1) * FS].astype("<i4")
        body += rows.T.copy().view(np.uint8).reshape(-1, 4)[:, :3].tobytes() + bytes(3 * FS * 3)
        body += f"+{record}\x14\x14".encode().ljust(60, b"\0")
    return header + body


@pytest.fixture
def gui_file(tmp_path):
    microvolts = np.random.default_rng(5).integers(-5000, 5000, (FS * N_RECORDS, N_CHANNELS))
    path = tmp_path / "OpenBCI-BDF.bdf"
    path.write_bytes(gui_bdf(microvolts))
    return path, microvolts


def test_the_amplitudes_are_left_alone_and_the_factor_is_offered(gui_file):
    path, microvolts = gui_file
    recording = open_recording(path)
    assert np.allclose(samples_of(recording)[:, :8] * RESCALE, microvolts, atol=0.6)
    assert any("import --rescale 44.7392" in finding for finding in recording.findings)


def test_the_amplitudes_are_mended_when_told(gui_file):
    path, microvolts = gui_file
    recording = open_recording(path, rescale=RESCALE)
    samples = samples_of(recording)
    assert np.allclose(samples[:, :8], microvolts, atol=0.6)
    assert np.abs(samples[:, 8:]).max() < 4
    assert recording.info.channels[0].full_scale == pytest.approx(187_500 * RESCALE)
    assert any("as told" in finding for finding in recording.findings)


@pytest.mark.parametrize(("place", "word"), [(8, b"P001"), (192, b"BDF+C"), (256, b"EMG 1")])
def test_other_bdf_files_are_not_suspected(gui_file, place, word):
    head = bytearray(gui_file[0].read_bytes())
    assert is_openbci_bdf(parse_header(bytes(head), "x"))
    head[place : place + len(word)] = word
    assert not is_openbci_bdf(parse_header(bytes(head), "x"))
