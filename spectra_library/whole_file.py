"""Put a small file in place whole or not at all, and let a new name in a folder survive a power cut."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)  # the disk, or this user's share of it, is full
_BINARY: Final = getattr(os, "O_BINARY", 0)  # or Windows would write two bytes for a newline


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Let ``content`` take the place of ``path`` in one step; a missing folder is made for this user alone.

    ``mode`` is who may read and write it, before the user's own mask.

    Raises OSError; then ``path`` is what it was before.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}.half")
    try:
        half.unlink(missing_ok=True)  # of a program with this number that was killed
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())  # or a power cut could leave the new name on an empty file
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in ``folder`` survive a power cut, where the system can do that for a folder."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some network file systems cannot; the file itself is on the disk already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
