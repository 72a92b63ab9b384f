"""Which channel is drawn where."""

import pytest

from emgspasm.desk.lanes import Line, arrange, headings
from emgspasm.desk.muscles import full_name, pairs
from emgspasm.stream import Channel, StreamInfo


def test_lines_stand_in_the_order_of_all_panels():
    muscles = ("PLA", "MAS", "OOC", "MEN", "ZYG", "FRO", "OOR", "COR")
    info = StreamInfo(250.0, tuple(Channel.from_label(f"{m}_{s}") for m in muscles for s in "LR"))
    words = [full_name(pair.muscle).partition(" (")[0] for pair in pairs(info)]
    assert [line.muscle for line in arrange(info)] == words


def stream(*labels):
    return StreamInfo(250.0, tuple(map(Channel.from_label, labels)))


@pytest.mark.parametrize(
    ("mirrored", "line", "heads"),
    [
        (True, Line(2, 0, "orbicularis oculi"), ("PATIENT'S RIGHT", "PATIENT'S LEFT")),
        (False, Line(0, 2, "orbicularis oculi"), ("PATIENT'S LEFT", "PATIENT'S RIGHT")),
    ],
)
def test_a_face_is_seen_from_before_it_or_as_one_s_own(mirrored, line, heads):
    info = stream("OOC_L", "ZYG_L", "OOC_R")
    assert arrange(info, mirrored=mirrored)[0] == line
    assert headings(info, mirrored=mirrored) == heads


def test_every_channel_of_a_muscle_has_a_place():
    second = Channel("ZYG_L lower", "left", "ZYG")
    info = StreamInfo(250.0, (*stream("ZYG_L", "ZYG_R").channels, second))
    assert arrange(info) == (Line(1, 0, "zygomaticus"), Line(None, 2, "zygomaticus"))


def test_muscles_of_no_face_stand_under_those_of_the_face():
    found = [line.muscle for line in arrange(stream("FCR_L", "PLA_L", "OOC_L"))]
    assert found == ["orbicularis oculi", "platysma", "FCR"]


def test_channels_without_a_side_or_muscle_fill_lines_from_left_to_right_under_all_others():
    cheek = Channel("cheek", "left")
    info = StreamInfo(250.0, (*stream("c1", "MEN", "OOC_R").channels, cheek))
    assert arrange(info)[1:] == (Line(0, 3), Line(1, None))


def test_where_no_channel_has_a_side_the_columns_say_so():
    assert headings(stream("c1", "c2"))[0] == "first half of the channels"
