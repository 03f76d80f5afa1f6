"""One state on a card in the middle of a page."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.states import State
from gui.theme import current_look
from gui.widgets.labels import put_on
from gui.widgets.state_card import StateCard

CARD_WIDTH = 560
NARROWEST = 320


class StateBody(QWidget):
    """Shows a State; what helps stands at the foot of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self.card = StateCard()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.addStretch(2)
        column.addWidget(self.card, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_state(self, state: State) -> None:
        """Show ``state``."""
        state.show_on(self.card)
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        """Keep the card inside."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the card the height that its text needs at its width: centred, it would get too little."""
        width = min(current_look().px(CARD_WIDTH), max(self.width() - 48, NARROWEST))
        height = max(self.card.heightForWidth(width), self.card.sizeHint().height())
        self.card.setFixedSize(width, height)
