"""Our own recordings, BDF+.

Their ``layout``, the ``writer`` of a stream into data records (``record``) of a growing ``file``,
and the ``recovery`` of a file that was cut.
"""
