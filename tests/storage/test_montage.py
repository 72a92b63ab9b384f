"""Montages: strict files, clear errors, labels applied."""

import tomllib
from pathlib import Path

import pytest

from emgspasm.errors import ConfigError
from emgspasm.storage.montage import Assignment, Montage, load_montage
from emgspasm.stream import Channel, StreamInfo

CONFIGS = Path(__file__).parents[2] / "configs"
INFO = StreamInfo(
    250,
    (
        Channel("EXG Channel 0", full_scale=187_500),
        Channel("EXG Channel 1", full_scale=187_500),
        Channel("EXG Channel 2", full_scale=187_500),
        Channel("Accel Channel 0", kind="ACCEL", unit="g"),
    ),
)


def entry(source, label, rest=""):
    return f"[[channel]]\nsource = {source!r}\nlabel = {label!r}\n{rest}\n"


def test_a_mark_of_byte_order_is_no_part_of_a_montage(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + entry(1, "OOC_L").encode())
    assert [each.label for each in load_montage(path).channels] == ["OOC_L"]


def test_channels_are_found_by_number_and_by_name(written):
    path = written("ignore = [3]\n" + entry("EXG Channel 1", "OOC_R") + entry(1, "OOC_L"))
    columns, info = load_montage(path).apply(INFO)
    assert columns == (1, 0, 3)
    assert info.names == ("OOC_R", "OOC_L", "Accel Channel 0")
    assert info.channels[0] == Channel("OOC_R", "right", "OOC", full_scale=187_500)


def test_kind_and_unit_can_be_given(written):
    text = entry(1, "OOC_L", 'unit = "mV"') + entry(2, "chest", 'kind = "ECG"') + entry(3, "REF")
    _, info = load_montage(written(text)).apply(INFO)
    assert [channel.kind for channel in info.channels] == ["EMG", "ECG", "REF", "ACCEL"]
    assert [channel.unit for channel in info.channels] == ["mV", "uV", "uV", "g"]


def test_another_kind_than_emg_has_no_muscle(written):
    _, info = load_montage(written("ignore = [2, 3]\n" + entry(1, "OOC_L", 'kind = "MISC"'))).apply(
        INFO
    )
    assert (info.channels[0].muscle, info.channels[0].side) == (None, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (entry(1, "OOC_L", "gian = 3"), "unknown key 'gian'; the nearest is"),
        ("chanel = 3\n" + entry(1, "OOC_L"), "unknown key 'chanel'; the nearest is 'channel'"),
        (entry(1, "OOC_L") + entry(2, "OOC_L"), "label OOC_L twice"),
        (entry(1, "OOC_L") + entry(1, "OOC_R"), "source 1 twice"),
        ("ignore = [1]\n" + entry(1, "OOC_L"), "source 1 twice"),
        ("ignore = 3\n" + entry(1, "OOC_L"), "takes a list"),
        ("ignore = [true]\n" + entry(1, "OOC_L"), "takes a list"),
        ("", "a montage names at least one"),
        ("channel = 3", "must be written"),
        ("[[channel]]\nlabel = 'OOC_L'", "source=None"),
        ("[[channel]]\nsource = 1", "label=None of source 1"),
        (entry(1, "OOC_L", "kind = 'EGM'"), "kind='EGM' of OOC_L; it takes one of EMG, EOG"),
        (entry(1, "OOC_L", "unit = 3"), "unit=3 of OOC_L"),
        ("[[channel", "not valid TOML"),
        ("ignore = " + "[" * 5000 + "]" * 5000, "not valid TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_what_to_do(written, text, message):
    with pytest.raises(ConfigError) as caught:
        load_montage(written(text))
    assert message in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        load_montage(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ((1, 2, 5), r"no channel 5 in the recording; it has 1 'EXG Channel 0', 2 "),
        ((1, 2, 0), "no channel 0"),
        ((1, 2, "EXG 3"), "no channel 'EXG 3'"),
        ((1, 2), "says nothing of EXG Channel 2"),
        ((1, 2, "EXG Channel 0"), "channel EXG Channel 0 twice"),
    ],
)
def test_a_montage_that_does_not_fit_is_refused(sources, message):
    channels = tuple(Assignment(source, f"M{i:02d}") for i, source in enumerate(sources))
    with pytest.raises(ConfigError, match=message):
        Montage(channels).apply(INFO)


def test_a_label_that_a_kept_channel_has_already_is_refused():
    channels = (Assignment(1, "Accel Channel 0"), Assignment(2, "A"), Assignment(3, "B"))
    with pytest.raises(ConfigError, match="label Accel Channel 0 twice"):
        Montage(channels).apply(INFO)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("montage_*.toml")), ids=lambda path: path.stem)
def test_every_montage_of_the_project_gives_each_channel_a_side_and_a_muscle(path):
    montage = load_montage(path)
    info = StreamInfo(250, tuple(Channel(str(channel.source)) for channel in montage.channels))
    _, labelled = Montage(
        tuple(Assignment(str(c.source), c.label) for c in montage.channels)
    ).apply(info)
    assert all(channel.side and channel.muscle for channel in labelled.channels)
    assert tomllib.loads(path.read_text(encoding="utf-8"))["channel"]
