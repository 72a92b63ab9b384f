"""The window ends with a signal, and says what fails in it."""

import os
import signal
import sys

from PySide6.QtCore import QTimer
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


def test_what_fails_in_the_window_is_said_there_and_on_the_terminal(qapp, monkeypatch):
    told, printed = [], []
    monkeypatch.setattr(sys, "excepthook", lambda *raised: printed.append(raised[1]))
    fault = ZeroDivisionError("division by zero")
    with application.faults_told(told.append):
        QTimer.singleShot(0, lambda: (_ for _ in ()).throw(fault))
        QTimer.singleShot(50, qapp.quit)
        qapp.exec()
    assert printed == [fault]
    (sentence,) = told
    assert sentence.startswith("something failed in the window, a recording goes on: ZeroDivision")
