"""The two fields of an inspection that may be filled in at any time, and never have to be."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.field import Field
from gui.pages.job import Papers
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.labels import PlainLabel, Words


class InspectionFields(QWidget):
    """Container and declared text.

    Signals:
        papers_changed(Papers): a person typed.
        typing_ended(): Enter was pressed in a field.
    """

    papers_changed = pyqtSignal(object)
    typing_ended = pyqtSignal()

    def __init__(self, words: Words, *, has_container: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._papers = Papers()
        self.container = Field(words("Container"), words("for example MWCU 605978 4"))
        self.declared = Field(words("Declared as"), words("for example paint thinner"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label, field in (
            (words("Container, if there is one"), self.container),
            (words("Declared as, if known"), self.declared),
        ):
            if field is self.container and not has_container:
                continue
            heading = PlainLabel(label, TypeRole.LABEL, tone=Tone.QUIET)
            heading.setBuddy(field)
            column.addWidget(heading)
            column.addWidget(field)
            column.addSpacing(8)
            field.textEdited.connect(self._tell)
            field.returnPressed.connect(self._end)

    def set_papers(self, papers: Papers, *, is_container_fixed: bool) -> None:
        """Show ``papers``; the container of an inspection that is in the log cannot be typed over."""
        self._papers = papers
        for field, text in ((self.container, papers.container), (self.declared, papers.declared)):
            if field.text() != text:
                field.setText(text)
        self.container.setReadOnly(is_container_fixed)

    def _tell(self) -> None:
        self._papers = Papers(self.container.text(), self.declared.text())
        self.papers_changed.emit(self._papers)

    def _end(self) -> None:
        for field in (self.container, self.declared):
            field.clearFocus()
        self.typing_ended.emit()
