"""The window ends with a signal."""

import os
import signal

from PySide6.QtWidgets import QWidget

from emgspasm.viewer import application


class Interrupted(QWidget):
    """A window that is told to end while it paints itself."""

    stood = False

    def paintEvent(self, _event):
        os.kill(os.getpid(), signal.SIGTERM)
        self.stood = self.isVisible()


def test_a_signal_amid_painting_closes_the_window_after_it(qapp, monkeypatch):
    monkeypatch.setattr(application, "collect", lambda: None)
    window = Interrupted()
    window.show()
    application.run(application.application(), window)
    assert window.stood
    assert not window.isVisible()
