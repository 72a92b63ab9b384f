"""Live sources of chunks.

``serial`` (a Cyton on its dongle, from the package ``cyton``), ``brainflow`` (any board that
BrainFlow reads) and ``lsl`` are the sources; ``registry`` opens them by name. All of them report
through a ``link``, and cut numbered ``rows`` into chunks.
"""
