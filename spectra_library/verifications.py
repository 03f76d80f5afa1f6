"""Who checked which field of the catalogue against which source: what is not checked stays marked.

    verified.csv   substance, column, by, date, source
                   acetone,ghs,Officer 1,2026-11-24,safety data sheet of the maker

The table that comes with the program is empty; the one in a user's data folder is the user's.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from spectra_library.errors import CatalogueError
from spectra_library.formats.plain_text import cleaned
from spectra_library.legal_lists import Listing
from spectra_library.substance import Substance

VERIFIED_TABLE: Final = "verified.csv"
COLUMNS: Final = ("substance", "column", "by", "date", "source")
# The fields that can stand unverified; "identity" is name, structure and numbers together.
VERIFIABLE: Final = ("name_ru", "name_az", "ghs", "un_list", "eu_category", "identity")
LARGEST_TABLE: Final = 1_000_000  # bytes; all fields of the whole catalogue would take a third of that


@dataclass(frozen=True, slots=True)
class Verification:
    """One field of one substance that a person compared with a source; ``date`` is ISO (2026-11-24)."""

    substance: str
    column: str
    by: str
    date: str
    source: str


def read_verifications(path: Path, known: Container[str]) -> tuple[Verification, ...]:
    """Read a table of verifications; ``known`` are the ids that it may name.  A missing table is empty.

    Raises CatalogueError, with the line, when a field is missing or says what cannot be.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_TABLE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        found = error.strerror or error
        raise CatalogueError(f"expected a table of verifications in {path}, found: {found}") from error
    if len(content) > LARGEST_TABLE:
        raise CatalogueError(f"expected at most {LARGEST_TABLE} bytes in {path.name}, found more")
    try:
        text = content.decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError(f"expected a table in UTF-8 in {path.name}, found: {error}") from error
    if not lines or tuple(lines[0]) != COLUMNS:
        raise CatalogueError(f"expected the columns {', '.join(COLUMNS)} in the first line of {path.name}")
    return tuple(
        _verification(fields, known, f"{path.name}, line {number}")
        for number, fields in enumerate(lines[1:], start=2)
        if any(field.strip() for field in fields)
    )


def verified(substance: Substance, entries: Iterable[Verification]) -> Substance:
    """Give ``substance`` without the marks that ``entries``, all of which name it, take away."""
    by_column = {entry.column: entry for entry in entries}
    listings = tuple(_checked(listing, by_column) for listing in substance.listings)
    unverified = tuple(field for field in substance.unverified if field not in by_column)
    return replace(substance, listings=listings, unverified=unverified)


def _checked(listing: Listing, by_column: Mapping[str, Verification]) -> Listing:
    entry = by_column.get(column_of(listing))
    if entry is None:
        return listing
    return replace(listing.unmarked, is_verified=True, source=entry.source)


def column_of(listing: Listing) -> str:
    """Name the field that a place on a list belongs to: un_list, eu_category or national_list."""
    if listing.of.short.startswith("UN "):
        return "un_list"
    return "eu_category" if listing.of.short == "EU" else "national_list"


def _verification(fields: list[str], known: Container[str], where: str) -> Verification:
    if len(fields) != len(COLUMNS):
        raise CatalogueError(f"expected {len(COLUMNS)} fields in {where}, found {len(fields)}")
    entry = Verification(*(cleaned(field) for field in fields))
    if entry.substance not in known:
        raise CatalogueError(f"expected the id of a substance in {where}, found {entry.substance!r}")
    if entry.column not in VERIFIABLE:
        raise CatalogueError(f"expected one of {', '.join(VERIFIABLE)} in {where}, found {entry.column!r}")
    if not entry.by or not entry.source:
        raise CatalogueError(f"expected who verified it and by which source in {where}, found an empty field")
    try:
        datetime.date.fromisoformat(entry.date)
    except ValueError as error:
        raise CatalogueError(
            f"expected a date such as 2026-11-24 in {where}, found {entry.date!r}"
        ) from error
    return entry
