"""The config file: strict, and plain about what is wrong."""

import re
import tomllib
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

import emgspasm as es
from emgspasm.config import Config, LoadedConfig, load_config, parse_config
from emgspasm.dsp.envelope import LinearEnvelope, RmsEnvelope
from emgspasm.dsp.filters import BandPass, HighPass, Notch
from emgspasm.dsp.textbook.detectors import Bonato, HodgesBui, Lidierth, Tkeo
from emgspasm.errors import ConfigError


def complaint(text):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "my.toml")
    return str(caught.value)


def test_an_empty_text_gives_the_defaults():
    assert parse_config("").config == Config() == LoadedConfig().config


@pytest.mark.parametrize("hertz", ["-50", "0"])
def test_mains_of_an_impossible_frequency_are_refused(hertz):
    assert "it must be positive: 50 or 60" in complaint(
        f"[recording]\npower_line_frequency = {hertz}"
    )


def test_a_full_text_is_read_as_written():
    loaded = parse_config("""
        mains = "off"
        exploratory = true
        [pipeline]
        filters = [
          { kind = "high_pass", high_pass = 28, order = 2 },
          { kind = "notch", frequency = 60.0, multiples = [1, 3] },
          { kind = "band_pass", low_pass = 300.0 },
        ]
        envelope = { kind = "linear_envelope", low_pass = 10.0 }
        [pipeline.screen]
        clip_fraction = 0.8
        [pipeline.detector]
        floor = 2
        [pipeline.detector.baseline]
        memory = 20.0
    """)
    pipeline = loaded.config.pipeline
    assert pipeline.filters == (
        HighPass(28.0, 2),
        Notch(60.0, multiples=(1, 3)),
        BandPass(low_pass=300.0),
    )
    assert pipeline.envelope == LinearEnvelope(10.0)
    assert (pipeline.screen.clip_fraction, pipeline.detector.floor) == (0.8, 2.0)
    assert pipeline.detector.baseline.memory == 20.0
    assert (loaded.config.mains, loaded.config.exploratory) == ("off", True)


def test_the_fold_takes_the_pipeline_of_a_config_that_was_loaded(tmp_path):
    (tmp_path / "c.toml").write_text("[pipeline.detector]\nfloor = 2\n")
    config, face = es.load_config(tmp_path / "c.toml"), es.simulate("hfs_clonic", duration=5)
    analyses = list(es.analyze(config.pipeline, face.info, face))
    assert config.pipeline.detector.floor == 2.0
    assert sum(len(a.chunk.samples) for a in analyses) == face.n_samples


def test_each_kind_of_detector_can_be_chosen_and_the_default_need_not_be_named():
    kinds = {"hodges_bui": HodgesBui, "bonato": Bonato, "lidierth": Lidierth, "tkeo": Tkeo}
    for kind, detector in kinds.items():
        chosen = parse_config(f'pipeline.detector = {{ kind = "{kind}", floor = 2 }}')
        assert chosen.config.pipeline.detector == detector(floor=2.0)
    assert parse_config('pipeline.detector.kind = "hysteresis"').sha256 == LoadedConfig().sha256


