"""Write a file in one step: after a crash, a kill or a full disk there is the old file or the new one.

write .NAME.XXXXXXXX.part beside it -> fsync -> replace NAME -> fsync the folder
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from inspection.errors import ExportError, ExportNoRoomError
from spectra_library.whole_file import sync_folder

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


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

    Missing folders are made.  Raises ExportError, or ExportNoRoomError on a full disk; then ``path`` is what
    it was before.
    """
    require_file_name(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as stream:
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


def write_atomically(path: Path, content: bytes) -> str:
    """Put ``content`` in the place of ``path`` and give its SHA-256.  Raises ExportError."""
    with replacing(path) as file:
        file.write(content)
        return file.sha256
