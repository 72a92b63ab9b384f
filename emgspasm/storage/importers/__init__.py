"""Readers of the files of other programs, one module per format.

Every reader takes a path and gives an :class:`~emgspasm.storage.importers.imported.Imported`:
a source of chunks with its annotations and with findings, sentences for people that say what
was odd in the file. A file is read twice: a scan finds what is missing, odd or cut; streaming
then yields chunks in constant memory. ``formats`` lists all that are understood.

Formats: ``openbci_text`` (its header: ``openbci_header``; without one: ``openbci_bare``),
``openbci_bdf``, ``sd_card``, ``sd_converted``, ``brainflow``, ``delimited`` (how it is written:
``grid``, ``time_columns``) and ``xdf`` (``xdf_chunks``). Those of text say what their columns
mean as a ``table``, of which ``tabular`` makes a recording: ``rows`` and ``logs`` read lines,
``counter`` and ``losses`` find lost packets, ``stamps`` and ``gaps`` judge times, ``ranges`` full
scales.
"""
