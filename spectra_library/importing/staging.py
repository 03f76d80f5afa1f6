"""What an import has read so far, in one SQLite file, so that an interrupted one need not read it again.

    head     one row: format, key of the import (its sources, the program), the day it began
    answer   file_sha256, name | the parts of the file, as the limited reader gives them | SHA-256 of the row

A row is taken only when its own hash holds.  The file is locked while it is open, so that two imports into
one library exclude each other.
"""

from __future__ import annotations

import hashlib
import io
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from spectra_library.errors import FormatError, LibraryStoreError, ReaderFailedError
from spectra_library.formats.sandbox_answers import received
from spectra_library.formats.sandbox_wire import answer, refusal
from spectra_library.importing.reading import Answer

if TYPE_CHECKING:
    import sqlite3
else:
    from sqlite_utils.utils import sqlite3  # pysqlite3, as in store.py

DAMAGED: Final = "what was there is damaged"
OTHER_IMPORT: Final = "it was begun with other files, or by another version of the program"
_FORMAT: Final = "chemgate import 1"
_TABLES: Final = (
    "CREATE TABLE head (format TEXT, key TEXT, begun_on TEXT)",
    "CREATE TABLE answer (file_sha256 TEXT, name TEXT, parts BLOB, sha256 TEXT,"
    " PRIMARY KEY (file_sha256, name)) WITHOUT ROWID",
)


class Staging:
    """The open staging file of one import, for one thread.  Close it, or use it as a context.

    ``begun_on`` is the day on which the import began; ``discarded`` says why what was there could not be
    gone on with, empty when there was nothing.
    """

    def __init__(self, path: Path, *, key: str, today: str) -> None:
        """Open or make the file at ``path`` for the import that ``key`` describes.

        Raises LibraryStoreError when another import holds it, or it cannot be written.
        """
        self._path = path
        self.discarded = ""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._open(key, today)
            except sqlite3.OperationalError:  # locked, read-only, full
                raise
            except sqlite3.DatabaseError:
                self._put_away()
                self._open(key, today)
        except (OSError, sqlite3.Error) as error:
            raise _not_written(path, error) from error

    def answer(self, file_sha256: str, name: str) -> Answer | None:
        """Give what was read of a file; None when it was not read, or the row is damaged."""
        try:
            row = self._connection.execute(
                "SELECT parts, sha256 FROM answer WHERE file_sha256 = ? AND name = ?", (file_sha256, name)
            ).fetchone()
        except sqlite3.Error:
            return None  # a damaged page: the file is read again
        if row is None or row[1] != _row_sha256(file_sha256, name, row[0]):
            return None
        try:
            return received(io.BytesIO(row[0]))
        except ReaderFailedError:
            return None
        except FormatError as error:
            return error
        except EOFError:
            return None

    def keep(self, file_sha256: str, name: str, found: Answer) -> None:
        """Keep what was read of a file, for good with the next ``commit``.  Raises LibraryStoreError."""
        parts = refusal(found) if isinstance(found, FormatError) else b"".join(answer(found))
        row = (file_sha256, name, parts, _row_sha256(file_sha256, name, parts))
        self._execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", row)

    def commit(self) -> None:
        """Let what was kept survive a kill from here on.  Raises LibraryStoreError."""
        self._execute("COMMIT")
        self._execute("BEGIN IMMEDIATE")

    def remove(self) -> None:
        """Delete the file: the import is finished."""
        self.close()
        with suppress(OSError):  # another import waits for it; it will see that this is not its own
            self._path.unlink(missing_ok=True)
            self._journal.unlink(missing_ok=True)  # of a run that was killed; sqlite leaves it

    def close(self) -> None:
        """Let go of the file; what was not committed is lost, and will be read again."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _open(self, key: str, today: str) -> None:
        self._connection = sqlite3.connect(str(self._path), timeout=0, isolation_level=None)
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # kept beyond the transaction
            self._connection.execute("BEGIN EXCLUSIVE")
            self.begun_on = self._go_on(key) or self._begin(key, today)
        except sqlite3.Error:
            self._connection.close()
            raise

    def _put_away(self) -> None:
        """Delete what is no database, or a damaged one."""
        self.discarded = DAMAGED
        self._path.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)

    @property
    def _journal(self) -> Path:
        return self._path.with_name(f"{self._path.name}-journal")

    def _go_on(self, key: str) -> str | None:
        """Give the day of the import that was begun here; None when it is another one."""
        found = self._connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'answer'"
        ).fetchone()
        if found[0] == 0:
            return None
        heads = self._connection.execute("SELECT format, key, begun_on FROM head").fetchall()
        # Counted so that a damaged table shows now, while it can still be put away.
        self._connection.execute("SELECT count(*) FROM answer").fetchone()
        if len(heads) != 1 or heads[0][:2] != (_FORMAT, key):
            self.discarded = OTHER_IMPORT
            return None
        return str(heads[0][2])

    def _begin(self, key: str, today: str) -> str:
        for table in ("head", "answer"):
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _TABLES:
            self._connection.execute(statement)
        self._connection.execute("INSERT INTO head VALUES (?, ?, ?)", (_FORMAT, key, today))
        self.commit()
        return today

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise _not_written(self._path, error) from error


def _row_sha256(file_sha256: str, name: str, parts: bytes) -> str:
    digest = hashlib.sha256(f"{file_sha256}\n{name}\n".encode("utf-8", "replace"))
    digest.update(parts)
    return digest.hexdigest()


def _not_written(path: Path, error: OSError | sqlite3.Error) -> LibraryStoreError:
    if "locked" in str(error):
        return LibraryStoreError("another import into this library is running")
    return LibraryStoreError(f"expected to write what is imported into {path}, found: {error}")
