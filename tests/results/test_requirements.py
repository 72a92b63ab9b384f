"""What a stream must be to be analyzed."""

import pytest

from emgspasm.config import Config, LoadedConfig, parse_config
from emgspasm.dsp.detection.matched import emg_spectrum
from emgspasm.errors import ConfigError
from emgspasm.results.requirements import require_analyzable
from emgspasm.stream import Channel, StreamInfo


@pytest.fixture
def info():
    def make(*labels, fs=1000.0):
        return StreamInfo(fs, tuple(map(Channel.from_label, labels)))

    return make


def test_a_recording_without_emg_is_refused(info):
    with pytest.raises(ConfigError, match=r"no EMG channel among ECG, ACC_X.*--montage"):
        require_analyzable(info("ECG", "ACC_X"), LoadedConfig())


def test_a_muscle_without_a_side_of_its_own_is_the_midline_s_and_taken(info):
    require_analyzable(info("OOC_L", "MEN"), LoadedConfig())


def test_a_label_without_side_or_muscle_is_refused_by_name(info):
    with pytest.raises(ConfigError, match=r"channels EMG1, Fp1 \(labels follow OOC_L\)"):
        require_analyzable(info("OOC_L", "EMG1", "Fp1"), LoadedConfig())


def test_a_rate_below_emg_is_refused_with_the_band_that_remains(info):
    with pytest.raises(ConfigError, match=r"125 Hz.*only 20-56\.25 Hz remain.*exploratory = true"):
        require_analyzable(info("OOC_L", fs=125.0), LoadedConfig())
    require_analyzable(info("OOC_L", fs=125.0), LoadedConfig(Config(exploratory=True)))


def test_a_rate_without_any_emg_is_refused_whatever_the_config_says(info):
    exploring = LoadedConfig(Config(exploratory=True))
    with pytest.raises(ConfigError, match=r"50 Hz \(60 Hz is the least.* at 200 Hz or more"):
        require_analyzable(info("OOC_L", fs=50.0), exploring)
    require_analyzable(info("OOC_L", fs=60.0), exploring)
    assert emg_spectrum(60.0).max() == 1.0


def test_a_rate_too_low_for_the_band_says_what_would_do(info):
    loaded = parse_config('pipeline.filters = [{ kind = "band_pass", high_pass = 120 }]')
    with pytest.raises(ConfigError, match=r"250 Hz carries signals up to 112\.5 Hz.*268 Hz"):
        require_analyzable(info("OOC_L", fs=250.0), loaded)
