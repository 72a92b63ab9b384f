"""Facial surface EMG: record, detect and compare spasm bursts of both sides of the face."""
