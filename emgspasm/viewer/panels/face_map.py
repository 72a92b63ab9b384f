"""The face whose muscles light up with their envelope, and how far the last spasm spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from emgspasm.anatomy import FACE_MUSCLES, Half
from emgspasm.desk.muscles import full_name
from emgspasm.desk.palette import Palette
from emgspasm.desk.words import LEARNING
from emgspasm.stream import Event, StreamInfo, emg_only
from emgspasm.synkinesis.spread import REGIONS, STAGES
from emgspasm.viewer.ink import color, focus_frame, font_of
from emgspasm.viewer.panels.face_caption import paint_scale, paint_spread
from emgspasm.viewer.panels.face_drawing import (
    SIDES,
    Placement,
    on_face,
    paint_before,
    paint_sides,
    placement,
)
from emgspasm.viewer.panels.layer import Layer, blank
from emgspasm.viewer.panels.muscle_light import FULL, Light, paint_at_rest, paint_muscle, step
from emgspasm.viewer.panels.panel import Panel


class FaceMap(Panel):
    """A face seen face to face; brightness is the envelope in multiples of the noise.

    A muscle over its threshold has a bright border; those of the last spasm a coloured one, and
    the line under the face says how far it spread.

    Parameters
    ----------
    info : StreamInfo
        The whole stream; EMG channels of known muscles with a side are shown.
    palette : Palette
    parent : QWidget or None
    """

    def __init__(self, info: StreamInfo, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__("Face map: which muscles are active", palette, parent)
        self._info = emg_only(info)
        self._columns = on_face(info)
        self._emg = info.columns()
        self._behind, self._before = Layer(), Layer()
        self._pictures: dict[tuple[str, Half, Light, float], QPixmap] = {}
        self._boxes: dict[tuple[str, Half], QRectF] = {}
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._refused = self._silent = False
        self._sought = True
        self.clear()

    def clear(self) -> None:
        """Forget everything: another recording begins."""
        self._lights = dict.fromkeys(self._columns, Light())
        self._ratio = np.full(len(self._emg), np.nan)
        self._calibrating = True
        self.last_spasm: Event | None = None
        self._stale()

    def update_levels(
        self,
        envelope: NDArray[np.float64],
        thresholds: NDArray[np.float64],
        *,
        silent: bool = False,
    ) -> None:
        """Take the present amplitudes.

        Parameters
        ----------
        envelope : ndarray, shape (n_emg_channels,)
            RMS since the last call, in uV; NaN where there is no signal.
        thresholds : ndarray, shape (3, n_emg_channels)
            Noise level, off and on threshold, in uV; NaN while calibrating.
        silent : bool
            Whether nothing comes for now.
        """
        noise, _, on = thresholds
        calibrating = bool(np.isnan(noise).all())
        if (calibrating, silent) != (self._calibrating, self._silent):
            self._calibrating, self._silent = calibrating, silent
            self.update(self._caption().toAlignedRect())
        with np.errstate(invalid="ignore", divide="ignore"):
            self._ratio = np.where(noise > 0, envelope / noise, np.nan)
        for place, column in self._columns.items():
            active = bool(envelope[column] > on[column])
            self._set(place, step(float(self._ratio[column])), active=active)

    def show_refused(self, *, refused: bool) -> None:
        """Say that the stream is not analyzed, so that no noise will be learnt."""
        if refused != self._refused:
            self._refused = refused
            self.update(self._caption().toAlignedRect())

    def show_sought(self, *, sought: bool) -> None:
        """Say whether spasms of any side are sought."""
        if sought != self._sought:
            self._sought = sought
            self.update(self._caption().toAlignedRect())
            self.setAccessibleDescription(self.spread_words())

    def add_event(self, event: Event) -> None:
        """Take an event; a spasm leaves its muscles marked until the next."""
        if event.trial_type == "spasm":
            self.show_spasm(event)

    def show_spasm(self, spasm: Event | None) -> None:
        """Mark the muscles of a spasm, and no others."""
        self.last_spasm = spasm
        columns = {self._emg.index(burst.channel) for burst in spasm.bursts} if spasm else set()
        for place, column in self._columns.items():
            light = self._lights[place]
            self._set(place, light.step, active=light.active, in_spasm=column in columns)
        self.update(self._caption().toAlignedRect())
        self.setAccessibleDescription(self.spread_words())

    def light(self, muscle: str, side: Half) -> Light:
        """How a muscle looks now."""
        return self._lights[muscle, side]

    def learning_words(self) -> str:
        """What stands under the face while the noise is not known."""
        if self._refused:
            return "not analyzed"
        return "no signal" if self._silent else LEARNING

    def spread_words(self) -> str:
        """How far the last spasm spread, in words."""
        if self.last_spasm is None:
            return "no spasm yet" if self._sought else "spasms n/a"
        regions = ", ".join(self._reached())
        return f"last spasm {self.last_spasm.side}: {regions}, stage {self.last_spasm.spread_stage}"

    def _reached(self) -> list[str]:
        """Regions that the last spasm reached."""
        assert self.last_spasm is not None
        muscles = {self._info.channels[self._emg.index(b.channel)].muscle
                   for b in self.last_spasm.bursts}  # fmt: skip
        found = {REGIONS[muscle] for muscle in muscles if muscle in REGIONS}
        return [r for r in ("brow", *STAGES) if r in found] or ["no region of the facial nerve"]

    def _set(
        self, place: tuple[str, Half], level: int, *, active: bool, in_spasm: bool | None = None
    ) -> None:
        """Change a light, and have it painted if it has changed."""
        before = self._lights[place]
        light = Light(level, active, before.in_spasm if in_spasm is None else in_spasm)
        if light != before:
            self._lights[place] = light
            self.update(self._box(place).toAlignedRect())

    def _stale(self) -> None:
        for layer in (self._behind, self._before):
            layer.drop()
        self._pictures.clear()
        self._boxes.clear()
        super()._stale()

    # --- places -----------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """A face of a third of a screen's height."""
        em = self.fontMetrics().height()
        return QSize(20 * em, 26 * em)

    def minimumSizeHint(self) -> QSize:
        """Least room in which muscles can be told."""
        em = self.fontMetrics().height()
        return QSize(17 * em, 14 * em)

    def _em(self) -> float:
        return float(self.fontMetrics().height())

    def _caption(self) -> QRectF:
        height = 3.1 * self._em()
        return QRectF(0, self.height() - height, self.width(), height)

    def _place(self) -> Placement:
        gap = 0.4 * self._em()
        box = QRectF(
            gap, gap, self.width() - 2 * gap, self.height() - self._caption().height() - gap
        )
        return placement(box, mirrored=self._mirrored)

    def _box(self, place: tuple[str, Half]) -> QRectF:
        """Where a muscle is painted, its border included; on whole pixels."""
        if place not in self._boxes:
            area = self._place().path(*place).boundingRect().adjusted(-3, -3, 3, 3)
            self._boxes[place] = QRectF(area.toAlignedRect())
        return self._boxes[place]

    # --- painting ---------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show what lies behind, the muscles, and what lies before them, where it is needed."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        region, part = event.region(), QRectF(event.rect())
        painter.setClipRegion(region)
        self._behind.show(painter, self, part, self._paint_behind)
        for place, light in self._lights.items():
            box = self._box(place)
            if light != Light(0) and region.intersects(box.toRect()):
                painter.drawPixmap(box.topLeft(), self._picture(place, light, box))
        self._before.show(painter, self, part, self._paint_before)
        if self._caption().intersects(part):
            self._paint_caption(painter)
        painter.setClipping(False)
        focus_frame(painter, self, self._palette)

    def _paint_behind(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), color(self._palette.panel))
        paint_at_rest(painter, self._place(), self._palette, self._columns)

    def _paint_before(self, painter: QPainter) -> None:
        paint_before(painter, self._place(), self._palette)
        paint_sides(painter, self, self._em(), self._palette, mirrored=self._mirrored)

    def _picture(self, place: tuple[str, Half], light: Light, box: QRectF) -> QPixmap:
        """A muscle in one of its looks, painted when it first has it."""
        ratio = self.devicePixelRatioF()
        key = (*place, light, ratio)
        if key not in self._pictures:
            pixmap = blank(box.size().toSize(), ratio)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-box.topLeft())
            paint_muscle(painter, self._place(), self._palette, place, light)
            painter.end()
            self._pictures[key] = pixmap
        return self._pictures[key]

    def _paint_caption(self, painter: QPainter) -> None:
        em, box = self._em(), self._caption()
        painter.fillRect(box, color(self._palette.panel))
        painter.setFont(font_of(self.font(), 0.9))
        line = QRectF(0.6 * em, box.top() + 0.2 * em, box.width() - 1.2 * em, 1.2 * em)
        if self._calibrating:
            painter.setPen(color(self._palette.faint))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self.learning_words())
        else:
            paint_scale(painter, line, self._palette, FULL)
        side = self.last_spasm.side if self.last_spasm else ""
        reached = self._reached() if self.last_spasm else []
        below = line.translated(0, 1.45 * em)
        paint_spread(painter, below, self._palette, side, reached, sought=self._sought)

    # --- words ------------------------------------------------------------------------------

    def _told(self, point: QPointF) -> str:
        place = self._place()
        for muscle in FACE_MUSCLES:
            for side in SIDES:
                if place.path(muscle, side).contains(point):
                    return f"{full_name(muscle)}, {side}: {self._state(muscle, side)}"
        return ""

    def _state(self, muscle: str, side: Half) -> str:
        column = self._columns.get((muscle, side))
        if column is None:
            return "not recorded"
        ratio = self._ratio[column]
        return f"{ratio:.1f} times the noise" if ratio == ratio else "no signal, or noise not known"
