"""The small signs in the head of the window: lamp, battery, theme."""

from __future__ import annotations

from enum import StrEnum

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QWidget

from gui.icons import Icon, paint_icon
from gui.palette import ThemeName, Tone
from gui.theme import current_look
from gui.widgets.labels import has_visible_focus

BATTERY_LOW = 20  # percent


class Lamp(StrEnum):
    """How the detector is; each has a shape of its own."""

    READY = "ready"  # full disc
    WORKING = "working"  # half disc
    ABSENT = "absent"  # ring
    LOST = "lost"  # square
    SIMULATED = "simulated"  # thick ring


LAMP_TONES = {
    Lamp.READY: Tone.AGREE,
    Lamp.WORKING: Tone.DOUBT,
    Lamp.ABSENT: Tone.QUIET,
    Lamp.LOST: Tone.ALARM,
    Lamp.SIMULATED: Tone.TRAIN,
}
THEME_ICONS = {ThemeName.DAY: Icon.SUN, ThemeName.NIGHT: Icon.MOON, ThemeName.SUN: Icon.CONTRAST}


class LampDot(QWidget):
    """The lamp of the detector."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lamp = Lamp.ABSENT
        self.setFixedSize(14, 14)

    def set_lamp(self, lamp: Lamp) -> None:
        """Show ``lamp``."""
        self._lamp = lamp
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the shape of the lamp."""
        del event
        colour = current_look().colour(LAMP_TONES[self._lamp])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = 2.6 if self._lamp is Lamp.SIMULATED else 1.6
        area = QRectF(1, 1, 12, 12)
        inner = area.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        if self._lamp in (Lamp.READY, Lamp.LOST):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            if self._lamp is Lamp.READY:
                painter.drawEllipse(area)
            else:
                painter.drawRect(area.adjusted(1, 1, -1, -1))
            return
        painter.setPen(QPen(colour, thick))
        painter.drawEllipse(inner)
        if self._lamp is Lamp.WORKING:
            painter.setBrush(colour)
            painter.drawPie(inner, 90 * 16, 180 * 16)


class BatterySign(QWidget):
    """A battery filled to ``percent``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._percent = 0
        self.setFixedSize(30, 16)

    def set_percent(self, percent: int) -> None:
        """Show ``percent`` 0..100."""
        self._percent = percent
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint outline, pole and charge."""
        del event
        theme = current_look().theme
        tone = Tone.DOUBT if self._percent < BATTERY_LOW else Tone.QUIET
        colour = current_look().colour(tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.4))
        painter.drawRoundedRect(QRectF(0.7, 1.2, 25, 13.6), 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(26.6, 5.2, 2.4, 5.6), 1, 1)
        painter.setBrush(QColor(theme.tone(tone).text))
        painter.drawRoundedRect(QRectF(3.2, 3.7, max(20 * self._percent / 100, 1), 8.6), 1.5, 1.5)


class ThemeSwitch(QAbstractButton):
    """The icon of the theme that is on."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setText(name)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A target for gloves."""
        return QSize(44, 44)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the icon."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or has_visible_focus(self):
            painter.setPen(QColor(theme.ink) if has_visible_focus(self) else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.field))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        area = QRectF((self.width() - 24) / 2, (self.height() - 24) / 2, 24, 24)
        paint_icon(painter, THEME_ICONS[theme.name], theme.ink2, area)