def test_each_kind_of_envelope_can_be_chosen():
    chosen = parse_config('pipeline.envelope = { kind = "rms_envelope", window = 0.05 }')
    assert chosen.config.pipeline.envelope == RmsEnvelope(0.05)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pipeline.detectr]", "unknown key pipeline.detectr. Did you mean detector?"),
        ("pipeline.detector.flor = 1", "unknown key pipeline.detector.flor. Did you mean floor?"),
        ("sceening = 1", "unknown key sceening. Known keys: pipeline, mains, exploratory"),
        (
            'pipeline.filters = [{ kind = "notch", frequncy = 50 }]',
            "unknown key pipeline.filters.0.frequncy. Did you mean frequency?",
        ),
        (
            'pipeline.filters = [{ kind = "bandpass" }]',
            "pipeline.filters.0: kind='bandpass'; it must be one of band_pass, high_pass, notch",
        ),
        ("pipeline.filters = [{}]", "kind=None; it must be one of band_pass, high_pass, notch"),
        ('mains = "on"', "mains: 'on'; it must be one of auto, off"),
        ('pipeline.detector.floor = "4"', "pipeline.detector.floor: '4' is not a finite number"),
        ("pipeline.detector.floor = true", "pipeline.detector.floor: True is not a finite number"),
        ("pipeline.detector.floor = inf", "pipeline.detector.floor: inf is not a finite number"),
        ("pipeline.detector.floor = nan", "pipeline.detector.floor: nan is not a finite number"),
        ("pipeline.detector.floor = -1", "pipeline.detector: floor=-1.0; it must not be negative"),
        ("exploratory = 1", "exploratory: 1 is not of type bool"),
        ("pipeline = 3", "pipeline: 3 is not a table"),
        ("pipeline.filters = 3", "pipeline.filters: 3 is not an array"),
        ("pipeline.filters = [3]", "pipeline.filters.0: 3 is not a table"),
        (
            'pipeline.filters = [{ kind = "notch", multiples = [1, 2.5] }]',
            "pipeline.filters.0.multiples.1: 2.5 is not of type int",
        ),
        (
            'pipeline.filters = [{ kind = "band_pass", low_pass = 5 }]',
            "pipeline.filters.0: band 20-5 Hz; high_pass must lie between 0.01 and low_pass",
        ),
        ("pipeline.detector.baseline.memory = 1", "memory=1 s; they must be positive and in this"),
        (
            'pipeline.detector = { kind = "abbink" }',
            "kind='abbink'; it must be one of hysteresis, hodges_bui, bonato, lidierth, tkeo",
        ),
        (
            'pipeline.detector = { kind = "tkeo", on_sigma = 6 }',
            "unknown key pipeline.detector.on_sigma",
        ),
        ("pipeline.detector.off_sigma = 9", "off_sigma=9, on_sigma=6; 0 < off_sigma < on_sigma"),
    ],
)
def test_a_mistake_is_named_with_file_place_value_and_rule(text, said):
    assert complaint(text).startswith("my.toml: ")
    assert said in complaint(text)


def test_a_path_as_windows_writes_it_is_refused_with_what_to_write():
    assert "a path takes / in place of \\" in complaint('[source]\nfile = "C:\\Users\\x"')


def test_what_is_no_toml_is_refused_with_its_line():
    assert re.search(r"my\.toml is not valid TOML \(.*line 2", complaint("mains = 'off'\nx = ="))


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 5000 + "]" * 5000])
def test_what_toml_holds_and_python_does_not_read_is_refused_as_a_mistake(value):
    assert complaint(f"mains = {value}").startswith("my.toml is not valid TOML (")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"nowhere\.toml cannot be read \(No such file"):
        load_config(tmp_path / "nowhere.toml")


def test_a_folder_is_no_config(tmp_path):
    with pytest.raises(ConfigError, match="Is a directory"):
        load_config(tmp_path)


