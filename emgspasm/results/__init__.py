"""From a recording to its tables and files.

``measurement`` runs the two folds, ``findings`` holds what they find, ``tabulation`` makes tables
of it; ``analysis`` is the whole way of one recording, ``group`` that of a study. ``outputs``
writes, ``stored`` reads back, ``standing`` tells what is there already.
"""
