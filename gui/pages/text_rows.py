"""Labels with longer texts below each other, where a table of facts would cut them."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.labels import PlainLabel
from gui.widgets.rows import clear_rows


class TextRows(QWidget):
    """Each row a small label and a text that wraps and can be marked and copied."""

    def __init__(self, role: TypeRole = TypeRole.BODY, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self._shown: tuple[tuple[str, str], ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show ``rows`` of label and text."""
        self._shown = tuple(rows)
        clear_rows(self._column)
        for label, text in rows:
            value = PlainLabel(text, self._role, wraps=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setContentsMargins(0, 0, 0, 8)
            self._column.addWidget(PlainLabel(label, TypeRole.LABEL, tone=Tone.QUIET))
            self._column.addWidget(value)
        self.setVisible(bool(rows))

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """What is shown."""
        return self._shown
