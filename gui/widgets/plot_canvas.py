"""The scene of the spectrum plot: views that zoom in one direction, and the training watermark."""

from __future__ import annotations

import pyqtgraph
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QNativeGestureEvent, QPainter
from PyQt6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from gui.theme import TypeRole, current_look

WATERMARK_OPACITY = 0.13
WATERMARK_ANGLE = -12  # degrees


class SpectrumView(pyqtgraph.ViewBox):  # type: ignore[misc]
    """A view of one plot.

    Signals:
        reset_wished(): double click.
    """

    reset_wished = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.invertX(True)  # high to low, as every spectroscopist expects
        self.setMouseEnabled(x=True, y=False)
        self.disableAutoRange()

    def mouseClickEvent(self, event: object) -> None:  # noqa: N802 - pyqtgraph's name
        """Reset the zoom on a double click."""
        if event.double():  # type: ignore[attr-defined]
            event.accept()  # type: ignore[attr-defined]
            self.reset_wished.emit()


class PlotCanvas(pyqtgraph.GraphicsLayoutWidget):  # type: ignore[misc]
    """The plots below each other.

    Signals:
        pinched(float, QPointF): zoom by this factor about this place of the scene.
        left(): the pointer left the canvas.
    """

    pinched = pyqtSignal(float, QPointF)
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameStyle(0)
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setSpacing(0)
        self._watermark = ""
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def set_watermark(self, text: str) -> None:
        """Lay ``text`` over everything; empty for none."""
        self._watermark = text
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Catch pinches of fingers and of touch pads."""
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                place = self.viewport().mapFromGlobal(pinch.centerPoint().toPoint())
                self.pinched.emit(pinch.scaleFactor(), self.mapToScene(place))
                return True
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.pinched.emit(1 + event.value(), self.mapToScene(event.position().toPoint()))
            return True
        if event.type() is QEvent.Type.Leave:
            self.left.emit()
        return bool(super().viewportEvent(event))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802 - Qt's name
        """Paint the watermark, turned, across the whole canvas."""
        super().drawForeground(painter, rect)
        if not self._watermark:
            return
        look = current_look()
        painter.save()
        painter.resetTransform()  # from here one unit is one px of the viewport
        font = look.font(TypeRole.READING, bold=True)
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 112)
        width = self.viewport().width()
        advance = QFontMetricsF(font).horizontalAdvance(self._watermark)
        font.setPointSizeF(
            min(font.pointSizeF() * 0.6 * width / max(advance, 1.0), self.viewport().height() / 4)
        )
        painter.setFont(font)
        colour = QColor(look.theme.train.text)
        colour.setAlphaF(WATERMARK_OPACITY)
        painter.setPen(colour)
        painter.translate(width / 2, self.viewport().height() / 2)
        painter.rotate(WATERMARK_ANGLE)
        painter.drawText(QRectF(-width, -100, 2 * width, 200), Qt.AlignmentFlag.AlignCenter, self._watermark)
        painter.restore()
