"""How a stream is laid out in a BDF+ file: its rate, its records, its header."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from emgspasm.dsp.rates import HIGHEST
from emgspasm.storage.edf.header import ANNOTATION_LABELS, SIGNAL_WIDTHS, Header, Signal
from emgspasm.stream import Channel, StreamInfo
from emgspasm.units import in_ascii

DIGITAL_MAX = 8_388_607
"""Largest count; the smallest is its negative, so that a count times a constant is physical."""
LEAST_FULL_SCALE, LARGEST_FULL_SCALE = 1e-4, 9_999_999
"""What eight characters hold with a minus sign."""
TEN_VOLTS = 1e7
"""Range of many converters, in uV: of it a header holds all but the last microvolt."""
ANNOTATIONS_PER_SECOND = 40
"""Room for markers of lost packets; more of them wait for later records."""
ANNOTATION_BYTES = 48
"""Room for one: ``+43199.996\\x150.004\\x14BAD_ACQ_SKIP@@OOC_L\\x14\\0`` and some digits."""
LONGEST_TEXT = 400
"""Bytes of one annotation; EDFlib reads texts of up to 512. No record is shorter than a third of a
second, whose room for markers holds one."""
LONGEST_EQUIPMENT = 64
"""What is left of the recording's field of 80 characters."""


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """How a sampling frequency is cut into records: `n_samples` last `microseconds` exactly."""

    n_samples: int
    microseconds: int

    @property
    def sampling_frequency(self) -> float:
        """Hertz, as every reader derives it from the header."""
        return float(Fraction(self.n_samples * 1_000_000, self.microseconds))

    @property
    def duration(self) -> Fraction:
        """Seconds."""
        return Fraction(self.microseconds, 1_000_000)

    def onset(self, sample: int) -> float:
        """Seconds from the first sample."""
        return float(Fraction(sample * self.microseconds, self.n_samples * 1_000_000))


def record_layout(sampling_frequency: float) -> RecordLayout:
    """Find a record of about half a second whose duration the header can state.

    A duration has eight characters, so microseconds. Among the records of at most one second
    those are taken whose rate is nearest to the wanted one, then the one nearest to 0.5 s.
    333.333 Hz becomes 333 samples in 0.999001 s, which is 1e-9 off (a crystal: 5e-5).

    Raises
    ------
    ValueError
        If the rate is under 1 Hz or over :data:`HIGHEST`; of any other a record comes within 1e-6.
    """
    if not 1 <= sampling_frequency <= HIGHEST:
        raise ValueError(
            f"sampling_frequency={sampling_frequency} Hz cannot be stored (1 to {HIGHEST:g} Hz "
            "can); resample first"
        )
    n_samples = np.arange(1, int(sampling_frequency) + 1, dtype=np.float64)
    microseconds = np.rint(n_samples * 1e6 / sampling_frequency)
    error = np.abs(n_samples * 1e6 / microseconds / sampling_frequency - 1)
    best = error <= error.min() + 1e-12
    distance = np.where(best, np.abs(microseconds - 500_000), np.inf)
    chosen = int(np.argmin(distance))
    return RecordLayout(chosen + 1, int(microseconds[chosen]))


def stored_info(info: StreamInfo) -> StreamInfo:
    """Tell what a file can keep of a stream: rate and full scales as readers will see them.

    Raises
    ------
    ValueError
        If a full scale is unknown, or a label or unit does not fit its field.
    """
    return replace(
        info,
        sampling_frequency=record_layout(info.sampling_frequency).sampling_frequency,
        channels=tuple(map(_stored_channel, info.channels)),
    )


def require_storable(info: StreamInfo) -> None:
    """Refuse a stream that no file can hold.

    Raises
    ------
    ValueError
        As of :func:`stored_info`, or if a muscle does not fit its field.
    """
    stored = stored_info(info)
    encode_header(bdf_header(stored, record_layout(stored.sampling_frequency), ""))


def _stored_channel(channel: Channel) -> Channel:
    if not math.isfinite(channel.full_scale):
        raise ValueError(
            f"full_scale of {channel.name} is unknown; a file needs the largest magnitude a "
            f"sample can have, in {channel.unit} (187500 uV for a Cyton at gain 24)"
        )
    unit = _unit_field(channel)
    if channel.kind == "EMG" and channel.microvolts not in (None, 1.0):
        raise ValueError(f"unit {channel.unit} of {channel.name}; EMG is stored in uV, convert it")
    if not LEAST_FULL_SCALE <= channel.full_scale <= LARGEST_FULL_SCALE:
        raise ValueError(
            f"full_scale={channel.full_scale} {unit} of {channel.name} does not fit a header field "
            f"({LEAST_FULL_SCALE:g} to {LARGEST_FULL_SCALE}); use another unit"
        )
    return replace(channel, unit=unit, full_scale=_representable(channel.full_scale))


def _unit_field(channel: Channel) -> str:
    """Unit of a channel as a header holds it; refuses one whose label or unit fits no field."""
    label, unit = channel.name, in_ascii(channel.unit)
    if label in ANNOTATION_LABELS:
        raise ValueError(f"{label!r} is a reserved label; rename the channel")
    for text, width, told in (
        (label, 16, f"label {label!r}"),
        (unit, 8, f"unit {unit!r} of {label}"),
    ):
        if not _fits(text, width):
            raise ValueError(
                f"{told} does not fit a header field ({width} printable ASCII characters); give "
                "the channel another in a montage"
            )
    return unit


