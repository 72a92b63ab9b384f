"""Mains: seen in the first seconds, taken out where it stands out, the same for any chunks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgspasm.config import parse_config
from emgspasm.dsp.filters import BandPass, Notch
from emgspasm.dsp.mains import LOOK, fit_notch, missed
from emgspasm.dsp.pipeline import Pipeline, analyze
from emgspasm.dsp.quality import MeanSpectrum
from emgspasm.stream import Channel, Chunk, StreamInfo


def hum(seconds, frequencies, amplitude=20.0, fs=1000.0, seed=0):
    """Two channels of noise of 2 uV, with sines in the second."""
    times = np.arange(round(seconds * fs)) / fs
    samples = np.random.default_rng(seed).normal(0.0, 2.0, (len(times), 2))
    for frequency in frequencies:
        samples[:, 1] += amplitude * np.sin(2 * np.pi * frequency * times)
    return samples


def notches(pipeline):
    return [design for design in pipeline.filters if isinstance(design, Notch)]


@pytest.mark.parametrize("line", [50, 60])
def test_a_line_that_stands_out_gets_a_notch_and_a_notice(stream_info, cut, line):
    fitted, _, notice = fit_notch(Pipeline(), stream_info(2), cut(hum(10, [line])))
    (notch,) = notches(fitted)
    assert (notch.frequency, notch.multiples) == (line, (1,))
    assert f"mains of {line} Hz" in notice
    assert 'mains = "off"' in notice


def test_only_the_multiples_that_stand_out_are_taken_out(stream_info, cut):
    fitted, _, notice = fit_notch(Pipeline(), stream_info(2), cut(hum(10, [50, 150, 350])))
    assert notches(fitted)[0].multiples == (1, 3, 7)
    assert "50, 150, 350 Hz" in notice


def test_noise_without_a_line_is_left_alone(stream_info, cut):
    fitted, _, notice = fit_notch(Pipeline(), stream_info(2), cut(hum(10, [])))
    assert fitted == Pipeline()
    assert notice == ""


def test_mains_that_a_notch_has_yet_to_take_out_makes_no_burst_at_the_start(stream_info, cut):
    pipeline, stream, _ = fit_notch(Pipeline(), stream_info(2), cut(hum(20, [50], 20.0)))
    assert notches(pipeline)
    bursts = [b for a in analyze(pipeline, stream_info(2), stream) for b in a.bursts]
    assert bursts == []


def test_a_second_that_is_far_louder_hides_no_mains(stream_info, cut):
    samples = hum(10, [50, 150])
    samples[1500:] += 1e4 * np.exp(-np.arange(8500)[:, None] / 500)
    assert notches(fit_notch(Pipeline(), stream_info(2), cut(samples))[0])[0].multiples == (1, 3)


@pytest.mark.parametrize("n_loud", [1, 3])
def test_loud_seconds_make_no_mains_of_noise(stream_info, cut, n_loud):
    found = 0
    for seed in range(20):
        samples = np.random.default_rng(seed).normal(0.0, 2.0, (1000, 8))
        samples[250 * (4 - n_loud) :] *= 30
        found += bool(notches(fit_notch(Pipeline(), stream_info(8, 250.0), cut(samples))[0]))
    assert found <= 1


def test_a_notch_of_the_user_s_is_left_as_it_is(stream_info, cut):
    mine = Pipeline(filters=(BandPass(), Notch(60.0)))
    fitted, _, notice = fit_notch(mine, stream_info(2), cut(hum(10, [50])))
    assert fitted == mine
    assert notice == ""


def test_the_whole_stream_comes_through(stream_info, cut):
    samples = hum(10, [50])
    _, stream, _ = fit_notch(Pipeline(), stream_info(2), cut(samples, range(100, 10_000, 100)))
    chunks = list(stream)
    assert [c.start for c in chunks] == list(range(0, 10_000, 100))
    assert np.array_equal(np.concatenate([c.samples for c in chunks]), samples)


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, 8000), max_size=20), amplitude=st.sampled_from([0.3, 0.6, 20]))
def test_the_decision_does_not_feel_where_chunks_end(stream_info, cut, cuts, amplitude):
    samples = hum(8, [50, 100], amplitude)
    whole = fit_notch(Pipeline(), stream_info(2), cut(samples))
    parts = fit_notch(Pipeline(), stream_info(2), cut(samples, cuts))
    assert (whole[0], whole[2]) == (parts[0], parts[2])


def test_only_the_first_seconds_decide(stream_info, cut):
    samples = hum(20, [50])
    samples[: round(LOOK * 1000)] = hum(LOOK, [], seed=1)
    assert notches(fit_notch(Pipeline(), stream_info(2), cut(samples))[0]) == []


def told(pipeline, info, samples):
    """What is said of the mains of a whole recording."""
    spectrum = MeanSpectrum()
    state = spectrum.init(info)
    spectrum.step(state, Chunk(0, samples))
    return missed(pipeline, info, state)


def beginning_late(frequencies, amplitude):
    """Twenty seconds with mains from the fifth on."""
    samples = hum(20, frequencies, amplitude)
    samples[:5000] = hum(5, [])
    return samples


@pytest.mark.parametrize(
    ("frequencies", "amplitude", "notch"),
    [([50], 2.0, (50.0, 100.0, (1,))), ([60, 180], 20.0, (60.0, 30.0, (1, 3)))],
)
def test_mains_that_begins_late_is_said_with_the_line_of_a_config_that_takes_it_out(
    stream_info, frequencies, amplitude, notch
):
    samples = beginning_late(frequencies, amplitude)
    said = told(Pipeline(), stream_info(2), samples)
    assert said.startswith(f"mains of {frequencies[0]} Hz stands ")
    assert "in the whole recording, but not in its first 4 s: no notch was added" in said
    rest = "\n[pipeline.detector]\nfloor = 1.0\n"
    loaded = parse_config(said.partition("its filters: ")[2] + rest)
    assert loaded.config.pipeline.filters == (BandPass(), Notch(*notch))
    assert told(loaded.config.pipeline, stream_info(2), samples) == ""


def test_mains_beside_a_notch_at_another_frequency_is_said(stream_info):
    pipeline = Pipeline(filters=(BandPass(), Notch(60.0)))
    said = told(pipeline, stream_info(2), hum(20, [50]))
    assert "over its neighbours in the whole recording, and the notch is at 60 Hz. Add" in said


@pytest.mark.parametrize("loud", [1.0, 50.0], ids=["even", "one loud second"])
def test_noise_alone_is_not_said_to_be_mains(stream_info, loud):
    for seed in range(10):
        samples = hum(20, [], seed=seed)
        samples[3000:4000] *= loud
        assert told(Pipeline(), stream_info(2), samples) == ""


def test_what_is_no_emg_does_not_decide(cut):
    info = StreamInfo(1000.0, (Channel("c0"), Channel("ECG", kind="ECG")))
    assert notches(fit_notch(Pipeline(), info, cut(hum(10, [50])))[0]) == []


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.5])
def test_a_stream_shorter_than_the_look_is_no_trouble(stream_info, cut, seconds):
    fitted, stream, _ = fit_notch(Pipeline(), stream_info(2), cut(hum(seconds, [50])))
    assert len(notches(fitted)) == (1 if seconds > 1 else 0)
    assert sum(len(c.samples) for c in stream) == 1000 * seconds


def test_missing_seconds_do_not_decide(stream_info):
    samples = hum(10, [50])
    samples[:4000] = np.nan
    assert notches(fit_notch(Pipeline(), stream_info(2), [Chunk(0, samples)])[0]) == []


def test_the_notch_makes_bursts_under_mains_visible(stream_info, cut):
    samples = hum(20, [50], amplitude=30.0)
    samples[10_000:10_100, 1] += np.random.default_rng(1).normal(0.0, 20.0, 100)
    info = stream_info(2)
    fitted, stream, _ = fit_notch(Pipeline(), info, cut(samples))
    bursts = [b for a in analyze(fitted, info, stream) for b in a.bursts if b.onset > 5000]
    assert [(b.channel, b.onset) for b in bursts] == [(1, pytest.approx(10_000, abs=5))]
