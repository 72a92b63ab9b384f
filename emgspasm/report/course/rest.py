"""Rate and burden of spasms at rest, per region of the face, from a stored result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emgspasm.labels import SIDE_LETTERS
from emgspasm.results.findings import Findings, Rows
from emgspasm.results.stored import StoredResult, stored_findings, stored_info
from emgspasm.results.tabulation.events import burden
from emgspasm.stream import StreamInfo
from emgspasm.synkinesis.markers import AFTER, AT_REST, PRIMARY
from emgspasm.synkinesis.measures import validity
from emgspasm.synkinesis.measures.intervals import block_interval, rate_interval
from emgspasm.synkinesis.measures.occurrence import block_sums
from emgspasm.synkinesis.measures.spans import begins_in, common, in_turn, length, outside, overlaps
from emgspasm.synkinesis.spread import REGIONS

FACE = "face"
"""All muscles of a side that the facial nerve moves."""

PLACES = ("brow", "eye", "cheek", "mouth", "neck")


@dataclass(frozen=True, slots=True, eq=False)
class RestBlock:
    """Time at rest of one recording, and what was found in all of it.

    Parameters
    ----------
    info : StreamInfo
        The analyzed channels.
    found : Findings
    spans : ndarray of int, shape (n, 2)
        When it was, without what was valid in no channel, in samples.
    primary : bool
        Whether it counts for the primary rate.
    """

    info: StreamInfo
    found: Findings
    spans: NDArray[np.int64]
    primary: bool

    @property
    def seconds(self) -> float:
        """Time valid in some channel."""
        return length(self.spans) / self.info.sampling_frequency

    def valid(self, side: str, columns: Sequence[int]) -> NDArray[np.int64]:
        """When spasms of a side were told, and bursts sought in one of these channels of it."""
        told = validity.of_side(self.info, self.found.valid, side)
        sought = validity.of_face({column: self.found.valid[column] for column in columns})
        return common(common(self.spans, told), sought)


@dataclass(frozen=True, slots=True)
class Measured:
    """Rate and burden of one region of one side, at rest; None for what is not told.

    `muscles` are the codes of those that were seen.
    """

    seconds: float
    spasms: int | None
    rate: float | None
    rate_interval: tuple[float, float] | None
    burden: float | None
    burden_interval: tuple[float, float] | None
    amplitude: float | None
    muscles: tuple[str, ...] = ()


def rest_blocks(result: StoredResult, task: str | None) -> list[RestBlock]:
    """Blocks of rest in a recording: by its markers, or all but other tasks if its task is rest.

    Rest with closed eyes is none, as little in a name (``restclosed``) as in a marker.

    Parameters
    ----------
    result : StoredResult
    task : str or None
        Task in the name of the recording.
    """
    info = stored_info(result)
    found = stored_findings(result, info)
    valid = validity.of_face(found.valid)
    marked = [m for m in found.marked if m.task in AT_REST]
    blocks = [
        RestBlock(info, found, spans, m.task in PRIMARY)
        for m, spans in zip(
            marked, in_turn(valid, ((m.onset, m.offset) for m in marked)), strict=True
        )
    ]
    named = task or ""
    if not marked and named.startswith("rest") and not named.endswith("closed"):
        after = round(AFTER * info.sampling_frequency)
        others = [(m.onset, m.offset + after * m.movement) for m in found.marked]
        rest = outside(valid, others)
        blocks = [RestBlock(info, found, rest, primary=not named.endswith("post"))]
    return [block for block in blocks if len(block.spans)]


def halves(block: RestBlock) -> tuple[RestBlock, RestBlock]:
    """A block in two, of the same valid time."""
    lengths = np.diff(block.spans)[:, 0]
    half = lengths.sum() // 2
    number = int(np.searchsorted(np.cumsum(lengths), half))
    cut = int(block.spans[number, 0] + half - lengths[:number].sum())
    begin, end = int(block.spans[0, 0]), int(block.spans[-1, 1])
    first, second = (common(block.spans, [part]) for part in ((begin, cut), (cut, end)))
    return replace(block, spans=first), replace(block, spans=second)


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
    mean of the muscles of the region (clinical facts 5), each over its own valid time. Intervals by
    the bootstrap standard error of 30 s blocks. Without a channel's microvolts neither burden nor
    amplitude is told.
    """
    counts, areas, seconds, strengths = [], [], [], []
    seen: set[str] = set()
    for block in blocks:
        muscles, fs = muscles_of(block.info, side, place), block.info.sampling_frequency
        columns = list(muscles)
        valid = block.valid(side, columns)
        if not len(valid):
            continue
        onsets, mine, which = _spasms_of(block, side, columns, valid)
        count, time = block_sums(onsets, valid, fs)
        weights = np.bincount(which, _areas(mine, block, columns, valid), len(onsets))
        counts.append(count)
        areas.append(block_sums(onsets, valid, fs, weights.astype(np.float64))[0])
        seconds.append(time)
        strengths.append(burden(mine))
        seen |= {muscles[c] for c in columns if len(common(valid, block.found.valid[c]))}
    if not seconds:
        return Measured(0.0, None, None, None, None, None, None)
    count, area, time = (np.concatenate(parts) for parts in (counts, areas, seconds))
    over = np.concatenate(strengths)
    total, spasms = float(time.sum()), int(count.sum())
    volts = all(
        b.info.channels[c].microvolts for b in blocks for c in muscles_of(b.info, side, place)
    )
    return Measured(
        seconds=total,
        spasms=spasms,
        rate=60 * spasms / total,
        rate_interval=rate_interval(count, time),
        burden=float(area.sum()) / total if volts else None,
        burden_interval=block_interval(area, time) if volts else None,
        amplitude=float(np.median(over)) if volts and len(over) else None,
        muscles=tuple(sorted(seen)),
    )


def _spasms_of(
    block: RestBlock, side: str, columns: Sequence[int], valid: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Rows, NDArray[np.int64]]:
    """Onsets of the spasms these columns take part in, their bursts, and which spasm each is of."""
    events, parts = block.found.events, block.found.spasm_parts
    wanted = (events["side"] == side) & begins_in(events["onset"], valid)
    mine = parts[np.isin(parts["channel"], columns) & wanted[parts["event"]]]
    numbers, which = np.unique(mine["event"], return_inverse=True)
    return events["onset"][numbers], mine, which


def _areas(
    bursts: Rows, block: RestBlock, columns: Sequence[int], valid: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What each burst adds to the burden of the region, times its valid seconds.

    Without what happens after valid time: a spasm may last into the next task.
    """
    own = {column: length(common(valid, block.found.valid[column])) for column in columns}
    told = [column for column in columns if own[column]]
    shares = np.zeros(len(block.info.channels))
    shares[told] = [length(valid) / own[column] / len(told) for column in told]
    seconds = overlaps(np.stack([bursts["onset"], bursts["offset"]], axis=1), valid)
    area: NDArray[np.float64] = (
        burden(bursts) * seconds / block.info.sampling_frequency * shares[bursts["channel"]]
    )
    return area
