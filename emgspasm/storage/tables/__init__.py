"""Tables: what their columns mean, and how they are written and read.

What a ``column`` is; the ``columns`` of a recording's tables and the ``joint_columns`` of those of
experts, studies and participants, all of which are the data ``dictionary``; its words in ``hed``;
and ``tsv``, tables as files.
"""
