"""How figures look, and how they become part of a page.

Figures are drawn with the object interface, without pyplot. Numbers in them carry the address of
their cell like those of the text: see :func:`cite`.
"""

from __future__ import annotations

import io
import re
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from emgspasm.report.values import Value

MILLIMETRE = 1 / 25.4
"""Inches."""

WIDTH = 190.0
"""Millimetres of a line of the page."""

INK, GREY, PALE = "#1a1a1a", "#6b6b6b", "#d9d9d9"
LEFT, RIGHT = "#0b5394", "#b45309"
"""Blue and ochre of Okabe and Ito's family, dark enough for text on white; in grey they differ
little, so side is always said in letters too."""

SIDES = {"L": LEFT, "R": RIGHT, "B": INK}

STYLE: dict[str, Any] = {
    "svg.hashsalt": "emgspasm",  # the same figure gives the same bytes
    "svg.fonttype": "none",  # text stays text: searchable, and small
    "font.family": "DejaVu Sans",  # comes with matplotlib, so widths are the same everywhere
    "font.size": 7.0,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7.0,
    "axes.linewidth": 0.5,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "hatch.linewidth": 0.4,
    "lines.linewidth": 0.8,
    "path.simplify": False,
}

_NUMBER = re.compile(r""" id="[^"]*"|>[^<]*<|(-?\d+\.\d{3,})""")
"""Numbers of a drawing; ids and texts, where a number is a result or a name, are passed over."""
_IDS = re.compile(r' id="([^"]*)"')
_USED = re.compile(r'(?:url\(#|href="#)([^")]+)')
_CITED = "cited|"
SCALE = "scale"
"""Mark (``set_gid``) of a text that is no result but says how large things are drawn."""


def styled() -> AbstractContextManager[None]:
    """The page's style, while figures and texts are made."""
    from matplotlib import rc_context

    return rc_context(STYLE)  # type: ignore[arg-type]  # matplotlib names every key in its type


def figure(width: float, height: float) -> Figure:
    """An empty figure in the page's style.

    Parameters
    ----------
    width, height : float
        Millimetres on paper; a full line of the page is 190 mm.
    """
    from matplotlib.figure import Figure

    with styled():
        return Figure(figsize=(width * MILLIMETRE, height * MILLIMETRE))


def axes(drawn: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes in the page's style; the arguments are shares of the figure."""
    with styled():
        return drawn.add_axes((left, bottom, width, height))


def cite(text: Text, value: Value) -> Text:
    """Let a text of a figure carry the address of the cell it shows."""
    text.set_gid(f"{_CITED}{value.source}|{value.exact}")
    return text


def svg(drawn: Figure, name: str) -> Markup:
    """A figure as an inline SVG image, described by the element ``NAME-caption``.

    Parameters
    ----------
    drawn : Figure
    name : str
        Of letters, digits and hyphens; unique on the page.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = io.StringIO()
    with styled():
        FigureCanvasSVG(drawn).print_svg(  # type: ignore[no-untyped-call]  # matplotlib's
            out, metadata=dict.fromkeys(("Date", "Creator"), None)
        )
    text = out.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    head, body = text.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    assert box is not None  # matplotlib writes one
    body = _NUMBER.sub(_short, body)
    width, height = drawn.get_size_inches() / MILLIMETRE
    described = f'role="img" aria-labelledby="{name}-caption"'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box[0]} style="--width: {width:g}mm; --ratio: {width / height:.4f}" {described}>'
    )
    return Markup(opening + _own_ids(body, name))  # noqa: S704  matplotlib escapes its texts


def _short(found: re.Match[str]) -> str:
    """A number of a drawing to a hundredth of a point; all else as it is."""
    return f"{float(found[1]):.2f}".rstrip("0").rstrip(".") if found[1] else found[0]


def _own_ids(body: str, name: str) -> str:
    """Ids made unique on the page; those nobody refers to become nothing, or addresses."""
    used = set(_USED.findall(body))

    def renamed(match: re.Match[str]) -> str:
        given = match[1]
        if given.startswith(_CITED):
            source, exact = given.removeprefix(_CITED).rsplit("|", 1)
            return f' data-source="{source}" data-value="{exact}"'
        if given.startswith(("xtick", "ytick", SCALE)):
            return ' class="tick"'
        return f' id="{name}-{given}"' if given in used else ""

    body = _IDS.sub(renamed, body)
    return _USED.sub(lambda match: match[0].replace(f"#{match[1]}", f"#{name}-{match[1]}"), body)
