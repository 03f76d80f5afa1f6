"""Axes of the spectrum plot: the folded one below, the plain one on the left."""

from __future__ import annotations

from math import ceil, floor

import pyqtgraph
from PyQt6.QtCore import QLocale, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui.theme import Look, TypeRole
from gui.widgets.fold import FOLD_AT, fold_one, round_step, tick_wavenumbers, unfold_one

LABEL_GAP = 58  # px between labels of the wavenumber axis
UNIT_ROOM = 46  # px at the right end, kept for the unit
TICK = 5  # px
AXIS_HEIGHT = 26  # px, with labels
TEXT_OFFSET = 8  # px from the axis to its labels


class WavenumberAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """Folded wavenumbers, high to low, with the mark // at the fold and the unit at the right end.

    The axes of all but the lowest plot show grid and line only.
    """

    def __init__(self, unit: str) -> None:
        super().__init__("bottom")
        self._unit = unit
        self._has_labels = True
        self._label_gap = float(LABEL_GAP)
        self._text_colour, self._edge_colour, self._page_colour = QColor(), QColor(), QColor()
        self._line_px = 1
        self.enableAutoSIPrefix(False)

    def dress(self, look: Look, *, has_labels: bool) -> None:
        """Take colours and sizes; only with ``has_labels`` are wavenumbers said."""
        theme = look.theme
        self._has_labels = has_labels
        self._text_colour, self._edge_colour = QColor(theme.ink2), QColor(theme.edge)
        self._page_colour, self._line_px = QColor(theme.page), theme.line_px
        self._label_gap = LABEL_GAP * look.scale
        _dress(self, look)
        self.setHeight(look.px(AXIS_HEIGHT) if self._has_labels else 2)
        self.setStyle(showValues=self._has_labels, tickTextOffset=TEXT_OFFSET)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Give the folded places of round wavenumbers; one level only.  An inverted axis asks high to low."""
        low, high = sorted((low, high))
        return [(1.0, [fold_one(tick) for tick in tick_wavenumbers(low, high, size, self._label_gap)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Say the wavenumbers; the room of the unit stays free."""
        del scale, spacing
        low, high = sorted(self.range)
        room = UNIT_ROOM * (high - low) / max(self.size().width(), 1.0)
        return [f"{unfold_one(value):.0f}" if value - low > room else "" for value in values]

    def paint(self, painter: QPainter, option: object, widget: object) -> None:
        """Paint ticks, fold mark and unit over what every axis has."""
        super().paint(painter, option, widget)
        low, high = sorted(self.range)
        if not self._has_labels or not high > low:
            return
        width = self.size().width()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._edge_colour, self._line_px))
        for _, values in self.tickValues(low, high, width):
            for value in values:
                x = width * (high - value) / (high - low)
                painter.drawLine(QPointF(x, 0), QPointF(x, TICK))
        if low < FOLD_AT < high:
            self._paint_fold(painter, width * (high - FOLD_AT) / (high - low))
        font = self.style["tickFont"]
        if font is not None:
            painter.setFont(font)
        painter.setPen(self._text_colour)
        area = QRectF(width - UNIT_ROOM, TEXT_OFFSET, UNIT_ROOM, self.size().height())
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, self._unit)

    def _paint_fold(self, painter: QPainter, x: float) -> None:
        painter.setPen(QPen(self._page_colour, 4))
        painter.drawLine(QPointF(x - 2, 0), QPointF(x + 4, 0))
        painter.setPen(QPen(self._edge_colour, 1.4))
        for shift in (-3, 3):
            painter.drawLine(QPointF(x + shift - 3, TICK + 2), QPointF(x + shift + 3, -TICK - 2))


class ValueAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """Absorbance with round steps and the decimal mark of the language."""

    def __init__(self, *, gap_px: int) -> None:
        super().__init__("left")
        self._gap_px = gap_px
        self._gap = float(gap_px)
        self.enableAutoSIPrefix(False)

    def dress(self, look: Look) -> None:
        """Take colours and sizes."""
        _dress(self, look)
        self._gap = self._gap_px * look.scale
        self.setWidth(look.px(46))
        self.setStyle(tickTextOffset=TEXT_OFFSET)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Give round values; one level only."""
        if not high > low or size <= 0:
            return []
        # A low plot still says two values.
        step = round_step(min(self._gap, size / 3.2) * (high - low) / size)
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        return [(step, [index * step for index in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """Say the values with as many decimals as the step needs."""
        del scale
        decimals = next((digits for digits in range(5) if abs(spacing - round(spacing, digits)) < 1e-9), 5)
        texts = (QLocale().toString(abs(value), "f", decimals) for value in values)
        return [
            f"−{text}" if value < -spacing / 2 else text for value, text in zip(values, texts, strict=True)
        ]


def _dress(axis: pyqtgraph.AxisItem, look: Look) -> None:
    theme = look.theme
    axis.setPen(pyqtgraph.mkPen(theme.edge, width=theme.line_px))
    axis.setTextPen(theme.ink2)
    line = QColor(theme.line)
    # In direct sun lines are black: a grid of full black would hide the curve.
    axis.setTickPen(pyqtgraph.mkPen(line, width=1))
    axis.setGrid(255 if theme.line_px == 1 else 40)
    axis.setStyle(
        tickFont=look.font(TypeRole.LABEL, is_numeric=True), tickLength=0, hideOverlappingLabels=False
    )
    axis.setZValue(-1000)  # the grid lies behind the curves
