"""JCAMP-DX 4.24 and 5 files to spectra, strictly: a file whose own checks fail is refused.

Own reader on purpose: existing ones print a message and go on when a check fails.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE, MAX_POINTS_IN_SPECTRUM, Header, assemble
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.jcamp_checks import check_abscissas, check_ends, check_scale, check_step
from spectra_library.formats.jcamp_labels import Block, Record, split_blocks, without_comment
from spectra_library.formats.jcamp_numbers import Line, decode_ordinates, decode_pairs
from spectra_library.formats.jcamp_words import cas_of, phase_of, refuse_other_types, technique_of
from spectra_library.formats.plain_text import cleaned
from spectra_library.spectrum import FloatArray
from spectra_library.units import AxisUnit, OrdinateUnit, axis_unit, ordinate_unit

FORMAT: Final = "jcamp-dx"
_TABLES: Final = ("XYDATA", "XYPOINTS")


def read_jcamp(text: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read every spectrum of a JCAMP-DX file; blocks are numbered from 0 in the order of the file.

    A block that is refused does not spoil the others.  Raises DamagedFileError when there is no block.
    """
    lines = text.split("\n")
    spectra: list[FileSpectrum | RefusedBlock] = []
    room = MAX_POINTS_IN_FILE
    for block, warnings in _leaves(split_blocks(lines), ()):
        number = len(spectra)
        try:
            found = _read_block(block, lines, number=number, room=room, warnings=warnings)
            room -= found.wavenumber.size
        except FormatError as error:
            title = cleaned(block.text("TITLE"))
            spectra.append(RefusedBlock(block=number, error=error, title=title))
        else:
            spectra.append(found)
    if not spectra:
        raise DamagedFileError("expected a ##TITLE= ... ##END= block, found none")
    return tuple(spectra)


def _leaves(blocks: list[Block], warnings: tuple[str, ...]) -> list[tuple[Block, tuple[str, ...]]]:
    """List the blocks that hold something themselves, with what their envelopes have to say."""
    leaves: list[tuple[Block, tuple[str, ...]]] = []
    for block in blocks:
        if block.children:
            leaves += _leaves(block.children, warnings + _miscounted(block))
        if not block.children or any(label in block.records for label in _TABLES):
            leaves.append((block, warnings))
    return leaves


def _miscounted(link: Block) -> tuple[str, ...]:
    # A warning only: files in circulation count the envelope itself, or blocks of blocks.
    said = link.number("BLOCKS") if _begins_with_digit(link.text("BLOCKS")) else None
    if said is None or said == len(link.children):
        return ()
    return (f"the file announces {said:g} blocks in line {link.line}, {len(link.children)} are there",)


def _begins_with_digit(text: str) -> bool:
    return text[:1].isdigit()


def _read_block(
    block: Block, lines: list[str], *, number: int, room: int, warnings: tuple[str, ...]
) -> FileSpectrum:
    warnings += refuse_other_types(block)
    table = _table(block)
    x_words, y_words = cleaned(block.text("XUNITS"), limit=40), cleaned(block.text("YUNITS"), limit=40)
    axis = axis_unit(x_words)
    if axis is None:
        raise UnsupportedFormatError(f"expected ##XUNITS= 1/CM, MICROMETERS or NANOMETERS, found '{x_words}'")
    ordinate = ordinate_unit(y_words)
    if ordinate is None:
        ordinate = OrdinateUnit.ARBITRARY if y_words else OrdinateUnit.UNSTATED

    is_pairs = "XY..XY" in table.value.upper().replace(" ", "")
    if is_pairs:
        x, y, said = _pairs(block, table, lines, room)
    else:
        x, y, said = _even(block, table, lines, room)
    warnings += said
    if not block.is_ended:
        warnings += ("the block has no ##END=",)
    cas, cas_warnings = cas_of(block)
    header = Header(
        block=number,
        format=FORMAT,
        title=cleaned(block.text("TITLE")) or cleaned(block.text("NAMES")),
        cas=cas,
        technique=technique_of(block),
        phase=phase_of(block),
        x_units=x_words,
        y_units=y_words,
        resolution_cm=_resolution(block, axis),
        warnings=warnings + cas_warnings,
    )
    return assemble(header, x, y, axis=axis, ordinate=ordinate, holes_are_gaps=is_pairs)


