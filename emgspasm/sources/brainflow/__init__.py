"""Any board that BrainFlow reads as a ``source``.

``boards`` says how each numbers and scales its rows; a ``session`` is the door to BrainFlow.
"""
