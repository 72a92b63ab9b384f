"""Maximal contractions of a session, which one of its recordings may tell for the others.

Clinical facts 5 want three maximal trials of the muscle in the same session. Tasks of a session are
often recorded as files of their own, so the trials of one file serve the channels of another that
have none. They are measured again from that file, never read from its results: what is told then
follows from recordings and settings alone, in whatever order recordings are analyzed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from emgspasm.config import Config, LoadedConfig
from emgspasm.dsp.pipeline import Pipeline
from emgspasm.errors import EmgspasmError
from emgspasm.results.findings import Findings
from emgspasm.results.measurement import measure
from emgspasm.results.tabulation.trials import maxima
from emgspasm.storage.opening import Given
from emgspasm.storage.studies.collection import session_recordings
from emgspasm.stream import Channel, StreamInfo
from emgspasm.synkinesis.markers import markers
from emgspasm.synkinesis.measures.trials import FEWEST_TRIALS, MAXIMAL

Place = tuple[str, str, str | None, str | None]
"""Name, unit, side and muscle: channels that agree in them measure the same."""


@dataclass(frozen=True, slots=True)
class Contraction:
    """Maximal voluntary contraction of a channel.

    Parameters
    ----------
    value : float
        In the channel's unit.
    recording : str
        File name of the recording whose trials tell it.
    """

    value: float
    recording: str


def maximal_recordings(path: Path, given: Given) -> list[Path]:
    """Other recordings of a session that ask for three maximal trials of a muscle, or more.

    Of one that cannot be read nothing is known: whoever analyzes it is told why.
    """
    return [other for other in session_recordings(path) if asks_maximal(other, given)]


def asks_maximal(path: Path, given: Given) -> bool:
    """Whether a recording asks for trials enough to tell the maximal contraction of a muscle."""
    try:
        recording = given.open(path)
    except EmgspasmError:
        return False
    marked = markers(recording.annotations, recording.info.sampling_frequency, recording.n_samples)
    asked = Counter(MAXIMAL[marker.task] for marker in marked if marker.task in MAXIMAL)
    return max(asked.values(), default=0) >= FEWEST_TRIALS


def contractions(
    path: Path,
    others: Mapping[str, str],
    info: StreamInfo,
    found: Findings,
    config: LoadedConfig,
    given: Given,
) -> dict[int, Contraction]:
    """Maximal contraction by channel: of its own trials, else the largest of the session's.

    Parameters
    ----------
    path : Path
        The recording.
    others : mapping
        Hashes of the :func:`maximal_recordings` beside it, by name.
    info : StreamInfo
        Of the recording.
    found : Findings
        In it.
    config : LoadedConfig
    given : Given
    """
    most = {c: Contraction(value, path.name) for c, value in maxima(info, found).items()}
    lacking = {
        _place(info.channels[c]): c
        for c in info.columns()
        if c not in most and info.channels[c].muscle in MAXIMAL.values()
    }
    fs, settings = info.sampling_frequency, config.config
    for name, sha256 in others.items() if lacking else ():
        other = path.with_name(name)
        for place, value in _maxima_of(other, sha256, fs, settings.pipeline, settings.mains, given):
            column = lacking.get(place)
            if column is not None and (column not in most or value > most[column].value):
                most[column] = Contraction(value, name)
    return {column: most[column] for column in sorted(most)}


@lru_cache(maxsize=32)  # the other recordings of the session ask for the same
def _maxima_of(
    path: Path,
    _sha256: str,
    fs: float,
    pipeline: Pipeline,
    mains: Literal["auto", "off"],
    given: Given,
) -> tuple[tuple[Place, float], ...]:
    """Maximal contractions of a recording's own trials; none at another sampling frequency.

    None either of one that cannot be measured: whoever analyzes it is told why.
    """
    try:
        recording = given.open(path)
        if recording.info.sampling_frequency != fs:
            return ()
        with recording:
            measured = measure(recording, LoadedConfig(Config(pipeline=pipeline, mains=mains)))
    except EmgspasmError:
        return ()
    largest = maxima(recording.info, measured.found)
    return tuple((_place(recording.info.channels[c]), value) for c, value in largest.items())


def _place(channel: Channel) -> Place:
    return channel.name, channel.unit, channel.side, channel.muscle
