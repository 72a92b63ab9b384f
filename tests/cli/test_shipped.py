"""What comes with the package to start from: configs."""

import json
from pathlib import Path

import pytest

from emgspasm.config import load_config
from emgspasm.storage.montage import load_montage

FILES = sorted(Path(__file__).parents[2].glob("configs/*.toml"))


def test_every_shipped_config_is_listed_with_what_it_is_for(emgspasm):
    rows = json.loads(emgspasm("configs", "--json").stdout)
    assert [row["name"] for row in rows] == [path.stem for path in FILES]
    assert all(len(row["purpose"]) > 20 for row in rows)
    assert all(Path(row["path"]).is_file() for row in rows)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_printed_config_is_the_file(emgspasm, tmp_path, path):
    mine = tmp_path / "mine.toml"
    mine.write_text(emgspasm("configs", path.stem).stdout, encoding="utf-8")
    assert mine.read_bytes() == path.read_bytes()
    load = load_montage if path.stem.startswith("montage") else load_config
    assert load(mine) is not None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_printed_config_is_plain_in_the_encoding_of_any_shell(path):
    assert path.read_bytes().isascii()


def test_a_config_that_does_not_come_along_is_refused_with_the_nearest(emgspasm):
    done = emgspasm("configs", "cytn")
    assert done.returncode == 2
    assert "no config cytn comes with emgspasm. Did you mean cyton?" in done.stderr


@pytest.mark.parametrize("option", ["--config", "--montage"])
def test_a_file_that_is_missing_points_to_those_that_come_along(emgspasm, tmp_path, option):
    signal = tmp_path / "signal.bdf"
    emgspasm("simulate", signal, "--scenario", "healthy_rest", "--duration", "2")
    done = emgspasm("analyze", signal, option, tmp_path / "no.toml", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "no.toml cannot be read (No such file or directory)" in done.stderr
    assert "emgspasm configs" in done.stderr
