"""The line above a plot: what each curve is, and what is drawn upwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from gui.palette import Theme, Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import ElidedLabel, PlainLabel, Words


class LineStyle(StrEnum):
    """How a curve is drawn."""

    SAMPLE = "sample"
    REFERENCE = "reference"
    BANDS = "bands"


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One curve in words."""

    style: LineStyle
    label: str


def style_pen(style: LineStyle, theme: Theme, width: float) -> QPen:
    """Pen of ``style``, ``width`` px."""
    colour = {
        LineStyle.SAMPLE: theme.ink,
        LineStyle.REFERENCE: theme.reference,
        LineStyle.BANDS: theme.doubt.text,
    }[style]
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    # A solid curve is drawn piece by piece: long ends close the joints.  Dashes end flat.
    is_solid = style is LineStyle.SAMPLE
    pen.setCapStyle(Qt.PenCapStyle.SquareCap if is_solid else Qt.PenCapStyle.FlatCap)
    if style is LineStyle.REFERENCE:
        pen.setDashPattern([6 / width, 5 / width])  # Qt counts dashes in pen widths
    if style is LineStyle.BANDS:
        pen.setDashPattern([2 / width, 3 / width])
    return pen


class _Stroke(QWidget):
    """A short piece of the curve."""

    def __init__(self, style: LineStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.setFixedSize(8 if style is LineStyle.BANDS else 28, 16)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint it as the plot does."""
        del event
        painter = QPainter(self)
        painter.setPen(style_pen(self._style, current_look().theme, 2))
        if self._style is LineStyle.BANDS:
            painter.drawLine(QPointF(4, 1), QPointF(4, 15))
        else:
            painter.drawLine(QPointF(0, 8), QPointF(28, 8))


class PlotLegend(QWidget):
    """Entries on the left, the title of the axis on the right."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._entries: tuple[LegendEntry, ...] | None = None
        self._title = PlainLabel(role=TypeRole.LABEL, tone=Tone.QUIET)
        self.whole = QPushButton(words("Whole spectrum"))
        self.whole.setProperty("kind", "link")
        self.whole.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.whole.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self._row.addWidget(self.whole)
        self._row.addSpacing(8)
        self._row.addWidget(self._title)

    def set_entries(self, entries: Sequence[LegendEntry], title: str) -> None:
        """Show ``entries`` and the ``title``."""
        self._title.setText(title)
        if self._entries == tuple(entries):
            return
        self._entries = tuple(entries)
        while self._row.count() > 4:  # stretch, button, space, title stay
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()  # what is still to be shown would otherwise open as a window of its own
                widget.setParent(None)
                widget.deleteLater()
        for index, entry in enumerate(entries):
            label = ElidedLabel(entry.label, TypeRole.LABEL)
            label.setContentsMargins(0, 0, 12, 0)
            self._row.insertWidget(2 * index, _Stroke(entry.style))
            self._row.insertWidget(2 * index + 1, label)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One line, high enough for its button."""
        return QSize(super().sizeHint().width(), max(44, current_look().px(24)))
