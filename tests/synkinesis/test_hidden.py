"""What a blink hides of what one side does: bursts that hold a part of it, and its muscles."""

import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.acts.rules import Rules
from emgspasm.synkinesis.acts.twitches import twitches
from support.readings import FS, reading


def on_blink(*one, left=1200, right=1200):
    """What the left side does on a blink whose eyes close at 1000, and the eyes."""
    eyes = (reading("OOC_L", 1000, left, li=0.0), reading("OOC_R", 1000, right, li=0.0))
    (twitch,), _ = twitches(list(one), [], [Act("blink", "B", eyes)], [], Rules(), FS)
    return twitch, eyes


@pytest.mark.parametrize(
    ("onset", "left", "right", "carried"),
    [(1060, 1260, 1200, True), (1060, 1200, 1260, False), (1260, 1260, 1200, False)],
    ids=["its eye goes on", "the other one does", "it begins when its eye ends"],
)
def test_the_eye_of_a_blink_holds_a_part_of_what_it_goes_on_beside(onset, left, right, carried):
    twitch, (eye, _) = on_blink(reading("FRO_L", onset, 1400), left=left, right=right)
    assert twitch.on_blink
    assert twitch.carried == ((eye,) if carried else ())


def surge(label="OOC_L", onset=1200, offset=1500, begins=1000):
    """A part of a burst that begins with the blink."""
    return reading(label, onset, offset, burst=reading(label, begins, offset).burst)


@pytest.mark.parametrize(
    ("surging", "others", "n"),
    [
        (surge(), [(1010, 1500), (1100, 1450)], 3),
        (surge(), [(985, 1500), (1215, 1450)], 3),
        (surge(), [(970, 1500), (1230, 1450)], 1),
        (surge(), [(1010, 1500), (1100, 1340)], 2),
        (surge(begins=1200), [(1010, 1500), (1100, 1450)], 1),
        (surge("OOR_L"), [(1010, 1500), (1100, 1450)], 1),
    ],
    ids=["three go on", "at the bounds", "beyond them", "one does not last", "no surge", "no eye"],
)
def test_muscles_that_go_on_after_a_blink_with_its_eye_began_together_hidden_in_it(
    surging, others, n
):
    rest = [reading(f"{m}_L", *span) for m, span in zip(("FRO", "ZYG"), others, strict=True)]
    assert on_blink(surging, *rest)[0].together == n


def test_what_surges_once_more_takes_none_of_those_that_began_with_a_blink_away():
    rest = [reading("FRO_L", 1010, 1500), reading("ZYG_L", 1100, 1620)]
    again = surge(onset=1600, offset=1700)
    assert on_blink(surge(), *rest, again)[0].together == 3
