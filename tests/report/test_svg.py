"""A figure as part of a page: its drawing is shortened, what people and tests read in it is not."""

import re

import pytest

from emgspasm.report.figures import axes, cite, figure, svg
from emgspasm.report.values import Value


@pytest.fixture
def drawn():
    return axes(figure(100, 40), 0.1, 0.1, 0.8, 0.8)


def words(ax):
    return re.findall("<text[^>]*>([^<]*)</text>", svg(ax.figure, "x"))


def test_ticks_of_three_decimals_are_written_whole(drawn):
    drawn.set_ylim(0, 0.012)
    drawn.set_yticks([0.0, 0.005, 0.01])
    assert {"0.000", "0.005", "0.010"} <= {*words(drawn)}


def test_a_cited_number_is_that_of_its_cell(drawn):
    cite(drawn.text(0.5, 0.5, "33 %"), Value("33.3333", "33", "summary:side=L:involved_pct"))
    assert 'data-value="33.3333"' in svg(drawn.figure, "x")


def test_points_of_a_drawing_have_two_decimals_at_most(drawn):
    drawn.plot([0, 1 / 3, 1], [0, 1 / 7, 1])
    (path,) = re.findall(r'<path d="(M[^"]*)" clip-path', svg(drawn.figure, "x"))
    assert max(len(number.partition(".")[2]) for number in path.split()) == 2
