"""Opens EDF, EDF+, BDF and BDF+ files, our own and those of others.

edfio is the oracle of the tests and not the reader: it reads discontinuous files as if they were
continuous, lets other exceptions than its own out of damaged headers, and takes 1.5 s for an hour
of 8 channels at 1 kHz where the compiled decoding takes a tenth of a second (edfio 0.4.18).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from emgspasm.errors import RecordingError
from emgspasm.grammar import several
from emgspasm.storage.digest import Digest
from emgspasm.storage.edf.header import FIXED_BYTES, Header, header_length, parse_header
from emgspasm.storage.edf.layout import Interval, Layout, Span, merge, open_bytes
from emgspasm.storage.edf.recording import Recording
from emgspasm.storage.edf.signals import Columns, describe
from emgspasm.storage.edf.tal import channel_annotations
from emgspasm.storage.edf.times import Times, scan, timed_records
from emgspasm.stream import SKIP, Annotation, StreamInfo
from emgspasm.system import read_at

_MONTHS = {name: i for i, name in enumerate(
    ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
)}  # fmt: skip
_WHOLE_DATE = re.compile(r"Startdate (?P<day>\d\d)-(?P<month>[A-Z]{3})-(?P<year>\d{4})\b")

LONGEST_GAP = 30 * 86_400
"""Seconds; a longer discontinuity is taken for damage of the time-keeping."""


def open_edf(path: str | os.PathLike[str], digest: Digest | None = None) -> Recording:
    """Open a recording; a digest takes in what is read of its samples.

    Raises
    ------
    RecordingError
        If it is missing, empty, cut before the first record, or no EDF or BDF file.
    """
    path = Path(path)
    with open_bytes(path) as file:
        header = read_header(file)
        info, columns, signal_findings = describe(header, str(path))
        n_records, count_findings = count_records(file, header)
        times = scan(file, header, n_records)
    spans, time_findings = _spans(times, header, columns, n_records)
    layout = Layout(header, columns, spans)
    n_samples, layout, annotations = _place(times, layout, info)
    return Recording(
        path,
        info,
        n_samples,
        annotations,
        _start(header, times.offset),
        (*header.findings, *signal_findings, *count_findings, *time_findings, *times.findings()),
        layout,
        digest,
    )


def read_header(file: BinaryIO) -> Header:
    """Read the header of an open file.

    Raises
    ------
    RecordingError
        If it is none, or cut.
    """
    try:
        fixed = read_at(file.fileno(), FIXED_BYTES, 0)
    except OSError as error:
        raise RecordingError(
            f"{file.name}: cannot be read ({error.strerror}). Name a recording"
        ) from error
    length = header_length(fixed, file.name)
    return parse_header(read_at(file.fileno(), length, 0), file.name)


def count_records(file: BinaryIO, header: Header) -> tuple[int, list[str]]:
    """Count the whole records of the file; sentences where the header disagrees.

    Raises
    ------
    RecordingError
        If there is none.
    """
    n_bytes = os.fstat(file.fileno()).st_size - header.n_bytes
    whole, rest = divmod(n_bytes, header.record_bytes)
    counted = header.n_records
    findings = []
    if counted == -1:
        findings.append(
            f"the header was never completed; {several(whole, 'record')} counted in the file"
        )
    elif counted > whole:
        findings.append(
            f"the header counts {several(counted, 'record')}, but the file ends after {whole}"
        )
    elif counted < whole:
        valid = timed_records(file, header, counted, whole)
        findings.append(
            f"the header counts {several(counted, 'record')}, the file is longer; "
            f"{several(valid - counted, 'more is', 'more are')} whole"
            + (" and read" if valid > counted else ": the rest is ignored")
        )
        whole = valid
    if rest:
        findings.append(several(rest, "byte") + " of a record cut short at the end left unread")
    if not whole:
        raise RecordingError(
            f"{file.name}: no whole data record ({n_bytes} bytes after the header, a record takes "
            f"{header.record_bytes}). There is nothing to read; take another copy of the file"
        )
    return whole, findings


def _spans(
    times: Times, header: Header, columns: Columns, n_records: int
) -> tuple[tuple[Span, ...], list[str]]:
    """Place the records on the time line; those whose time is wrong or lost follow the one before.

    Those that lost it are missing samples: wherever they lie, they are not analyzed.
    """
    n = columns.n_samples
    if not header.discontinuous:
        return (Span(0, 0, n_records),), []
    longest = float(LONGEST_GAP / header.record_duration) * n
    spans = [Span(0, 0, 1)]
    n_wrong, lost = 0, set(times.damaged_records)
    for record, onset in enumerate(times.onsets[1:], start=1):
        last = spans[-1]
        expected = last.start + last.n_records * n
        gap = float((onset - times.offset) / header.record_duration) * n - expected
        wrong = not -0.5 <= gap <= longest
        n_wrong += wrong and record not in lost
        if wrong or gap < 0.5:
            spans[-1] = replace(last, n_records=last.n_records + 1)
        else:
            spans.append(Span(expected + round(gap), record, 1))
    findings = []
    if len(spans) > 1:
        findings.append(
            several(
                len(spans) - 1,
                "interruption between records is read as a gap",
                "interruptions between records are read as gaps",
            )
        )
    if n_wrong:
        findings.append(
            several(
                n_wrong,
                "record has an impossible time and follows the one before",
                "records have impossible times; they follow the one before",
            )
        )
    return tuple(spans), findings


def _place(
    times: Times, layout: Layout, info: StreamInfo
) -> tuple[int, Layout, tuple[Annotation, ...]]:
    """Turn texts into markers and missing stretches, and trim a missing tail.

    The annotation is the truth about missing samples, whatever their value.
    """
    labels = {name: column for column, name in enumerate(info.names)}
    texts = [
        annotation
        for timed in times.texts
        for annotation in channel_annotations(timed, times.offset, labels)
    ]
    skips = [annotation for annotation in texts if annotation.text == SKIP]
    rate = info.sampling_frequency
    alone: list[list[Interval]] = [[] for _ in labels]
    damaged = tuple(times.damaged_records)
    together = [*_between(layout), *map(layout.samples_of, damaged)]
    for skip in skips:
        interval = _interval(skip, rate, layout.stop)
        for name in skip.channels:
            alone[labels[name]].append(interval)
        if not skip.channels:
            together.append(interval)
    missing = merge(together)
    n_samples = layout.stop
    if missing and missing[-1][1] >= n_samples:
        n_samples = missing[-1][0]
        missing = missing[:-1]
    channel_missing = tuple(map(merge, alone))
    layout = replace(layout, missing=missing, channel_missing=channel_missing, damaged=damaged)
    markers = _joined(annotation for annotation in texts if annotation.text != SKIP)
    markers += _skips(missing, channel_missing, info)
    ordered = sorted(markers, key=lambda annotation: (annotation.onset, annotation.duration))
    return n_samples, layout, tuple(ordered)


def _joined(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Join annotations that are the same but for their channels."""
    joined: list[Annotation] = []
    where: dict[Annotation, int] = {}
    for annotation in annotations:
        key = replace(annotation, channels=())
        at = where.get(key)
        if annotation.channels and at is not None:
            joined[at] = replace(key, channels=joined[at].channels + annotation.channels)
            continue
        if annotation.channels:
            where[key] = len(joined)
        joined.append(annotation)
    return joined