def _table(block: Block) -> Record:
    """Return the data table that can be read; raise UnsupportedFormatError naming what is there instead."""
    for label in _TABLES:
        record = block.records.get(label)
        if record is not None:
            form = record.value.upper().replace(" ", "")
            if "X++(Y..Y)" in form or "XY..XY" in form:
                return record
            found = cleaned(record.value, limit=40)
            raise UnsupportedFormatError(
                f"line {record.line}: expected the form (X++(Y..Y)) or (XY..XY), found '{found}'"
            )
    if "NTUPLES" in block.records or "DATATABLE" in block.records:
        raise UnsupportedFormatError("expected one ##XYDATA= table, found NTUPLES, which are not read yet")
    for label in ("PEAKTABLE", "PEAKASSIGNMENTS"):
        if label in block.records:
            raise UnsupportedFormatError(
                "expected a spectrum, found a peak table: band positions without a curve"
            )
    if "JCAMPCS" in block.records or "ATOMLIST" in block.records:
        raise UnsupportedFormatError("expected a spectrum, found a chemical structure (JCAMP-CS)")
    raise UnsupportedFormatError("expected ##XYDATA= or ##XYPOINTS=, found neither")


def _even(
    block: Block, table: Record, lines: list[str], room: int
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Read an ``(X++(Y..Y))`` table: x (N,) evenly from FIRSTX to LASTX, y (N,), warnings."""
    points = _points(block, room)
    x_factor, y_factor = _factor(block, "XFACTOR"), _factor(block, "YFACTOR")
    first, last = _required(block, "FIRSTX"), _required(block, "LASTX")
    found = decode_ordinates(
        _data_lines(table, lines), points=points, decimal_commas=block.has_decimal_commas()
    )
    if len(found.values) != points:
        raise DamagedFileError(
            f"line {table.stop}: expected {points} points (##NPOINTS=), found {len(found.values)}"
        )
    x = np.linspace(first, last, points)
    warnings = check_abscissas(found.marks, x, factor=x_factor)
    y = np.array(found.values) * y_factor
    return x, y, warnings + check_step(block, x) + check_scale(block, y, factor=y_factor)


def _pairs(
    block: Block, table: Record, lines: list[str], room: int
) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Read an ``(XY..XY)`` table: x (N,), y (N,), warnings."""
    points = _points(block, room)
    abscissas, ordinates = decode_pairs(
        _data_lines(table, lines), points=points, decimal_commas=block.has_decimal_commas()
    )
    if len(abscissas) != points:
        raise DamagedFileError(
            f"line {table.stop}: expected {points} points (##NPOINTS=), found {len(abscissas)}"
        )
    y_factor = _factor(block, "YFACTOR")
    x = np.array(abscissas) * _factor(block, "XFACTOR")
    y = np.array(ordinates) * y_factor
    check_ends(block, x)
    return x, y, check_scale(block, y, factor=y_factor)


def _data_lines(table: Record, lines: list[str]) -> list[Line]:
    # Ctrl-Z ended a DOS text file; NUL bytes pad records of some instruments.
    junk = str.maketrans("", "", "\x1a\x00")
    return [
        (index + 1, without_comment(lines[index]).translate(junk)) for index in range(table.start, table.stop)
    ]


def _points(block: Block, room: int) -> int:
    said = _required(block, "NPOINTS")
    limit = min(MAX_POINTS_IN_SPECTRUM, room)
    if not 2 <= said <= limit or said != int(said):
        raise DamagedFileError(
            f"line {block.records['NPOINTS'].line}: expected ##NPOINTS= from 2 to {limit}, found {said:g}"
        )
    return int(said)


def _required(block: Block, label: str) -> float:
    number = block.number(label)
    if number is None:
        raise DamagedFileError(
            f"expected a number after ##{label}=, found none in the block of line {block.line}"
        )
    return number


def _factor(block: Block, label: str) -> float:
    factor = block.number(label)
    if factor is None:
        return 1.0
    if factor == 0 or not np.isfinite(factor):
        raise DamagedFileError(
            f"line {block.records[label].line}: expected a factor other than 0 after ##{label}="
        )
    return factor


def _resolution(block: Block, axis: AxisUnit) -> float | None:
    # Free text in many files, and never needed to read the numbers: what is no number says nothing.
    if axis is not AxisUnit.WAVENUMBER or not _begins_with_digit(block.text("RESOLUTION")):
        return None
    resolution = block.number("RESOLUTION")
    return resolution if resolution is not None and 0 < resolution < 1000 else None
