"""The list of users: names, roles, PINs, and the wrong PINs that were given.  One SQLite file.

    users    name, role, whether enabled, the PIN as an Argon2id hash
    tries    for each name: wrong PINs in a row, and when the last was given

A try is written down before the PIN is looked at.  Whoever ends the program in between, or tries in many
programs at once, has used up the try all the same.  A list that cannot be read lets nobody in.

A change is kept only after it was recorded: ``record`` is called with the user as changed, while the list is
locked, and when it fails the list stays as it was.  A program that is ended, or a disk that fills up, between
the two leaves an entry whose change was not kept; a change without its entry would be a right that nobody
can be asked about.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlite_utils import Database

from inspection.errors import LockedOutError, NotAllowedError, SignInError, UserError, UserListError
from inspection.users.lockout import Moment, Tries
from inspection.users.pin_rules import is_pin, require_pin
from inspection.users.roles import Role
from inspection.users.uptime import seconds_since_boot
from inspection.users.user import User, compared_name, user_name
from spectra_library.whole_file import sync_folder

if TYPE_CHECKING:
    import sqlite3

    from argon2 import PasswordHasher
else:
    from sqlite_utils.utils import sqlite3  # pysqlite3: the module whose exceptions sqlite-utils raises

APPLICATION_ID: Final = 0x43475553  # "CGUS"
BEGUN_ID: Final = 0x43475542  # "CGUB": the first user is being recorded, and is not in the list yet
FORMAT: Final = 1
BUSY_TIMEOUT_S: Final = 30.0  # each of those who sign in at once takes 0.1 s
SHELVES_OF_STRANGERS: Final = 1024  # tries with names that nobody has are counted too, and not without end
_TABLES: Final = (
    f"""
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        compared TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ({", ".join(f"'{role}'" for role in Role)})),
        is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
        pin_hash TEXT NOT NULL,
        added TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE tries (
        who TEXT PRIMARY KEY,
        failures INTEGER NOT NULL,
        wall_s REAL NOT NULL,
        uptime_s REAL NOT NULL
    ) STRICT
    """,
)


def not_recorded(user: User) -> None:
    """Tell no log: for a list that none belongs to."""


@dataclass(frozen=True, slots=True)
class _Account:
    """One row of the table of users; ``who`` is its key in the table of tries."""

    id: int
    user: User
    pin_hash: str

    @property
    def who(self) -> str:
        return f"user {self.id}"


class UserStore:
    """The list of users in one file, which is made with the first user.

    ``clock`` gives UTC, ``uptime`` the seconds since the computer was started, ``hasher`` Argon2id with the
    second recommended option of RFC 9106 (64 MiB, 3 passes, 4 lanes) unless another is given.

    ``record`` of a change is called with the user as changed before the change is kept; what it raises is
    raised, and the list is as it was.

    Every method raises UserListError when the file is damaged, out of reach, or of another program.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        uptime: Callable[[], float] = seconds_since_boot,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.path = path
        self._clock = clock
        self._uptime = uptime
        self._given_hasher = hasher

    # Asking

    def has_users(self, *, log_knows_users: bool) -> bool:
        """Tell whether there are users.

        Raises UserListError also when there are none here, but there were when the log was written.
        """
        if self.users():
            return True
        if log_knows_users and not self._is_begun():
            raise UserListError(
                f"expected the list of users in {self.path}, found none, but the evidence log knows users: "
                "put the file back from a copy; until then nothing that needs a user is possible"
            )
        return False

    def users(self) -> tuple[User, ...]:
        """List all users by name; none when there is no list yet."""
        if not self._is_there():
            return ()
        with self._opened() as db:
            now = self._now()
            found = [self._with_lock(db, account, now) for account in _accounts(db, self.path).values()]
        return tuple(sorted(found, key=lambda user: compared_name(user.name)))

    def find(self, name: str) -> User:
        """Give one user.  Raises UserError."""
        wanted = compared_name(name)
        for user in self.users():
            if compared_name(user.name) == wanted:
                return user
        raise _unknown(name)

    # Signing in

    def sign_in(self, name: str, pin: str) -> User:
        """Tell who this is.  Takes as long, and says the same, for a name that nobody has.

        Raises SignInError; LockedOutError after too many wrong PINs; NotAllowedError when disabled.
        """
        compared = compared_name(name)
        with self._opened() as db:
            with _transaction(db):
                # From here on the file stays locked until it is closed, over the COMMIT too: of many programs
                # that sign in at once each waits its turn, and none of them is taken for a wrong PIN.
                db.execute("PRAGMA locking_mode = EXCLUSIVE")
                account = _accounts(db, self.path).get(compared)
                who = _stranger(compared) if account is None else account.who
                remaining_s, does_lock = self._count_try(db, who)
            if remaining_s > 0:
                wait = f"too many wrong PINs: the next try is possible in {_duration(remaining_s)}"
                raise LockedOutError(wait, wait_s=remaining_s)
            is_right = self._is_right(account, pin if is_pin(pin) else "")
            if account is None or not is_right:
                locked = account.user.name if account is not None and does_lock else None
                raise SignInError("the name or the PIN is wrong", locked=locked)
            if not account.user.is_enabled:
                raise NotAllowedError(
                    f"{account.user.name} is disabled; an administrator can enable it again"
                )
            with _transaction(db):
                db.execute("DELETE FROM tries WHERE who = ?", [who])
                if self._hasher().check_needs_rehash(account.pin_hash):
                    newer = [self._hashed(pin), account.id]
                    db.execute("UPDATE users SET pin_hash = ? WHERE id = ?", newer)
        return account.user

    def _count_try(self, db: Database, who: str) -> tuple[float, bool]:
        """Count a try as a failure until it is none; tell how long there is to wait, and whether it locks.

        A try that comes too early is not counted.
        """
        now = self._now()
        tries = _tries(db, who, now).begun_anew_if_set_back(now)
        remaining_s = tries.remaining_s(now)
        if remaining_s == 0:
            tries = tries.with_one_more(now)
        db.execute(
            "INSERT OR REPLACE INTO tries (who, failures, wall_s, uptime_s) VALUES (?, ?, ?, ?)",
            [who, tries.failures, tries.last.wall_s, tries.last.uptime_s],
        )
        return remaining_s, tries.wait_s > 0

    def _is_right(self, account: _Account | None, pin: str) -> bool:
        from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError

        try:
            if account is None:
                self._hasher().hash(pin)  # costs what checking costs
                return False
            return self._hasher().verify(account.pin_hash, pin)
        except VerifyMismatchError:
            return False
        except (Argon2Error, InvalidHashError) as error:
            raise UserListError(
                f"the PIN cannot be checked with the user list {self.path}: {error}"
            ) from error

    # Changing

    def add_first(self, name: str, pin: str, *, record: Callable[[User], None] = not_recorded) -> User:
        """Begin the list with its first user, an administrator.

        Raises UserError, PinError; NotAllowedError when somebody was quicker.
        """
        user = User(user_name(name), Role.ADMINISTRATOR)
        pin_hash = self._required(pin)
        self._make_file()
        with self._changing() as db:
            # A blank list beside a log that knows users is one that is gone.  Ended between the first entry
            # and its list, the program must find one that was only begun, or nobody could ever begin.
            if _is_blank(db):
                db.execute(f"PRAGMA application_id = {BEGUN_ID}")
        with self._changing() as db:
            if not _is_begun(db):
                raise NotAllowedError("there are users here already: only an administrator adds another one")
            _make_tables(db)
            self._insert(db, user, pin_hash)
            record(user)
        sync_folder(self.path.parent)
        return user

    def add(self, name: str, role: Role, pin: str, *, record: Callable[[User], None] = not_recorded) -> User:
        """Add a user.  Raises UserError when there is one of that name, PinError."""
        user = User(user_name(name), role)
        pin_hash = self._required(pin)
        with self._changing() as db:
            accounts = _accounts(db, self.path)
            if not accounts:
                raise NotAllowedError("there are no users here: the first one is the administrator")
            taken = accounts.get(compared_name(user.name))
            if taken is not None:
                raise UserError(
                    f"expected a new name, found {user.name!r}: there is a user {taken.user.name!r}"
                )
            self._insert(db, user, pin_hash)
            record(user)
        return user

    def set_pin(self, name: str, pin: str, *, record: Callable[[User], None] = not_recorded) -> User:
        """Give a user another PIN; a lock ends.  Raises UserError, PinError."""
        pin_hash = self._required(pin)
        return self._change(name, "pin_hash", pin_hash, record, unlocks=True)

    def disable(self, name: str, *, record: Callable[[User], None] = not_recorded) -> User:
        """Let a user in no more.  Raises UserError; NotAllowedError for the last administrator."""
        return self._change(name, "is_enabled", 0, record)

    def enable(self, name: str, *, record: Callable[[User], None] = not_recorded) -> User:
        """Let a user in again; a lock ends.  Raises UserError."""
        return self._change(name, "is_enabled", 1, record, unlocks=True)

    def set_role(self, name: str, role: Role, *, record: Callable[[User], None] = not_recorded) -> User:
        """Give a user another role.  Raises UserError; NotAllowedError for the last administrator."""
        return self._change(name, "role", str(role), record)

    def _change(
        self,
        name: str,
        column: str,
        value: object,
        record: Callable[[User], None],
        *,
        unlocks: bool = False,
    ) -> User:
        if not self._is_there():
            raise _unknown(name)
        compared = compared_name(name)
        with self._changing() as db:
            account = _accounts(db, self.path).get(compared)
            if account is None:
                raise _unknown(name)
            db.execute(f"UPDATE users SET {column} = ? WHERE id = ?", [value, account.id])
            if unlocks:
                db.execute("DELETE FROM tries WHERE who = ?", [account.who])
            changed = _accounts(db, self.path)
            if not any(_manages_users(one.user) for one in changed.values()):
                raise NotAllowedError(
                    f"{account.user.name} is the last administrator who can sign in: nobody could manage the "
                    "users any more"
                )
            user = self._with_lock(db, changed[compared], self._now())
            record(user)
        return user

    def _insert(self, db: Database, user: User, pin_hash: str) -> None:
        db.execute(
            "INSERT INTO users (name, compared, role, is_enabled, pin_hash, added) VALUES (?, ?, ?, 1, ?, ?)",
            [user.name, compared_name(user.name), str(user.role), pin_hash, self._clock().isoformat()],
        )

    # PINs and clocks

    def _required(self, pin: str) -> str:
        require_pin(pin)
        return self._hashed(pin)

    def _hashed(self, pin: str) -> str:
        from argon2.exceptions import HashingError

        try:
            return self._hasher().hash(pin)
        except HashingError as error:  # 64 MiB are not to be had
            raise UserListError(f"the PIN cannot be hashed: {error}") from error

    def _hasher(self) -> PasswordHasher:
        if self._given_hasher is None:
            from argon2 import PasswordHasher  # 40 ms, which a call that needs no user never spends

            self._given_hasher = PasswordHasher()
        return self._given_hasher

    def _now(self) -> Moment:
        return Moment(self._clock().timestamp(), self._uptime())

    def _with_lock(self, db: Database, account: _Account, now: Moment) -> User:
        remaining_s = _tries(db, account.who, now).remaining_s(now)
        until = self._clock() + timedelta(seconds=remaining_s) if remaining_s > 0 else None
        return User(account.user.name, account.user.role, account.user.is_enabled, until)

    # The file

    def _is_there(self) -> bool:
        try:
            return self.path.exists()
        except (OSError, ValueError) as error:
            raise self._out_of_reach(error) from error

    def _is_begun(self) -> bool:
        if not self._is_there():
            return False
        with self._opened() as db:
            return _is_begun(db)

    def _make_file(self) -> None:
        """Make an empty file that its owner alone may read; SQLite would let everyone read it."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except (OSError, ValueError) as error:
            raise self._out_of_reach(error) from error

    @contextmanager
    def _changing(self) -> Iterator[Database]:
        # COMMIT needs the lock that keeps readers out too.  It is waited for before anything is recorded.
        with self._opened() as db, _transaction(db, "EXCLUSIVE"):
            yield db

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        try:
            db = self._connected()
            try:
                # With a rollback journal only EXTRA also syncs the folder: after a power cut right behind a
                # commit the count of wrong PINs would be what it was before.
                db.execute("PRAGMA synchronous = EXTRA")
                _require_user_list(db, self.path)
                yield db
            finally:
                db.close()
        except sqlite3.Error as error:
            raise self._out_of_reach(error) from error

    def _connected(self) -> Database:
        try:
            uri = f"{self.path.absolute().as_uri()}?mode=rw"  # made by the first user, never by looking
        except ValueError as error:
            raise self._out_of_reach(error) from error
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        return Database(connection, execute_plugins=False)

    def _out_of_reach(self, error: Exception) -> UserListError:
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        return UserListError(
            f"expected the list of users in {self.path}, found: {said}; nothing that needs a user is "
            "possible until that is put right"
        )


@contextmanager
def _transaction(db: Database, lock: str = "IMMEDIATE") -> Iterator[None]:
    """Hold the write lock from the start: all of it is written, or nothing."""
    db.execute(f"BEGIN {lock}")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise


def _require_user_list(db: Database, path: Path) -> None:
    """Refuse a file that is damaged or no list of users; one without any content passes."""
    if _is_blank(db) or _is_begun(db):
        return
    found = _application_id(db)
    if found != APPLICATION_ID:
        raise UserListError(f"expected the list of users in {path}, found an SQLite file of another kind")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version != FORMAT:
        raise UserListError(f"expected a list of users of format {FORMAT} in {path}, found format {version}")
    problem = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if problem != "ok":
        raise _damaged(path, problem)


def _is_blank(db: Database) -> bool:
    """Tell whether nothing was ever written; one flipped bit can hide all tables, but not the whole id."""
    return _is_bare(db) and _application_id(db) == 0


def _is_begun(db: Database) -> bool:
    """Tell whether the first user was about to be recorded, and nobody is in the list yet."""
    return _is_bare(db) and _application_id(db) == BEGUN_ID


def _is_bare(db: Database) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def _application_id(db: Database) -> int:
    return int(db.execute("PRAGMA application_id").fetchone()[0])


def _make_tables(db: Database) -> None:
    for table in _TABLES:
        db.execute(table)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {FORMAT}")


def _accounts(db: Database, path: Path) -> dict[str, _Account]:
    """Read all users, by the form in which their names are compared."""
    if _is_blank(db) or _is_begun(db):
        return {}
    rows = db.execute("SELECT id, name, compared, role, is_enabled, pin_hash FROM users").fetchall()
    accounts = {}
    for number, name, compared, role, is_enabled, pin_hash in rows:
        if compared != compared_name(name) or not pin_hash.startswith("$argon2id$"):
            raise _damaged(path, f"user {number} contradicts itself")
        accounts[compared] = _Account(number, User(name, Role(role), bool(is_enabled)), pin_hash)
    if not accounts:  # the first user came together with the tables, and none is ever taken out
        raise _damaged(path, "there is no user in it")
    return accounts


def _tries(db: Database, who: str, now: Moment) -> Tries:
    row = db.execute("SELECT failures, wall_s, uptime_s FROM tries WHERE who = ?", [who]).fetchone()
    return Tries(0, now) if row is None else Tries(row[0], Moment(row[1], row[2]))


def _manages_users(user: User) -> bool:
    return user.is_enabled and user.role is Role.ADMINISTRATOR


def _stranger(compared: str) -> str:
    """Give the key under which tries with a name that nobody has are counted."""
    digest = hashlib.sha256(compared.encode("utf-8", "surrogatepass")).digest()
    return f"stranger {int.from_bytes(digest[:4]) % SHELVES_OF_STRANGERS}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _unknown(name: str) -> UserError:
    return UserError(f"there is no user {name!r}")


def _damaged(path: Path, problem: str) -> UserListError:
    return UserListError(
        f"the list of users {path} is damaged: {problem}; put it back from a copy; until then nothing that "
        "needs a user is possible"
    )
