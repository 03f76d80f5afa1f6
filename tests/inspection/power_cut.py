"""A machine whose power fails: SQLite on a disk that forgets what was not brought to it.

    the log -> sqlite-utils -> ApswConnection -> SQLite as APSW brings it -> PowerCutFiles -> SimulatedDisk
                                                                                                |
    what a program sees          the files in ``folder`` as they stand                <---------+
    what a power cut leaves      of each file its durable bytes, and any of the writes since its last sync

At a cut every write that was not synced is kept or dropped by chance, whole or in sectors of 512 bytes, in
any combination; a file may have grown without its bytes; a name that was not synced may be gone, and a
deleted one be back.  It models the order in which writes reach a disk.  It does not test the SQLite that the
program brings: that one is given what a cut left, to read and to continue.

Shared memory cannot be simulated here, so a connection locks its file for itself alone.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

import apsw
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

SECTOR = 512
_names = itertools.count()
_DIRECTORY_IS_SYNCED_WITH = (  # as SQLite's own files for Unix do it
    apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
)


class PowerCutError(Exception):
    """The power is off: nothing reaches the disk any more."""


class Moment(StrEnum):
    """What counts as one moment at which the power can fail."""

    WRITE = "write"
    SYNC = "sync"
    TRUNCATE = "truncate"
    DELETE = "delete"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a cut keeps: ``chance_kept`` of each unsynced write, or when ``is_torn`` of each of its sectors.

    ``chance_grown`` that a file has its new size although the bytes are missing.
    """

    chance_kept: float
    is_torn: bool
    chance_grown: float = 0.25

    @classmethod
    def any(cls, chance: Random) -> Keeping:
        """Choose one: nothing, all and everything in between."""
        return cls(chance.choice((0.0, 0.5, chance.random(), 1.0)), chance.random() < 0.5)


