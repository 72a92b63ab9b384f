"""The Lab Streaming Layer.

Streams of the network as a ``source``, ``markers`` of others, and our own ``outlets``; a
``session`` is the door to liblsl.
"""
