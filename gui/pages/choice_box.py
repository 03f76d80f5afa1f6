"""A box to choose one of several from, with an arrow in the colour of its text."""

from __future__ import annotations

from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QComboBox

from gui.icons import Icon, paint_icon
from gui.theme import current_look

ARROW_SIDE = 18


class ChoiceBox(QComboBox):
    """Signals: those of QComboBox (``activated``)."""

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the box, then the arrow, which a style sheet could only take from a file."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = current_look().px(ARROW_SIDE)
        area = QRectF(self.width() - side - 10, (self.height() - side) / 2, side, side)
        paint_icon(painter, Icon.CHEVRON_DOWN, current_look().theme.ink2, area)
