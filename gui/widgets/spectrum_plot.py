"""The spectrum: sample over reference, their difference below, or the live curve while a sample is pressed.

This is the only widget that needs pyqtgraph (a fifth of a second to load): import it after the window shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph
from PyQt6.QtCore import QEvent, QLocale, QPoint, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from gui.theme import Look, current_look
from gui.widgets.component_list import component_colours
from gui.widgets.curves import Curve, FloatArray, extent, numbers_table
from gui.widgets.fold import fold, fold_one, round_step, unfold_one
from gui.widgets.labels import Words
from gui.widgets.plot_axes import AXIS_HEIGHT
from gui.widgets.plot_canvas import PlotCanvas
from gui.widgets.plot_legend import LegendEntry, LineStyle, PlotLegend, style_pen
from gui.widgets.plot_marks import BandMarks, MarkLayer
from gui.widgets.plot_overlays import HoverReadout, ThresholdLine
from gui.widgets.plot_strip import Strip, draw

LIVE_TOP = 0.8  # absorbance; the live scale begins here so that noise does not fill the plot
LIVE_DEPTH = 0.025  # absorbance below zero, so that the noise of an empty crystal shows whole
LIVE_PEN = 1.3  # px
SAMPLE_PEN = 2.0
STRIP_HEIGHT = 84  # px
NARROWEST = 30.0  # folded cm-1 that the zoom stops at
HEADROOM = 36  # px above the highest band for labels


class SpectrumPlot(QWidget):
    """Shows curves; zooms with wheel, pinch and +/-, moves by dragging, resets with double click or 0.

    ``is_compact`` leaves out the line above the plot, for small pictures beside a list.

    Signals:
        scale_changed(float, float, int, int): lowest and highest absorbance of the main plot and the px of
            this widget's height where the highest and the lowest are drawn; fits ``Gauge.set_scale``.
    """

    scale_changed = pyqtSignal(float, float, int, int)

    def __init__(self, words: Words, *, is_compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._unit = words("cm⁻¹")
        self._look: Look | None = None
        self._sample: Curve | None = None
        self._reference: Curve | None = None
        self._strip_curves: tuple[Curve, ...] = ()
        self._rest: Curve | None = None  # difference, or what the parts do not explain
        self._marks = BandMarks()
        self._title = ""
        self._is_live = False
        self._least_live_top = LIVE_TOP
        self._live_top = LIVE_TOP
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._legend = PlotLegend(words)
        if is_compact:
            self._legend.hide()
        self._legend.whole.clicked.connect(self.reset_zoom)
        self._canvas = PlotCanvas()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._legend)
        column.addWidget(self._canvas, 1)
        self._main = Strip(self._canvas, 0, unit=self._unit, gap_px=56)
        self._strips: list[Strip] = []
        self._components: tuple[tuple[Strip, Curve], ...] = ()
        self._reference_item = pyqtgraph.PlotCurveItem(antialias=True)
        self._main.view.addItem(self._reference_item, ignoreBounds=True)
        self._threshold = ThresholdLine(self._main.view)
        self._layer = MarkLayer(self._main.view, words)
        self._readout = HoverReadout(self._main.view)
        self._main.view.sigXRangeChanged.connect(self._range_changed)
        self._main.view.sigResized.connect(self._fit_heights)
        self._main.view.reset_wished.connect(self.reset_zoom)
        self._canvas.scene().sigMouseMoved.connect(self._hover)
        self._canvas.left.connect(self._leave)
        self._canvas.pinched.connect(self._pinch)
        self._dress()

    # What is shown

    def set_result(
        self, sample: Curve, reference: Curve | None = None, *, difference: Curve | None = None
    ) -> None:
        """Show the sample with a reference on top of it, both on one scale, and their difference below."""
        self._is_live = False
        self._sample, self._reference, self._marks = sample, reference, BandMarks()
        self._rest = difference
        self._strip_curves = () if difference is None else (difference,)
        self._redraw()

    def set_mixture(self, sample: Curve, total: Curve, parts: Sequence[Curve], *, rest: Curve) -> None:
        """Show the sample under the sum of ``parts``, each of them in a strip, and the ``rest`` last."""
        self._is_live = False
        self._sample, self._reference, self._marks = sample, total, BandMarks()
        self._rest = rest
        self._strip_curves = (*parts, rest)
        self._redraw()

    def set_live(self, wavenumber: FloatArray, values: FloatArray) -> None:
        """Show the curve of this moment; the scale only ever grows, until ``clear``."""
        if not self._is_live:
            self.clear()
            self._is_live = True
            self._sample = Curve(self._words("Live"), wavenumber, values)
            self._redraw()
        self._sample = Curve(self._words("Live"), wavenumber, values)
        highest = float(values.max()) * 1.05
        if highest > self._live_top:
            self._live_top = round_step(highest)
            self._fit_heights()
        self._main.curve.setData(fold(wavenumber), values)

    def set_live_top(self, top: float) -> None:
        """Begin the live scale at ``top`` absorbance from the next ``clear`` on."""
        self._least_live_top = top

    def clear(self) -> None:
        """Show nothing."""
        self._is_live = False
        self._live_top = self._least_live_top
        self._sample = self._reference = None
        self._strip_curves = ()
        self._marks = BandMarks()
        self._redraw()

    def set_marks(self, marks: BandMarks) -> None:
        """Mark bands of the curves that are shown now; new curves come without marks."""
        self._marks = marks
        self._show_marks()
        self._fit_heights()
        self._show_legend()

    def set_threshold(self, threshold: float | None, label: str = "") -> None:
        """Draw a line at ``threshold`` absorbance with ``label`` on it; None for no line."""
        self._threshold.show(threshold, label)

    def set_training(self, watermark: str) -> None:
        """Lay ``watermark`` over the plot; empty for none."""
        self._canvas.set_watermark(watermark)

    def set_title(self, title: str) -> None:
        """Say what is drawn upwards; empty for the usual "Absorbance"."""
        self._title = title
        self._show_legend()

    # Zoom

    def reset_zoom(self) -> None:
        """Show the whole spectrum."""
        low, high = self._limits()
        self._main.view.setXRange(low, high, padding=0)

    def zoom_to(self, low: float, high: float) -> None:
        """Show ``low`` to ``high`` cm-1."""
        self._main.view.setXRange(fold_one(low), fold_one(high), padding=0)

    @property
    def is_zoomed(self) -> bool:
        """Whether less than the whole spectrum is shown."""
        low, high = self._limits()
        seen_low, seen_high = self._main.view.viewRange()[0]
        return bool(seen_high - seen_low < (high - low) * 0.999)

    @property
    def shown_range(self) -> tuple[float, float]:
        """Lowest and highest wavenumber in view, cm-1."""
        low, high = self._main.view.viewRange()[0]
        return unfold_one(low), unfold_one(high)

    # Copies

    def picture(self) -> QPixmap:
        """Give the plot as it is, watermark included."""
        self._readout.hide()
        return self.grab()

    def numbers(self) -> str:
        """Give the curves as tab-separated numbers at the sample's wavenumbers."""
        curves = (self._sample, self._reference, *self._strip_curves)
        return numbers_table([curve for curve in curves if curve is not None])

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setPixmap(self.picture())

    def copy_numbers(self) -> None:
        """Put the numbers on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.numbers())

    @property
    def readout(self) -> str:
        """What the hover line says, empty while the pointer is elsewhere."""
        return self._readout.said

    # Qt

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room to read."""
        return QSize(640, 400)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:  # noqa: N802 - Qt's name
        """Offer the copies."""
        if event is None:
            return
        menu = QMenu(self)
        for text, key, slot in (
            (self._words("Copy as picture"), "Ctrl+C", self.copy_picture),
            (self._words("Copy as numbers"), "Ctrl+Shift+C", self.copy_numbers),
            (self._words("Whole spectrum"), "0", self.reset_zoom),
        ):
            action = QAction(text, menu)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(slot)
            menu.addAction(action)
        menu.exec(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 - Qt's name
        """Zoom and copy by key while the plot has the focus."""
        if event is None:
            return
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if control and event.key() == Qt.Key.Key_C:
            self.copy_numbers() if shift else self.copy_picture()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(1.5, None)
        elif event.key() == Qt.Key.Key_Minus:
            self._zoom(1 / 1.5, None)
        elif event.key() == Qt.Key.Key_0:
            self.reset_zoom()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802 - Qt's name
        """Follow the theme."""
        super().changeEvent(event)
        if event is not None and event.type() is QEvent.Type.StyleChange and self._look is not None:
            self._dress()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        """Tell the gauge beside the plot."""
        super().resizeEvent(event)
        self._size_rows()
        self._tell_scale()

    # Building

    def _make_strips(self, count: int) -> None:
        """Have ``count`` plots below the main one."""
        while len(self._strips) > count:
            self._canvas.removeItem(self._strips.pop().plot)
        while len(self._strips) < count:
            strip = Strip(self._canvas, len(self._strips) + 1, unit=self._unit, gap_px=26)
            strip.view.setXLink(self._main.view)
            strip.view.reset_wished.connect(self.reset_zoom)
            self._strips.append(strip)

    def _dress(self) -> None:
        """Take the theme of this moment."""
        look = current_look()
        if look == self._look:
            return
        self._look = look
        self._canvas.setBackground(look.theme.page)
        self._redraw()

    def _redraw(self) -> None:
        """Show everything that is remembered."""
        look = self._look or current_look()
        self._components = ()  # making plots resizes them, and that asks for the heights
        self._make_strips(len(self._strip_curves))
        plots = (self._main, *self._strips)
        for plot in plots:
            plot.dress(look, is_lowest=plot is plots[-1])
        self._readout.dress(look)
        self._threshold.dress(look)
        self._size_rows()
        sample_px = LIVE_PEN if self._is_live else SAMPLE_PEN
        self._main.set_curve(self._sample, style_pen(LineStyle.SAMPLE, look.theme, sample_px))
        self._reference_item.setPen(style_pen(LineStyle.REFERENCE, look.theme, SAMPLE_PEN))
        draw(self._reference_item, self._reference)
        self._draw_strips(look)
        low, high = self._limits()
        for plot in plots:
            plot.view.setLimits(xMin=low, xMax=high, minXRange=NARROWEST, maxXRange=high - low)
        self.reset_zoom()
        self._fit_heights()
        self._show_marks()
        self._show_legend()

    def _draw_strips(self, look: Look) -> None:
        theme = look.theme
        colours = component_colours(theme)
        self._components = tuple(zip(self._strips, self._strip_curves, strict=True))
        for index, (strip, curve) in enumerate(self._components):
            is_rest = curve is self._rest
            colour = theme.difference if is_rest else colours[index % len(colours)]
            strip.set_component(curve, colour, look, has_area=not is_rest)

    def _size_rows(self) -> None:
        """Give every strip its height; many of them leave the main plot almost half of the canvas."""
        look = self._look or current_look()
        foot = look.px(AXIS_HEIGHT)
        count = len(self._strips)
        strip_px = min(STRIP_HEIGHT, 0.55 * (self._canvas.height() - foot) / max(count, 1))
        layout = self._canvas.ci.layout
        layout.setRowStretchFactor(0, 1)
        for row in range(1, layout.rowCount()):
            height = strip_px + (foot if row == count else 0) if row <= count else 0.0
            layout.setRowFixedHeight(row, height)
        layout.setRowSpacing(0, 8 if count else 0)

    def _show_marks(self) -> None:
        look = self._look or current_look()
        self._layer.show(self._marks, look, self._height_at)

    def _show_legend(self) -> None:
        entries = []
        if self._sample is not None and not self._is_live:
            entries.append(LegendEntry(LineStyle.SAMPLE, self._sample.label))
        if self._reference is not None:
            entries.append(LegendEntry(LineStyle.REFERENCE, self._reference.label))
        if self._marks.listed:
            entries.append(LegendEntry(LineStyle.BANDS, self._words("Listed bands")))
        self._legend.set_entries(entries, self._title or self._words("Absorbance"))

    # Ranges

    def _limits(self) -> tuple[float, float]:
        """Folded places of the ends of all curves."""
        curves = [curve for curve in (self._sample, self._reference) if curve is not None]
        if not curves:
            return fold_one(650.0), fold_one(4000.0)
        shown = curves[0].wavenumber
        return fold_one(float(shown[0])), fold_one(float(shown[-1]))

    def _fit_heights(self) -> None:
        """Fit every plot upwards to what is in view."""
        low, high = self.shown_range
        curves = [curve for curve in (self._sample, self._reference) if curve is not None]
        if self._is_live:
            bottom, top = -max(0.025 * self._live_top, LIVE_DEPTH), 1.03 * self._live_top
        else:
            bottom, top = extent(curves, low, high)
            height = max(top - bottom, 1e-4)
            headroom = self._headroom()
            bottom, top = bottom - 0.05 * height, top + height * headroom / (1 - headroom)
        self._main.view.setYRange(bottom, top, padding=0)
        for strip, curve in self._components:
            bottom, top = extent([curve], low, high)
            if curve is self._rest:
                reach = max(abs(bottom), abs(top), 1e-4)
                # A difference drawn larger than life would look like a contradiction.
                main_low, main_high = self._main.view.viewRange()[1]
                step = round_step(max(reach / 1.4, 0.1 * (main_high - main_low)))
                strip.view.setYRange(-1.5 * step, 1.5 * step, padding=0)
            else:
                height = max(top - min(bottom, 0.0), 1e-4)
                strip.view.setYRange(min(bottom, 0.0) - 0.14 * height, top + 0.3 * height, padding=0)
        self._layer.place()
        self._tell_scale()

    def _headroom(self) -> float:
        """Share of the main plot's height to keep free above the highest band."""
        if not (self._marks.peaks or self._marks.listed):
            return 0.06
        look = self._look or current_look()
        return min(look.px(HEADROOM) / max(float(self._main.view.height()), 1.0), 0.5)

    def _range_changed(self) -> None:
        self._fit_heights()
        self._legend.whole.setVisible(self.is_zoomed)
        self._threshold.place()

    def _tell_scale(self) -> None:
        area: QRectF = self._main.view.sceneBoundingRect()
        top, bottom = (
            self._canvas.mapTo(self, self._canvas.mapFromScene(QPointF(0, y)) + QPoint(0, 0)).y()
            for y in (area.top(), area.bottom())
        )
        low, high = self._main.view.viewRange()[1]
        self._layer.place()
        self.scale_changed.emit(float(low), float(high), top, bottom)

    def _height_at(self, wavenumber: float) -> float | None:
        """Highest sample or reference near ``wavenumber``, None outside the curve."""
        curves = [curve for curve in (self._sample, self._reference) if curve is not None]
        heights = [height for curve in curves if (height := curve.at(wavenumber)) is not None]
        return max(heights, default=None)

    # Pointer

    def _hover(self, place: QPointF) -> None:
        sample = self._sample
        views = [strip.view for strip in (self._main, *self._strips)]
        if sample is None or not any(view.sceneBoundingRect().contains(place) for view in views):
            self._readout.hide()
            return
        wanted = unfold_one(self._main.view.mapSceneToView(place).x())
        index = sample.nearest(wanted)
        wavenumber, value = float(sample.wavenumber[index]), float(sample.values[index])
        said = f"{wavenumber:.0f} {self._unit}   {QLocale().toString(value, 'f', 3)}"
        self._readout.show(fold_one(wavenumber), value, said)

    def _leave(self) -> None:
        self._readout.hide()

    def _pinch(self, factor: float, place: QPointF) -> None:
        self._zoom(factor, float(self._main.view.mapSceneToView(place).x()))

    def _zoom(self, factor: float, about: float | None) -> None:
        low, high = self._main.view.viewRange()[0]
        centre = (low + high) / 2 if about is None else about
        self._main.view.setXRange(
            centre - (centre - low) / factor, centre + (high - centre) / factor, padding=0
        )
