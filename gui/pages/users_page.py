"""The users: an administrator keeps the list, everyone else sees what they may and changes their own PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages.access_words import role_sentences, role_title, user_state
from gui.pages.pin_field import NewPin
from gui.pages.pin_question import PinQuestion
from gui.pages.side_column import Scrolled, SideColumn, left_column
from gui.pages.user_form import UserForm
from gui.pages.wishes import Bar, Doing, Wish, primary
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.keyed_button import Action
from gui.widgets.labels import PlainLabel, put_on
from gui.widgets.name_list import NameList, NameRow
from gui.widgets.rows import clear_rows, sign_row
from inspection.errors import InspectionError, PinError, UserError
from inspection.language import Wording
from inspection.users.roles import Role

if TYPE_CHECKING:
    from inspection.users.user import User

WIDEST = 680


class UsersPage(QWidget):
    """Shows the list, and beside it what is being done.

    Signals:
        user_chosen(): another line of the list is marked.
        edited(): what can be sent has changed.
        entered(): Enter was pressed in the last field of a form.
    """

    user_chosen = pyqtSignal()
    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(self, words: Wording, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self._words = words
        self._users: dict[str, User] = {}
        self._me: User | None = None
        self._note = ""
        self._is_busy = False
        self.doing = Doing.LOOKING
        self._title = PlainLabel(role=TypeRole.TITLE, strong=True, wraps=True)
        self._sentence = PlainLabel(tone=Tone.QUIET, wraps=True)
        self.names = NameList()
        self.names.name_chosen.connect(lambda _: self.user_chosen.emit())
        self._allowed = QVBoxLayout()
        self._allowed.setSpacing(12)
        self._what = PlainLabel(role=TypeRole.HEADING, strong=True, wraps=True)
        self._why = PlainLabel(role=TypeRole.LABEL, tone=Tone.QUIET, wraps=True)
        self.form = UserForm(words, tuple(Role))
        self.new_pin = NewPin(words)
        self.question = PinQuestion(words)
        self._side = SideColumn()
        self._connect_forms()
        self._fill_side()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 8, 16)
        row.setSpacing(32)
        row.addWidget(Scrolled(self._listed()), 1)
        row.addWidget(self._side)

    def _listed(self) -> QWidget:
        """Put together who is shown: the list, or what one person may do."""
        left, column = left_column(WIDEST)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addSpacing(12)
        column.addWidget(self.names)
        column.addLayout(self._allowed)
        column.addStretch(1)  # alone: nothing else is to grow
        return left

    def _fill_side(self) -> None:
        """Put together what is being done."""
        column = self._side.column
        column.addWidget(self._what)
        column.addWidget(self._why)
        column.addSpacing(8)
        self._lay_out(is_own=False)
        column.addStretch(1)  # alone: nothing else is to grow

    def _connect_forms(self) -> None:
        self.form.edited.connect(self.edited)
        self.new_pin.edited.connect(self.edited)
        self.question.edited.connect(self.edited)
        self.form.entered.connect(self.question.pin.field.setFocus)
        self.new_pin.entered.connect(self._after_new_pin)
        self.question.entered.connect(self._after_question)

    def show_users(self, users: Sequence[User], me: User | None, note: str) -> None:
        """Show ``users`` to ``me``; to nobody where there are none, and then ``note`` says why."""
        words = self._words
        self._users, self._me, self._note = {user.name: user for user in users}, me, note
        if me is None and self.doing is not Doing.LOOKING:
            self.end()
        self.names.setVisible(self._is_administrator)
        self._side.setVisible(me is not None)
        if me is None:
            self._title.setText(words("Users"))
            self._sentence.show_text(note)
            self._show_allowed(())
            return
        if self._is_administrator:
            self._title.setText(words("Users"))
            self._sentence.show_text("")
            self._show_allowed(())
            rows = [
                NameRow(user.name, f"{role_title(words, user.role)} · {user_state(words, user)}")
                for user in users
            ]
            self.names.set_rows(rows, self.names.chosen or me.name)
        else:
            self._title.setText(me.name)
            self._sentence.show_text(role_title(words, me.role))
            self._show_allowed(role_sentences(words, me.role))
        if self.doing is Doing.LOOKING:
            self._show_what()

    @property
    def chosen(self) -> User | None:
        """The user whose line is marked; everyone but an administrator is alone here."""
        return self._users.get(self.names.chosen) if self._is_administrator else self._me

    @property
    def pin(self) -> str:
        """The new PIN, empty until it was typed twice."""
        return self.form.pin if self.doing is Doing.ADDING else self.new_pin.pin

    @property
    def own_pin(self) -> str:
        """The PIN of whoever wants the change."""
        return self.question.pin.field.text()

    @property
    def is_complete(self) -> bool:
        """Whether what is being done can be sent."""
        if self.doing is Doing.LOOKING or self._is_busy or not self.question.is_answered:
            return False
        if self.doing is Doing.ADDING:
            return self.form.is_complete
        return self.doing is Doing.SWITCHING or bool(self.new_pin.pin)

    def begin(self, doing: Doing) -> None:
        """Open what ``doing`` needs, with the PIN of whoever does it."""
        if self._me is None:
            return
        self.doing = doing
        self._is_busy = False
        self._lay_out(is_own=doing is Doing.OWN_PIN)
        self.form.clear()
        self.new_pin.clear()
        self.question.ask(self._me.name)
        self._show_what()
        first = {
            Doing.ADDING: self.form.user_name,
            Doing.NEW_PIN: self.new_pin.first.field,
        }.get(doing, self.question.pin.field)
        first.setFocus()

    def end(self) -> None:
        """Close it again; nothing that was typed stays."""
        self.doing, self._is_busy = Doing.LOOKING, False
        for part in (self.form, self.new_pin, self.question):
            part.hide()
        self.form.clear()
        self.new_pin.clear()
        self.question.pin.field.clear()
        if self._me is not None:
            self._show_what()

    def set_busy(self) -> None:
        """Show that an answer is waited for."""
        self._is_busy = True

    def refuse(self, error: InspectionError) -> None:
        """Say why not, where it was typed."""
        self._is_busy = False
        if isinstance(error, UserError) and self.doing is Doing.ADDING:
            self.form.refuse(error)
        else:
            if isinstance(error, PinError):
                self.new_pin.clear()
            self.question.refuse(error)
            self.question.pin.field.setFocus()

    def bar(self) -> Bar:
        """Give the foot of the window."""
        words = self._words
        if self._me is None:
            return Bar(self._note)
        if self._is_busy:
            return Bar(words("One moment: the PIN is being checked."))
        if self.doing is not Doing.LOOKING:
            return self._form_bar()
        if not self._is_administrator:
            own = primary(Wish.OWN_PIN, words("Change my PIN"))
            return Bar(words("An administrator adds users and sets new PINs."), primary=own)
        chosen = self.chosen
        quiet: tuple[Action, ...] = ()
        if chosen is not None:
            switch = words("Disable") if chosen.is_enabled else words("Enable")
            quiet = (
                Action(Wish.SWITCH_USER, switch, "F7"),
                Action(Wish.NEW_PIN, words("New PIN"), "F8"),
            )
        add = primary(Wish.ADD_USER, words("Add user"))
        return Bar(words("Every change of this list is a record in the evidence log."), "", quiet, add)

    @property
    def _is_administrator(self) -> bool:
        return self._me is not None and self._me.role is Role.ADMINISTRATOR

    def _form_bar(self) -> Bar:
        words, chosen = self._words, self.chosen
        send = {
            Doing.ADDING: words("Add"),
            Doing.SWITCHING: words("Enable") if chosen and not chosen.is_enabled else words("Disable"),
        }.get(self.doing, words("Set PIN"))
        sentence = {
            Doing.ADDING: words("Type a name, the same PIN twice, and your own PIN."),
            Doing.SWITCHING: words("Type your own PIN."),
            Doing.NEW_PIN: words("Type the same PIN twice, and your own PIN."),
        }.get(self.doing, words("Type the PIN you have, and the same new PIN twice."))
        back = Action(Wish.DROP_CHANGE, words("Back"), "Esc")
        enabled = self.is_complete
        return Bar(sentence, "", (back,), primary(Wish.SEND_CHANGE, send, is_enabled=enabled))

    def _show_what(self) -> None:
        words, chosen = self._words, self.chosen
        name = "" if chosen is None else chosen.name
        what, why = {
            Doing.LOOKING: (name, ""),
            Doing.ADDING: (words("Add user"), words("A name cannot be changed later.")),
            Doing.SWITCHING: self._switching_words(chosen),
            Doing.NEW_PIN: (
                words("New PIN for {name}").format(name=name),
                words("Tell it to nobody else. A lock after wrong PINs ends."),
            ),
            Doing.OWN_PIN: (words("Change my PIN"), ""),
        }[self.doing]
        if self.doing is Doing.LOOKING and self._is_administrator and chosen is not None:
            why = "\n".join(role_sentences(words, chosen.role))
        if self.doing is Doing.LOOKING and not self._is_administrator:
            what = ""
        self._what.show_text(what)
        self._why.show_text(why)
        self.form.setVisible(self.doing is Doing.ADDING)
        self.new_pin.setVisible(self.doing in (Doing.NEW_PIN, Doing.OWN_PIN))
        self.question.setVisible(self.doing is not Doing.LOOKING)

    def _switching_words(self, chosen: User | None) -> tuple[str, str]:
        words = self._words
        if chosen is None or chosen.is_enabled:
            name = "" if chosen is None else chosen.name
            return (
                words("Disable {name}").format(name=name),
                words("Signs in no more. All records stay as they are."),
            )
        return (
            words("Enable {name}").format(name=chosen.name),
            words("Signs in again, with the PIN as it was."),
        )

    def _lay_out(self, *, is_own: bool) -> None:
        """Ask for the PIN there is last, or first where it is the one that changes."""
        parts: list[QWidget] = [self.form, self.new_pin, self.question]
        if is_own:
            parts = [self.question, self.new_pin]
        column = self._side.column
        place = 3  # after heading, sentence and the space below them
        for part in (self.form, self.new_pin, self.question):
            column.removeWidget(part)
            part.hide()
        for number, one in enumerate(parts):
            column.insertWidget(place + number, one)

    def _after_new_pin(self) -> None:
        if self.doing is Doing.OWN_PIN:
            self.entered.emit()
        else:
            self.question.pin.field.setFocus()

    def _after_question(self) -> None:
        if self.doing is Doing.OWN_PIN:
            self.new_pin.first.field.setFocus()
        else:
            self.entered.emit()

    def _show_allowed(self, sentences: Sequence[str]) -> None:
        clear_rows(self._allowed)
        for sentence in sentences:
            self._allowed.addWidget(sign_row(Icon.CHECK, Tone.AGREE, sentence))
