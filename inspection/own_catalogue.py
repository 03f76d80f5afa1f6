"""The catalogue of one data folder: with its national list, its verifications, its libraries' substances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspection.folders import DataFolder
from spectra_library.catalogue import Catalogue, load_catalogue
from spectra_library.errors import CatalogueError
from spectra_library.national_links import with_national_list
from spectra_library.national_store import read_stored_list
from spectra_library.substance import Substance
from spectra_library.verifications import read_verifications


@dataclass(frozen=True, slots=True, eq=False)
class OwnCatalogue:
    """``catalogue`` as far as it could be read; ``problems`` are damaged tables, which have to be told."""

    catalogue: Catalogue
    problems: tuple[CatalogueError, ...] = ()


def own_catalogue(data: DataFolder, outside: Iterable[Substance] = ()) -> OwnCatalogue:
    """Read the catalogue with what ``data`` adds, and with what its libraries bring from ``outside``.

    A damaged table of the data folder costs only itself.  Raises CatalogueError when one that came with the
    program is broken.
    """
    catalogue = load_catalogue()
    problems: list[CatalogueError] = []
    try:
        catalogue = catalogue.with_verifications(read_verifications(data.verified, catalogue))
    except CatalogueError as error:
        problems.append(error)
    try:
        stored = read_stored_list(data.national_list)
        if stored is not None:
            catalogue = with_national_list(catalogue, stored.national)
    except CatalogueError as error:
        problems.append(CatalogueError(f"{error}; the national list is not in force"))
    return OwnCatalogue(catalogue.extended(outside), tuple(problems))
