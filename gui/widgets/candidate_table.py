"""The closest references, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QAbstractTableModel, QItemSelection, QLocale, QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QHeaderView, QSizePolicy, QTableView, QWidget

from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import Words
from gui.widgets.row_delegate import ROW_HEIGHT, STRONG_ROLE, TONE_ROLE, TYPE_ROLE, dress_table

RANK, NAME, KIND, SIMILARITY = range(4)
RIGHT = int(Qt.AlignmentFlag.AlignRight)


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate in words: ``kind`` is the tier ("derived"), ``similarity`` 0..1."""

    name: str
    kind: str
    similarity: float


class CandidateModel(QAbstractTableModel):
    """Rank, name, kind and similarity of candidates."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads = {
            RANK: "",
            NAME: words("Closest references"),
            KIND: words("Kind"),
            SIMILARITY: words("Similarity"),
        }
        self._rows: tuple[CandidateRow, ...] = ()

    def set_rows(self, rows: Sequence[CandidateRow]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """One row for each candidate."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802 - Qt's name
        """Four columns."""
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What one cell shows, and how."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            similarity = QLocale().toString(row.similarity, "f", 2)
            return (str(index.row() + 1), row.name, row.kind, similarity)[column]
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return row.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column == SIMILARITY else None
        if role == STRONG_ROLE:
            return index.row() == 0 and column in (NAME, SIMILARITY)
        if role == TONE_ROLE:
            return Tone.QUIET if column in (RANK, KIND) else Tone.PLAIN
        if role == TYPE_ROLE:
            return TypeRole.LABEL if column == KIND else TypeRole.BODY
        return None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The words over the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heads[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == SIMILARITY else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class CandidateTable(QTableView):
    """Candidates to choose from.

    Signals:
        candidate_chosen(int): row of the candidate that a person wants to see over the sample.
    """

    candidate_chosen = pyqtSignal(int)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candidates = CandidateModel(words, self)
        self.setModel(self._candidates)
        dress_table(self)
        self.setAccessibleName(words("Closest references"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        header = self.horizontalHeader()
        if header is not None:
            header.setMinimumSectionSize(28)
            for column in (RANK, KIND, SIMILARITY):
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)

    def set_candidates(self, rows: Sequence[CandidateRow], *, chosen: int | None = None) -> None:
        """Show ``rows``, best first, and mark the ``chosen`` one without asking for it."""
        self.blockSignals(True)
        self._candidates.set_rows(rows)
        if chosen is not None:
            self.selectRow(chosen)
        self.blockSignals(False)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All rows without scrolling."""
        header = self.horizontalHeader()
        head = header.sizeHint().height() if header is not None else 0
        rows = self._candidates.rowCount() * current_look().px(ROW_HEIGHT)
        return QSize(super().sizeHint().width(), head + rows + 2)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802
        """Tell which candidate was chosen."""
        super().selectionChanged(selected, deselected)
        cells = selected.indexes()
        if cells:
            self.candidate_chosen.emit(cells[0].row())
