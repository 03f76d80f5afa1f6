"""Texts and icons that follow the theme; what is shown is never taken for markup."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from gui.icons import Icon, paint_icon
from gui.palette import Tone
from gui.theme import TypeRole, current_look

Words = Callable[[str], str]  # English text in, the text of the chosen language out


class PlainLabel(QLabel):
    """A text in one of the type roles.

    ``wraps`` lets it run over several lines; ``is_numeric`` keeps a changing number from jumping.
    """

    def __init__(
        self,
        text: str = "",
        role: TypeRole = TypeRole.BODY,
        *,
        strong: bool = False,
        tone: Tone = Tone.PLAIN,
        wraps: bool = False,
        is_numeric: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if is_numeric:  # size and weight come from the style sheet, the figures stay
            self.setFont(current_look().font(role, bold=strong, is_numeric=True))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role.value)
        self.setProperty("tone", tone.value)
        self.setProperty("strong", strong)
        self.setWordWrap(wraps)
        if wraps:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setText(text)

    def set_tone(self, tone: Tone) -> None:
        """Change the colour."""
        self._restyle("tone", tone.value)

    def set_role(self, role: TypeRole) -> None:
        """Change the size."""
        self._restyle("role", role.value)

    def set_strong(self, strong: bool) -> None:
        """Change the weight."""
        self._restyle("strong", strong)

    def show_text(self, text: str) -> None:
        """Show ``text``; an empty one takes no room."""
        self.setText(text)
        self.setVisible(bool(text))

    def _restyle(self, name: str, value: object) -> None:
        if self.property(name) == value:
            return
        self.setProperty(name, value)
        restyle(self)


class YieldingLabel(PlainLabel):
    """A text on one line where there is room for it, on several where there is not."""

    def __init__(
        self, role: TypeRole, *, strong: bool = False, tone: Tone = Tone.PLAIN, parent: QWidget | None = None
    ) -> None:
        super().__init__("", role, strong=strong, tone=tone, wraps=True, parent=parent)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the whole text; a wrapping QLabel would ask for a square."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, self.heightForWidth(width))


class FittingLabel(PlainLabel):
    """A name as large as its room allows; the smallest size wraps rather than cut a name."""

    def __init__(self, roles: tuple[TypeRole, ...], *, parent: QWidget | None = None) -> None:
        super().__init__("", roles[0], strong=True, wraps=True, parent=parent)
        self._roles = roles

    def setText(self, text: str | None) -> None:  # noqa: N802 - Qt's name
        """Show ``text`` and choose the size for it."""
        super().setText(text)
        if hasattr(self, "_roles"):  # QLabel's own construction comes before the roles are known
            self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802 - Qt's name
        """Choose the size again."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Allow any width: the size of the text gives way."""
        return QSize(0, super().minimumSizeHint().height())

    def _fit(self) -> None:
        look = current_look()
        for role in self._roles:
            width = QFontMetricsF(look.font(role, bold=True)).horizontalAdvance(self.text())
            if width <= self.width() - 2:
                break
        self.set_role(role)


class ElidedLabel(PlainLabel):
    """One line that gives up its end, not the width of the window; the whole text is its tool tip."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Allow any width."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint as much as fits, with an ellipsis."""
        del event
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if text != self.text() else "")
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(QRectF(self.rect()), self.alignment() | Qt.TextFlag.TextSingleLine, text)


class IconLabel(QWidget):
    """An icon in a tone; decoration beside a word, never instead of one."""

    def __init__(
        self,
        icon: Icon | None = None,
        tone: Tone = Tone.PLAIN,
        size: int = 20,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._tone, self._size = icon, tone, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon: Icon | None, tone: Tone = Tone.PLAIN) -> None:
        """Show another icon, or none."""
        self._icon, self._tone = icon, tone
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Grow with the text."""
        side = current_look().px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802 - Qt's name
        """Paint the icon."""
        del event
        if self._icon is None:
            return
        painter = QPainter(self)
        side = min(self.width(), self.height())
        paint_icon(painter, self._icon, current_look().colour(self._tone), QRectF(0, 0, side, side))


class Rule(QFrame):
    """A hairline between rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "rule")
        self.setFixedHeight(current_look().theme.line_px)


def has_visible_focus(widget: QWidget) -> bool:
    """Whether the focus is to be painted: only for a person who moves it by key."""
    window = widget.window()
    by_key = window is not None and window.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    return widget.hasFocus() and by_key


def restyle(widget: QWidget) -> None:
    """Let the style sheet see a changed property."""
    style = widget.style()
    if style is not None:
        style.unpolish(widget)
        style.polish(widget)
    widget.updateGeometry()
    widget.update()


def put_on(widget: QWidget, ground: str) -> None:
    """Give ``widget`` the ground ``bezel`` or ``page`` of the style sheet."""
    widget.setProperty("ground", ground)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
