"""The users page at work: what an administrator changes, and everyone's own PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from gui.page_shelf import PageShelf
from gui.pages.wishes import Doing, Wish
from gui.palette import Tone
from gui.situation import Situation
from gui.widgets.nav_rail import Page

if TYPE_CHECKING:  # what the first sight of the window does not wait for
    from gui.user_keeper import Roll, UserChange
    from inspection.errors import InspectionError
    from inspection.users.user import User, UserEvent


class UserChanges(QObject):
    """Sends what the forms of the page say.

    Signals:
        change_wished(UserChange): to the keeper.
    """

    change_wished = pyqtSignal(object)

    def __init__(self, situation: Situation, pages: PageShelf) -> None:
        super().__init__()
        self._situation, self._pages = situation, pages

    def wishes(self) -> dict[Wish, Callable[[], object]]:
        """Give what fulfils the wishes of the users page."""
        return {
            Wish.ADD_USER: lambda: self._begin(Doing.ADDING),
            Wish.SWITCH_USER: lambda: self._begin(Doing.SWITCHING),
            Wish.NEW_PIN: self._begin_new_pin,
            Wish.OWN_PIN: lambda: self._begin(Doing.OWN_PIN),
            Wish.SEND_CHANGE: self.send,
            Wish.DROP_CHANGE: self.drop,
        }

    def show_page(self) -> None:
        """Show the list as it is now."""
        situation = self._situation
        self._pages.users.show_users(situation.roll, situation.user, self._nobody())

    @pyqtSlot()
    def choose(self) -> None:
        """Another line is marked: what was begun for the one before is dropped."""
        self.drop()

    @pyqtSlot()
    def edited(self) -> None:
        """Something was typed: the foot says what is missing."""
        if self._situation.page is Page.USERS:
            self._situation.changed.emit()

    @pyqtSlot()
    def send(self) -> None:
        """Send what the form says."""
        from gui.user_keeper import UserChange  # it loads the log; by now it is there

        page, user = self._pages.users, self._situation.user
        chosen = page.chosen
        if user is None or chosen is None or not page.is_complete:
            return
        wish = UserChange(
            self._event(page.doing, chosen),
            page.form.name if page.doing is Doing.ADDING else chosen.name,
            user.name,
            page.own_pin,
            page.form.role,
            page.pin,
        )
        page.set_busy()
        self._situation.changed.emit()
        self.change_wished.emit(wish)

    @pyqtSlot()
    def drop(self) -> None:
        """Change nothing."""
        self.leave()
        self._situation.changed.emit()

    def leave(self) -> None:
        """Forget what was typed: PINs do not wait on a page that is left."""
        if self._pages.has_users:
            self._pages.users.end()

    # From the keeper

    @pyqtSlot(object)
    def listed(self, roll: Roll) -> None:
        """The list was read anew."""
        del roll  # the situation has it
        if self._situation.page is Page.USERS and self._pages.has_users:
            self._situation.changed.emit()

    @pyqtSlot(object)
    def refused(self, error: InspectionError) -> None:
        """What was wished on the page was not done."""
        if self._pages.has_users and self._pages.users.doing is not Doing.LOOKING:
            self._pages.users.refuse(error)
            self._situation.changed.emit()

    @pyqtSlot(object, object)
    def changed(self, wish: UserChange, user: User) -> None:
        """It was done, and is in the log."""
        from inspection.users.user import UserEvent

        words = self._situation.words
        sentence = {
            UserEvent.ADDED: words("{name} was added."),
            UserEvent.DISABLED: words("{name} signs in no more."),
            UserEvent.ENABLED: words("{name} may sign in again."),
            UserEvent.PIN_CHANGED: words("{name} has another PIN."),
        }.get(wish.event, words("{name} was changed."))
        self._situation.say(sentence.format(name=user.name), Tone.AGREE)
        self.drop()

    def _begin(self, doing: Doing) -> None:
        self._pages.users.begin(doing)
        self._situation.changed.emit()

    def _begin_new_pin(self) -> None:
        chosen, user = self._pages.users.chosen, self._situation.user
        is_own = chosen is not None and user is not None and chosen.name == user.name
        self._begin(Doing.OWN_PIN if is_own else Doing.NEW_PIN)

    def _event(self, doing: Doing, chosen: User) -> UserEvent:
        from inspection.users.user import UserEvent

        if doing is Doing.ADDING:
            return UserEvent.ADDED
        if doing is Doing.SWITCHING:
            return UserEvent.DISABLED if chosen.is_enabled else UserEvent.ENABLED
        return UserEvent.PIN_CHANGED

    def _nobody(self) -> str:
        situation, words = self._situation, self._situation.words
        if situation.is_viewer:
            return words("Nobody signs in where nothing can be written.")
        if situation.is_demonstration:
            return words("The demonstration needs no users. Those of the evidence log are kept there.")
        return words("There are no users yet. The first start on the evidence log makes the administrator.")
