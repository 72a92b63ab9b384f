"""Channels of a stream by muscle and side, in the order in which every panel shows them."""

from __future__ import annotations

from dataclasses import dataclass

from emgspasm.anatomy import FACE_MUSCLES
from emgspasm.labels import MUSCLES
from emgspasm.stream import Channel, StreamInfo, emg_only


@dataclass(frozen=True, slots=True)
class Pair:
    """A muscle and its channels.

    Parameters
    ----------
    muscle : str
        Code.
    left, right : int or None
        Column among the EMG channels; None where that side is not recorded.
    """

    muscle: str
    left: int | None = None
    right: int | None = None

    def column(self, side: str) -> int | None:
        """Column of ``left`` or ``right``."""
        return self.left if side == "left" else self.right


def pairs(info: StreamInfo) -> tuple[Pair, ...]:
    """Muscles of the EMG channels that have a side, from the brow to the neck, then any others.

    Of two channels of the same muscle and side the first counts.
    """
    found: dict[str, dict[str, int]] = {}
    for column, channel in enumerate(emg_only(info).channels):
        if channel.muscle and channel.side in ("left", "right"):
            found.setdefault(channel.muscle, {}).setdefault(channel.side, column)
    known = [muscle for muscle in FACE_MUSCLES if muscle in found]
    return tuple(Pair(m, **found[m]) for m in known + [m for m in found if m not in known])


def title(channel: Channel) -> str:
    """How a channel is called in words: ``OOC left``, or its label where no side is known."""
    return f"{channel.muscle} {channel.side}" if channel.muscle and channel.side else channel.name


def full_name(muscle: str) -> str:
    """Name of a muscle, with its code: ``orbicularis oculi (OOC)``."""
    return f"{MUSCLES[muscle]} ({muscle})" if muscle in MUSCLES else muscle
