"""A QR code to be photographed from the screen: black on white in every theme, modules of whole pixels."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

MODULE_PX = 5  # a telephone at arm's length still tells them apart
DARK, LIGHT = "#000000", "#FFFFFF"  # whatever the theme: many readers refuse light on dark


class QrCode(QWidget):
    """Shows a square of modules, row by row, dark where True; the light margin is part of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._matrix: Sequence[Sequence[bool]] = ()

    def set_matrix(self, matrix: Sequence[Sequence[bool]], text: str) -> None:
        """Show ``matrix``, the code of ``text``; an empty one shows nothing."""
        self._matrix = matrix
        self.setAccessibleName(text)
        self.setVisible(bool(matrix))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As large as its modules."""
        side = MODULE_PX * len(self._matrix)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the modules as squares of whole pixels, without soft edges."""
        del event
        if not self._matrix:
            return
        module = max(min(self.width(), self.height()) // len(self._matrix), 1)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(LIGHT))
        painter.setPen(Qt.PenStyle.NoPen)
        for line, row in enumerate(self._matrix):
            for column, is_dark in enumerate(row):
                if is_dark:
                    painter.fillRect(column * module, line * module, module, module, QColor(DARK))
