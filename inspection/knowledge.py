"""What spectra are named with: the libraries, substances and calibration of one data folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspection.folders import DataFolder
from spectra_library.calibration_file import load_calibration
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.confidence import Calibration
from spectra_library.errors import CalibrationError, SpectraLibraryError
from spectra_library.library import ReferenceLibrary
from spectra_library.shelf import LibraryShelf


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """The libraries that answer, the substances they may name, and the calibration of the confidence.

    ``problems`` are files of the user's that are damaged: each costs only itself, and has to be told.
    """

    libraries: tuple[ReferenceLibrary, ...]
    catalogue: Catalogue
    calibration: Calibration | None
    problems: tuple[SpectraLibraryError, ...] = ()


def knowledge(data: DataFolder, names: Sequence[str] = ()) -> Knowledge:
    """Read what ``data`` holds; ``names`` of libraries or their files instead of all that are switched on.

    Raises SpectraLibraryError when a library that was named, or came with the program, cannot be read.
    """
    shelf = LibraryShelf(data.libraries)
    if names:
        libraries: tuple[ReferenceLibrary, ...] = shelf.load(names)
        problems: list[SpectraLibraryError] = []
    else:
        answering = shelf.answering()
        libraries, problems = answering.libraries, list(answering.problems)
    calibration = None
    try:
        calibration = load_calibration(data.calibration)
    except CalibrationError as error:
        problems.append(error)
    return Knowledge(libraries, load_catalogue(), calibration, tuple(problems))
