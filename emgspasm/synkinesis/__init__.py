"""Pure: bursts of many muscles become events and measures.

Bursts are read against what all channels did meanwhile (``readings``); those that overlap are told
apart into acts of both sides and of one (``acts``); acts become events, said in words (``events``);
events and bursts are counted and measured (``measures``). ``folding`` drives all of it, in order of
onset, ``memory`` is what it remembers, ``markers`` the tasks, ``spread`` the regions of the face.
"""
