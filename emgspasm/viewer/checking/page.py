"""The page before a recording: is every electrode good enough, and if not, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from emgspasm.desk.palette import Palette
from emgspasm.dsp.pipeline import Analysis
from emgspasm.sources.protocols import Electrode, Impedant
from emgspasm.storage.opening import ELECTRODES
from emgspasm.stream import StreamInfo, emg_only
from emgspasm.viewer.checking.electrode_map import ElectrodeMap
from emgspasm.viewer.checking.grading import Checked, Checking, pair_words, worst
from emgspasm.viewer.checking.impedance_run import ImpedanceRun
from emgspasm.viewer.checking.table import CheckTable
from emgspasm.viewer.ink import color, font_of


class SignalCheck(QWidget):
    """Noise, mains, rails, losses and impedance of every channel, in words, shapes and colours.

    Parameters
    ----------
    info : StreamInfo
        The whole stream.
    palette : Palette
    parent : QWidget or None

    Attributes
    ----------
    impedance_wanted : Signal
        The user asks for impedances: end the stream, then call :meth:`measure`.
    measured : Signal
        Whether all electrodes were measured; the board is at rest and may stream again.
    closed : Signal
        The user goes on to the traces.
    """

    impedance_wanted = Signal()
    measured = Signal(bool)
    closed = Signal()

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info, self._palette = info, palette
        self._run: ImpedanceRun | None = None
        self._poles: dict[tuple[str, str], Electrode] = {}
        self.map = ElectrodeMap(info, palette)
        self.table = CheckTable(emg_only(info).channels, palette)
        self.headline, self.advice, self.note = QLabel(), QLabel(), QLabel()
        inputs = [channel for channel in info.channels if channel.kind in ELECTRODES]
        self.progress = QProgressBar(maximum=2 * len(inputs))
        self.impedance = QPushButton("Measure &impedance")
        self.back = QPushButton("To the &traces")
        self._build()
        self.table.chosen.connect(self.map.choose)
        self.impedance.clicked.connect(self._ask)
        self.back.clicked.connect(self.closed)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.closed)
        self.setAccessibleName("Signal check")
        self.setFocusProxy(self.table)
        self.clear()
        self.dress(palette)

    def _build(self) -> None:
        for label in (self.headline, self.advice, self.note):
            label.setWordWrap(True)
        self.progress.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.impedance)
        buttons.addWidget(self.progress, 1)
        buttons.addWidget(self.note, 2)
        buttons.addWidget(self.back)
        right = QVBoxLayout()
        right.addWidget(self.headline)
        right.addWidget(self.advice)
        right.addWidget(self.table, 1)
        right.addLayout(buttons)
        both = QHBoxLayout(self)
        both.setSpacing(16)
        both.addWidget(self.map, 1)
        both.addLayout(right, 2)

    def clear(self) -> None:
        """Forget the signal, not the impedances: another stream of the same electrodes begins."""
        self._checking = Checking(emg_only(self._info))
        self._checks: tuple[Checked, ...] = ()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew: what came while the page was hidden was not looked at, and is not lost."""
        if not event.spontaneous():
            self.clear()
        super().showEvent(event)

    def dress(self, palette: Palette) -> None:
        """Change the colours."""
        self._palette = palette
        self.map.dress(palette)
        self.table.dress(palette)
        self._show()
        for label, shade in ((self.headline, palette.text), (self.advice, palette.text),
                             (self.note, palette.faint)):  # fmt: skip
            label.setStyleSheet(f"color: {shade}; background: transparent")
        self.headline.setFont(font_of(self.font(), 1.4, bold=True))
        self.progress.setStyleSheet(
            f"QProgressBar {{ background: {palette.grid}; color: {palette.text}; border: 1px solid "
            f"{palette.line}; border-radius: 4px; text-align: center; }}"
            f"QProgressBar::chunk {{ background: {palette.left}; }}"
        )
        self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Show the person's right on the left, as seen face to face, or as in a mirror."""
        self.map.set_mirrored(mirrored)

    def add_analysis(self, analysis: Analysis) -> None:
        """Take what came; call it for everything that comes while the page is shown."""
        self._checking.add(analysis)

    def refresh(self) -> None:
        """Grade anew and show it; twice a second is enough."""
        self._checks = self._checking.assess()
        self._show()

    # --- impedance --------------------------------------------------------------------------

    def allow_impedance(self, allowed: bool, reason: str = "") -> None:
        """Offer to measure impedance, or say in words why not."""
        self.impedance.setEnabled(allowed)
        self.note.setText("" if allowed else reason)

    def measure(self, source: Impedant) -> None:
        """Measure all electrodes of a source that is neither entered nor streaming.

        Raises
        ------
        ValueError
            It is under way already.
        """
        if self._run is not None:
            raise ValueError("impedance is being measured; wait until it has ended")
        self._poles.clear()
        self.progress.setValue(0)
        self.progress.show()
        self.note.setText("measuring one electrode after the other: stay at rest")
        self.impedance.setText("&Cancel")
        self.impedance.setEnabled(True)
        self._run = ImpedanceRun(source, self)
        self._run.found.connect(self._found)
        self._run.ended.connect(self._ended)
        self._run.start()
        self._show()

    def cancel(self) -> None:
        """End measuring after the electrode under way."""
        if self._run is not None:
            self._run.cancel()
            self.impedance.setEnabled(False)
            self.note.setText("ending after this electrode")

    def wait(self) -> None:
        """Wait until nothing is measured any more and the board is at rest: on closing."""
        if self._run is not None:
            self._run.cancel()
            self._run.wait()

    def _ask(self) -> None:
        if self._run is None:
            self.impedance_wanted.emit()
        else:
            self.cancel()

    def _found(self, electrode: Electrode) -> None:
        self._poles[electrode.channel, electrode.pole] = electrode
        self.progress.setValue(self.progress.value() + 1)
        told = f"{electrode.channel} {electrode.pole}: {electrode.told()}"
        self.progress.setFormat(f"{told}  (%v of %m)")
        self._show()

    def _ended(self, complete: bool, wrong: str) -> None:
        assert self._run is not None  # it has just told of its end
        self._run.wait()
        self._run.deleteLater()
        self._run = None
        self.progress.hide()
        self.impedance.setText("Measure &impedance")
        self.impedance.setEnabled(True)
        words = (
            "all electrodes were measured"
            if complete
            else "measuring was ended before all was done"
        )
        self._show()
        self.measured.emit(complete)
        self.note.setText(wrong or words)  # over what the stream that has begun says

    # --- showing ----------------------------------------------------------------------------

    def grade(self, channel: str) -> str:
        """The worst that is known of a channel: signal and electrodes; ``""`` if not known yet."""
        signal = [c.grade for c in self._checks if c.channel == channel]
        return worst(signal + [e.grade for (name, _), e in self._poles.items() if name == channel])

    def _show(self) -> None:
        self.table.show_checks(self._checks, self._poles)
        names = [channel.name for channel in emg_only(self._info).channels]
        signal = {c.channel: c for c in self._checks}
        grades, words = {}, {}
        for name in names:
            own = signal[name].grade if name in signal else ""
            for pole in "PN":
                electrode = self._poles.get((name, pole))
                grades[name, pole] = worst((own, electrode.grade if electrode else ""))
            reason = signal[name].reason if name in signal else ""
            words[name] = "; ".join(filter(None, (reason, pair_words(self._poles, name))))
        self.map.show_grades(grades, words)
        self.headline.setText(headline([(name, self.grade(name)) for name in names]))
        self.advice.setText(self._advice(words))

    def _advice(self, words: dict[str, str]) -> str:
        """What to do about the worst channel."""
        grades = {name: self.grade(name) for name in words}
        bad = [name for name in words if grades[name] not in ("", "good")]
        if not bad:
            return ""
        first = next(name for name in bad if grades[name] == worst(grades.values()))
        advice = {c.channel: c.advice for c in self._checks if c.advice}
        same = [n for n in bad if n != first and advice.get(n) == advice.get(first)]
        others = f" (and {len(same)} more)" if same else ""
        return f"{first}{others}: {words[first]}. To do: {advice.get(first, RESEAT)}."

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill what lies between the parts."""
        QPainter(self).fillRect(self.rect(), color(self._palette.panel))

    def changeEvent(self, event: QEvent) -> None:
        """Write in another font."""
        if event.type() == QEvent.Type.FontChange:
            self.dress(self._palette)
        super().changeEvent(event)


RESEAT = "clean the skin, use fresh gel, press the electrodes on"


def headline(grades: Sequence[tuple[str, str]]) -> str:
    """The state of all channels in a line; pairs of label and grade."""
    if not any(grade for _, grade in grades):
        return "Learning the noise: let the face rest"
    bad = [name for name, grade in grades if grade in ("poor", "unusable")]
    fair = sum(grade == "fair" for _, grade in grades)
    unknown = sum(not grade for _, grade in grades)
    if bad:
        shown = ", ".join(bad[:5]) + (" and others" if len(bad) > 5 else "")
        return f"{len(bad)} of {len(grades)} channels need attention: {shown}"
    if unknown:
        return (
            f"{unknown} of {len(grades)} channels are still learning their noise: let the face rest"
        )
    if fair:
        return f"All {len(grades)} channels can be used; {fair} could be better"
    return f"All {len(grades)} channels are good"
