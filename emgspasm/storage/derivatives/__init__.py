"""Results as they lie on the disk, in a study its BIDS derivatives.

Their ``names``, the ``provenance`` beside each, and an expert's ``reviews`` of them.
"""