@dataclass(slots=True)
class DiskFile:
    """One file: what is safe, and what was written since; ``data`` None is a truncation to ``offset``."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    has_durable_name: bool = False

    def sync(self) -> None:
        """Bring everything to the disk."""
        for offset, data in self.pending:
            _apply(self.durable, offset, data)
        self.pending.clear()

    def after_cut(self, keeping: Keeping, chance: Random, size_seen: int) -> bytes:
        """Give what is found when the power is back."""
        left = bytearray(self.durable)
        for offset, data in self.pending:
            for start, piece in _sectors(offset, data) if keeping.is_torn else ((offset, data),):
                if chance.random() < keeping.chance_kept:
                    _apply(left, start, piece)
        if len(left) < size_seen and chance.random() < keeping.chance_grown:
            left.extend(bytes(size_seen - len(left)))  # the size was written, the bytes were not
        return bytes(left)


class SimulatedDisk:
    """The files of one folder, from one start of the machine to its power cut."""

    def __init__(
        self, folder: Path, *, does_sync: bool = True, rewritten: Mapping[str, str] | None = None
    ) -> None:
        """Begin with everything in ``folder`` on the disk.

        ``does_sync`` false: a disk that lies.  ``rewritten`` statements that SQLite gets in place of others.
        """
        self.folder = folder
        self.is_off = False
        self.moments = 0
        self.failed_at: Moment | None = None
        self._does_sync = does_sync
        self._rewritten = rewritten or {}
        self._cut_at: int | None = None
        self._cut_after = False
        self._files: dict[Path, DiskFile] = {}
        self._deleted: dict[Path, DiskFile] = {}
        self._locks: dict[Path, dict[int, int]] = {}
        self._open: list[OpenFile] = []
        self._vfs = PowerCutFiles(self)

    def cut_at(self, moment: int, *, after: bool) -> None:
        """Let the power fail at the ``moment``-th call that changes the disk, before or after its effect."""
        self._cut_at, self._cut_after = self.moments + moment, after

    def cut(self) -> None:
        """Let the power fail now."""
        self.is_off = True

    def connect(self, target: Path | str, *, is_uri: bool = False, timeout_s: float = 0.0) -> Database:
        """Open a file as ``inspection.log_file.connect`` does, on this disk."""
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | (apsw.SQLITE_OPEN_URI if is_uri else 0)
        with _as_sqlite3_errors():
            connection = apsw.Connection(str(target), flags=flags, vfs=self._vfs.vfs_name)
        connection.set_busy_timeout(round(timeout_s * 1000))
        wrapped = ApswConnection(connection, self._rewritten)
        wrapped.execute("PRAGMA locking_mode = EXCLUSIVE")
        return Database(wrapped, execute_plugins=False)  # type: ignore[arg-type]

    def sync_folder(self, folder: Path) -> None:
        """Make the names in ``folder`` durable, and the deletions."""
        self._pass(Moment.SYNC)
        if self._does_sync:
            self._sync_names(folder)

    def restart(self, folder: Path, keeping: Keeping, chance: Random) -> None:
        """Write what the cut left into the new ``folder``."""
        self.is_off = True
        for path in self.folder.rglob("*"):  # what no part of this disk wrote, keys for one, is as it is
            if path.is_file() and path not in self._files and path not in self._deleted:
                _put(folder / path.relative_to(self.folder), path.read_bytes())
        for path, content in self._found_after_cut(keeping, chance):
            _put(folder / path.relative_to(self.folder), content)
        for opened in self._open:
            opened.let_go()
        self._vfs.unregister()

    def _found_after_cut(self, keeping: Keeping, chance: Random) -> Iterator[tuple[Path, bytes]]:
        for path in sorted({*self._files, *self._deleted}):
            new, old = self._files.get(path), self._deleted.get(path)
            if new is not None and (new.has_durable_name or chance.random() < 0.5):
                yield path, new.after_cut(keeping, chance, path.stat().st_size)
            elif old is not None and chance.random() < 0.5:
                yield path, old.after_cut(keeping, chance, 0)

    def _pass(self, moment: Moment) -> bool:
        """Count one moment; tell whether the power fails right after it.  Raises PowerCutError."""
        if self.is_off:
            raise PowerCutError(f"no {moment}: the power is off")
        self.moments += 1
        if self._cut_at is None or self.moments < self._cut_at:
            return False
        self.failed_at = moment
        if not self._cut_after:
            self.is_off = True
            raise PowerCutError(f"the power failed before a {moment}")
        return True

    def _fail_after(self, moment: Moment, *, is_last: bool) -> None:
        if is_last:
            self.is_off = True
            raise PowerCutError(f"the power failed after a {moment}")

    def _sync_names(self, folder: Path) -> None:
        for path, one in self._files.items():
            if path.parent == folder:
                one.has_durable_name = True
        for path in [path for path in self._deleted if path.parent == folder]:
            del self._deleted[path]

    # What the files ask for

    def open(self, path: Path, flags: int) -> OpenFile:
        """Open or create a file."""
        is_there = path.exists()
        if not is_there and not flags & apsw.SQLITE_OPEN_CREATE:
            raise apsw.CantOpenError(f"no file {path}")
        is_last = False
        if not is_there:
            is_last = self._pass(Moment.CREATE)
            path.touch()
            self._files[path] = DiskFile()
        elif path not in self._files:
            self._files[path] = _on_the_disk(path)
        opened = OpenFile(self, path, syncs_names=bool(flags & _DIRECTORY_IS_SYNCED_WITH))
        self._open.append(opened)
        self._fail_after(Moment.CREATE, is_last=is_last)
        return opened

    def delete(self, path: Path, *, is_synced: bool) -> None:
        """Delete a file; until its folder is synced it may come back."""
        is_last = self._pass(Moment.DELETE)
        self._deleted[path] = self._files.pop(path, None) or _on_the_disk(path)
        path.unlink()
        if is_synced and self._does_sync:
            self._sync_names(path.parent)
        self._fail_after(Moment.DELETE, is_last=is_last)

    def write(self, path: Path, descriptor: int, offset: int, data: bytes) -> None:
        """Write; until the next sync it may be lost."""
        is_last = self._pass(Moment.WRITE)
        os.pwrite(descriptor, data, offset)
        self._files[path].pending.append((offset, data))
        self._fail_after(Moment.WRITE, is_last=is_last)

    def truncate(self, path: Path, descriptor: int, size: int) -> None:
        """Cut a file; until the next sync it may be as long as before."""
        is_last = self._pass(Moment.TRUNCATE)
        os.ftruncate(descriptor, size)
        self._files[path].pending.append((size, None))
        self._fail_after(Moment.TRUNCATE, is_last=is_last)

    def sync(self, path: Path, *, with_names: bool) -> None:
        """Bring a file to the disk, and the names in its folder if ``with_names``."""
        is_last = self._pass(Moment.SYNC)
        if self._does_sync:
            self._files[path].sync()
            if with_names:
                self._sync_names(path.parent)
        self._fail_after(Moment.SYNC, is_last=is_last)

    def lock(self, path: Path, owner: int, level: int) -> None:
        """Take a lock, or raise BusyError."""
        others = {held for one, held in self._locks.get(path, {}).items() if one != owner}
        highest = max(others, default=apsw.SQLITE_LOCK_NONE)
        is_refused = (
            highest >= apsw.SQLITE_LOCK_PENDING
            or (level >= apsw.SQLITE_LOCK_RESERVED and highest >= apsw.SQLITE_LOCK_RESERVED)
            or (level == apsw.SQLITE_LOCK_EXCLUSIVE and highest > apsw.SQLITE_LOCK_NONE)
        )
        if is_refused:
            raise apsw.BusyError("another connection holds a lock")
        self._locks.setdefault(path, {})[owner] = level

    def unlock(self, path: Path, owner: int, level: int) -> None:
        """Give a lock back, down to ``level``."""
        self._locks.setdefault(path, {})[owner] = level

    def is_reserved(self, path: Path) -> bool:
        """Tell whether somebody is about to write."""
        return max(self._locks.get(path, {}).values(), default=0) >= apsw.SQLITE_LOCK_RESERVED


class PowerCutFiles(apsw.VFS):
    """How SQLite reaches a SimulatedDisk."""

    def __init__(self, disk: SimulatedDisk) -> None:
        self._disk = disk
        self.vfs_name = f"power cut {next(_names)}"
        super().__init__(self.vfs_name, base="", maxpathname=4096)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> Any:
        if name is None:  # SQLite's own scratch file, which does not outlive the machine
            return super().xOpen(name, flags)
        flags[1] = flags[0]
        text = name.filename() if isinstance(name, apsw.URIFilename) else name
        return self._disk.open(Path(text), flags[0])

    def xDelete(self, filename: str, syncdir: bool) -> None:
        path = Path(filename)
        if not path.exists():
            error = apsw.IOError(f"no file {filename}")
            error.extendedresult = apsw.SQLITE_IOERR_DELETE_NOENT
            raise error
        self._disk.delete(path, is_synced=syncdir)

    def xAccess(self, pathname: str, flags: int) -> bool:
        path = Path(pathname)
        # As SQLite's own files do it: an empty journal counts as none.
        return path.exists() and (flags != apsw.SQLITE_ACCESS_EXISTS or path.stat().st_size > 0)

    def xFullPathname(self, name: str) -> str:
        return os.path.abspath(name)  # noqa: PTH100 - as SQLite does it, symbolic links stay


class OpenFile:
    """One open file; the names are SQLite's."""

    def __init__(self, disk: SimulatedDisk, path: Path, *, syncs_names: bool) -> None:
        self._disk = disk
        self._path = path
        self._syncs_names = syncs_names
        self._descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        self._level = apsw.SQLITE_LOCK_NONE

    def let_go(self) -> None:
        """Close the descriptor; may be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._disk.is_off:
            raise PowerCutError("no read: the power is off")
        return os.pread(self._descriptor, amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.write(self._path, self._descriptor, offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._disk.truncate(self._path, self._descriptor, newsize)

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._path, with_names=self._syncs_names)
        self._syncs_names = False

    def xFileSize(self) -> int:
        return os.fstat(self._descriptor).st_size if self._descriptor >= 0 else 0

    def xLock(self, level: int) -> None:
        if level > self._level:
            self._disk.lock(self._path, id(self), level)
            self._level = level

    def xUnlock(self, level: int) -> None:
        self._disk.unlock(self._path, id(self), level)
        self._level = level

    def xCheckReservedLock(self) -> bool:
        return self._disk.is_reserved(self._path)

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096  # as SQLite's own files for Unix say

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # as SQLite's own files say by default

    def xClose(self) -> None:
        self._disk.unlock(self._path, id(self), apsw.SQLITE_LOCK_NONE)
        self.let_go()


class ApswConnection:
    """What sqlite-utils asks of a connection of Python's sqlite3, with every transaction being ours."""

    isolation_level = None

    def __init__(self, connection: apsw.Connection, rewritten: Mapping[str, str]) -> None:
        self._connection = connection
        self._rewritten = rewritten

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> ApswCursor:
        """Run one statement."""
        return self.cursor().execute(self._rewritten.get(sql, sql), parameters)

    def executescript(self, sql: str) -> ApswCursor:
        """Run statements."""
        return self.execute(sql)

    def cursor(self) -> ApswCursor:
        """Give a cursor."""
        return ApswCursor(self._connection)

    def create_function(self, name: str, arity: int, function: Any, *, deterministic: bool = False) -> None:
        """Make a function of Python known."""
        self._connection.create_scalar_function(name, function, arity, deterministic=deterministic)

    def interrupt(self) -> None:
        """Stop what runs."""
        self._connection.interrupt()

    def commit(self) -> None:
        """End the transaction that is open."""
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction that is open."""
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Close; may be called twice.  As in sqlite3 nobody hears of what fails while SQLite tidies up."""
        with suppress(apsw.Error, PowerCutError):
            self._connection.close(force=True)


