"""The Cyton and its Daisy: packets, commands, impedance. :mod:`emgspasm.sources.serial` streams.

Bytes go through ``packets``, ``counter``, ``daisy`` and ``decoder``, which are pure, to chunks;
``dongle`` holds the port, ``conversation`` and ``settings`` say what is said over it.
"""
