"""Where the log ends, as lines of text and as a QR code.

The code is made of plain squares, one drawing that a reader of the file finds by its name.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from inspection.export.pdf.rows import Slice, text_slices
from inspection.export.pdf.styles import BODY, HEADING, INK, SMALL
from inspection.export.qr import Matrix, qr_matrix
from inspection.export.receipt import head_lines
from inspection.language import Wording
from inspection.records import LogHead

NAME: Final = "anchor-code"  # of the drawing, whose unit is a module and whose corner is at the lower left

SHORT: Final = 16  # digits of a hash that are shown


def end_slices(words: Wording, head: LogHead, width: float) -> tuple[Slice, ...]:
    """Say where the log ends, in lines at most ``width`` points wide."""
    count = words("volume {volume}, {count} records").format(volume=head.volume, count=head.count)
    return (
        *text_slices(words("The log ends here:"), HEADING, width),
        *text_slices(count, SMALL, width),
        *(one for line in head_lines(head.head) for one in text_slices(line, BODY, width)),
    )


def code_slice(text: str, side: float) -> Slice:
    """Draw the QR code of ``text``, ``side`` points wide and high, its quiet zone included."""
    matrix = qr_matrix(text)

    def draw(canvas: Canvas, left: float, top: float) -> None:
        if not canvas.hasForm(NAME):
            _define(canvas, matrix)
        canvas.saveState()
        canvas.translate(left, top - side)
        canvas.scale(side / len(matrix), side / len(matrix))
        canvas.doForm(NAME)
        canvas.restoreState()

    return Slice(side, draw)


def _define(canvas: Canvas, matrix: Matrix) -> None:
    size = len(matrix)
    canvas.beginForm(NAME, 0, 0, size, size)
    canvas.setFillColor(INK)
    for line, modules in enumerate(matrix):
        start = 0
        for is_dark, run in groupby(modules):
            length = len(list(run))
            if is_dark:
                canvas.rect(start, size - 1 - line, length, 1, stroke=0, fill=1)
            start += length
    canvas.endForm()
