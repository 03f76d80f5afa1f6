"""Who is at the window: first start, sign-in, lock, and what becomes of one person's work when another comes.

list of users -> first start or sign-in -> present -> locked -> present ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from gui.pages.access import Access
from gui.pages.job import Job
from gui.pages.wishes import Wish
from gui.palette import Tone
from gui.situation import Situation, utc_now
from inspection.log_kind import LogKind

if TYPE_CHECKING:  # what the first sight of the window does not wait for
    from gui.cover import Cover
    from gui.icons import Icon
    from gui.user_keeper import Roll, UserChange
    from inspection.errors import InspectionError
    from inspection.users.user import User


class Attendance(QObject):
    """Lets people in and out.  ``cover`` makes, and then gives, what lies over the window.

    ``is_asking`` whether somebody may have to sign in; ``preferred`` whose name is chosen to begin with;
    ``now`` gives UTC.

    Signals:
        look_wished(), sign_in_wished(SignIn), begin_wished(SignIn), change_wished(UserChange): to the keeper.
        covered(): nothing of the work may be seen from now on.
        opened(): the window is somebody's, or open to everyone.
        leave_wished(): the demonstration is wanted.
    """

    look_wished = pyqtSignal()
    sign_in_wished = pyqtSignal(object)
    begin_wished = pyqtSignal(object)
    change_wished = pyqtSignal(object)
    covered = pyqtSignal()
    opened = pyqtSignal()
    leave_wished = pyqtSignal()

    def __init__(
        self,
        situation: Situation,
        cover: Callable[[], Cover],
        *,
        is_asking: bool,
        preferred: str = "",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__()
        self._now = now
        self._situation, self._cover = situation, cover
        self._preferred = preferred
        self.access = Access.ASKING if is_asking else Access.OPEN

    def wishes(self) -> dict[Wish, Callable[[], object]]:
        """Give what fulfils the wishes of the cover."""
        return {
            Wish.LET_OWNER_SIGN_IN: self.let_owner_sign_in,
            Wish.SIGN_IN: self._sign_in,
            Wish.BEGIN_USERS: self._begin,
            Wish.ADD_SECOND_USER: self._add_second,
            Wish.LATER: self._open,
            Wish.READ_USERS: self._read_again,
            Wish.OPEN_DEMONSTRATION: self.leave_wished.emit,
        }

    @pyqtSlot()
    def lock(self) -> None:
        """Cover the window until the same person comes back, or another; work under way goes on."""
        user = self._situation.user
        if self.access is not Access.PRESENT or user is None:
            return
        self._ask(Access.LOCKED, user.name)
        self.look_wished.emit()  # somebody may have been added or disabled elsewhere

    @pyqtSlot()
    def let_owner_sign_in(self) -> None:
        """Ask for the person whose finding is not saved."""
        if self.access is Access.PRESENT:
            self._ask(Access.SIGN_IN, self._situation.measured_by or "")
            self.look_wished.emit()

    def warn(self, sentence: str) -> None:
        """Say ``sentence`` on the cover."""
        self._cover().warn(sentence)

    def _sign_in(self) -> None:
        from gui.user_keeper import SignIn  # it loads the log; by now it is there

        page = self._cover().sign_in
        if page.is_complete:
            wish = SignIn(page.name, page.pin)
            page.forget_pin()
            self._cover().set_busy(True)
            self.sign_in_wished.emit(wish)

    def _begin(self) -> None:
        from gui.user_keeper import SignIn  # as above

        form = self._cover().administrator.form
        if form.is_complete:
            wish = SignIn(form.name, form.pin)
            form.forget_pin()
            self._cover().set_busy(True)
            self.begin_wished.emit(wish)

    def _add_second(self) -> None:
        from gui.user_keeper import UserChange  # as above
        from inspection.users.user import UserEvent

        form, user = self._cover().second_user.form, self._situation.user
        if form.is_complete and user is not None:
            # The administrator has typed the PIN on the page before; the keeper asks for it no second time.
            wish = UserChange(UserEvent.ADDED, form.name, user.name, "", form.role, form.pin)
            form.forget_pin()
            self._cover().set_busy(True)
            self.change_wished.emit(wish)

    def _read_again(self) -> None:
        self.access = Access.ASKING
        self._cover().show_waiting()
        self.look_wished.emit()

    # From the keeper

    @pyqtSlot(object)
    def listed(self, roll: Roll) -> None:
        """The list of users was read."""
        situation = self._situation
        situation.roll = roll.users
        if roll.is_read_only:
            situation.is_viewer = True
            self._open()
        elif self.access in (Access.ASKING, Access.UNREADABLE):
            if roll.users:
                self._ask(Access.SIGN_IN, "")
            elif situation.kind is LogKind.EVIDENCE:
                self.access = Access.FIRST_START
                self._cover().show_first_start()
            else:  # training needs none until there are some
                self._open()
        elif self.access is Access.FIRST_START and roll.users:
            self._ask(Access.SIGN_IN, "")  # somebody else has just begun the list
        elif self.access in (Access.SIGN_IN, Access.LOCKED):
            self._show_names(self._cover().sign_in.name)
        elif self.access is Access.PRESENT:
            self._follow(roll.users)

    @pyqtSlot()
    def found_read_only(self) -> None:
        """Nothing can be written here: the window is a viewer."""
        self._situation.is_viewer = True
        if not self.access.is_covered:
            self._open()

    @pyqtSlot(object)
    def list_failed(self, error: InspectionError) -> None:
        """The list of users cannot be relied on: nobody works until it can."""
        self.access = Access.UNREADABLE
        self.covered.emit()
        self._cover().show_unreadable(self._situation.words_of(error))

    @pyqtSlot(object)
    def refused(self, error: InspectionError) -> None:
        """What was wished on the cover was not done."""
        if self.access.is_covered:
            self._cover().refuse(error)

    @pyqtSlot(object)
    def begun(self, user: User) -> None:
        """The administrator was set up; the first who records may follow at once."""
        self._situation.user = user
        self.access = Access.SECOND_USER
        self._cover().show_second_user(user.name)

    @pyqtSlot(object, object)
    def changed(self, wish: UserChange, user: User) -> None:
        """The second user is there: whoever works signs in now."""
        del wish
        if self.access is Access.SECOND_USER:
            self._situation.user = None
            self._ask(Access.SIGN_IN, user.name)

    @pyqtSlot(object)
    def signed_in(self, user: User) -> None:
        """Somebody is at the window."""
        situation = self._situation
        former, situation.user = situation.user, user
        self._preferred = ""
        if former is not None and former.name != user.name:
            self._hand_over(former, user)
        self._open()

    def _hand_over(self, former: User, user: User) -> None:
        """Keep what ``former`` has measured and not saved; else leave nothing of that person's work."""
        situation, words = self._situation, self._situation.words
        situation.question = None
        if situation.finding is not None or situation.course.is_measuring:
            sentence = words(
                "Signed in as {name}. What {former} measured is not saved yet: only {former} can save it."
            )
            situation.say(sentence.format(name=user.name, former=former.name), Tone.DOUBT)
            return
        had_papers = bool(situation.job.inspection) or situation.job.papers.tidy != Job().papers
        situation.begin_anew()
        if had_papers:
            sentence = words("Signed in as {name}. The inspection of {former} was left: a new one begins.")
            situation.say(sentence.format(name=user.name, former=former.name), Tone.ACCENT)

    def _follow(self, users: tuple[User, ...]) -> None:
        """Take over what the list says of the person at the window; one who may no more is let out."""
        situation = self._situation
        name = situation.user.name if situation.user is not None else ""
        now = next((user for user in users if user.name == name and user.is_enabled), None)
        if now is None:
            self._ask(Access.SIGN_IN, "")
            return
        situation.user = now
        situation.changed.emit()

    # The cover

    def _open(self) -> None:
        is_somebody_s = self._situation.user is not None and not self._situation.is_viewer
        self.access = Access.PRESENT if is_somebody_s else Access.OPEN
        self.opened.emit()
        self._situation.changed.emit()

    def _ask(self, access: Access, chosen: str) -> None:
        self.access = access
        self.covered.emit()
        self._show_names(self._preferred or chosen)

    def _show_names(self, chosen: str) -> None:
        situation = self._situation
        may_sign_in = tuple(user for user in situation.roll if user.is_enabled)
        is_locked = self.access is Access.LOCKED and situation.user is not None
        self._cover().show_sign_in(
            may_sign_in,
            chosen=chosen,
            now_locked=_still_locked(may_sign_in, self._now()),
            locked_for=situation.user.name if is_locked and situation.user is not None else "",
            beneath=self._beneath(),
        )
        self._cover().set_can_leave(not self._holds_work())

    @pyqtSlot()
    def refresh_beneath(self) -> None:
        """Say what goes on under the cover, now that it has changed."""
        if self.access in (Access.SIGN_IN, Access.LOCKED):
            self._cover().sign_in.set_beneath(self._beneath())
            self._cover().set_can_leave(not self._holds_work())

    def _holds_work(self) -> bool:
        return self._situation.finding is not None or self._situation.course.is_measuring

    def _beneath(self) -> list[tuple[Icon, str]]:
        from gui.icons import Icon

        situation, words = self._situation, self._situation.words
        name = situation.measured_by or ""
        lines = []
        if situation.course.is_measuring:
            lines.append((Icon.SCAN, words("A measurement goes on: its result is kept.")))
        if situation.finding is not None and situation.may_record:
            sentence = words("A finding of {name} is not saved: it is kept.") if name else ""
            is_nobody_s = words("A finding is not saved: it is kept.")
            lines.append((Icon.DISK, sentence.format(name=name) or is_nobody_s))
        return lines


def _still_locked(users: tuple[User, ...], now: datetime) -> dict[str, float]:
    """Give for how many seconds names are still locked."""
    return {
        user.name: (user.locked_until - now).total_seconds()
        for user in users
        if user.locked_until is not None and user.locked_until > now
    }
