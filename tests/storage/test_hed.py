"""The events dictionary, checked by the validator of the HED working group."""

import io
import json
import warnings

import pytest

from emgspasm.storage.columns import EVENTS
from emgspasm.storage.hed import TAGGED, VERSION, events_dictionary


def test_every_column_of_events_is_described():
    told = events_dictionary()
    assert list(told) == [column.name for column in EVENTS]
    assert all(entry["Description"] for entry in told.values())


def test_every_level_has_its_tags():
    told = events_dictionary()
    for name, levels in TAGGED.items():
        assert set(told[name]["HED"]) == set(told[name]["Levels"]) == set(levels)
    assert set(told["trial_type"]["HED"]) == set(
        next(c.levels for c in EVENTS if c.name == "trial_type")
    )


def issues(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the validator's own imports
        models = pytest.importorskip("hed.models", reason="hedtools is not installed")
        from hed.schema import load_schema_version

        schema = load_schema_version(VERSION)
        sidecar = models.Sidecar(io.StringIO(json.dumps(content)))
        return sidecar.validate(schema)


def test_the_hed_validator_finds_no_issue():
    assert issues(events_dictionary()) == []


def test_the_hed_validator_would_find_a_tag_that_does_not_exist():
    content = events_dictionary()
    content["trial_type"]["HED"]["spasm"] = "Data-feature, Hemifacial-spasm"
    assert issues(content)
