"""A secret in a file that its owner alone may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from spectra_library.whole_file import write_whole


def read_secret(path: Path) -> str | None:
    """Give the one line in ``path``; None when there is no such file.

    Raises OSError, also (PermissionError) where others may read the file; ValueError for what is not ASCII.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        return None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise PermissionError(f"others than its owner may read it; run chmod 600 on {path}")
    return text


def write_secret(path: Path, secret: str) -> None:
    """Put ``secret`` into ``path``, whole or not at all.  Raises OSError."""
    write_whole(path, f"{secret}\n".encode("ascii"), mode=0o600)
