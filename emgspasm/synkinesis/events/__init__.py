"""Acts become events, called by name and said in words.

Acts of a side with short gaps are a chain (``chains``). What the recording has shown so far is its
``experience``, by which chains are judged: ``eyes``, ``loudness``, ``speech``. ``naming`` calls
them spasms, or not, ``wording`` says why, ``lags`` tells which muscle begins, ``amending`` renames
what a late marker makes otherwise.
"""
