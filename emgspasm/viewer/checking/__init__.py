"""The signal check: a ``page`` that grades every electrode before a recording."""
