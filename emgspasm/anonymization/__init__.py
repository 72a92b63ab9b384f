"""Recordings and studies without anything that tells who was recorded, where or when."""
