"""Acts become events, called by name and said in words.

Acts of a side with short gaps are a chain (``chains``). What the recording has shown so far is its
``experience``, by which chains are judged: ``eyes``, ``loudness``, ``speech``. ``proof`` says
whether they are a spasm, ``naming`` gives them a name, ``wording`` says why, ``lags`` tells which
muscle begins, ``amending`` renames what a late marker makes otherwise.
"""
