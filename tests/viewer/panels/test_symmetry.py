"""Mirrored bars: their lengths, sides, and what a spasm looks like on them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QToolTip

from emgspasm.desk.palette import DARK, LIGHT
from emgspasm.stream import Channel, StreamInfo
from emgspasm.viewer.panels.symmetry import Symmetry

INFO = StreamInfo(1000.0, tuple(map(Channel.from_label, ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R"))))


@pytest.fixture
def panel(qtbot):
    made = Symmetry(INFO, DARK)
    qtbot.addWidget(made)
    made.resize(420, 160)
    made.show()
    return made


def fill(panel, levels, noise=0.0):
    for _ in range(3):
        panel.update_levels(np.array(levels, float), np.full(4, noise))


def colored(panel, color):
    """Columns of a screenshot in which a colour fills much of a bar."""
    image = panel.grab().toImage()
    wanted = QColor(color).rgb()
    y = round(panel._bars.bar(0, "left", 1).center().y())
    return [x for x in range(image.width()) if image.pixel(x, y) == wanted]


def test_bars_are_as_long_as_their_amplitudes(panel):
    fill(panel, (40, 20, 0, 0))
    left, right = len(colored(panel, DARK.left)), len(colored(panel, DARK.right))
    assert left == pytest.approx(2 * right, abs=4)
    assert left == pytest.approx(0.8 * panel._bars.arm, abs=3)


def test_the_persons_right_is_on_the_left_as_seen_face_to_face_and_can_be_turned(panel):
    fill(panel, (40, 20, 0, 0))
    assert max(colored(panel, DARK.right)) < min(colored(panel, DARK.left))
    panel.set_mirrored(False)
    assert max(colored(panel, DARK.left)) < min(colored(panel, DARK.right))


def test_another_palette_is_worn_at_once(panel):
    fill(panel, (40, 20, 0, 0))
    panel.dress(LIGHT)
    assert colored(panel, LIGHT.left)
    assert not colored(panel, DARK.left)


def test_only_the_rows_that_changed_are_painted(panel, qtbot):
    painted = []
    fill(panel, (40, 20, 10, 10))
    qtbot.wait(50)
    paint_row = panel._paint_row
    panel._paint_row = lambda *args: (painted.append(args[1]), paint_row(*args))
    fill(panel, (40, 20, 10, 10))
    qtbot.wait(50)
    assert painted == []
    fill(panel, (40, 20, 15, 10))
    qtbot.wait(50)
    assert set(painted) == {1}


def test_indices_stand_long_enough_to_be_read(panel):
    indices = []
    for k in range(40):
        panel.update_levels(np.array([40.0, 10.0 + k, 10.0, 10.0]), np.zeros(4))
        indices.append(panel._shown[0].percent)
    assert 2 < len(set(indices)) <= 11


def test_a_bar_that_shrinks_leaves_nothing_behind(panel, qtbot):
    fill(panel, (40, 20, 0, 0))
    qtbot.wait(30)
    for _ in range(30):
        fill(panel, (0, 0, 0, 0))
    qtbot.wait(30)
    assert len(colored(panel, DARK.left)) == 0


def test_a_spasm_of_the_left_leans_left_in_every_muscle(qtbot, patient):
    panel = Symmetry(patient.info, DARK)
    qtbot.addWidget(panel)
    tonic = max(
        (e for e in patient.events if e.trial_type == "spasm" and e.onset > 5000),
        key=lambda e: len(e.bursts),
    )
    indices = []
    for seconds, level, thresholds in patient.levels:
        panel.update_levels(level, thresholds[0])
        if tonic.onset / 1000 + 0.1 < seconds < tonic.offset / 1000 + 0.1:
            indices += [panel.meter.index(pair) for pair in panel._pairs]
    assert np.nanmedian(indices) < -0.6


def test_the_row_under_the_mouse_is_told_in_words(panel, qtbot):
    fill(panel, (50, 5, 1, 1))
    where = panel._bars.row(0).center().toPoint()
    panel.event(QHelpEvent(QEvent.Type.ToolTip, where, panel.mapToGlobal(QPoint(where))))
    text = QToolTip.text()
    assert "orbicularis oculi (OOC): left 50 \N{MICRO SIGN}V, right 5 \N{MICRO SIGN}V" in text
    assert "one-sided, left, index 0.82" in text


def test_what_is_not_known_is_told_as_that(panel):
    fill(panel, (50, np.nan, 1, 1))
    told = panel._words(panel._pairs[0])
    assert "left 50 \N{MICRO SIGN}V, right n/a over the noise; no index: no signal" in told
    assert [row.known for row in panel._shown] == [False, True]


def test_no_level_or_no_side_is_no_error(qtbot):
    panel = Symmetry(StreamInfo(1000.0, (Channel("c1"), Channel("ECG", kind="ECG"))), DARK)
    qtbot.addWidget(panel)
    panel.update_levels(np.array([np.nan]), np.array([np.nan]))
    assert not panel.grab().isNull()
