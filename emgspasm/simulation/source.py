"""A simulated face as a live source: a scenario at its own pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from emgspasm.errors import ConfigError
from emgspasm.simulation.pace import Paced
from emgspasm.simulation.recording import MONTAGE, simulate
from emgspasm.structure import structure


@dataclass(frozen=True, slots=True)
class SimulatedSettings:
    """What to simulate; see :func:`emgspasm.simulation.simulate`.

    Parameters
    ----------
    scenario : str
        A name of ``SCENARIOS``.
    side : {"left", "right"}
        Affected side, where the scenario has one.
    sampling_frequency : float
        Hertz.
    duration : float
        Seconds after which the simulated patient is gone.
    snr : float
        Bursts over noise, in dB.
    seed : int
    labels : tuple of str
        Channel labels such as ``OOC_L``.
    packet_loss : float
        Share of the samples that are lost.
    speed : float
        Seconds of the patient in one second.
    """

    scenario: str = "hfs_mixed"
    side: Literal["left", "right"] = "left"
    sampling_frequency: float = 1000.0
    duration: float = 3600.0
    snr: float = 20.0
    seed: int = 0
    labels: tuple[str, ...] = MONTAGE
    packet_loss: float = 0.0
    speed: float = 1.0


def open_simulated(options: Mapping[str, object]) -> Paced:
    """Make the source of a config table with the keys of :class:`SimulatedSettings`.

    Raises
    ------
    ConfigError
        A key or value is wrong.
    """
    settings = structure(options, SimulatedSettings, "source")
    try:
        simulated = simulate(
            settings.scenario,
            side=settings.side,
            sampling_frequency=settings.sampling_frequency,
            duration=settings.duration,
            snr=settings.snr,
            seed=settings.seed,
            montage=settings.labels,
            packet_loss=settings.packet_loss,
            chunk_size=max(1, round(settings.sampling_frequency / 250)),
        )
        return Paced(simulated, settings.speed, {"SoftwareFilters": {}})
    except ValueError as error:
        raise ConfigError(f"source: {error}") from None
