"""The anchor as a QR code of plain squares, one drawing that a reader of the file finds by its name."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from inspection.export.pdf.rows import Slice
from inspection.export.pdf.styles import INK
from inspection.export.qr import Matrix, qr_matrix

NAME: Final = "anchor-code"  # of the drawing, whose unit is a module and whose corner is at the lower left


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
