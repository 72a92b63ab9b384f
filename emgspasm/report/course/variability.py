"""How much a measure at rest varies by itself, from two blocks of rest of each session."""

from __future__ import annotations

from collections.abc import Sequence

from emgspasm.report.course.rest import Measured, RestBlock, halves, measure_rest
from emgspasm.report.course.sessions import Session
from emgspasm.results.tabulation.blocks import LEAST_REST
from emgspasm.synkinesis.measures.intervals import (
    minimal_detectable_change,
    minimal_detectable_rate,
)

FEWEST_REPEATS = 3
"""Sessions with two blocks of rest from which a measurement variability is told [design]."""


def repeated(session: Session, side: str, place: str) -> tuple[Measured, Measured]:
    """A region measured in two blocks of rest: a session's first and last, or halves of its one.

    Of blocks that tell a rate, as the summary compares those of a recording; without any, halves
    of the first.
    """
    blocks = telling(session)
    pair = (blocks[0], blocks[-1]) if len(blocks) > 1 else halves((blocks or session.blocks)[0])
    first, second = (measure_rest([block], side, place) for block in pair)
    return first, second


def telling(session: Session) -> list[RestBlock]:
    """Blocks of rest of a session that are long enough to tell a rate."""
    return [block for block in session.blocks if block.seconds >= LEAST_REST]


def variability(repeats: Sequence[tuple[Measured, Measured]], name: str) -> float | None:
    """Minimal detectable change from two blocks of rest of each session.

    None if they are few of 15 s and more, or none of them has a spasm: nothing is known then of how
    much the number varies. It is that of a single block, so a session of two blocks varies less
    than it says.
    """
    told = [pair for pair in lasting(repeats) if all(getattr(m, name) is not None for m in pair)]
    if len(told) < FEWEST_REPEATS or is_without_spasm(told):
        return None
    if name == "rate":
        one, other = (
            [(m.spasms or 0, m.seconds / 60) for m in each] for each in zip(*told, strict=True)
        )
        return minimal_detectable_rate(one, other)
    first, second = ([float(getattr(m, name)) for m in each] for each in zip(*told, strict=True))
    return minimal_detectable_change(first, second)


def lasting(repeats: Sequence[tuple[Measured, Measured]]) -> list[tuple[Measured, Measured]]:
    """Those whose two blocks of rest are both long enough to tell a rate."""
    return [pair for pair in repeats if all(m.seconds >= LEAST_REST for m in pair)]


def is_without_spasm(repeats: Sequence[tuple[Measured, Measured]]) -> bool:
    """Whether no block of rest has a spasm."""
    return not any(m.spasms for pair in repeats for m in pair)
