"""The question before a recording: into which study, of whom, which task."""

from __future__ import annotations

from contextlib import ExitStack

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emgspasm.desk.request import RecordingRequest, placing
from emgspasm.errors import RecordingError
from emgspasm.storage.studies.study import Placement
from emgspasm.viewer.style import styled


class RecordDialog(QDialog):
    """Asks what is to be recorded, and says at once what is wrong with an answer.

    Parameters
    ----------
    request : RecordingRequest
        What stands there at first.
    parent : QWidget

    Attributes
    ----------
    place : Placement or None
        Where it is recorded, once that was accepted.
    held : ExitStack
        Holds the place for whoever records.
    """

    def __init__(self, request: RecordingRequest, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Record")
        self.place: Placement | None = None
        self.held = ExitStack()
        self.study = QLineEdit(request.study)
        self.participant = QLineEdit(request.participant)
        self.session = QLineEdit(request.session, placeholderText="may be empty")
        self.task = QLineEdit(request.task)
        self._wrong = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        styled(self._wrong, "wrong")
        browse = QPushButton("Choose...")
        browse.clicked.connect(self._browse)
        folder = QHBoxLayout()
        folder.addWidget(self.study, 1)
        folder.addWidget(browse)
        form = QFormLayout()
        form.addRow("Study folder", folder)
        self.study.setAccessibleName("Study folder")  # a row of two names neither
        form.addRow("Participant (pseudonym)", self.participant)
        form.addRow("Session", self.session)
        form.addRow("Task", self.task)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        start = buttons.addButton("Record", QDialogButtonBox.ButtonRole.AcceptRole)
        start.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        note = "The stream begins anew: time 0:00 is the first sample of the recording."
        column.addWidget(styled(QLabel(note), "faint"))
        column.addWidget(self._wrong)
        column.addWidget(buttons)
        (self.participant if request.study else self.study).setFocus()
        self.setMinimumWidth(520)

    @property
    def request(self) -> RecordingRequest:
        """What was answered."""
        return RecordingRequest(
            self.study.text(), self.participant.text(), self.session.text(), self.task.text()
        )

    def accept(self) -> None:
        """Take the answers, or say what is wrong."""
        try:
            self.place = self.held.enter_context(placing(self.request))
        except (ValueError, RecordingError) as error:
            self._wrong.setText(str(error))
            return
        super().accept()

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Study", self.study.text())
        if chosen:
            self.study.setText(chosen)
