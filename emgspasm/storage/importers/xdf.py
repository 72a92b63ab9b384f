"""XDF, the files of LabRecorder: one regularly sampled stream and the markers beside it."""

from __future__ import annotations

import io
import logging
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from emgspasm.errors import RecordingError
from emgspasm.grammar import several
from emgspasm.labels import Kind
from emgspasm.storage.edf.signals import told_apart
from emgspasm.storage.importers.fields import marker_text
from emgspasm.storage.importers.gaps import Stamped, describe_stamped, read_stamps
from emgspasm.storage.importers.imported import Imported
from emgspasm.storage.importers.ranges import describe_ranges, measured, no_ranges, widen
from emgspasm.storage.importers.timeline import from_losses
from emgspasm.storage.importers.xdf_chunks import Checked, checked_chunks
from emgspasm.stream import Annotation, Channel, StreamInfo

ELECTRODE_TYPES = ("EMG", "EXG", "EEG", "ECG", "EOG")
"""Stream types of electrodes, most wanted first (XDF metadata conventions)."""

OTHER_TYPES: dict[str, Kind] = {
    "ACC": "ACCEL",
    **dict.fromkeys(("AUX", "MISC"), "MISC"),
    **dict.fromkeys(("TRG", "TRIG", "TRIGGER", "STIM"), "TRIG"),
}
"""Types of channels beside electrodes, which senders put into one stream with them."""

_MARKER_TYPE = re.compile("marker|event|trigger|stim", re.IGNORECASE)

Stream = Mapping[str, Any]
"""A stream as pyxdf gives it, which ships no types."""


def import_xdf(path: Path) -> Imported:
    """Read an XDF file.

    Parameters
    ----------
    path : Path
        The file; it is read into memory as a whole.

    Returns
    -------
    Imported
        The channels of its numeric, regularly sampled stream (electrodes before other kinds),
        with gaps where time stamps tell that samples are missing; texts, and the numbers of
        marker streams, as annotations at the samples nearest in time.

    Raises
    ------
    RecordingError
        If it is damaged beyond use, holds no such stream, or several of one kind.
    """
    checked = checked_chunks(path.read_bytes())
    streams, header = _load(path, checked)
    stream = _choose(path, streams)
    fs = float(stream["info"]["nominal_srate"][0])
    samples = measured(np.asarray(stream["time_series"], dtype=np.float64))
    times = np.asarray(stream["time_stamps"], dtype=np.float64)
    stamped = read_stamps(times, fs)
    channels, doubled = _channels(stream)
    ranges = widen(no_ranges(len(channels), ()), samples, ())
    if np.isnan(ranges.low).all():
        raise RecordingError(
            f"{path}: every sample is NaN. A recording needs samples; export again"
        )
    names = [channel.name for channel in channels]
    return Imported(
        path=path,
        info=StreamInfo(fs, channels, _text(stream, "name")),
        timeline=from_losses(len(times), stamped.losses),
        blocks=lambda: iter([samples.copy()]),
        annotations=_markers(streams, stamped, fs),
        findings=(
            *_damage(checked),
            *_left_out(streams, stream),
            *doubled,
            *describe_stamped(stamped, fs),
            *describe_ranges(ranges, names, (), np.inf),
        ),
        start=_start(header),
    )


def _load(path: Path, checked: Checked) -> tuple[list[Stream], Mapping[str, Any] | None]:
    import pyxdf

    logging.getLogger("pyxdf").addHandler(logging.NullHandler())  # or it warns on stderr
    try:
        with np.errstate(divide="ignore"):  # it divides by the time from first to last stamp
            streams, header = pyxdf.load_xdf(
                io.BytesIO(checked.data),
                dejitter_timestamps=False,  # it draws one line over gaps shorter than half a second
                verbose=False,
            )
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
        np.linalg.LinAlgError,
        struct.error,
    ) as error:  # what pyxdf lets through where a file makes no sense as a whole
        raise RecordingError(
            f"{path}: pyxdf cannot read it ({type(error).__name__}: {error}); record it again or "
            "repair it with the tools of LabRecorder"
        ) from error
    return streams, header


