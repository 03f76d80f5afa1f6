"""The list of users at the window: who signs in, and what an administrator changes; in the writer's thread.

Checking a PIN takes a tenth of a second on purpose, so never in the window's thread.  A change of the list is
an entry of the evidence log too (see inspection/users/service.py), so in the thread that writes the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from gui.log_worker import LogWriter
from gui.read_only import is_read_only
from inspection.errors import InspectionError, LogNoRoomError, LogWriteError, NotAllowedError
from inspection.folders import DataFolder
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.users.roles import Action, Role, may
from inspection.users.service import UserService
from inspection.users.store import UserStore
from inspection.users.user import User, UserEvent, compared_name


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody wants to work here."""

    name: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserChange:
    """A change of the list, wanted ``by`` somebody who gave the PIN again.

    ``role`` of one who is added, ``pin`` the new one of whoever gets one.
    """

    event: UserEvent
    name: str
    by: str
    by_pin: str = field(repr=False)
    role: Role = Role.OFFICER
    pin: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Roll:
    """Who may work here, by name; ``is_read_only`` where nothing can be written and so nobody signs in."""

    users: tuple[User, ...] = ()
    is_read_only: bool = False


class UserKeeper(QObject):
    """Keeps the list of users of ``data``; ``kind`` is the log that the window works on.

    ``writer`` lives in the same thread.

    Signals:
        listed(Roll): after every wish too.
        list_failed(InspectionError): the list cannot be relied on: nobody works here until it can.
        signed_in(User)
        begun(User): the first user, an administrator, who is signed in with it.
        changed(UserChange, User): as the list has it now.
        refused(InspectionError): what was wished was not done.
    """

    listed = pyqtSignal(object)
    list_failed = pyqtSignal(object)
    signed_in = pyqtSignal(object)
    begun = pyqtSignal(object)
    changed = pyqtSignal(object, object)
    refused = pyqtSignal(object)

    def __init__(
        self,
        data: DataFolder,
        kind: LogKind,
        writer: LogWriter,
        *,
        store: UserStore | None = None,
        find_read_only: Callable[[Path], bool] = is_read_only,
    ) -> None:
        super().__init__()
        self._data, self._kind, self._writer = data, kind, writer
        self._service = UserService(
            store or UserStore(data.users), data.evidence_log, open_for=self._evidence
        )
        self._find_read_only = find_read_only
        self._has_just_begun = ""  # who adds the second user without giving the PIN a second time

    @pyqtSlot()
    def look(self) -> None:
        """Read the list."""
        if self._find_read_only(self._data.log(self._kind)):
            self.listed.emit(Roll(is_read_only=True))
            return
        try:
            users = self._service.users()
        except InspectionError as error:
            self.list_failed.emit(error)
            return
        self.listed.emit(Roll(users))

    @pyqtSlot(object)
    def sign_in(self, wish: SignIn) -> None:
        """Let somebody in, or say why not."""
        self._has_just_begun = ""
        try:
            user = self._service.sign_in(wish.name, wish.pin)
        except InspectionError as error:
            self.refused.emit(error)
            self.look()  # a lock is shown in the list
            return
        self.signed_in.emit(user)

    @pyqtSlot(object)
    def begin(self, wish: SignIn) -> None:
        """Make the first user, the administrator."""
        try:
            user = self._service.begin(wish.name, wish.pin)
        except InspectionError as error:
            self.refused.emit(error)
            self.look()  # somebody else may have been quicker
            return
        self._has_just_begun = user.name
        self.begun.emit(user)
        self.look()

    @pyqtSlot(object)
    def change(self, wish: UserChange) -> None:
        """Change the list and record it, after the PIN of whoever wants it was checked again."""
        try:
            self._require_allowed(wish)
            user = self._service.change(wish.event, wish.name, by=wish.by, role=wish.role, pin=wish.pin)
        except InspectionError as error:
            self.refused.emit(error)
            self.look()
            return
        self.look()
        self.changed.emit(wish, user)

    def _require_allowed(self, wish: UserChange) -> None:
        has_just_begun, self._has_just_begun = self._has_just_begun, ""
        if has_just_begun == wish.by and wish.event is UserEvent.ADDED:
            return
        user = self._service.sign_in(wish.by, wish.by_pin)
        is_own_pin = wish.event is UserEvent.PIN_CHANGED and compared_name(wish.name) == compared_name(
            user.name
        )
        action = Action.CHANGE_OWN_PIN if is_own_pin else Action.MANAGE_USERS
        if not may(user.role, action, LogKind.EVIDENCE):
            raise NotAllowedError(
                f"expected an administrator to change users, found {user.name}, {user.role}"
            )

    @contextmanager
    def _evidence(self, officer: str | None) -> Iterator[InspectionLog]:
        """Give the evidence log, in which ``officer`` signs; from the training log it is opened for this."""
        if self._kind is LogKind.EVIDENCE:
            try:
                yield self._writer.log(officer)
            except LogWriteError as error:
                # As after a finding that was not saved: the next wish opens what is there then.
                if not isinstance(error, LogNoRoomError):
                    self._writer.close()
                raise
            return
        path = self._data.log(LogKind.EVIDENCE)
        with InspectionLog.open(path, kind=LogKind.EVIDENCE, officer=officer) as log:
            yield log
