"""Headers of EDF, EDF+, BDF and BDF+ files.

The words are the specification's own (Kemp and Olivan 2003, edfplus.info; BioSemi's BDF keeps
the layout and stores 24-bit samples). Reading is lenient and collects findings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from emgspasm.board import LARGEST_SAMPLE, LEAST_SAMPLE
from emgspasm.errors import RecordingError
from emgspasm.storage.edf.tal import decoded

FIXED_BYTES = 256
"""Bytes of the fixed part of a header, and of each signal's part."""
COUNT_OFFSET = 236
"""Where the number of data records stands."""
ANNOTATION_LABELS = ("EDF Annotations", "BDF Annotations")
SIGNAL_WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal as its header describes it; numbers that cannot be read are NaN."""

    label: str
    transducer: str
    unit: str
    physical_min: float
    physical_max: float
    digital_min: float
    digital_max: float
    prefiltering: str
    samples_per_record: int
    reserved: str = ""

    @property
    def is_annotations(self) -> bool:
        """Whether it holds time-stamped texts instead of samples."""
        return self.label in ANNOTATION_LABELS

    @property
    def calibrated(self) -> bool:
        """Whether its ranges give an absolute unit."""
        ranges = (self.physical_min, self.physical_max, self.digital_min, self.digital_max)
        largest = max(abs(self.physical_min), abs(self.physical_max))
        return (
            all(map(math.isfinite, ranges))
            and LEAST_SAMPLE <= largest <= LARGEST_SAMPLE
            and self.physical_min != self.physical_max
            and self.digital_max - self.digital_min >= 1
            and math.isfinite(self.zero)
        )

    @property
    def gain(self) -> float:
        """Physical units in one count."""
        physical = self.physical_max - self.physical_min
        return physical / (self.digital_max - self.digital_min)

    @property
    def zero(self) -> float:
        """Count that stands for a physical 0; exactly 0 where both ranges are symmetric."""
        crossed = self.digital_min * self.physical_max - self.digital_max * self.physical_min
        return crossed / (self.physical_max - self.physical_min)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file.

    Parameters
    ----------
    sample_bytes : int
        2 for EDF, 3 for BDF.
    patient, recording : str
        Local identifications.
    start_date, start_time : str
        ``dd.mm.yy`` and ``hh.mm.ss``, as written.
    reserved : str
        ``EDF+C``, ``BDF+D`` and the like; empty in plain EDF, ``24BIT`` in plain BDF.
    n_records : int
        As the header counts; -1 where it does not say.
    record_duration : Fraction
        Seconds, exact.
    signals : tuple of Signal
        In the order of the file, annotations included.
    findings : tuple of str
        What was odd.
    """

    sample_bytes: int
    patient: str
    recording: str
    start_date: str
    start_time: str
    reserved: str
    n_records: int
    record_duration: Fraction
    signals: tuple[Signal, ...]
    findings: tuple[str, ...] = ()

    @property
    def n_bytes(self) -> int:
        """Length of the header."""
        return FIXED_BYTES * (1 + len(self.signals))

    @property
    def record_bytes(self) -> int:
        """Length of one data record."""
        return self.sample_bytes * sum(signal.samples_per_record for signal in self.signals)

    def begin(self, record: int) -> int:
        """Where a data record begins in the file, in bytes."""
        return self.n_bytes + record * self.record_bytes

    @property
    def discontinuous(self) -> bool:
        """Whether records may have gaps between them."""
        return self.reserved[:5] in ("EDF+D", "BDF+D")

    @property
    def plus(self) -> bool:
        """Whether time-keeping annotations stand in every record."""
        return self.reserved[:4] in ("EDF+", "BDF+")

    def offsets(self) -> list[int]:
        """Where each signal begins inside a record, in bytes."""
        starts, position = [], 0
        for signal in self.signals:
            starts.append(position)
            position += self.sample_bytes * signal.samples_per_record
        return starts