def _representable(full_scale: float) -> float:
    """Round up to what fits eight characters with a minus sign."""
    digits = min(max(0, 5 - math.floor(math.log10(full_scale))), 5)
    return float(Fraction(math.ceil(Fraction(repr(full_scale)) * 10**digits), 10**digits))


def held_range(full_scale: float) -> float:
    """A range as a header holds it, where it is that of a converter of ten volts."""
    ten_volts = LARGEST_FULL_SCALE < full_scale <= TEN_VOLTS
    return float(LARGEST_FULL_SCALE) if ten_volts else full_scale


def bdf_header(info: StreamInfo, layout: RecordLayout, equipment: str) -> Header:
    """Describe the stream anonymously (clinical facts 11: `X`, since blanks are invalid)."""
    counts = (-DIGITAL_MAX, DIGITAL_MAX)
    signals = [
        described(channel, (-channel.full_scale, channel.full_scale), counts, layout.n_samples)
        for channel in info.channels
    ]
    bytes_wanted = 24 + ANNOTATION_BYTES * math.ceil(ANNOTATIONS_PER_SECOND * layout.duration)
    n_annotation = math.ceil(bytes_wanted / 3)
    signals.append(
        Signal("BDF Annotations", "", "", -1, 1, -DIGITAL_MAX - 1, DIGITAL_MAX, "", n_annotation)
    )
    return Header(
        sample_bytes=3,
        patient="X X X X",
        recording=f"Startdate X X X {_one_word(equipment) or 'X'}",
        start_date="01.01.85",
        start_time="00.00.00",
        reserved="BDF+C",
        n_records=1,
        record_duration=layout.duration,
        signals=tuple(signals),
    )


def _one_word(equipment: str) -> str:
    """Name of a device as a header holds it: senders of LSL have any name, of any length."""
    letters = (
        c if c.isascii() and c.isprintable() and c != " " else "_" for c in in_ascii(equipment)
    )
    return "".join(letters)[:LONGEST_EQUIPMENT]


def described(
    channel: Channel, physical: tuple[float, float], digital: tuple[int, int], n_samples: int
) -> Signal:
    """Describe a channel, whose samples lie in these ranges, for a header.

    Raises
    ------
    ValueError
        If its label or its unit fits no header field.
    """
    unit = _unit_field(channel)
    return Signal(channel.name, _transducer(channel), unit, *physical, *digital, "", n_samples)


def _transducer(channel: Channel) -> str:
    """Say in the transducer field what a label alone may not: kind, muscle, side, own rate."""
    own = f" at {channel.own_frequency:.10g} Hz" if math.isfinite(channel.own_frequency) else ""
    if not (channel.muscle or channel.side):
        return channel.kind + own
    return f"{channel.kind} {channel.muscle or 'n/a'} {channel.side or 'n/a'}{own}"


def encode_header(header: Header) -> bytes:
    """Write a header, every field left-justified ASCII.

    Raises
    ------
    ValueError
        If a value does not fit its field.
    """
    version = b"\xffBIOSEMI" if header.sample_bytes == 3 else b"0       "
    fixed = (
        (header.patient, 80),
        (header.recording, 80),
        (header.start_date, 8),
        (header.start_time, 8),
        (header.n_bytes, 8),
        (header.reserved, 44),
        (header.n_records, 8),
        (decimal(header.record_duration, 8), 8),
        (len(header.signals), 4),
    )
    rows = [_texts(signal) for signal in header.signals]
    columns = zip(*rows, strict=True)
    by_field = [(text, width) for column, width in zip(columns, SIGNAL_WIDTHS, strict=True)
                for text in column]  # fmt: skip
    return version + b"".join(_field(value, width) for value, width in (*fixed, *by_field))


def _texts(signal: Signal) -> tuple[str | int, ...]:
    return (
        signal.label,
        signal.transducer,
        signal.unit,
        decimal(Fraction(repr(signal.physical_min)), 8),
        decimal(Fraction(repr(signal.physical_max)), 8),
        int(signal.digital_min),
        int(signal.digital_max),
        signal.prefiltering,
        signal.samples_per_record,
        signal.reserved,
    )


def _field(value: str | int, width: int) -> bytes:
    text = str(value)
    if not _fits(text, width):
        raise ValueError(
            f"{text!r} does not fit a header field ({width} printable ASCII characters); shorten it"
        )
    return text.ljust(width).encode("ascii")


def _fits(text: str, width: int) -> bool:
    return len(text) <= width and text.isascii() and text.isprintable()


def decimal(value: Fraction, width: int) -> str:
    """Write a number exactly as a decimal of at most `width` characters.

    Raises
    ------
    ValueError
        If it cannot be exact.
    """
    for digits in range(width):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            text = f"{Decimal(scaled.numerator).scaleb(-digits):f}"
            if len(text) <= width:
                return text
    raise ValueError(
        f"{float(value)!r} is not an exact decimal of {width} characters; round it first"
    )
