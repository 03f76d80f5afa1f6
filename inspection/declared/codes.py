"""The numbers of a declaration: CAS, UN and HS, in fields of their own or inside the text.

    CAS 67-64-1     names a substance
    UN 1090         names one, but for n.o.s. entries (1993) and entries for goods (1263): data/un_numbers.csv
    HS 2915.24      names one where nothing else stands in the subheading: data/hs_codes.csv
    HS 2914.39      "other": names none, whatever the catalogue has there
    HS 2914         a heading: names none, yet what stands in it is said to be covered

Digits behind the sixth are national and not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspection.declared.tables import CargoClass, Entry, Sort, digits_of, hs_codes, known, un_numbers
from inspection.declared.words import cas_numbers
from spectra_library.catalogue import Catalogue
from spectra_library.names import fold
from spectra_library.substance import Substance

HEADING_DIGITS: Final = 4
SUBHEADING_DIGITS: Final = 6
# 2914, 2914.11, 29141100, 2914.11.00.00, 2914 11 000 0
_TARIFF: Final = r"\d{4}(?:[. ]?\d{2}(?:[. ]?\d{3}[. ]?\d(?!\d)|(?:[. ]?\d{2}){1,2}(?!\d))?)?"
_UN_IN_TEXT: Final = re.compile(r"\b(?:un|оон|onu|bmt)(?:[ .:№-]|no|n)*(\d{4})\b")
_HS_IN_TEXT: Final = re.compile(
    r"\b(?:hs|h\.s\.|тн ?вэд(?: ?еаэс)?|tn ?ved|xif ?mn|hts)(?:[ .:№-]|code|kodu|код|no)*" + f"({_TARIFF})"
)


class Code(StrEnum):
    """Which number it is."""

    CAS = "cas"
    HS = "hs"
    UN = "un"


@dataclass(frozen=True, slots=True)
class Claim:
    """One number of the paper, as it stands there, and what it means.

    ``substances`` that it names; empty for a heading, an "other" subheading and an n.o.s. entry.
    ``covered`` what stands in a heading of four digits.
    """

    code: Code
    number: str
    substances: tuple[Substance, ...] = ()
    cargo_class: CargoClass | None = None
    covered: tuple[Substance, ...] = ()

    @property
    def digits(self) -> str:
        """Give the digits alone, the national ones left out."""
        return digits_of(self.number)[:SUBHEADING_DIGITS]

    @property
    def heading(self) -> str:
        """Give the heading of a tariff code, empty for every other number."""
        return self.digits[:HEADING_DIGITS] if self.code is Code.HS else ""


def read_codes(
    text: str, catalogue: Catalogue, *, hs_code: str, un_number: str, cas: str
) -> tuple[Claim, ...]:
    """Give what every number means, those of the fields first; what is no such number is passed over."""
    folded = fold(text)
    cas_found = dict.fromkeys((*cas_numbers(cas), *cas_numbers(text)))
    un_found = dict.fromkeys((*re.findall(r"(?<!\d)\d{4}(?!\d)", un_number), *_UN_IN_TEXT.findall(folded)))
    hs_found = dict.fromkeys((*_tariff_codes(hs_code), *_HS_IN_TEXT.findall(folded)))
    return (
        *(Claim(Code.CAS, one, catalogue.by_cas(one)) for one in cas_found),
        *(_un_claim(one, catalogue) for one in un_found),
        *(_hs_claim(one, catalogue) for one in hs_found),
    )


def _tariff_codes(field: str) -> list[str]:
    return re.findall(rf"(?<![\d.]){_TARIFF}", field)


def _un_claim(number: str, catalogue: Catalogue) -> Claim:
    row = un_numbers().get(number)
    if row is None:
        return Claim(Code.UN, number, catalogue.by_un_number(number))
    return Claim(Code.UN, number, known(row.substances, catalogue), row.cargo_class)


def _hs_claim(number: str, catalogue: Catalogue) -> Claim:
    digits = digits_of(number)[:SUBHEADING_DIGITS]
    row = _closest(digits)
    cargo_class = None if row is None else row.cargo_class
    if row is not None and row.sort is Sort.SUBSTANCE and len(digits) == SUBHEADING_DIGITS:
        return Claim(Code.HS, number, known(row.substances, catalogue))
    covered = catalogue.under_hs_code(digits) if len(digits) == HEADING_DIGITS else ()
    return Claim(Code.HS, number, (), cargo_class, covered)


def _closest(digits: str) -> Entry | None:
    """Give the row of the subheading, or else of its heading, or else of its chapter."""
    rows = hs_codes()
    return next((rows[digits[:length]] for length in (6, 4, 2) if digits[:length] in rows), None)
