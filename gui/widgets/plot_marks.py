"""Marks on the main plot: peaks, listed bands, bands that are missing.

Marks know wavenumbers; where they stand on the screen is worked out again whenever the view changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyqtgraph
from PyQt6.QtGui import QColor

from gui.theme import Look, TypeRole
from gui.widgets.fold import fold_one, spread
from gui.widgets.labels import Words
from gui.widgets.plot_legend import LineStyle, style_pen

LABEL_GAP = 38  # px between band labels
TRIANGLE = 8  # px
MISSING_HEIGHT = 0.55  # of the plot, where the sign of a missing band stands


@dataclass(frozen=True, slots=True)
class BandMarks:
    """Wavenumbers in cm-1 to mark: ``peaks`` of the sample, ``listed`` bands, ``missing`` ones."""

    peaks: tuple[float, ...] = ()
    listed: tuple[float, ...] = ()
    missing: tuple[float, ...] = ()


class MarkLayer:
    """Draws BandMarks into one view."""

    def __init__(self, view: pyqtgraph.ViewBox, words: Words) -> None:
        self._view, self._words = view, words
        self._items: list[pyqtgraph.GraphicsObject] = []
        self._labels: list[tuple[pyqtgraph.TextItem, float]] = []  # of listed bands
        self._tops: list[tuple[pyqtgraph.TextItem, float, float]] = []  # of peaks: text, x, height
        self._missing: list[tuple[pyqtgraph.TextItem, pyqtgraph.PlotCurveItem, float]] = []
        self._triangles: pyqtgraph.ScatterPlotItem | None = None

    def show(self, marks: BandMarks, look: Look, height_at: Callable[[float], float | None]) -> None:
        """Replace all marks; ``height_at`` gives the sample's absorbance at a wavenumber."""
        for item in self._items:
            self._view.removeItem(item)
        self._items, self._labels, self._tops, self._missing, self._triangles = [], [], [], [], None
        theme = look.theme
        for wavenumber in sorted(marks.listed, key=fold_one, reverse=True):
            place = fold_one(wavenumber)
            pen = style_pen(LineStyle.BANDS, theme, 1.6)
            self._add(pyqtgraph.InfiniteLine(place, angle=90, pen=pen))
            text = self._text(f"{wavenumber:.0f}", theme.doubt.text, look, anchor=(0.5, 0))
            text.fill = pyqtgraph.mkBrush(theme.page)
            self._labels.append((text, place))
        for wavenumber in marks.missing:
            place = fold_one(wavenumber)
            pole = pyqtgraph.PlotCurveItem(pen=pyqtgraph.mkPen(theme.none.text, width=1))
            self._add(pole)
            said = self._words("{wavenumber} missing").format(wavenumber=f"{wavenumber:.0f}")
            text = self._text(f"✕ {said}", theme.none.text, look, anchor=(0, 0.5))
            text.fill = pyqtgraph.mkBrush(theme.page)
            self._missing.append((text, pole, place))
        self._show_peaks(marks.peaks, look, height_at)
        self.place()

    def place(self) -> None:
        """Put labels where they belong in the view as it is now."""
        (x_low, x_high), (y_low, y_high) = self._view.viewRange()
        width, height = self._view.width(), self._view.height()
        if width <= 0 or height <= 0:
            return
        cm_per_px, value_per_px = (x_high - x_low) / width, (y_high - y_low) / height
        seen = [(text, place) for text, place in self._labels if x_low <= place <= x_high]
        for text, place in self._labels:
            text.setVisible(x_low <= place <= x_high)
        wishes = [(x_high - place) / cm_per_px for _, place in seen]
        for (text, _), x in zip(seen, spread(wishes, LABEL_GAP, 16, width - 16), strict=True):
            text.setPos(x_high - x * cm_per_px, y_high)
        sign_height = y_low + MISSING_HEIGHT * (y_high - y_low)
        for text, pole, place in self._missing:
            text.setVisible(x_low <= place <= x_high)
            text.setPos(place + 10 * cm_per_px, sign_height)
            pole.setData([place, place], [y_low, sign_height - 10 * value_per_px])
        taken: list[tuple[float, float]] = []
        for text, place, top in self._tops:
            x, y = (x_high - place) / cm_per_px, (y_high - top) / value_per_px
            is_clear = all(abs(x - other_x) > 36 or abs(y - other_y) > 18 for other_x, other_y in taken)
            text.setVisible(is_clear)
            if is_clear:
                taken.append((x, y))
            text.setPos(place, top + (TRIANGLE + 7) * value_per_px)
        if self._triangles is not None:
            lift = TRIANGLE * value_per_px
            self._triangles.setData(pos=[(place, top + lift) for _, place, top in self._tops])

    def _show_peaks(
        self, peaks: tuple[float, ...], look: Look, height_at: Callable[[float], float | None]
    ) -> None:
        heights = [(height, peak) for peak in peaks if (height := height_at(peak)) is not None]
        if not heights:
            return
        colour = QColor(look.theme.reference)
        self._triangles = pyqtgraph.ScatterPlotItem(symbol="t", size=TRIANGLE, pen=None, brush=colour)
        self._add(self._triangles)
        for height, peak in sorted(heights, reverse=True):  # the highest keep their labels
            text = self._text(f"{peak:.0f}", look.theme.ink2, look, anchor=(0.5, 1))
            self._tops.append((text, fold_one(peak), height))

    def _text(self, said: str, colour: str, look: Look, *, anchor: tuple[float, float]) -> pyqtgraph.TextItem:
        text = pyqtgraph.TextItem(said, color=colour, anchor=anchor)
        text.setFont(look.font(TypeRole.LABEL))
        self._add(text)
        return text

    def _add(self, item: pyqtgraph.GraphicsObject) -> None:
        self._view.addItem(item, ignoreBounds=True)
        self._items.append(item)
