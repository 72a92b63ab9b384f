"""Dates of recordings, which exported files leave out: they identify people."""

from __future__ import annotations

from collections.abc import Iterator

from emgspasm.storage.stored import StoredRecording


def date_left_out(recording: StoredRecording) -> Iterator[str]:
    """Say what date a file does not hold, for whoever has to write it down elsewhere."""
    if recording.start is not None:
        yield f"its date is left out: {recording.start:%Y-%m-%d}, files are anonymous"
