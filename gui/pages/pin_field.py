"""Where a PIN is typed: digits alone, and none of them shown."""

from __future__ import annotations

from PyQt6.QtCore import QRegularExpression, Qt, pyqtSignal
from PyQt6.QtGui import QRegularExpressionValidator
from PyQt6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from gui.pages.field import Field
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.labels import PlainLabel, Words
from inspection.users.pin_rules import LONGEST_PIN, SHORTEST_PIN


class PinField(Field):
    """Signals: those of QLineEdit (``textEdited``, ``returnPressed``)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhDigitsOnly
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhHiddenText
        )
        self.setMaxLength(LONGEST_PIN)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]*"), self))

    @property
    def is_long_enough(self) -> bool:
        """Whether it can be a PIN."""
        return len(self.text()) >= SHORTEST_PIN


class LabelledPin(QWidget):
    """A PIN field below its label.

    Signals:
        edited(): a person typed.
        entered(): Enter was pressed in it.
    """

    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = PinField(label)
        self.field.textEdited.connect(lambda _: self.edited.emit())
        self.field.returnPressed.connect(self.entered)
        self._label = PlainLabel(label, TypeRole.LABEL, tone=Tone.QUIET, wraps=True)
        self._label.setBuddy(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._label)
        column.addWidget(self.field)

    def set_label(self, label: str) -> None:
        """Say whose PIN is wanted."""
        self._label.setText(label)
        self.field.setAccessibleName(label)


class NewPin(QWidget):
    """A new PIN, typed twice.

    Signals:
        edited(): a person typed.
        entered(): Enter was pressed in the second field.
    """

    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.first = LabelledPin(words("PIN, six digits or more"))
        self.again = LabelledPin(words("The same PIN again"))
        self._note = PlainLabel(role=TypeRole.LABEL, tone=Tone.DOUBT, wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.first, self.again, self._note):
            column.addWidget(part)
        self.first.edited.connect(self._tell)
        self.again.edited.connect(self._tell)
        self.first.entered.connect(self.again.field.setFocus)
        self.again.entered.connect(self.entered)
        self._note.hide()

    @property
    def pin(self) -> str:
        """The PIN, empty until it was typed twice."""
        first, again = self.first.field, self.again.field
        return first.text() if first.is_long_enough and first.text() == again.text() else ""

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.field.clear()
        self.again.field.clear()
        self._note.hide()

    def _tell(self) -> None:
        first, again = self.first.field.text(), self.again.field.text()
        differs = bool(again) and not first.startswith(again)
        self._note.show_text(self._words("The two are not the same.") if differs else "")
        self.edited.emit()
