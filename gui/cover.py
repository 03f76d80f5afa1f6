"""What lies over the whole window while it is nobody's: first start, sign-in, lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.icons import Icon
from gui.pages import states
from gui.pages.access import Access
from gui.pages.first_start_page import administrator_page, second_user_page
from gui.pages.sign_in_page import SignInPage
from gui.pages.state_body import StateBody
from gui.pages.wishes import Bar, Wish, primary
from gui.palette import Tone
from gui.widgets.action_bar import ActionBar
from gui.widgets.header_bar import HEIGHT as HEADER_HEIGHT
from gui.widgets.header_bar import paint_head
from gui.widgets.header_signs import ThemeSwitch
from gui.widgets.keyed_button import Action
from gui.widgets.labels import PlainLabel, put_on
from gui.widgets.training_band import TrainingBand
from inspection.language import Wording

if TYPE_CHECKING:
    from inspection.errors import InspectionError
    from inspection.users.user import User


class Cover(QWidget):
    """One page at a time, and its foot.

    Signals:
        action_requested(str): the name of the wish whose button was pressed, or Enter for the primary one.
        theme_requested(): the next theme is wanted.
    """

    action_requested = pyqtSignal(str)
    theme_requested = pyqtSignal()

    def __init__(self, words: Wording, *, is_training: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        put_on(self, "bezel")
        self._words = words
        self._access = Access.ASKING
        self._is_busy = False
        self._can_leave = True
        self._warning = ""
        self.waiting = StateBody()
        self.sign_in = SignInPage(words)
        self.administrator = administrator_page(words)
        self.second_user = second_user_page(words)
        self.pages = QStackedWidget()
        put_on(self.pages, "page")
        self.bar = ActionBar()
        self.bar.action_requested.connect(self.action_requested)
        for page in (self.sign_in, self.administrator, self.second_user):
            page.edited.connect(self._show_bar)
            page.entered.connect(self._send)
        for widget in (self.waiting, self.sign_in, self.administrator, self.second_user):
            self.pages.addWidget(widget)
        log = words("Training log") if is_training else words("Evidence log")
        head = _Head(words, log)
        head.theme.clicked.connect(self.theme_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if is_training:
            column.addWidget(TrainingBand(words("TRAINING – nothing here is evidence")))
        column.addWidget(head)
        column.addWidget(self.pages, 1)
        column.addWidget(self.bar)
        self.show_waiting()

    def show_waiting(self) -> None:
        """Show that the list of users is being read."""
        self.waiting.show_state(states.reading_users(self._words))
        self._go(Access.ASKING, self.waiting)

    def show_unreadable(self, reason: str) -> None:
        """Show that nobody can be let in."""
        self.waiting.show_state(states.users_unreadable(self._words, reason))
        self._go(Access.UNREADABLE, self.waiting)

    def show_first_start(self) -> None:
        """Ask for the administrator."""
        self._go(Access.FIRST_START, self.administrator)
        self.administrator.form.user_name.setFocus()

    def show_second_user(self, administrator: str) -> None:
        """Offer to add the first who writes findings."""
        title = self._words("{name} is the administrator").format(name=administrator)
        self.second_user.set_title(title)
        self.second_user.form.clear()
        self._go(Access.SECOND_USER, self.second_user)
        self.second_user.form.user_name.setFocus()

    def show_sign_in(
        self,
        users: Sequence[User],
        *,
        chosen: str,
        now_locked: dict[str, float],
        locked_for: str = "",
        beneath: Sequence[tuple[Icon, str]] = (),
    ) -> None:
        """Ask who is here; ``locked_for`` whose window it is, ``beneath`` what goes on under the cover."""
        words = self._words
        if locked_for:
            title = words("Locked for {name}").format(name=locked_for)
            self.sign_in.set_reason(
                title, words("The PIN opens it where it was left. Or choose another name.")
            )
        else:
            self.sign_in.set_reason(words("Who is here?"), words("Choose your name and type your PIN."))
        self.sign_in.set_beneath(beneath)
        self.sign_in.show_users(users, chosen=chosen, now_locked=now_locked)
        self._go(Access.LOCKED if locked_for else Access.SIGN_IN, self.sign_in)
        self.sign_in.take_focus()

    def set_busy(self, is_busy: bool) -> None:
        """Show that an answer is waited for."""
        self._is_busy = is_busy
        self._show_bar()

    def set_can_leave(self, can_leave: bool) -> None:
        """Offer the demonstration only where nothing unsaved would be left for it."""
        self._can_leave = can_leave
        self._show_bar()

    def warn(self, sentence: str) -> None:
        """Say ``sentence`` at the foot until something is typed."""
        self._warning = sentence
        self._show_bar()

    def refuse(self, error: InspectionError) -> None:
        """Say why not, on the page that is shown."""
        self._is_busy = False
        page = self.pages.currentWidget()
        if page is self.sign_in:
            self.sign_in.refuse(error)
        elif page is self.administrator:
            self.administrator.form.refuse(error)
        elif page is self.second_user:
            self.second_user.form.refuse(error)
        self._show_bar()

    def shown_bar(self) -> Bar:
        """Give the foot of the page that is shown."""
        words = self._words
        if self._is_busy:
            return Bar(words("One moment: the PIN is being checked."))
        demonstration = Action(Wish.OPEN_DEMONSTRATION, words("Open demonstration"), "F9")
        quiet = (demonstration,) if self._can_leave else ()
        if self._access is Access.ASKING:
            return Bar(words("The list of users is being read."))
        if self._access is Access.UNREADABLE:
            return Bar("", quiet=quiet, primary=primary(Wish.READ_USERS, words("Read again")))
        if self._access is Access.FIRST_START:
            form = self.administrator.form
            create = primary(Wish.BEGIN_USERS, words("Create administrator"), is_enabled=form.is_complete)
            return Bar(words("Type a name, and the same PIN twice."), quiet=quiet, primary=create)
        if self._access is Access.SECOND_USER:
            form = self.second_user.form
            add = primary(Wish.ADD_SECOND_USER, words("Add user"), is_enabled=form.is_complete)
            later = Action(Wish.LATER, words("Later"), "F8")
            sentence = words("Type a name, and the same PIN twice. It can wait: F6 shows the users.")
            return Bar(sentence, quiet=(later,), primary=add)
        enter = primary(Wish.SIGN_IN, words("Sign in"), is_enabled=self.sign_in.is_complete)
        sentence = words("Up and down choose the name; digits are the PIN.")
        return Bar(self._warning or sentence, quiet=quiet, primary=enter)

    def _go(self, access: Access, page: QWidget) -> None:
        self._access, self._is_busy = access, False
        self.pages.setCurrentWidget(page)
        self._show_bar()

    def _show_bar(self) -> None:
        bar = self.shown_bar()
        self.bar.set_sentence(bar.sentence, lead=bar.lead)
        self.bar.set_actions(bar.quiet, bar.primary)

    def _send(self) -> None:
        bar = self.shown_bar()
        if bar.primary is not None and bar.primary.is_enabled:
            self.action_requested.emit(bar.primary.name)


class _Head(QWidget):
    """The name of the program, which log it is, and the theme."""

    def __init__(self, words: Wording, log: str) -> None:
        super().__init__()
        self.setMinimumHeight(HEADER_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.theme = ThemeSwitch(words("Day, night or sun"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(PlainLabel("Chemgate", strong=True))
        row.addWidget(PlainLabel(log, tone=Tone.QUIET))
        row.addStretch(1)
        row.addWidget(self.theme)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the bezel with a line below it."""
        del event
        paint_head(self)
