"""When spasms of a side, or blinks, can be told; stretches made by hand."""

import numpy as np
import pytest

from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis.measures.validity import of_face, of_muscle, of_side, without_artifacts


def stretches(**valid):
    """A stream of channels by label, and when bursts were sought in each."""
    info = StreamInfo(1000.0, tuple(map(Channel.from_label, valid)))
    return info, {i: np.reshape(spans, (-1, 2)) for i, spans in enumerate(valid.values())}


ALWAYS, NEVER = [(0, 100)], []


def side(letter, **valid):
    return of_side(*stretches(**valid), letter).tolist()


@pytest.mark.parametrize("eye", ["OOC_L", "FRO_L", "COR_L"])
def test_an_eye_or_brow_of_the_side_and_a_muscle_of_both_tell_its_spasms(eye):
    others = {"ZYG_L": ALWAYS, "ZYG_R": [(20, 80)]}
    assert side("L", **{eye: [(10, 60)]}, **others) == [[20, 60]]
    assert side("L", **others) == []
    assert side("R", **{eye: ALWAYS}, **others) == []  # that eye is of the left


def test_eye_and_brow_may_take_turns_and_so_may_the_muscles_of_both_sides():
    valid = {"OOC_L": [(0, 50)], "FRO_L": [(50, 100)], "OOC_R": [(0, 30)], "FRO_R": [(60, 100)]}
    assert side("L", **valid) == [[0, 30], [60, 100]]


@pytest.mark.parametrize("muscle", ["MAS", "FCR"])
def test_a_muscle_that_the_facial_nerve_does_not_move_tells_no_side(muscle):
    valid = {"OOC_L": ALWAYS, f"{muscle}_L": ALWAYS, f"{muscle}_R": ALWAYS}
    assert side("L", **valid) == []


def test_muscles_of_two_kinds_do_not_tell_the_side():
    assert side("L", OOC_L=ALWAYS, ZYG_R=ALWAYS) == []


def test_blinks_are_told_while_both_eyes_are_and_by_nothing_else():
    assert side("B", OOC_L=[(0, 60)], OOC_R=[(40, 100)]) == [[40, 60]]
    assert side("B", FRO_L=ALWAYS, FRO_R=ALWAYS, OOC_L=ALWAYS) == []


def test_a_muscle_is_told_where_it_and_its_side_are():
    info, valid = stretches(OOC_L=[(0, 60)], OOC_R=ALWAYS, ZYG_L=[(20, 100)], MEN=ALWAYS)
    assert of_muscle(info, valid, 2).tolist() == [[20, 60]]
    assert of_muscle(info, valid, 1).tolist() == [[0, 60]]


def test_a_muscle_of_the_midline_is_told_where_either_side_is_and_others_where_theirs_is():
    info, valid = stretches(
        OOC_L=[(0, 30)], OOC_R=[(40, 90)], ZYG_L=ALWAYS, ZYG_R=ALWAYS, MEN=[(20, 100)]
    )
    assert of_muscle(info, valid, 4).tolist() == [[20, 30], [40, 90]]
    assert of_muscle(info, valid, 2).tolist() == [[0, 30]]
    assert of_muscle(info, valid, 3).tolist() == [[40, 90]]


def test_of_the_face_any_channel_tells():
    _, valid = stretches(OOC_L=[(0, 30)], ZYG_R=[(20, 50)], MEN=[(70, 80)], FRO_L=NEVER)
    assert of_face(valid).tolist() == [[0, 50], [70, 80]]


def test_an_artifact_of_twelve_seconds_hides_its_channel_and_a_shorter_one_does_not():
    sought = {0: np.array([[0, 40], [50, 100]]), 1: np.array([[0, 100]])}
    artifacts = {0: np.array([[30, 42], [60, 71], [88, 100]]), 1: np.array([[0, 11]])}
    valid = without_artifacts(sought, artifacts, fs=1.0)
    told = {column: spans.tolist() for column, spans in valid.items()}
    assert told == {0: [[0, 30], [50, 88]], 1: [[0, 100]]}
