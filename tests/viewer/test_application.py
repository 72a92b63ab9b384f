"""The window ends with a signal, and says what fails in it."""

import gc
import os
import signal
import sys
import threading
import weakref

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from emgspasm.desk.request import RecordingRequest
from emgspasm.viewer import application
from emgspasm.viewer.recording.dialog import RecordDialog


class Interrupted(QWidget):
    """A window that is told to end while it paints itself."""

    stood = False

    def paintEvent(self, _event):
        os.kill(os.getpid(), signal.SIGTERM)
        self.stood = self.isVisible()


def test_a_signal_amid_painting_closes_the_window_after_it(qapp):
    window = Interrupted()
    window.show()
    application.run(application.application(), window)
    assert window.stood
    assert not window.isVisible()


class Knot:
    """Garbage that only a look for it finds, and that says in which thread it was found."""

    def __init__(self, ended):
        self.itself = self
        weakref.finalize(self, lambda: ended.append(threading.current_thread()))


def make_garbage():
    """Far more than what an automatic look waits for."""
    for _ in range(10 * gc.get_threshold()[0]):
        itself = []
        itself.append(itself)


def test_garbage_is_collected_in_the_thread_of_the_window_alone(qapp):
    ended = []
    with application.garbage_collected_here(0.0):
        QTest.qWait(50)  # it has begun
        Knot(ended)
        worker = threading.Thread(target=make_garbage)
        worker.start()
        worker.join()
        assert not ended
        while not ended:
            QTest.qWait(100)
    gc.unfreeze()
    assert ended == [threading.main_thread()]
    assert gc.isenabled()


def test_a_window_that_is_closed_at_once_leaves_garbage_to_python(qapp):
    with application.garbage_collected_here(0.0):
        assert not gc.isenabled()
    QTest.qWait(50)
    assert gc.isenabled()


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


def test_whatever_is_typed_or_chosen_in_has_a_name_for_who_does_not_see_it(open_window):
    window = open_window()
    dialog = RecordDialog(RecordingRequest("", "", "", "rest"), window)
    typed = [*dialog.findChildren(QLineEdit), *window.findChildren(QLineEdit), window.surface.help]
    faces = map(QAccessible.queryAccessibleInterface, typed)
    names = [face.text(QAccessible.Text.Name) for face in faces]
    names += [box.accessibleName() for box in window.findChildren(QComboBox)]
    assert len(names) > 8
    assert all(names)
