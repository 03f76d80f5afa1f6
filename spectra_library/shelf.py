"""Which reference libraries there are, and which of them answer: those of the program and those of the user.

libraries/
  agency-a.sqlite    one library of the user each, see store.py
  switched.json      {"off": ["forensic", "agency-a"]}
  .staging/          imports that are not finished
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spectra_library.errors import LibraryStoreError
from spectra_library.formats.plain_text import cleaned
from spectra_library.library import ReferenceLibrary
from spectra_library.names import fold
from spectra_library.starter import DATA_FOLDER, FORENSIC_NAME, OPEN_NAME, starter_files
from spectra_library.store import library_name, load_library
from spectra_library.whole_file import write_whole

ENDING: Final = ".sqlite"
OWN_NAME: Final = "Own spectra"  # the library that scans of the user's own are added to
_SWITCHES: Final = "switched.json"
_STAGING: Final = ".staging"
_LONGEST_SLUG: Final = 60  # characters; file systems allow 255 bytes, and a letter may take four
_SHIPPED_NAMES: Final = {"open": OPEN_NAME, "forensic": FORENSIC_NAME}
# What Windows takes for a device, whatever the ending behind it.
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """One library: its short name, its file, whether it answers, and whether it came with the program."""

    name: str
    path: Path
    is_on: bool
    is_shipped: bool


@dataclass(frozen=True, slots=True, eq=False)
class Answering:
    """The libraries that answer, and what kept others from it, each in one sentence."""

    libraries: tuple[ReferenceLibrary, ...]
    problems: tuple[LibraryStoreError, ...] = ()


class LibraryShelf:
    """The libraries of one data folder together with those of the program.

    ``folder`` need not exist: looking makes nothing.
    """

    def __init__(self, folder: Path, *, shipped: Path = DATA_FOLDER) -> None:
        self.folder = folder
        self._shipped = shipped

    def entries(self) -> tuple[ShelfEntry, ...]:
        """List all libraries, those of the program first, then by name.  Raises LibraryStoreError."""
        off = self._off()
        shipped = starter_files(self._shipped)
        own = {path.stem: path for path in self._own_files()}
        return tuple(
            ShelfEntry(name, path, is_on=name not in off, is_shipped=name in shipped)
            for name, path in (*shipped.items(), *own.items())
        )

    def answering(self) -> Answering:
        """Load every library that is switched on.  One of the user's that is damaged costs only itself.

        Raises LibraryStoreError when one of the program's own is missing or damaged.
        """
        libraries: list[ReferenceLibrary] = []
        problems: list[LibraryStoreError] = []
        for entry in self.entries():
            if not entry.is_on:
                continue
            try:
                libraries.append(load_library(entry.path))
            except LibraryStoreError as error:
                if entry.is_shipped:
                    raise
                problems.append(error)
        if not libraries:
            raise LibraryStoreError("expected a library that is switched on, found none")
        return Answering(tuple(libraries), tuple(problems))

    def load(self, names: Sequence[str]) -> tuple[ReferenceLibrary, ...]:
        """Load the libraries of these names or files, switched on or not.  Raises LibraryStoreError."""
        return tuple(load_library(self._file(name)) for name in names)

    def entry(self, name: str) -> ShelfEntry:
        """Give the library of this short or full name.  Raises LibraryStoreError."""
        entries = self.entries()
        wanted = fold(name)
        for one in entries:
            if wanted == fold(one.name):
                return one
        for one in entries:
            if wanted == fold(_full_name(one)):
                return one
        known = ", ".join(one.name for one in entries)
        raise LibraryStoreError(f"expected one of the libraries {known}, found no {name!r}")

    def switch(self, name: str, *, on: bool) -> ShelfEntry:
        """Let a library answer, or not.  Raises LibraryStoreError; the last one cannot be switched off."""
        entry = self.entry(name)
        off = self._off() - {entry.name} if on else self._off() | {entry.name}
        if all(one.name in off for one in self.entries()):
            raise LibraryStoreError(f"expected a library to remain switched on, found only {entry.name!r} on")
        self._write_switches(off)
        return ShelfEntry(entry.name, entry.path, is_on=on, is_shipped=entry.is_shipped)

    def remove(self, name: str) -> ShelfEntry:
        """Delete a library of the user.  Raises LibraryStoreError for one that came with the program."""
        entry = self.entry(name)
        if entry.is_shipped:
            raise LibraryStoreError(
                f"{entry.name!r} comes with the program: it can be switched off, not removed"
            )
        remaining = [one for one in self.entries() if one.is_on and one.name != entry.name]
        if not remaining:
            raise LibraryStoreError(f"expected a library to remain switched on, found only {entry.name!r} on")
        try:
            entry.path.unlink()
        except OSError as error:
            raise LibraryStoreError(
                f"{entry.path} could not be removed: {error.strerror or error}"
            ) from error
        if not entry.is_on:  # another library of this name must not be born switched off
            self._write_switches(self._off() - {entry.name})
        return entry

    def path_of(self, name: str) -> Path:
        """Give the file that a library of the user called ``name`` has, or would have.

        Raises LibraryStoreError when the name is one of the program's, or another library has that file.
        """
        if cleaned(name) != name:  # it is shown wherever it answers
            raise LibraryStoreError(f"expected a name in one line of visible characters, found {name[:40]!r}")
        short = slug(name)
        shipped = {*_SHIPPED_NAMES, *(slug(one) for one in _SHIPPED_NAMES.values())}
        if short in shipped:
            raise LibraryStoreError(f"expected another name: {name!r} is a library of the program")
        path = self.folder / f"{short}{ENDING}"
        if path.exists():
            held = library_name(path)
            if fold(held) != fold(name):
                raise LibraryStoreError(f"expected a name that differs more from {held!r}, found {name!r}")
        return path

    def staging_of(self, name: str) -> Path:
        """Give the file in which an import into the library called ``name`` is prepared."""
        return self.folder / _STAGING / f"{slug(name)}{ENDING}"

    def _file(self, name_or_path: str) -> Path:
        try:
            return self.entry(name_or_path).path
        except LibraryStoreError as error:
            path = Path(name_or_path)
            if not _is_file(path):
                raise LibraryStoreError(f"{error}, and no file") from None
            return path

    def _own_files(self) -> list[Path]:
        try:
            return sorted(self.folder.glob(f"[!.]*{ENDING}"))
        except OSError as error:
            raise LibraryStoreError(
                f"expected a readable folder {self.folder}, found: {error.strerror or error}"
            ) from error

    def _off(self) -> frozenset[str]:
        """Read which libraries are switched off.  Raises LibraryStoreError when that is not known."""
        path = self.folder / _SWITCHES
        try:
            off = json.loads(path.read_text("utf-8"))["off"]
        except FileNotFoundError:
            return frozenset()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LibraryStoreError(
                f"expected the list of libraries that are switched off in {path}, found: {error}; "
                "without that file all are on"
            ) from error
        return frozenset(one for one in off if isinstance(one, str)) if isinstance(off, list) else frozenset()

    def _write_switches(self, off: frozenset[str]) -> None:
        text = json.dumps({"off": sorted(off)}, ensure_ascii=False, indent=1) + "\n"
        try:
            write_whole(self.folder / _SWITCHES, text.encode())
        except OSError as error:
            raise LibraryStoreError(
                f"expected to write into {self.folder}, found: {error.strerror or error}"
            ) from error


def slug(name: str) -> str:
    """Give the file name, without ending, of a library called ``name``.  Raises LibraryStoreError."""
    words = re.sub(r"[^\w]+", "-", fold(name)).strip("-_")[:_LONGEST_SLUG].strip("-_")
    if not words:
        raise LibraryStoreError(f"expected a name with letters or digits for a library, found {name!r}")
    return f"{words}-library" if words in _RESERVED else words


def _full_name(entry: ShelfEntry) -> str:
    """Give what the library calls itself; its short name when it is damaged, for it can still be removed."""
    if entry.is_shipped:
        return _SHIPPED_NAMES[entry.name]
    try:
        return library_name(entry.path)
    except LibraryStoreError:
        return entry.name


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a folder that may not be looked into, or a text that is no file's name
        return False
