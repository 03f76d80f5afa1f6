"""How texts are set and which colours there are: ink, a quieter ink, one accent, and one for an alarm.

Sizes are points.  Colour never stands alone: a sign and a word carry the same meaning, on grey paper too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reportlab.lib.colors import Color, HexColor

from inspection.export.pdf.fonts import Font

INK: Final[Color] = HexColor("#1A1D1F")
QUIET: Final[Color] = HexColor("#52585C")
LINE: Final[Color] = HexColor("#D2D1CB")
ACCENT: Final[Color] = HexColor("#14589B")
ALARM: Final[Color] = HexColor("#A82A12")
TRAIN: Final[Color] = HexColor("#8A2568")
TRAIN_TINT: Final[Color] = HexColor("#F8E6F1")
PAPER: Final[Color] = HexColor("#FFFFFF")


class Align(StrEnum):
    """Where a line stands in its column."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; ``leading`` from one line to the next."""

    size: float
    leading: float
    font: Font = Font.REGULAR
    colour: Color = INK
    align: Align = Align.LEFT


BODY: Final = Style(7, 8.8)
BODY_STRONG: Final = Style(7, 8.8, Font.BOLD)
BODY_ALARM: Final = Style(7, 8.8, Font.BOLD, ALARM)
SMALL: Final = Style(6, 7.5, colour=QUIET)
SMALL_RIGHT: Final = Style(6, 7.5, colour=QUIET, align=Align.RIGHT)
LABEL: Final = Style(5.8, 7.4, colour=QUIET)
HEADING: Final = Style(7.5, 9, Font.BOLD, ACCENT)
VERDICT: Final = Style(9.5, 12, Font.BOLD)
VERDICT_ALARM: Final = Style(9.5, 12, Font.BOLD, ALARM)
ON_ALARM: Final = Style(10, 12.5, Font.BOLD, PAPER)
ON_ALARM_BODY: Final = Style(7, 8.8, colour=PAPER)
BRAND: Final = Style(8, 10, Font.BOLD, ACCENT)
TITLE: Final = Style(14, 18, Font.BOLD)
TITLE_RIGHT: Final = Style(9.5, 18, Font.BOLD, align=Align.RIGHT)
STATUS: Final = Style(8, 10, Font.BOLD, QUIET, Align.RIGHT)
CELL: Final = Style(6.5, 8.5)
CELL_STRONG: Final = Style(6.5, 8.5, Font.BOLD)
CELL_ALARM: Final = Style(6.5, 8.5, Font.BOLD, ALARM)
CELL_QUIET: Final = Style(6.5, 8.5, colour=QUIET)
CELL_NUMBER: Final = Style(6.5, 8.5, align=Align.RIGHT)
CELL_HEAD: Final = Style(6.5, 8.5, Font.BOLD, QUIET)
CELL_HEAD_RIGHT: Final = Style(6.5, 8.5, Font.BOLD, QUIET, Align.RIGHT)
