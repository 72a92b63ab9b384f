"""The quality table: how far each channel is to be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from emgspasm.dsp.quality import ChannelQuality, grade
from emgspasm.results.measurement import Measurement
from emgspasm.storage.stored import StoredRecording
from emgspasm.storage.tables.columns import QUALITY
from emgspasm.storage.tables.tsv import table
from emgspasm.stream import Channel

if TYPE_CHECKING:
    import pandas as pd


def quality_table(name: str, qualities: Iterable[ChannelQuality]) -> pd.DataFrame:
    """One row a channel."""
    return table((quality_row(quality) | {"recording": name} for quality in qualities), QUALITY)


def quality_row(quality: ChannelQuality) -> dict[str, Any]:
    """Cells of a channel by column, all but the name of the recording."""
    return {
        "channel": quality.channel,
        "noise_uV": round(quality.noise, 4),
        "line_ratio_db": round(quality.line_ratio, 2),
        "line_hz": quality.line_frequency,
        "clip_pct": round(quality.clipped, 4),
        "dropout_pct": round(quality.dropped, 4),
        "flat_pct": round(quality.flat, 4),
        "grade": quality.grade,
        "reason": quality.reason or None,
    }


def noise_uv(channel: Channel, measured: Measurement, i: int) -> float | None:
    """Mean noise level of an EMG channel in microvolts; None where nothing was analyzed."""
    analyzed = measured.tally.analyzed[i]
    if not analyzed:
        return None
    level = measured.tally.noise[i] / analyzed
    return round(float(level) * (channel.microvolts or np.nan), 4)


def channel_quality(recording: StoredRecording, measured: Measurement) -> Iterator[ChannelQuality]:
    """Quality of every EMG channel."""
    info, tally = recording.info, measured.tally
    total = max(recording.n_samples, 1)
    for i, column in enumerate(info.columns()):
        channel = info.channels[column]
        known = noise_uv(channel, measured, i)
        noise = np.nan if known is None else known
        missing = recording.n_samples - measured.present + tally.missing[i]
        shares = {
            "clipped": 100 * tally.clipped[i] / total,
            "dropped": 100 * missing / total,
            "flat": 100 * tally.flat[i] / total,
        }
        line, hertz = float(measured.line_ratio[i]), float(measured.line_frequency[i])
        if tally.flat[i] + tally.clipped[i] + missing >= total:
            line = hertz = np.nan  # a spectrum of nothing
        analyzed = 100 * tally.analyzed[i] / total
        graded, reason = grade(noise=noise, line=line, analyzed=analyzed, **shares)
        if not np.isfinite(channel.full_scale):
            shares["clipped"] = np.nan  # nothing was looked for: no zero (clinical facts 4)
        yield ChannelQuality(
            channel=channel.name,
            noise=noise,
            line_frequency=hertz,
            line_ratio=line,
            grade=graded,
            reason=reason,
            **shares,
        )
