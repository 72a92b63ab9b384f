"""Thresholds set by hand: what a level on the screen means for the config, and its text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from emgspasm.config import LoadedConfig, parse_config
from emgspasm.dsp.detection.detector import Detector
from emgspasm.dsp.textbook.detectors import AnyTextbook
from emgspasm.errors import ConfigError
from emgspasm.structure import kind_name

Which = Literal["off", "on"]

TABLE = "[pipeline.detector]"

KEYS = ("on_sigma", "off_sigma", "floor")


def tuned(
    detector: Detector | AnyTextbook, which: Which, level: float, levels: tuple[float, float, float]
) -> Detector:
    """The detector whose threshold would stand at a level, other things being equal.

    Thresholds are standard deviations over the noise level in the envelope's power 2/3 (see
    ``dsp.detection.noise``), the same for all channels: what is dragged on one line moves them all.

    Parameters
    ----------
    detector : Detector
        As it is; only the default kind's thresholds can be dragged.
    which : {"off", "on"}
    level : float
        Where the threshold shall stand, in uV.
    levels : (float, float, float)
        Noise level, off and on threshold of that channel as they are, in uV.

    Raises
    ------
    ConfigError
        No threshold can stand there.
    """
    if not isinstance(detector, Detector):
        raise ConfigError(
            f"thresholds of kind {kind_name(type(detector))} stand as the config says. "
            "Change its keys there"
        )
    if which == "on" and levels[2] <= detector.floor:  # the floor is what is seen there
        return _replaced(detector, level, floor=round(max(level, 0.0), 1))
    base, off, on = (value ** (2 / 3) for value in levels)
    steps = {"off": (off, detector.off_sigma), "on": (on, detector.on_sigma)}
    seen, sigmas = steps[which]
    spread = (seen - base) / sigmas
    if not spread > 0:
        raise ConfigError("the noise level is not known yet. Wait until thresholds are drawn")
    sigma = round((max(level, 0.0) ** (2 / 3) - base) / spread, 1)
    changes = {f"{which}_sigma": sigma}
    if which == "on":
        changes["floor"] = min(detector.floor, round(max(level, 0.0), 1))
    return _replaced(detector, level, **changes)


def _replaced(detector: Detector, level: float, **changes: float) -> Detector:
    try:
        return replace(detector, **changes)  # type: ignore[arg-type]  # fields of the detector
    except ValueError as error:
        raise ConfigError(f"no threshold can stand at {level:.1f}: {error}") from None


def words(before: Detector | AnyTextbook, now: Detector) -> str:
    """What differs between two detectors, in words."""
    changed = [
        f"{key} {getattr(before, key):g} → {getattr(now, key):g}"
        for key in KEYS
        if getattr(before, key) != getattr(now, key)
    ]
    return ", ".join(changed) or "as it was"


def with_detector(config: LoadedConfig, detector: Detector) -> LoadedConfig:
    """A config with other thresholds, its text and comments otherwise as they are."""
    text = config.text
    for key in KEYS:
        value = getattr(detector, key)
        if value != getattr(config.pipeline.detector, key):
            text = _set(text, key, value)
    return parse_config(text)


def _set(text: str, key: str, value: float) -> str:
    """Set a key of the detector's table in the text of a config."""
    head = re.search(rf"^{re.escape(TABLE)}.*$", text, re.MULTILINE)
    if head is None:
        return f"{text.rstrip()}\n\n{TABLE}\n{key} = {value:g}\n".lstrip()
    table = re.compile(r"^\[", re.MULTILINE).search(text, head.end())
    end = table.start() if table else len(text)
    body = text[head.end() : end]
    line = re.compile(rf"^(\s*{key}\s*=\s*)[^\s#]+", re.MULTILINE)
    if line.search(body):
        body = line.sub(rf"\g<1>{value!r}", body, count=1)
    else:
        body = f"\n{key} = {value!r}{body}"
    return text[: head.end()] + body + text[end:]
