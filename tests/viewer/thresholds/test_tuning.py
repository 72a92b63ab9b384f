"""Levels on the screen as settings of the detector, and the text of the config."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgspasm.config import LoadedConfig, load_config, parse_config
from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.textbook.detectors import Bonato
from emgspasm.errors import ConfigError
from emgspasm.stream import Chunk
from emgspasm.viewer.thresholds.tuning import tuned, with_detector, words

LEVELS = (8.0, 11.0, 14.5)


def test_the_detector_draws_its_threshold_where_it_was_dragged_to(stream_info):
    info = stream_info(1, fs=1000.0)
    samples = np.random.default_rng(1).normal(0, 10, (20_000, 1))

    def last(detector):
        pipeline = replace(Pipeline(), detector=detector)
        chunk = Chunk(0, samples.copy())
        return [a for a in analyze(pipeline, info, [chunk]) if len(a.chunk.samples)][-1].thresholds

    before = last(Detector())
    wanted = 1.5 * before[2, 0]
    after = last(tuned(Detector(), "on", wanted, tuple(before[:, 0])))
    assert after[2, 0] == pytest.approx(wanted, rel=0.03)
    assert after[1, 0] == pytest.approx(before[1, 0], rel=0.05)


@pytest.mark.parametrize("level", [0.7, 1.5])
def test_where_the_floor_is_the_threshold_the_floor_is_dragged(level):
    assert tuned(Detector(), "on", level, (0.3, 0.5, 1.0)) == replace(Detector(), floor=level)


@pytest.mark.parametrize(("which", "level"), [("on", 10.0), ("off", 15.0), ("off", 1.0)])
def test_thresholds_cannot_pass_each_other_or_the_noise(which, level):
    with pytest.raises(ConfigError, match="no threshold"):
        tuned(Detector(), which, level, LEVELS)


def test_nothing_is_known_while_calibrating():
    with pytest.raises(ConfigError, match="not known yet"):
        tuned(Detector(), "on", 10.0, (np.nan, np.nan, np.nan))


@given(st.floats(3.2, 30.0), st.floats(0.2, 3.1), st.floats(0.0, 20.0))
def test_the_text_says_what_was_set(on, off, floor):
    detector = replace(Detector(), on_sigma=round(on, 1), off_sigma=round(off, 1),
                       floor=round(floor, 1))  # fmt: skip
    for text in ("", 'mains = "off"\n', "[pipeline.detector] # mine\nfloor = 1.0 # uV\n"):
        config = with_detector(parse_config(text), detector)
        assert config.config.pipeline.detector == detector
        assert parse_config(config.text).config == config.config
        assert config.config.mains == parse_config(text).config.mains


def test_comments_and_other_tables_stay():
    before = load_config("configs/default.toml")
    now = with_detector(before, replace(Detector(), on_sigma=7.5))
    differing = set(before.text.splitlines()) ^ set(now.text.splitlines())
    assert all(line.startswith("on_sigma = ") for line in differing)
    assert len(differing) == 2


def test_words_name_what_differs():
    now = replace(Detector(), on_sigma=7.5)
    assert words(Detector(), now) == "on_sigma 6 → 7.5"
    assert words(Detector(), Detector()) == "as it was"
    assert with_detector(LoadedConfig(), Detector()).text == ""


def test_thresholds_of_a_published_detector_are_not_dragged():
    with pytest.raises(ConfigError, match="thresholds of kind bonato stand as the config says"):
        tuned(Bonato(), "on", 10.0, (2.0, 5.0, 5.0))