def test_a_file_of_another_encoding_is_refused(tmp_path):
    (tmp_path / "latin.toml").write_bytes("# Müller".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.toml is not UTF-8"):
        load_config(tmp_path / "latin.toml")


def test_a_montage_in_place_of_a_config_is_told_where_it_belongs():
    with pytest.raises(ConfigError, match=r"montage.* --montage$"):
        parse_config("[[channel]]\nsource = 1\nlabel = 'OOC_L'\n")


def test_a_mark_of_byte_order_is_no_part_of_a_config(tmp_path):
    (tmp_path / "windows.toml").write_bytes(b'\xef\xbb\xbfmains = "off"\r\n')
    assert load_config(tmp_path / "windows.toml").config.mains == "off"


def test_the_text_is_kept_as_it_was(tmp_path):
    text = "# müscle\r\nmains = 'off'\r\n"
    (tmp_path / "c.toml").write_bytes(text.encode())
    assert load_config(tmp_path / "c.toml").text.splitlines() == text.splitlines()


def test_the_hash_is_of_the_settings_not_of_the_text():
    plain = parse_config("mains = 'off'\npipeline.detector.floor = 1")
    other = parse_config("# why\n[pipeline.detector]\nfloor = 1.0  # uV\n\n")
    assert parse_config("pipeline.detector.floor=1").sha256 == other.sha256 == LoadedConfig().sha256
    assert plain.sha256 != other.sha256


@pytest.mark.parametrize(
    "text",
    [
        'source = { kind = "simulated", seed = 3 }',
        'source = { kind = "cyton", port = "/dev/ttyUSB1" }',
        'recording = { placement = "10 mm apart", power_line_frequency = 60 }',
        'markers = { 1 = "smile", lsl = "cues" }',
        'outlets = { signal = "emg" }',
        '[[montage.channel]]\nsource = 1\nlabel = "OOC_L"',
        "exploratory = true",
    ],
)
def test_what_shapes_no_number_does_not_enter_the_hash(text):
    assert parse_config(text).sha256 == LoadedConfig().sha256


def test_defaults_spelled_out_or_left_out_give_one_hash():
    spelled = """
        mains = "auto"
        pipeline.filters = [{ kind = "band_pass", high_pass = 20, low_pass = 450 }]
        pipeline.envelope = { kind = "rms_envelope", window = 0.02 }
        pipeline.detector = { kind = "hysteresis", floor = 1 }
    """
    assert parse_config(spelled).sha256 == LoadedConfig().sha256


def leaves(cl):
    """Paths of all single numbers of a dataclass of settings."""
    for f in fields(cl):
        value = getattr(cl(), f.name)
        if is_dataclass(value):
            yield from ((f.name, *path) for path in leaves(type(value)))
        elif type(value) in (int, float):
            yield (f.name,)


@pytest.mark.parametrize("path", [p for p in leaves(Config) if "envelope" not in p], ids=".".join)
def test_every_number_enters_the_hash(path):
    value = Config()
    for name in path:
        value = getattr(value, name)
    changed = parse_config(f"{'.'.join(path)} = {value * 1.0001 if value != 1 else 0.9}")
    assert changed.sha256 != LoadedConfig().sha256


names = st.sampled_from(
    [
        *("pipeline", "filters", "envelope", "detector", "baseline", "screen", "mains", "kind"),
        *("exploratory", "floor", "memory", "order", "multiples", "window", "x", "", "é.\n"),
    ]
)
scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["notch", "band_pass", "rms_envelope", "linear_envelope", "auto"]),
    st.dates(),
)
tables = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def toml(value):
    """A value in TOML's own words."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value) + '"'
    return str(value)


def accepted_or_refused(text):
    try:
        config = parse_config(text, "my.toml").config
    except ConfigError as error:
        return str(error).startswith("my.toml")
    return isinstance(config, Config)


@given(table=st.dictionaries(names, tables, max_size=5))
def test_any_table_gives_a_config_or_a_config_error(table):
    text = "\n".join(f"{toml(key)} = {toml(value)}" for key, value in table.items())
    assert tomllib.loads(text).keys() == table.keys()
    assert accepted_or_refused(text)


@given(table=tables, place=st.sampled_from([".".join(p) for p in leaves(Config)] + ["pipeline"]))
def test_any_value_anywhere_gives_a_config_or_a_config_error(table, place):
    assert accepted_or_refused(f"{place} = {toml(table)}")


@given(text=st.text(max_size=60))
def test_any_text_gives_a_config_or_a_config_error(text):
    assert accepted_or_refused(text)


@pytest.mark.parametrize(
    ("table", "text", "said"),
    [
        ("markers", '1 = " "', "a marker needs a text"),
        ("markers", "1 = 2", "a marker needs a text"),
        ("markers", 'lsl = "Ann\'s cues"', "apostrophe"),
        ("outlets", 'signal = " emg"', "printable text"),
        ("outlets", 'events = "e\\tvents"', "printable text"),
    ],
)
def test_a_name_that_nobody_can_find_or_read_is_refused(table, text, said):
    with pytest.raises(ConfigError, match=said):
        parse_config(f"[{table}]\n{text}\n")


def test_texts_of_markers_lose_the_blanks_around_them():
    config = parse_config('[markers]\n1 = " smile "\n').config
    assert config.markers.texts["1"] == "smile"
