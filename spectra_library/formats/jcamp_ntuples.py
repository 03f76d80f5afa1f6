"""JCAMP-DX NTUPLES: one table of variables and many pages, each page a curve like any other.

    ##NTUPLES=   INFRARED SPECTRUM
    ##VAR_NAME=  WAVENUMBER,  ABSORBANCE, TIME        one column for each variable
    ##SYMBOL=    X,           Y,          T
    ##VAR_TYPE=  INDEPENDENT, DEPENDENT,  PAGE
    ##VAR_DIM=   1801,        1801,       2
    ##UNITS=     1/CM,        ABSORBANCE, SECONDS
    ##FIRST=     400,         0.10,       0.5         of the first page
    ##LAST=      4000,        0.12,       1.0         of the last page
    ##MIN= ##MAX=                                     over all pages
    ##FACTOR=    1,           0.0001,     1
    ##PAGE= T=0.5                                     records here hold for this page only
    ##DATA TABLE= (X++(Y..Y)), XYDATA                 or (XY..XY), XYPOINTS
    ...
    ##END NTUPLES= INFRARED SPECTRUM

Each page becomes a block with the labels of a simple file, so the same code reads it and obeys the same
checks.  Source: Lampen, Lambert, Lancashire, McDonald, McIntyre, Rutledge, Froehlich and Davies,
Pure Appl. Chem. 71 (1999) 1549 (JCAMP-DX 5.01), section on NTUPLES.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.jcamp_checks import check_scale
from spectra_library.formats.jcamp_curves import Columns, axis_of, factor, read_columns, spectrum_of, title_of
from spectra_library.formats.jcamp_labels import Block, Record
from spectra_library.formats.jcamp_variables import (
    Variable,
    count_of,
    refuse_broken_numbers,
    rows_of,
    variables_of,
    variables_of_table,
    with_rows,
)
from spectra_library.formats.jcamp_words import refuse_other_types
from spectra_library.formats.plain_text import cleaned
from spectra_library.units import OrdinateUnit, ordinate_unit

_MAX_PAGES: Final = 20_000
# What a page takes over from its block; a fixed list, because a block may have 100,000 other labels.
_COMMON: Final[tuple[str, ...]] = (
    *("TITLE", "NAMES", "DATATYPE", "CASREGISTRYNO", "STATE", "MOLFORM", "RESOLUTION"),
    *("SAMPLINGPROCEDURE", "SAMPLEPREPARATION", "SAMPLEDESCRIPTION", "INSTRUMENTPARAMETERS"),
    *("INSTRUMENTALPARAMETERS", "SPECTROMETERDATASYSTEM", "INSTRUMENT", "ACCESSORY", "SPECTROMETERSETTINGS"),
    *("DATAPROCESSING", "ORIGIN", "OWNER", "LONGDATE", "DATE", "INCHIKEY", "$INCHIKEY", ".INCHIKEY"),
)
_NO_SPECTRUM: Final = (
    (r"IMAG|PHASE", "an imaginary part or a phase"),
    (r"\bREAL\b", "the real part of a complex spectrum"),
    (r"INTERFEROGRAM", "an interferogram"),
    (r"SINGLE.?BEAM|BACKGROUND", "a single-beam spectrum"),
)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as a block of its own: ``block`` has the labels of a simple file, ``table`` the numbers."""

    symbol: str
    block: Block
    table: Record
    has_own_scale: bool


