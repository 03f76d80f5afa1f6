"""One plot of the canvas: its view, its axes, a label in the corner, one curve of its own."""

from __future__ import annotations

import pyqtgraph
from PyQt6.QtGui import QColor, QPen

from gui.theme import Look, TypeRole
from gui.widgets.curves import Curve, with_breaks
from gui.widgets.fold import fold
from gui.widgets.plot_axes import ValueAxis, WavenumberAxis
from gui.widgets.plot_canvas import PlotCanvas, SpectrumView

STRIP_PEN = 1.3  # px
AREA_OPACITY = 0.25


class Strip:
    """A plot in ``row`` of ``canvas``; ``gap_px`` is the least distance of its labels upwards."""

    def __init__(self, canvas: PlotCanvas, row: int, *, unit: str, gap_px: int) -> None:
        self.view = SpectrumView()
        self._left = ValueAxis(gap_px=gap_px)
        self._bottom = WavenumberAxis(unit)
        self.plot = canvas.addPlot(
            row=row, col=0, viewBox=self.view, axisItems={"left": self._left, "bottom": self._bottom}
        )
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.curve = pyqtgraph.PlotCurveItem(antialias=True)
        self.curve.setSegmentedLineMode("on")  # a wide pen along one noisy path costs four times as much
        self.view.addItem(self.curve, ignoreBounds=True)
        self._label = pyqtgraph.TextItem("", anchor=(0, 0))
        self._label.setParentItem(self.view)
        self._label.setPos(8, 1)

    def dress(self, look: Look, *, is_lowest: bool) -> None:
        """Take colours and sizes; only the lowest plot says its wavenumbers."""
        self._left.dress(look)
        self._bottom.dress(look, has_labels=is_lowest)

    def set_curve(self, curve: Curve | None, pen: QPen) -> None:
        """Draw ``curve``; a stretch where nothing was measured stays empty."""
        self.curve.setPen(pen)
        draw(self.curve, curve)

    def set_component(self, curve: Curve, colour: str, look: Look, *, has_area: bool) -> None:
        """Draw ``curve`` in ``colour`` with its label in the corner, and its area where it adds up."""
        pen = QPen(QColor(colour), STRIP_PEN)
        pen.setCosmetic(True)
        area = QColor(colour)
        area.setAlphaF(AREA_OPACITY)
        self.curve.setFillLevel(0.0 if has_area else None)
        self.curve.setBrush(area if has_area else None)
        self.set_curve(curve, pen)
        self._label.setText(curve.label)
        self._label.setColor(colour if has_area else look.theme.ink2)
        self._label.setFont(look.font(TypeRole.LABEL, bold=has_area))


def draw(item: pyqtgraph.PlotCurveItem, curve: Curve | None) -> None:
    """Give ``curve`` to ``item`` on the folded axis, or nothing."""
    if curve is None:
        item.setData([], [])
        return
    wavenumber, values = with_breaks(curve)
    is_whole = values is curve.values
    item.setData(fold(wavenumber), values, connect="all" if is_whole else "finite")
