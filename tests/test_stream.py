"""The words of a stream."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.labels import MUSCLES
from emgspasm.stream import Channel, Chunk, Event, StreamInfo, emg_only, segments


@pytest.mark.parametrize("code", MUSCLES)
@pytest.mark.parametrize(("letter", "side"), [("L", "left"), ("R", "right")])
def test_a_label_says_muscle_and_side(code, letter, side):
    channel = Channel.from_label(f"{code}_{letter}")
    assert (channel.muscle, channel.side, channel.kind) == (code, side, "EMG")


def test_a_muscle_code_alone_is_of_the_midline():
    assert Channel.from_label("MEN").side == "midline"


def test_a_side_makes_any_code_a_muscle():
    assert Channel.from_label("FCR_R").muscle == "FCR"


@pytest.mark.parametrize("label", ["EMG1", "ooc_l", "OOC_X", "OOC L", "OOC_L ", "ABC", "Ch 1"])
def test_any_other_label_leaves_muscle_and_side_unknown(label):
    channel = Channel.from_label(label)
    assert (channel.muscle, channel.side, channel.kind) == (None, None, "EMG")


@pytest.mark.parametrize(
    ("label", "kind"),
    [("ECG", "ECG"), ("EOG left", "EOG"), ("ACC_X", "ACCEL"), ("Status", "TRIG"), ("REF1", "REF")],
)
def test_other_kinds_are_told_by_their_first_word(label, kind):
    assert Channel.from_label(label).kind == kind


@pytest.mark.parametrize(
    ("unit", "microvolts"),
    [("uV", 1.0), ("µV", 1.0), ("μV", 1.0), ("mV", 1e3), ("V", 1e6), ("nV", 1e-3), ("count", None)],
)
def test_a_unit_says_its_microvolts(unit, microvolts):
    assert Channel("c", unit=unit).microvolts == microvolts


@pytest.mark.parametrize("wrong", [{"name": ""}, {"full_scale": 0.0}, {"full_scale": np.nan}])
def test_an_impossible_channel_is_refused(wrong):
    with pytest.raises(ValueError, match=r"empty|full_scale="):
        Channel(**({"name": "c"} | wrong))


@pytest.mark.parametrize("fs", [0.0, -1.0, np.nan, np.inf])
def test_an_impossible_sampling_frequency_is_refused(fs):
    with pytest.raises(ValueError, match=f"sampling_frequency={fs}"):
        StreamInfo(fs, (Channel("c"),))


def test_a_stream_has_channels_with_unique_labels():
    with pytest.raises(ValueError, match="without channels"):
        StreamInfo(1000.0, ())
    with pytest.raises(ValueError, match=r"duplicate channel labels \['b'\]"):
        StreamInfo(1000.0, (Channel("a"), Channel("b"), Channel("b")))


def test_emg_only_keeps_the_order_of_the_emg_channels():
    channels = (Channel("x", kind="ECG"), Channel("b"), Channel("y", kind="TRIG"), Channel("a"))
    info = StreamInfo(1000.0, channels, "board")
    assert info.columns() == (1, 3)
    assert emg_only(info) == StreamInfo(1000.0, (channels[1], channels[3]), "board")


def test_a_chunk_is_read_only():
    chunk = Chunk(5, np.zeros((3, 2)))
    assert chunk.stop == 8
    with pytest.raises(ValueError, match="read-only"):
        chunk.samples[0, 0] = 1.0


@pytest.mark.parametrize(
    "samples", [np.zeros(3), np.zeros((3, 2), np.float32), np.zeros((1, 2, 3))]
)
def test_a_chunk_of_another_shape_or_type_is_refused(samples):
    with pytest.raises(ValueError, match="a chunk takes float64 of shape"):
        Chunk(0, samples)


def at(start, length):
    return Chunk(start, np.zeros((length, 1)))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=20))
def test_a_segment_begins_at_the_first_chunk_and_after_every_gap(steps):
    chunks, expected, position, begins = [], [], 0, True
    for gap, length in steps:
        position += gap
        begins = begins or gap > 0
        chunks.append(at(position, length))
        if length:
            expected.append((begins, position))
            begins = False
        position += length
    assert [(b, c.start) for b, c in segments(chunks)] == expected


def test_a_chunk_that_comes_too_early_is_refused_with_both_numbers():
    with pytest.raises(ValueError, match="starts at sample 9, before 10"):
        list(segments([at(0, 10), at(9, 1)]))


def test_events_are_equal_where_the_same_is_undefined_in_both():
    event = Event("blink", 10, 20, "B", li=float("nan"))
    same, other = Event("blink", 10, 20, "B", li=float("nan")), Event("blink", 10, 20, "B", li=0.5)
    assert event == same
    assert len({event, same}) == 1
    assert event != other
    assert event != "blink"
