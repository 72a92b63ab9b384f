"""Small recordings written by BdfWriter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings

from emgspasm.storage.bdf.writer import BdfWriter
from emgspasm.stream import Annotation, Channel, Chunk, StreamInfo

CYTON = 187_500.0
"""Full scale of a Cyton at gain 24, in uV."""

TEMPORARY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Of tests that write all of their examples into one temporary folder, one over the other."""

LABELS = ("OOC_L", "OOC_R", "ZYG_L", "ZYG_R")


def stream(sampling_frequency: float = 250.0, labels: tuple[str, ...] = LABELS) -> StreamInfo:
    channels = tuple(Channel.from_label(label, full_scale=CYTON) for label in labels)
    return StreamInfo(sampling_frequency, channels)


def noise(n_samples: int, n_channels: int = 4, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 200, (n_samples, n_channels))


def write(path: Path, samples: np.ndarray, info: StreamInfo) -> np.ndarray:
    """Write samples and give them back as they are stored."""
    with BdfWriter(path, info, overwrite=True) as writer:
        return writer.write(Chunk(0, samples)).samples


def native(path: Path, n_samples: int = 1000, gap: int = 0) -> np.ndarray:
    """Write two channels at 250 Hz with a marker, and a gap after 400 samples; as stored."""
    samples = np.random.default_rng(3).normal(0, 300, (n_samples, 2))
    with BdfWriter(path, stream(labels=LABELS[:2])) as writer:
        first = writer.write(Chunk(0, samples[:400]))
        writer.annotate(Annotation(0.5, 0.0, "smile"))
        rest = writer.write(Chunk(400 + gap, samples[400:]))
    return np.concatenate((first.samples, np.full((gap, 2), np.nan), rest.samples))


def patch(path: Path, offset: int, text: str, width: int) -> None:
    """Overwrite a field of a header."""
    data = bytearray(path.read_bytes())
    data[offset : offset + width] = text.encode().ljust(width)
    path.write_bytes(data)
