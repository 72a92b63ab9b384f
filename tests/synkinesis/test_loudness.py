"""Acts beside the usual loudness of their muscles in spasms."""

import pytest

from emgspasm.synkinesis.acts.act import Act
from emgspasm.synkinesis.events.experience import Experience
from emgspasm.synkinesis.events.loudness import note_loudness, without_faint
from support.readings import FS, reading

USUAL = 20.0


def together(onset, amplitude=USUAL, **kind):
    """Eye and cheek of the left side, for 80 ms."""
    labels = ("OOC_L", "ZYG_L")
    bursts = tuple(reading(label, onset, onset + 80, amplitude=amplitude) for label in labels)
    return Act("twitch", "L", bursts, together=2, **kind)


def known():
    """What is known after two spasms of usual loudness."""
    experience = Experience()
    note_loudness([together(0), together(500)], experience)
    return experience


@pytest.mark.parametrize(("pause", "kept"), [(-40, True), (100, True), (250, False), (5000, False)])
def test_a_faint_act_is_of_a_spasm_where_it_comes_within_a_beat_before_or_after(pause, kept):
    loud = together(10_000)
    for onset in (10_000 + 80 + pause, 10_000 - 80 - pause):
        faint = together(onset, 0.2 * USUAL)
        acts = sorted([loud, faint], key=lambda act: act.onset)
        assert without_faint(acts, known(), FS) == (acts if kept else [loud])


def test_a_faint_act_of_which_a_blink_holds_a_part_is_kept():
    faint, eye = together(10_000, 0.2 * USUAL), reading("OOC_L", 9950, 10_060)
    held = Act("twitch", "L", faint.readings, together=2, carried=(eye,))
    assert without_faint([faint], known(), FS) == []
    assert without_faint([held], known(), FS) == [held]


def test_an_act_is_as_loud_as_the_loudest_of_its_muscles():
    faint, loud = (reading(f"{m}_L", 10_000, 10_080, amplitude=a) for m, a in
                   (("OOC", 0.1 * USUAL), ("ZYG", 0.9 * USUAL)))  # fmt: skip
    act = Act("twitch", "L", (faint, loud), together=2)
    assert without_faint([act], known(), FS) == [act]


def test_the_usual_loudness_is_the_median_of_two_spasms_or_more():
    experience = Experience()
    for n, (amplitude, usual) in enumerate(((10.0, 0.0), (20.0, 15.0), (90.0, 20.0)), start=1):
        spasm = reading("OOC_L", 0, 80, amplitude=amplitude)
        experience.remember_loudness([spasm])
        assert experience.usual_loudness(spasm.burst.channel) == usual, n
    assert experience.usual_loudness(spasm.burst.channel + 1) == 0.0


RESTLESS = [True] * 6


@pytest.mark.parametrize(
    ("muscle", "least_li", "kept"),
    [("OOC", 0.65, True), ("OOC", 0.55, False), ("ZYG", 0.65, False)],
)
def test_an_eye_that_is_certainly_of_one_side_is_never_slight(muscle, least_li, kept):
    restless, part = known(), reading(f"{muscle}_L", 0, 80, amplitude=USUAL)
    restless.remember_loudness([part, part])
    restless.slight["L"].extend(RESTLESS)
    burst = reading(f"{muscle}_L", 10_000, 10_080, amplitude=0.4 * USUAL, least_li=least_li)
    act = Act("twitch", "L", (burst,), together=1)
    assert without_faint([act], restless, FS) == [act] * kept


@pytest.mark.parametrize(
    ("amplitude", "kind", "kept", "slight"),
    [
        (0.4, {}, False, True),
        (0.4, {"together": 2}, True, False),
        (0.4, {"on_blink": True}, True, None),
        (0.4, {"carried": (reading("OOC_L", 9950, 10_060),)}, True, None),
        (1.0, {}, True, False),
    ],
    ids=["slight", "of two muscles", "on a blink", "held by a blink", "loud"],
)
def test_where_slight_acts_come_often_a_slight_one_of_one_muscle_is_none(
    amplitude, kind, kept, slight
):
    restless = known()
    restless.slight["L"].extend(RESTLESS)
    act = Act("twitch", "L", (reading("ZYG_L", 10_000, 10_080, amplitude=amplitude * USUAL),),
              **({"together": 1} | kind))  # fmt: skip
    assert without_faint([act], restless, FS) == [act] * kept
    assert list(restless.slight["L"]) == RESTLESS + ([] if slight is None else [slight])
