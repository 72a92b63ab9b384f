"""The face: what lights up, on which side of the screen, and how far the last spasm spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from emgspasm.anatomy import electrodes
from emgspasm.desk.palette import DARK, LIGHT
from emgspasm.stream import Burst, Channel, Event, StreamInfo
from emgspasm.viewer.panels.face_map import FaceMap
from emgspasm.viewer.panels.muscle_light import STEPS, step

INFO = StreamInfo(
    1000.0, tuple(map(Channel.from_label, ("ECG", "OOC_L", "OOC_R", "ZYG_L", "ZYG_R")))
)
QUIET = np.array([2.0, 2.0, 2.0, 2.0])
THRESHOLDS = np.array([[2.0] * 4, [3.0] * 4, [5.0] * 4])
SPASM = Event("spasm", 100, 200, "R", bursts=(Burst(2, 100, 200, 50, 30, 2),), spread_stage=1)


@pytest.fixture
def face(qtbot):
    made = FaceMap(INFO, DARK)
    qtbot.addWidget(made)
    made.resize(400, 520)
    made.show()
    return made


def lightness(face, muscle, side):
    """Lightness of a screenshot between the two electrodes of a muscle."""
    image = face.grab().toImage()
    middle = face._place().point(electrodes(muscle, side).mean(axis=0)).toPoint()
    around = [(middle.x() + i, middle.y() + j) for i in range(-3, 4) for j in range(-3, 4)]
    return np.median([QColor(image.pixel(x, y)).lightness() for x, y in around])


def test_a_contracting_muscle_is_bright_and_the_others_are_not(face):
    face.update_levels(np.array([60.0, 2.0, 2.0, 2.0]), THRESHOLDS)
    assert lightness(face, "OOC", "left") > lightness(face, "OOC", "right") + 80
    assert abs(lightness(face, "ZYG", "left") - lightness(face, "ZYG", "right")) < 10


def test_brightness_grows_with_the_logarithm_of_envelope_over_noise():
    assert [step(r) for r in (0.5, 1.0, 30**0.5, 30.0, 300.0)] == [0, 0, STEPS // 2, STEPS, STEPS]
    assert step(np.nan) == -1


def test_the_persons_right_eye_is_on_the_left_of_the_screen_and_can_be_turned(face):
    def place():
        return face._place().point(electrodes("OOC", "right")[0]).x()

    assert place() < face.width() / 2
    face.set_mirrored(False)
    assert place() > face.width() / 2


def test_only_the_muscles_of_the_last_spasm_are_marked(face):
    face.update_levels(QUIET, THRESHOLDS)
    face.add_event(SPASM)
    assert face.light("OOC", "right").in_spasm
    assert not face.light("OOC", "left").in_spasm
    assert face.spread_words() == "last spasm R: eye, stage 1"
    bursts = (Burst(3, 500, 600, 50, 30, 2), Burst(1, 500, 600, 50, 30, 2))
    face.add_event(replace(SPASM, side="L", bursts=bursts, spread_stage=2))
    assert not face.light("OOC", "right").in_spasm
    assert face.light("ZYG", "left").in_spasm
    assert face.accessibleDescription() == "last spasm L: eye, cheek, stage 2"


def test_a_blink_leaves_the_last_spasm_marked(face):
    face.add_event(SPASM)
    face.add_event(replace(SPASM, trial_type="blink", side="B"))
    assert face.last_spasm is SPASM
    face.clear()
    assert face.spread_words() == "no spasm yet"


def test_a_muscle_without_signal_is_hatched_not_dark(face):
    face.update_levels(np.array([np.nan, 2.0, 2.0, 2.0]), THRESHOLDS)
    assert face.light("OOC", "left").step == -1
    image = face.grab().toImage()
    middle = face._place().point(electrodes("OOC", "left").mean(axis=0)).toPoint()
    row = {image.pixel(middle.x() + i, middle.y()) for i in range(-8, 9)}
    assert len(row) == 2
    assert "no signal" in face._told(QPointF(middle))


def test_while_the_noise_is_learnt_it_says_so(face):
    face.update_levels(QUIET, THRESHOLDS)
    ready = face.grab(face._caption().toRect()).toImage()
    face.update_levels(QUIET, np.full((3, 4), np.nan))
    assert face.grab(face._caption().toRect()).toImage() != ready
    assert face.light("OOC", "left").step == -1
    assert face.learning_words() == "learning the noise: face at rest"


def test_where_nothing_comes_no_noise_is_learnt(face):
    nothing = np.full((3, 4), np.nan)
    face.update_levels(nothing[0], nothing, silent=True)
    assert face.learning_words() == "no signal"


def test_only_what_changed_is_painted(face, qtbot):
    face.update_levels(QUIET, THRESHOLDS)
    face.grab()
    qtbot.wait(50)
    areas = []
    paint = face.paintEvent
    face.paintEvent = lambda event: (areas.append(event.region().boundingRect()), paint(event))
    face.update_levels(QUIET, THRESHOLDS)
    qtbot.wait(50)
    assert areas == []
    face.update_levels(np.array([2.0, 60.0, 2.0, 2.0]), THRESHOLDS)
    qtbot.wait(50)
    assert len(areas) == 1
    assert areas[0].width() < face.width() / 3


def test_a_picture_kept_for_later_is_the_one_painted_at_once(face):
    face.update_levels(np.array([60.0, 2.0, 2.0, 2.0]), THRESHOLDS)
    first = face.grab().toImage()
    face.update_levels(QUIET, THRESHOLDS)
    face.grab()
    face.update_levels(np.array([60.0, 2.0, 2.0, 2.0]), THRESHOLDS)
    assert face.grab().toImage() == first
    face.dress(LIGHT)
    assert face.grab().toImage() != first
    face.dress(DARK)
    assert face.grab().toImage() == first


def test_in_a_simulated_spasm_the_affected_side_lights_up(qtbot, patient):
    face = FaceMap(patient.info, DARK)
    qtbot.addWidget(face)
    spasm = max((e for e in patient.events if e.trial_type == "spasm"), key=lambda e: len(e.bursts))
    brightest = {"left": [], "right": []}
    for seconds, level, thresholds in patient.levels:
        if spasm.onset / 1000 < seconds < spasm.onset / 1000 + 0.3:
            face.update_levels(level, thresholds)
            for side, steps in brightest.items():
                steps.append(max(face.light(m, side).step for m in ("OOC", "ZYG", "OOR")))
    assert max(brightest["left"]) >= max(brightest["right"]) + 3


def test_a_muscle_is_told_in_words_where_the_mouse_is(face):
    face.update_levels(np.array([20.0, 2.0, 2.0, 2.0]), THRESHOLDS)
    at = face._place().point(electrodes("OOC", "left")[0])
    assert face._told(at) == "orbicularis oculi (OOC), left: 10.0 times the noise"
    at = face._place().point(electrodes("MEN", "left")[0])
    assert face._told(at) == "mentalis (MEN), left: not recorded"
    assert face._told(QPointF(0, 0)) == ""
