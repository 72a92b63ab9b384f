"""What the drawing of an excerpt holds, and where: times, rows and heights read from its parts."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba

from emgspasm.report.excerpts import Choice, Excerpt
from emgspasm.report.figures import GREY, INK, SIDES
from emgspasm.report.figures_excerpt import PIXELS, envelope, excerpt_figure, rows
from emgspasm.stream import Channel, StreamInfo

FS = 100.0
NAMES = ("trial_type", "onset", "duration", "side", "channel", "class", "muscles")


def drawn(*events, samples=None, chosen="E0", rejected=(), labels=("OOC_L", "OOC_R"), unit="uV"):
    """Axes of seconds 20 to 30; rows of type, onset, duration, side, channel, class, muscles."""
    channels = tuple(Channel.from_label(label, unit=unit) for label in labels)
    if samples is None:
        samples = np.zeros((1000, len(labels)))
    table = pd.DataFrame([(*row, *[None] * (7 - len(row))) for row in events], columns=NAMES)
    table = table.assign(event_id=[f"E{k}" for k in range(len(table))], status="auto")
    table.loc[table["event_id"].isin(rejected), "status"] = "rejected"
    excerpt = Excerpt(Choice("typical", chosen, 20.0), StreamInfo(FS, channels), samples)
    (ax,) = excerpt_figure(excerpt, table, {"uV": 50.0}).axes
    return ax


def boxes(ax, *, hatch=None, height=None):
    """Left, bottom and width of rectangles of a hatch or a height."""
    return [
        pytest.approx((*box.get_xy(), box.get_width()))
        for box in ax.patches
        if (hatch is None or box.get_hatch() == hatch)
        and (height is None or box.get_height() == pytest.approx(height))
    ]


def lane(ax):
    """Onset, width, fill and edge of every event over the rows."""
    return [
        (box.get_x(), pytest.approx(box.get_width()), box.get_facecolor(), box.get_edgecolor())
        for box in ax.patches
        if box.get_y() > 0
    ]


def test_a_column_holds_the_lowest_and_the_highest_of_its_samples():
    samples = np.zeros(2 * PIXELS)
    samples[:6] = [3.0, -2.0, np.nan, 5.0, np.nan, np.nan]
    times, low, high = envelope(samples, 20.0, 30.0)
    np.testing.assert_equal(low[:4], [-2.0, 5.0, np.nan, 0.0])
    np.testing.assert_equal(high[:4], [3.0, 5.0, np.nan, 0.0])
    np.testing.assert_allclose(times, 20.0 + 10.0 * np.arange(PIXELS) / PIXELS)


def test_few_samples_are_columns_of_their_own():
    times, low, high = envelope(np.array([1.0, np.nan, -2.0]), 6.0, 9.0)
    np.testing.assert_equal((times, low, high), ([6, 7, 8], [1, np.nan, -2], [1, np.nan, -2]))


def test_rows_go_from_brow_to_neck_left_before_right_and_others_last():
    labels = ("FCR_L", "X1", "MEN", "OOC_R", "FRO_R", "OOC_L", "FRO_L")
    order = rows(tuple(map(Channel.from_label, labels)))
    assert [labels[column] for column in order] == [
        "FRO_L", "FRO_R", "OOC_L", "OOC_R", "MEN", "X1", "FCR_L",
    ]  # fmt: skip
    ax = drawn(labels=("OOC_R", "OOC_L"))
    assert [(tick.get_text(), tick.get_color()) for tick in ax.get_yticklabels()] == [
        ("OOC_L", SIDES["L"]),
        ("OOC_R", SIDES["R"]),
    ]
    assert list(ax.get_yticks()) == [-1, -3]


@pytest.mark.parametrize(("n", "step"), [(2, 6.0), (10, 3.7)])
def test_rows_fill_the_line_of_the_page_and_shrink_where_there_are_many(n, step):
    ax = drawn(labels=[f"X{k}" for k in range(n)])
    width, height = ax.figure.get_size_inches() * 25.4
    assert (width, height) == pytest.approx((190.0, 5.0 + n * step + 5.5))
    assert ax.get_position().bounds == pytest.approx(
        (13 / width, 5.5 / height, (width - 13 - 11) / width, (height - 5.5) / height)
    )
    low, high = ax.get_ylim()
    assert low == -2 * n
    assert (high - low) / 2 == pytest.approx((height - 5.5) / step)  # to the scale of the rows


def test_a_line_parts_the_muscles_and_the_events_from_them():
    ax = drawn(labels=("OOC_L", "OOC_R", "ZYG_L", "ZYG_R"))
    level = [line.get_ydata()[0] for line in ax.lines if np.ptp(line.get_ydata()) == 0]
    assert sorted(level) == [-4.0, 0.0]


def test_time_goes_in_seconds_of_the_recording():
    ax = drawn()
    assert ax.get_xlim() == (20.0, 30.0)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == [
        "20 s", *map(str, range(21, 30)), "30 s",
    ]  # fmt: skip


def test_samples_that_are_missing_are_hatched_in_their_row():
    samples = np.zeros((1000, 2))
    samples[100:250, 1], samples[990:, 1] = np.nan, np.nan
    found = boxes(drawn(samples=samples), hatch="xxx", height=2)
    assert found == [(21.0, -4.0, 1.5), (29.9, -4.0, 0.1)]


def test_a_bar_under_the_signal_is_a_burst_of_the_channel_as_far_as_it_is_shown():
    times = [(15.0, 5.0), (19.5, 1.0), (25.0, 0.3), (29.8, 1.0), (30.0, 1.0)]
    ax = drawn(*[("burst", *time, "R", "OOC_R") for time in times])
    assert boxes(ax, height=0.16) == [(20.0, -3.98, 0.5), (25.0, -3.98, 0.3), (29.8, -3.98, 0.2)]
    assert {box.get_facecolor() for box in ax.patches} == {to_rgba(SIDES["R"])}


def signal(ax, colour):
    """Points of the signal of a colour, in order."""
    (lines,) = (
        c for c in ax.collections
        if isinstance(c, LineCollection) and tuple(c.get_colors()[0]) == to_rgba(colour)
        and len(c.get_segments())
    )  # fmt: skip
    return lines.get_segments()


def test_the_signal_is_drawn_to_scale_and_dark_in_a_burst():
    samples = np.full((1000, 1), 25.0)
    samples[900:] = 80.0  # beyond the row
    ax = drawn(("burst", 25.0, 1.0, "L", "OOC_L"), samples=samples, labels=("OOC_L",))
    (dark,) = signal(ax, SIDES["L"])
    assert dark[0, 0] == pytest.approx(25.0, abs=0.03)
    assert dark[-1, 0] == pytest.approx(26.0, abs=0.03)
    assert dark[:, 1] == pytest.approx(-1 + 0.95 * 25 / 50)
    before, after = signal(ax, "#8c8c8c")
    assert before[[0, -1], 0] == pytest.approx([20.0, 25.0], abs=0.03)
    assert after[[0, -1], 0] == pytest.approx([26.0, 30.0], abs=0.03)
    assert after[-1, 1] == 0.0


def test_the_signal_goes_up_and_down_in_turn_and_is_cut_where_samples_are_missing():
    samples = np.tile([-5.0, 5.0], 2000)[:, None]
    samples[2000:2400] = np.nan
    first, second = signal(drawn(samples=samples, labels=("OOC_L",)), "#8c8c8c")
    height = 0.95 * 5 / 50
    assert first[:4, 1] == pytest.approx(-1 + height * np.array([-1, 1, 1, -1]))
    assert first[-1, 0] == pytest.approx(25.0, abs=0.02)
    assert second[0, 0] == pytest.approx(26.0, abs=0.02)


def test_events_stand_over_the_rows_as_far_as_they_are_shown():
    ax = drawn(
        ("spasm", 15.0, 5.0, "L"), ("spasm", 19.0, 1.5, "L"), ("blink", 24.0, 0.2, "B"),
        ("spasm", 29.5, 2.0, "R"), ("blink", 30.0, 1.0, "B"),
    )  # fmt: skip
    left, right, ink = map(to_rgba, (SIDES["L"], SIDES["R"], INK))
    white = to_rgba("white")
    assert lane(ax) == [
        (20.0, 0.5, left, left), (24.0, 0.2, white, ink), (29.5, 0.5, right, right),
    ]  # fmt: skip


def test_an_event_that_an_expert_rejected_is_drawn_no_more():
    spasms = [("spasm", 22.0, 0.5, "L"), ("spasm", 24.0, 0.5, "L")]
    ax = drawn(*spasms, chosen="E1", rejected=["E0"])
    assert [onset for onset, *_ in lane(ax)] == [24.0]
    assert [text.get_text() for text in ax.texts[:-1]] == ["spasm L"]


def test_a_burst_of_an_event_that_an_expert_rejected_is_drawn():
    burst = ("burst", 22.0, 0.5, "L", "OOC_L")
    assert boxes(drawn(burst, rejected=["E0"]), height=0.16) == [(22.0, -1.98, 0.5)]


def test_a_movement_is_hatched_and_called_by_its_class():
    ax = drawn(("voluntary", 22.0, 1.0, "B", None, "smile"), ("voluntary", 26.0, 1.0, "R"))
    assert boxes(ax, hatch="//////") == [(22.0, 0.2, 1.0), (26.0, 0.2, 1.0)]
    assert {box.get_edgecolor() for box in ax.patches} == {to_rgba(GREY)}
    assert [text.get_text() for text in ax.texts[:2]] == ["smile", "voluntary R"]


@pytest.mark.parametrize(
    ("side", "shaded"), [("L", [(-2, 0)]), ("R", [(-4, -2)]), ("B", [(-2, 0), (-4, -2)])]
)
def test_the_muscles_of_the_event_are_shaded_while_it_lasts(side, shaded):
    event = ("spasm", 24.0, 0.5, side, None, None, "OOC+OOR")
    labels = ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R")  # the cheek's bursts are cross-talk
    ax = drawn(("blink", 28.0, 0.2, "B"), event, chosen="E1", labels=labels)
    (tint,) = (c for c in ax.collections if isinstance(c, PolyCollection))
    found = [path.get_extents() for path in tint.get_paths()]
    assert [(box.y0, box.y1) for box in found] == shaded
    assert {(box.x0, box.x1) for box in found} == {(24.0, 24.5)}


def test_the_event_the_excerpt_is_about_has_its_name_in_bold():
    ax = drawn(("blink", 22.0, 0.2, "B"), ("spasm", 26.0, 0.5, "L"), chosen="E1")
    weights = [(text.get_text(), text.get_fontweight()) for text in ax.texts[:2]]
    assert weights == [("blink", "normal"), ("spasm L", "bold")]


def test_names_of_events_that_follow_each_other_closely_are_left_out():
    times = [22.0, 22.05, 26.0]
    ax = drawn(*[("blink", time, 0.04, "B") for time in times], chosen=None)
    assert [(text.get_position()[0], text.get_text()) for text in ax.texts[:-1]] == [
        (22.0, "blink"),
        (26.0, "blink"),
    ]


@pytest.mark.parametrize(("unit", "words"), [("uV", ["100\nµV"]), ("n/a", [])])
def test_the_height_of_a_row_is_said_where_it_is_known(unit, words):
    ax = drawn(unit=unit)
    assert [text.get_text() for text in ax.texts] == words
    for text in ax.texts:
        (bar,) = (line for line in ax.lines if np.ptp(line.get_xdata()) == 0)
        assert bar.get_ydata() == pytest.approx([-1.95, -0.05])  # the first row
        assert 30.0 < bar.get_xdata()[0] < text.get_position()[0] < 31.0
        assert text.get_position()[1] == -1
