"""A text as a QR code: the modules, a path for SVG, blocks for plain text.  Drawn by segno, placed by us.

True is dark.  The quiet zone of four light modules that readers need is part of the matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

QUIET_ZONE: Final = 4  # modules; ISO/IEC 18004
# 15 % of the code may be lost: thermal paper is creased and its print fades.
ERROR_LEVEL: Final = "m"

Matrix = tuple[tuple[bool, ...], ...]
_HALF_BLOCKS: Final = {
    (False, False): " ",
    (True, False): "\N{UPPER HALF BLOCK}",
    (False, True): "\N{LOWER HALF BLOCK}",
    (True, True): "\N{FULL BLOCK}",
}


def qr_matrix(text: str) -> Matrix:
    """Give the modules of the QR code of ``text``, row by row, square, the quiet zone included.

    Raises ValueError for a text that no QR code can hold (about 2,300 bytes).
    """
    import segno  # 20 ms that only what draws a code waits for

    code = segno.make_qr(text, error=ERROR_LEVEL, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=QUIET_ZONE))


def svg_path(matrix: Matrix) -> str:
    """Give the dark modules as the ``d`` of an SVG path, one unit a module, the corner at 0,0."""
    return "".join(
        f"M{start} {line}h{length}v1h-{length}z"
        for line, row in enumerate(matrix)
        for start, length in _dark_runs(row)
    )


def half_blocks(matrix: Matrix, *, light_is_drawn: bool = False) -> tuple[str, ...]:
    """Draw two rows of modules as one line of text.

    As it stands it is for paper, where a drawn block is dark.  ``light_is_drawn`` is for a screen that
    writes light on dark.
    """
    blank = (False,) * len(matrix[0])
    pairs = zip(matrix[::2], [*matrix[1::2], blank], strict=False)
    return tuple(
        "".join(
            _HALF_BLOCKS[(upper != light_is_drawn, lower != light_is_drawn)]
            for upper, lower in zip(*pair, strict=True)
        )
        for pair in pairs
    )


def _dark_runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Give where each run of dark modules starts, and how many there are in it."""
    start = 0
    for is_dark, modules in groupby(row):
        length = sum(1 for _ in modules)
        if is_dark:
            yield start, length
        start += length
