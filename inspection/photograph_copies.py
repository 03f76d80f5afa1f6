"""Photographs into a backup and out of one; a file under its own hash is the right one, or is not taken."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from inspection.errors import LogError
from inspection.log import InspectionLog
from inspection.log_copies import copy_bytes, sha256_of
from inspection.log_kind import LogKind
from inspection.photograph_check import photographs_of
from inspection.record.photographs import kept_name
from spectra_library.whole_file import sync_folder

PHOTOGRAPHS: Final = "photographs"  # the folder in a backup


def photographs_of_copy(first: Path, kind: LogKind) -> tuple[str, ...]:
    """Name the files of all photographs that a log names, as far as it can be read."""
    with suppress(LogError), InspectionLog.open_read_only(first, kind=kind) as log:
        return tuple(sorted({kept_name(one.photograph) for one in photographs_of(log)}))
    return ()


def copy_photographs(names: Sequence[str], target: Path, sources: Sequence[Path]) -> tuple[str, ...]:
    """Copy each photograph from the first of ``sources`` that has it unchanged; give the names of those.

    The last of them lies on the same medium: what is there is shared with it where the system can do that.
    Raises OSError.
    """
    if not names:
        return ()
    target.mkdir(mode=0o700, exist_ok=True)
    copied = tuple(
        name
        for name in names
        if _shared(sources[-1] / name, target / name)
        or any(_copied(folder / name, target / name) for folder in sources)
    )
    sync_folder(target)
    return copied


def put_photographs(names: Sequence[str], backup: Path, folder: Path) -> tuple[str, ...]:
    """Put photographs of a backup in place where there are none; give the names of those that were.

    One that is damaged in the backup is left there: the log is worth more than its pictures.  Raises OSError.
    """
    put = []
    for name in names:
        if (folder / name).exists():
            continue
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _copied(backup / PHOTOGRAPHS / name, folder / name):
            (folder / name).chmod(0o600)
            put.append(name)
    if put:
        sync_folder(folder)
    return tuple(put)


def _is_whole(path: Path) -> bool:
    """Tell whether a file is what its name says; one that cannot be read is not."""
    try:
        return path.is_file() and sha256_of(path) == path.name[:64]
    except OSError:
        return False


def _shared(source: Path, target: Path) -> bool:
    if not _is_whole(source):
        return False
    with suppress(OSError):  # a stick mostly cannot
        os.link(source, target)
        return True
    return False


def _copied(source: Path, target: Path) -> bool:
    """Copy one photograph, whole and right or not at all.  Raises OSError."""
    if not source.is_file():
        return False
    part = target.with_name(f".{target.name}.part")
    if copy_bytes(source, part) != target.name[:64]:
        part.unlink()
        return False
    part.replace(target)
    return True
