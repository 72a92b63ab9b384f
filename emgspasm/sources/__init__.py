"""Live sources of chunks.

``cyton`` (on its dongle), ``brainflow`` (any board that BrainFlow reads) and ``lsl`` are the
sources; the ``registry`` opens them by name. All of them report through a ``link``, and cut
numbered ``rows`` into chunks.
"""
