"""What hinders the analysis of a live stream."""

from __future__ import annotations

import numpy as np
import pytest

from emgspasm.desk.hindrances import hindrances
from emgspasm.session import Status
from emgspasm.stream import Channel, StreamInfo


@pytest.mark.parametrize(
    ("noise", "railed", "lost", "told"),
    [
        ((1.0, 1.0), (False, False), 0.0, ()),
        ((1.0, np.nan), (False, False), 0.0, ("no signal ZYG_L",)),
        ((1.0, np.nan), (False, True), 0.0, ("railed ZYG_L",)),
        ((np.nan, np.nan), (False, False), 0.0, ()),  # the noise is still learnt
        ((np.nan, np.nan), (False, False), 0.05, ("nothing is analyzed between losses",)),
    ],
)
def test_what_hinders_the_analysis_is_said_while_it_is_recorded(noise, railed, lost, told):
    info = StreamInfo(250.0, (Channel.from_label("OOC_L"), Channel.from_label("ZYG_L")))
    status = Status(9.0, "streaming", lost, lost, 0.0, noise, railed, {}, {}, 10**9, 0)
    assert hindrances(status, info) == told
