"""Stored recordings that play, and their events under review by an expert."""
