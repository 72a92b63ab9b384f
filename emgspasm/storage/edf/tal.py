r"""Time-stamped annotation lists, the texts of EDF+ and BDF+ files.

``+onset[\x15duration]\x14text\x14[text\x14...]\0``; the first list of every record has an
empty text and keeps the record's time (EDF+ specification 2.2.2 to 2.2.4). A text about one
channel alone is ``text@@LABEL``, as MNE writes and reads it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from emgspasm.stream import SKIP, Annotation

_HEAD = re.compile(rb"([+-]\d{1,17}(?:\.\d*)?)(?:\x15(\d{1,17}(?:\.\d*)?))?\Z")
_SEPARATORS = re.compile("[\x00\x14\x15]")
_CHANNEL = "@@"

LONGEST_KEPT = 300
"""Bytes of a text that are kept; readers of BDF+ hold about 400."""


@dataclass(frozen=True, slots=True)
class TimedTexts:
    """One list: texts that share an onset (seconds) and a duration (seconds, 0 if none)."""

    onset: float
    duration: float
    texts: tuple[str, ...]


def storable(text: str) -> str:
    """The text of a marker as BDF+ can keep it.

    It has no control characters, which part annotations, is not long, and not the word for missing
    samples, with which it would be read as a loss.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in text).strip()
    kept = printable.encode()[:LONGEST_KEPT].decode(errors="ignore") or "?"
    return f"marker {SKIP}" if kept == SKIP else kept


def encode_annotation(annotation: Annotation, labels: Collection[str] = ()) -> list[bytes]:
    """Write one annotation, a list for each of its channels.

    A text of all channels that would be read as one about a channel ends with a bare ``@@``.

    Parameters
    ----------
    annotation : Annotation
        What to write.
    labels : collection of str
        Labels of the file.

    Raises
    ------
    ValueError
        If its text or times cannot be written.
    """
    _refuse_unwritable(annotation)
    head = f"{annotation.onset:+.6f}".rstrip("0").rstrip(".")
    if annotation.duration:
        head += f"\x15{plain_seconds(annotation.duration)}"
    text, mark, label = annotation.text.rpartition(_CHANNEL)
    misread = mark and (label in labels or (not label and _CHANNEL in text))
    own = _CHANNEL if misread else ""
    ends = [_CHANNEL + name for name in annotation.channels] or [own]
    return [f"{head}\x14{annotation.text}{end}\x14\0".encode() for end in ends]


def encode_time(onset: float) -> bytes:
    """Write the time-keeping list of a record that begins at `onset` (seconds)."""
    return f"+{plain_seconds(onset)}\x14\x14\0".encode()


def plain_seconds(value: float) -> str:
    """Write seconds to the microsecond, without exponent or trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def parse_tals(raw: bytes) -> Iterator[TimedTexts | None]:
    """Read the lists of one record leniently; None stands for one that is damaged."""
    for tal in raw.split(b"\0"):
        if tal:
            yield _parse(tal)


def channel_annotations(
    timed: TimedTexts, offset: float, labels: Collection[str]
) -> Iterator[Annotation]:
    """Read the annotations of one list, their channels from ``text@@LABEL``.

    Parameters
    ----------
    timed : TimedTexts
        One list.
    offset : float
        Seconds at which the first sample lies.
    labels : collection of str
        Labels of the file; what follows ``@@`` counts as a channel only if it is one of them.
    """
    channels: dict[str, tuple[str, ...]] = {}
    for entry in timed.texts:
        text, _, label = entry.rpartition(_CHANNEL)
        own = not label and _CHANNEL in text  # as encode_annotation ends a text that holds it
        if not own and (label not in labels or not text):
            text, label = entry, ""
        if text:
            channels[text] = channels.get(text, ()) + ((label,) if label else ())
    for text, names in channels.items():
        yield Annotation(timed.onset - offset, timed.duration, text, names)


def decoded(text: bytes) -> str:
    """A text of a file: UTF-8, or Latin-1 from writers that know no other."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _parse(tal: bytes) -> TimedTexts | None:
    head, *texts = tal.split(b"\x14")
    match = _HEAD.match(head)
    if match is None or not texts or texts[-1]:
        return None
    duration = float(match[2]) if match[2] else 0.0
    return TimedTexts(float(match[1]), duration, tuple(map(decoded, texts[:-1])))


def _refuse_unwritable(annotation: Annotation) -> None:
    if not (math.isfinite(annotation.onset) and 0 <= annotation.duration < math.inf):
        raise ValueError(
            f"annotation {annotation.text!r} at {annotation.onset} s for {annotation.duration} s; "
            "its onset must be finite and its duration not negative"
        )
    if _SEPARATORS.search(annotation.text) or not annotation.text:
        raise ValueError(
            f"annotation text {annotation.text!r} is empty or holds \\x00, \\x14 or \\x15, which "
            "separate annotations in the file; remove them"
        )
