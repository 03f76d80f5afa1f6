"""Rows of a table to the clipboard: in a spreadsheet no cell of them is run."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PyQt6.QtWidgets import QAbstractItemView


class CellCopies(QObject):
    """Takes the place of Qt's own copying in ``view``, which gives one cell as it is.

    Ctrl+C copies the chosen row, its cells parted by tabs.
    """

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """Copy, and keep the key from the view."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            self.copy()
            return True
        return super().eventFilter(watched, event)

    def copy(self) -> None:
        """Put the row of the current cell on the clipboard."""
        text, clipboard = self.row(), QGuiApplication.clipboard()
        if text and clipboard is not None:
            clipboard.setText(text)

    def row(self) -> str:
        """Give the row of the current cell as it is copied; empty where there is none."""
        from inspection.export.cells import tab_separated  # only a copy needs it, and no start

        model, index = self._view.model(), self._view.currentIndex()
        if model is None or not index.isValid():
            return ""
        cells = (
            model.data(model.index(index.row(), column), Qt.ItemDataRole.DisplayRole)
            for column in range(model.columnCount())
        )
        return tab_separated(["" if cell is None else str(cell) for cell in cells])
