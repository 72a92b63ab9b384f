"""Which channel is drawn where: the same muscle of both sides on the same line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from emgspasm.anatomy import FACE_MUSCLES
from emgspasm.labels import MUSCLES
from emgspasm.stream import Channel, StreamInfo


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the screen.

    Parameters
    ----------
    left, right : int or None
        EMG channel on the left and on the right of the screen; counts the EMG channels.
    muscle : str
        Its muscle in words; ``""`` where the channels do not say it.
    """

    left: int | None
    right: int | None
    muscle: str = ""

    def on(self, column: int) -> int | None:
        """The channel in a column: 0 on the left of the screen, 1 on the right."""
        return (self.left, self.right)[column]


def arrange(info: StreamInfo, *, mirrored: bool = True) -> tuple[Line, ...]:
    """Lines of the screen from top to bottom.

    Parameters
    ----------
    info : StreamInfo
    mirrored : bool
        Whether the patient's right is on the left of the screen, as seen face to face.

    Returns
    -------
    tuple of Line
        Muscles of both sides from the brow to the neck; then what has no side, filled up from
        left to right.
    """
    channels = [info.channels[column] for column in info.columns()]
    sides = ("right", "left") if mirrored else ("left", "right")
    muscles = sorted({c.muscle for c in channels if _sided(c) and c.muscle}, key=_height)
    lines: list[Line] = []
    for muscle in muscles:
        found = [_find(channels, muscle, side) for side in sides]
        pairs = max(map(len, found))
        word = MUSCLES.get(muscle, muscle)
        lines += [Line(_nth(found[0], k), _nth(found[1], k), word) for k in range(pairs)]
    others = [i for i, channel in enumerate(channels) if not (_sided(channel) and channel.muscle)]
    half = -(-len(others) // 2)
    lines += [Line(others[k], _nth(others, half + k)) for k in range(half)]
    return tuple(lines)


def headings(info: StreamInfo, *, mirrored: bool = True) -> tuple[str, str]:
    """Headings of the two columns; empty where no channel has a side."""
    if not any(_sided(info.channels[column]) for column in info.columns()):
        return "first half of the channels", "second half of the channels"
    sides = ("PATIENT'S RIGHT", "PATIENT'S LEFT")
    return sides if mirrored else (sides[1], sides[0])


def _sided(channel: Channel) -> bool:
    return channel.side in ("left", "right")


def _height(muscle: str) -> tuple[int, str]:
    known = muscle in FACE_MUSCLES
    return FACE_MUSCLES.index(muscle) if known else len(FACE_MUSCLES), muscle


def _find(channels: Sequence[Channel], muscle: str, side: str) -> list[int]:
    return [i for i, c in enumerate(channels) if c.muscle == muscle and c.side == side]


def _nth(items: Sequence[int], k: int) -> int | None:
    return items[k] if k < len(items) else None
