"""The events dictionary, checked by the validator of the HED working group."""

import io
import json
import warnings

import pytest

from emgspasm.storage.tables.event_columns import EVENTS
from emgspasm.storage.tables.hed import KINDS, TAGGED, VERSION, events_dictionary

pytestmark = pytest.mark.slow  # what reads the schema is slow to import


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


ROWS = """onset\tduration\ttrial_type\tside\tmuscle\tclass
1.0\t0.4\tspasm\tL\tn/a\ttonic
1.0\t0.4\tburst\tL\tOOC\tn/a
1.0\t0.3\tburst\tL\tZYG\tn/a
1.0\t0.2\tblink\tB\tn/a\tn/a
"""


def rows_issues(content, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the validator's own imports
        models = pytest.importorskip("hed.models", reason="hedtools is not installed")
        from hed.schema import load_schema_version

        sidecar = models.Sidecar(io.StringIO(json.dumps(content)))
        table = models.TabularInput(io.StringIO(rows), sidecar=sidecar)
        return table.validate(load_schema_version(VERSION))


def test_rows_of_the_same_onset_are_groups_of_their_own():
    heading = ROWS.partition("\n")[0].split("\t")
    content = {name: entry for name, entry in events_dictionary().items() if name in heading}
    assert rows_issues(content, ROWS) == []
    content["trial_type"]["HED"] = {level: tags for level, (_, tags) in KINDS.items()}
    assert rows_issues(content, ROWS)


def test_the_hed_validator_would_find_a_tag_that_does_not_exist():
    content = events_dictionary()
    content["trial_type"]["HED"]["spasm"] = "Data-feature, Hemifacial-spasm"
    assert issues(content)
