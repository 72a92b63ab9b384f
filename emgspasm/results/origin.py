"""What a result comes from: all that its numbers follow from, by which a call knows its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from emgspasm.config import LoadedConfig
from emgspasm.results.contractions import maximal_recordings
from emgspasm.storage.digest import Digest
from emgspasm.storage.opening import Given

if TYPE_CHECKING:
    from emgspasm.storage.montage import Montage

ORIGIN = (
    *("recording", "input_sha256", "config_sha256", "emgspasm_version", "given"),
    "maximal_recordings",
)
"""Keys of an origin, which are those of a provenance."""


def origin(
    path: Path,
    config: LoadedConfig,
    montage: Montage | None,
    sampling_frequency: float | None,
    gain: float | None,
    *,
    version: str,
    digest: Digest | None = None,
) -> dict[str, Any]:
    """Tell the origin of the result of a recording.

    Parameters
    ----------
    path : Path
        The recording.
    config : LoadedConfig
    montage : Montage or None
    sampling_frequency, gain : float or None
        As given for files that do not say them.
    version : str
        Of emgspasm.
    digest : Digest, optional
        Of the recording, which has taken in what was read of it.

    Raises
    ------
    OSError
        If the recording cannot be read.
    """
    given = {
        "montage_sha256": montage.sha256 if montage else None,
        "sampling_frequency": sampling_frequency,
        "gain": gain,
        "exploratory": config.config.exploratory,
    }
    others = maximal_recordings(path, Given(montage, sampling_frequency, gain))
    hashes = {other.name: Digest().of(other) for other in others} or None
    values = path.name, (digest or Digest()).of(path), config.sha256, version, given, hashes
    return dict(zip(ORIGIN, values, strict=True))
