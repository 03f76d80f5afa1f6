"""Write a file in one step: after a crash, a kill or a full disk there is the old file or the new one.

write .NAME.XXXXXXXX.part beside it -> fsync -> replace NAME -> fsync the folder

A folder that is not there is not made: the stick that was to hold the file may have been pulled out, and a
copy "on another medium" would lie on this computer.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from inspection.errors import ExportError, ExportNoRoomError, InspectionError, LogError
from inspection.folders import DataFolder
from inspection.log_kind import LogKind
from inspection.log_volume import volume_files
from spectra_library.whole_file import NO_ROOM, sync_folder

if sys.platform != "win32":
    import fcntl

BEGINNING_OF_SQLITE: Final = b"SQLite format 3\0"
REPORT_OF_IMPORT: Final = ".import.csv"
_BEGUN: Final = time.time()  # of this process, as near as matters: what it writes itself is younger


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: from how many records or rows, and the file's SHA-256 (64 hex digits)."""

    count: int
    sha256: str


class HashedWriter:
    """A file being written, with the hash of what was written so far."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def write(self, content: bytes) -> None:
        """Write ``content`` at the end."""
        self._stream.write(content)
        self._digest.update(content)

    @property
    def sha256(self) -> str:
        """Hash of everything written, 64 hex digits."""
        return self._digest.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[HashedWriter]:
    """Open a file that takes the place of ``path`` when the block ends without an exception.

    What a killed program left of an earlier try is removed.  Raises ExportError, also where the folder is not
    there, or ExportNoRoomError on a full disk; then ``path`` is what it was before.
    """
    require_place(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        _make_folder_of_exports(path.parent)
        _remove_left_parts(path)
        try:
            with part.open("xb") as stream:
                _hold(stream)
                yield HashedWriter(stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        reason = ExportNoRoomError if error.errno in NO_ROOM else ExportError
        raise reason(f"{path} could not be written: {error.strerror or error}") from error


def require_file_name(path: Path) -> None:
    """Refuse what no system can have as a file.  Raises ExportError.

    Checked by itself, so that no ValueError of the one who writes is mistaken for it.
    """
    try:
        is_writable = bool(path.name) and b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_writable = False
    if not is_writable:
        raise ExportError(f"expected the name of a file, found {str(path)!r}")


def require_place(path: Path) -> None:
    """Refuse a place that no file can take, and one where it would take that of something to be kept.

    That is a name that is none, a folder that is not there, a folder with a log but for its exports, and a
    database or the manifest of a backup wherever it lies.  Raises ExportError.
    """
    require_file_name(path)
    require_folder(path)
    try:
        for place in {path.parent.resolve() / path.name, path.resolve()}:  # where a link lies, and leads to
            _require_outside_of_logs(place, path)
        _require_nothing_to_keep(path)
    except (OSError, RuntimeError) as error:  # links that lead to each other
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ExportError(f"{path} could not be written: {said}") from error


def _require_outside_of_logs(place: Path, path: Path) -> None:
    for folder in place.parents:
        data = DataFolder(folder)
        if not _holds_log(data) or place.is_relative_to(data.exports):
            continue
        # The program's own report of an import: one that exists is replaced by the next import all the same.
        if place.parent == data.libraries and place.name.endswith(REPORT_OF_IMPORT):
            continue
        raise ExportError(
            f"expected a place outside of {folder}, which holds a log, or in its folder {data.exports.name}, "
            f"found {path}"
        )


def _require_nothing_to_keep(path: Path) -> None:
    if not path.is_file():
        return
    if path.name.lower() == "manifest.json":
        raise ExportError(f"expected the name of a new file, found the manifest of a backup: {path}")
    with path.open("rb") as stream:
        is_database = stream.read(len(BEGINNING_OF_SQLITE)) == BEGINNING_OF_SQLITE
    if is_database:
        raise ExportError(f"expected the name of a new file, found a database: {path}")


def _holds_log(data: DataFolder) -> bool:
    with suppress(LogError, OSError):  # a folder that may not be looked into
        return data.users.exists() or any(volume_files(data.log(kind)) for kind in LogKind)
    return False


def require_folder(path: Path, otherwise: type[InspectionError] = ExportError) -> None:
    """Refuse what would lie in a folder that is not there, but for the program's own.

    Raises ``otherwise``.
    """
    folder = path.parent
    try:
        is_there = folder.is_dir() or _is_folder_of_exports(folder)
    except OSError as error:
        raise otherwise(f"{path} could not be written: {error.strerror or error}") from error
    if not is_there:
        raise otherwise(f"{path} could not be written: there is no folder {folder}")


def _is_folder_of_exports(folder: Path) -> bool:
    data = DataFolder(folder.parent)
    return folder == data.exports and _holds_log(data)


def _make_folder_of_exports(folder: Path) -> None:
    if _is_folder_of_exports(folder):
        folder.mkdir(exist_ok=True)


def _hold(stream: BinaryIO) -> None:
    """Let other programs see that a file is being written; Windows removes no open file anyway."""
    if sys.platform != "win32":
        with suppress(OSError):  # a file system without locks
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove_left_parts(path: Path) -> None:
    """Remove what was to become ``path`` when a program was killed.

    Only plain files of exactly such a name go, older than this process, that nobody holds.
    """
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.part")
    found_here: list[Path] = []
    with suppress(OSError):  # a folder that may be written to and not looked into
        found_here = [one for one in path.parent.iterdir() if name.fullmatch(one.name)]
    for left in found_here:
        with suppress(OSError):  # another program was quicker, or still writes it
            found = left.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_mtime < _BEGUN:
                _remove_unless_held(left)


def _remove_unless_held(left: Path) -> None:
    if sys.platform == "win32":
        left.unlink()
        return
    with left.open("rb+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises also where it cannot be told
        left.unlink()


def write_atomically(path: Path, content: bytes) -> str:
    """Put ``content`` in the place of ``path`` and give its SHA-256.  Raises ExportError."""
    with replacing(path) as file:
        file.write(content)
        return file.sha256
