"""What the history of a PerkinElmer file says of the instrument, the accessory and the day; words only.

    history member -> record (121): who, what, when, ... | previous record, and so on to the oldest
                      instrument header (123): model, serial number, ...
    accessory member: pairs of texts, "Accessory Type" "UATR"

Ids as in ``perkin_elmer_blocks``; those within an instrument header were read off a real file.
"""

from __future__ import annotations

import re
import struct
from datetime import datetime
from typing import Final

from spectra_library.errors import DamagedFileError
from spectra_library.formats.perkin_elmer_blocks import TEXT, Block, nested, text_of
from spectra_library.formats.plain_text import cleaned

# Ids are the record's own: the same numbers mean other things in a data set.
_ACTION: Final = -29837
_TIMESTAMP: Final = -29836
_MODEL: Final = -29699
_SERIAL: Final = -29698
_MAX_WORDS: Final = 2_000
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME: Final = re.compile(
    r"[a-z]{3} +([a-z]{3}) +([0-9]{1,2}) +([0-9]{2}):([0-9]{2}):([0-9]{2}) +([0-9]{4})", re.IGNORECASE
)


class History:
    """The words of one history member, oldest record last."""

    def __init__(self, content: bytes, block: Block | None) -> None:
        self._content = content
        self._blocks = list(nested(content, block)) if block is not None else []

    def words(self) -> list[str]:
        """Return every text, at most 2,000."""
        texts = (self._text(block) for block in self._blocks)
        return [text for text in texts if text][:_MAX_WORDS]

    def date(self) -> str:
        """Return when the oldest record was made, local time, empty when it says nothing."""
        stamps = [self._text(block) for block in self._blocks if block.id == _TIMESTAMP]
        return _iso(stamps[-1]) if stamps else ""

    def instrument(self) -> str:
        """Return model and serial number, empty when it names none."""
        model, serial = self._first(_MODEL), self._first(_SERIAL)
        return f"{model}, serial number {serial}" if model and serial else model

    def actions(self) -> str:
        """Return what was done to the spectrum, the last first."""
        return "; ".join(self._text(block) for block in self._blocks if block.id == _ACTION)

    def _first(self, number: int) -> str:
        return next((self._text(block) for block in self._blocks if block.id == number), "")

    def _text(self, block: Block) -> str:
        try:
            return text_of(self._content, block)
        except DamagedFileError:
            return ""


def accessory_words(content: bytes, block: Block) -> list[str]:
    """Return the texts that stand between the numbers of an accessory header."""
    found: list[str] = []
    mark = struct.pack("<h", TEXT)
    at = content.find(mark, block.start, block.stop)
    while at >= 0 and len(found) < _MAX_WORDS:
        start = at + 4
        length = int.from_bytes(content[at + 2 : start], "little")
        if start + length > block.stop:
            break
        found.append(cleaned(content[start : start + length].decode("cp1252", errors="replace")))
        at = content.find(mark, start + length, block.stop)
    return found


def _iso(stamp: str) -> str:
    """Turn "Thu Mar 09 09:17:56 2006" into ISO 8601 without a zone, which it does not name."""
    found = _TIME.fullmatch(stamp.strip())
    if found is None or found[1].lower() not in _MONTHS:
        return ""
    month = _MONTHS.index(found[1].lower()) + 1
    try:
        return datetime(
            int(found[6]), month, int(found[2]), int(found[3]), int(found[4]), int(found[5])
        ).isoformat()
    except ValueError:
        return ""
