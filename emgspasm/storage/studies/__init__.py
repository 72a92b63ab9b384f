"""Studies: folders of participants and sessions that are valid BIDS datasets.

A ``study`` is opened, begun and added to; ``dataset`` writes the files at its top, ``placement``
names those of a recording, ``sidecar`` and ``scans`` describe it. ``participants`` are listed,
``treatments`` and ``scales`` entered by people: each into a ``ledger``, one process at a time
(``lock``). Read again, it is a ``collection`` of recordings, and data ``frames``.
"""
