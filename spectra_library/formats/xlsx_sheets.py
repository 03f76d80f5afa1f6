"""The XML of a sheet checked before a workbook reader sees it: what that would pass over in silence.

    <sheetData> <row r="1"> <c r="A1" t="n"> <f>formula</f> <v>value</v> </c> ...

Rows and cells must stand in order and once; a formula must have its value beside it; a number must be one;
an error must not stand for one.  A document type or an entity refuses the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from spectra_library.errors import DamagedFileError
from spectra_library.formats.plain_text import shown

MAX_ROWS: Final = 1_048_576  # of a sheet: "Excel specifications and limits", Microsoft
MAX_COLUMNS: Final = 16_384
MAX_CELLS: Final = 4_200_000
_MAX_DEPTH: Final = 64
_MAX_VALUE: Final = 400  # characters of a number that are looked at
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,320}\.?[0-9]{0,320}|\.[0-9]{1,320})(?:[eE][+-]?[0-9]{1,3})?")
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_MISSING: Final = "#N/A"  # Excel's own word for a value that is not available


@dataclass(frozen=True, slots=True)
class SheetShape:
    """The columns that hold cells, first to last, counted from 1; 0 when there are none.

    ``refused`` says why the sheet cannot be read, where it cannot.
    """

    first_column: int
    last_column: int
    refused: DamagedFileError | None


def refuse_entities(part: bytes, name: str) -> None:
    """Raise DamagedFileError when a part is no plain XML, or elements stand too deep in it."""
    _parse(part, _Depth(), name)


def checked_sheet(part: bytes, name: str) -> SheetShape:
    """Check a sheet and say where its table stands, or in which cell it is broken.

    Raises DamagedFileError when it must not be given to a workbook reader at all, as ``refuse_entities``.
    """
    checks = _SheetChecks()
    _parse(part, checks, name)
    return SheetShape(checks.first_column, checks.last_column, checks.refused)


def visible_sheets(part: bytes, name: str) -> list[str]:
    """Return the names of the sheets that the main part of a workbook lists, without hidden ones.

    Raises DamagedFileError as ``refuse_entities``.
    """
    names = _SheetNames()
    _parse(part, names, name)
    return names.visible


def column_letters(column: int) -> str:
    """Return the letters of a column counted from 1: A, B, ... Z, AA."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _parse(part: bytes, handler: ContentHandler, name: str) -> None:
    try:
        defusedxml.sax.parseString(part, handler, forbid_dtd=True)
    except DefusedXmlException as error:
        raise DamagedFileError(
            f"in the workbook, {name}: expected plain XML, found a document type or an entity"
        ) from error
    except (SAXException, UnicodeError, LookupError, ValueError) as error:
        raise DamagedFileError(
            f"in the workbook, {name}: expected XML, found: {shown(str(error))}"
        ) from error


class _Depth(ContentHandler):
    """Counts how deep elements stand in each other."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the name of the interface
        if len(self.open) == _MAX_DEPTH:
            raise DamagedFileError(f"expected elements at most {_MAX_DEPTH} deep in a workbook, found deeper")
        self.open.append(name.rpartition(":")[2])

    def endElement(self, name: str) -> None:  # noqa: N802
        self.open.pop()


class _SheetNames(_Depth):
    """Collects the names of the sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.visible: list[str] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        super().startElement(name, attrs)
        if self.open[-2:] == ["sheets", "sheet"] and attrs.get("state", "visible") == "visible":
            self.visible.append(attrs.get("name", ""))


class _SheetChecks(_Depth):
    """Follows the rows and cells of one sheet, up to the first that is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.first_column = self.last_column = 0
        self.refused: DamagedFileError | None = None
        self._row = self._column = self._cells = 0
        self._type = ""
        self._has_formula = False
        self._value: str | None = None

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        super().startElement(name, attrs)
        if self.refused is None:
            try:
                self._begin(self.open[-1], self.open[-2] if len(self.open) > 1 else "", attrs)
            except DamagedFileError as error:
                self.refused = error

    def _begin(self, tag: str, parent: str, attrs: AttributesImpl) -> None:
        if (tag == "row") != (parent == "sheetData") or (tag == "c") != (parent == "row"):
            raise DamagedFileError(f"{self._place()}: expected rows of cells, found {shown(tag)} in {parent}")
        if tag == "row":
            self._begin_row(attrs.get("r"))
        elif tag == "c":
            self._begin_cell(attrs.get("r"), attrs.get("t", "n"))
        elif parent == "c" and tag == "f":
            self._has_formula = True
        elif parent == "c" and tag == "v":
            if self._value is not None:
                raise DamagedFileError(f"{self._place()}: expected one value in a cell, found two")
            self._value = ""

    def characters(self, content: str) -> None:
        if self.open[-2:] == ["c", "v"] and self._value is not None and len(self._value) < _MAX_VALUE:
            self._value += content

    def endElement(self, name: str) -> None:  # noqa: N802
        if self.open[-1] == "c" and self.refused is None:
            try:
                self._end_cell()
            except DamagedFileError as error:
                self.refused = error
        super().endElement(name)

    def _begin_row(self, number: str | None) -> None:
        row = self._row + 1 if number is None else int(number) if re.fullmatch("[0-9]{1,7}", number) else 0
        if not self._row < row <= MAX_ROWS:
            raise DamagedFileError(
                f"{self._place()}: expected rows in order up to {MAX_ROWS}, found row {shown(str(number))}"
            )
        self._row, self._column = row, 0

    def _begin_cell(self, place: str | None, kind: str) -> None:
        column = self._column + 1
        if place is not None:
            found = _PLACE.fullmatch(place)
            column = _column_number(found[1]) if found and int(found[2]) == self._row else 0
        if not self._column < column <= MAX_COLUMNS:
            raise DamagedFileError(
                f"{self._place()}: expected the cells of row {self._row} in order, found {shown(str(place))}"
            )
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise DamagedFileError(f"{self._place()}: expected at most {MAX_CELLS} cells, found more")
        self._column, self._type, self._has_formula, self._value = column, kind, False, None

    def _end_cell(self) -> None:
        if self._has_formula and not self._value:
            raise DamagedFileError(
                f"{self._place()}: expected the value of a formula, found only the formula; "
                "open the workbook in a spreadsheet program and save it"
            )
        if self._type == "n" and self._value and not _NUMBER.fullmatch(self._value):
            raise DamagedFileError(f"{self._place()}: expected a number, found {shown(self._value)}")
        if self._type == "s" and not re.fullmatch("[0-9]{1,9}", self._value or ""):
            raise DamagedFileError(f"{self._place()}: expected the number of a text, found another")
        if self._type == "e" and self._value != _MISSING:
            raise DamagedFileError(f"{self._place()}: expected a value, found {shown(self._value or '')}")
        if self._value or self._type == "inlineStr":
            self.first_column = min(self.first_column or self._column, self._column)
            self.last_column = max(self.last_column, self._column)

    def _place(self) -> str:
        return f"cell {column_letters(self._column)}{self._row}"


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
