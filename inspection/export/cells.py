"""Text for the cells of a table: nothing in it is run, hidden or turned round.  Pure.

    recorded text  -harmless->  no formula  -written_out->  every character is seen  =  cell_text

A spreadsheet runs a text that begins like a formula, from a file as from the clipboard.  A workbook says of
each cell that it is text; there only what cannot be seen is written out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from spectra_library.formats.cell_text import harmless
from spectra_library.formats.plain_text import written_out


def cell_text(text: str) -> str:
    """Give ``text`` for a cell of a file or the clipboard: it is no formula, and all of it is seen."""
    return text if text.isalnum() else _cell_text(text)


def tab_separated(cells: Sequence[str]) -> str:
    """Give one line for the clipboard, without its end; a tab inside a cell parts nothing."""
    return "\t".join(cell_text(cell) for cell in cells)


@lru_cache(maxsize=1024)  # the cells of a column mostly say the same
def _cell_text(text: str) -> str:
    return written_out(harmless(text))
