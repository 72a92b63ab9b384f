"""Stored recordings, studies and results: the files that are read and written.

``opening`` is the door to every recording: ``formats`` chooses who reads a file (``edf``,
``importers``), a ``montage`` labels its channels; what comes out is ``stored``, ``adjusted`` where
need be, or a ``whole`` in memory. ``bdf`` is how our own are written, ``conversion`` how others
become such. ``studies`` hold them; ``tables`` and ``derivatives`` are what is found in them.
``files`` keeps the promise that each appears whole or not at all.
"""
