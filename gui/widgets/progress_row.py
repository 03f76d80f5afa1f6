"""Work in progress: how far it is, how long it will take, and the way out."""

from __future__ import annotations

from PyQt6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.keyed_button import KeyedButton
from gui.widgets.labels import PlainLabel, Words

EASE_MS = 120
BAR_HEIGHT = 8


class ProgressLine(QWidget):
    """A bar filled to a share 0..1; an unknown share is a hatched bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shown: float | None = None
        self._ease = QVariantAnimation(self)
        self._ease.setDuration(EASE_MS)
        self._ease.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._ease.valueChanged.connect(self._show)

    def set_share(self, share: float | None) -> None:
        """Fill the bar to ``share`` 0..1; None when nobody knows."""
        self._ease.stop()
        if share is None or self._shown is None or share < self._shown or not self.isVisible():
            self._shown = share
            self.update()
            return
        self._ease.setStartValue(self._shown)
        self._ease.setEndValue(share)
        self._ease.start()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A thin line."""
        return QSize(120, BAR_HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the trough and what is done."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        trough = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(theme.edge), 1))
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(trough, 4, 4)
        inner = trough.adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._shown is None:
            painter.setBrush(QBrush(QColor(theme.accent.fill), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(inner, 3, 3)
            return
        painter.setBrush(QColor(theme.accent.fill))
        inner.setWidth(inner.width() * min(max(self._shown, 0.0), 1.0))
        painter.drawRoundedRect(inner, 3, 3)

    def _show(self, share: object) -> None:
        self._shown = share if isinstance(share, float) else self._shown
        self.update()


class ProgressRow(QWidget):
    """What is going on, a bar, the time left, Cancel.

    Signals:
        cancel_requested(): the work is to stop.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = PlainLabel(strong=True, wraps=True)
        self._note = PlainLabel(role=TypeRole.LABEL, tone=Tone.QUIET, wraps=True)
        self._line = ProgressLine()
        self._cancel = KeyedButton(words("Cancel"), "Esc")
        self._cancel.clicked.connect(self.cancel_requested)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch()
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addWidget(self._note)
        column.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addLayout(column, 1)
        row.addWidget(self._cancel)

    def set_progress(self, done: int, total: int | None, *, title: str, note: str = "") -> None:
        """Show ``done`` of ``total`` (None: unknown) as ``title`` puts it; ``note`` is the time left."""
        self._title.setText(title)
        self._note.show_text(note)
        self._line.set_share(done / total if total else None)

    def set_cancellable(self, is_cancellable: bool) -> None:
        """Offer Cancel, or not (any more)."""
        self._cancel.setEnabled(is_cancellable)
