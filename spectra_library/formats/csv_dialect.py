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
from spectra_library.formats.plain_text import shown

Row = tuple[int, list[str]]  # line number in the file, cells

_HEAD: Final = 200  # lines that decide
_HEAD_CHARACTERS: Final = (
    200_000  # enough for whole rows of most tables in rows, and quick for a hostile file
)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_MISSING: Final = frozenset({"", "?", "na", "n/a", "nan", "-", "--", "#n/a", "null", "none"})
_COMMENT: Final = ("#", "//", "$$", "%%")


@dataclass(frozen=True, slots=True)
class Dialect:
    """``delimiter`` is a character, or empty for any run of spaces."""

    delimiter: str
    decimal_comma: bool

    def rows(self, text: str) -> Iterator[Row]:
        """Yield the rows of ``text`` that hold anything, comment lines without their mark.

        Raises DamagedFileError with the line number when the quoting is broken.
        """
        if not self.delimiter:
            for number, line in enumerate(io.StringIO(text), 1):
                cells = _uncommented(line).split()
                if cells:
                    yield number, cells
            return
        reader = csv.reader(io.StringIO(text), delimiter=self.delimiter, skipinitialspace=True)
        try:
            for cells in reader:
                if any(cell and not cell.isspace() for cell in cells):
                    cells[0] = _uncommented(cells[0])
                    yield reader.line_num, cells
        except csv.Error as error:
            raise DamagedFileError(
                f"line {reader.line_num}: expected a row of cells, found {error}"
            ) from error

    def number(self, cell: str) -> float | None:
        """Return the number in ``cell``, NaN for a missing one, None when it is text."""
        text = cell.strip()
        if self.decimal_comma and text.count(",") == 1:
            text = text.replace(",", ".")
        if _NUMBER.fullmatch(text) is None:
            return math.nan if text.lower() in _MISSING else None
        value = float(text)
        return None if math.isinf(value) else value

    def required(self, cell: str, line: int) -> float:
        """Return the number in ``cell``, NaN for a missing one.

        Raises DamagedFileError with the line number when it is text.
        """
        value = self.number(cell)
        if value is None:
            raise DamagedFileError(f"line {line}: expected a number, found {shown(cell)}")
        return value


def _uncommented(text: str) -> str:
    stripped = text.lstrip()
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
    for delimiter in ("\t", ";", ",", ""):
        for decimal_comma in (False, True):
            if decimal_comma and delimiter == ",":
                continue
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