def read_pages(
    block: Block, lines: list[str], *, number: int, room: int, warnings: tuple[str, ...]
) -> list[FileSpectrum | RefusedBlock]:
    """Read each page as one spectrum, numbered from ``number``; a refused one spoils no other.

    Raises FormatError when the table of variables cannot be understood or there are no pages.
    """
    head, bodies = _sections(block)
    _refuse_other_kinds(block)
    variables = variables_of(head)
    warnings += _miscounted(block, variables, len(bodies))
    found: list[tuple[_Page, Columns] | RefusedBlock] = []
    for at, body in enumerate(bodies):
        try:
            page = _page(block, variables, body)
            columns = read_columns(page.block, page.table, lines, room=room)
            room -= columns.x.size
            found.append((page, columns))
        except FormatError as error:
            found.append(RefusedBlock(block=number + at, error=error, title=_title(block, body[0])))
    said = _check_scales(found)
    parts: list[FileSpectrum | RefusedBlock] = []
    for at, one in enumerate(found):
        if isinstance(one, RefusedBlock):
            parts.append(one)
            continue
        page, columns = one
        try:
            more = said.get(page.symbol, ())
            if isinstance(more, DamagedFileError):
                raise more
            if page.has_own_scale:
                more += check_scale(page.block, columns.y, factor=factor(page.block, "YFACTOR"))
            parts.append(
                spectrum_of(
                    page.block,
                    columns,
                    lines,
                    number=number + at,
                    warnings=(*warnings, *columns.warnings, *more),
                )
            )
        except FormatError as error:
            parts.append(RefusedBlock(block=number + at, error=error, title=title_of(page.block)))
    return parts


def _sections(block: Block) -> tuple[list[Record], list[list[Record]]]:
    """Return the records of the table of variables, and those of each page from its ##PAGE= on."""
    head: list[Record] = []
    bodies: list[list[Record]] = []
    for record in block.sequence[1:]:
        if record.label == "ENDNTUPLES":
            break
        if record.label == "PAGE":
            bodies.append([])
            if len(bodies) > _MAX_PAGES:
                raise DamagedFileError(f"line {record.line}: expected at most {_MAX_PAGES} pages, found more")
        (bodies[-1] if bodies else head).append(record)
    if not bodies:
        raise DamagedFileError(
            f"line {block.sequence[0].line}: expected pages (##PAGE=) of NTUPLES, found none"
        )
    for body in bodies:
        # A label that was lost or doubled here may have moved others to a page they do not belong to.
        tables = sum(record.label == "DATATABLE" for record in body)
        if tables != 1:
            raise DamagedFileError(
                f"line {body[0].line}: expected one ##DATA TABLE= on the page, found {tables}"
            )
        for record in body:
            if record.label in ("SYMBOL", "VARTYPE"):
                raise DamagedFileError(f"line {record.line}: expected ##{record.label}= before the pages")
    return head, bodies


def _miscounted(block: Block, variables: dict[str, Variable], pages: int) -> tuple[str, ...]:
    """Return warnings where pages may have been lost; each page that is there is whole by its own checks."""
    said = [v.text("VARDIM") for v in variables.values() if v.text("VARTYPE").upper() == "PAGE"]
    warnings: tuple[str, ...] = ()
    if any(number and number != str(pages) for number in said):
        announced = cleaned(", ".join(said), limit=40)
        warnings += (f"the file announces {announced} pages (##VAR_DIM=), {pages} are there",)
    if not any(record.label == "ENDNTUPLES" for record in block.sequence):
        warnings += ("the NTUPLES have no ##END NTUPLES=",)
    return warnings


def _refuse_other_kinds(block: Block) -> None:
    for label in ("DATATYPE", "NTUPLES"):
        second = block.contradictions.get(label)
        if second is not None:
            raise DamagedFileError(f"line {second.line}: expected ##{label}= once, found it twice")
    for label in ("XYDATA", "XYPOINTS", "PEAKTABLE", "PEAKASSIGNMENTS"):
        if label in block.records:
            raise DamagedFileError(
                f"line {block.records[label].line}: expected nothing but NTUPLES, found ##{label}= too"
            )
    said = cleaned(block.records["NTUPLES"].value, limit=60)
    if said:
        # The kind stands twice; where the two differ, the one of the pages may not be taken for infrared.
        refuse_other_types(
            Block(line=block.line, records={"DATATYPE": replace(block.records["NTUPLES"], value=said)})
        )


