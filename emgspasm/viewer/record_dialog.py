"""The question before a recording: into which study, of whom, which task."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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

from emgspasm.errors import RecordingError
from emgspasm.storage.study import Placement, Study
from emgspasm.viewer.style import styled

RUNS = 1000
"""Repetitions of a task in a session that are tried."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be recorded.

    Parameters
    ----------
    study : str
        Folder.
    participant, session, task : str
        Letters and digits; a session may be left out.
    """

    study: str
    participant: str
    session: str
    task: str


def placed(wanted: Wanted) -> Placement:
    """Where it is recorded: the first run of that task that does not exist yet.

    Raises
    ------
    ValueError
        A label is missing, or holds anything but letters and digits.
    RecordingError
        The study cannot be made.
    """
    if not wanted.study.strip():
        raise ValueError("give the folder of the study; it is made if missing")
    study = Study.open_or_create(Path(wanted.study.strip()).expanduser())
    session = wanted.session.strip() or None
    for run in (None, *range(2, RUNS)):
        place = study.place(wanted.participant.strip(), session, task=wanted.task.strip(), run=run)
        if not place.recording.exists():
            return place
    raise ValueError(f"task={wanted.task!r}; there are {RUNS} runs of it already")


class RecordDialog(QDialog):
    """Asks what is to be recorded, and says at once what is wrong with an answer.

    Parameters
    ----------
    wanted : Wanted
        What stands there at first.
    parent : QWidget
    """

    def __init__(self, wanted: Wanted, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Record")
        self.place: Placement | None = None
        self.study = QLineEdit(wanted.study)
        self.participant = QLineEdit(wanted.participant)
        self.session = QLineEdit(wanted.session, placeholderText="may be empty")
        self.task = QLineEdit(wanted.task)
        self._wrong = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        styled(self._wrong, "wrong")
        browse = QPushButton("Choose...")
        browse.clicked.connect(self._browse)
        folder = QHBoxLayout()
        folder.addWidget(self.study, 1)
        folder.addWidget(browse)
        form = QFormLayout()
        form.addRow("Study folder", folder)
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
        (self.participant if wanted.study else self.study).setFocus()
        self.setMinimumWidth(520)

    @property
    def wanted(self) -> Wanted:
        """What was answered."""
        return Wanted(
            self.study.text(), self.participant.text(), self.session.text(), self.task.text()
        )

    def accept(self) -> None:
        """Take the answers, or say what is wrong."""
        try:
            self.place = placed(self.wanted)
        except (ValueError, RecordingError) as error:
            self._wrong.setText(str(error))
            return
        super().accept()

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Study", self.study.text())
        if chosen:
            self.study.setText(chosen)
