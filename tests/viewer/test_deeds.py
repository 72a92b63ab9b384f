"""What keys do to the window itself."""

import pytest

from emgspasm.viewer import settings
from emgspasm.viewer.window import Window

pytestmark = pytest.mark.real_time


def test_a_window_that_begins_full_screen_says_so(open_window, qtbot):
    first = open_window()
    first.actions_["full"].trigger()
    first.close()
    second = Window(settings.load())
    qtbot.addWidget(second)
    second.show()
    assert second.isFullScreen()
    assert second.actions_["full"].isChecked()
    second.actions_["full"].trigger()
    assert not second.isFullScreen()


def test_a_maximized_window_is_maximized_again_after_the_full_screen(open_window):
    window = open_window()
    window.showMaximized()
    for _ in range(2):
        window.actions_["full"].trigger()
    assert window.isMaximized()
    assert not window.isFullScreen()
