"""What a burst's own samples say: of its muscle, of the other side, of its neighbours.

``history`` keeps the filtered samples of the last seconds, and the ``levels`` of noise in them;
``looking`` compares a burst with all channels (``kernels``, ``crosstalk``, ``laterality``), which
makes it a ``reading``.
"""
