"""EDF, EDF+, BDF and BDF+ files as they are read.

A file is opened by its ``reader``: the ``header`` says how records are cut, its ``signals`` which
channels they hold, ``tal`` and ``times`` what its annotations tell. The ``layout`` says where
samples lie; ``decode`` makes values of their bytes, as a ``recording`` is iterated.
"""
