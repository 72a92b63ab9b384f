"""What a live session takes from its source, without one."""

import numpy as np

from emgspasm.desk.live import joined
from emgspasm.stream import Chunk


def test_chunks_that_follow_each_other_become_one_and_a_gap_parts_them():
    samples = np.arange(24.0).reshape(12, 2)
    told = joined([Chunk(a, samples[a:b]) for a, b in ((0, 2), (2, 5), (7, 8), (8, 9), (11, 12))])
    assert [(chunk.start, chunk.samples.tolist()) for chunk in told] == [
        (a, samples[a:b].tolist()) for a, b in ((0, 5), (7, 9), (11, 12))
    ]
    assert joined([]) == []
