"""What is refused where libraries of an extra are missing."""

import tomllib
from pathlib import Path

import pytest

from emgspasm.cli import extras
from emgspasm.cli.extras import EXTRAS, require_extra
from emgspasm.errors import ConfigError


def test_a_missing_library_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setitem(extras.EXTRAS, "viewer", ("the live window is", ("numpy", "no_such_qt")))
    with pytest.raises(ConfigError) as refused:
        require_extra("viewer", "; or record without: emgspasm record")
    assert str(refused.value) == (
        "the live window is not installed (no_such_qt missing). "
        'Install it: pip install "emgspasm[viewer]"; or record without: emgspasm record'
    )


def test_every_extra_is_one_of_the_package():
    project = Path(__file__).parents[2] / "pyproject.toml"
    told = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) <= set(told["optional-dependencies"])
