"""Live sources of chunks."""
