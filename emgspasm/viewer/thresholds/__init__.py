"""Thresholds dragged on the traces: the ``drag``, what it means for the config, who keeps it."""
