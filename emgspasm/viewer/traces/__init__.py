"""Traces of both sides: a ``view`` of two columns, each swept by a ``picture`` made of pixels."""