def _page(block: Block, variables: dict[str, Variable], body: list[Record]) -> _Page:
    variables = with_rows(variables, rows_of(body))
    page = body[0]
    table = next(record for record in body if record.label == "DATATABLE")
    symbol, equals, _ = page.value.partition("=")
    named = variables.get(symbol.strip().upper())
    if not equals or named is None or named.text("VARTYPE").upper() != "PAGE":
        raise DamagedFileError(
            f"line {page.line}: expected a variable of the type PAGE and its value after ##PAGE=, "
            f"found '{cleaned(page.value, limit=40)}'"
        )
    x, y, is_even = variables_of_table(table, variables)
    _refuse_meaningless(y)
    for variable in (x, y):
        refuse_broken_numbers(variable)
    records = {label: block.records[label] for label in _COMMON if label in block.records}
    records["TITLE"] = replace(page, label="TITLE", value=_title(block, page))
    for label, variable, source in (
        *(("XUNITS", x, "UNITS"), ("FIRSTX", x, "FIRST"), ("LASTX", x, "LAST"), ("XFACTOR", x, "FACTOR")),
        *(("YUNITS", y, "UNITS"), ("FIRSTY", y, "FIRST"), ("MINY", y, "MIN"), ("MAXY", y, "MAX")),
        ("YFACTOR", y, "FACTOR"),
    ):
        if variable.text(source):
            records[label] = variable.cells[source]
    if not y.text("UNITS") and ordinate_unit(y.text("VARNAME")) is not None:
        records["YUNITS"] = y.cells["VARNAME"]
    records["NPOINTS"] = count_of(x, y, body, is_even=is_even)
    own = Block(line=page.line, records=records, is_ended=block.is_ended)
    axis_of(own)
    has_own_scale = _keep_own_scale(records, page)
    form = "(X++(Y..Y))" if is_even else "(XY..XY)"
    return _Page(y.symbol, own, replace(table, value=form), has_own_scale)


def _keep_own_scale(records: dict[str, Record], page: Record) -> bool:
    """Tell whether the page states its own ordinates; then those of the whole table are left out."""
    stated = [label for label in ("FIRSTY", "MINY", "MAXY") if label in records]
    own = [label for label in stated if records[label].line > page.line]
    for label in stated if own else ():
        if label not in own:
            del records[label]
    return bool(own)


def _title(block: Block, page: Record) -> str:
    title = title_of(block)
    value = cleaned(page.value, limit=40)
    return f"{title} ({value})" if title else value


def _refuse_meaningless(y: Variable) -> None:
    words = f"{y.text('VARNAME')} {y.text('UNITS')}".upper()
    for pattern, name in _NO_SPECTRUM:
        if re.search(pattern, words):
            raise NotInfraredError(f"expected absorbance or transmittance on the page, found {name}")
    named, units = ordinate_unit(y.text("VARNAME")), ordinate_unit(y.text("UNITS"))
    percent = {OrdinateUnit.TRANSMITTANCE, OrdinateUnit.PERCENT_TRANSMITTANCE}
    silent = {None, OrdinateUnit.UNSTATED, OrdinateUnit.ARBITRARY}
    if named not in silent and units not in silent and named != units and {named, units} != percent:
        raise DamagedFileError(
            f"expected one meaning of the ordinate, found the name {named} and the units {units} (NTUPLES)"
        )


def _check_scales(
    found: list[tuple[_Page, Columns] | RefusedBlock],
) -> dict[str, tuple[str, ...] | DamagedFileError]:
    """Compare FIRST, MIN and MAX of each ordinate with all its pages together; return what to say of each."""
    pages: dict[str, list[tuple[_Page, Columns]]] = {}
    for one in found:
        if not isinstance(one, RefusedBlock) and not one[0].has_own_scale:
            pages.setdefault(one[0].symbol, []).append(one)
    is_complete = not any(isinstance(one, RefusedBlock) for one in found)
    said: dict[str, tuple[str, ...] | DamagedFileError] = {}
    for symbol, own in pages.items():
        first = own[0][0].block
        ordinates = np.concatenate([columns.y for _, columns in own])
        if not is_complete:
            said[symbol] = ("another page was refused: the ordinates were not compared with the header",)
            continue
        try:
            said[symbol] = check_scale(first, ordinates, factor=factor(first, "YFACTOR"))
        except DamagedFileError as error:
            said[symbol] = error
    return said
