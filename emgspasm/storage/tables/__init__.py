"""Tables: what their columns mean, and how they are written and read.

What a ``column`` is; the ``columns`` of a recording's tables, ``event_columns`` those of events, an
expert's among them, and ``joint_columns`` those of studies and participants, all of which are the
data ``dictionary``; its words in ``hed``; and ``tsv``, tables as files.
"""
