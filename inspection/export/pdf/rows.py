"""What a page is made of: rows of columns, and columns of slices, which are never cut.

row     | column          | column   |
        | slice: a line   | slice:   |
        | slice: a line   | a drawing|
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from inspection.export.pdf.fonts import broken, readable, width_of
from inspection.export.pdf.styles import BODY, HEADING, LABEL, LINE, SMALL_RIGHT, Align, Style

Draw = Callable[[Canvas, float, float], None]  # with the left and the top of the slice
RAIL: Final = 80.0  # points at the left for the names of the parts
BESIDE: Final = 88.0  # where their content begins
BY_WIDTH: Final = 118.0  # for who told something and when
_COLUMN_GAP: Final = 8.0
_PADDING: Final = 8.0  # between a coloured ground and its text


@dataclass(frozen=True, slots=True)
class Slice:
    """A strip of a column, ``height`` points high."""

    height: float
    draw: Draw | None = None  # None is a gap


@dataclass(frozen=True, slots=True)
class Column:
    """Slices below each other, ``left`` points from the left of the row."""

    left: float
    slices: tuple[Slice, ...]

    @property
    def height(self) -> float:
        """Height of all slices."""
        return sum(one.height for one in self.slices)


@dataclass(frozen=True, slots=True)
class Row:
    """Columns beside each other.

    ``before`` points of air above, left out at the top of a page.  ``keeps_next`` a heading, which does not
    stand alone at the end of a page.  ``rule`` the colour of a line above it.  ``inner`` points of air
    between that line and the columns, and below them.
    """

    columns: tuple[Column, ...]
    before: float = 0.0
    keeps_next: bool = False
    rule: Color | None = None
    inner: float = 0.0

    @property
    def height(self) -> float:
        """Height without the air above."""
        return max((one.height for one in self.columns), default=0.0) + 2 * self.inner

    def parted(self, room: float) -> tuple[Row, Row] | None:
        """Part it into what fits ``room`` points and the rest; None when not one slice of it fits."""
        cuts = [_slices_within(column, room - 2 * self.inner) for column in self.columns]
        if not any(cuts):
            return None
        above, below = (
            tuple(
                replace(column, slices=column.slices[:cut] if is_above else column.slices[cut:])
                for column, cut in zip(self.columns, cuts, strict=True)
            )
            for is_above in (True, False)
        )
        return replace(self, columns=above), replace(self, columns=below, before=0.0, rule=None)


def text_slices(text: str, style: Style, width: float) -> tuple[Slice, ...]:
    """Set a text of any letters in lines at most ``width`` points wide."""
    lines = broken(readable(text), style.font, style.size, width)
    return tuple(Slice(style.leading, _line(line, style, width)) for line in lines)


def on_ground(slices: Iterable[Slice], ground: Color, width: float) -> tuple[Slice, ...]:
    """Put slices on a coloured ground ``width`` points wide, with air around them."""
    padded = (Slice(_PADDING / 2), *slices, Slice(_PADDING / 2))
    return tuple(Slice(one.height, _grounded(one, ground, width)) for one in padded)


def part(title: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Put the name of a part into the rail at the left of its first row, under a thin line."""
    for number, row in enumerate(rows):
        columns = tuple(replace(one, left=one.left + BESIDE) for one in row.columns)
        if number:
            yield replace(row, columns=columns)
        else:
            rail = Column(0, text_slices(title, HEADING, RAIL))
            yield replace(row, columns=(rail, *columns), before=2.5, rule=LINE, inner=2)


def text_row(text: str, style: Style, width: float, *, before: float = 0.0) -> Row:
    """Give one text over the whole width."""
    return Row((Column(0, text_slices(text, style, width)),), before=before)


def fact_rows(facts: Iterable[tuple[str, str]], width: float, *, columns: int = 5) -> Iterator[Row]:
    """Set labels with their values below in a grid; a value that is too wide for one column takes more."""
    one = (width - (columns - 1) * _COLUMN_GAP) / columns
    line: list[Column] = []
    used = 0
    for label, value in facts:
        needs = (
            width_of(readable(text), style.font, style.size)
            for text, style in ((label, LABEL), (value, BODY))
        )
        need = max(needs)
        fitting = [span for span in range(1, columns + 1) if need <= _span_width(one, span)]
        span = fitting[0] if fitting else columns
        if line and used + span > columns:
            yield Row(tuple(line), before=1.5)
            line, used = [], 0
        room = _span_width(one, span)
        slices = (*text_slices(label, LABEL, room), *text_slices(value, BODY, room))
        line.append(Column(used * (one + _COLUMN_GAP), slices))
        used += span
    if line:
        yield Row(tuple(line), before=1.5)


def told_row(texts: Sequence[tuple[str, Style]], by: str, width: float) -> Row:
    """Set texts below each other, and at their right who told it and when."""
    room = width - BY_WIDTH - _COLUMN_GAP
    slices = tuple(one for text, style in texts for one in text_slices(text, style, room))
    right = Column(room + _COLUMN_GAP, text_slices(by, SMALL_RIGHT, BY_WIDTH))
    return Row((Column(0, slices), right), before=1.5)


def draw_text(canvas: Canvas, text: str, style: Style, *, left: float, top: float, width: float) -> float:
    """Draw a text at a fixed place, in as many lines as it needs, and give where it ends."""
    for one in text_slices(text, style, width):
        if one.draw is not None:
            one.draw(canvas, left, top)
        top -= one.height
    return top


def _grounded(one: Slice, ground: Color, width: float) -> Draw:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setFillColor(ground)
        # a hair higher than the slice: no seam shows between it and the next
        canvas.rect(left, top - one.height - 0.1, width, one.height + 0.1, stroke=0, fill=1)
        if one.draw is not None:
            one.draw(canvas, left + _PADDING, top)

    return draw


def _slices_within(column: Column, room: float) -> int:
    used, count = 0.0, 0
    for one in column.slices:
        used += one.height
        if used > room:
            break
        count += 1
    return count


def _span_width(one: float, span: int) -> float:
    return span * one + (span - 1) * _COLUMN_GAP


def _line(line: str, style: Style, width: float) -> Draw:
    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.setFont(style.font.value, style.size)
        canvas.setFillColor(style.colour)
        base = top - (style.leading + 0.72 * style.size) / 2  # capitals stand in the middle of the line
        if style.align is Align.LEFT:
            canvas.drawString(left, base, line)
        else:
            canvas.drawRightString(left + width, base, line)

    return draw
