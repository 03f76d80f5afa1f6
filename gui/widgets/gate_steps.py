"""The five gates of a scan as a row of steps: done, now, to come."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from gui.icons import Icon, paint_icon
from gui.theme import Look, TypeRole, current_look
from gui.widgets.labels import Words

HEIGHT = 72
DISC = 32
MARGIN = 24
TEXT_GAP = 12
LINE_GAP = 24


class Gate(StrEnum):
    """The gates in their order."""

    CLEAN = "clean"
    BACKGROUND = "background"
    EMPTY_CHECK = "empty_check"
    SAMPLE = "sample"
    RESULT = "result"


class GateSteps(QWidget):
    """Gates before the current one are done, those after it are to come."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = {
            Gate.CLEAN: words("Clean"),
            Gate.BACKGROUND: words("Background"),
            Gate.EMPTY_CHECK: words("Empty check"),
            Gate.SAMPLE: words("Sample"),
            Gate.RESULT: words("Result"),
        }
        self._gate = Gate.CLEAN
        self._notes: dict[Gate, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_gate(Gate.CLEAN, {})

    def set_gate(self, gate: Gate, notes: Mapping[Gate, str]) -> None:
        """Stand at ``gate``; ``notes`` are the small words under the names, e.g. when a gate was passed."""
        self._gate = gate
        self._notes = dict(notes)
        position = list(Gate).index(gate) + 1
        self.setAccessibleName(f"{position}/{len(Gate)} {self._names[gate]}")
        self.update()

    @property
    def gate(self) -> Gate:
        """The gate that is shown as the current one."""
        return self._gate

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One row."""
        return QSize(600, current_look().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the steps with lines between them, and a hairline below."""
        del event
        look = current_look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(look.theme.page))
        line_px = look.theme.line_px
        painter.fillRect(0, self.height() - line_px, self.width(), line_px, QColor(look.theme.line))
        disc = look.px(DISC)
        text_widths = [self._text_width(look, gate) for gate in Gate]
        free = self.width() - 2 * MARGIN - len(Gate) * (disc + TEXT_GAP) - sum(text_widths)
        gap = free / (len(Gate) - 1)
        if gap < LINE_GAP:  # narrow or large text: names give way, the discs stay
            shrink = (gap - LINE_GAP) * (len(Gate) - 1) / len(Gate)
            text_widths = [max(width + shrink, 0) for width in text_widths]
            gap = LINE_GAP
        x = float(MARGIN)
        current = list(Gate).index(self._gate)
        for index, gate in enumerate(Gate):
            self._paint_step(painter, look, QRectF(x, 0, disc, self.height() - 1), gate, index - current)
            x += disc + TEXT_GAP
            self._paint_text(painter, look, QRectF(x, 0, text_widths[index] + 2, self.height()), gate)
            x += text_widths[index]
            if index < len(Gate) - 1 and gap > 2 * LINE_GAP:
                colour = look.theme.edge if index < current else look.theme.line
                painter.setPen(QPen(QColor(colour), line_px))
                y = self.height() / 2
                painter.drawLine(QPointF(x + LINE_GAP, y), QPointF(x + gap - LINE_GAP, y))
            x += gap

    def _paint_step(self, painter: QPainter, look: Look, area: QRectF, gate: Gate, offset: int) -> None:
        theme = look.theme
        side = area.width()
        disc = QRectF(area.left(), (area.height() - side) / 2, side, side).adjusted(0.5, 0.5, -0.5, -0.5)
        is_now = offset == 0
        painter.setPen(QPen(QColor(theme.ink if is_now else theme.edge), theme.line_px))
        painter.setBrush(QColor(theme.ink) if is_now else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc)
        if offset < 0:
            inset = side * 0.22
            paint_icon(painter, Icon.CHECK, theme.ink, disc.adjusted(inset, inset, -inset, -inset))
            return
        painter.setPen(QColor(theme.page if is_now else theme.ink2))
        painter.setFont(look.font(TypeRole.BODY, bold=is_now))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(list(Gate).index(gate) + 1))

    def _paint_text(self, painter: QPainter, look: Look, area: QRectF, gate: Gate) -> None:
        is_now = gate is self._gate
        is_to_come = list(Gate).index(gate) > list(Gate).index(self._gate)
        note = self._notes.get(gate, "")
        font = look.font(TypeRole.BODY, bold=is_now)
        painter.setFont(font)
        painter.setPen(QColor(look.theme.ink2 if is_to_come else look.theme.ink))
        name_area = QRectF(area)
        if note:
            name_area.setHeight(area.height() / 2 + 3)
        name = QFontMetricsF(font).elidedText(self._names[gate], Qt.TextElideMode.ElideRight, area.width())
        vertical = Qt.AlignmentFlag.AlignBottom if note else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(name_area, vertical | Qt.AlignmentFlag.AlignLeft, name)
        if note:
            note_font = look.font(TypeRole.LABEL)
            painter.setFont(note_font)
            painter.setPen(QColor(look.theme.ink2))
            shown = QFontMetricsF(note_font).elidedText(note, Qt.TextElideMode.ElideRight, area.width())
            note_area = QRectF(area.left(), area.height() / 2 + 2, area.width(), area.height() / 2)
            painter.drawText(note_area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, shown)

    def _text_width(self, look: Look, gate: Gate) -> float:
        # Always the bold width, so that nothing moves when the current gate changes.
        name = QFontMetricsF(look.font(TypeRole.BODY, bold=True)).horizontalAdvance(self._names[gate])
        note = QFontMetricsF(look.font(TypeRole.LABEL)).horizontalAdvance(self._notes.get(gate, ""))
        return max(name, note) + 1
