"""The faces of the report."""

from functools import partial

import numpy as np
import pytest
from matplotlib.colors import to_rgba

from emgspasm import anatomy
from emgspasm.report.figures import GREY, INK, SIDES
from emgspasm.report.figures_face import LEAST_STEP, montage_figure, placed, spread_figure
from emgspasm.report.values import Value
from emgspasm.stream import Channel

CHANNELS = [
    Channel.from_label(f"{muscle}_{side}") for side in "LR" for muscle in ("OOC", "COR", "MEN")
]
FULL = {channel.name: Value("100", "100.0", "", number=True) for channel in CHANNELS}


@pytest.mark.parametrize(
    "draw", [partial(montage_figure, CHANNELS), partial(spread_figure, CHANNELS, FULL)]
)
def test_no_label_of_a_face_is_cut(draw):
    drawn = draw()
    drawn.canvas.draw()
    for text in drawn.axes[0].texts:
        box = text.get_window_extent()
        assert drawn.bbox.x0 <= box.x0, text.get_text()
        assert box.x1 <= drawn.bbox.x1, text.get_text()


def words(drawn):
    """Texts of a face by their words, without those that name the sides."""
    return {t.get_text(): t for t in drawn.axes[0].texts if "side" not in t.get_text()}


def regions(drawn, channels):
    """Fill and edge of each channel's region, which are drawn over the face in their order."""
    patches = drawn.axes[0].patches[-len(channels) :]
    return [(p.get_facecolor(), p.get_edgecolor()) for p in patches]


def test_channels_of_a_side_and_a_muscle_of_the_face_have_a_place_on_it():
    labels = ("OOC_L", "MEN", "FCR_R", "X1", "ZYG_R")
    assert [c.name for c in placed(tuple(map(Channel.from_label, labels)))] == ["OOC_L", "ZYG_R"]


def test_electrodes_are_drawn_where_they_are_the_first_of_a_pair_filled():
    channels = [Channel.from_label(label) for label in ("ZYG_L", "OOC_R")]
    drawn = montage_figure(channels)
    for k, (channel, letter) in enumerate(zip(channels, "LR", strict=True)):
        pair = anatomy.electrodes(channel.muscle, channel.side)
        wire, hollow, full = drawn.axes[0].lines[3 * k : 3 * k + 3]
        np.testing.assert_allclose(wire.get_xydata(), pair)
        np.testing.assert_allclose(hollow.get_xydata(), pair)
        np.testing.assert_allclose(full.get_xydata(), pair[:1])
        colours = (wire.get_color(), hollow.get_markeredgecolor(), full.get_color())
        assert colours == (SIDES[letter],) * 3
        assert hollow.get_markerfacecolor() == "white"
    assert set(words(drawn)) == {"ZYG_L", "OOC_R"}
    left, right = (fill for fill, _ in regions(drawn, channels))
    assert left != right


def test_the_left_of_the_person_is_on_the_right_of_the_picture_and_labels_with_it():
    drawn = montage_figure(CHANNELS)
    named = {t.get_text(): t for t in drawn.axes[0].texts}
    left, right = named["Left side"], named["Right side"]
    assert left.get_position()[0] == -right.get_position()[0] > 0
    assert (left.get_color(), right.get_color()) == (SIDES["L"], SIDES["R"])
    for channel in CHANNELS:
        x = named[channel.name].get_position()[0]
        middle = anatomy.electrodes(channel.muscle, channel.side)[:, 0].mean()
        assert abs(x) > abs(middle)
        assert (x > 0) == (middle > 0) == (channel.side == "left")


def test_labels_of_a_side_keep_their_distance_in_the_order_of_the_face():
    muscles = ("FRO", "COR", "OOC", "ZYG", "OOR", "MEN")
    channels = [Channel.from_label(f"{muscle}_L") for muscle in reversed(muscles)]
    named = words(montage_figure(channels))
    heights = {c.name: anatomy.electrodes(c.muscle, c.side)[:, 1].mean() for c in channels}
    downwards = sorted(heights, key=heights.get, reverse=True)
    told = [named[name].get_position()[1] for name in downwards]
    assert told[0] == pytest.approx(heights[downwards[0]])
    assert (-np.diff(told) >= LEAST_STEP - 1e-9).all()
    assert all(y <= heights[name] + 1e-9 for name, y in zip(downwards, told, strict=True))


def test_a_leader_goes_from_the_electrodes_to_the_label():
    (channel,) = channels = [Channel.from_label("ZYG_R")]
    drawn = montage_figure(channels)
    (leader,) = (line for line in drawn.axes[0].lines if line.get_color() == GREY)
    middle = anatomy.electrodes(channel.muscle, channel.side).mean(axis=0)
    start, end = leader.get_xydata()
    label = np.array(words(drawn)["ZYG_R"].get_position())
    np.testing.assert_allclose(start, middle)
    np.testing.assert_allclose(end, label * (0.97, 1.0))


def test_a_muscle_is_the_darker_the_more_of_its_sides_spasms_it_takes_part_in():
    channels = [Channel.from_label(f"{muscle}_L") for muscle in ("OOC", "ZYG", "MEN", "FRO")]
    shares = {
        "OOC_L": Value("100.0", "100", "summary:a", number=True),
        "ZYG_L": Value("50.0", "50", "summary:b", number=True),
        "MEN_L": Value("0.0", "0", "summary:c", number=True),
        "FRO_L": Value("n/a", "n/a", "summary:d", number=False),
    }
    drawn = spread_figure(channels, shares)
    white = to_rgba("white")
    assert regions(drawn, channels) == [
        (to_rgba("0.35"), to_rgba(INK)), (to_rgba("0.66"), to_rgba(INK)),
        (white, to_rgba(GREY)), (white, to_rgba(GREY)),
    ]  # fmt: skip
    named = words(drawn)
    assert set(named) == {"OOC 100 %", "ZYG 50 %", "MEN 0 %", "FRO -"}
    assert named["ZYG 50 %"].get_gid() == "cited|summary:b|50.0"
    assert named["FRO -"].get_gid() is None
