"""The libraries that come with the program: the open one, and the forensic one where its folder exists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from spectra_library.errors import LibraryStoreError
from spectra_library.library import ReferenceLibrary
from spectra_library.store import load_library

DATA_FOLDER = Path(__file__).parent / "data"
OPEN_NAME = "Open starter library"
FORENSIC_NAME = "Forensic bands (fitted)"


def starter_files(data_folder: Path = DATA_FOLDER) -> dict[str, Path]:
    """Give the short names (``open``, ``forensic``) and files of the libraries that are there."""
    files = {
        "open": data_folder / "starter.sqlite",
        "forensic": data_folder / "forensic" / "forensic.sqlite",
    }
    # the forensic folder may be deleted as a whole; the open library may not
    return {name: path for name, path in files.items() if name == "open" or path.exists()}


def starter_libraries(data_folder: Path = DATA_FOLDER) -> tuple[ReferenceLibrary, ...]:
    """Load the open library and, if it is there, the forensic one.  Raises LibraryStoreError."""
    return tuple(load_library(path) for path in starter_files(data_folder).values())


def load_named(name_or_path: str, data_folder: Path = DATA_FOLDER) -> ReferenceLibrary:
    """Load one library by its short name, its full name or its file.  Raises LibraryStoreError."""
    files = starter_files(data_folder)
    full_names = {OPEN_NAME.casefold(): "open", FORENSIC_NAME.casefold(): "forensic"}
    wanted = name_or_path.strip().casefold()
    path = files.get(full_names.get(wanted, wanted), Path(name_or_path))
    if not _is_file(path):
        raise LibraryStoreError(
            f"expected a library, one of {', '.join(files)} or a file, found no {name_or_path!r}"
        )
    return load_library(path)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that this user may not look into, or a text that cannot be a file's name
        return False


def load_libraries(
    names: Sequence[str] | None = None, data_folder: Path = DATA_FOLDER
) -> tuple[ReferenceLibrary, ...]:
    """Load the named libraries, or without names all starter libraries.  Raises LibraryStoreError."""
    if not names:
        return starter_libraries(data_folder)
    return tuple(load_named(name, data_folder) for name in names)
