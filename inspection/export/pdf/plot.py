"""A small spectrum of lines, to be printed: the sample solid, the reference dashed, high wavenumbers left."""

from __future__ import annotations

import math
from typing import Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from inspection.export.pdf.fonts import Font, readable
from inspection.export.pdf.laid_over import LaidOver, drawn_parts
from inspection.export.pdf.rows import Slice
from inspection.export.pdf.styles import ACCENT, INK, LINE, QUIET
from inspection.language import Wording
from spectra_library.laid_over import highest_peaks
from spectra_library.spectrum import Spectrum

_LEFT: Final = 30.0  # points for the numbers at the left
_BELOW: Final = 20.0
_ABOVE: Final = 19.0  # for the numbers of the bands
_LETTERS: Final = 5.5
_PEAK_APART: Final = 8.0  # points: closer numbers would stand in each other
_PEAKS_SHOWN: Final = 6
_BINS_A_POINT: Final = 2.5  # a printer of 600 dpi shows eight dots a point
_ROUND_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def plot_slice(
    curves: LaidOver, words: Wording, *, width: float, height: float, has_bands: bool = True
) -> Slice:
    """Draw the curves, ``width`` points wide and ``height`` high; their bands with numbers, if it has any."""

    def draw(canvas: Canvas, left: float, top: float) -> None:
        canvas.saveState()
        canvas.translate(left, top - height)
        _Plot(canvas, curves, words, width, height).draw(has_bands=has_bands)
        canvas.restoreState()

    return Slice(height, draw)


class _Plot:
    """One plot; its corner is at the lower left."""

    def __init__(self, canvas: Canvas, curves: LaidOver, words: Wording, width: float, height: float) -> None:
        self._canvas = canvas
        self._curves = curves
        self._words = words
        self._right, self._top = width, height - _ABOVE
        sample = curves.sample
        self._low_cm = math.floor(sample.wavenumber_min / 50) * 50.0
        self._high_cm = math.ceil(sample.wavenumber_max / 50) * 50.0
        lowest, highest = float(sample.absorbance.min()), float(sample.absorbance.max())
        if curves.reference is not None:
            lowest = min(lowest, float(curves.reference.absorbance.min()))
            highest = max(highest, float(curves.reference.absorbance.max()))
        air = 0.04 * (highest - lowest) or 1.0
        self._low, self._high = lowest - air, highest + air

    def draw(self, *, has_bands: bool) -> None:
        """Draw axes, curves, the numbers of the bands, and what is what."""
        self._draw_axes()
        if self._curves.reference is not None:
            self._draw_curve(self._curves.reference, ACCENT, dash=(2.2, 1.4))
        self._draw_curve(self._curves.sample, INK)
        if has_bands:
            self._draw_bands()
        self._draw_legend()

    def _x(self, wavenumber: float) -> float:
        share = (self._high_cm - wavenumber) / (self._high_cm - self._low_cm)
        return _LEFT + share * (self._right - _LEFT)

    def _y(self, absorbance: float) -> float:
        return _BELOW + (absorbance - self._low) / (self._high - self._low) * (self._top - _BELOW)

    def _draw_axes(self) -> None:
        canvas = self._canvas
        canvas.setLineWidth(0.4)
        canvas.setFont(Font.REGULAR.value, _LETTERS)
        canvas.setFillColor(QUIET)
        canvas.setStrokeColor(LINE)
        for absorbance in _round_numbers(self._low, self._high):
            y = self._y(absorbance)
            canvas.line(_LEFT, y, self._right, y)
            canvas.drawRightString(_LEFT - 3, y - 2, f"{absorbance:g}")
        canvas.setStrokeColor(QUIET)
        canvas.line(_LEFT, _BELOW, self._right, _BELOW)
        step = 1000 if self._high_cm - self._low_cm > 2500 else 500
        for wavenumber in range(math.ceil(self._low_cm / step) * step, int(self._high_cm) + 1, step):
            x = self._x(wavenumber)
            canvas.line(x, _BELOW, x, _BELOW - 2)
            half = canvas.stringWidth(f"{wavenumber}", Font.REGULAR.value, _LETTERS) / 2
            middle = min(max(x, _LEFT + half), self._right - half)
            canvas.drawCentredString(middle, _BELOW - 8, f"{wavenumber}")
        canvas.drawRightString(_LEFT - 3, _BELOW - 8, self._words("cm⁻¹"))
        canvas.saveState()
        canvas.translate(5, (_BELOW + self._top) / 2)
        canvas.rotate(90)
        canvas.drawCentredString(0, 0, self._words("Absorbance"))
        canvas.restoreState()

    def _draw_curve(self, curve: Spectrum, colour: Color, dash: tuple[float, ...] = ()) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(0.6)
        canvas.setLineJoin(1)
        canvas.setDash(list(dash))
        path = canvas.beginPath()
        bins = int((self._right - _LEFT) * _BINS_A_POINT)
        for axis, height in drawn_parts(curve, self._low_cm, self._high_cm, bins):
            points = [
                (round(self._x(float(x)), 2), round(self._y(float(y)), 2))
                for x, y in zip(axis, height, strict=True)
            ]
            path.moveTo(*points[0])
            for point in points[1:]:
                path.lineTo(*point)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()

    def _draw_bands(self) -> None:
        """Put the wavenumbers of the highest bands above the curve."""
        canvas = self._canvas
        a_point = (self._high_cm - self._low_cm) / (self._right - _LEFT)
        canvas.setFont(Font.REGULAR.value, 5)
        canvas.setFillColor(QUIET)
        canvas.setStrokeColor(QUIET)
        canvas.setLineWidth(0.3)
        apart_cm = _PEAK_APART * a_point
        for wavenumber in highest_peaks(self._curves.sample, apart_cm=apart_cm, count=_PEAKS_SHOWN):
            x = self._x(wavenumber)
            canvas.line(x, self._top, x, self._top + 2)
            canvas.saveState()
            canvas.translate(x + 1.8, self._top + 3.5)
            canvas.rotate(90)
            canvas.drawString(0, 0, f"{wavenumber:.0f}")
            canvas.restoreState()

    def _draw_legend(self) -> None:
        canvas, words = self._canvas, self._words
        canvas.setFont(Font.REGULAR.value, _LETTERS)
        items: list[tuple[str, Color, tuple[float, ...]]] = [(words("sample"), INK, ())]
        if self._curves.reference is not None:
            items.append((words("reference, to scale"), ACCENT, (2.2, 1.4)))
        widths = [
            15 + canvas.stringWidth(readable(text), Font.REGULAR.value, _LETTERS) for text, _, _ in items
        ]
        # Long words begin further left rather than end beyond the margin.
        x = max(0.0, min(_LEFT, self._right - sum(widths) - 10 * (len(items) - 1)))
        for (text, colour, dash), width in zip(items, widths, strict=True):
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(0.8)
            canvas.setDash(list(dash))
            canvas.line(x, 4, x + 12, 4)
            canvas.setDash([])
            canvas.setFillColor(QUIET)
            canvas.drawString(x + 15, 2, readable(text))
            x += width + 10


def _round_numbers(low: float, high: float) -> list[float]:
    """Give the round numbers between ``low`` and ``high`` that two or three lines are drawn at."""
    step = next((one for one in _ROUND_STEPS if (high - low) / one <= 3.5), (high - low) / 3)
    return [round(n * step, 6) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
