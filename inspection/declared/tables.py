"""What trade words, tariff codes and UN numbers mean: the tables under ``data/``, read when first asked for.

    trade_words.csv     phrase, language, sort, means    substance | one_of | class | aqueous |
                                                         solution | nothing
    hs_codes.csv        code, sort, means                substance (nothing else stands there) | class
    un_numbers.csv      number, sort, means              substance | class | nothing (n.o.s. entries)
    cargo_classes.csv   class, usual                     what such goods usually are; nothing listed is
    passing_words.csv   phrase, language, sort           what stands beside a name and changes nothing

"one_of" is a word for several, of which the paper may name one beside it: xylene (o-xylene).
"nothing" is a phrase that holds the name of a substance and means another thing, such as "dimethyl ether".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from spectra_library.catalogue import Catalogue
from spectra_library.errors import CatalogueError
from spectra_library.substance import Substance
from spectra_library.tables import read_table

TABLES: Final = Path(__file__).parent / "data"
RULES: Final = 2  # raise it when the code gives another answer for the same tables
_ONE_OF: Final = "one_of"


class CargoClass(StrEnum):
    """What goods are called without a word of what they are made of."""

    THINNER = "thinner"
    CLEANING_AGENT = "cleaning_agent"
    FLAVOUR_OR_FRAGRANCE = "flavour_or_fragrance"
    FERTILISER = "fertiliser"
    PHARMACEUTICAL_INTERMEDIATE = "pharmaceutical_intermediate"
    SOLVENT = "solvent"
    PAINT = "paint"
    ADHESIVE = "adhesive"
    PLASTIC = "plastic"
    FOOD = "food"
    MEDICINE = "medicine"
    COSMETIC = "cosmetic"
    PLASTICISER = "plasticiser"
    BUILDING_MATERIAL = "building_material"
    TEXTILE = "textile"
    FUEL = "fuel"
    PESTICIDE = "pesticide"
    REAGENT = "reagent"


class Sort(StrEnum):
    """What kind of thing a phrase or a code means."""

    SUBSTANCE = "substance"
    CLASS = "class"
    AQUEOUS = "aqueous"  # water is in it, whatever else is
    SOLUTION = "solution"  # water is in it unless another solvent is named
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: a phrase or a code, and the substances (ids) or the class that it means.

    ``is_one_of``: a word for several substances; what the paper names of them besides is the one.
    """

    key: str
    sort: Sort
    substances: tuple[str, ...] = ()
    cargo_class: CargoClass | None = None
    is_one_of: bool = False


@cache
def trade_words() -> tuple[Entry, ...]:
    """Give the phrases, as they are written."""
    return _entries("trade_words.csv", "phrase")


@cache
def hs_codes() -> Mapping[str, Entry]:
    """Give what tariff codes mean, by their digits: a chapter, a heading or a subheading."""
    return {digits_of(one.key): one for one in _entries("hs_codes.csv", "code")}


@cache
def un_numbers() -> Mapping[str, Entry]:
    """Give what UN numbers mean that the catalogue has not, or that name no single substance."""
    return {one.key: one for one in _entries("un_numbers.csv", "number")}


@cache
def passing_words() -> tuple[str, ...]:
    """Give the words of amounts, grades, packing and papers that change nothing about a name."""
    return tuple(row["phrase"] for row in read_table(TABLES / "passing_words.csv"))


def usual(cargo_class: CargoClass, catalogue: Catalogue) -> frozenset[Substance]:
    """Give what goods of ``cargo_class`` usually are, listed substances apart: those must be named."""
    said = _usual_words()[cargo_class]
    chapters = tuple(one.removeprefix("hs:") for one in said if one.startswith("hs:"))
    return frozenset(
        one
        for one in catalogue.substances
        if (one.id in said or (bool(chapters) and one.hs_code.startswith(chapters)))
        and not (one.is_controlled or one.is_watched)
    )


@cache
def rules_sha256() -> str:
    """The hash under which results name the rules that a declaration was understood by."""
    told = hashlib.sha256(f"rules {RULES}".encode())
    for path in sorted(TABLES.glob("*.csv")):
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()


@cache
def _usual_words() -> Mapping[CargoClass, tuple[str, ...]]:
    rows = read_table(TABLES / "cargo_classes.csv")
    return {CargoClass(row["class"]): _several(row["usual"]) for row in rows}


def _entries(name: str, key: str) -> tuple[Entry, ...]:
    return tuple(_entry(row, row[key], name) for row in read_table(TABLES / name))


def _entry(row: Mapping[str, str], key: str, table: str) -> Entry:
    if row["sort"] == _ONE_OF:
        return Entry(key, Sort.SUBSTANCE, _several(row["means"]), is_one_of=True)
    try:
        sort = Sort(row["sort"])
        if sort is Sort.CLASS:
            return Entry(key, sort, cargo_class=CargoClass(row["means"]))
    except ValueError as error:
        raise CatalogueError(f"expected a known sort and class in {table}, found {error}") from error
    return Entry(key, sort, substances=_several(row["means"]))


def _several(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def digits_of(code: str) -> str:
    """Give the digits of a number alone, however it is written."""
    return re.sub(r"\D", "", code)


def known(ids: Iterable[str], catalogue: Catalogue) -> tuple[Substance, ...]:
    """Give the substances of ``ids`` that ``catalogue`` has: a test may bring a small one."""
    return tuple(catalogue.get(one) for one in ids if one in catalogue)
