"""What lies over the main plot: the hover readout and the threshold line."""

from __future__ import annotations

import pyqtgraph
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPen

from gui.theme import Look, TypeRole
from gui.widgets.fold import fold_one

QUIET_CM = 2700.0  # between C-H stretching and the fingerprint lies next to nothing


class HoverReadout:
    """A thin line under the pointer with the wavenumber and the absorbance in numbers."""

    def __init__(self, view: pyqtgraph.ViewBox) -> None:
        self._view = view
        self._line = pyqtgraph.InfiniteLine(angle=90)
        self._dot = pyqtgraph.ScatterPlotItem(symbol="o", size=7)
        self._text = pyqtgraph.TextItem("")
        for item, depth in ((self._line, 50), (self._dot, 51), (self._text, 52)):
            item.setZValue(depth)
            view.addItem(item, ignoreBounds=True)
        self.hide()

    def dress(self, look: Look) -> None:
        """Take colours and sizes."""
        theme = look.theme
        self._line.setPen(pyqtgraph.mkPen(theme.edge, width=1))
        self._dot.setPen(pyqtgraph.mkPen(theme.page, width=1))
        self._dot.setBrush(pyqtgraph.mkBrush(theme.ink))
        self._text.setColor(theme.ink)
        self._text.setFont(look.font(TypeRole.LABEL, bold=True))
        self._text.fill = pyqtgraph.mkBrush(theme.page)
        self._text.border = pyqtgraph.mkPen(theme.edge, width=1)

    def show(self, place: float, value: float, said: str) -> None:
        """Stand at folded ``place`` and ``value``, saying ``said``."""
        (x_low, x_high), (_, y_high) = self._view.viewRange()
        self._line.setPos(place)
        self._dot.setData(pos=[(place, value)])
        is_left = place > (x_low + x_high) / 2
        self._text.setText(said)
        self._text.setAnchor(QPointF(-0.06 if is_left else 1.06, -0.2))
        self._text.setPos(place, y_high)
        for item in (self._line, self._dot, self._text):
            item.show()

    def hide(self) -> None:
        """Take it away."""
        for item in (self._line, self._dot, self._text):
            item.hide()

    @property
    def said(self) -> str:
        """The text that is shown, empty while hidden."""
        return str(self._text.toPlainText()) if self._text.isVisible() else ""


class ThresholdLine:
    """A dotted line across the plot with words on it, where few substances have bands."""

    def __init__(self, view: pyqtgraph.ViewBox) -> None:
        self._view = view
        self._line = pyqtgraph.InfiniteLine(angle=0)
        self._text = pyqtgraph.TextItem("", anchor=(0, 1))
        for item in (self._line, self._text):
            view.addItem(item, ignoreBounds=True)
            item.hide()

    def dress(self, look: Look) -> None:
        """Take colours and sizes."""
        pen = QPen(QColor(look.theme.ink), 1.6)
        pen.setCosmetic(True)
        pen.setDashPattern([1.25, 2.5])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._line.setPen(pen)
        self._text.setColor(look.theme.ink2)
        self._text.setFont(look.font(TypeRole.LABEL))

    def show(self, threshold: float | None, label: str) -> None:
        """Stand at ``threshold``, or nowhere."""
        for item in (self._line, self._text):
            item.setVisible(threshold is not None)
        if threshold is not None:
            self._line.setPos(threshold)
            self._text.setText(label)
            self.place()

    def place(self) -> None:
        """Keep the words left of 2700 cm-1, or at the left end of a view that ends before."""
        left_end = float(self._view.viewRange()[0][1])
        self._text.setPos(min(left_end, fold_one(QUIET_CM)), self._line.value())
