"""The letters of the pages: DejaVu Sans, which has those of Azerbaijani and Russian, from ``../fonts``.

What it has no sign for is written as a box and its number, what nobody sees as its escape.  Texts are never
markup.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from spectra_library.formats.plain_text import written_out

FOLDER: Final = Path(__file__).parent.parent / "fonts"
_UNITS: Final = 1000  # of a letter's size, in which a font says how wide the letter is
_BREAKS_AFTER: Final = "-/_.,;:|"  # where a word that is wider than its column is parted first


class Font(StrEnum):
    """The two fonts, by the names of their files."""

    REGULAR = "DejaVuSans"
    BOLD = "DejaVuSans-Bold"


@cache
def register_fonts() -> None:
    """Make the fonts known to reportlab; the first page of a process waits 30 ms for it."""
    for font in Font:
        pdfmetrics.registerFont(_loaded(font))


def readable(text: str) -> str:
    """Give ``text`` in one line of letters that the fonts have: everything of it is seen."""
    known = _letters()
    return "".join(
        letter if ord(letter) in known else f"\N{WHITE SQUARE}U+{ord(letter):04X}"
        for letter in written_out(text)
    )


def width_of(text: str, font: Font, size: float) -> float:
    """Measure a readable text, in points."""
    widths = _widths(font)
    return sum(widths[ord(letter)] for letter in text) * size / _UNITS


def broken(text: str, font: Font, size: float, width: float) -> tuple[str, ...]:
    """Break a readable text into lines at most ``width`` points wide; words that are wider are parted."""
    widths, room = _widths(font), width * _UNITS / size
    space = widths[ord(" ")]
    lines, line, used = [], "", 0.0
    for word in text.split():
        wide = sum(widths[ord(letter)] for letter in word)
        if line and used + space + wide <= room:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        while wide > room:
            end = _end_of_part(word, widths, room)
            lines.append(word[:end])
            word = word[end:]
            wide = sum(widths[ord(letter)] for letter in word)
        line, used = word, wide
    return (*lines, line) if line else tuple(lines)


def _end_of_part(word: str, widths: dict[int, float], room: float) -> int:
    """Tell after how many letters a word that is too wide is parted: one at least."""
    end, used = 0, 0.0
    while used + widths[ord(word[end])] <= room:
        used += widths[ord(word[end])]
        end += 1
    breaks = [place + 1 for place in range(end // 2, end) if word[place] in _BREAKS_AFTER]
    return max(breaks[-1] if breaks else end, 1)


@cache
def _loaded(font: Font) -> TTFont:
    return TTFont(font.value, str(FOLDER / f"{font}.ttf"))


@cache
def _letters() -> frozenset[int]:
    """Give the letters that both fonts have."""
    regular, bold = (frozenset(_loaded(font).face.charToGlyph) for font in Font)
    return regular & bold


@cache
def _widths(font: Font) -> dict[int, float]:
    return dict(_loaded(font).face.charWidths)
