"""Facial EMG with known truth, and the device that would have recorded it."""

from emgspasm.simulation.pace import Paced
from emgspasm.simulation.recording import MONTAGE, Simulation, simulate
from emgspasm.simulation.scenarios import SCENARIOS, Scenario

__all__ = ["MONTAGE", "SCENARIOS", "Paced", "Scenario", "Simulation", "simulate"]
