"""The components of a mixture: each with its share, between what the share may lie, and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.palette import Theme, Tone
from gui.theme import TypeRole, current_look
from gui.widgets.labels import PlainLabel, Rule

BAR_HEIGHT = 14
TRACK_HEIGHT = 8
WHISKER = 2.0  # px


def component_colours(theme: Theme) -> tuple[str, str, str, str]:
    """Give the colours of up to four components, the same in plot and list."""
    return theme.reference, theme.second, theme.agree.text, theme.none.text


@dataclass(frozen=True, slots=True)
class ComponentRow:
    """One component in words; ``share``, ``low`` and ``high`` 0..1, None where no interval is known."""

    name: str
    share: float
    low: float | None
    high: float | None
    share_text: str
    interval: str
    status: str
    status_tone: Tone
    doubt: str = ""
    alternatives: str = ""
    kind: str = ""


class ShareBar(QWidget):
    """A bar up to ``share``, with a whisker over the interval."""

    def __init__(
        self,
        share: float,
        low: float | None,
        high: float | None,
        *,
        number: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._share, self._low, self._high, self._number = share, low, high, number

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as the whisker's ends."""
        return QSize(120, current_look().px(BAR_HEIGHT))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint track, bar and whisker."""
        del event
        theme = current_look().theme
        colours = component_colours(theme)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, width = self.height() / 2, float(self.width())
        track = QRectF(0.0, middle - TRACK_HEIGHT / 2, width, TRACK_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(track, 4, 4)
        painter.setBrush(QColor(colours[self._number % len(colours)]))
        painter.drawRoundedRect(QRectF(0.0, track.top(), max(width * self._share, 4.0), TRACK_HEIGHT), 4, 4)
        if self._low is None or self._high is None:
            return
        left, right = 1.0 + self._low * (width - 2.0), 1.0 + self._high * (width - 2.0)
        painter.setPen(QPen(QColor(theme.ink), WHISKER))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        for end in (left, right):
            painter.drawLine(QPointF(end, 1.0), QPointF(end, self.height() - 1.0))


class ComponentList(QWidget):
    """Components below each other, largest share first."""

    def __init__(
        self, title: str, note: str, rows: Sequence[ComponentRow], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(PlainLabel(title, TypeRole.LABEL, tone=Tone.QUIET))
        head.addWidget(PlainLabel(note, TypeRole.LABEL, strong=True, wraps=True))
        column.addLayout(head)
        for number, row in enumerate(rows):
            column.addWidget(Rule())
            self._add(column, row, number)
        column.addWidget(Rule())

    def _add(self, column: QVBoxLayout, row: ComponentRow, number: int) -> None:
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(PlainLabel(row.name, strong=True, wraps=True), 1)
        line.addWidget(PlainLabel(row.share_text, strong=True, is_numeric=True), 0, Qt.AlignmentFlag.AlignTop)
        column.addSpacing(4)
        column.addLayout(line)
        column.addWidget(ShareBar(row.share, row.low, row.high, number=number))
        for text, tone in (
            (row.interval, Tone.QUIET),
            (row.status, row.status_tone),
            (row.doubt, Tone.DOUBT),
            (row.alternatives, Tone.DOUBT),
            (row.kind, Tone.QUIET),
        ):
            if text:
                is_strong = tone is Tone.ALARM
                column.addWidget(PlainLabel(text, TypeRole.LABEL, strong=is_strong, tone=tone, wraps=True))
        column.addSpacing(4)
