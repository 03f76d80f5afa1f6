"""Text for the cells of a table, of which a spreadsheet takes nothing for a formula.  Pure.

A spreadsheet runs a text that begins like a formula, from a file as from the clipboard.
"""

from __future__ import annotations

import re
from typing import Final

# What begins a formula.  A spreadsheet in Japanese or Chinese takes the wide forms too.
_SIGNS: Final = r"=+\-@＝＋－＠﹢﹣﹦﹫−"
# What a spreadsheet passes over before it looks: blanks of every width, quotation marks, what is not seen.
_PASSED_OVER: Final = r"[^\S\t\r\n]|[\"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\0]"
# A spreadsheet set to semicolons cuts a comma file at semicolons and line ends inside a cell too, so what
# stands after those can start a formula as well as what stands first.
FORMULA_START: Final = re.compile(
    rf"(?:\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?=(?:{_PASSED_OVER})*[{_SIGNS}]))"
)


def harmless(text: str) -> str:
    """Put an apostrophe before whatever a spreadsheet would take for a formula."""
    return text if text.isalnum() else FORMULA_START.sub("'", text)
