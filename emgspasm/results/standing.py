"""How the results of a recording stand on the disk when a call comes to them.

A call that was interrupted, be it by a power cut, leaves results that are whole, cut, or not begun.
The same call again keeps what is whole and goes on with the rest. It knows its own by their
origin, which ``X.json`` tells, written last, and a note beside it while results are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from emgspasm.results.contractions import asks_maximal
from emgspasm.results.origin import ORIGIN
from emgspasm.results.outputs import result_paths
from emgspasm.storage.derivatives.names import note_path, provenance_path
from emgspasm.storage.files import existing
from emgspasm.storage.opening import Given
from emgspasm.storage.studies.collection import session_recordings

_OTHER = {
    "recording": "it is of another recording",
    "input_sha256": "it is of another recording",
    "config_sha256": "it was made with another config",
    "emgspasm_version": "it was made by another version",
    "given": "it was made with another montage, rate, gain or exploratory",
    "maximal_recordings": "maximal trials of its session came or changed since it was made",
}
"""Reasons for each key in which the origin of results may differ."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Results as a call finds them.

    Parameters
    ----------
    state : {"absent", "cut", "whole"}
        Whether there are none, a part, or all that the same call made.
    warnings : tuple of str
        What a reader of whole ones must know.
    """

    state: Literal["absent", "cut", "whole"] = "absent"
    warnings: tuple[str, ...] = ()


def standing(out: Path, name: str, own: Callable[[], Mapping[str, Any]]) -> Standing:
    """Tell how the results of a recording stand.

    Parameters
    ----------
    out : Path
        Their folder.
    name : str
        Of the recording, without its suffix.
    own : callable
        The origin of those that the call would make; called only where there are some.

    Raises
    ------
    ConfigError
        There are some that another call made, or that do not tell which one did.
    """
    there = [path for path in result_paths(out, name) if path.exists()]
    if not there:
        return Standing()
    last = provenance_path(out, name)
    note, content = _read(note_path(last)), _read(last)
    _require_same(there[0], content if note is None else note, own)
    if note is not None or content is None:
        return Standing("cut")
    whole = {*result_paths(out, name, content.get("tables", ()))} <= {*there}
    return Standing("whole", tuple(content["warnings"])) if whole else Standing("cut")


def made_before(trials: Path, out: Path) -> list[str]:
    """Recordings whose results do not know a recording with maximal trials of their session.

    Parameters
    ----------
    trials : Path
        The recording with maximal trials.
    out : Path
        Folder of the results.
    """
    if not asks_maximal(trials, Given()):
        return []
    others = session_recordings(trials)
    contents = {other.name: _read(provenance_path(out, other.stem)) for other in others}
    return [
        name
        for name, said in contents.items()
        if said and trials.name not in (said.get("maximal_recordings") or ())
    ]


def _require_same(
    path: Path, content: Mapping[str, Any] | None, own: Callable[[], Mapping[str, Any]]
) -> None:
    if not content:
        raise existing(path)
    mine = own()
    for key in ORIGIN:
        if content.get(key) != mine[key]:
            raise existing(path, why=_OTHER[key])


def _read(path: Path) -> dict[str, Any] | None:
    """Content of a JSON file; None if there is no file, empty if it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
