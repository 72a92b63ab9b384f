"""Rate and burden of spasms at rest, per region of the face, from a stored result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emgspasm.findings import Findings, Rows
from emgspasm.stored import StoredResult, stored_findings, stored_info
from emgspasm.stream import SIDE_LETTERS, StreamInfo
from emgspasm.synkinesis.intervals import rate_interval
from emgspasm.synkinesis.measures import Span, begins_in, block_sums, within
from emgspasm.synkinesis.spread import REGIONS
from emgspasm.tabulation.events import burden

FACE = "face"
"""All muscles of a side that the facial nerve moves."""

PLACES = ("brow", "eye", "cheek", "mouth", "neck")
PRIMARY = frozenset({"rest_open", "rest"})
"""Tasks that give the primary rate (clinical facts 6)."""

SECOND = frozenset({"rest_post"})
"""Task of a second block of rest, which tells how much a measurement varies by itself."""


@dataclass(frozen=True, slots=True, eq=False)
class RestBlock:
    """Time at rest of one recording, and what was found in all of it.

    Parameters
    ----------
    info : StreamInfo
        The analyzed channels.
    found : Findings
    valid : list of (int, int)
        Valid time at rest, in samples.
    primary : bool
        Whether it counts for the primary rate.
    """

    info: StreamInfo
    found: Findings
    valid: list[Span]
    primary: bool

    @property
    def seconds(self) -> float:
        """Valid time."""
        return sum(b - a for a, b in self.valid) / self.info.sampling_frequency


@dataclass(frozen=True, slots=True)
class Measured:
    """Rate and burden of one region of one side, at rest; None for what is not told."""

    seconds: float
    spasms: int
    rate: float | None
    rate_interval: tuple[float, float] | None
    burden: float | None
    burden_interval: tuple[float, float] | None
    amplitude: float | None


def rest_blocks(result: StoredResult, task: str | None) -> list[RestBlock]:
    """Blocks of rest in a recording: by its markers, or all of it if its task is rest.

    Parameters
    ----------
    result : StoredResult
    task : str or None
        Task in the name of the recording.
    """
    info = stored_info(result)
    found = stored_findings(result, info)
    marked = [m for m in found.marked if m.task in PRIMARY | SECOND]
    blocks = [
        RestBlock(info, found, within(found.valid, (m.onset, m.offset)), m.task in PRIMARY)
        for m in marked
    ]
    if not marked and (task or "").startswith("rest"):
        blocks = [RestBlock(info, found, found.valid, primary=not (task or "").endswith("post"))]
    return [block for block in blocks if block.valid]


def halves(block: RestBlock) -> tuple[RestBlock, RestBlock]:
    """A block in two, of the same valid time."""
    total = sum(b - a for a, b in block.valid)
    first, second, taken = [], [], 0
    for a, b in block.valid:
        cut = min(max(a, a + total // 2 - taken), b)
        first += [(a, cut)] if cut > a else []
        second += [(cut, b)] if b > cut else []
        taken += b - a
    return (
        RestBlock(block.info, block.found, first, block.primary),
        RestBlock(block.info, block.found, second, block.primary),
    )


def muscles_of(info: StreamInfo, side: str, place: str) -> dict[int, str]:
    """Column and muscle of the channels of a region (or of the whole side)."""
    told = {}
    for column, channel in enumerate(info.channels):
        region = REGIONS.get(channel.muscle or "")
        if channel.side == SIDE_LETTERS[side] and region and place in (FACE, region):
            told[column] = channel.muscle or ""
    return told


def measure_rest(blocks: Sequence[RestBlock], side: str, place: str) -> Measured:
    """Rate and burden of a region over some blocks of rest.

    The rate counts spasms of the side in which a muscle of the region takes part and which begin
    in valid time; the burden is the integral of their amplitude over the noise, per valid time, the
    mean of the muscles of the region (clinical facts 5). Intervals by bootstrap of 30 s blocks.
    """
    counts, areas, seconds, strengths = [], [], [], []
    spasms = 0
    for block in filter(lambda each: each.valid, blocks):
        columns, fs = muscles_of(block.info, side, place), block.info.sampling_frequency
        onsets, mine, which = _spasms_of(block, side, list(columns))
        spasms += len(onsets)
        over = burden(mine)
        area = over * (mine["offset"] - mine["onset"]) / fs / max(len(columns), 1)
        weights = np.bincount(which, area, len(onsets)).astype(np.float64)
        numbers, lasting = block_sums(onsets, block.valid, fs)
        counts.append(numbers)
        areas.append(block_sums(onsets, block.valid, fs, weights)[0])
        seconds.append(lasting)
        strengths.append(over)
    total = sum(block.seconds for block in blocks)
    if total <= 0:
        return Measured(0.0, 0, None, None, None, None, None)
    count, area, time = (np.concatenate(parts) for parts in (counts, areas, seconds))
    over = np.concatenate(strengths)
    per_minute = rate_interval(area, time)
    return Measured(
        seconds=total,
        spasms=spasms,
        rate=60 * spasms / total,
        rate_interval=rate_interval(count, time),
        burden=float(area.sum()) / total,
        burden_interval=per_minute and (per_minute[0] / 60, per_minute[1] / 60),
        amplitude=float(np.median(over)) if len(over) else None,
    )


def _spasms_of(
    block: RestBlock, side: str, columns: Sequence[int]
) -> tuple[NDArray[np.int64], Rows, NDArray[np.int64]]:
    """Onsets of the spasms these columns take part in, their bursts, and which spasm each is of."""
    events, parts = block.found.events, block.found.parts
    wanted = block.found.hemifacial & (events["side"] == side)
    wanted &= begins_in(events["onset"], block.valid)
    mine = parts[np.isin(parts["channel"], columns) & ~parts["copy"] & wanted[parts["event"]]]
    numbers, which = np.unique(mine["event"], return_inverse=True)
    return events["onset"][numbers], mine, which
