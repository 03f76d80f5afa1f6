"""Who is here?  A name from the list and its PIN; also what covers the window while nobody is at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.pages.access_words import role_title
from gui.pages.pin_question import PinQuestion
from gui.pages.side_column import Scrolled
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import PlainLabel, put_on
from gui.widgets.name_list import NameList, NameRow
from gui.widgets.rows import clear_rows, sign_row
from inspection.language import Wording

if TYPE_CHECKING:
    from gui.icons import Icon
    from inspection.errors import InspectionError
    from inspection.users.user import User

LIST_WIDTH = 440
PIN_WIDTH = 400


class SignInPage(QWidget):
    """Shows who may sign in.

    Signals:
        edited(): what can be sent has changed.
        entered(): Enter was pressed in the PIN field.
    """

    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(self, words: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # for the arrow keys, until a name is chosen
        self._words = words
        self._locked: dict[str, float] = {}
        self._users: dict[str, User] = {}
        self._title = PlainLabel(role=TypeRole.TITLE, strong=True, wraps=True)
        self._sentence = PlainLabel(tone=Tone.QUIET, wraps=True)
        self.names = NameList()
        self.names.name_chosen.connect(self._choose)
        self.question = PinQuestion(words)
        self.question.edited.connect(self.edited)
        self.question.entered.connect(self.entered)
        self.question.pin.field.installEventFilter(self)
        self._beneath = QVBoxLayout()
        self._beneath.setSpacing(12)
        listed = Scrolled(self.names)
        listed.setMaximumWidth(current_look().px(LIST_WIDTH))
        right = QWidget()
        right.setMaximumWidth(current_look().px(PIN_WIDTH))
        right.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        side = QVBoxLayout(right)
        side.setContentsMargins(0, 0, 0, 0)
        side.addWidget(self.question)
        side.addSpacing(20)
        side.addLayout(self._beneath)
        side.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(40)
        both.addWidget(listed, 1)
        both.addWidget(Scrolled(right), 1)
        both.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 32, 24, 16)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addSpacing(16)
        column.addLayout(both, 1)

    def show_users(self, users: Sequence[User], *, chosen: str, now_locked: dict[str, float]) -> None:
        """Show ``users``, who may sign in; ``now_locked`` are seconds still to wait, by name."""
        self._users = {user.name: user for user in users}
        self._locked = now_locked
        rows = [NameRow(user.name, role_title(self._words, user.role)) for user in users]
        before = self.names.chosen
        if chosen not in self._users:
            chosen = users[0].name if len(users) == 1 else ""
        self.names.set_rows(rows, chosen)
        self.question.setVisible(bool(self.names.chosen))
        if self.names.chosen and (self.names.chosen != before or self._locked.get(before, 0) > 0):
            self._ask()

    def set_reason(self, title: str, sentence: str) -> None:
        """Say why a name is asked for."""
        self._title.setText(title)
        self._sentence.show_text(sentence)

    def set_beneath(self, lines: Sequence[tuple[Icon, str]]) -> None:
        """Say what goes on beneath the cover, one line each with its sign."""
        clear_rows(self._beneath)
        for icon, text in lines:
            self._beneath.addWidget(sign_row(icon, Tone.QUIET, text))

    @property
    def name(self) -> str:
        """The name that is chosen."""
        return self.names.chosen

    @property
    def pin(self) -> str:
        """The PIN as it is typed."""
        return self.question.pin.field.text()

    @property
    def is_complete(self) -> bool:
        """Whether name and PIN can be sent."""
        return bool(self.name) and self.question.is_answered

    def refuse(self, error: InspectionError) -> None:
        """Say why this person was not let in."""
        self.question.refuse(error)
        self.take_focus()

    def forget_pin(self) -> None:
        """Keep no PIN that was sent: the next who comes by must not find it typed in."""
        self.question.pin.field.clear()

    def take_focus(self) -> None:
        """Let digits that are typed be those of the PIN, and the arrow keys choose a name."""
        (self.question.pin.field if self.name else self).setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """Choose a name with the arrow keys."""
        if event is None or not self._is_step(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """Choose another name with the arrow keys from the PIN field too, which has no use for them."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._is_step(event)
        return False

    def _is_step(self, event: QKeyEvent) -> bool:
        for key, by in ((Qt.Key.Key_Up, -1), (Qt.Key.Key_Down, 1)):
            if event.key() == key:
                self.names.step(by)
                return True
        return False

    def _choose(self, name: str) -> None:
        del name
        self._ask()

    def _ask(self) -> None:
        self.question.show()
        self.question.ask(self.name, self._locked.get(self.name, 0.0))
        self.take_focus()
