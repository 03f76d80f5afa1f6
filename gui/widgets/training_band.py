"""The band across the top that keeps training from being mistaken for evidence."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPolygonF
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.theme import TypeRole, current_look

HEIGHT = 36
STRIPE = 20  # px along the edge; 14 px across, as the stripes lean by 45 degrees


class TrainingBand(QWidget):
    """Diagonal stripes with a sentence in the middle."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._text = ""
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show ``text``, e.g. "TRAINING - nothing here is evidence"."""
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the text needs."""
        return QSize(0, current_look().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint stripes, then the sentence on its own ground."""
        del event
        look = current_look()
        train = look.theme.train
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(train.tint))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(train.fill))
        height = self.height()
        for left in range(-height, self.width() + height, 2 * STRIPE):
            corners = (
                (left, height),
                (left + height, 0),
                (left + height + STRIPE, 0),
                (left + STRIPE, height),
            )
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        font = look.font(TypeRole.BODY, bold=True)
        width = QFontMetricsF(font).horizontalAdvance(self._text) + 48
        ground = QRectF((self.width() - width) / 2, 0, width, height)
        painter.fillRect(ground, QColor(train.fill))
        painter.setFont(font)
        painter.setPen(QColor(train.on_fill))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, self._text)
