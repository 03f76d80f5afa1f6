"""Signal strength as a column beside the plot, on the plot's own scale."""

from __future__ import annotations

from PyQt6.QtCore import QEasingCurve, QPointF, QRectF, QSize, Qt, QVariantAnimation
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.theme import Look, TypeRole, current_look
from gui.widgets.progress_row import EASE_MS

COLUMN_LEFT = 14
COLUMN_WIDTH = 28
BRACKET_GAP = 9


class Gauge(QWidget):
    """A column from ``low`` to ``high`` (absorbance) with a start threshold and a best range.

    Amber below the threshold and above the best range, green between them.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._title = title
        self._low, self._high = 0.0, 0.8
        self._top, self._bottom = 24, 24
        self._threshold: float | None = None
        self._best: tuple[float, float] | None = None
        self._reading: float | None = None
        self._shown = 0.0
        self._ease = QVariantAnimation(self)
        self._ease.setDuration(EASE_MS)
        self._ease.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._ease.valueChanged.connect(self._show)

    def set_scale(self, low: float, high: float, top: int, bottom: int) -> None:
        """Take the scale of the plot: ``low`` to ``high``, drawn from ``bottom`` up to ``top`` px.

        Fits the signal ``scale_changed`` of SpectrumPlot when both stand side by side.
        """
        self._low, self._high = low, max(high, low + 1e-9)
        self._top, self._bottom = top, bottom
        self.update()

    def set_range(self, *, threshold: float | None, best: tuple[float, float] | None) -> None:
        """Mark where a scan may start and where it is best."""
        self._threshold, self._best = threshold, best
        self.update()

    def set_reading(self, reading: float | None) -> None:
        """Show the strongest band now; None empties the column."""
        self._reading = reading
        self._ease.stop()
        if reading is None or not self.isVisible():
            self._shown = reading or 0.0
            self.update()
            return
        self._ease.setStartValue(self._shown)
        self._ease.setEndValue(float(reading))
        self._ease.start()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Column, marker and bracket."""
        return QSize(COLUMN_LEFT + COLUMN_WIDTH + 24, 200)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint column, filling, threshold, best range and marker."""
        del event
        look = current_look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(look.font(TypeRole.LABEL))
        painter.setPen(QColor(look.theme.ink2))
        middle = COLUMN_LEFT + COLUMN_WIDTH / 2
        title_area = QRectF(middle - 60, 0, 120, max(self._top, look.px(16)))
        painter.drawText(title_area, Qt.AlignmentFlag.AlignCenter, self._title)
        self._paint_column(painter, look)
        if self._best is not None:
            self._paint_bracket(painter, look, *self._best)
        if self._threshold is not None:
            self._paint_threshold(painter, look, self._threshold)
        if self._reading is not None:
            self._paint_marker(painter, look)

    def _paint_column(self, painter: QPainter, look: Look) -> None:
        zero = self._y(max(self._low, 0.0))
        column = QRectF(COLUMN_LEFT, self._top, COLUMN_WIDTH, zero - self._top)
        painter.setPen(QPen(QColor(look.theme.edge), look.theme.line_px))
        painter.setBrush(QColor(look.theme.field))
        painter.drawRoundedRect(column.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if self._reading is None:
            return
        level = self._y(self._shown)
        colours = look.theme.agree if self._is_good(self._shown) else look.theme.doubt
        painter.setPen(QPen(QColor(colours.fill_border), 1))
        painter.setBrush(QColor(colours.fill))
        filled = QRectF(COLUMN_LEFT + 1.5, level, COLUMN_WIDTH - 3, max(zero - level - 1, 1))
        painter.drawRoundedRect(filled, 2, 2)

    def _paint_bracket(self, painter: QPainter, look: Look, low: float, high: float) -> None:
        x = COLUMN_LEFT + COLUMN_WIDTH + BRACKET_GAP
        top, bottom = self._y(min(high, self._high)), self._y(max(low, self._low))
        painter.setPen(QPen(QColor(look.theme.agree.text), 2))
        corners = ((x, top + 1), (x + 4, top + 1), (x + 4, bottom), (x, bottom))
        painter.drawPolyline(QPolygonF([QPointF(*corner) for corner in corners]))

    def _paint_threshold(self, painter: QPainter, look: Look, threshold: float) -> None:
        y = self._y(threshold)
        painter.setPen(QPen(QColor(look.theme.page), 6))
        painter.drawLine(QPointF(COLUMN_LEFT + 3, y), QPointF(COLUMN_LEFT + COLUMN_WIDTH - 3, y))
        painter.setPen(QPen(QColor(look.theme.ink), 2.4))
        painter.drawLine(QPointF(COLUMN_LEFT - 8, y), QPointF(COLUMN_LEFT + COLUMN_WIDTH + 8, y))

    def _paint_marker(self, painter: QPainter, look: Look) -> None:
        y = self._y(self._shown)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.theme.ink))
        tip = COLUMN_LEFT - 1
        corners = ((tip - 9, y - 6), (tip, y), (tip - 9, y + 6))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def _is_good(self, reading: float) -> bool:
        is_enough = self._threshold is None or reading >= self._threshold
        return is_enough and (self._best is None or reading <= self._best[1])

    def _y(self, value: float) -> float:
        share = (min(max(value, self._low), self._high) - self._low) / (self._high - self._low)
        return self._bottom - share * (self._bottom - self._top)

    def _show(self, value: object) -> None:
        self._shown = value if isinstance(value, float) else self._shown
        self.update()
