"""Our own recordings, BDF+.

Their ``layout``, the ``writer`` of a stream, and the ``recovery`` of a file that was cut.
"""
