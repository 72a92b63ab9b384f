"""The seam every stage of the fold fits: parameters, explicit state, a pure step."""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeVar

from emgspasm.stream import Chunk, StreamInfo

State = TypeVar("State")


class Response(NamedTuple):
    """What a detector has to know of the stages before it.

    Parameters
    ----------
    delay, settling : float
        Seconds; see :meth:`Stage.delay` and :meth:`Stage.settling`.
    ringing : float
        Power left behind a burst once its end has come through, in units of the burst's.
    fading : float
        Seconds in which that falls to 1/e.
    decay : tuple of float
        Power in each sample after the end of a burst, in units of the burst's, while it matters.
    """

    delay: float
    settling: float
    ringing: float = 0.0
    fading: float = 1.0
    decay: tuple[float, ...] = ()


class Stage(Protocol[State]):
    """Chunks in, chunks out, state explicit.

    A stage is a frozen dataclass of parameters. Laws: any partition of the samples gives the
    same output, bit for bit; a NaN is a sample that does not exist: it comes out as NaN, never
    enters the arithmetic, and the sample after it starts the channel afresh.
    """

    def init(self, info: StreamInfo, first: Chunk) -> State:
        """State before the first sample of a segment.

        Raises
        ------
        ValueError
            If the parameters do not suit the sampling frequency.
        """
        ...

    def step(self, state: State, chunk: Chunk) -> tuple[State, Chunk]:
        """Fold one chunk; `state` is consumed: go on with the one returned."""
        ...

    def delay(self, info: StreamInfo) -> float:
        """Seconds by which the output is later than the input."""
        ...

    def settling(self, info: StreamInfo) -> float:
        """Seconds after a start until the output no longer shows that it was one."""
        ...
