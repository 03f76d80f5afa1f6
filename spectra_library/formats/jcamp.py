"""JCAMP-DX 4.24 and 5 files to spectra, strictly: a file whose own checks fail is refused.

    text -split_blocks-> blocks -kind-> named and refused: Raman, NMR, mass ...
                            |-----XYDATA, XYPOINTS---> jcamp_curves   one spectrum
                            |-----NTUPLES------------> jcamp_ntuples  one spectrum a page
                            `-----peak tables--------> jcamp_peaks    a list of bands

Own reader on purpose: existing ones print a message and go on when a check fails.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from spectra_library.errors import DamagedFileError, FormatError, NotInfraredError, UnsupportedFormatError
from spectra_library.formats.assembling import MAX_POINTS_IN_FILE
from spectra_library.formats.file_spectrum import FilePart, RefusedBlock
from spectra_library.formats.jcamp_curves import read_curve, title_of
from spectra_library.formats.jcamp_labels import Block, Record, split_blocks
from spectra_library.formats.jcamp_ntuples import read_pages
from spectra_library.formats.jcamp_peaks import PEAK_LABELS, read_peaks
from spectra_library.formats.jcamp_words import refuse_other_types
from spectra_library.formats.plain_text import cleaned

_CURVES: Final = ("XYDATA", "XYPOINTS")
_TABLES: Final = (*_CURVES, *PEAK_LABELS, "NTUPLES")


def read_jcamp(text: str) -> tuple[FilePart, ...]:
    """Read every spectrum and list of bands of a JCAMP-DX file, numbered from 0 in the order of the file.

    A block that is refused does not spoil the others.  Raises DamagedFileError when there is no block.
    """
    # Ctrl-Z ended a DOS text file; NUL bytes pad records of some instruments.
    lines = text.replace("\x1a", "").replace("\x00", "").split("\n")
    parts: list[FilePart] = []
    room = MAX_POINTS_IN_FILE
    for block, warnings in _leaves(split_blocks(lines), ()):
        number = len(parts)
        try:
            # What becomes larger than any number is infinite from here on, and refused for that.
            with np.errstate(over="ignore", invalid="ignore"):
                found = _read_block(block, lines, number=number, room=room, warnings=warnings)
        except FormatError as error:
            found = [RefusedBlock(block=number, error=error, title=title_of(block))]
        room -= sum(part.wavenumber.size for part in found if not isinstance(part, RefusedBlock))
        parts += found
    if not parts:
        raise DamagedFileError("expected a ##TITLE= ... ##END= block, found none")
    return tuple(parts)


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
    said = link.number("BLOCKS") if link.text("BLOCKS")[:1].isdigit() else None
    if said is None or said == len(link.children):
        return ()
    return (f"the file announces {said:g} blocks in line {link.line}, {len(link.children)} are there",)


def _read_block(
    block: Block, lines: list[str], *, number: int, room: int, warnings: tuple[str, ...]
) -> list[FilePart]:
    warnings += refuse_other_types(block)
    if "NTUPLES" in block.records:
        return [*read_pages(block, lines, number=number, room=room, warnings=warnings)]
    table = _curve_table(block)
    if table is not None:
        if any(label in block.records for label in PEAK_LABELS):
            # NPOINTS can count only one of them.
            warnings += ("the block holds a peak table too, which is not read",)
        return [read_curve(block, table, lines, number=number, room=room, warnings=warnings)]
    if any(label in block.records for label in PEAK_LABELS):
        return [read_peaks(block, lines, number=number, room=room, warnings=warnings)]
    raise _nothing_to_read(block)


def _curve_table(block: Block) -> Record | None:
    """Return the table of a curve, None when there is none.

    Raises FormatError when there are two, or one in another form.
    """
    tables = [block.records[label] for label in _CURVES if label in block.records]
    if not tables:
        return None
    if len(tables) > 1:
        raise DamagedFileError(f"line {tables[-1].line}: expected one table in a block, found a second one")
    form = tables[0].value.upper().replace(" ", "")
    if "X++(Y..Y)" in form or "XY..XY" in form:
        return tables[0]
    found = cleaned(tables[0].value, limit=40)
    raise UnsupportedFormatError(
        f"line {tables[0].line}: expected the form (X++(Y..Y)) or (XY..XY), found '{found}'"
    )


def _nothing_to_read(block: Block) -> FormatError:
    if "RADATA" in block.records:
        return NotInfraredError("expected a spectrum, found an interferogram (##RADATA=)")
    if "DATATABLE" in block.records:
        return DamagedFileError("expected ##NTUPLES= before ##DATA TABLE=, found none")
    if "JCAMPCS" in block.records or "ATOMLIST" in block.records:
        return UnsupportedFormatError("expected a spectrum, found a chemical structure (JCAMP-CS)")
    return UnsupportedFormatError("expected ##XYDATA= or ##XYPOINTS=, found neither")
