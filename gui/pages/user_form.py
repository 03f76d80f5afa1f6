"""What is asked of a new user: a name, a role where there is a choice, a PIN typed twice."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.access_words import refusal_sentence, role_title
from gui.pages.answer import Answer
from gui.pages.field import Field
from gui.pages.pin_field import NewPin
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.labels import PlainLabel
from gui.widgets.name_list import NameList, NameRow
from inspection.errors import InspectionError, PinError
from inspection.language import Wording
from inspection.users.pin_rules import LONGEST_NAME
from inspection.users.roles import Role


class UserForm(QWidget):
    """A form; ``roles`` to choose from, none where there is no choice.

    Signals:
        edited(): what can be sent has changed.
        entered(): Enter was pressed in the last field.
    """

    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(self, words: Wording, roles: Sequence[Role] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._roles = {role_title(words, role): role for role in roles}
        self.user_name = Field(words("Name"), words("as it is to stand in every record"))
        self.user_name.setMaxLength(LONGEST_NAME)
        self.user_name.textEdited.connect(self._begin_again)
        self.roles = NameList(columns=2)
        self.roles.set_rows([NameRow(title) for title in self._roles], next(iter(self._roles), ""))
        self.new_pin = NewPin(words)
        self.new_pin.edited.connect(self._begin_again)
        self.new_pin.entered.connect(self.entered)
        self.user_name.returnPressed.connect(self.new_pin.first.field.setFocus)
        self._answer = Answer()
        name = PlainLabel(words("Name"), TypeRole.LABEL, tone=Tone.QUIET)
        name.setBuddy(self.user_name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(name)
        column.addWidget(self.user_name)
        column.addSpacing(8)
        if roles:
            column.addWidget(PlainLabel(words("Role"), TypeRole.LABEL, tone=Tone.QUIET))
            column.addWidget(self.roles)
            column.addSpacing(8)
        column.addWidget(self.new_pin)
        column.addWidget(self._answer)

    @property
    def name(self) -> str:
        """The name as it was typed."""
        return self.user_name.text().strip()

    @property
    def role(self) -> Role:
        """The role that is chosen; an administrator where there is no choice."""
        return self._roles.get(self.roles.chosen, Role.ADMINISTRATOR)

    @property
    def pin(self) -> str:
        """The PIN, empty until it was typed twice."""
        return self.new_pin.pin

    @property
    def is_complete(self) -> bool:
        """Whether it can be sent."""
        return bool(self.name) and bool(self.pin)

    @property
    def said(self) -> str:
        """What is said below the fields."""
        return self._answer.said

    def forget_pin(self) -> None:
        """Keep no PIN that was sent."""
        self.new_pin.clear()

    def refuse(self, error: InspectionError) -> None:
        """Say why not; what was typed stays, but for the PIN."""
        self.new_pin.clear()
        self._answer.show_text(refusal_sentence(self._words, error))
        self.edited.emit()
        (self.new_pin.first.field if isinstance(error, PinError) else self.user_name).setFocus()

    def clear(self) -> None:
        """Begin with the next one."""
        self.user_name.clear()
        self.new_pin.clear()
        self._answer.hide()

    def _begin_again(self) -> None:
        self._answer.hide()
        self.edited.emit()
