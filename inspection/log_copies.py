"""The file of a volume in another place, whole: what backups and archives have in common."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from inspection.log_file import connect, pragma, translated
from inspection.log_volume import BUSY_TIMEOUT_S

# What SQLite keeps beside a file that is being written; in the two that may hold records, others are lost.
WAL: Final = "-wal"
SHM: Final = "-shm"
HOLD_RECORDS: Final = (WAL, "-journal")
BESIDE: Final = (*HOLD_RECORDS, SHM)


def beside(path: Path, ending: str) -> Path:
    """Name a file that SQLite keeps beside ``path``."""
    return path.with_name(path.name + ending)


def sha256_of(path: Path) -> str:
    """Hash a file as it stands; 64 hex digits.  Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_bytes(source: Path, target: Path) -> str:
    """Copy a file byte for byte, onto the disk; ``target`` appears whole or not at all.

    The hash is that of what can be read back there.  Raises OSError.
    """
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with source.open("rb") as read, part.open("xb") as written:
            shutil.copyfileobj(read, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())
        found = sha256_of(part)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    return found


def copy_database(source: Database, target: Path) -> None:
    """Copy what a connection sees at one moment into a new plain file, while others go on writing.

    Raises LogDamagedError, LogNoRoomError, LogWriteError, OSError.
    """
    with translated(target, "written"), closing(connect(target, timeout_s=BUSY_TIMEOUT_S)) as copy:
        source.conn.backup(copy.conn)
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()  # opens from a read-only medium too
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())


def lay_down(path: Path) -> None:
    """Turn the file of a volume into one plain file with nothing beside it.

    Raises LogWriteError where another program has it open.
    """
    with translated(path, "laid down"), closing(connect(path, timeout_s=0)) as db:
        if pragma(db, "journal_mode") != "delete":
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            db.execute("PRAGMA journal_mode = DELETE").fetchone()


@contextmanager
def held_alone(path: Path) -> Iterator[Database]:
    """Keep every other program out of a file that was laid down.

    Raises LogWriteError where another program has it open.
    """
    with translated(path, "locked"), closing(connect(path, timeout_s=0)) as db:
        db.execute("BEGIN EXCLUSIVE")
        try:
            yield db
        finally:
            db.rollback()