def _choose(path: Path, streams: Sequence[Stream]) -> Stream:
    """The stream of electrodes, or the only regularly sampled one."""
    regular = [stream for stream in streams if _is_regular(stream)]
    if not regular:
        names = [_text(stream, "name") for stream in streams]
        raise RecordingError(
            f"{path}: no stream of numbers at a regular rate that holds samples; it has {names}. "
            "Record the EMG stream with LabRecorder"
        )
    for kind in ELECTRODE_TYPES:
        found = [stream for stream in regular if _text(stream, "type").upper() == kind]
        if found:
            regular = found
            break
    if len(regular) > 1:
        named = ", ".join(
            f"{_text(stream, 'name')!r} ({stream['info']['nominal_srate'][0]} Hz)"
            for stream in regular
        )
        raise RecordingError(
            f"{path}: {len(regular)} streams could be the EMG: {named}. Two boards have two "
            "clocks and are not merged; keep one of them in the file"
        )
    return regular[0]


def _is_regular(stream: Stream) -> bool:
    info = stream["info"]
    return (
        info["channel_format"][0] != "string"
        and float(info["nominal_srate"][0]) > 0
        and len(stream["time_stamps"]) > 0
    )


def _holds_markers(stream: Stream) -> bool:
    """Texts, or single numbers now and then: codes, or what is called a marker."""
    info = stream["info"]
    form = info["channel_format"][0]
    if form == "string":
        return True
    alone = float(info["nominal_srate"][0]) == 0 and int(info["channel_count"][0]) == 1
    return alone and (form.startswith("int") or bool(_MARKER_TYPE.search(_text(stream, "type"))))


def _marker(value: Any) -> str:
    return value if isinstance(value, str) else marker_text(value)


def _left_out(streams: Sequence[Stream], chosen: Stream) -> list[str]:
    names = [
        _text(stream, "name")
        for stream in streams
        if stream is not chosen and len(stream["time_stamps"]) and not _holds_markers(stream)
    ]
    return [f"streams {names} are left out: only one is the recording"] if names else []


def _text(stream: Stream, key: str) -> str:
    return str((stream["info"].get(key) or [""])[0] or "")


def _channels(stream: Stream) -> tuple[tuple[Channel, ...], list[str]]:
    """The channels, and what is to be said of their names."""
    n_channels = np.asarray(stream["time_series"]).shape[1]
    described = _described(stream)
    if len(described) != n_channels:
        described = [{}] * n_channels
    return told_apart([_channel(entry, i) for i, entry in enumerate(described, start=1)])


def _channel(entry: Mapping[str, Any], number: int) -> Channel:
    """Read label, unit and type; a label that names a muscle or a kind counts more than a type."""
    name = _word(entry, "label") or f"Channel {number}"
    channel = Channel.from_label(name, unit=_word(entry, "unit") or "count")
    if channel.muscle or channel.kind != "EMG":
        return channel
    return replace(channel, kind=OTHER_TYPES.get(_word(entry, "type").upper(), "EMG"))


def _described(stream: Stream) -> list[Mapping[str, Any]]:
    """Channel entries of the stream's description; anything else counts as none."""
    node: Any = stream["info"].get("desc")
    for key in ("channels", "channel"):
        node = node[0] if isinstance(node, list) and node else node
        node = node.get(key) if isinstance(node, Mapping) else None
    entries = node if isinstance(node, list) else []
    return [entry for entry in entries if isinstance(entry, Mapping)]


def _word(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    text = value[0] if isinstance(value, list) and value else ""
    return text.strip() if isinstance(text, str) else ""


def _markers(streams: Sequence[Stream], stamped: Stamped, fs: float) -> tuple[Annotation, ...]:
    """Texts and numbers of the marker streams, each at the sample taken at its time."""
    marks = [
        Annotation(stamped.sample_at(float(time)) / fs, 0.0, text)
        for stream in streams
        if _holds_markers(stream)
        for time, row in zip(stream["time_stamps"], stream["time_series"], strict=True)
        if (text := " ".join(filter(None, map(_marker, row))).strip())
    ]
    return tuple(sorted(marks, key=lambda mark: mark.onset))


def _damage(checked: Checked) -> list[str]:
    findings = []
    if checked.n_dropped:
        findings.append(f"{several(checked.n_dropped, 'damaged chunk')} left out")
    if checked.n_bytes_left:
        findings.append(
            "the file is cut: "
            + several(checked.n_bytes_left, "byte")
            + " at its end make no chunk"
        )
    return findings


def _start(header: Mapping[str, Any] | None) -> datetime | None:
    """When it was recorded, by the clock of the place where LabRecorder tells how far off it is."""
    info = (header or {}).get("info")
    text = _word(info, "datetime") if isinstance(info, Mapping) else ""
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        return None
    return start.replace(tzinfo=None) if start.utcoffset() else start
