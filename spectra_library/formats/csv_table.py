"""CSV and other text tables to spectra, in any layout that ``cell_table`` knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from spectra_library.formats.cell_rows import Row, texts
from spectra_library.formats.cell_table import head_of, read_table
from spectra_library.formats.csv_dialect import refuse_ambiguous_commas, sniff
from spectra_library.formats.file_spectrum import FileSpectrum, RefusedBlock
from spectra_library.formats.plain_text import cleaned

FORMAT: Final = "csv"


def read_csv(text: str, *, name: str) -> tuple[FileSpectrum | RefusedBlock, ...]:
    """Read every spectrum of a text table; ``name`` of the file is the title where the table has none.

    A spectrum that is refused does not spoil the others.  Raises UnsupportedFormatError when the table
    holds no spectra, DamagedFileError when a cell is no number or a comma may be two things,
    NotInfraredError when the header says that it is something else.
    """
    dialect = sniff(text)
    rows: Iterator[Row] = iter(dialect.rows(text))
    head = head_of(rows, dialect)
    above = texts(head.above[-1][1]) if head.above else []
    refuse_ambiguous_commas(dialect, [texts(cells) for _, cells in head.numbers], above)
    return read_table(head, rows, dialect, title=cleaned(PurePath(name).stem), file_format=FORMAT)
