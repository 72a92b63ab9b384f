"""The Cyton and its Daisy on their serial dongle, as a ``source``.

Bytes go through ``packets``, ``counter``, ``daisy`` and ``decoder``, which are pure, to chunks;
``dongle`` holds the port, ``conversation`` and ``settings`` say what is said over it.
"""
