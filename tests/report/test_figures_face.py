"""The faces of the report."""

import pytest

from emgspasm.report.figures_face import montage_figure, spread_figure
from emgspasm.report.values import Value
from emgspasm.stream import Channel

CHANNELS = [
    Channel.from_label(f"{muscle}_{side}") for side in "LR" for muscle in ("OOC", "COR", "MEN")
]
FULL = {channel.name: Value("100", "100.0", "", number=True) for channel in CHANNELS}


@pytest.mark.parametrize("drawn", [montage_figure(CHANNELS), spread_figure(CHANNELS, FULL)])
def test_no_label_of_a_face_is_cut(drawn):
    drawn.canvas.draw()
    for text in drawn.axes[0].texts:
        box = text.get_window_extent()
        assert drawn.bbox.x0 <= box.x0, text.get_text()
        assert box.x1 <= drawn.bbox.x1, text.get_text()
