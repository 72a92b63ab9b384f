"""What survives from one window to the next, by QSettings: how things look, never who was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QByteArray, QSettings

from emgspasm.desk.palette import Name
from emgspasm.desk.scales import GAINS, TIME_BASES
from emgspasm.desk.strip import TRACKS
from emgspasm.viewer.traces.picture import View


@dataclass(frozen=True, slots=True)
class Kept:
    """Settings of the window.

    Parameters
    ----------
    view : View
    theme : {"dark", "light"}
    font_scale : float
        Size of all text, of the desktop's.
    study, task : str
        Of the last recording. Who was recorded is not kept.
    geometry : bytes
        Of the window, as Qt writes it.
    """

    view: View = field(default_factory=View)
    theme: Name = "dark"
    font_scale: float = 1.0
    study: str = ""
    task: str = "rest"
    geometry: bytes = b""


def store() -> QSettings:
    """Where they are kept."""
    return QSettings("emgspasm", "viewer")


def load() -> Kept:
    """What was kept; a value that makes no sense is the default."""
    kept, default = store(), Kept()
    tracks = frozenset(str(kept.value("tracks", "filtered")).split("+")) & frozenset(TRACKS)
    view = View(
        seconds=_one_of(kept.value("seconds"), TIME_BASES, default.view.seconds),
        gain=_one_of(kept.value("gain"), GAINS, default.view.gain),
        scrolls=_truth(kept.value("scrolls"), default.view.scrolls),
        tracks=tracks or default.view.tracks,
        levels=_truth(kept.value("levels"), default.view.levels),
        mirrored=_truth(kept.value("mirrored"), default.view.mirrored),
    )
    geometry = kept.value("geometry")
    return Kept(
        view=view,
        theme="light" if kept.value("theme") == "light" else "dark",
        font_scale=min(max(_number(kept.value("font_scale"), 1.0), 0.6), 3.0),
        study=str(kept.value("study") or ""),
        task=str(kept.value("task") or default.task),
        geometry=bytes(geometry.data()) if isinstance(geometry, QByteArray) else b"",
    )


def save(settings: Kept) -> None:
    """Keep them."""
    kept, view = store(), settings.view
    values = {
        "seconds": view.seconds,
        "gain": view.gain,
        "scrolls": view.scrolls,
        "tracks": "+".join(sorted(view.tracks)),
        "levels": view.levels,
        "mirrored": view.mirrored,
        "theme": settings.theme,
        "font_scale": settings.font_scale,
        "study": settings.study,
        "task": settings.task,
        "geometry": QByteArray(settings.geometry),
    }
    for key, value in values.items():
        kept.setValue(key, value)
    kept.sync()


def _number(value: object, default: float) -> float:
    try:
        return float(str(value))
    except ValueError:
        return default


def _one_of(value: object, choices: tuple[float, ...], default: float) -> float:
    number = _number(value, default)
    return number if number in choices else default


def _truth(value: object, default: bool) -> bool:
    return default if value is None else str(value).lower() == "true"
