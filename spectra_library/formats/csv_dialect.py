"""How a text table is written: its delimiter, its decimal mark, its cells."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.cell_rows import Cell

TextRow = tuple[int, list[str]]  # line number in the file, cells

_HEAD: Final = 200  # lines that decide
# Enough for whole rows of most tables in rows, and quick for a hostile file.
_HEAD_CHARACTERS: Final = 200_000
NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
MISSING: Final = frozenset({"", "?", "na", "n/a", "nan", "-", "--", "#n/a", "null", "none"})
_BLANKS: Final = " \t\xa0\u202f"  # around a number; a line end or a control character is no blank
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_LEADING_ZERO: Final = re.compile(r"[+-]?0[0-9]+")  # nobody writes 060 for 60, but 0,060 ends in it
_COMMENT: Final = ("#", "//", "$$", "%%")


@dataclass(frozen=True, slots=True)
class Dialect:
    """``delimiter`` is a character, or empty for any run of spaces."""

    delimiter: str
    decimal_comma: bool

    def rows(self, text: str) -> Iterator[TextRow]:
        """Yield the rows of ``text`` that hold anything, comments of words without their mark.

        Raises DamagedFileError with the line number when the quoting is broken.
        """
        if not self.delimiter:
            for number, line in enumerate(io.StringIO(text), 1):
                words = _uncommented(line)
                cells = words.split()
                if cells and (words is line or not self._is_numbers(cells)):
                    yield number, cells
            return
        reader = csv.reader(io.StringIO(text), delimiter=self.delimiter, skipinitialspace=True, strict=True)
        try:
            for cells in reader:
                if any(cell and not cell.isspace() for cell in cells):
                    words = _uncommented(cells[0])
                    if words is not cells[0]:
                        cells[0] = words
                        if self._is_numbers(cells):
                            continue  # a point that somebody took out
                    yield reader.line_num, cells
        except csv.Error as error:
            raise DamagedFileError(
                f"line {reader.line_num}: expected a row of cells, found {error}"
            ) from error

    def number(self, cell: Cell) -> float | None:
        """Return the number in ``cell``, NaN for a missing one, None when it is text."""
        if isinstance(cell, float):
            return cell
        text = cell.strip(_BLANKS)
        if self.decimal_comma:
            # Where commas are decimal marks, a point can only part thousands: 1.500 is not one and a half.
            text = text.replace(",", ".") if "." not in text and text.count(",") <= 1 else "x"
        text = with_plain_minus(text)
        if NUMBER.fullmatch(text) is None:
            return math.nan if cell.strip().lower() in MISSING else None
        value = float(text)
        return None if math.isinf(value) else value

    def _is_numbers(self, cells: list[str]) -> bool:
        return all(self.number(cell) is not None for cell in cells)

    def place(self, row: int, column: int | None = None) -> str:
        """Name a line for an error message; its cells show themselves."""
        return f"line {row}"


def with_plain_minus(text: str) -> str:
    """Return the text of a number with the minus of typesetting (U+2212) as a hyphen, its only meaning."""
    return text.replace("\u2212", "-") if len(text) > 1 else text


def _uncommented(text: str) -> str:
    stripped = text.lstrip()
    if stripped[:1] not in "#/$%":
        return text
    for mark in _COMMENT:
        if stripped.startswith(mark):
            return stripped.lstrip("#/$% ")
    return text


def sniff(text: str) -> Dialect:
    """Find the dialect in which the head of a table is most regular and most numeric.

    Raises UnsupportedFormatError when it is no table of at least two columns in any.
    """
    head = _head(text)
    best, best_score = None, 0.0
    # In this order, so that a tie goes to the mark that is the least likely to stand inside a cell.
    for delimiter in ("\t", ";", "|", ",", ""):
        for decimal_comma in (False, True):  # both marks may be commas where such cells are quoted
            score = _regularity(Dialect(delimiter, decimal_comma), head)
            if score > best_score + 1e-9:
                best, best_score = Dialect(delimiter, decimal_comma), score
    if best is None:
        raise UnsupportedFormatError("expected a spectrum, found text without a table of numbers")
    return best


def _head(text: str) -> str:
    lines = text[:_HEAD_CHARACTERS].split("\n")
    if len(text) > _HEAD_CHARACTERS and len(lines) > 1:
        lines.pop()  # cut in the middle
    return "\n".join(lines[:_HEAD])


def _regularity(dialect: Dialect, head: str) -> float:
    """Return the share of rows with the usual width, times their share of numbers; 0 for a single column."""
    try:
        rows = [cells for _, cells in dialect.rows(head)]
    except DamagedFileError:
        return 0.0
    widths = [len(cells) for cells in rows]
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
    if usual < 2:
        return 0.0
    cells = [cell for row in rows if len(row) == usual for cell in row if cell.strip()]
    numeric = sum(dialect.number(cell) is not None for cell in cells)
    return widths.count(usual) / len(rows) * (numeric / len(cells) if cells else 0.0)


def refuse_ambiguous_commas(dialect: Dialect, rows: list[list[str]], header: list[str]) -> None:
    """Refuse a table in which a comma may part cells or decimals: 400,5,0,02 may be two numbers or four.

    ``rows`` are rows of numbers, ``header`` the row above them, empty when there is none.

    Raises DamagedFileError.
    """
    cells = [cell.strip() for row in rows for cell in row if cell.strip()]
    if dialect.delimiter != "," or not all(_WHOLE.fullmatch(cell) for cell in cells):
        return
    is_headed = len(header) == len(rows[0]) and all(header)
    if any(_LEADING_ZERO.fullmatch(cell) for cell in cells) or (len(rows[0]) > 2 and not is_headed):
        raise DamagedFileError(
            "expected commas either between the numbers or within them, found a table in which they may be "
            "both; export it with another delimiter or with decimal points"
        )
