"""When the records of EDF+ and BDF+ files were taken, by their annotation signals."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from emgspasm.grammar import several
from emgspasm.storage.edf.header import Header
from emgspasm.storage.edf.tal import TimedTexts, parse_tals
from emgspasm.system import read_at

_TIME_TAL = re.compile(rb"([+-]\d+(?:\.\d*)?)\x14\x14")
_ANY_TAL = re.compile(rb"[+-]\d+(?:\.\d*)?[\x14\x15]")


@dataclass(slots=True)
class Times:
    """Content of the annotation signals: onsets of the records (seconds) and all texts.

    `due` is when the record after the last one begins where nothing interrupts them.
    """

    onsets: list[float] = field(default_factory=list)
    texts: list[TimedTexts] = field(default_factory=list)
    n_damaged: int = 0
    damaged_records: list[int] = field(default_factory=list)
    due: float = math.nan
    n_jumps: int = 0

    @property
    def offset(self) -> float:
        """Seconds at which the first record begins."""
        first = self.onsets[0] if self.onsets else math.nan
        return first if math.isfinite(first) else 0.0

    def findings(self) -> list[str]:
        """Say how many records and texts were unreadable."""
        findings = []
        if self.damaged_records:
            findings.append(describe_damaged(self.damaged_records))
        if self.n_damaged:
            findings.append(
                several(self.n_damaged, "annotation is", "annotations are")
                + " damaged and left out"
            )
        if self.n_jumps:
            findings.append(
                f"{several(self.n_jumps, 'record begins', 'records begin')} at other times than in "
                "a continuous file, which the header calls it: read without gaps, so what follows "
                "may be earlier than it was"
            )
        return findings


def describe_damaged(records: Sequence[int]) -> str:
    """Say which records are damaged, for people."""
    if len(records) == 1:
        who = f"record {records[0] + 1} has lost its time"
    else:
        who = (
            f"{len(records)} records, the first of them number {records[0] + 1}, have lost their "
            "time"
        )
    return f"{who}: overwritten or moved, so their samples count as missing"


def scan(file: BinaryIO, header: Header, n_records: int) -> Times:
    """Read all annotation signals; of a continuous file only the first record's time counts.

    Damaged are the records that do not begin their annotations with a time. The standard asks it
    of every record (EDF+ 2.2.4). What a power cut left as zeros lacks it, and so does whatever lies
    behind bytes that were put in or taken out. A file that does without from its second record on
    keeps no times.
    """
    times, places, record_bytes = Times(), _annotation_places(header), header.record_bytes
    keeps = (
        header.plus
        and bool(places)
        and all(_begins_with_time(file, header, record) for record in range(min(2, n_records)))
    )
    for record in range(n_records if places else 0):
        begin = header.n_bytes + record * record_bytes
        for index, (offset, n_bytes) in enumerate(places):
            raw = read_at(file.fileno(), n_bytes, begin + offset)
            if keeps and index == 0:
                _check_time(raw, record, times, header)
            keeps_time = index == 0 and (record == 0 or header.discontinuous)
            if keeps_time or not _says_nothing(raw, timed=index == 0):
                _collect(raw, times, keeps_time=keeps_time)
    return times


def _begins_with_time(file: BinaryIO, header: Header, record: int) -> bool:
    """Whether the annotations of a record begin with its time."""
    offset, n_bytes = _annotation_places(header)[0]
    raw = read_at(file.fileno(), n_bytes, header.begin(record) + offset)
    return _TIME_TAL.match(raw) is not None


def _check_time(raw: bytes, record: int, times: Times, header: Header) -> None:
    """Note a record that lost its time, and one of a continuous file that comes at another."""
    match = _TIME_TAL.match(raw)
    if match is None and not _ANY_TAL.match(raw):
        times.damaged_records.append(record)
    onset = float(match[1]) if match else math.nan
    half = float(header.record_duration) / 2  # clocks of computers drift
    times.n_jumps += not header.discontinuous and abs(onset - times.due) > half
    times.due = onset + 2 * half


def _says_nothing(raw: bytes, *, timed: bool) -> bool:
    """Whether an annotation signal holds no text in a record, as nearly always."""
    first, _, rest = raw.partition(b"\0")
    if rest != bytes(len(rest)):  # far faster than to strip it
        return False
    return not first or (timed and _TIME_TAL.fullmatch(first) is not None)


def _collect(raw: bytes, times: Times, *, keeps_time: bool) -> None:
    lists = list(parse_tals(raw))
    times.n_damaged += lists.count(None)
    times.texts += [timed for timed in lists if timed and any(timed.texts)]
    if keeps_time:
        first = lists[0] if lists else None
        keeping = first and not any(first.texts[:1])  # a text there is a marker at its own time
        times.onsets.append(first.onset if first and keeping else math.nan)


def timed_records(file: BinaryIO, header: Header, counted: int, whole: int) -> int:
    """Count on over whole records that keep their time: written, but not counted before a kill."""
    if not (header.plus and _annotation_places(header)):
        return counted or whole
    untimed = (n for n in range(counted, whole) if not _begins_with_time(file, header, n))
    return next(untimed, whole)


def _annotation_places(header: Header) -> list[tuple[int, int]]:
    """Offset and length in bytes of the annotation signals inside a record."""
    return [
        (offset, signal.samples_per_record * header.sample_bytes)
        for signal, offset in zip(header.signals, header.offsets(), strict=True)
        if signal.is_annotations
    ]
