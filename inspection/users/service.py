"""Who signs in and what changes in the list of users, told to the evidence log; for window and command line.

    log opened -> list locked -> list changed -> entry appended -> change kept

Where nothing can be recorded nothing is changed.  A program that is ended between the last two steps leaves
an entry whose change was not kept, never a change without its entry: nobody gains a right that the log does
not tell of, and whoever wanted the change finds the list as it was and wants it again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from inspection.errors import InspectionError, LogError, SignInError
from inspection.log import InspectionLog
from inspection.log_kind import LogKind
from inspection.users.roles import Role
from inspection.users.store import UserStore
from inspection.users.user import User, UserEvent, log_knows_users, user_entry


def say_nothing(error: InspectionError) -> None:
    """Leave it at that."""


class UserService:
    """The users of one data folder.

    ``evidence_log`` is the file that is read to tell whether the log knows users.  ``open_for`` opens it for
    writing, and whoever it is given, None for nobody, signs the entries.  ``complain`` is told why a lock
    could not be recorded; the name is locked all the same.
    """

    def __init__(
        self,
        store: UserStore,
        evidence_log: Path,
        *,
        open_for: Callable[[str | None], AbstractContextManager[InspectionLog]],
        complain: Callable[[InspectionError], None] = say_nothing,
    ) -> None:
        self._store, self._evidence_log = store, evidence_log
        self._open_for, self._complain = open_for, complain

    def users(self) -> tuple[User, ...]:
        """List all users by name.

        Raises UserListError also when there are none here, but there were when the log was written.
        """
        found = self._store.users()
        if not found and self._store.has_users(log_knows_users=self._log_knows_users()):
            return self._store.users()  # another program has just begun the list
        return found

    def has_users(self) -> bool:
        """Tell whether there are users.  Raises UserListError as ``users`` does."""
        return bool(self.users())

    def sign_in(self, name: str, pin: str) -> User:
        """Tell who this is; the wrong PIN that locks a name is recorded.

        Raises SignInError, LockedOutError, NotAllowedError, UserListError.
        """
        try:
            return self._store.sign_in(name, pin)
        except SignInError as error:
            if error.locked is not None:
                self._record_lock(error.locked)
            raise

    def begin(self, name: str, pin: str) -> User:
        """Make the first user, the administrator, and record it.

        Raises UserError, PinError, UserListError; NotAllowedError when somebody was quicker; LogError when
        it cannot be recorded.
        """
        self.users()  # a list that is gone is not begun anew
        with self._open_for(None) as log:
            return self._store.add_first(name, pin, record=_recorder(log, UserEvent.ADDED))

    def change(
        self, event: UserEvent, name: str, *, by: str | None, role: Role = Role.OFFICER, pin: str = ""
    ) -> User:
        """Change what is told of by ``event``, and record it in the name of ``by``.

        ``role`` of whoever is added or gets another one, ``pin`` the new one of whoever gets one.
        Raises UserError, PinError, NotAllowedError, UserListError; LogError when it cannot be recorded.
        """
        store = self._store
        with self._open_for(by) as log:
            record = _recorder(log, event)
            match event:
                case UserEvent.ADDED:
                    return store.add(name, role, pin, record=record)
                case UserEvent.DISABLED:
                    return store.disable(name, record=record)
                case UserEvent.ENABLED:
                    return store.enable(name, record=record)
                case UserEvent.PIN_CHANGED:
                    return store.set_pin(name, pin, record=record)
                case UserEvent.ROLE_CHANGED:
                    return store.set_role(name, role, record=record)
                case UserEvent.LOCKED:
                    raise ValueError(f"expected a change that a person makes, found {event}")

    def _record_lock(self, name: str) -> None:
        try:
            with self._open_for(None) as log:
                log.append(user_entry(UserEvent.LOCKED, self._store.find(name)))
        except InspectionError as error:
            self._complain(error)

    def _log_knows_users(self) -> bool:
        try:
            with InspectionLog.open_read_only(self._evidence_log, kind=LogKind.EVIDENCE) as log:
                return log_knows_users(log)
        except LogError:
            # There is none yet; or none of it can be read, and then whoever adds the first user begins
            # another volume, whose first entries say both.
            return False


def _recorder(log: InspectionLog, event: UserEvent) -> Callable[[User], None]:
    def record(user: User) -> None:
        log.append(user_entry(event, user))

    return record