class ApswCursor:
    """The rows of one statement, read at once."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self.description: tuple[tuple[str, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> ApswCursor:
        """Run one statement."""

        def look(cursor: apsw.Cursor, statement: str, bindings: object) -> bool:
            described = cursor.get_description()
            self.description = tuple((name, *[""] * 6) for name, _ in described) or None
            return True

        with _as_sqlite3_errors(), closing(self._connection.cursor()) as cursor:
            cursor.exec_trace = look
            self._rows = iter(cursor.execute(sql, parameters).fetchall())
        self.rowcount = self._connection.changes()
        self.lastrowid = self._connection.last_insert_rowid()
        return self

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """Give the next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give the rows that are left."""
        return list(self._rows)

    def close(self) -> None:
        """Let go of the rows."""
        self._rows = iter(())


class _as_sqlite3_errors:  # noqa: N801 - reads as a verb where it is used
    """Let the errors of APSW, and a power cut, look as SQLite's errors do to the program."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PowerCutError):
            code = apsw.SQLITE_IOERR
        elif isinstance(error, apsw.Error):
            code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
        else:
            return
        is_broken_rule = code & 0xFF == apsw.SQLITE_CONSTRAINT
        told = (sqlite3.IntegrityError if is_broken_rule else sqlite3.OperationalError)(str(error))
        told.sqlite_errorcode = code
        raise told from error


def _on_the_disk(path: Path) -> DiskFile:
    """Give a file that was there before, or that another part of the program made, which synced it."""
    return DiskFile(bytearray(path.read_bytes()), has_durable_name=True)


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _sectors(offset: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if data is None:
        yield offset, None
        return
    start = offset
    while start < offset + len(data):
        end = min((start // SECTOR + 1) * SECTOR, offset + len(data))
        yield start, data[start - offset : end - offset]
        start = end


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def copy_of(folder: Path, into: Path) -> Path:
    """Copy a folder, to look at what a cut left without changing it."""
    shutil.rmtree(into, ignore_errors=True)
    return shutil.copytree(folder, into)
