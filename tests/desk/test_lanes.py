"""Which channel is drawn where."""

from emgspasm.desk.lanes import arrange
from emgspasm.desk.muscles import full_name, pairs
from emgspasm.stream import Channel, StreamInfo


def test_lines_stand_in_the_order_of_all_panels():
    muscles = ("PLA", "MAS", "OOC", "MEN", "ZYG", "FRO", "OOR", "COR")
    info = StreamInfo(250.0, tuple(Channel.from_label(f"{m}_{s}") for m in muscles for s in "LR"))
    words = [full_name(pair.muscle).partition(" (")[0] for pair in pairs(info)]
    assert [line.muscle for line in arrange(info)] == words