def is_edf(head: bytes) -> bool:
    """Whether a file that begins with these bytes is one: a table of text may begin with 0, too."""
    fixed = head[:FIXED_BYTES]
    if fixed.startswith(b"0       ") and b"\n" in fixed:
        n_bytes, n_signals = _integer(_text(fixed[184:192])), _integer(_text(fixed[252:]))
        return n_signals is not None and n_bytes == FIXED_BYTES * (1 + n_signals)
    return fixed.startswith((b"0       ", b"\xffBIOSEMI"))


def parse_header(data: bytes, name: str) -> Header:
    """Read a header leniently.

    Parameters
    ----------
    data : bytes
        The beginning of the file; :func:`header_length` says how much is needed.
    name : str
        What to call the file in errors.

    Raises
    ------
    RecordingError
        If it is no EDF or BDF header, or is cut.
    """
    length = header_length(data, name)
    if len(data) < length:
        raise RecordingError(
            f"{name}: header of {len(data)} bytes is cut (its signals need {length}). "
            "Nothing was recorded after it; take another copy of the file"
        )
    findings: list[str] = []
    return Header(
        sample_bytes=3 if data[:1] == b"\xff" else 2,
        patient=_text(data[8:88]),
        recording=_text(data[88:168]),
        start_date=_text(data[168:176]),
        start_time=_text(data[176:184]),
        reserved=_text(data[192:236]),
        n_records=_record_count(_text(data[236:244]), findings),
        record_duration=_duration(_text(data[244:252]), findings),
        signals=_signals(data[FIXED_BYTES:length], findings),
        findings=tuple(findings),
    )


def header_length(data: bytes, name: str) -> int:
    """Bytes a header takes, from its fixed part.

    Raises
    ------
    RecordingError
        If it is no EDF or BDF header.
    """
    if not data:
        raise RecordingError(f"{name}: the file is empty (0 bytes). Nothing was recorded in it")
    if not (data[:8].rstrip() == b"0" or data[:8] == b"\xffBIOSEMI"):
        raise RecordingError(
            f"{name}: begins with {data[:8]!r} and is not an EDF or BDF file (these begin with '0' "
            "or '\\xffBIOSEMI'). Name a recording, or import it with its own format"
        )
    if len(data) < FIXED_BYTES:
        raise RecordingError(
            f"{name}: header of {len(data)} bytes is cut (its fixed part alone has 256). "
            "Nothing was recorded after it; take another copy of the file"
        )
    n_signals = _integer(_text(data[252:256]))
    if n_signals is None or n_signals < 1:
        raise RecordingError(
            f"{name}: {_text(data[252:256])!r} signals in the header (at least 1 is needed). "
            "There is nothing to read"
        )
    return FIXED_BYTES * (1 + n_signals)


def _signals(data: bytes, findings: list[str]) -> tuple[Signal, ...]:
    n = len(data) // FIXED_BYTES
    columns, position = [], 0
    for width in SIGNAL_WIDTHS:
        ends = range(position, position + n * width, width)
        columns.append([_text(data[start : start + width]) for start in ends])
        position += n * width
    return tuple(_signal(row, findings) for row in zip(*columns, strict=True))


def _signal(row: Iterable[str], findings: list[str]) -> Signal:
    label, transducer, unit, *numbers, prefiltering, samples, reserved = row
    lowest, highest, digital_min, digital_max = map(_number, numbers)
    n_samples = _integer(samples)
    if n_samples is None or n_samples < 0:
        findings.append(f"{label}: {samples!r} samples per record, taken as 0")
        n_samples = 0
    return Signal(
        label, transducer, unit, lowest, highest, digital_min, digital_max, prefiltering, n_samples,
        reserved,
    )  # fmt: skip


def _text(raw: bytes) -> str:
    return decoded(raw).replace("\0", " ").strip()


def _integer(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def _record_count(text: str, findings: list[str]) -> int:
    count = _integer(text)
    if count is None or count < -1:
        findings.append(f"number of records {text!r} in the header is not a count; counted again")
        return -1
    return count


def _duration(text: str, findings: list[str]) -> Fraction:
    if 1e-6 <= _number(text) <= 1e6:
        return Fraction(text.replace(",", "."))
    findings.append(
        f"record duration {text!r} s in the header is not from 1e-6 to 1e6; taken as 1 s"
    )
    return Fraction(1)
