"""What every stored recording offers, whatever its format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from emgspasm.stream import Annotation, Source


@runtime_checkable
class StoredRecording(Source, Protocol):
    """A stored recording: a source that knows its length, annotations and findings."""

    @property
    def path(self) -> Path:
        """The file."""
        ...

    @property
    def n_samples(self) -> int:
        """Samples from the first to the last, missing ones included."""
        ...

    @property
    def start(self) -> datetime | None:
        """When it was recorded; None if the file does not say."""
        ...

    @property
    def annotations(self) -> tuple[Annotation, ...]:
        """Marked stretches, missing samples among them."""
        ...

    @property
    def findings(self) -> tuple[str, ...]:
        """What was odd in the file, for people."""
        ...

    def to_mne(self) -> Any:
        """Load it into MNE; see :func:`emgspasm.storage.whole.to_mne`."""
        ...
