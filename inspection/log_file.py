"""The SQLite file under a log: opened with the settings that make a record durable, or refused.

Evidence and training carry different application ids, so that one is never taken for the other.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from inspection.errors import (
    LogDamagedError,
    LogError,
    LogKindError,
    LogMissingError,
    LogNoRoomError,
    LogSettingsError,
    LogVersionError,
    LogWriteError,
)
from inspection.log_kind import LogKind
from inspection.migrations import SCHEMA_VERSION

if TYPE_CHECKING:
    import sqlite3
else:
    from sqlite_utils.utils import sqlite3  # pysqlite3: the module whose exceptions sqlite-utils raises

APPLICATION_IDS = {
    LogKind.EVIDENCE: 0x43474556,  # "CGEV"
    LogKind.TRAINING: 0x43475452,  # "CGTR"
}
# 3.7.0 to 3.51.2 can corrupt a WAL file that two connections write: https://www.sqlite.org/wal.html#walresetbug
SAFE_SQLITE = (3, 51, 3)
DURABLE_SETTINGS: dict[str, object] = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
# A commit that also moves earlier ones into the file takes 20 to 40 times as long.  A record writes 30 pages:
# one commit in 270 does so, where 1,000 pages would make it one in 33.  After a kill the next start reads up
# to 33 MB more, which takes 25 ms.
PAGES_BEFORE_CHECKPOINT = 8000
DAMAGED_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BESIDE_A_WAL_FILE = 64 * 1024  # bytes that SQLite puts beside it, even for one who reads: 32 KiB, rounded up


def open_writable(path: Path, kind: LogKind, *, busy_timeout_s: float) -> Database:
    """Open or create ``path``; a new file is still empty.

    Raises LogVersionError, LogKindError, LogSettingsError, LogDamagedError, LogWriteError.
    """
    require_safe_sqlite(kind, sqlite_version())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        raise LogWriteError(f"the folder of the log {str(path)!r} cannot be made: {error}") from error
    _is_file(path, LogWriteError)
    with translated(path, "opened for writing"):
        db = connect(path, timeout_s=busy_timeout_s)
        try:
            require_kind(db, path, kind)
            _apply_settings(db, path, busy_timeout_s)
        except BaseException:
            db.close()
            raise
    return db


def open_readable(path: Path, kind: LogKind, *, busy_timeout_s: float) -> Database:
    """Open ``path`` for reading, from a read-only medium too.

    Raises LogMissingError, LogVersionError, LogKindError, LogDamagedError, LogError.
    """
    if not _is_file(path, LogError):
        raise LogMissingError(f"expected one at {path}, found none")
    with translated(path, "read", LogError):
        try:
            return _connect_readable(path, kind, "mode=ro", busy_timeout_s)
        except sqlite3.OperationalError as error:
            # A WAL file wants a file beside it even for reading.  Where that cannot be made, on a medium that
            # is read-only or full, nobody else can write either, so the file may be read as it stands -
            # unless records still wait in the WAL.
            wal = path.with_name(path.name + "-wal")
            may_write = os.access(path.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
            if may_write and (error.sqlite_errorcode & 0xFF) == sqlite3.SQLITE_READONLY:
                _undo_interrupted(path, busy_timeout_s)
                return _connect_readable(path, kind, "mode=ro", busy_timeout_s)
            if (may_write and not _is_for_want_of_room(error, path)) or (
                wal.exists() and wal.stat().st_size > 0
            ):
                raise
            return _connect_readable(path, kind, "mode=ro&immutable=1", busy_timeout_s)


def _is_file(path: Path, otherwise: type[LogError]) -> bool:
    """Tell whether there is a file; ``otherwise`` is raised for a folder, or a pipe that never ends."""
    try:
        is_file = path.is_file()
        is_other = not is_file and path.exists()
    except OSError as error:
        raise otherwise(f"the log {path} cannot be reached: {error.strerror or error}") from error
    if is_other:
        raise otherwise(f"expected a file at {path}, found what is none, such as a folder or a pipe")
    return is_file


def connect(target: Path | str, *, is_uri: bool = False, timeout_s: float) -> Database:
    """Open a file, every transaction being begun and ended by us."""
    connection = sqlite3.connect(target, uri=is_uri, timeout=timeout_s, isolation_level=None)
    # Nobody's plugins: they have no business in the log, and to look for them takes 20 ms.
    return Database(connection, execute_plugins=False)


def _undo_interrupted(path: Path, busy_timeout_s: float) -> None:
    """Let SQLite undo what a power cut interrupted, which it does not do for one who only reads."""
    db = connect(f"{path.resolve().as_uri()}?mode=rw", is_uri=True, timeout_s=busy_timeout_s)
    try:
        is_empty(db)
    finally:
        db.close()


def _connect_readable(path: Path, kind: LogKind, mode: str, busy_timeout_s: float) -> Database:
    uri = f"{path.resolve().as_uri()}?{mode}"
    db = connect(uri, is_uri=True, timeout_s=busy_timeout_s)
    try:
        require_kind(db, path, kind)
        if is_empty(db):
            raise LogMissingError(f"expected one at {path}, found an empty file")
        db.execute(
            "SELECT 1 FROM entries LIMIT 1"
        ).fetchone()  # a WAL file opens without complaint, then fails
    except BaseException:
        db.close()
        raise
    return db


def sqlite_version() -> str:
    """Tell which SQLite is linked."""
    return str(sqlite3.sqlite_version)


def require_safe_sqlite(kind: LogKind, version: str) -> None:
    """Refuse to write evidence through an SQLite that can corrupt it.  Raises LogVersionError."""
    if kind is LogKind.EVIDENCE and tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
        wanted = ".".join(str(part) for part in SAFE_SQLITE)
        raise LogVersionError(
            f"evidence needs SQLite {wanted} or newer, found {version}, which can corrupt a log that two "
            "programs have open; install pysqlite3, or work in training mode"
        )


def require_kind(db: Database, path: Path, kind: LogKind) -> None:
    """Refuse a file that is not a log of ``kind``.  Raises LogKindError, LogVersionError."""
    found, has_nothing, version = _at_one_moment(db)
    if found != APPLICATION_IDS[kind]:
        if found == 0 and has_nothing:
            return
        other = next((str(name) for name, number in APPLICATION_IDS.items() if number == found), "")
        what = f"the log of {other} mode" if other else "an SQLite file of another program"
        raise LogKindError(f"expected the log of {kind} mode at {path}, found {what}")
    if version != SCHEMA_VERSION:
        is_newer = isinstance(version, int) and version > SCHEMA_VERSION
        raise LogVersionError(
            f"expected a log of format {SCHEMA_VERSION} at {path}, found {version}: it was written by "
            + (
                "a newer version of this program"
                if is_newer
                else "an earlier version, which was no release; move it away"
            )
        )


def _at_one_moment(db: Database) -> tuple[object, bool, object]:
    """Read application id, emptiness and version together: another program may be beginning the file."""
    is_ours = not db.conn.in_transaction
    if is_ours:
        db.execute("BEGIN")
    try:
        return pragma(db, "application_id"), is_empty(db), pragma(db, "user_version")
    finally:
        if is_ours:
            db.rollback()  # nothing where SQLite has done so itself, or the trouble behind it would be hidden


def is_empty(db: Database) -> bool:
    """Say whether nothing was ever stored in the file."""
    return db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None


def pragma(db: Database, name: str) -> object:
    """Read one setting back from SQLite."""
    row = db.execute(f"PRAGMA {name}").fetchone()
    return row[0] if row else None


def _apply_settings(db: Database, path: Path, busy_timeout_s: float) -> None:
    _switch_to_wal(db, busy_timeout_s)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute(f"PRAGMA wal_autocheckpoint = {PAGES_BEFORE_CHECKPOINT}")
    for name, wanted in DURABLE_SETTINGS.items():
        found = pragma(db, name)
        if found != wanted:
            raise LogSettingsError(
                f"expected SQLite to keep {path} with {name} = {wanted}, found {found}: "
                "records would not be safe there; choose a folder on a local disk"
            )


def _switch_to_wal(db: Database, busy_timeout_s: float) -> None:
    """Switch, waiting for others: SQLite does not wait by itself when two programs switch at once."""
    deadline = time.monotonic() + busy_timeout_s
    while True:
        try:
            db.enable_wal()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _is_for_want_of_room(error: sqlite3.Error, path: Path) -> bool:
    """Tell whether the disk is full; of what lies beside a file and finds no room SQLite does not say why."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    if (code & 0xFF) == sqlite3.SQLITE_IOERR:
        with suppress(OSError):
            return shutil.disk_usage(path.parent).free < BESIDE_A_WAL_FILE
    return (code & 0xFF) == sqlite3.SQLITE_FULL


@contextmanager
def translated(path: Path, done: str, otherwise: type[LogError] = LogWriteError) -> Iterator[None]:
    """Turn an SQLite error into one clear sentence: LogDamagedError, or ``otherwise``."""
    try:
        yield
    except UnicodeDecodeError as error:  # what sqlite3 makes of a damaged name or text
        raise LogDamagedError(f"the log {path} is damaged: {error}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)  # the low byte is the kind, the rest a detail
        # A text that is not UTF-8 any more has no code: SQLite gave it, and sqlite3 could not read it.
        is_damaged = str(error).startswith("Could not decode to UTF-8") or (code or 0) & 0xFF in DAMAGED_CODES
        if is_damaged:
            raise LogDamagedError(f"the log {path} is damaged: {error}") from error
        if code is not None and (code & 0xFF) == sqlite3.SQLITE_BUSY:
            raise otherwise(f"the log {path} could not be {done}: another program keeps it locked") from error
        if _is_for_want_of_room(error, path):
            raise LogNoRoomError(f"the log {path} could not be {done}: the disk is full") from error
        raise otherwise(f"the log {path} could not be {done}: {error}") from error
