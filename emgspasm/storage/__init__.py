"""Stored recordings, studies and results: the files that are read and written.

``opening`` is the door to every recording: ``edf`` or one of the ``importers`` reads it, a
``montage`` labels its channels; what comes out is ``stored``, ``adjusted`` where need be, or a
``whole`` in memory. ``bdf`` is how our own are written, ``conversion`` how others become such, and
``exporters`` write them for other programs. ``studies`` hold recordings; ``tables`` and
``derivatives`` hold what is found in them.
``files`` keeps the promise that each appears whole or not at all.
"""
