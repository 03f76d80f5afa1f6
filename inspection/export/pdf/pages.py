"""Rows onto pages: each page with its head, its foot and its number; the same rows give the same bytes.

How many pages there are is known at the end only: the number of each is a drawing of its own, made last.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from inspection.export.pdf.fonts import Font, register_fonts
from inspection.export.pdf.rows import Row, draw_text
from inspection.export.pdf.styles import LINE, SMALL, SMALL_RIGHT, TRAIN, TRAIN_TINT
from inspection.language import Wording

MARGIN: Final = 36.0
_AIR_ABOVE: Final = 24.0
_FOOT: Final = 32.0  # points from the lower edge to the line above the foot
_NUMBER_WIDTH: Final = 90.0
_BAND: Final = 12.0  # of the training log, along the upper and the lower edge
_BAND_STEP: Final = 8.0
_NEARLY: Final = 0.01  # points: sums of heights are not exact


@dataclass(frozen=True, slots=True)
class Printed:
    """A file: its bytes, and how many records it was made from."""

    content: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Paper:
    """What all pages of a file share.

    ``size`` width and height in points.  ``head`` draws the head of a page from the place it is given
    downwards and gives where it ends.  ``foot`` the lines at the foot.  ``moment`` the time of the file.
    """

    size: tuple[float, float]
    title: str
    subject: str
    moment: datetime
    head: Callable[[Canvas, float], float]
    foot: tuple[str, str]
    is_training: bool

    @property
    def width(self) -> float:
        """Width between the margins."""
        return self.size[0] - 2 * MARGIN


class Pages:
    """A file that is being drawn, row by row."""

    def __init__(self, paper: Paper, words: Wording) -> None:
        register_fonts()
        self._paper = paper
        self._words = words
        self._file = io.BytesIO()
        self._canvas = Canvas(
            self._file,
            pagesize=paper.size,
            pageCompression=1,
            invariant=1,  # no clock and no chance
            initialFontName=Font.REGULAR.value,  # type: ignore[arg-type]  # a name, whatever the stubs say
            lang=words.language.value,
        )
        self._canvas.setTitle(paper.title)
        self._canvas.setSubject(paper.subject)
        self._canvas.setAuthor("Chemgate")
        self._canvas.setCreator("Chemgate")
        stamp = f"D:{paper.moment.astimezone(UTC):%Y%m%d%H%M%S}+00'00'"
        self._canvas.setDateFormatter(lambda *_: stamp)
        self._kept: list[Row] = []  # headings that wait for what they stand above
        self._count = 0
        self._edge = _BAND if paper.is_training else 0.0
        self._foot = _FOOT + self._edge
        self._bottom = self._foot + 5
        self._top = 0.0
        self._is_fresh = True
        self._begin()

    def put(self, rows: Iterable[Row]) -> None:
        """Set rows below each other, going to further pages where one is full."""
        for row in rows:
            if row.keeps_next:
                self._kept.append(row)
            else:
                self._put(row)

    def put_at_bottom(self, rows: Iterable[Row]) -> None:
        """Set rows that stay together at the lower end of the last page."""
        rows = tuple(rows)
        self._flush()
        high = sum(row.before + row.height for row in rows)
        if high > self._room + _NEARLY:
            self._turn()
        if high <= self._room:
            self._top = self._bottom + high
            self._is_fresh = False
        for row in rows:
            self._put(row)

    def finish(self) -> bytes:
        """Give the file."""
        self._flush()
        self._canvas.showPage()
        for page in range(1, self._count + 1):
            text = self._words("page {page} of {pages}").format(page=page, pages=self._count)
            self._canvas.beginForm(f"number{page}", 0, 0, *self._paper.size)
            left = self._paper.size[0] - MARGIN - _NUMBER_WIDTH
            top = self._foot - 4
            draw_text(self._canvas, text, SMALL_RIGHT, left=left, top=top, width=_NUMBER_WIDTH)
            self._canvas.endForm()
        self._canvas.save()
        return self._file.getvalue()

    @property
    def _room(self) -> float:
        return self._top - self._bottom

    def _put(self, row: Row) -> None:
        need = sum(one.before + one.height for one in self._kept) + row.before
        if need + row.height > self._room + _NEARLY and not self._is_fresh:
            self._turn()
        self._flush()
        while row.before + row.height > self._room + _NEARLY:
            parts = row.parted(self._room - (0.0 if self._is_fresh else row.before))
            if parts is None:
                if self._is_fresh:
                    break  # a slice higher than a page: nothing here is
                self._turn()
                continue
            self._draw(parts[0])
            row = parts[1]
            self._turn()
        self._draw(row)

    def _flush(self) -> None:
        kept, self._kept = self._kept, []
        for row in kept:
            self._draw(row)

    def _draw(self, row: Row) -> None:
        canvas, paper = self._canvas, self._paper
        top = self._top - (0.0 if self._is_fresh else row.before)
        if row.rule is not None and not self._is_fresh:  # the head has a line of its own
            canvas.setStrokeColor(row.rule)
            canvas.setLineWidth(0.5)
            canvas.line(MARGIN, top, MARGIN + paper.width, top)
        for column in row.columns:
            place = top - row.inner
            for one in column.slices:
                if one.draw is not None:
                    one.draw(canvas, MARGIN + column.left, place)
                place -= one.height
        self._top = top - row.height
        self._is_fresh = False

    def _turn(self) -> None:
        self._canvas.showPage()
        self._begin()

    def _begin(self) -> None:
        paper, canvas = self._paper, self._canvas
        self._count += 1
        if paper.is_training:
            self._draw_training()
        self._top = paper.head(canvas, paper.size[1] - _AIR_ABOVE - self._edge)
        self._is_fresh = True
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, self._foot, MARGIN + paper.width, self._foot)
        top = self._foot - 4
        for line in paper.foot:
            top = draw_text(canvas, line, SMALL, left=MARGIN, top=top, width=paper.width - _NUMBER_WIDTH)
        canvas.doForm(f"number{self._count}")

    def _draw_training(self) -> None:
        """Hatch both edges and write the word across: no copy of this page passes for evidence."""
        canvas, (width, height) = self._canvas, self._paper.size
        word = self._words("TRAINING")
        canvas.saveState()
        canvas.translate(width / 2, height / 2)
        canvas.rotate(52 if height > width else 32)
        canvas.setFillColor(TRAIN_TINT)
        canvas.setFont(Font.BOLD.value, 84)
        canvas.drawCentredString(0, -30, word)
        canvas.restoreState()
        for low in (0.0, height - _BAND):
            self._draw_band(low)

    def _draw_band(self, low: float) -> None:
        canvas, width = self._canvas, self._paper.size[0]
        canvas.saveState()
        path = canvas.beginPath()
        path.rect(0, low, width, _BAND)
        canvas.clipPath(path, stroke=0, fill=0)
        canvas.setFillColor(TRAIN_TINT)
        canvas.rect(0, low, width, _BAND, stroke=0, fill=1)
        canvas.setStrokeColor(TRAIN)
        canvas.setLineWidth(2)
        step = 0
        while step * _BAND_STEP < width + _BAND:
            canvas.line(step * _BAND_STEP - _BAND, low, step * _BAND_STEP, low + _BAND)
            step += 1
        canvas.restoreState()
        text = self._words("TRAINING – nothing here is evidence")
        canvas.setFont(Font.BOLD.value, 7)
        canvas.setFillColor(TRAIN_TINT)
        half = canvas.stringWidth(text, Font.BOLD.value, 7) / 2 + 8
        canvas.rect(width / 2 - half, low, 2 * half, _BAND, stroke=0, fill=1)
        canvas.setFillColor(TRAIN)
        canvas.drawCentredString(width / 2, low + 3.5, text)
