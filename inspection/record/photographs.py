"""Photographs of a sample, kept by their hash in a folder beside the log.

    IMG_0007.JPG  ->  photographs/5f3c....jpg        never changed, never overwritten

The log holds name, length and hash, and so proves which photograph it was; the picture lies in the folder.
Not a byte of it is touched: what a camera wrote into it, such as place and time, stays in it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final

from inspection.errors import LogNoRoomError, LogWriteError, RecordError
from inspection.log_copies import copy_bytes, sha256_of
from inspection.record.recording import fields_of, section_of
from inspection.record.sections import Photograph, Section, photograph_of
from inspection.records import EntryKind, LogEntry
from spectra_library.formats.plain_text import cleaned
from spectra_library.whole_file import NO_ROOM, sync_folder

LARGEST_PHOTOGRAPH: Final = 50_000_000  # bytes; a camera of 100 megapixels writes 40 MB
KEPT_NAME: Final = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_ENDING: Final = re.compile(r"\.[a-z0-9]{1,8}")
_PIECE: Final = 1 << 20


class PhotographState(StrEnum):
    """What became of a photograph that the log names."""

    THERE = "there"
    MISSING = "missing"
    CHANGED = "changed"


def keep_photograph(path: Path, folder: Path) -> Photograph:
    """Copy the photograph ``path`` into ``folder``, whole or not at all; a missing folder is made.

    One that is there already is not written again.
    Raises RecordError for what is no file with something in it, or too large; LogWriteError and
    LogNoRoomError when it cannot be kept.
    """
    photograph = _described(path)
    kept = kept_path(photograph, folder)
    state = photograph_state(photograph, folder)
    if state is PhotographState.CHANGED:
        raise RecordError(
            f"expected the photograph {photograph.name!r} as it was kept, found another content in {kept}: "
            "move that file away"
        )
    if state is PhotographState.MISSING:
        _copy(path, photograph, kept)
    return photograph


def photograph_state(photograph: Photograph, folder: Path) -> PhotographState:
    """Compare a photograph with what lies in ``folder``; what cannot be read counts as missing."""
    kept = kept_path(photograph, folder)
    try:
        if not kept.is_file():
            return PhotographState.MISSING
        is_whole = sha256_of(kept) == photograph.sha256
    except OSError:
        return PhotographState.MISSING
    return PhotographState.THERE if is_whole else PhotographState.CHANGED


def kept_path(photograph: Photograph, folder: Path) -> Path:
    """Name the file in which a photograph is kept."""
    return folder / kept_name(photograph)


def kept_name(photograph: Photograph) -> str:
    """Give the hash with the ending of the file's own name, where that is a plain one."""
    ending = PurePath(photograph.name).suffix.lower()
    return photograph.sha256 + (ending if _ENDING.fullmatch(ending) else "")


def named_photographs(entry: LogEntry) -> tuple[Photograph, ...]:
    """Give the photographs that an entry names: where a sample was described, or that was amended.

    What is no photograph, in a log that another program wrote, is left out.
    """
    if section_of(entry) is Section.SAMPLE:
        named = fields_of(entry).get("photographs")
    elif entry.kind is EntryKind.AMENDMENT and entry.body.get("field") == "photographs":
        named = entry.body.get("value")
    else:
        return ()
    if not isinstance(named, list):
        return ()
    read = (photograph_of(one) for one in named)
    return tuple(one for one in read if one is not None)


def _described(path: Path) -> Photograph:
    """Read a file once.  Its name is kept without what is not seen."""
    digest, size = hashlib.sha256(), 0
    try:
        if not path.is_file():  # a pipe or a device would never end
            found = "a folder" if path.is_dir() else "none of this name"
            raise RecordError(f"expected the file of a photograph at {path}, found {found}")
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > LARGEST_PHOTOGRAPH:
                    raise RecordError(
                        f"expected a photograph of at most {LARGEST_PHOTOGRAPH // 10**6} MB, "
                        f"found a larger file: {path}"
                    )
                digest.update(piece)
    except (OSError, ValueError) as error:  # ValueError: a name that no system can have
        said = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise RecordError(f"expected a photograph that can be read at {path}, found: {said}") from error
    if size == 0:
        raise RecordError(f"expected a photograph in {path}, found an empty file")
    return Photograph(cleaned(path.name) or "photograph", size, digest.hexdigest())


def _copy(path: Path, photograph: Photograph, kept: Path) -> None:
    part = kept.with_name(f".{kept.name}.{secrets.token_hex(4)}.new")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            if copy_bytes(path, part) != photograph.sha256:
                raise RecordError(
                    f"expected {path} to stay as it is while it is copied, found that it changed"
                )
            part.chmod(0o600)
            part.replace(kept)
        finally:
            with suppress(OSError):
                part.unlink()
        sync_folder(kept.parent)
    except OSError as error:
        reason = LogNoRoomError if error.errno in NO_ROOM else LogWriteError
        raise reason(f"the photograph {path} could not be kept: {error.strerror or error}") from error
