"""The burst detector: the stage (``detector``), its compiled loop (``hysteresis``), what it does.

The loop goes in ``strides`` from one decision to the next. Before a burst: ``noise`` learns the
level from quiet windows (``baseline``), ``matched`` filters for EMG in that noise, ``evidence``
weighs whether a weak burst has begun. In a burst: ``underway`` follows it to its end,
``boundaries`` and ``skirts`` tell where it began and had faded, ``second_look`` weighs the onset
again. After it: ``emission`` writes it as a row, ``rows`` makes bursts of them, ``watermark`` tells
how early the next may still begin. ``memory`` is all that is remembered between two samples.
"""
