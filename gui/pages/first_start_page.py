"""The first start on the evidence log: an administrator, and then the first who records."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.pages.side_column import Scrolled, left_column
from gui.pages.user_form import UserForm
from gui.palette import Tone
from gui.theme import TypeRole
from gui.widgets.labels import PlainLabel, put_on
from inspection.language import Wording
from inspection.users.roles import Role

WIDEST = 560


class FirstStartPage(QWidget):
    """A title, why, and one form.

    Signals:
        edited(): what can be sent has changed.
        entered(): Enter was pressed in the last field.
    """

    edited = pyqtSignal()
    entered = pyqtSignal()

    def __init__(
        self, title: str, sentences: tuple[str, ...], form: UserForm, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        put_on(self, "page")
        self.form = form
        self.form.edited.connect(self.edited)
        self.form.entered.connect(self.entered)
        content, inner = left_column(WIDEST)
        inner.setContentsMargins(0, 0, 16, 0)
        self._title = PlainLabel(title, TypeRole.TITLE, strong=True, wraps=True)
        inner.addWidget(self._title)
        for sentence in sentences:
            inner.addWidget(PlainLabel(sentence, tone=Tone.QUIET, wraps=True))
        inner.addSpacing(16)
        inner.addWidget(form)
        inner.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 32, 24, 16)
        column.addWidget(Scrolled(content))

    def set_title(self, title: str) -> None:
        """Say what was done so far."""
        self._title.setText(title)


def administrator_page(words: Wording) -> FirstStartPage:
    """Make the page on which the administrator is set up."""
    sentences = (
        words("The first user is the administrator: adds the others and keeps libraries and copies."),
        words("There is no PIN that opens everything: without this one nobody can manage the users."),
    )
    return FirstStartPage(words("Set up the evidence log"), sentences, UserForm(words))


def second_user_page(words: Wording) -> FirstStartPage:
    """Make the page that offers to add the first who writes findings."""
    sentences = (words("An administrator writes no findings. Add the first officer or supervisor now."),)
    return FirstStartPage("", sentences, UserForm(words, (Role.OFFICER, Role.SUPERVISOR)))
