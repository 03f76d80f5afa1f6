"""The list of entries, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, Qt, pyqtSignal
from PyQt6.QtWidgets import QHeaderView, QTableView, QWidget

from gui.pages.log_words import Cell, EntryRow
from gui.widgets.labels import Words
from gui.widgets.row_delegate import ICON_ROLE, STRONG_ROLE, TONE_ROLE, dress_table

ROW_HEIGHT = 48
COLUMNS = 6
STRETCHED = (3, 4)  # substance and declared text share what is left


class LogModel(QAbstractTableModel):
    """Time, record, verdict, substance, declared text and comparison of entries."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads = (
            words("Time"),
            words("Record"),
            words("Verdict"),
            words("Substance"),
            words("Declared"),
            words("Declaration"),
        )
        self.rows: tuple[EntryRow, ...] = ()

    def set_rows(self, rows: Sequence[EntryRow]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """One row for each entry."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """Six columns."""
        return 0 if parent is not None and parent.isValid() else COLUMNS

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What one cell shows, and how."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        cells = (row.time, row.record, row.verdict, row.substance, row.declared, row.declaration)
        cell: Cell = cells[index.column()]
        return {
            int(Qt.ItemDataRole.DisplayRole): cell.text,
            int(Qt.ItemDataRole.ToolTipRole): cell.text,
            int(ICON_ROLE): cell.icon,
            int(TONE_ROLE): cell.tone,
            int(STRONG_ROLE): cell.is_strong,
        }.get(int(role))

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The words over the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        return None


class LogTable(QTableView):
    """Entries to choose from.

    Signals:
        entry_chosen(int): the number of the entry that a person wants to see.
    """

    entry_chosen = pyqtSignal(int)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = LogModel(words, self)
        self.setModel(self.entries)
        dress_table(self, row_height=ROW_HEIGHT)
        self.setAccessibleName(words("Log"))
        header = self.horizontalHeader()
        if header is not None:
            for column in range(COLUMNS):
                is_stretched = column in STRETCHED
                mode = QHeaderView.ResizeMode
                header.setSectionResizeMode(column, mode.Stretch if is_stretched else mode.ResizeToContents)

    def set_rows(self, rows: Sequence[EntryRow], *, chosen: int | None = None) -> None:
        """Show ``rows`` and mark the entry numbered ``chosen``, without asking for it."""
        self.blockSignals(True)
        self.entries.set_rows(rows)
        for place, row in enumerate(rows):
            if row.sequence == chosen:
                self.selectRow(place)
        self.blockSignals(False)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802
        """Tell which entry was chosen."""
        super().selectionChanged(selected, deselected)
        cells = selected.indexes()
        if cells:
            self.entry_chosen.emit(self.entries.rows[cells[0].row()].sequence)
