"""What a live stream on the screen is connected to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emgspasm.config import LoadedConfig
from emgspasm.session import Session
from emgspasm.storage.studies.study import Placement
from emgspasm.stream import Source


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a live window is connected to.

    Parameters
    ----------
    config : LoadedConfig
    make_source : callable
        A source that is not entered yet; a new one for every session.
    describe : callable
        Write what stands beside a recording: of the session, its placement and its task.
    conclude : callable
        Write the tables of a recording that has ended: of the session, its placement, the folder
        of the study; calls what it is given with every sentence there is to say.
    """

    config: LoadedConfig
    make_source: Callable[[], Source]
    describe: Callable[[Session, Placement, str], None]
    conclude: Callable[[Session, Placement, Path, Callable[[str], None]], None]
