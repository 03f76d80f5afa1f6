"""The libraries that come with the program: the open one, and the forensic one where its folder exists."""

from __future__ import annotations

from pathlib import Path

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
