"""Makes a cut recording whole again without losing a byte of it."""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from emgspasm.errors import RecordingError
from emgspasm.grammar import several
from emgspasm.postponement import postponed
from emgspasm.storage.bdf.layout import DIGITAL_MAX, LONGEST_TEXT
from emgspasm.storage.bdf.record import annotation_signal
from emgspasm.storage.edf.header import COUNT_OFFSET, Header
from emgspasm.storage.edf.layout import Interval, merge, open_bytes, runs
from emgspasm.storage.edf.reader import count_records, open_edf
from emgspasm.storage.edf.recording import Recording
from emgspasm.storage.edf.tal import encode_annotation
from emgspasm.storage.edf.times import describe_damaged
from emgspasm.stream import SKIP, Annotation, Chunk, StreamInfo
from emgspasm.system import read_at, to_disk

_ROOM = 64
"""Bytes; a last record with more room than this left no annotation waiting."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What :func:`recover` found and did.

    Parameters
    ----------
    path : Path
        The recording.
    changed : bool
        Whether anything was wrong.
    n_samples : int
        Samples it holds now.
    lost_samples : int
        Samples the header promises, or a cut record began, which are not there, and those of
        damaged records.
    tail : Path or None
        Where the bytes after the last whole record are kept.
    findings : tuple of str
        What was wrong and what was done, in sentences for people.
    """

    path: Path
    changed: bool
    n_samples: int
    lost_samples: int
    tail: Path | None
    findings: tuple[str, ...]


def recover(path: str | os.PathLike[str]) -> Recovery:
    """Make a recording whole in place: header count, cut record, lost marks of missing samples.

    Bytes after the last whole record go to a file beside it, ``X.bdf.tail``. A whole recording
    is not touched.

    Raises
    ------
    RecordingError
        If there is nothing to recover, or the file cannot be changed.
    """
    path = Path(path)
    recording = open_edf(path)
    header = recording.header
    with open_bytes(path) as file:
        n_records, count_findings = count_records(file, header)
        n_tail = os.fstat(file.fileno()).st_size - header.begin(n_records)
    damaged = recording.damaged_records
    unmarked = _unmarked(recording, n_records)
    findings = [*count_findings, *_describe_unmarked(unmarked, recording)]
    damage = [describe_damaged(damaged)] if damaged else []
    rows = round(recording.info.sampling_frequency * float(header.record_duration))
    if not findings:
        said = (*damage, "nothing was changed" if damaged else "whole; nothing was changed")
        return Recovery(path, False, recording.n_samples, len(damaged) * rows, None, said)
    tail = path.with_name(path.name + ".tail") if n_tail else None
    if tail and (tail.exists() or tail.is_symlink()):
        raise RecordingError(
            f"{tail}: exists already, and the cut end of {path.name} must be kept there. "
            "Move it away and try again"
        )
    try:
        marks = _marks(header, n_records, unmarked, recording.info.sampling_frequency)
        with postponed():  # a part of the tail would be in the way of the next try
            _mend(path, header, n_records, tail, marks)
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be changed ({error.strerror}). Copy it to where you may write"
        ) from error
    if tail:
        findings.append(
            several(
                n_tail,
                "byte after the last whole record is",
                "bytes after the last whole record are",
            )
            + f" kept in {tail.name}"
        )
    n_lost = max(header.n_records - n_records, 1 if n_tail else 0) + len(damaged)
    n_samples = open_edf(path).n_samples
    return Recovery(path, True, n_samples, n_lost * rows, tail, (*damage, *findings))


def _unmarked(recording: Recording, n_records: int) -> tuple[Interval, ...]:
    """Find missing stretches whose annotation was still waiting when the writer was killed.

    Annotations only ever wait while records are full of them; with room in the last record none
    was lost, and channels that stand at the digital minimum together are rails.
    """
    header = recording.header
    *samples, signal = header.signals
    offset, room = header.offsets()[-1], 3 * signal.samples_per_record
    ours = header.reserved == "BDF+C" and header.sample_bytes == 3 and signal.is_annotations
    ours = ours and all(other.digital_min == -DIGITAL_MAX for other in samples)
    if not ours or room < LONGEST_TEXT:
        return ()
    with open_bytes(recording.path) as file:
        begin = header.begin(n_records - 1) + offset
        used = read_at(file.fileno(), room, begin).rstrip(b"\0")
    if room - len(used) >= _ROOM:
        return ()
    return merge(run for chunk in recording for run in _at_bottom(chunk, recording.info))


def _at_bottom(chunk: Chunk, info: StreamInfo) -> Iterator[Interval]:
    """Yield the runs of a chunk in which all channels hold their digital minimum."""
    bottom = np.array([-channel.full_scale for channel in info.channels]) * (1 - 1e-9)
    for start, stop in runs(np.all(chunk.samples <= bottom, axis=1)):
        yield chunk.start + start, chunk.start + stop


def _describe_unmarked(unmarked: Sequence[Interval], recording: Recording) -> list[str]:
    if not unmarked:
        return []
    seconds = sum(stop - start for start, stop in unmarked) / recording.info.sampling_frequency
    return [
        (
            f"{several(len(unmarked), 'stretch', 'stretches')} ({seconds:.3f} s) held missing "
            f"samples whose annotations were lost; marked {SKIP} again"
        )
    ]


def _mend(path: Path, header: Header, n_records: int, tail: Path | None, marks: bytes) -> None:
    """Move the tail beside the file, add the lost marks, then count the records."""
    end = header.begin(n_records)
    with path.open("r+b") as file:
        if tail:
            file.seek(end)
            _keep(file, tail)
            file.truncate(end)
        file.seek(end)
        file.write(marks)
        file.flush()  # a record that is counted must be there
        file.seek(COUNT_OFFSET)
        file.write(str(n_records + len(marks) // header.record_bytes).ljust(8).encode())
        file.flush()
        os.fsync(file.fileno())


def _keep(file: BinaryIO, tail: Path) -> None:
    """Copy the rest of a file to its tail, whole and on the disk before any of it is cut off."""
    tail.touch(exist_ok=False)
    try:
        with tail.open("wb") as beside:
            shutil.copyfileobj(file, beside)
        to_disk(tail)
        to_disk(tail.parent)
    except OSError:
        tail.unlink()  # else it would be in the way of the next try
        raise


def _marks(header: Header, n_records: int, unmarked: Sequence[Interval], rate: float) -> bytes:
    """Lay out further records, all of their samples missing, which hold the lost annotations."""
    waiting = deque(_skip(start / rate, (stop - start) / rate) for start, stop in unmarked)
    n_samples = sum(signal.samples_per_record for signal in header.signals[:-1])
    samples = (-DIGITAL_MAX).to_bytes(3, "little", signed=True) * n_samples
    room = 3 * header.signals[-1].samples_per_record
    records = b""
    while waiting:
        onset = float(n_records * header.record_duration)
        waiting.appendleft(_skip(onset, float(header.record_duration)))
        records += samples + annotation_signal(onset, waiting, room)
        n_records += 1
    return records


def _skip(onset: float, duration: float) -> bytes:
    (tal,) = encode_annotation(Annotation(onset, duration, SKIP))
    return tal