def _between(layout: Layout) -> Iterator[Interval]:
    """Yield the gaps between spans."""
    for before, after in pairwise(layout.spans):
        yield before.start + before.n_records * layout.columns.n_samples, after.start


def _interval(skip: Annotation, rate: float, stop: int) -> Interval:
    """Sample numbers of a missing stretch, clipped to the file."""
    limits = (skip.onset, skip.onset + skip.duration)
    begin, end = (round(min(max(limit * rate, 0), stop)) for limit in limits)
    return begin, end


def _skips(
    missing: Sequence[Interval], channel_missing: Sequence[Sequence[Interval]], info: StreamInfo
) -> Iterator[Annotation]:
    """Annotate missing stretches anew, joined over the records they were cut by."""
    rate = info.sampling_frequency
    for name, intervals in zip(("", *info.names), (missing, *channel_missing), strict=True):
        for begin, end in intervals:
            yield Annotation(begin / rate, (end - begin) / rate, SKIP, (name,) if name else ())


def _start(header: Header, offset: float) -> datetime | None:
    """Read when the first sample was taken."""
    if header.recording.split()[:2] == ["Startdate", "X"]:  # plain EDF says it so too
        return None
    try:
        day, month, short = map(int, header.start_date.split("."))
        year = _whole_year(header, day, month, short)
        hour, minute, second = map(int, header.start_time.split("."))
        date = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - EDF times have no zone
        return date + timedelta(seconds=offset)
    except (ValueError, OverflowError):
        return None


def _whole_year(header: Header, day: int, month: int, short: int) -> int:
    """The year of the whole date, where it is the same; else 85 to 99 are 19.. (EDF+ 2.1.3)."""
    match = _WHOLE_DATE.match(header.recording)
    if match and month == _MONTHS.get(match["month"]) and day == int(match["day"]):
        whole = int(match["year"])
        if whole % 100 == short:
            return whole
    return short + (1900 if short >= 85 else 2000)
