"""What ``X.json`` says a result comes from, of a recording made by hand."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from emgspasm.config import LoadedConfig
from emgspasm.dsp.pipeline import Pipeline, Tally
from emgspasm.dsp.quality import ChannelQuality
from emgspasm.results.measurement import Measurement
from emgspasm.results.provenance import provenance
from support.findings import findings, stream

NOTHING = Tally(*(np.zeros(2, int) for _ in range(5)), sought=np.empty((0, 3), np.int64))
QUALITY = ChannelQuality("OOC_L", 2.0, 50.0, 3.0, 0.0, 0.0, 0.0, "good", "")


def said(fs=1000.0, quality=(QUALITY,)):
    pipeline = Pipeline()
    measured = Measurement(
        pipeline, ("a notch was added",), findings(2), NOTHING, 0, np.zeros(2), np.zeros(2)
    )
    info = replace(stream("OOC_L", "OOC_R", fs=fs), device="Cyton")
    recording = SimpleNamespace(info=info, n_samples=5000, findings=("cut at the end",))
    origin = {"recording": "x.bdf", "config_sha256": "0" * 64}
    told = provenance(origin, recording, measured, LoadedConfig(), quality)
    assert json.loads(json.dumps(told, allow_nan=False))["recording"] == "x.bdf"
    return told


def test_it_tells_rate_duration_channels_and_device():
    told = said(fs=500.0)
    assert (told["sampling_frequency"], told["duration_s"], told["device"]) == (
        500.0,
        10.0,
        "Cyton",
    )
    assert told["channels"] == ["OOC_L", "OOC_R"]


@pytest.mark.parametrize("fs", [250.0, 1000.0])
def test_delay_and_settling_are_those_of_the_pipeline_in_milliseconds(fs):
    told, info = said(fs=fs), stream("OOC_L", "OOC_R", fs=fs)
    assert told["delay_ms"] == pytest.approx(1000 * Pipeline().delay(info), abs=1e-3)
    assert told["settling_ms"] == pytest.approx(1000 * Pipeline().settling(info), abs=1e-3)
    assert 0 < told["delay_ms"] < told["settling_ms"]


@pytest.mark.parametrize(("fs", "told"), [(199.0, True), (200.0, False), (1000.0, False)])
def test_under_200_hz_all_of_a_result_is_exploratory(fs, told):
    assert said(fs)["exploratory"] is told
    assert any(w.startswith("exploratory") for w in said(fs)["warnings"]) is told


def test_what_a_reader_must_know_is_told_of_rate_recording_settings_and_channels():
    dead = replace(QUALITY, channel="OOC_R", grade="unusable", reason="flat for 100.0 %")
    warnings = said(fs=250.0, quality=(QUALITY, dead))["warnings"]
    assert [w.split(":")[0] for w in warnings] == [
        "250 Hz", "250 Hz", "cut at the end", "a notch was added", "channel OOC_R not analyzed",
    ]  # fmt: skip
    assert said()["warnings"] == ["cut at the end", "a notch was added"]


def test_the_settings_are_told_in_words_and_as_they_are():
    told = said()
    assert told["detector"] == "hysteresis"
    assert told["settings"]["detector"]["on_sigma"] == Pipeline().detector.on_sigma
    assert told["pipeline"] == repr(Pipeline())
