"""What spectra are named with: the libraries, substances and calibration of one data folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inspection.folders import DataFolder
from inspection.own_catalogue import own_catalogue
from spectra_library.calibration_file import load_calibration
from spectra_library.catalogue import Catalogue
from spectra_library.confidence import Calibration
from spectra_library.errors import CalibrationError, SpectraLibraryError
from spectra_library.library import BandList, Reference, ReferenceLibrary
from spectra_library.shelf import LibraryShelf
from spectra_library.substance import Substance, outside_substance


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
    own = own_catalogue(data, outside_substances(libraries))
    return Knowledge(libraries, own.catalogue, calibration, (*problems, *own.problems))


def outside_substances(libraries: Iterable[ReferenceLibrary]) -> Iterator[Substance]:
    """Give what the libraries hold and the catalogue did not know at their import, or may not know now.

    A reference may be of a substance that stood on a national list which is no longer in force: then only its
    id is left, and that is its name.
    """
    for library in libraries:
        for one in library.outside:
            yield outside_substance(
                one.id,
                one.name,
                cas=one.cas,
                formula=one.formula,
                inchikey=one.inchikey,
                synonyms=one.synonyms,
                source=library.name,
            )
        entries: tuple[Reference | BandList, ...] = (*library.references, *library.band_lists)
        for named in dict.fromkeys(one.substance for one in entries):
            yield outside_substance(named, named, source=library.name)
