"""Many recordings: every file becomes the same tables the live run would give.

A recording is one of the ``jobs``; ``running`` does many side by side; ``joint`` writes what they
share.
"""
