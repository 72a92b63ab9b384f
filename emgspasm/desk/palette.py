"""Colours of the live window: dark and light, told apart by colour-blind people too.

The sides are blue and orange, the pair that every common colour blindness leaves apart (after
Okabe & Ito 2008); nothing is told by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Name = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``.

    Parameters
    ----------
    name : {"dark", "light"}
    window, panel, raised : str
        Behind everything, of widgets, of what can be pressed.
    line, grid : str
        Borders; the faint lines of scales.
    text, faint : str
        Writing, and writing that may be overlooked.
    left, right, midline : str
        The anatomical sides.
    spasm, blink, voluntary, artifact : str
        Kinds of events.
    gap : str
        Missing samples, and what a number does not hold for.
    good, warning, bad : str
        Grades.
    recording, accent, cursor : str
        The recording lamp; focus and selection; measuring lines.
    skin, skin_line, feature, eye, lip, muscle : str
        The drawn face.
    heat : tuple of str
        From a muscle at rest to one in full contraction, ever brighter against `skin`.
    """

    name: Name
    window: str
    panel: str
    raised: str
    line: str
    grid: str
    text: str
    faint: str
    left: str
    right: str
    midline: str
    spasm: str
    blink: str
    voluntary: str
    artifact: str
    gap: str
    good: str
    warning: str
    bad: str
    recording: str
    accent: str
    cursor: str
    skin: str
    skin_line: str
    feature: str
    eye: str
    lip: str
    muscle: str
    heat: tuple[str, ...]

    def side_color(self, side: str | None) -> str:
        """Colour of ``left`` or ``L``, ``right`` or ``R``; of the midline for anything else."""
        letter = (side or "").upper()[:1]
        return {"L": self.left, "R": self.right}.get(letter, self.midline)

    def event_color(self, trial_type: str) -> str:
        """Colour of an event by its kind; that of faint writing for any other."""
        colors = {
            "spasm": self.spasm,
            "blepharospasm": self.spasm,
            "myokymia": self.spasm,
            "blink": self.blink,
            "voluntary": self.voluntary,
            "artifact": self.artifact,
        }
        return colors.get(trial_type, self.faint)

    def grade_color(self, grade: str) -> str:
        """Colour of a grade of :mod:`emgspasm.dsp.quality`; of faint writing if not known yet."""
        colors = {
            "good": self.good,
            "fair": self.warning,
            "poor": self.bad,
            "unusable": self.bad,
        }
        return colors.get(grade, self.faint)


DARK = Palette(
    name="dark",
    window="#0f1317",
    panel="#161b21",
    raised="#222a33",
    line="#35404b",
    grid="#232b34",
    text="#e7ebef",
    faint="#9aa7b4",
    left="#56b4e9",
    right="#f0a030",
    midline="#b9c2cb",
    spasm="#fb4560",
    blink="#62dcc0",
    voluntary="#d8c24a",
    artifact="#8b96a1",
    gap="#3d454e",
    good="#4fd3ab",
    warning="#e9c33d",
    bad="#f2664d",
    recording="#ff4d3d",
    accent="#7fb2ff",
    cursor="#f2e85c",
    skin="#222931",
    skin_line="#4c5865",
    feature="#74818e",
    eye="#8e9aa6",
    lip="#2d3239",
    muscle="#39363a",
    heat=("#3a3839", "#5b3a34", "#8f432c", "#cc5a26", "#f28a35", "#ffc46b", "#fff1cf"),
)

LIGHT = Palette(
    name="light",
    window="#eceff2",
    panel="#ffffff",
    raised="#f3f5f7",
    line="#c3cbd3",
    grid="#e6eaee",
    text="#171d23",
    faint="#59646f",
    left="#0a6fb3",
    right="#b65c00",
    midline="#5c6670",
    spasm="#9c0f3c",
    blink="#2b8a80",
    voluntary="#85741a",
    artifact="#747e88",
    gap="#d3d8dd",
    good="#0d8064",
    warning="#946c08",
    bad="#9a1a0a",
    recording="#cc1f1a",
    accent="#2a5fd0",
    cursor="#6a35a8",
    skin="#f3eee9",
    skin_line="#b8aea4",
    feature="#8c8278",
    eye="#ffffff",
    lip="#e6d5cc",
    muscle="#e6dad2",
    heat=("#e6d9d0", "#e9c3a8", "#e8a277", "#dd7844", "#c14e1d", "#8f2d0f", "#521505"),
)


def palette_named(name: Name) -> Palette:
    """The dark or the light palette."""
    return DARK if name == "dark" else LIGHT
