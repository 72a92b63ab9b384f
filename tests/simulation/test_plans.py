"""Which acts of a plan are left out, against the rule itself."""

from itertools import pairwise

import numpy as np

from emgspasm.simulation.acts import Act, Drive, random_stream
from emgspasm.simulation.movements import eyes_open
from emgspasm.simulation.spasms import APART, Hemifacial, hemifacial_spasms


def closure(onset, duration):
    return Act("voluntary", "", (Drive("OOC_L", onset, duration, 0.5, 0.01, 0.01),))


def test_blinks_are_left_out_while_any_act_holds_the_eyes_closed():
    rng = random_stream(1, "closures")
    spans = list(zip(rng.uniform(0, 100, 30), rng.exponential(1.5, 30), strict=True))
    blinks = [closure(onset, 0.1) for onset in np.sort(rng.uniform(-1, 105, 400))]
    kept = list(eyes_open(blinks, [closure(*span) for span in spans]))
    expected = [
        blink
        for blink in blinks
        if not any(onset - 0.3 < blink.onset < onset + length + 0.3 for onset, length in spans)
    ]
    assert kept == expected
    assert 50 < len(kept) < 350


def test_spasms_are_apart_wherever_triggers_fall():
    rng = random_stream(2, "triggers")
    spasm = Hemifacial(20.0, tonic=0.2)
    triggers = rng.permutation(rng.uniform(0, 300, 200))
    acts = list(hemifacial_spasms(spasm, "L", triggers, 300.0, random_stream(3, "spasms")))
    spans = sorted((act.onset, act.offset) for act in acts)
    gaps = [start - stop for (_, stop), (start, _) in pairwise(spans)]
    assert min(gaps) > APART
    assert len(acts) > 60
