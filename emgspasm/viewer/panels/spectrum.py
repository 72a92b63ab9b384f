"""Spectrum of what lies between the cursors: the same muscle of both sides."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emgspasm.desk.muscles import full_name, pairs
from emgspasm.desk.palette import Palette
from emgspasm.desk.words import unit_of
from emgspasm.dsp.quality import LINE_FAIR
from emgspasm.dsp.rates import SPECTRA
from emgspasm.labels import SIDE_LETTER, Side
from emgspasm.stream import StreamInfo, emg_only
from emgspasm.viewer.ink import color, font_of, side_pen
from emgspasm.viewer.panels.density import Density, density, is_withheld, mains, usable_band

FLOOR = 1e-3
"""uV per root hertz at the bottom of the picture at least: under the noise of any amplifier."""


class Spectrum(QWidget):
    """Amplitude density of a muscle, left solid and right dashed, greyed where it cannot be used.

    Parameters
    ----------
    info : StreamInfo
        The whole stream.
    palette : Palette
    parent : QWidget or None

    Attributes
    ----------
    chooser : QComboBox
        The muscle shown.
    words : QLabel
        What the spectrum says, and what is withheld.
    """

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._info, self._palette = emg_only(info), palette
        self._rows = _rows(info)
        self._samples: NDArray[np.float64] | None = None
        self.chooser, self.words = QComboBox(), QLabel()
        self.chooser.addItems([name for name, _ in self._rows])
        self.chooser.setAccessibleName("Muscle whose spectrum is shown")
        self.chooser.currentIndexChanged.connect(self._show)
        self.words.setWordWrap(True)
        self._build()
        self.setAccessibleName("Spectrum of the selection")
        self.dress(palette)
        self._show()

    def _build(self) -> None:
        self.plot = pg.PlotWidget(enableMenu=False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.layout.setContentsMargins(0, 8, 8, 0)  # room for half a number at the ends
        item.setMouseEnabled(False, False)
        item.setLogMode(y=True)
        item.setXRange(0, self._info.sampling_frequency / 2, padding=0)
        self._curves = {side: item.plot([], []) for side in get_args(Side)}
        usable = usable_band(self._info.sampling_frequency)
        start = 0.0 if is_withheld(self._info.sampling_frequency) else usable
        limits = (start, self._info.sampling_frequency / 2)
        self._unusable = pg.LinearRegionItem(limits, movable=False)
        self._unusable.setZValue(10)
        item.addItem(self._unusable)
        head = QHBoxLayout()
        head.addWidget(self.chooser)
        head.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.addLayout(head)
        column.addWidget(self.plot, 1)

    def dress(self, palette: Palette) -> None:
        """Change the colours."""
        self._palette = palette
        self.setFixedHeight(self.sizeHint().height())  # traces take the rest
        self.plot.setBackground(color(palette.panel))
        self._unusable.setBrush(color(palette.gap, 0.55))
        for line in self._unusable.lines:
            line.setPen(pg.mkPen(color(palette.faint)))
        density_unit = f"{unit_of(self._info)}/\N{SQUARE ROOT}Hz"
        for name, label in (("left", density_unit), ("bottom", "Hz")):
            axis = self.plot.getAxis(name)
            axis.setPen(pg.mkPen(color(palette.line)))
            axis.setTextPen(color(palette.faint))
            axis.setTickFont(font_of(self.font(), 0.85))
            axis.setLabel(label, color=palette.faint)
        for side, curve in self._curves.items():
            pen = side_pen(palette, side, 1.5)
            pen.setCosmetic(True)  # its width is of the screen, not of the scales
            curve.setPen(pen)
        self.words.setStyleSheet(f"color: {palette.text}; background: transparent")
        self.update()

    def set_mirrored(self, mirrored: bool) -> None:
        """Sides share one picture: nothing changes."""

    def show_selection(self, samples: NDArray[np.floating]) -> None:
        """Show the spectrum of a selection.

        Parameters
        ----------
        samples : ndarray, shape (n_samples, n_emg_channels)
            As they came, in uV; NaN where missing.
        """
        self._samples = np.asarray(samples, np.float64)
        self._show()

    def _show(self) -> None:
        for curve in self._curves.values():
            curve.setData([], [])
        if not self._rows:
            self.words.setText("no EMG channel")
            return
        if self._samples is None:
            self.words.setText("freeze (Space) and set the cursors (C) to select a stretch")
            return
        columns = self._rows[self.chooser.currentIndex()][1]
        found = {side: density(self._samples[:, column], self._info.sampling_frequency)
                 for side, column in columns.items()}  # fmt: skip
        for side, spectrum in found.items():
            if spectrum is not None:
                heights = np.maximum(np.sqrt(spectrum.power), FLOOR)
                self._curves[side].setData(spectrum.frequencies[1:], heights[1:])
        self._fit([spectrum for spectrum in found.values() if spectrum is not None])
        self.words.setText(self._told(columns, found))

    def _fit(self, spectra: list[Density]) -> None:
        """Show whole decades, at least two, that hold the spectra."""
        if not spectra:
            return
        heights = np.concatenate([np.sqrt(s.power[1:]) for s in spectra])
        top = float(np.ceil(np.log10(max(heights.max(), 10 * FLOOR))))
        bottom = float(np.floor(np.log10(max(np.percentile(heights, 2), FLOOR))))
        bottom = min(bottom, top - 2)
        self.plot.setYRange(bottom, top, padding=0.02)
        self.plot.getAxis("left").setTicks(_decades(round(bottom), round(top)))

    def _told(self, columns: dict[str, int], found: dict[str, Density | None]) -> str:
        known = {side: spectrum for side, spectrum in found.items() if spectrum is not None}
        if not known:
            return "the selection is too short: 0.1 s without missing samples is needed"
        fs, first = self._info.sampling_frequency, next(iter(known.values()))
        said = [f"raw, {first.seconds:.2f} s, every {first.frequencies[1]:.3g} Hz"]
        if is_withheld(fs):
            said.append(f"{fs:g} Hz: median frequencies withheld ({SPECTRA:g} Hz needed); for "
                        "mains and drift only")  # fmt: skip
        else:
            said += [f"{_short(side)} median {spectrum.median_frequency(usable_band(fs)):.0f} Hz"
                     for side, spectrum in known.items()]  # fmt: skip
            said.append(f"grey: above the usable {usable_band(fs):.0f} Hz")
        return "; ".join(said + self._mains(columns))

    def _mains(self, columns: dict[str, int]) -> list[str]:
        """Mains that stands out, in words."""
        assert self._samples is not None
        frequencies, heights = mains(self._samples, self._info)
        return [
            f"{_short(side)} mains {frequencies[column]:.0f} Hz +{heights[column]:.0f} dB".strip()
            for side, column in columns.items()
            if heights[column] > LINE_FAIR
        ]

    def sizeHint(self) -> QSize:
        """A low, wide picture."""
        em = self.fontMetrics().height()
        return QSize(50 * em, 15 * em)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill what lies around the picture."""
        QPainter(self).fillRect(self.rect(), color(self._palette.panel))

    def changeEvent(self, event: QEvent) -> None:
        """Write in another font."""
        if event.type() == QEvent.Type.FontChange:
            self.dress(self._palette)
        super().changeEvent(event)


def _decades(first: int, last: int) -> list[list[tuple[float, str]]]:
    """Ticks of a logarithmic axis: decades with their numbers, what lies between without."""
    decades = range(first, last + 1)
    between = [(k + float(np.log10(n)), "") for k in decades[:-1] for n in range(2, 10)]
    return [[(float(k), f"{10.0**k:g}") for k in decades], between]


def _rows(info: StreamInfo) -> list[tuple[str, dict[str, int]]]:
    """What can be chosen: muscles with their sides, then channels of which no side is known."""
    rows, sided = [], set()
    for pair in pairs(info):
        columns = {side: c for side in ("right", "left") if (c := pair.column(side)) is not None}
        rows.append((full_name(pair.muscle), columns))
        sided |= set(columns.values())
    channels = emg_only(info).channels
    return rows + [(c.name, {"midline": k}) for k, c in enumerate(channels) if k not in sided]


def _short(side: str) -> str:
    return SIDE_LETTER.get(side, "")
