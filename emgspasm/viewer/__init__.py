"""The live window: the only importer of Qt and pyqtgraph.

An ``application`` shows one ``window``; its ``surface`` holds the ``traces``, the ``panels`` beside
and over them, and the page of ``checking``. What keys and buttons do are ``actions`` and
``handlers``. A board's stream goes into ``recording``, a file is ``replaying``; ``thresholds`` are
dragged in both.
"""
