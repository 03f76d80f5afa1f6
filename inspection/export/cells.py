"""Text for the cells of a table: nothing in it is run, hidden or turned round.  Pure.

    recorded text  -harmless->  no formula  -written_out->  every character is seen  =  cell_text

A spreadsheet runs a text that begins like a formula, from a file as from the clipboard.  A workbook says of
each cell that it is text; there only what cannot be seen is written out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from spectra_library.formats.plain_text import INVISIBLE

# What begins a formula.  A spreadsheet in Japanese or Chinese takes the wide forms too.
_SIGNS: Final = r"=+\-@＝＋－＠﹢﹣﹦﹫−"
# What a spreadsheet passes over before it looks: blanks of every width, quotation marks, what is not seen.
_PASSED_OVER: Final = r"[^\S\t\r\n]|[\"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\0]"
# A spreadsheet set to semicolons cuts a comma file at semicolons and line ends inside a cell too, so what
# stands after those can start a formula as well as what stands first.
FORMULA_START: Final = re.compile(
    rf"(?:\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?=(?:{_PASSED_OVER})*[{_SIGNS}]))"
)


def cell_text(text: str) -> str:
    """Give ``text`` for a cell of a file or the clipboard: it is no formula, and all of it is seen."""
    return text if text.isalnum() else _cell_text(text)


def harmless(text: str) -> str:
    """Put an apostrophe before whatever a spreadsheet would take for a formula."""
    return text if text.isalnum() else FORMULA_START.sub("'", text)


def written_out(text: str) -> str:
    """Write out as an escape what is not seen, or turns the direction: line ends and tabs too."""
    if text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in INVISIBLE else letter
        for letter in text
    )


def tab_separated(cells: Sequence[str]) -> str:
    """Give one line for the clipboard, without its end; a tab inside a cell parts nothing."""
    return "\t".join(cell_text(cell) for cell in cells)


@lru_cache(maxsize=1024)  # the cells of a column mostly say the same
def _cell_text(text: str) -> str:
    return written_out(harmless(text))
