"""Files, folders and zip archives to one stream of contents, in an order that is always the same.

    PATH... -listed-> files and archives, counted -members-> name, content | name, why it is refused

One content is in memory at a time.  Links are not followed, hidden files are left out, nothing is unpacked to
disk.  ``name`` is the path within the folder or archive that was given, so that it is the same on every
computer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spectra_library.errors import FormatError
from spectra_library.formats.file_content import MAX_FILE_BYTES, file_bytes
from spectra_library.formats.plain_text import cleaned
from spectra_library.formats.sandbox import CHOSEN_LIBRARY
from spectra_library.formats.zip_members import MAX_MEMBERS, is_zip, opened_zip


@dataclass(frozen=True, slots=True)
class Member:
    """One file: ``place`` to show to people, ``name`` to keep.

    ``is_chosen``: somebody named this very file, which may take longer to read.
    """

    place: str
    name: str
    content: bytes
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """A file that is not read at all, and why."""

    place: str
    name: str
    error: FormatError


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file, an archive or something refused; ``count`` is how many members come of it."""

    path: Path
    name: str
    is_chosen: bool = False
    is_archive: bool = False
    count: int = 1
    error: FormatError | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that lies under the paths of an import, listed and counted."""

    listed: tuple[_Listed, ...]

    @property
    def count(self) -> int:
        """How many members there are, refused ones too."""
        return sum(one.count for one in self.listed)

    def members(self) -> Iterator[Member | RefusedMember]:
        """Give every member with its content."""
        for one in self.listed:
            if one.error is not None:
                yield RefusedMember(str(one.path), one.name, one.error)
            elif one.is_archive:
                yield from _archive_members(one)
            else:
                yield _file_member(one)


def listed(paths: Sequence[Path]) -> Sources:
    """List and count what lies under ``paths``.

    What cannot be read is one refusal among the others.  Raises FormatError for more files than can be
    imported at once.
    """
    found = [one for path in paths for one in _under(path)]
    sources = Sources(tuple(found))
    if sources.count > MAX_MEMBERS:
        raise FormatError(f"expected at most {MAX_MEMBERS} files at once, found {sources.count}")
    return sources


def _under(path: Path) -> Iterator[_Listed]:
    try:
        is_folder = path.is_dir()
    except OSError as error:
        reason = FormatError(f"expected a readable file or folder, found: {error.strerror or error}")
        yield _Listed(path, cleaned(path.name), error=reason)
        return
    if not is_folder:
        yield _file(path, path.name, is_chosen=True)
        return
    for entry in _walked(path):
        name = entry.path.relative_to(path).as_posix()
        yield entry if entry.error is not None else _file(entry.path, name, is_chosen=False)


def _walked(folder: Path) -> list[_Listed]:
    """List the files under ``folder`` by the parts of their paths, links and unreadable folders refused."""
    found: list[_Listed] = []

    def refuse(path: Path, reason: str) -> None:
        name = path.relative_to(folder).as_posix()
        found.append(_Listed(path, cleaned(name), error=FormatError(reason)))

    def unreadable(error: OSError) -> None:
        refuse(Path(error.filename), f"expected a readable folder, found: {error.strerror or error}")

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *names):
            path = Path(parent) / name
            if name.startswith("."):
                continue
            if path.is_symlink():
                refuse(path, "expected a file or folder, found a link, which is not followed")
            elif name in names:
                found.append(_Listed(path, name))
        if len(found) > MAX_MEMBERS:
            break  # more than is taken: the rest need not be listed to say so
    return sorted(found, key=lambda one: one.path.parts)


def _file(path: Path, name: str, *, is_chosen: bool) -> _Listed:
    try:
        # A pipe or a device would block; reading will say what it is.
        if not path.is_file() or not is_zip(path):
            return _Listed(path, cleaned(name), is_chosen=is_chosen)
        with opened_zip(path) as archive:
            count = len(archive.entries)
    except FormatError as error:
        return _Listed(path, cleaned(name), error=error)
    except OSError as error:
        reason = FormatError(f"expected a readable file, found: {error.strerror or error}")
        return _Listed(path, cleaned(name), error=reason)
    prefix = "" if is_chosen else f"{cleaned(name)}/"
    return _Listed(path, prefix, is_archive=True, count=count)


def _file_member(one: _Listed) -> Member | RefusedMember:
    most = CHOSEN_LIBRARY.file_bytes if one.is_chosen else MAX_FILE_BYTES
    try:
        content = file_bytes(one.path, max_bytes=most)
    except FormatError as error:
        return RefusedMember(str(one.path), one.name, error)
    return Member(str(one.path), one.name, content, is_chosen=one.is_chosen)


def _archive_members(one: _Listed) -> Iterator[Member | RefusedMember]:
    try:
        with opened_zip(one.path) as archive:
            for entry in archive.entries:
                place, name = f"{one.path}/{entry.name}", f"{one.name}{entry.name}"
                try:
                    content = archive.content(entry, max_bytes=MAX_FILE_BYTES)
                except FormatError as error:
                    yield RefusedMember(place, name, error)
                else:
                    yield Member(place, name, content)
    except FormatError as error:  # it was sound when it was listed
        yield RefusedMember(str(one.path), one.name, error)
