"""A line to type in, whose Enter ends the typing and does nothing else."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QLineEdit

LONGEST = 200


class Field(QLineEdit):
    """Signals: those of QLineEdit (``textEdited``, ``returnPressed``)."""

    def __init__(self, name: str, example: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(example)
        self.setMaxLength(LONGEST)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """Keep Enter: passed on, the same key would then press the primary action."""
        super().keyPressEvent(event)
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
