"""The signal of the last ten seconds: faults that are put in are found, and graded as elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.sources.protocols import Electrode
from emgspasm.stream import Channel, Chunk, StreamInfo
from emgspasm.viewer.checking.grading import Checking, pair_words, worst

FS = 500.0
INFO = StreamInfo(
    FS,
    tuple(replace(Channel.from_label(name), full_scale=1000.0)
          for name in ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R")),
)  # fmt: skip


def resting(seconds=14.0):
    """Amplifier noise of 1 uV in four channels."""
    return np.random.default_rng(4).normal(0, 1, (round(seconds * FS), 4))


def checks(samples, skip=(0, 0), step=17):
    """What is known after these samples, `skip` samples lost in the middle."""
    start, stop = skip
    kept = [(0, samples[:start])] if start else []
    kept.append((stop, samples[stop:]))
    chunks = [
        Chunk(first + k, part[k : k + step].copy())
        for first, part in kept
        for k in range(0, len(part), step)
    ]
    checking = Checking(INFO)
    for analysis in analyze(Pipeline(), INFO, chunks):
        checking.add(analysis)
    return checking.assess()


def test_a_resting_face_is_good_and_its_noise_is_told():
    found = checks(resting())
    assert [c.grade for c in found] == ["good"] * 4
    assert all(0.5 < c.noise < 1.5 for c in found)
    assert all(c.reach < 1 for c in found)


def test_nothing_is_graded_before_anything_is_known():
    assert Checking(INFO).assess() == ()
    found = checks(resting(1.0))
    assert [(c.grade, c.reason) for c in found] == [("", "learning the noise: face at rest")] * 4


def test_mains_is_told_with_its_frequency():
    samples = resting()
    samples[:, 1] += 5 * np.sin(2 * np.pi * 60 * np.arange(len(samples)) / FS)
    found = checks(samples)
    assert found[1].line_frequency == 60
    assert found[1].grade == "fair"
    assert found[1].reason.startswith("mains 33 dB over its neighbours")
    assert found[0].line_ratio < 6


def test_noise_is_told_in_the_unit_of_the_screen():
    assert checks(10 * resting())[0].reason == "noise 9.1 µV"


def test_a_railed_and_a_dead_electrode_are_told_at_once():
    samples = resting(3.0)
    samples[:, 0] = 999.0
    samples[:, 2] = 12.5
    found = checks(samples)
    assert (found[0].grade, found[2].grade) == ("unusable", "unusable")
    assert found[0].clipped == pytest.approx(100)
    assert found[0].reach == pytest.approx(99.9)
    assert found[2].flat == pytest.approx(100)
    assert "gain is too high" in found[0].advice
    assert "check the plug" in found[2].advice


def test_lost_samples_count_whether_the_stream_jumps_or_one_channel_alone_lacks_them():
    samples = resting()
    samples[-500:-400, 3] = np.nan
    found = checks(samples, skip=(4000, 4250))
    assert found[0].dropped == pytest.approx(5.0, abs=0.5)
    assert found[3].dropped == pytest.approx(7.0, abs=0.7)
    assert "nearer to its dongle" in found[0].advice


def test_what_is_over_is_forgotten_after_ten_seconds():
    samples = resting(16.0)
    samples[:2000, 0] = 999.0
    assert checks(samples)[0].clipped == 0


def test_noise_alone_is_never_called_mains():
    rng = np.random.default_rng(5)
    for _ in range(20):
        found = checks(rng.normal(0, 1, (round(5 * FS), 4)), step=250)
        assert max(c.line_ratio for c in found) < 6


def test_how_the_stream_is_cut_makes_no_difference():
    samples = resting(10.0)
    samples[3000:3100, 0] = 999.0
    assert checks(samples, step=7) == checks(samples, step=125)


def test_the_worst_grade_counts_and_the_unknown_last():
    assert worst(["good", "", "fair"]) == "fair"
    assert worst(["", ""]) == ""
    assert worst(["poor", "unusable"]) == "unusable"


def test_a_pair_of_electrodes_is_told_in_words():
    poles = {("a", "P"): Electrode("a", "P", 4e3), ("a", "N"): Electrode("a", "N", 31e3)}
    assert pair_words(poles, "a") == ("electrode N 31 kohm; the pair differs by more than 10 kohm")
    assert pair_words(poles, "b") == ""
