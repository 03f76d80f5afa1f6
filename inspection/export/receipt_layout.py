"""A receipt on paper 80 mm wide, of which 72 can be printed on: as a drawing, or as lines of 48 characters.

Every text is broken to its width and, in the drawing, escaped: declarations and names come from outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from inspection.export.qr import half_blocks, qr_matrix, svg_path
from inspection.export.receipt import Line, Receipt, Weight

COLUMNS: Final = 48
PAPER_MM: Final = 80.0
_MARGIN_MM: Final = 4.0
_MODULE_MM: Final = 1.2  # of the code: eight dots of a usual printer, and read by any telephone
_TRAINING: Final = "TRAINING"
_TRAINING_EVERY_MM: Final = 62.0
# Letters of one width are 0.6 of their size wide: 48 of them fit 72 mm, 19 of the large ones 48 mm.
_SIZE_MM: Final = {Weight.BODY: 2.5, Weight.STRONG: 2.5, Weight.TITLE: 3.2, Weight.HEAD: 4.2}
_COLUMNS_OF: Final = {Weight.BODY: 48, Weight.STRONG: 48, Weight.TITLE: 37, Weight.HEAD: 28}
_CENTRED: Final = (Weight.TITLE, Weight.HEAD)
_FONT: Final = "monospace"  # one name: Qt takes a list of them for the name of one font


def receipt_text(receipt: Receipt) -> bytes:
    """Write the receipt as UTF-8 lines; the code is drawn in half blocks."""
    banner = [f"{' ' + _TRAINING + ' ':*^{COLUMNS}}"] if receipt.is_training else []
    code = [line.center(COLUMNS).rstrip() for line in half_blocks(qr_matrix(str(receipt.head)))]
    lines = [
        *banner,
        *_text_lines(receipt.above),
        "",
        *banner,
        *code,
        *banner,
        *_text_lines(receipt.below),
        *banner,
    ]
    return ("\n".join(lines) + "\n").encode()


def receipt_svg(receipt: Receipt) -> bytes:
    """Draw the receipt, black on white; one unit is a millimetre."""
    matrix = qr_matrix(str(receipt.head))
    side = _MODULE_MM * len(matrix)
    banner = (Line(_TRAINING, Weight.TITLE),) if receipt.is_training else ()
    above, top = _drawn((*receipt.above, Line(""), *banner), _MARGIN_MM)
    below, foot = _drawn((*banner, *receipt.below), top + 1 + side)
    height = foot + _MARGIN_MM
    left = (PAPER_MM - side) / 2
    code = (
        f'<rect x="{left:.2f}" y="{top + 1:.2f}" width="{side:.2f}" height="{side:.2f}" fill="#fff"/>'
        f'<path id="code" transform="translate({left:.2f} {top + 1:.2f}) scale({_MODULE_MM})" '
        f'shape-rendering="crispEdges" d="{svg_path(matrix)}"/>'
    )
    across = list(_across(height)) if receipt.is_training else []
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{PAPER_MM:.0f}mm" height="{height:.2f}mm" '
        f'viewBox="0 0 {PAPER_MM:.0f} {height:.2f}">',
        f"<title>{escape(str(receipt.head))}</title>",
        f'<rect width="{PAPER_MM:.0f}" height="{height:.2f}" fill="#fff"/>',
        *across,
        f'<g font-family="{_FONT}" fill="#000" xml:space="preserve">',
        *above,
        code,
        *below,
        "</g>",
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


def broken(text: str, columns: int) -> list[str]:
    """Break ``text`` into lines that fill at most ``columns``; words that are longer are cut."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if _width(joined) <= columns:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if _width(lines[-1] + letter) > columns:
                lines.append("")
            lines[-1] += letter
    return lines


def _width(text: str) -> int:
    """Count the columns that ``text`` fills: letters of Eastern Asia two, accents that join a letter none."""
    return sum(
        (2 if unicodedata.east_asian_width(letter) in "WF" else 1) * (not unicodedata.combining(letter))
        for letter in text
    )


def _text_lines(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        for text in broken(line.text, COLUMNS):
            yield text.center(COLUMNS).rstrip() if line.weight in _CENTRED else text


def _drawn(lines: Sequence[Line], y: float) -> tuple[list[str], float]:
    """Set lines from the height ``y`` downwards; give the pieces and where the last one stands."""
    pieces = []
    for line in lines:
        for text in broken(line.text, _COLUMNS_OF[line.weight]):
            y += 1.35 * _SIZE_MM[line.weight]
            pieces.append(_text_piece(text, line.weight, y))
    return pieces, y


def _text_piece(text: str, weight: Weight, y: float) -> str:
    size = _SIZE_MM[weight]
    bold = "" if weight is Weight.BODY else ' font-weight="bold"'
    x, anchor = (PAPER_MM / 2, ' text-anchor="middle"') if weight in _CENTRED else (_MARGIN_MM, "")
    return f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}"{anchor}{bold}>{escape(text)}</text>'


def _across(height: float) -> Iterator[str]:
    """Write the word across the paper, again and again, under what is to be read."""
    y = _TRAINING_EVERY_MM / 2
    while y < height + _TRAINING_EVERY_MM / 2:
        yield (
            f'<text class="across" transform="translate({PAPER_MM / 2:.0f} {y:.2f}) rotate(-35)" '
            f'font-family="{_FONT}" font-size="15" font-weight="bold" text-anchor="middle" fill="#000" '
            f'fill-opacity="0.22">{_TRAINING}</text>'
        )
        y += _TRAINING_EVERY_MM
