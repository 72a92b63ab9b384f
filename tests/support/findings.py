"""Findings made by hand, for tables without a signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from emgspasm.results.findings import (
    LAG,
    READ,
    Findings,
    burst_rows,
    event_rows,
    part_rows,
)
from emgspasm.stream import Burst, Channel, Event, StreamInfo

FS = 1000


def stream(*labels: str, fs: float = FS, unit: str = "uV") -> StreamInfo:
    """A stream of channels by label."""
    return StreamInfo(fs, tuple(Channel.from_label(label, unit=unit) for label in labels))


def burst(channel: int, onset: int, offset: int, mean: float = 7.0, peak: float = 10.0) -> Burst:
    """A burst over a noise of 2 uV."""
    return Burst(channel, onset, offset, peak, mean, 2.0)


def spasm(*bursts: Burst, **more: object) -> Event:
    """A spasm of the left side, isolated if nothing else is said."""
    onset, offset = min(b.onset for b in bursts), max(b.offset for b in bursts)
    said = {"side": "L", "label": "isolated"} | more
    return Event("spasm", onset, offset, bursts=bursts, **said)  # type: ignore[arg-type]  # as said


def findings(
    n_channels: int,
    events: Sequence[Event] = (),
    alone: Iterable[Burst] = (),
    *,
    sought: Mapping[int, Sequence[tuple[int, int]]] | None = None,
    end: int = 100_000,
    read: Sequence[tuple[int, int, bool, int]] = (),
    lags: Sequence[tuple[int, int, int, float]] = (),
    rho: np.ndarray | None = None,
    **more: object,
) -> Findings:
    """Events and bursts of none, in a recording in whose channels bursts were sought up to `end`.

    Parameters
    ----------
    sought : mapping, optional
        Other stretches of some channels.
    read, lags : sequence
        Rows of readings (channel, onset, copy, neighbour) and of lags.
    more
        Other fields of the findings.
    """
    stretches = {c: [(0, end)] for c in range(n_channels)} | dict(sought or {})
    inside = [b for event in events for b in (*event.bursts, *event.copies)]
    fields = {"marked": (), "envelopes": {}, "sampling_frequency": float(FS)} | more
    return Findings(
        bursts=burst_rows(dict.fromkeys([*inside, *alone])),  # one may be of two events
        events=event_rows(events),
        parts=part_rows(events, 0),
        readings=np.array(list(read) or np.empty(0), READ),
        lags=np.array(list(lags) or np.empty(0), LAG),
        rho=np.zeros((n_channels, n_channels)) if rho is None else rho,
        sought={c: np.reshape(spans, (-1, 2)).astype(int) for c, spans in stretches.items()},
        **fields,  # type: ignore[arg-type]  # as said
    )
