"""What stands beside and over the traces, painted anew when it changes.

The face whose muscles light up, the symmetry of the sides, the counters, the whole session in a
strip, the spectrum between the cursors.
"""
