"""What lies in the window, from one stream to the next."""

import pytest
from PySide6.QtWidgets import QApplication

from emgspasm.config import LoadedConfig
from emgspasm.viewer.replaying.replay import Replay

pytestmark = pytest.mark.real_time


def test_the_border_stays_where_it_was_dragged_when_another_stream_begins(replayed, recording):
    splitter = replayed.surface._splitter
    splitter.setSizes([600, 580])
    before = splitter.sizes()
    replayed.open(Replay(recording, LoadedConfig()))
    QApplication.processEvents()
    assert splitter.sizes() == before
