"""Room kept free on the disk: given up when it is full, so that one last record can still be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

RESERVED_BYTES: Final = 4 * 1024 * 1024  # a scan of the finest resolution takes 0.7 MB, twice


class Reserve:
    """One file of nothing beside the log."""

    def __init__(self, path: Path, *, size: int = RESERVED_BYTES) -> None:
        self._path = path
        self._size = size

    def fill(self) -> bool:
        """Take the room, unless it is held already; tell whether it is held now."""
        try:
            if self._path.exists() and self._path.stat().st_size >= self._size:
                return True
            with self._path.open("wb") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, self._size)
                else:
                    file.write(bytes(self._size))
        except OSError:
            self.release()  # there is no room for a reserve: half of one is better given back at once
            return False
        return True

    def release(self) -> bool:
        """Give the room back; tell whether there was any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True
