"""What the last blinks were like, and what is no blink beside them."""

import pytest

from emgspasm.synkinesis.acts.blinks import BlinkHistory
from emgspasm.synkinesis.memory import copied
from support.readings import judged, reading


def kinds(*readings, loudness=()):
    blinks = BlinkHistory()
    blinks.loudness["L"].extend(loudness)
    return [act.kind for act in judged(*readings, blinks=blinks)]


def test_the_tail_of_a_blink_is_remembered():
    blinks = BlinkHistory()
    judged(
        reading("OOC_L", 1000, 1120, li=0.0), reading("OOC_R", 1000, 1100, li=0.0), blinks=blinks
    )
    assert (list(blinks.tails["L"]), list(blinks.tails["R"])) == ([20], [])


def test_the_loudness_of_both_eyes_is_remembered_and_of_one_alone_it_is_not():
    blinks = BlinkHistory()
    left, right = reading("OOC_L", 1000, 1100, li=0.0), reading("OOC_R", 1000, 1100, li=0.0)
    judged(left.but(amplitude=9.0), right.but(amplitude=8.0), blinks=blinks)
    judged(reading("OOC_L", 1000, 1100, li=0.2), blinks=blinks)
    assert (list(blinks.loudness["L"]), list(blinks.loudness["R"])) == ([9.0], [8.0])


def test_a_copy_of_the_blink_history_changes_by_itself():
    blinks = BlinkHistory()
    other = copied(blinks)
    for values in (other.seen, other.tails, other.loudness):
        values["L"].append(1)
    assert not any(seen["L"] for seen in (blinks.seen, blinks.tails, blinks.loudness))


@pytest.mark.parametrize(
    ("amplitude", "loudness", "found"),
    [(10.0, (40.0,) * 3, ["blink"]), (9.9, (40.0,) * 3, []), (9.9, (40.0,) * 2, ["blink"])],
    ids=["loud enough", "faint", "nobody knows"],
)
def test_an_eye_alone_blinks_if_it_is_no_fainter_than_its_blinks(amplitude, loudness, found):
    eye = reading("OOC_L", 1000, 1100, li=0.2, amplitude=amplitude)
    assert kinds(eye, loudness=loudness) == found


@pytest.mark.parametrize(
    ("cheek", "amplitude", "offset", "found"),
    [
        ("ZYG_L", 20.0, 1100, ["movement"]),
        ("ZYG_L", 19.9, 1100, ["blink", "movement"]),
        ("ZYG_L", 20.0, 1049, ["blink", "movement"]),
        ("ZYG_R", 20.0, 1100, ["blink", "movement"]),
    ],
    ids=["heard", "as loud", "most of it later", "over there"],
)
def test_an_eye_alone_that_hears_a_movement_of_its_side_does_not_blink(
    cheek, amplitude, offset, found
):
    eye = reading("OOC_L", 1000, 1100, li=0.2, amplitude=6.0)
    assert kinds(eye, reading(cheek, 1000, offset, li=0.2, amplitude=amplitude)) == found


def test_both_eyes_blink_though_they_are_faint_and_the_lower_face_moves():
    eyes = (reading(f"OOC_{side}", 1000, 1100, li=0.0, amplitude=5.0) for side in "LR")
    cheek = reading("ZYG_L", 1000, 1100, li=0.2, amplitude=50.0)
    assert kinds(*eyes, cheek, loudness=(40.0,) * 3) == ["blink", "movement"]


@pytest.mark.parametrize(
    ("amplitude", "loudness"), [(6.0, ()), (9.0, (40.0,) * 3)], ids=["hears them", "faint"]
)
def test_an_eye_alone_that_does_not_blink_takes_no_muscle_of_a_spasm_along(amplitude, loudness):
    blinks = BlinkHistory()
    blinks.loudness["L"].extend(loudness)
    eye = reading("OOC_L", 1000, 1100, li=0.2, amplitude=amplitude)
    spasm = [reading(f"{muscle}_L", 1005, 1100) for muscle in ("ZYG", "OOR", "FRO")]
    (twitch,) = judged(eye, *spasm, blinks=blinks)
    assert (twitch.kind, twitch.together) == ("twitch", 3)
    assert not blinks.seen["L"]


def test_an_eye_that_acts_by_itself_may_be_fainter_than_its_blinks():
    assert kinds(reading("OOC_L", 1000, 1100, amplitude=9.9), loudness=(40.0,) * 3) == ["twitch"]


def test_of_a_movement_of_both_eyes_no_loudness_is_remembered():
    blinks = BlinkHistory()
    judged(*(reading(f"OOC_{side}", 1000, 1900, li=0.0) for side in "LR"), blinks=blinks)
    assert blinks == BlinkHistory()
