"""The national list in force, in one file that is whole or not there.

chemgate national list 1
by: Officer 1
at: 2026-11-24T10:00:00+00:00
file: list.csv
sha256: of all bytes behind the empty line
                                             an empty line
title;...                                    the list as it was imported, byte for byte
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from spectra_library.errors import CatalogueError
from spectra_library.formats.plain_text import cleaned
from spectra_library.national_list import LARGEST_LIST, NationalList, parse_national_list, read_bounded
from spectra_library.whole_file import write_whole

_FIRST_LINE: Final = "chemgate national list 1"
_WORDS: Final = ("by", "at", "file", "sha256")
_LONGEST_HEAD: Final = 2000  # bytes


@dataclass(frozen=True, slots=True)
class StoredNationalList:
    """The list with who imported it, when (ISO 8601), from which file, and the hash of its bytes."""

    national: NationalList
    by: str
    at: str
    file: str
    sha256: str


def store_national_list(
    path: Path, content: bytes, *, file: str, by: str, at: datetime
) -> StoredNationalList:
    """Let the list in ``content`` be the one in force, in one step.

    Raises CatalogueError when it cannot be read as a list or written; then the one before stays in force.
    """
    parse_national_list(content, name=cleaned(file))
    sha256 = hashlib.sha256(content).hexdigest()
    values = (cleaned(by), at.isoformat(timespec="seconds"), cleaned(file), sha256)
    head = [_FIRST_LINE, *(f"{word}: {value}" for word, value in zip(_WORDS, values, strict=True))]
    try:
        write_whole(path, "\n".join([*head, "", ""]).encode() + content)
    except OSError as error:
        found = error.strerror or error
        raise CatalogueError(f"expected to write the national list to {path}, found: {found}") from error
    stored = read_stored_list(path)
    if stored is None:
        raise CatalogueError(f"expected the national list in {path} after it was written, found none")
    return stored


def read_stored_list(path: Path) -> StoredNationalList | None:
    """Read the list in force; None when there is none.  Raises CatalogueError when its file is damaged."""
    if not _is_there(path):
        return None
    content = read_bounded(path, LARGEST_LIST + _LONGEST_HEAD)
    head, _, body = content.partition(b"\n\n")
    lines = head.decode("utf-8", errors="replace").split("\n")
    said = dict(line.partition(": ")[::2] for line in lines[1:])
    if lines[0] != _FIRST_LINE or set(said) != set(_WORDS):
        raise CatalogueError(f"expected the head of a national list in {path}, found something else")
    if hashlib.sha256(body).hexdigest() != said["sha256"]:
        raise CatalogueError(
            f"expected a national list with the hash {said['sha256'][:16]} in {path}, found another"
        )
    return StoredNationalList(parse_national_list(body, name=said["file"]), **said)


def remove_stored_list(path: Path) -> bool:
    """Let no national list be in force; tell whether there was one.  Raises CatalogueError."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        found = error.strerror or error
        raise CatalogueError(f"expected to remove the national list in {path}, found: {found}") from error
    return True


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # a list that cannot be looked at is not the same as none: reading it says why
    return True
