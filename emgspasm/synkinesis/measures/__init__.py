"""Numbers of bursts and events, each with its interval, and how well they agree with others'.

``occurrence`` counts spasms and blinks in valid time (``validity``, of ``spans``), with
``intervals``; ``classes`` and ``rhythm`` look at their bursts, ``pairs`` at muscles that act
together, ``trials`` at movements on cue; ``scoring`` compares with a truth, by ``agreement`` too.
"""
