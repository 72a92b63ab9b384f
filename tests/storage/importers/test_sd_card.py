"""SD card files of the Cyton, as they are and as the GUI converted them."""

import numpy as np
import pytest

from emgspasm.errors import ConfigError, RecordingError
from emgspasm.storage.opening import open_recording
from support.text_files import RNG, exg, gaps_of, samples_of


def sd_line(row, counts, aux=None):
    fields = [f"{row % 256:02X}", *(f"{int(count) & 0xFFFFFF:06X}" for count in counts)]
    return ",".join(fields + [f"{int(value) & 0xFFFF:04X}" for value in aux or ()])


def sd_file(counts, *, stamps=("%STOP AT", "%START AT"), pause=None, footer=True):
    lines = [stamps[0], f"{1000:08X}"]
    for row, sample in enumerate(counts):
        if pause is not None and row == pause[0]:
            ended = 1000 + 4 * row
            lines += [stamps[1], f"{ended:08X}", stamps[0], f"{ended + pause[1]:08X}"]
        number = row if pause is None or row < pause[0] else row - pause[0]
        lines.append(sd_line(number, sample, (100, -200, 8000) if row % 10 == 0 else None))
    lines += [stamps[1], f"{1000 + 4 * len(counts):08X}"]
    lines += (
        ["", "%Total time mS:", f"{4 * len(counts):08X}", "%min Write time uS:"] if footer else []
    )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("stamps", [("%STOP AT", "%START AT"), ("%START AT", "%STOP AT")])
@pytest.mark.parametrize("n_channels", [8, 16])
def test_sd_card_counts_are_scaled_by_the_gain_given(written, n_channels, stamps):
    counts = RNG.integers(-(2**23), 2**23, (700, n_channels))
    recording = open_recording(written(sd_file(counts, stamps=stamps)), gain=12)
    expected = counts * (4.5e6 / 12 / (2**23 - 1))
    assert recording.info.sampling_frequency == 250
    assert np.allclose(samples_of(recording)[:, :n_channels], expected, rtol=1e-12)
    assert recording.info.channels[0].full_scale == 375_000


def test_sd_card_acceleration_holds_between_its_rows(written):
    counts = np.zeros((20, 8), dtype=int)
    lines = sd_file(counts).splitlines(keepends=True)
    lines[12] = sd_line(10, counts[10], (300, -200, 8000)) + "\n"
    acceleration = samples_of(open_recording(written("".join(lines)), gain=24))[:, 8]
    assert np.allclose(acceleration, np.repeat([100, 300], 10) * 0.002 / 16)


def test_sd_card_without_a_gain_asks_for_it(written):
    path = written(sd_file(np.zeros((5, 8), dtype=int)))
    with pytest.raises(ConfigError, match=r"no gain is given; give .*--gain 24"):
        open_recording(path)
    with pytest.raises(ConfigError, match="gain is 7"):
        open_recording(path, gain=7)


def test_a_pause_of_the_sd_card_is_a_gap_of_its_stamped_length(written):
    counts = RNG.integers(-999, 999, (600, 8))
    recording = open_recording(written(sd_file(counts, pause=(333, 2000))), gain=24)
    assert [(chunk.start, len(chunk.samples)) for chunk in recording] == [(0, 333), (833, 267)]
    assert any("paused 1 time, 500 samples" in finding for finding in recording.findings)


def test_samples_lost_before_and_after_a_pause_of_the_sd_card_are_gaps_of_their_own(written):
    lines = sd_file(np.zeros((600, 8), dtype=int), pause=(333, 2000)).splitlines(keepends=True)
    del lines[2 + 4 + 500 : 2 + 4 + 502], lines[2 + 100 : 2 + 103]  # stamps stand among the rows
    recording = open_recording(written("".join(lines)), gain=24)
    assert gaps_of(recording) == [(100, 3), (333, 500), (1000, 2)]


def test_the_old_bytes_after_a_cut_sd_recording_are_left(written):
    counts = RNG.integers(-999, 999, (600, 8))
    text = sd_file(counts, footer=False)[:30_000]
    old = "3C,00FFEE," * 200 + "\n" + sd_line(3, counts[0]) + "\n"
    recording = open_recording(written(text + old), gain=24)
    n_whole = text.count("\n") - 2
    assert recording.n_samples == n_whole
    assert np.allclose(samples_of(recording)[:, :8], counts[:n_whole] * (187_500 / (2**23 - 1)))
    assert any("bytes left unread" in finding for finding in recording.findings)


@pytest.mark.parametrize("n_aux", [0, 1, 2, 3])
@pytest.mark.parametrize("every", [1, 1000])
def test_sd_card_lines_may_all_be_of_one_length(written, n_aux, every):
    counts = RNG.integers(-999, 999, (300, 8))
    aux = (100, -200, 300)[:n_aux]
    lines = [sd_line(i, row, None if i % every else aux) for i, row in enumerate(counts)]
    recording = open_recording(written("\n".join(lines) + "\n"), gain=24)
    assert np.allclose(samples_of(recording)[:, :8], counts * (187_500 / (2**23 - 1)))


@pytest.mark.parametrize("fill", [b"\xff", b"\0"])
def test_the_preallocated_tail_of_a_cut_sd_recording_is_left(written, fill):
    counts = RNG.integers(-999, 999, (600, 8))
    text = sd_file(counts, footer=False)[:30_000]
    recording = open_recording(written(text.encode() + fill * 200_000), gain=24)
    assert recording.n_samples == text.count("\n") - 2
    unread = 200_000 + len(text) - text.rindex("\n") - 1
    assert any(f"{unread} bytes" in finding for finding in recording.findings)


def test_a_block_of_an_sd_recording_may_hold_only_its_footer(written):
    counts = RNG.integers(-999, 999, (600, 8))
    footer = ("%" + "x" * 60_000 + "\n") * 100  # longer than a block
    recording = open_recording(written(sd_file(counts, footer=False) + footer), gain=24)
    assert recording.n_samples == 600


@pytest.mark.parametrize("n_channels", [8, 16])
@pytest.mark.parametrize(
    "header", ["%OBCI Data Log - 2014-10-22_16-27-06\n", "%OBCI SD Convert - x\n%\n%Rate\n68651\n"]
)
def test_a_converted_sd_card_file_has_its_counter_and_acceleration(written, n_channels, header):
    values = exg(600, n_channels)
    lines = [
        f"{row % 256}.0," + ",".join(map(str, sample)) + ",0.1,-0.2,1.0" * (row % 10 == 0)
        for row, sample in enumerate(values)
    ]
    del lines[300:303]
    recording = open_recording(written(header + "\n".join(lines) + "\n143.0,-33.0996,0.0\n"))
    samples = samples_of(recording)
    values[300:303] = np.nan
    assert np.array_equal(samples[:, :n_channels], values, equal_nan=True)
    assert set(samples[~np.isnan(samples[:, 0]), n_channels + 1].tolist()) == {-0.2}
    assert gaps_of(recording) == [(300, 3)]
    assert recording.info.sampling_frequency == 250
    assert any("takes the gain for 24" in finding for finding in recording.findings)


def test_a_conversion_without_rows_names_the_file_it_was_made_from(written):
    with pytest.raises(RecordingError, match=r"OBCI_XX\.TXT"):
        open_recording(written("%OBCI SD Convert - 2019-03-04\n%\n68651\n"))
