"""The table of variables that heads JCAMP-DX NTUPLES: which symbol is what, and what is said of it.

##SYMBOL=   X,           Y,          T
##VAR_TYPE= INDEPENDENT, DEPENDENT,  PAGE
##UNITS=    1/CM,        ABSORBANCE, SECONDS       one column, one variable; a cell may be empty
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from spectra_library.errors import DamagedFileError, UnsupportedFormatError
from spectra_library.formats.jcamp_labels import Record
from spectra_library.formats.plain_text import cleaned, shown

_MAX_VARIABLES: Final = 20
_COLUMNS: Final = (
    *("VARNAME", "SYMBOL", "VARTYPE", "VARDIM", "UNITS"),
    *("FIRST", "LAST", "MIN", "MAX", "FACTOR"),
)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
_EVEN: Final = re.compile(r"\((?P<x>\w+)\+\+\((?P<y>\w+)\.\.(?P<again>\w+)\)\)")
_PAIRS: Final = re.compile(r"\((?P<pair>\w+)\.\.(?P<again>\w+)\)")


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of the table of variables; ``cells`` maps a label to what it says of this variable."""

    symbol: str
    cells: dict[str, Record]

    def text(self, label: str) -> str:
        """Return what ``label`` says of this variable, empty when nothing."""
        record = self.cells.get(label)
        return record.value if record else ""


def refuse_broken_numbers(variable: Variable) -> None:
    """Raise DamagedFileError when a cell that has to be a number holds something else, or more."""
    for label in ("VARDIM", "FIRST", "LAST", "MIN", "MAX", "FACTOR"):
        said = variable.text(label)
        if said and not _NUMBER.fullmatch(said):
            raise DamagedFileError(
                f"line {variable.cells[label].line}: expected numbers after ##{label}=, found {shown(said)}"
            )


def variables_of(head: list[Record]) -> dict[str, Variable]:
    """Return the variables of the table by symbol."""
    rows = rows_of(head)
    if "SYMBOL" not in rows or "VARTYPE" not in rows or "UNITS" not in rows:
        raise DamagedFileError("expected ##SYMBOL=, ##VAR_TYPE= and ##UNITS= of NTUPLES, found less")
    symbols = [symbol.strip().upper() for symbol in rows.pop("SYMBOL").value.split(",")]
    if len(set(symbols)) != len(symbols) or not all(symbols) or len(symbols) > _MAX_VARIABLES:
        raise DamagedFileError(
            f"expected up to {_MAX_VARIABLES} different symbols after ##SYMBOL=, found {len(symbols)}, "
            f"{len(set(symbols))} of them different"
        )
    return with_rows({symbol: Variable(symbol, {}) for symbol in symbols}, rows)


def with_rows(variables: dict[str, Variable], rows: dict[str, Record]) -> dict[str, Variable]:
    """Return the variables with further cells; these replace the ones of the same label."""
    if not rows:
        return variables
    cells: list[dict[str, Record]] = [{} for _ in variables]
    for label, record in rows.items():
        values = record.value.split(",")
        if len(values) > len(cells):
            raise DamagedFileError(
                f"line {record.line}: expected {len(cells)} values after ##{label}=, found {len(values)}"
            )
        for cell, value in zip(cells, values, strict=False):
            if value.strip():
                cell[label] = replace(record, value=value.strip())
    return {
        symbol: Variable(symbol, old.cells | new)
        for (symbol, old), new in zip(variables.items(), cells, strict=True)
    }


def rows_of(section: list[Record]) -> dict[str, Record]:
    """Return the rows of the table among some records.

    Raises DamagedFileError when one stands there twice, saying two things.
    """
    rows: dict[str, Record] = {}
    for record in section:
        if record.label in _COLUMNS and rows.setdefault(record.label, record).value != record.value:
            raise DamagedFileError(f"line {record.line}: expected ##{record.label}= once, found it twice")
    return rows


def variables_of_table(table: Record, variables: dict[str, Variable]) -> tuple[Variable, Variable, bool]:
    """Return the abscissa, the ordinate, and whether the form is (X++(Y..Y)) rather than (XY..XY)."""
    form = re.sub(r"\s", "", table.value.upper())
    even, pairs = _EVEN.match(form), _PAIRS.match(form)
    for x in variables.values():
        for y in variables.values():
            types = (x.text("VARTYPE").upper(), y.text("VARTYPE").upper())
            if types != ("INDEPENDENT", "DEPENDENT"):
                continue
            if even and (even["x"], even["y"], even["again"]) == (x.symbol, y.symbol, y.symbol):
                return x, y, True
            if pairs and pairs["pair"] == pairs["again"] == x.symbol + y.symbol:
                return x, y, False
    raise UnsupportedFormatError(
        f"line {table.line}: expected a table of one abscissa and one ordinate of ##SYMBOL=, "
        f"found '{cleaned(table.value, limit=40)}'"
    )


def count_of(x: Variable, y: Variable, body: list[Record], *, is_even: bool) -> Record:
    """Return the number of points as a record: NPOINTS of the page, or VAR_DIM of both its variables."""
    said = {variable.text("VARDIM") for variable in (x, y)} - {""}
    own = [record for record in body if record.label == "NPOINTS"]
    if len(said) > 1 or len({record.value for record in own}) > 1:
        raise DamagedFileError("expected one number of points on the page (NTUPLES), found several")
    if not own:
        if not said:
            raise DamagedFileError("expected ##VAR_DIM= or ##NPOINTS= of the page (NTUPLES), found neither")
        return next(v.cells["VARDIM"] for v in (x, y) if v.text("VARDIM"))
    # VAR_DIM is the largest number where pages of pairs differ; an even page is as long as it says.
    if is_even and said and said != {own[0].value}:
        raise DamagedFileError(
            f"line {own[0].line}: expected ##NPOINTS= {said.pop()[:20]} as in ##VAR_DIM=, "
            f"found {shown(own[0].value)}"
        )
    return own[0]
