"""Declared against identified, with the field in which the declaration can be typed at any time."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gui.pages.field import Field
from gui.pages.numbers import capital
from gui.theme import current_look
from gui.widgets.declared_box import WIDTH, DeclaredBox
from gui.widgets.labels import put_on
from inspection.declared.declaration import DeclarationFinding
from inspection.language import Wording
from inspection.wording import alarm_sentence, declaration_sentence, declaration_word


class DeclaredPanel(QWidget):
    """Shows a comparison; ``edit`` opens the field above it.

    Signals:
        declared_changed(str): the declared text as it is typed.
    """

    declared_changed = pyqtSignal(str)

    def __init__(self, words: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFixedWidth(min(current_look().px(WIDTH), 500))
        self._words = words
        self.box = DeclaredBox(words)
        self.field = Field(words("Declared as"), words("Declared as, for example paint thinner"))
        self.field.textEdited.connect(self.declared_changed)
        self.field.returnPressed.connect(self._end)
        self._frame = QWidget()
        around = QVBoxLayout(self._frame)
        around.setContentsMargins(24, 10, 24, 0)
        around.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._frame)
        column.addWidget(self.box, 1)
        self._frame.hide()

    def show_declaration(self, declaration: DeclarationFinding | None) -> None:
        """Show what became of the declared text; None when nothing was declared."""
        if declaration is None:
            self.box.set_not_declared()
            if not self.field.hasFocus():
                self.field.clear()
            return
        self.box.set_declaration(
            self._words("“{text}”").format(text=declaration.text),
            verdict=declaration.verdict,
            word=alarm_sentence(self._words, declaration)
            or capital(declaration_word(self._words, declaration.verdict)),
            reason=declaration_sentence(self._words, declaration),
            is_alarm=declaration.is_alarm,
        )
        if not self.field.hasFocus():
            self.field.setText(declaration.text)

    def edit(self) -> None:
        """Open the field, or close it again."""
        if self._frame.isVisible():
            self._end()
            return
        self._frame.show()
        self.field.setFocus()
        self.field.selectAll()

    def close_field(self) -> None:
        """Show the comparison alone."""
        self.field.clearFocus()
        self._frame.hide()

    def _end(self) -> None:
        self.close_field()
