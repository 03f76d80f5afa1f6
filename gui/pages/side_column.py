"""Parts of a page that scroll where large text needs more height than there is."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import current_look
from gui.widgets.labels import put_on

WIDTH = 404
WIDEST = 470  # at large text, so that the plot keeps half of a small screen


class Scrolled(QScrollArea):
    """``content`` that keeps its width and scrolls where the window is too low for it."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        put_on(content, "page")
        self.setWidget(content)


def left_column(widest: int) -> tuple[QWidget, QVBoxLayout]:
    """Make what a page shows on its left, and its column; at usual text at most ``widest`` pixels wide."""
    left = QWidget()
    left.setMaximumWidth(current_look().px(widest))
    left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(left)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    return left, column


class SideColumn(Scrolled):
    """Widgets below each other in ``column``; never wider than its place, higher than it when needed."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8, width: int = WIDTH) -> None:
        content = QWidget()
        super().__init__(content, parent)
        self.setFixedWidth(min(current_look().px(width), max(WIDEST, width)))
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, 0, 16, 0)  # room for the scroll bar, so that nothing moves for it
        self.column.setSpacing(spacing)
