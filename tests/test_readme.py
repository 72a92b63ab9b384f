"""What the README says to developers is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emgspasm.synkinesis.markers import TASKS
from emgspasm.synkinesis.measures.trials import MAXIMAL

ROOT = Path(__file__).parent.parent


def places():
    """Files and folders that the README names to developers."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## For developers")[2]
    return sorted(set(re.findall(r"`([a-z_/\d]+(?:/|\.(?:py|md|toml|js)))`", text)))


@pytest.mark.parametrize("place", places())
def test_a_place_that_the_readme_names_to_developers_exists(place):
    beside = [ROOT / "emgspasm" / folder / place for folder in ("", "viewer", "service")]
    assert any(path.exists() for path in (ROOT / place, *beside))


def test_the_readme_names_every_code_of_a_task():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = text.partition("Markers that are codes of tasks")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", told)) == TASKS


def test_the_readme_says_which_movement_tells_the_maximal_contraction_of_a_muscle():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = text.partition("(markers `")[2].partition(")")[0]
    assert dict(re.findall(r"(\w+)` (?:for )?([A-Z]{3})", told)) == MAXIMAL


def test_the_readme_names_places_to_developers():
    assert len(places()) > 25
