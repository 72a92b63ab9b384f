"""Bursts that overlap (``clusters``) are told apart into acts, each with one cause (``act``).

``verdicts`` judges one burst by its reading, ``judging`` all of a cluster, ``bilateral`` what both
sides do and what goes along with it, ``surges`` what one side does within that, ``twitches`` what
it does by itself.
"""
