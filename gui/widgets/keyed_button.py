"""A button that tells its key: the word on the left, the key on the right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.palette import Theme
from gui.theme import TypeRole, current_look
from gui.widgets.labels import has_visible_focus


class ButtonKind(StrEnum):
    """How loud a button is."""

    QUIET = "quiet"  # beside the primary action
    CHIEF = "chief"  # the one that helps, on a card
    PRIMARY = "primary"  # the one action of the page


@dataclass(frozen=True, slots=True)
class Action:
    """A wish that a button stands for: ``name`` is what the signal carries, ``text`` is translated."""

    name: str
    text: str
    key: str = ""
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class _Measures:
    height: int
    width_min: int
    padding: int
    gap: int
    role: TypeRole


MEASURES = {
    ButtonKind.QUIET: _Measures(48, 0, 16, 9, TypeRole.BODY),
    ButtonKind.CHIEF: _Measures(44, 0, 16, 9, TypeRole.BODY),
    ButtonKind.PRIMARY: _Measures(56, 232, 24, 24, TypeRole.HEADING),
}
CAP_PADDING = 8  # inside the outline around the primary action's key


class KeyedButton(QPushButton):
    """A button of one ``kind``.  ``key`` stands beside the word and presses the button, e.g. ``F7``.

    Signals: those of QPushButton (``clicked``).
    """

    def __init__(
        self,
        text: str = "",
        key: str = "",
        *,
        kind: ButtonKind = ButtonKind.QUIET,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._word, self._key = "", ""
        self.setProperty("kind", "painted")  # the style sheet leaves it alone
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Enter from the primary action
        self.setAutoDefault(True)  # Enter on the button that has the focus presses that one
        self.set_wish(text, key)

    def set_wish(self, text: str, key: str = "") -> None:
        """Show ``text`` and ``key``; an empty key gives a button without one."""
        self._word, self._key = text, key
        self.setText(text.replace("&", "&&"))
        self.setShortcut(QKeySequence(self.shortcut_of(key)))  # after setText, which resets it
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @property
    def wish(self) -> str:
        """The word on the button."""
        return self._word

    def shortcut_of(self, key: str) -> str:
        """Key that Qt is to listen to for the ``key`` that is shown."""
        return key

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for both texts."""
        look, measures = current_look(), MEASURES[self._kind]
        word = QFontMetricsF(look.font(measures.role, bold=True)).horizontalAdvance(self._word)
        width = 2 * measures.padding + word + 2
        if self._key:
            width += measures.gap + self._key_width()
        return QSize(max(round(width), look.px(measures.width_min)), look.px(measures.height))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Never cut a word."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint ground, outline, word and key."""
        del event
        look, measures = current_look(), MEASURES[self._kind]
        ground, outline, width, ink, key_ink = self._colours(look.theme)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = width / 2
        painter.setPen(QPen(QColor(outline), width))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        area = QRectF(self.rect()).adjusted(measures.padding, 0, -measures.padding, 0)
        painter.setFont(look.font(measures.role, bold=True))
        painter.setPen(QColor(ink))
        side = Qt.AlignmentFlag.AlignLeft if self._key else Qt.AlignmentFlag.AlignHCenter
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, self._word)
        if self._key:
            self._paint_key(painter, area, key_ink)

    def _paint_key(self, painter: QPainter, area: QRectF, ink: str) -> None:
        look = current_look()
        is_primary = self._kind is ButtonKind.PRIMARY
        painter.setFont(look.font(TypeRole.LABEL, bold=is_primary))
        painter.setPen(QPen(QColor(ink), 1))
        cap = QRectF(area.right() - self._key_width(), 0, self._key_width(), look.px(22))
        cap.moveTop((self.height() - cap.height()) / 2)
        if is_primary:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cap.adjusted(4.5, 0.5, 3.5, -0.5), 4, 4)
            cap.translate(4, 0)
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)

    def _key_width(self) -> float:
        is_primary = self._kind is ButtonKind.PRIMARY
        font = current_look().font(TypeRole.LABEL, bold=is_primary)
        return QFontMetricsF(font).horizontalAdvance(self._key) + (2 * CAP_PADDING if is_primary else 0)

    def _colours(self, theme: Theme) -> tuple[str, str, int, str, str]:
        """Ground, outline, width of the outline, word, key."""
        outline_px = theme.line_px
        if not self.isEnabled():
            return theme.field, theme.edge, outline_px, theme.ink2, theme.ink2
        if self._kind is ButtonKind.QUIET:
            ground = theme.accent.tint if self.isDown() else theme.field if self.underMouse() else theme.page
            outline = theme.ink if has_visible_focus(self) else theme.edge
            return ground, outline, 2 if has_visible_focus(self) else outline_px, theme.ink, theme.ink2
        fill = QColor(theme.accent.fill)
        shade = 125 if self.isDown() else 112 if self.underMouse() else 100  # darker, in percent
        ground = fill.darker(shade).name()
        outline = theme.ink if has_visible_focus(self) else ground
        return ground, outline, 2, theme.accent.on_fill, theme.accent.on_fill
