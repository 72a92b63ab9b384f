"""Blocks of a recording by its markers, the spasms of those at rest, and the change that counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emgspasm.results.findings import Findings
from emgspasm.results.tabulation.labels import rounded_or_none
from emgspasm.synkinesis.markers import AT_REST, Marker
from emgspasm.synkinesis.measures.intervals import BLOCK, counting_errors, minimal_detectable_rate
from emgspasm.synkinesis.measures.occurrence import block_sums
from emgspasm.synkinesis.measures.spans import Span, Spans, begins_in, in_turn, length


def task_blocks(marked: Sequence[Marker], task: str | None) -> dict[str, list[Span]]:
    """Blocks of every task that is no movement, by its markers.

    Not of the task in the recording's name: what is said of that holds for the whole recording.
    """
    blocks: dict[str, list[Span]] = {}
    for marker in marked:
        if not marker.movement and marker.task != task:
            blocks.setdefault(marker.task, []).append((marker.onset, marker.offset))
    return blocks


LEAST_REST = BLOCK / 2
"""Seconds of valid time that tell a rate: half a block of its interval [design]. The two seconds
after a marker shortly before the end told a change of half the rate."""

Sums = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Spasms and valid seconds of consecutive blocks of 30 s."""


def rest_blocks(letter: str, found: Findings, valid: Spans, fs: float) -> list[Sums]:
    """Spasms of a side in every block of rest that tells a rate, 30 s after 30 s."""
    onsets = found.spasms["onset"][found.spasms["side"] == letter]
    blocks = [(m.onset, m.offset) for m in found.marked if m.task in AT_REST]
    return [
        block_sums(onsets[begins_in(onsets, part)], part, fs)
        for part in in_turn(valid, blocks)
        if length(part) >= LEAST_REST * fs
    ]


def rest_counts(letter: str, found: Findings, valid: Spans, fs: float) -> list[tuple[int, float]]:
    """Spasms of a side, and minutes of valid time, of every block of rest that tells a rate."""
    return [_counted(block) for block in rest_blocks(letter, found, valid, fs)]


def _counted(block: Sums) -> tuple[int, float]:
    counts, seconds = block
    return int(counts.sum()), float(seconds.sum()) / 60


def change_columns(letter: str, found: Findings, valid: Spans, fs: float) -> dict[str, Any]:
    """Minimal detectable change of the spasm rate, from the first and the last rest block.

    Nothing without two of them, or without a spasm in them.
    """
    blocks = rest_blocks(letter, found, valid, fs)
    if len(blocks) < 2:
        return {"rate_mdc_per_min": None}
    first, last = blocks[0], blocks[-1]
    errors = counting_errors([first, last])
    change = minimal_detectable_rate([_counted(first)], [_counted(last)], errors)
    return {"rate_mdc_per_min": rounded_or_none(change)}
