"""The rail on the left: six pages, one key each."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFontMetricsF, QKeySequence, QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from gui.icons import Icon, paint_icon
from gui.theme import TypeRole, current_look
from gui.widgets.labels import Words, has_visible_focus

RAIL_WIDTH = 96
ITEM_HEIGHT = 68
ITEM_HEIGHT_MIN = 52
UNREACHABLE = 0.5  # opacity of a page that cannot be chosen


class Page(StrEnum):
    """The pages of the window, in the order of the rail."""

    SCAN = "scan"
    LOG = "log"
    LIBRARY = "library"
    TRAIN = "train"
    DEVICE = "device"
    USERS = "users"


class RailItem(QAbstractButton):
    """One page on the rail: icon, word, key."""

    def __init__(self, icon: Icon, word: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._key = icon, key
        self.setText(word)
        self.setShortcut(QKeySequence(key))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(word)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Icon and word without room around them, for large text on a small screen."""
        return QSize(self.sizeHint().width(), current_look().px(ITEM_HEIGHT_MIN))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the word in bold, at least the rail's own width."""
        look = current_look()
        word = QFontMetricsF(look.font(TypeRole.LABEL, bold=True)).horizontalAdvance(self.text())
        return QSize(max(look.px(RAIL_WIDTH - 16), round(word) + 12), look.px(ITEM_HEIGHT))

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the item; the chosen one is part of the page and has a bar."""
        del event
        look = current_look()
        theme = look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        is_chosen = self.isChecked()
        if is_chosen or (self.underMouse() and self.isEnabled()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.page if is_chosen else theme.field))
            painter.drawRoundedRect(area, 6, 6)
        if is_chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent.text))
            painter.drawRoundedRect(QRectF(0, look.px(14), 4, area.height() - look.px(28)), 2, 2)
        if has_visible_focus(self):
            painter.setPen(QColor(theme.ink))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        ink = theme.ink if is_chosen else theme.ink2
        if not self.isEnabled():
            painter.setOpacity(UNREACHABLE)
        side = look.px(24)
        lift = (look.px(ITEM_HEIGHT) - area.height()) / 2  # of a lower item than usual
        icon_area = QRectF((area.width() - side) / 2, look.px(11) - lift, side, side)
        paint_icon(painter, self._icon, ink, icon_area)
        painter.setPen(QColor(ink))
        painter.setFont(look.font(TypeRole.LABEL, bold=is_chosen))
        word_area = QRectF(0, look.px(38) - lift, area.width(), look.px(20))
        painter.drawText(word_area, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.setFont(look.font(TypeRole.KEY))
        painter.setPen(QColor(theme.ink2))
        painter.drawText(
            area.adjusted(0, look.px(7) - lift / 2, -8, 0), Qt.AlignmentFlag.AlignRight, self._key
        )


class NavRail(QWidget):
    """All pages, of which only ``enabled`` ones can be chosen.

    Signals:
        page_requested(Page): a person wants to see that page.
    """

    page_requested = pyqtSignal(object)

    def __init__(
        self,
        words: Words,
        *,
        enabled: Collection[Page] = tuple(Page),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named = {
            Page.SCAN: (Icon.SCAN, words("Scan")),
            Page.LOG: (Icon.LOG, words("Log")),
            Page.LIBRARY: (Icon.LIBRARY, words("Library")),
            Page.TRAIN: (Icon.TRAIN, words("Train")),
            Page.DEVICE: (Icon.DEVICE, words("Device")),
            Page.USERS: (Icon.MORE, words("Users")),
        }
        self._items: dict[Page, RailItem] = {}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for number, (page, (icon, word)) in enumerate(named.items(), start=1):
            item = RailItem(icon, word, f"F{number}")
            item.setEnabled(page in enabled)
            self._items[page] = item
            self._group.addButton(item)
            column.addWidget(item)
        column.addStretch()
        self._group.buttonClicked.connect(self._request)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def set_page(self, page: Page) -> None:
        """Mark ``page`` as the one that is shown, without asking for it."""
        self._items[page].setChecked(True)

    def item(self, page: Page) -> RailItem:
        """The item of ``page``."""
        return self._items[page]

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the bezel with a line towards the page."""
        del event
        theme = current_look().theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.bezel))
        width = theme.line_px
        painter.fillRect(self.width() - width, 0, width, self.height(), QColor(theme.line))

    def _request(self, button: QAbstractButton) -> None:
        for page, item in self._items.items():
            if item is button:
                self.page_requested.emit(page)
