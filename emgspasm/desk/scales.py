"""Steps of time and amplitude that a picture may have."""

from __future__ import annotations

TIME_BASES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Seconds across a column."""

GAINS = (20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10_000.0)
"""uV in a division."""
