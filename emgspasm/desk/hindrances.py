"""What hinders the analysis of a live stream now, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emgspasm.session import Status
    from emgspasm.stream import StreamInfo


def hindrances(status: Status, info: StreamInfo) -> tuple[str, ...]:
    """What hinders the analysis now: rails, channels without signal, losses."""
    railed = {name for name, rails in zip(info.names, status.railed, strict=True) if rails}
    emg = [info.channels[column].name for column in info.columns()]
    unknown = [name for name, level in zip(emg, status.noise, strict=True) if level != level]
    if len(unknown) == len(emg):
        return ("nothing is analyzed between losses",) if status.lost_recently else ()
    flat = [name for name in unknown if name not in railed]
    told = (("railed", [n for n in info.names if n in railed]), ("no signal", flat))
    return tuple(f"{word} {' '.join(names)}" for word, names in told if names)
