"""Readers of the files of others, one module per format.

Every reader takes a path and gives an :class:`~emgspasm.storage.importers.imported.Imported`:
a source of chunks with its annotations and with findings, sentences for people that say what
was odd in the file. A file is read twice: a scan finds what is missing, odd or cut; streaming
then yields chunks in constant memory.
"""
