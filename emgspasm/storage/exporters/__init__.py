"""Recordings written in formats of others, one module per format; ``formats`` lists them."""
