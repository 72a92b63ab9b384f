"""Facial EMG with known truth, and the device that would have recorded it."""
