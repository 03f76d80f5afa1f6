"""Facts as rows: what it is on the left, what was found on the right, hairlines between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.icons import Icon
from gui.palette import Tone
from gui.theme import current_look
from gui.widgets.labels import IconLabel, PlainLabel, Rule
from gui.widgets.rows import clear_rows

ROW_HEIGHT = 44


@dataclass(frozen=True, slots=True)
class Fact:
    """One row.  ``link`` is a word that asks for more; ``name`` is what the signal then carries."""

    label: str
    value: str
    icon: Icon | None = None
    tone: Tone = Tone.PLAIN
    link: str = ""
    name: str = ""


class FactList(QWidget):
    """Rows of facts.  ``is_right_aligned`` puts the values at the right edge.

    Signals:
        more_requested(str): the link of the Fact with that ``name`` was pressed.
    """

    more_requested = pyqtSignal(str)

    def __init__(
        self, *, is_right_aligned: bool = False, row_height: int = ROW_HEIGHT, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._is_right_aligned = is_right_aligned
        self._row_height = row_height
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show ``facts`` from top to bottom."""
        clear_rows(self._grid)
        for row in range(self._grid.rowCount()):  # a grid keeps the height of rows that are gone
            self._grid.setRowMinimumHeight(row, 0)
        for index, fact in enumerate(facts):
            row = 2 * index
            label = PlainLabel(fact.label, tone=Tone.QUIET)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(self._value(fact), row, 1)
            self._grid.setRowMinimumHeight(row, current_look().px(self._row_height))
            self._grid.addWidget(Rule(), row + 1, 0, 1, 2)

    def _value(self, fact: Fact) -> QWidget:
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if self._is_right_aligned:
            row.addStretch()
        if fact.icon is not None:
            row.addWidget(IconLabel(fact.icon, fact.tone))
        value = PlainLabel(fact.value, tone=fact.tone, wraps=not self._is_right_aligned)
        row.addWidget(value, 0 if self._is_right_aligned else 1)
        if fact.link:
            link = QPushButton(fact.link)
            link.setProperty("kind", "link")
            link.setObjectName(fact.name)
            link.clicked.connect(self._request_more)
            row.addWidget(link)
        return cell

    def _request_more(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.more_requested.emit(sender.objectName())
