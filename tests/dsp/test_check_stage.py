"""The laws of a stage as a function, for the authors of plug-ins."""

from dataclasses import dataclass, make_dataclass

import numpy as np
import pytest

from emgspasm.dsp.envelope import LinearEnvelope, RmsEnvelope
from emgspasm.dsp.filters import BandPass, Cascade, HighPass, Notch
from emgspasm.dsp.screen import Screen
from emgspasm.stream import Chunk
from emgspasm.testing import check_stage


@pytest.mark.parametrize(
    "stage",
    [
        Screen(),
        Cascade((BandPass(),)),
        Cascade((HighPass(28.0, 2), Notch(50.0))),
        RmsEnvelope(),
        LinearEnvelope(),
    ],
    ids=["screen", "band-pass", "high-pass and notch", "rms", "linear"],
)
def test_every_stage_of_the_pipeline_keeps_the_laws(stage):
    check_stage(stage)


def test_the_laws_hold_at_the_rate_and_with_the_channels_of_a_stream(stream_info):
    check_stage(RmsEnvelope(), stream_info(1))


@dataclass(frozen=True)
class Difference:
    """Each sample less the one before it."""

    def init(self, _info, first):
        return np.full(first.samples.shape[1], np.nan)

    def step(self, last, chunk):
        rows = np.vstack([last, chunk.samples])
        before = np.where(np.isnan(rows[:-1]), rows[1:], rows[:-1])
        return rows[-1], Chunk(chunk.start, rows[1:] - before)

    def delay(self, _info):
        return 0.0

    settling = delay


def of_chunk(function):
    """A step that looks at a chunk alone."""
    return lambda _self, state, chunk: (state, Chunk(chunk.start, function(chunk.samples)))


def broken(**changes):
    return make_dataclass("Broken", [], bases=(Difference,), namespace=changes, frozen=True)()


def test_a_lawful_stage_passes():
    check_stage(Difference())


def mean_free(samples):
    return samples - samples.mean(axis=0) if len(samples) else samples


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"step": of_chunk(mean_free)}, "any partition of the samples gives the same output"),
        ({"step": of_chunk(np.nan_to_num)}, "a NaN comes out as NaN"),
        (
            {"step": of_chunk(lambda x: x + np.isnan(x).any(axis=1)[:, None])},
            "a NaN changes nothing in other channels",
        ),
        ({"step": of_chunk(lambda x: x[:, :1])}, "the samples and the channels of what went in"),
        ({"delay": lambda *_: -1.0}, "delay is in seconds, 0 and more, not -1.0"),
        ({"settling": lambda *_: np.nan}, "settling is in seconds, 0 and more, not nan"),
    ],
)
def test_a_broken_law_of_a_stage_is_named(changes, law):
    with pytest.raises(AssertionError, match=law):
        check_stage(broken(**changes))


def test_a_stage_that_goes_on_over_a_missing_sample_is_named():
    def held(_self, last, chunk):
        rows = np.vstack([last, chunk.samples])
        for row in range(1, len(rows)):
            rows[row] = np.where(np.isnan(rows[row]), rows[row - 1], rows[row])
        out = np.where(np.isnan(rows[:-1]), 0.0, rows[1:] - rows[:-1])
        return rows[-1], Chunk(chunk.start, np.where(np.isnan(chunk.samples), np.nan, out))

    with pytest.raises(AssertionError, match="starts its channel afresh"):
        check_stage(broken(step=held))


def test_a_stage_whose_parameters_can_change_is_named():
    @dataclass
    class Loose:
        init, step = Difference.init, Difference.step
        delay = settling = Difference.delay

    with pytest.raises(AssertionError, match="frozen dataclass"):
        check_stage(Loose())
