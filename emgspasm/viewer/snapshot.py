"""A snapshot: the picture, the settings and the samples that are on the screen."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPixmap

from emgspasm import __version__
from emgspasm.desk.desk import Desk
from emgspasm.desk.feed import LONGEST_EVENT
from emgspasm.desk.strip import TRACKS, Strip
from emgspasm.errors import EmgspasmError, RecordingError
from emgspasm.results.provenance import PURPOSE
from emgspasm.stream import Event
from emgspasm.system import file_name
from emgspasm.viewer.traces.picture import View

if TYPE_CHECKING:
    from pandas import DataFrame

    from emgspasm.viewer.window import Window


def snap(window: Window) -> None:
    """Save what is on the screen."""
    traces, notice = window.surface.traces, window.surface.notice
    desk, strip = window.desk, traces.strip
    if desk is None or strip is None:
        return
    try:
        paths = save_snapshot(
            window.snapshots, window.grab(), desk, strip, window.view, traces.cursors
        )
    except EmgspasmError as error:
        notice.tell(str(error))
    else:
        notice.tell(f"snapshot: {paths[0]}, and its settings and samples")


def save_snapshot(
    folder: Path,
    picture: QPixmap,
    desk: Desk,
    strip: Strip,
    view: View,
    cursors: tuple[float, float] | None,
) -> tuple[Path, Path, Path]:
    """Write ``.png``, ``.json`` and ``_samples.tsv`` under one name that does not exist yet.

    Parameters
    ----------
    folder : Path
        Made if missing.
    picture : QPixmap
        What is on the screen.
    desk : Desk
        What it is of.
    strip : Strip
        Where its samples are.
    view : View
        How it is shown.
    cursors : (float, float) or None
        Seconds.

    Raises
    ------
    RecordingError
        They cannot be written.
    """
    fs = desk.feed.sampling_frequency
    start, stop = max(strip.start, strip.stop - round(view.seconds * fs)), strip.stop
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stem = _free(folder, f"{Path(file_name(desk.name)).stem}_{stop / fs:.2f}s")
        paths = (
            stem.with_name(f"{stem.name}.png"),
            stem.with_name(f"{stem.name}.json"),
            stem.with_name(f"{stem.name}_samples.tsv"),
        )
        told = {
            **settings_told(desk, view, cursors),
            "start_s": start / fs,
            "stop_s": stop / fs,
            "events": [_told(e, fs) for e in _events(desk, start, stop)],
            "samples": paths[2].name,
        }
        text = json.dumps(told, indent=2, ensure_ascii=False)
        # bytes of a name that are not UTF-8 are escaped, as JSON has it
        paths[1].write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        table(desk, strip, start, stop).to_csv(
            paths[2], sep="\t", index=False, na_rep="n/a", float_format="%.3f", lineterminator="\n"
        )
    except OSError as error:
        raise RecordingError(
            f"{folder}: the snapshot cannot be written ({error.strerror}). Check rights and space"
        ) from error
    if not picture.save(str(paths[0]), "PNG"):
        raise RecordingError(f"{paths[0]}: the picture cannot be written. Check rights and space")
    return paths


def settings_told(desk: Desk, view: View, cursors: tuple[float, float] | None) -> dict[str, object]:
    """What belongs beside a picture so that another can be made like it."""
    return {
        "purpose": PURPOSE,
        "version": __version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "recording": desk.path.name if desk.path else None,
        "sampling_frequency": desk.feed.sampling_frequency,
        "channels": [channel.name for channel in desk.feed.emg.channels],
        "view": {**asdict(view), "tracks": sorted(view.tracks)},
        "pipeline": repr(desk.pipeline),
        "cursors_s": cursors,
    }


def table(desk: Desk, strip: Strip, start: int, stop: int) -> DataFrame:
    """Samples: seconds, then raw, filtered and envelope of every channel (uV)."""
    columns = {"time": np.arange(start, stop) / desk.feed.sampling_frequency}
    for track in TRACKS:
        rows = strip.read(track, start, stop)
        for channel, column in zip(desk.feed.emg.channels, rows.T, strict=True):
            columns[f"{channel.name}_{track}"] = column
    from pandas import DataFrame

    return DataFrame(columns)


def _events(desk: Desk, start: int, stop: int) -> list[Event]:
    slack = round(LONGEST_EVENT * desk.feed.sampling_frequency)
    return list(desk.feed.found.events_in(start, stop, slack))


def _told(event: Event, fs: float) -> dict[str, object]:
    return {
        "onset_s": event.onset / fs,
        "duration_s": (event.offset - event.onset) / fs,
        "trial_type": event.trial_type,
        "side": event.side,
        "class": event.label,
        "reason": event.reason,
    }


def _free(folder: Path, stem: str) -> Path:
    """A name of which nothing exists yet."""
    taken = {path.name for path in folder.iterdir()}
    names = (stem if n == 1 else f"{stem}_{n}" for n in range(1, 10_000))
    return folder / next(name for name in names if f"{name}.png" not in taken)
