"""Mains that begins after the first seconds is said wherever people look for warnings."""

import json

import numpy as np
import pytest

from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Channel, Chunk, StreamInfo

FS, SECONDS, BEGIN = 250, 12, 5
SAID = "mains of 50 Hz stands "


@pytest.fixture(scope="module")
def hummed(tmp_path_factory):
    """A recording of noise with mains from the fifth second on."""
    path = tmp_path_factory.mktemp("mains") / "hummed.bdf"
    names = ("OOC_L", "OOC_R")
    channels = tuple(Channel.from_label(name, full_scale=10_000.0) for name in names)
    samples = np.random.default_rng(0).normal(0.0, 2.0, (FS * SECONDS, 2))
    times = np.arange(FS * BEGIN, FS * SECONDS) / FS
    samples[FS * BEGIN :, 1] += 20 * np.sin(2 * np.pi * 50 * times)
    with BdfWriter(path, StreamInfo(float(FS), channels)) as writer:
        writer.write(Chunk(0, samples))
    return path


def test_it_is_in_the_warnings_of_the_result_until_the_config_has_the_notch(
    emgspasm, hummed, tmp_path
):
    done = emgspasm("analyze", hummed, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    (warning,) = (
        text
        for text in json.loads((tmp_path / "out/hummed.json").read_text())["warnings"]
        if SAID in text
    )
    assert f"hummed.bdf: {warning}" in done.stderr.splitlines()

    config = tmp_path / "notched.toml"
    config.write_text(warning.partition("its filters: ")[2], encoding="utf-8")
    done = emgspasm("analyze", hummed, "--out", tmp_path / "notched", "--config", config)
    assert done.returncode == 0, done.stderr
    assert "mains" not in done.stderr


def test_it_is_not_said_where_the_config_wants_no_notch(emgspasm, hummed, tmp_path):
    config = tmp_path / "off.toml"
    config.write_text('mains = "off"', encoding="utf-8")
    done = emgspasm("analyze", hummed, "--out", tmp_path / "out", "--config", config)
    assert done.returncode == 0, done.stderr
    assert "mains" not in done.stderr


def test_quality_says_it_beside_the_height_of_the_line(emgspasm, hummed):
    done = emgspasm("quality", hummed)
    assert done.returncode == 0, done.stderr
    assert SAID in done.stderr
    assert "mains 3" in next(row for row in done.stdout.splitlines() if row.startswith("OOC_R"))
