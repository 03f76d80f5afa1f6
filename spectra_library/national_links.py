"""Which substances of the catalogue a national list means, and what it names besides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from spectra_library.catalogue import Catalogue
from spectra_library.errors import CatalogueError
from spectra_library.legal_lists import Listing
from spectra_library.names import fold
from spectra_library.national_list import NATIONAL_ID, NationalLine, NationalList
from spectra_library.substance import Substance, outside_substance


@dataclass(frozen=True, slots=True)
class UnknownLine:
    """A line that means no substance of the catalogue: kept as an entry of its own.

    ``substance`` its id (``national:...``); ``near`` ids of the catalogue that may have been meant.
    """

    line: int
    text: str
    substance: str
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NationalLinks:
    """``listings`` by id for what the catalogue knows, ``own`` what it does not, and those lines."""

    listings: Mapping[str, Listing]
    own: tuple[Substance, ...]
    unknown: tuple[UnknownLine, ...]


def with_national_list(catalogue: Catalogue, national: NationalList) -> Catalogue:
    """Give the catalogue together with ``national``: what it names is controlled.  Raises CatalogueError."""
    links = link(national, catalogue)
    return catalogue.with_list(national.legal_list, links.listings, links.own)


def link(national: NationalList, catalogue: Catalogue) -> NationalLinks:
    """Find what each line means: by id, else by CAS number, else by name.

    Raises CatalogueError, with the line, when its parts mean different substances, a name means several, or
    a substance was named before.
    """
    listings: dict[str, Listing] = {}
    own: dict[str, Substance] = {}
    unknown: list[UnknownLine] = []
    lines: dict[str, int] = {}
    for line in national.lines:
        listing = Listing(
            of=national.legal_list,
            schedule=line.schedule,
            since=line.since,
            remark=line.note,
            is_verified=True,  # by whoever imported the list: it is their source
            source=national.legal_list.source,
        )
        meant = _meant(line, catalogue)
        substance = meant.id if meant is not None else _own_id(line)
        if substance in lines:
            raise CatalogueError(
                f"expected each substance once in a national list, found {substance!r} in lines "
                f"{lines[substance]} and {line.line}"
            )
        lines[substance] = line.line
        if meant is not None:
            listings[substance] = listing
            continue
        own[substance] = replace(_own(substance, line), listings=(listing,))
        near = tuple(one.id for one in catalogue.find(line.name or line.cas, limit=3))
        unknown.append(UnknownLine(line.line, line.name or line.cas or line.id, substance, near))
    return NationalLinks(listings, tuple(own.values()), tuple(unknown))


def _meant(line: NationalLine, catalogue: Catalogue) -> Substance | None:
    named = catalogue.by_name(line.name)
    if line.id and line.id in catalogue:
        meant = catalogue.get(line.id)
        if line.cas and meant.cas and line.cas != meant.cas:
            raise CatalogueError(
                f"expected the CAS number {meant.cas} of {meant.id!r} in line {line.line}, found {line.cas}"
            )
    elif line.cas and catalogue.by_cas(line.cas):
        meant = catalogue.by_cas(line.cas)[0]
    else:
        # a name whose substance has another CAS number is another substance: a salt, or an isomer
        fitting = [one for one in named if not line.cas or not one.cas]
        if len(fitting) > 1:
            ids = ", ".join(one.id for one in fitting)
            raise CatalogueError(
                f"expected a name of one substance in line {line.line}, found {line.name!r}, which means "
                f"{ids}: write its id"
            )
        return fitting[0] if fitting else None
    is_other = named and all(catalogue.parent_of(one.id) != catalogue.parent_of(meant.id) for one in named)
    if is_other:
        raise CatalogueError(
            f"expected one substance in line {line.line}, found the id or CAS number of {meant.id!r} and the "
            f"name of {named[0].id!r}"
        )
    return meant


def _own_id(line: NationalLine) -> str:
    words = re.sub(r"\W+", "-", fold(line.name or line.id)).strip("-")
    return f"{NATIONAL_ID}:{line.cas or words}"


def _own(substance: str, line: NationalLine) -> Substance:
    name = line.name or (f"CAS {line.cas}" if line.cas else line.id)
    # Only its place on the list is known, so it is in the catalogue as far as the law goes.
    return replace(outside_substance(substance, name, cas=line.cas), is_outside=False)
