"""Every number of the page is a cell of a table of ``analyze``, to the digit."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from emgspasm.report.facts import filters
from emgspasm.report.stored import read_results

RULES = {
    "95 % intervals by the bootstrap standard error of 30 s blocks",
    "95 % interval (per min)", "95 %", "Interquartile range; 95th percentile (ms)",
    "Spread stage (0 to 4)", "Peak p95 (µV)",
    "within 15 ms", "Wilson 95 % interval", "within 50 ms",
}  # fmt: skip
"""Numbers that are no results: what the measures are."""

DIGIT = re.compile(r"\d")


def address(source, folder, name):
    """The text of the cell at an address, read by the csv and json modules alone."""
    table, rest = source.split(":", 1)
    if table == "json":
        value = json.loads((folder / f"{name}.json").read_text())
        for step in rest.strip("/").split("/"):
            value = value[int(step)] if isinstance(value, list) else value.get(step)
            if value is None:
                return "n/a"
        return str(value)
    keys, column = rest.rsplit(":", 1)
    where = dict(pair.split("=", 1) for pair in keys.split(";"))
    with (folder / f"{name}_{table}.tsv").open(newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t")
                if all(r[k] == v for k, v in where.items())]  # fmt: skip
    assert len(rows) <= 1, f"{len(rows)} rows at {source}"
    return rows[0][column] if rows else "n/a"


def rounds_to(exact, shown):
    """Whether a text is that number, rounded to its decimals."""
    shown, exact = Decimal(shown.replace("\N{MINUS SIGN}", "-")), Decimal(exact)
    unit = Decimal(1).scaleb(shown.as_tuple().exponent)
    return abs(shown - exact) <= unit / 2


@pytest.fixture(scope="module")
def told(page, elements):
    return elements(page)


def test_every_cited_cell_is_in_the_tables(told, patient):
    cited = [n for n in nodes(told) if "data-source" in n.attributes]
    assert len(cited) > 200
    for node in cited:
        exact = node.attributes.get("value", node.attributes.get("data-value"))
        cell = address(node.attributes["data-source"], patient.parent, "patient")
        assert (exact or node.text().replace("µV", "uV")) == cell, node.attributes["data-source"]


def test_what_is_shown_is_the_cell_rounded(told):
    cells = list(told.find("data"))
    assert len(cells) > 100
    for node in cells:
        exact, shown = node.attributes["value"], node.text()
        assert shown == exact or rounds_to(exact, shown), node.attributes


def test_a_figures_numbers_are_its_cells(told):
    cited = [n for n in nodes(told) if "data-value" in n.attributes]
    assert cited
    for node in cited:
        number = re.search(r"[\d.]+", node.text())[0]
        assert rounds_to(node.attributes["data-value"], number)


def test_no_number_stands_without_its_cell(told):
    for node, text in told.texts():
        above = list(node.above())
        if any(
            "data-source" in n.attributes or n.tag in ("style", "title", "footer") for n in above
        ):
            continue
        if any(n.attributes.get("class") == "tick" for n in above):
            continue  # the axis of a figure
        rules = [n.text() for n in above if "data-rule" in n.attributes]
        if rules:
            assert rules[0] in RULES
            continue
        assert not DIGIT.search(text), text


def nodes(node):
    for child in node.children:
        if not isinstance(child, str):
            yield child
            yield from nodes(child)


def test_a_notch_at_several_multiples_is_listed_as_it_is_stored(patient):
    results = read_results(patient)
    multiples = [1, 3]  # as json gives them
    notch = {"frequency": 50.0, "quality": 100.0, "multiples": multiples}
    settings = results.provenance["settings"] | {"filters": [notch]}
    told = replace(results, provenance=results.provenance | {"settings": settings})
    (listed,) = filters(told)
    assert [value.exact for value in listed["multiples"]] == ["1", "3"]
    assert listed["multiples"][1].source == "json:/settings/filters/0/multiples/1"
    assert listed["frequency"].exact == "50.0"
