"""Whether a data folder can only be read: then the window is a viewer, and says so."""

from __future__ import annotations

import errno
import os
from pathlib import Path

REFUSALS = (errno.EROFS, errno.EACCES, errno.EPERM)
PROBE = ".chemgate-write-test"


def is_read_only(log: Path) -> bool:
    """Tell whether ``log`` or its folder takes nothing new; a disk that is full is another matter."""
    folder = log.parent
    try:
        if not folder.exists():
            return not os.access(_nearest(folder), os.W_OK)
        return (log.exists() and not os.access(log, os.W_OK)) or _refuses(folder)
    except OSError:  # not even to be looked at: what is wrong is said when it is opened
        return False


def _nearest(folder: Path) -> Path:
    """Give the folder in which ``folder`` would have to be made."""
    return next((parent for parent in folder.absolute().parents if parent.exists()), folder)


def _refuses(folder: Path) -> bool:
    """Try: what a folder's permissions say is not the whole truth on Windows, on shares and on media."""
    path = folder / f"{PROBE}-{os.getpid()}"
    try:
        with path.open("x"):
            pass
    except FileExistsError:
        return False
    except OSError as error:
        return error.errno in REFUSALS
    path.unlink(missing_ok=True)
    return False
