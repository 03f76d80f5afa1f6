"""The head of the window: which inspection, which detector, how much battery, which officer."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QWidget

from gui.icons import Icon
from gui.palette import Tone
from gui.theme import TypeRole, current_look
from gui.widgets.header_signs import BatterySign, Lamp, LampDot, ThemeSwitch
from gui.widgets.labels import ElidedLabel, IconLabel, PlainLabel, Words, has_visible_focus

HEIGHT = 56
LOCK_KEY = "Ctrl+L"


class InspectionButton(QAbstractButton):
    """Everything about the inspection as one target."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.title = PlainLabel(strong=True)
        self.place = ElidedLabel(tone=Tone.QUIET)
        self.container = ElidedLabel()
        self.mark = IconLabel(None, size=18)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(16)
        for part in (self.title, self.place, self.container):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part)
        row.addWidget(self.mark)
        row.addStretch(1)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its texts."""
        layout = self.layout()
        return QSize(layout.sizeHint().width() if layout is not None else 0, 44)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the focus only; the labels paint themselves."""
        del event
        if has_visible_focus(self):
            painter = QPainter(self)
            painter.setPen(QPen(QColor(current_look().theme.ink), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


class OfficerButton(QAbstractButton):
    """Who is on duty; pressed, or with its key, it locks the window for another to sign in."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._what = name
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.officer = ElidedLabel()
        self.lock = IconLabel(Icon.LOCK, Tone.QUIET, 20)
        self.key = PlainLabel(LOCK_KEY, TypeRole.KEY, tone=Tone.QUIET)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        for part in (self.officer, self.lock, self.key):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part)

    def set_officer(self, name: str, *, can_lock: bool) -> None:
        """Show ``name``; without ``can_lock`` it is only shown."""
        self.officer.setText(name)
        self.setAccessibleName(f"{name}, {self._what}" if can_lock else name)
        self.setEnabled(can_lock)
        self.setShortcut(QKeySequence(LOCK_KEY) if can_lock else QKeySequence())
        self.lock.setVisible(can_lock)
        self.key.setVisible(can_lock)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as its texts."""
        layout = self.layout()
        return QSize(layout.sizeHint().width() if layout is not None else 0, 44)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the ground under the mouse and the focus; the labels paint themselves."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.field))
            painter.drawRoundedRect(area, 6, 6)
        if has_visible_focus(self):
            painter.setPen(QPen(QColor(theme.ink), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, 6, 6)


class HeaderBar(QWidget):
    """Inspection on the left, instrument and officer on the right.

    Signals:
        inspection_requested(): the inspection is to be shown or completed.
        lock_requested(): the window is to be locked, or the user to be changed.
        theme_requested(): the next theme is wanted.
    """

    inspection_requested = pyqtSignal()
    lock_requested = pyqtSignal()
    theme_requested = pyqtSignal()

    def __init__(self, words: Words, *, title: str = "Chemgate", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words = words
        self._inspection = InspectionButton()
        self._inspection.setAccessibleName(words("Inspection"))
        self._inspection.clicked.connect(self.inspection_requested)
        self._lamp = LampDot()
        self._detector = PlainLabel()
        self._battery = BatterySign()
        self._battery_text = PlainLabel(tone=Tone.QUIET)
        self._officer = OfficerButton(words("Lock or change user"))
        self._officer.clicked.connect(self.lock_requested)
        self._battery_cell = _cell(self._battery, self._battery_text)
        self._officer_cell = _cell(_upright(), self._officer)
        theme = ThemeSwitch(words("Day, night or sun"))
        theme.clicked.connect(self.theme_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(PlainLabel(title, strong=True))
        row.addWidget(_upright())
        row.addSpacing(-4)
        row.addWidget(self._inspection, 1)
        row.addWidget(_cell(self._lamp, self._detector))
        row.addWidget(self._battery_cell)
        row.addWidget(self._officer_cell)
        row.addWidget(_cell(_upright(), theme))
        self.set_inspection("")
        self.set_detector(Lamp.ABSENT, "")
        self.set_battery(None)
        self.set_officer("")

    def set_inspection(
        self, title: str, *, place: str = "", container: str = "", container_is_valid: bool | None = None
    ) -> None:
        """Show the inspection; the container's check digit as a tick or a warning, None for unchecked."""
        self._inspection.title.setText(title)
        self._inspection.place.show_text(place)
        self._inspection.container.show_text(container)
        mark = self._inspection.mark
        mark.setVisible(bool(container) and container_is_valid is not None)
        if container_is_valid:
            mark.set_icon(Icon.CHECK, Tone.AGREE)
        else:
            mark.set_icon(Icon.WARNING, Tone.DOUBT)

    def set_detector(self, lamp: Lamp, text: str) -> None:
        """Show how the detector is, as a lamp and in words."""
        self._lamp.set_lamp(lamp)
        self._detector.setText(text)

    def set_battery(self, percent: int | None) -> None:
        """Show the charge; None hides it."""
        self._battery_cell.setVisible(percent is not None)
        if percent is not None:
            self._battery.set_percent(percent)
            self._battery_text.setText(f"{percent} %")

    def set_officer(self, name: str, *, can_lock: bool = False) -> None:
        """Show who is on duty; an empty name takes no room.  ``can_lock`` who has signed in."""
        self._officer.set_officer(name, can_lock=can_lock)
        self._officer_cell.setVisible(bool(name))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the bezel with a line below it."""
        del event
        paint_head(self)


def paint_head(widget: QWidget) -> None:
    """Paint ``widget`` as the head of a window: the bezel with a line below it."""
    theme = current_look().theme
    painter = QPainter(widget)
    painter.fillRect(widget.rect(), QColor(theme.bezel))
    painter.fillRect(0, widget.height() - theme.line_px, widget.width(), theme.line_px, QColor(theme.line))


def _upright() -> QFrame:
    line = QFrame()
    line.setProperty("kind", "rule")
    line.setFixedSize(1, 24)
    return line


def _cell(*parts: QWidget, gap: int = 8) -> QWidget:
    """Put ``parts`` side by side into one widget that can be hidden as a whole."""
    cell = QWidget()
    row = QHBoxLayout(cell)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for part in parts:
        row.addWidget(part)
    return cell
